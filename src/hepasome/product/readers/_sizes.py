"""Size tables of any other instrument: a column of diameters, and columns of particles; or one row per particle."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from hepasome.files import FindingList, input_error
from hepasome.product.readers._file import LabFile
from hepasome.product.readers._kinds import ParticleSizes, edges_of
from hepasome.product.readers._particles import histogram, refuse_giants
from hepasome.product.readers._table import Rows, decimal_sign, delimiter_of, split_rows, to_number

_DIAMETER = re.compile(r"(?i)\b(diameters?|sizes?|bin cent(?:re|er)s?)\b")
_RADIUS = re.compile(r"(?i)\bradius\b|\br\.\s?nm\b")
_SMALLER, _LARGER = re.compile(r"(?i)\bnm\b"), re.compile(r"\b[uµμ]m\b")
_PER_ML = re.compile(r"(?i)/\s*(?:ml|cm3|cm\^3)|\bper ml\b|\bcm-3\b")
_DENSITY = re.compile(r"(?i)(?:ml|cm3|cm-3)\s*(?:/\s*|per )nm\b")
_SCALE = re.compile(r"(?i)\b(?:10\^|1?e\+?)(\d{1,2})\b")
_OTHER_WEIGHT = re.compile(r"(?i)\b(intensity|volume|area|surface|mass)\b")
_SPREAD = re.compile(r"(?i)\b(sd|std|stdev|deviation|error|sem?|cv|cumulative|undersize|lower|upper)\b")


@dataclass(frozen=True)
class _Columns:
    diameter: int
    factor: float
    values: tuple[int, ...]
    refused: tuple[str, ...]
    said: tuple[str, ...]


def is_size_table(file: LabFile) -> bool:
    """Whether the first line names a column of diameters and a number stands below it."""
    lines = [line for line in file.lines if line.strip()][:2]
    if len(lines) < 2:
        return False
    sign = delimiter_of(lines[0])
    header, row = lines[0].split(sign), lines[1].split(sign)
    named = [i for i, name in enumerate(header) if _DIAMETER.search(_words(name))]
    return any(i < len(row) and not math.isnan(to_number(row[i].strip().replace(",", "."))) for i in named)


def _words(name: str) -> str:
    return name.replace("_", " ").strip().strip('"')


def _columns(header: tuple[str, ...], found: FindingList) -> _Columns:
    named = [i for i, name in enumerate(header) if _DIAMETER.search(_words(name))]
    if not named:
        remedy = "Name it for example `Diameter (nm)`."
        raise input_error(found.file, "No column is named diameter or size.", remedy, line=1)
    at, said = named[0], []
    name = _words(header[at])
    if _RADIUS.search(name):
        found.add("The sizes are radii.", "Export diameters.", line=1, field=header[at])
    factor = 1000.0 if _LARGER.search(name) else 1.0
    if factor == 1.0 and not _SMALLER.search(name):
        said.append(f"The column `{header[at]}` has no unit; nm are taken.")
    rest = [i for i in range(len(header)) if i != at and header[i] and not _SPREAD.search(_words(header[i]))]
    refused = tuple(header[i] for i in rest if _OTHER_WEIGHT.search(_words(header[i])))
    return _Columns(at, factor, tuple(i for i in rest if header[i] not in refused), refused, tuple(said))


def size_table(file: LabFile) -> ParticleSizes:
    """Read a table of bins, or a list of particles.

    Columns whose name says `/mL` or `cm-3` are concentrations; others are counts, from which only the diameters
    follow. Columns of spreads are not read, and distributions weighted by intensity or volume are refused.

    Raises:
        InputError: Every finding.
    """
    found = FindingList(file.path)
    table = split_rows(file.text, found)
    chosen = _columns(table.header, found)
    found.raise_if_any()
    if chosen.refused and not chosen.values:
        problem = f"The distribution is weighted by {chosen.refused[0].casefold()}, not by number."
        found.add(problem, "Export the distribution by number.", line=table.line, field=chosen.refused[0])
        found.raise_if_any()
    used = (chosen.diameter, *chosen.values)
    sign = decimal_sign((c[i] for _, c in table.rows for i in used), found, delimiter=table.delimiter)
    values = _values(table, used, sign, found)
    found.raise_if_any()
    diameters = values[:, 0] * chosen.factor
    refuse_giants(diameters, found)
    found.raise_if_any()
    if not chosen.values:
        return _particles(file, diameters, chosen.said, found)
    return _bins(file, table, chosen, diameters, values[:, 1:], found)


def _values(table: Rows, used: tuple[int, ...], sign: str, found: FindingList) -> np.ndarray:
    rows = []
    for line, cells in table.rows:
        row = [to_number(cells[i], sign) for i in used]
        for i, value in zip(used, row, strict=True):
            if math.isnan(value) or value < 0 or (i == used[0] and value == 0):
                remedy = "It must be a number above zero." if i == used[0] else "It must be zero or above."
                found.add("This is not a usable number.", remedy, line=line, field=table.header[i], value=cells[i])
        rows.append(row)
    return np.array(rows).reshape(-1, len(used))


def _particles(file: LabFile, diameters: np.ndarray, said: tuple[str, ...], found: FindingList) -> ParticleSizes:
    if len(diameters) < 10:
        found.add("The table has diameters alone, and fewer than ten.", "Give a table of bins or of particles.")
        found.raise_if_any()
    centres, counts = histogram(diameters)
    said = (*said, "One row is taken for one particle; the file tells no concentration.")
    return ParticleSizes(
        file.path, "size table", "unknown", (file.name,), np.empty(0), None, False, centres, counts[:, None],
        warnings=said, tracked=len(diameters),
    )  # fmt: skip


def _bins(
    file: LabFile, table: Rows, chosen: _Columns, diameters: np.ndarray, values: np.ndarray, found: FindingList
) -> ParticleSizes:
    falls = np.flatnonzero(np.diff(diameters) <= 0)
    for i in falls[:5]:
        line, cells = table.rows[int(i) + 1]
        field, value = table.header[chosen.diameter], cells[chosen.diameter]
        found.add("The diameters do not rise.", "Sort the table by diameter.", line=line, field=field, value=value)
    names = [table.header[i] for i in chosen.values]
    for name, column in zip(names, values.T, strict=True):
        if column.sum() == 0:
            found.add("The column holds no particles.", "Leave it out.", field=name)
    per_ml = [bool(_PER_ML.search(_words(name))) for name in names]
    if any(per_ml) and not all(per_ml):
        other = [name for name, is_per_ml in zip(names, per_ml, strict=True) if not is_per_ml]
        kept = [i for i, is_per_ml in enumerate(per_ml) if is_per_ml]
        said = (*chosen.said, f"Columns without /mL are not read: {', '.join(other)}.")
        names, values = [names[i] for i in kept], values[:, kept]
    else:
        said = chosen.said
    if len(diameters) < 5:
        found.add("The table has fewer than five bins.", "Export the whole distribution.")
    found.raise_if_any()
    concentration = np.empty(0)
    if any(per_ml):
        scales = [10.0 ** int(m[1]) if (m := _SCALE.search(_words(name))) else 1.0 for name in names]
        widths = np.diff(edges_of(diameters))[:, None]
        values = np.where([_DENSITY.search(_words(name)) is not None for name in names], values * widths, values)
        values = values * np.array(scales)
        concentration = values.sum(axis=0)
    else:
        said = (*said, "The columns have no /mL in their names: shares are taken from them, no concentration.")
    return ParticleSizes(
        file.path, "size table", "unknown", tuple(names), concentration, None, False, diameters, values, warnings=said
    )
