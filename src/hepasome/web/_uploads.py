"""Laboratory files that a browser sends: what they may be called, how many they may be, and where they are put."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from hepasome.files import FindingList
from hepasome.product import READERS
from hepasome.web._settings import Limits

ENDINGS = (".csv", ".tsv", ".txt", ".tab", ".dat", ".fcs", ".lmd")
_LONGEST = 200  # bytes of a name; file systems take 255
_SHEETS = (".xlsx", ".xls", ".xlsm", ".ods", ".numbers")


class Upload(NamedTuple):
    """A file as it was sent: its name, which nobody has checked, and what it holds."""

    name: str
    content: BinaryIO


def taken() -> str:
    """What is taken, as a sentence."""
    return f"Taken are files ending in {', '.join(ENDINGS)}: {'; '.join(reader.name for reader in READERS)}."


def check_uploads(names: Sequence[str], limits: Limits) -> None:
    """Check names before one of them becomes part of a path. They are kept as they are: findings name the files.

    Raises:
        InputError: Every name that no file of a laboratory has.
    """
    found = FindingList("your files")
    if len(names) > limits.files:
        found.add(f"These are {len(names)} files; up to {limits.files} are read at once.", "Send those of one product.")
    known: set[str] = set()
    for name in names:
        ending = Path(name).suffix.lower()
        if not _is_plain(name):
            found.add("This is no name of a file.", "Rename the file: letters, digits, _ and -.", value=name)
        elif ending in _SHEETS:
            found.add("No reader takes spreadsheets.", "Save the sheet as CSV.", value=name)
        elif ending not in ENDINGS:
            found.add("No reader takes this kind of file.", taken(), value=name)
        elif name.casefold() in known:
            found.add("Two files have this name.", "Rename one; the same file counts once.", value=name)
        known.add(name.casefold())
    found.raise_if_any()


def lay(uploads: Sequence[Upload], folder: Path) -> None:
    """Write files whose names were checked into a folder that is made for them."""
    folder.mkdir(parents=True)
    for upload in uploads:
        upload.content.seek(0)
        with (folder / upload.name).open("xb") as file:
            shutil.copyfileobj(upload.content, file)


def _is_plain(name: str) -> bool:
    """Whether a name is that of a file on every system, and no path."""
    try:
        short = 0 < len(name.encode()) <= _LONGEST
    except UnicodeEncodeError:  # half of a sign
        return False
    plain = name.isprintable() and name == name.strip() and not name.startswith(".")
    return short and plain and not set(name) & set('/\\:*?"<>|')
