"""The studies that the application knows: shipped ones, and the user's own in a folder each."""

from __future__ import annotations

import shutil
import threading
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from hepasome.files import Document, InputError, input_error, parse_yaml, read_text, write_atomically, yaml_text
from hepasome.report import Score, read_scoreboard
from hepasome.trial import Study, check_study, load_study, study_ids, study_path
from hepasome.web._names import STUDY, MissingError, RefusedError, check_id, named
from hepasome.web._settings import Limits

STUDY_FILE = "study.yaml"
Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Entry:
    """One study.

    Attributes:
        id: Its id, by which it is found.
        own: Whether it is the user's.
        path: Its file.
        study: What it says; None if the file does not hold.
        error: What is wrong with the file then.
    """

    id: str
    own: bool
    path: Path
    study: Study | None
    error: InputError | None = None

    @property
    def text(self) -> str:
        """The file as it is written."""
        return read_text(self.path)

    def checked(self) -> Study:
        """The study.

        Raises:
            InputError: What is wrong with the file.
        """
        if self.study is None:
            raise self.error or input_error(self.id, "The file does not hold.")
        return self.study


class Library:
    """Shipped and own studies."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.folder, self._limits = folder, limits
        self._lock = threading.Lock()
        self._known: dict[str, tuple[Stamp, Entry]] = {}

    def entries(self) -> list[Entry]:
        """All studies, own ones first, by id."""
        return [*(self._own(name) for name in self._own_ids()), *(_shipped(name) for name in study_ids())]

    def get(self, name: str) -> Entry:
        """One study by its id.

        Raises:
            MissingError: If there is none.
        """
        if name in study_ids():
            return _shipped(name)
        if not (named(self.folder, name, STUDY) / STUDY_FILE).is_file():
            raise MissingError("There is no study of this id.")
        return self._own(name)

    def copy(self, name: str, new: str, title: str = "") -> Entry:
        """Copy a study, comments and product files with it.

        Raises:
            MissingError: If there is no such study.
            InputError: If the new id is none, or taken.
        """
        entry = self.get(name)
        with self._lock:
            self._check_new(new)
            text = _renamed(entry.text, new, title, entry.checked())
            folder = named(self.folder, new, STUDY)
            check_study(parse_yaml(text, STUDY_FILE), entry.path.parent)
            folder.mkdir(parents=True)
            for file in product_files(entry):
                write_atomically(folder / file.name, read_text(file))
            write_atomically(folder / STUDY_FILE, text)
        return self.get(new)

    def add(self, text: str) -> Entry:
        """A study from the text of its file.

        Raises:
            InputError: What is wrong with it, or that its id is taken.
        """
        document = parse_yaml(text, STUDY_FILE)
        with self._lock:
            name = str(document.value.get("id", ""))
            self._check_new(name)
            check_study(document, named(self.folder, name, STUDY))
            write_atomically(named(self.folder, name, STUDY) / STUDY_FILE, text)
        return self.get(name)

    def check(self, content: dict[str, Any] | str, name: str) -> Study:
        """The study that plain data or the text of a file describes, if it holds.

        Args:
            content: Data as the file has it, or the text of the file.
            name: Id of the own study that it is a version of.

        Raises:
            InputError: Every finding.
        """
        folder = named(self.folder, name, STUDY)
        if isinstance(content, str):
            return check_study(parse_yaml(content, STUDY_FILE), folder)
        # by way of the text, so that what is accepted here is accepted when it is read again
        document = parse_yaml(yaml_text(without_nothing(content)), STUDY_FILE)
        return check_study(Document(STUDY_FILE, document.value, {}), folder)

    def save(self, name: str, content: dict[str, Any] | str) -> Entry:
        """Replace an own study; nothing is written unless all of it holds.

        Raises:
            MissingError: If there is no such study.
            RefusedError: If it is a shipped one.
            InputError: Every finding.
        """
        entry = self.get(name)
        if not entry.own:
            raise RefusedError("A shipped study stays as it is. Copy it, and change the copy.")
        study = self.check(content, name)
        if study.id != name:
            raise input_error(
                STUDY_FILE, "The id of a study does not change.", "Copy the study instead.", field="id", value=study.id
            )
        text = content if isinstance(content, str) else yaml_text(without_nothing(content))
        with self._lock:
            write_atomically(entry.path, text)
        return self.get(name)

    def lay_beside(self, name: str, product: Path) -> None:
        """Copy a product file beside an own study, so that the folder of the study stays whole.

        Raises:
            MissingError: If there is no such study.
            RefusedError: If it is a shipped one, or has another file of this name.
        """
        entry = self.get(name)
        if not entry.own:
            raise RefusedError("A shipped study stays as it is. Copy it, and change the copy.")
        text, beside = read_text(product), entry.path.parent / product.name
        with self._lock:
            if beside.exists() and read_text(beside) != text:
                why = (
                    "The study has another product file of this name, and keeps it. Keep this product under another id."
                )
                raise RefusedError(why)
            write_atomically(beside, text)

    def delete(self, name: str) -> None:
        """Remove an own study; its runs stay.

        Raises:
            MissingError: If there is no such study.
            RefusedError: If it is a shipped one.
        """
        entry = self.get(name)
        if not entry.own:
            raise RefusedError("A shipped study cannot be removed.")
        with self._lock:
            shutil.rmtree(entry.path.parent)

    def _own(self, name: str) -> Entry:
        path = self.folder / name / STUDY_FILE
        stamp = stamp_of(path.parent)
        known = self._known.get(name)
        if known is None or known[0] != stamp:  # reading and checking takes a while, and a list has many
            try:
                known = (stamp, Entry(name, True, path, load_study(path)))
            except InputError as error:
                known = (stamp, Entry(name, True, path, None, error))
            self._known[name] = known
        return known[1]

    def _own_ids(self) -> list[str]:
        found = self.folder.glob(f"*/{STUDY_FILE}")
        return sorted(path.parent.name for path in found if _is_id(self.folder, path.parent.name))

    def _check_new(self, name: str) -> None:
        own = self._own_ids()
        if len(own) >= self._limits.studies:
            raise RefusedError(f"There are {len(own)} own studies, and no more are kept. Remove some first.")
        taken = {path.name for path in self.folder.iterdir()} if self.folder.is_dir() else set()
        check_id(name, {*taken, *study_ids()})


def read_shipped() -> None:
    """Read the shipped studies: together they take half a second, once."""
    for name in study_ids():
        _shipped(name)


@cache
def _shipped(name: str) -> Entry:
    return Entry(name, False, study_path(name), load_study(name))


@cache
def scoreboard_scores() -> dict[str, Score]:
    """The scoreboard that ships, by study: the verdicts of 100 draws; empty if the page is not there."""
    inside_package = Path(str(resources.files("hepasome.web") / "scoreboard.md"))
    in_repository = Path(__file__).parents[3] / "docs" / "scoreboard.md"
    page = next((path for path in (inside_package, in_repository) if path.is_file()), None)
    return {} if page is None else {one.study: one for one in read_scoreboard(read_text(page))}


def stamp_of(folder: Path) -> Stamp:
    """What changes when a file of a folder changes."""
    found = [(path.name, path.stat()) for path in sorted(folder.iterdir())]
    return tuple((name, status.st_mtime_ns, status.st_size) for name, status in found)


def _is_id(folder: Path, name: str) -> bool:
    try:
        named(folder, name, STUDY)
    except MissingError:
        return False
    return True


def _renamed(text: str, name: str, title: str, study: Study) -> str:
    """The text of a study file with another id, and another title if there is one; everything else as it is.

    Published claims are about the study that was copied, so the copy says whose they are.
    """
    lines = []
    for line in text.splitlines():
        if line.startswith("id:"):
            line = f"id: {name}"
            if study.claims and not study.claims_of:
                line += f"\nclaims_of: {study.id}"
        elif title and line.startswith("title:"):
            line = yaml_text({"title": title}).splitlines()[0]
        lines.append(line)
    return "\n".join(lines) + "\n"


def product_files(entry: Entry) -> list[Path]:
    """Product files beside a study that it names; they belong to it wherever it goes."""
    treated = [arm.treatment for arm in entry.checked().arms.values() if arm.treatment is not None]
    files = [treatment.product.own_file for treatment in treated]
    return sorted({file for file in files if file is not None and file.parent == entry.path.parent.resolve()})


def without_nothing(content: Any) -> Any:
    """Data without fields that say nothing; an empty arm says something."""
    if isinstance(content, dict):
        kept = {str(key): without_nothing(value) for key, value in content.items()}
        return {k: v for k, v in kept.items() if v is not None and not (k in _OPTIONAL and v in ({}, [], ""))}
    if isinstance(content, (list, tuple)):
        return [without_nothing(one) for one in content]
    return content


_OPTIONAL = {"agents", "enrich", "remove", "treat", "notes", "system", "reference"}
