"""The products that the application knows: shipped ones, and the user's own in a folder each."""

from __future__ import annotations

import shutil
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hepasome.files import InputError, input_error, read_text
from hepasome.product import Product, check_product, load_product, product_path, shipped_products
from hepasome.report import product_picture_files, render_product_sheet
from hepasome.web._library import Stamp, stamp_of
from hepasome.web._names import FIGURE, PRODUCT, MissingError, RefusedError, named
from hepasome.web._product_folder import FIGURES, Reading, hash_of, product_in, read_reading, sheet_in
from hepasome.web._settings import Limits

_RESERVED = {"study"}  # the file of a product lies beside `study.yaml`


@dataclass(frozen=True)
class ProductEntry:
    """One product.

    Attributes:
        id: Its id, by which it is found.
        own: Whether it is the user's.
        path: Its file; in the folder of an own one lies all that belongs to it.
        product: What it says; None if the file does not hold.
        reading: What it was read from; None if it was not, or its file was changed since.
        error: What is wrong with the file.
    """

    id: str
    own: bool
    path: Path
    product: Product | None
    reading: Reading | None = None
    error: InputError | None = None

    @property
    def text(self) -> str:
        """The file as it is written."""
        return read_text(self.path)

    @property
    def base(self) -> str:
        """What a study calls it: a shipped one by its id, an own one by the file that then lies beside the study."""
        return self.path.name if self.own else self.id

    def checked(self) -> Product:
        """The product.

        Raises:
            InputError: If its file does not hold.
        """
        if self.product is None:
            raise self.error or input_error(self.id, "The file does not hold.")
        return self.product


class Products:
    """Shipped and own products."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.folder, self._limits = folder, limits
        self._lock = threading.Lock()
        self._drawing = threading.Lock()  # the look of figures is one for all threads
        self._known: dict[str, tuple[Stamp, ProductEntry]] = {}
        self._drawn: dict[str, tuple[Product, dict[str, str | bytes]]] = {}

    def entries(self) -> list[ProductEntry]:
        """All products, own ones first, by id."""
        return [*self.own(), *(_shipped(name) for name in shipped_products())]

    def own(self) -> list[ProductEntry]:
        """The user's own products, by id."""
        return [self._own(name) for name in self.own_ids()]

    def own_ids(self) -> list[str]:
        """Ids of the own products."""
        return sorted(path.name for path in self.folder.glob("*") if self._is_product(path.name))

    def get(self, name: str) -> ProductEntry:
        """One product by its id.

        Raises:
            MissingError: If there is none.
        """
        if name in shipped_products():
            return _shipped(name)
        if not self._is_product(name):
            raise MissingError("There is no product of this id.")
        return self._own(name)

    def keep(self, folder: Path, name: str) -> ProductEntry:
        """Keep a product that was read, with what it was read from.

        Args:
            folder: Where it lies, with all that belongs to it; it is moved.
            name: Its id.

        Raises:
            InputError: If there is another product of this id.
            RefusedError: If there are too many.
        """
        with self._lock:
            own = self.own_ids()
            if len(own) >= self._limits.products:
                raise RefusedError(f"There are {len(own)} own products, and no more are kept. Remove some first.")
            taken = {path.name.casefold() for path in self.folder.glob("*")} | _RESERVED
            if name.casefold() in taken | {one.casefold() for one in shipped_products()}:
                raise input_error("your answers", "There is a product of this id.", "Choose another one.", field="id")
            folder.replace(self.folder / name)
        return self.get(name)

    def remove(self, name: str) -> None:
        """Remove an own product with its laboratory files. Studies that use it have a copy of its file.

        Raises:
            MissingError: If there is none.
            RefusedError: If it is a shipped one.
        """
        entry = self.get(name)
        if not entry.own:
            raise RefusedError("A shipped product cannot be removed.")
        with self._lock:
            shutil.rmtree(entry.path.parent)

    def sheet(self, name: str) -> str:
        """The sheet of a product, HTML: as it was written when it was read, else made of the product alone.

        Raises:
            MissingError: If there is no such product.
            InputError: If its file does not hold.
        """
        entry = self.get(name)
        if entry.reading is not None:
            return read_text(sheet_in(entry.path.parent, name))
        with self._drawing:
            drawn = self._pictures(entry)
            return render_product_sheet(entry.checked(), pictures={"preparation": str(drawn["preparation.svg"])})

    def pictures(self, name: str) -> list[str]:
        """Names of the pictures of a product."""
        entry = self.get(name)
        if entry.reading is None:
            return ["preparation"]
        return sorted((path.stem for path in (entry.path.parent / FIGURES).glob("*.svg")), reverse=True)

    def picture(self, name: str, drawing: str, kind: str) -> str | bytes:
        """A picture of a product as SVG or PNG, or its numbers as CSV.

        Raises:
            MissingError: If there is none.
            InputError: If the file of the product does not hold.
        """
        if drawing not in self.pictures(name):
            raise MissingError("There is no such picture.")
        entry = self.get(name)
        if entry.reading is not None:
            path = named(entry.path.parent / FIGURES, drawing, FIGURE).with_suffix(f".{kind}")
            if not path.is_file():  # read by an earlier hepasome
                raise MissingError("There is no such picture.")
            return path.read_bytes()
        with self._drawing:
            return self._pictures(entry)[f"{drawing}.{kind}"]

    def _pictures(self, entry: ProductEntry) -> dict[str, str | bytes]:
        product = entry.checked()
        known = self._drawn.get(entry.id)
        if known is None or known[0] != product:
            known = self._drawn[entry.id] = (product, product_picture_files(product))
        return known[1]

    def _is_product(self, name: str) -> bool:
        try:
            path = product_in(named(self.folder, name, PRODUCT), name)
        except MissingError:
            return False
        return path.is_file() and not path.is_symlink()

    def _own(self, name: str) -> ProductEntry:
        folder = named(self.folder, name, PRODUCT)
        stamp = stamp_of(folder)
        known = self._known.get(name)
        if known is None or known[0] != stamp:  # a list has many
            known = self._known[name] = (stamp, _read(folder, name))
        return known[1]


def _read(folder: Path, name: str) -> ProductEntry:
    path = product_in(folder, name)
    try:
        product = load_product(path)
        check_product(product)  # what its cells secrete may not be there
    except InputError as error:
        return ProductEntry(name, True, path, None, error=error)
    reading = read_reading(folder)
    if reading is not None and reading.hash != hash_of(path):
        reading = None
    return ProductEntry(name, True, path, product, reading)


@cache
def _shipped(name: str) -> ProductEntry:
    return ProductEntry(name, False, product_path(name), load_product(name))
