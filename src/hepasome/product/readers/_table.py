"""Tables of text: their delimiter, their decimal sign, and the numbers in them."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hepasome.files import FindingList

_DELIMITERS = ("\t", ";", ",")
_NUMBER = re.compile(r"[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d+)?")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+")
_MISSING = frozenset({"", "na", "n/a", "nan", "n.d.", "nd", "-", "null", "none", "filtered"})
_LARGEST = 1e30
CUT = "\0"  # what stands in a cell that a shorter row does not have; no text file has it
_LONGEST = 10_000_000  # signs of a cell; tables of proteomics list spectra by the ten thousand


@dataclass(frozen=True)
class Rows:
    """A table of text.

    Attributes:
        header: Names of the columns, without spaces around them.
        line: Line of the header.
        rows: Line and cells of each row that is not empty; as many cells as the header has.
        delimiter: What stood between the cells.
    """

    header: tuple[str, ...]
    line: int
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    delimiter: str

    def column(self, position: int) -> list[str]:
        """Cells of one column."""
        return [cells[position] for _, cells in self.rows]


def delimiter_of(line: str) -> str:
    """What stands between the cells of a line: a tabulator, a semicolon or a comma, whichever is most often there."""
    return max(_DELIMITERS, key=lambda sign: (line.count(sign), -_DELIMITERS.index(sign)))


def split_rows(text: str, found: FindingList, *, first: int = 1, ragged: str = "", pad: bool = False) -> Rows:
    """Take a table apart whose header is the first line that is given.

    Args:
        text: The table.
        found: Where findings go.
        first: Line of the file at which the text starts.
        ragged: Remedy for rows of another length than the header.
        pad: Whether rows may be shorter: some programs leave empty cells at the end of a row away.
    """
    delimiter = delimiter_of(next((line for line in text.split("\n") if line.strip()), ""))
    header: tuple[str, ...] | None = None
    rows: list[tuple[int, tuple[str, ...]]] = []
    before = first - 1
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    usual = csv.field_size_limit(_LONGEST) if pad else csv.field_size_limit()
    try:
        for raw in reader:
            line, cells = reader.line_num + before, tuple(cell.strip() for cell in raw)
            if not any(cells):
                continue
            if header is None:
                header, first = cells, line
            elif pad and len(cells) < len(header):
                rows.append((line, cells + (CUT,) * (len(header) - len(cells))))
            elif len(cells) != len(header):
                problem = f"The row has {len(cells)} cells, the header {len(header)}."
                found.add(problem, ragged or "Export it again.", line=line)
            else:
                rows.append((line, cells))
    except csv.Error as error:
        line = reader.line_num + before
        found.add(f"This is not valid CSV: {error}.", "Close every quote that is opened.", line=line)
    finally:
        csv.field_size_limit(usual)
    return Rows(header or (), first, tuple(rows), delimiter)


def places(table: Rows, needed: Iterable[str], found: FindingList) -> dict[str, int]:
    """Position of every column by its name.

    Raises:
        InputError: If a needed column is not there: a quote that is not closed can swallow the header.
    """
    at = {name: i for i, name in enumerate(table.header)}
    for name in needed:
        if name not in at:
            found.add("This column is missing.", "Close every quote, or export it again.", line=table.line, field=name)
    if any(name not in at for name in needed):
        found.raise_if_any()
    return at


def decimal_sign(cells: Iterable[str], found: FindingList, *, delimiter: str) -> str:
    """The decimal sign of a file: a point or a comma, decided once for all of its numbers.

    Numbers that could be read in two ways (`1,234`) are a finding, and so are files that use both signs.
    """
    comma = point = thousands = ""
    for cell in cells:
        if "," in cell and "." in cell and re.fullmatch(r"[-+\d.,]+(?:[eE][-+]?\d+)?", cell):
            found.add("This number has a point and a comma.", "Export without thousands separators.", value=cell)
            return "."
        if not _NUMBER.fullmatch(cell) and not _THOUSANDS.fullmatch(cell):
            continue
        if "." in cell:
            point = point or cell
        elif _THOUSANDS.fullmatch(cell):
            thousands = thousands or cell
        elif "," in cell:
            comma = comma or cell
    if comma and point:
        problem = f"Some numbers have a decimal comma ({comma}), others a point ({point})."
        found.add(problem, "Export it again with one decimal sign.")
    elif point and thousands:
        problem = "This number has a comma, others of the file a point."
        found.add(problem, "Export without thousands separators.", value=thousands)
    elif thousands and not comma:
        problem = "This may be a decimal comma or a thousands separator."
        found.add(problem, "Export without thousands separators, and with a decimal point.", value=thousands)
    return "," if comma and not point and delimiter != "" else "."


def to_number(cell: str, sign: str = ".") -> float:
    """A cell as a number; NaN if it is none. Underscores and words such as `inf` are no numbers."""
    if not _NUMBER.fullmatch(cell) or (sign == "." and "," in cell) or (sign == "," and "." in cell):
        return math.nan
    value = float(cell.replace(",", "."))
    return value if abs(value) <= _LARGEST else math.nan


def is_missing(cell: str) -> bool:
    """Whether a cell says that there is no number."""
    return cell.casefold() in _MISSING


def no_reader(lines: Sequence[str]) -> str:
    """What a file starts with, for a message."""
    first = next((line for line in lines if line.strip()), "")
    return first.strip()
