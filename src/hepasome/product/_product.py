"""The Product: a preparation of vesicles, or of living cells that make them, as one YAML file."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import field_validator, model_validator

from hepasome.files import Quantity, Strict, input_error, read_yaml, validate, write_atomically, yaml_text
from hepasome.product._estimate import Estimate
from hepasome.product._storage import Storage

SHIPPED = Path(str(resources.files("hepasome") / "product" / "shipped"))
PRODUCT_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_DEVIATES = np.linspace(-4, 4, 161)  # of the log-normal diameter; finer changes the permeability by less than 0.1 %


class Diameter(Strict):
    """Diameters of the vesicles: a log-normal (median, nm, and geometric SD), or a measured histogram.

    Attributes:
        median: nm.
        geometric_sd: Factor.
        bin_centres: nm, of a histogram.
        counts: Weight of each bin by number.
        source: Where the histogram comes from.
    """

    median: Estimate | None = None
    geometric_sd: Estimate | None = None
    bin_centres: tuple[float, ...] | None = None
    counts: tuple[float, ...] | None = None
    source: str = ""

    @model_validator(mode="after")
    def _one_form(self) -> Diameter:
        normal = self.median is not None and self.geometric_sd is not None
        measured = self.bin_centres is not None and self.counts is not None
        given = (self.median, self.geometric_sd, self.bin_centres, self.counts)
        if normal == measured or sum(part is not None for part in given) != 2:
            raise ValueError("give either median and geometric_sd, or bin_centres and counts")
        if self.bin_centres is not None and self.counts is not None:
            if len(self.bin_centres) != len(self.counts):
                raise ValueError("bin_centres and counts have different lengths")
            if min(self.bin_centres, default=0) <= 0 or min(self.counts, default=-1) < 0 or sum(self.counts) <= 0:
                raise ValueError("bin centres must be above zero, counts zero or above and not all zero")
        if self.median is not None and (self.median.value <= 0 or self.median.unit not in ("nm", "1")):
            raise ValueError("the median is a diameter above zero in nm")
        if self.geometric_sd is not None and self.geometric_sd.value < 1:
            raise ValueError("a geometric SD is 1 or more")
        return self

    def weights(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Diameters (nm) and the share of the vesicles of each, by number; both of shape (n,), shares sum to 1."""
        if self.median is not None and self.geometric_sd is not None:
            centres = self.median.value * self.geometric_sd.value**_DEVIATES
            shares = np.exp(-(_DEVIATES**2) / 2)
        else:
            centres, shares = np.asarray(self.bin_centres, float), np.asarray(self.counts, float)
        return centres, shares / shares.sum()


class Cargo(Strict):
    """Something that vesicles carry. Surface cargo acts bound or in the endosome, cytosolic cargo needs escape."""

    name: str
    kind: Literal["miRNA", "mRNA", "protein", "lipid", "other_RNA"]
    location: Literal["cytosolic", "surface"]
    copies_per_vesicle: Estimate


class CellTraits(Strict):
    """In what living donor cells differ from ordinary mesenchymal ones. Names are those of the model's parameters.

    Attributes:
        c_met_level: c-Met, the receptor that follows HGF into the injured liver, over unmodified cells.
        hepatocyte_function_per_donor_cell: Function of one engrafted cell over that of a hepatocyte.
    """

    c_met_level: Estimate | None = None
    hepatocyte_function_per_donor_cell: Estimate | None = None

    def estimates(self) -> dict[str, Estimate]:
        """The traits that are given, by name."""
        return {name: value for name, value in self if value is not None}


class Marker(Strict):
    """Something that was looked for in the vesicles, and whether it was found.

    Attributes:
        name: A protein, or for `carries` a class of cargo.
        found: Whether it was found.
        source: Who says so.
        basis: What was looked at: this preparation, another one of the same kind of cell, or exosomes in general.
    """

    name: str
    found: Literal["positive", "negative", "unknown"]
    source: str
    basis: Literal["this preparation", "same kind of cell", "exosomes in general"] = "this preparation"


