"""A laboratory file as it lies on the disk: text, or the bytes of a cytometer."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from hepasome.files import MEGABYTE, read_text

FCS = b"FCS"
_LIMIT = 100 * MEGABYTE  # tables of proteomics
_ENCODINGS = ("utf-8-sig", "latin-1")  # instruments on Windows write Latin-1


@dataclass(frozen=True)
class LabFile:
    """A file of an instrument.

    Attributes:
        path: Where it lies.
        text: Its text, with line ends as newlines; empty for the binary file of a cytometer.
        binary: Whether it is the binary file of a cytometer.
    """

    path: str
    text: str
    binary: bool = False

    @property
    def name(self) -> str:
        """Name without folders."""
        return Path(self.path).name

    @property
    def lines(self) -> list[str]:
        """Lines of the text; only line ends part them, no other sign that Unicode or Latin-1 take for one."""
        return self.text.removesuffix("\n").split("\n")


def open_lab_file(path: Path | str) -> LabFile:
    """Read a file without knowing what it is.

    Raises:
        InputError: If it cannot be read, or is a binary file of no known kind.
    """
    head = b""
    with contextlib.suppress(OSError, ValueError), Path(path).open("rb") as file:
        head = file.read(len(FCS))
    if head == FCS and Path(path).is_file():
        return LabFile(str(path), "", binary=True)
    return LabFile(str(path), read_text(path, limit=_LIMIT, encodings=_ENCODINGS))