class Product(Strict):
    """What is given to the animal.

    Attributes:
        id: Short name.
        name: Name for readers.
        kind: Vesicles; living cells that secrete them; or medium that cells conditioned, with vesicles and soluble
            factors.
        source_cell: Cell that made the vesicles; unattributed activity is shared by all studies with the same one.
        source_species: Species of that cell.
        particles_per_ug: Particles per ug of protein; vesicles only.
        diameter: Diameters; vesicles only.
        markers: Markers of identity, and of what should not be there.
        carries: Classes of cargo: protein, mRNA, miRNA, lipid.
        cargo: What the vesicles carry, by name and number.
        secretes: For cells: the id of the vesicle product that they secrete.
        traits: For cells: in what they differ from ordinary mesenchymal cells.
        particles_per_cell_equivalent: Vesicles in the medium that one cell conditioned; conditioned medium only.
        treated_with: What the vesicles were treated with. RNase takes away RNA that it reaches.
        isolation: How the vesicles were isolated.
        imaging: Which microscope showed them.
        storage: How it was kept.
        notes: Cautions for the reader.
        assumptions: What nobody measured, in sentences.
    """

    id: str
    name: str
    kind: Literal["vesicles", "cells", "conditioned_medium"]
    source_cell: str
    source_species: Literal["human", "mouse", "rat", "not stated"] = "not stated"
    particles_per_ug: Estimate | None = None
    particles_per_cell_equivalent: Estimate | None = None
    diameter: Diameter | None = None
    markers: tuple[Marker, ...] = ()
    carries: tuple[Marker, ...] = ()
    cargo: tuple[Cargo, ...] = ()
    secretes: str | Product | None = None
    traits: CellTraits | None = None
    treated_with: tuple[Literal["RNase"], ...] = ()
    isolation: str = ""
    imaging: str = ""
    storage: Storage = Storage()
    notes: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()

    @field_validator("storage", mode="before")
    @classmethod
    def _in_words(cls, written: Any) -> Any:
        return {"note": written} if isinstance(written, str) else written

    @field_validator("id", "source_cell")
    @classmethod
    def _plain(cls, written: str) -> str:
        if not PRODUCT_ID.fullmatch(written):
            raise ValueError("a name has letters, digits and _ only, and starts with a letter")
        return written

    @model_validator(mode="after")
    def _complete(self) -> Product:
        if self.kind == "cells" and self.secretes is None:
            raise ValueError("a product of cells needs `secretes`: the vesicles that they make")
        if self.kind == "vesicles" and (self.particles_per_ug is None or self.diameter is None):
            raise ValueError("a product of vesicles needs `particles_per_ug` and `diameter`")
        if self.kind == "conditioned_medium" and (self.secretes is None or self.particles_per_cell_equivalent is None):
            raise ValueError("conditioned medium needs `secretes`, its vesicles, and `particles_per_cell_equivalent`")
        if self.kind == "vesicles" and self.secretes is not None:
            raise ValueError("only a product of cells or conditioned medium has `secretes`")
        if self.traits is not None and self.kind != "cells":
            raise ValueError("only a product of cells has `traits`")
        if isinstance(self.secretes, str) and not PRODUCT_ID.fullmatch(self.secretes):
            raise ValueError("`secretes` is the id of a shipped product, or a product written out below it")
        if isinstance(self.secretes, Product) and self.secretes.kind != "vesicles":
            raise ValueError("what cells secrete is a product of vesicles")
        if self.particles_per_ug is not None and self.particles_per_ug.unit not in ("particles/ug", "1"):
            raise ValueError(f"particles_per_ug is in particles/ug, not in {self.particles_per_ug.unit}")
        if self.kind == "cells" and self.storage.temperature is not None:
            raise ValueError("what storage does to living cells is not modelled; write it as `storage: {note: ...}`")
        names = [cargo.name for cargo in self.cargo]
        if len(set(names)) < len(names):
            raise ValueError("one cargo stands twice")
        return self

    @property
    def vesicles(self) -> Product:
        """The vesicles themselves: this product, or those that its cells secrete."""
        if isinstance(self.secretes, Product):
            return self.secretes
        if self.secretes is None:
            return self
        secreted = load_product(self.secretes)
        if secreted.kind != "vesicles":
            raise input_error(self.id, "What cells secrete is a product of vesicles.", value=self.secretes)
        return secreted

    def diameters(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Diameters (nm) and the share of the vesicles of each, by number."""
        diameter = self.vesicles.diameter
        if diameter is None:
            raise ValueError(f"{self.id} does not say how large its vesicles are")
        return diameter.weights()

    def particles(self, dose: Quantity) -> Estimate:
        """How many particles a dose has. The derivation says how it became particles.

        Raises:
            ValueError: If this product does not say how that unit becomes particles.
        """
        if dose.fits("particles"):
            given = dose.to("particles")
            return Estimate(value=given, unit="particles", status="measured", source="dose as given in the study")
        if dose.fits("cell_equivalents") and self.particles_per_cell_equivalent is not None:
            amount = dose.to("cell_equivalents")
            each = self.particles_per_cell_equivalent
            how = f"{amount:g} cell equivalents x {each.value:.3g} particles"
            return each.times(amount, unit="particles", derivation=how)
        if dose.fits("ug") and self.particles_per_ug is not None:
            amount = dose.to("ug")
            how = f"{amount:g} ug x {self.particles_per_ug.value:.3g} particles per ug of protein"
            return self.particles_per_ug.times(amount, unit="particles", derivation=how)
        raise ValueError(f"{self.id} does not say how many particles `{dose}` is; give the dose in ug or particles")


def product_path(name: str | Path) -> Path:
    """Where the file of a product lies: a shipped one by its id, or the path that is given.

    Raises:
        InputError: If there is no shipped product of this id.
    """
    text = str(name)
    if not PRODUCT_ID.fullmatch(text):
        return Path(name)
    path = SHIPPED / f"{text}.yaml"
    if not path.is_file():
        known = ", ".join(shipped_products())
        raise input_error(
            text, "There is no such product.", f"Shipped are {known}; or give the path of a file.", value=text
        )
    return path


def load_product(name: str | Path) -> Product:
    """A shipped product by its id, or a product file by its path.

    Raises:
        InputError: Every finding about the file, or that there is no such product.
    """
    path = product_path(name)
    return _shipped(path) if path.parent == SHIPPED else validate(Product, read_yaml(path))


@cache
def _shipped(path: Path) -> Product:
    """A shipped file does not change, and a plan asks for its product hundreds of times."""
    return validate(Product, read_yaml(path))


def shipped_products() -> list[str]:
    """Ids of the shipped products."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def write_product(product: Product, path: Path | str) -> Path:
    """Write a product file that `load_product` reads back equal."""
    content: dict[str, Any] = product.model_dump(mode="json", exclude_defaults=True, by_alias=True)
    return write_atomically(path, yaml_text(content))
