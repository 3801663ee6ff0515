"""ZetaView size runs (Particle Metrix, software 8.04 to 8.06): a header of `key:<tab>value`, then one row per bin."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hepasome.files import FindingList, input_error
from hepasome.product.readers._file import LabFile
from hepasome.product.readers._kinds import LeftOut, ParticleSizes
from hepasome.product.readers._particles import refuse_giants
from hepasome.product.readers._table import decimal_sign, to_number

_TABLE = "Size / nm"
_NUMBER, _CONCENTRATION = "Number", "Concentration / cm-3"
_AGAIN = "Export the run again as TXT."
_FEW = 200  # traces; their number has a counting error of 7 %
_DIGITS = 5e-3  # the program writes four digits: particles and concentration of a bin may differ by this share
_SUM_DIFFERS = 0.02
_GOOD = {"good", "very good", "ok", "passed"}
_SIBLING = re.compile(r"_(?P<kind>11pos|prof)(?:_\d+)?\.[^.]*$", re.IGNORECASE)
_SIBLINGS = {
    "11pos": "the check of the eleven positions that the instrument writes beside a size run, no run of its own",
    "prof": "a profile of the zeta potential, without sizes",
}


def is_zetaview(file: LabFile) -> bool:
    """Whether a file is a ZetaView TXT."""
    return "ZetaView" in file.text[:4000] or _TABLE in (file.lines[0] if file.text.strip() else "")


def zetaview(file: LabFile) -> ParticleSizes | LeftOut:
    """Read one run; runs without traces and the `_11pos` and `_prof` siblings of a run are left out, and say so.

    Raises:
        InputError: Every finding: a torn table, cells that are no numbers, bins that contradict each other.
    """
    found = FindingList(file.path)
    lines = file.lines
    start = next((i for i, line in enumerate(lines) if line.strip().startswith(_TABLE)), None)
    header = _fields(lines[: start if start is not None else len(lines)])
    sibling = _SIBLING.search(file.name)
    if sibling is not None:
        return LeftOut(file.path, f"{file.name} is {_SIBLINGS[sibling['kind'].lower()]}; it is left out.")
    measured = header.get("type of measurement", "Size Distribution")
    if "size" not in measured.casefold():
        return LeftOut(file.path, f"{file.name} is a measurement of `{measured}`, not of sizes; it is left out.")
    if re.match(r"0+(?:[.,]0*)?$", header.get("number of traces", "")):
        return LeftOut(file.path, f"{file.name}: the run failed, no particle was tracked; it is left out.")
    if start is None:
        problem = f"There is no line `{_TABLE}`: the sizes are missing."
        raise input_error(file.path, problem, f"The file is cut off. {_AGAIN}")
    return _run(file, header, lines, start, found)


def _fields(lines: list[str]) -> dict[str, str]:
    """Keys in lower case without colons; several may stand on one line."""
    fields: dict[str, str] = {}
    for line in lines:
        cells = [cell.strip() for cell in line.split("\t")]
        for cell, after in zip(cells, [*cells[1:], ""], strict=True):
            if cell.endswith(":"):
                fields.setdefault(cell.rstrip(":").casefold(), "" if after.endswith(":") else after)
    return fields


def _run(file: LabFile, header: dict[str, str], lines: list[str], start: int, found: FindingList) -> ParticleSizes:
    names = [cell.strip() for cell in lines[start].split("\t")]
    places = [names.index(name) if name in names else None for name in (_TABLE, _NUMBER, _CONCENTRATION)]
    for name, place in zip((_TABLE, _NUMBER, _CONCENTRATION), places, strict=True):
        if place is None:
            found.add("This column is missing.", _AGAIN, line=start + 1, field=name)
    found.raise_if_any()
    rows = [(i + 1, [cell.strip() for cell in lines[i].split("\t")]) for i in range(start + 1, len(lines))]
    rows = [(line, cells) for line, cells in rows if any(cells)]
    sign = decimal_sign((cell for _, cells in rows for cell in cells), found, delimiter="\t")
    values: list[list[float]] = []
    for line, cells in rows:
        if len(cells) < len(names):
            found.add(f"The row has {len(cells)} cells, the header {len(names)}.", _AGAIN, line=line)
            continue
        picked = [to_number(cells[place], sign) for place in places if place is not None]
        if picked[0] == -1:  # the program ends the linear bins so; what follows are the same particles in other bins
            break
        _check_row(line, cells, names, picked, values, found)
        values.append(picked)
    else:
        found.add("The file ends within the sizes.", f"It is cut off. {_AGAIN}", line=len(lines))
    found.raise_if_any()
    table = np.array(values).reshape(-1, 3)
    _check_bins(table, start, found)
    refuse_giants(table[:, 0], found)
    dilution = _number(header, "dilution", sign, found, least=1.0)
    found.raise_if_any()
    reported = _number(header, "median number (d50)", sign, None)
    read = ParticleSizes(
        file=file.path,
        instrument="ZetaView",
        software=header.get("software", "unknown"),
        runs=(file.name,),
        concentration=np.array([table[:, 2].sum()]),  # per cm3, which is a mL
        dilution=dilution,
        dilution_applied=False,  # bins are those of the measuring cell
        bin_centres=table[:, 0],
        size_distribution=table[:, 2:3],
        reported={"D50": reported} if reported else {},
        warnings=tuple(_warnings(header, table, sign)),
        day=header.get("date", ""),
        tracked=round(table[:, 1].sum()),
    )
    if reported and abs(read.percentile(0.5) - reported) > np.diff(table[:, 0]).max():
        said = f"Half of the particles lie below {read.percentile(0.5):.0f} nm, the header says {reported:.0f} nm."
        read = replace(read, warnings=(*read.warnings, said))
    return read


def _check_row(
    line: int, cells: list[str], names: list[str], picked: list[float], before: list[list[float]], found: FindingList
) -> None:
    for name, value in zip((_TABLE, _NUMBER, _CONCENTRATION), picked, strict=True):
        if math.isnan(value) or value < 0:
            cell = cells[names.index(name)]
            found.add("This is not a usable number.", "It must be zero or above.", line=line, field=name, value=cell)
    if before and picked[0] <= before[-1][0]:
        found.add("The diameters do not rise.", _AGAIN, line=line, field=_TABLE, value=cells[names.index(_TABLE)])


def _check_bins(table: NDArray[np.float64], start: int, found: FindingList) -> None:
    """Particles and concentration of every bin must be in one proportion: what was damaged is not."""
    if len(table) < 10 or table[:, 1].sum() == 0 or table[:, 2].sum() == 0:
        found.add("The size distribution holds no particles.", _AGAIN, line=start + 1)
        return
    empty = (table[:, 1] == 0) != (table[:, 2] == 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        each = table[:, 2] / table[:, 1]
    usual = float(np.nanmedian(each[np.isfinite(each)])) if np.isfinite(each).any() else math.nan
    for i in np.flatnonzero(empty | (np.abs(each / usual - 1) > _DIGITS)):
        found.add(
            "Particles and concentration of this bin do not fit those of the others.",
            f"The row was changed. {_AGAIN}",
            line=start + 2 + int(i),
            value=f"{table[i, 1]:g} particles, {table[i, 2]:g} per cm3",
        )


def _number(header: dict[str, str], key: str, sign: str, found: FindingList | None, least: float = 0.0) -> float | None:
    """A number of the header, or None where it is not written."""
    written = header.get(key, "").split(" ")[0]
    if not written or written.casefold() == "nan":
        return None
    value = to_number(written, sign)
    if math.isnan(value):
        value = to_number(written, "." if sign == "," else ",")
    if math.isnan(value) or value < least:
        if found is not None:
            found.add("This is not a usable number.", f"It must be {least:g} or above.", field=key, value=written)
        return None
    return value


def _warnings(header: dict[str, str], table: NDArray[np.float64], sign: str) -> Iterator[str]:
    seen = table[:, 1].sum()
    told = _number(header, "number of traces", sign, None)
    if told and abs(seen / told - 1) > _SUM_DIFFERS:
        yield f"The bins hold {seen:g} particles, the header says {told:g} traces."
    if seen < _FEW:
        yield f"Only {seen:g} particles were tracked: counting alone is uncertain by {1 / math.sqrt(seen):.0%}."
    factor = _number(header, "concentration correction factor", sign, None)
    if factor is not None and factor != 1:
        yield (
            f"The file names a concentration correction factor of {factor:g}; whether its numbers hold it already is "
            "not written, so it is not applied."
        )
    for key in ("particle drift check result", "cell check result"):
        result = header.get(key, "")
        if result and result.casefold() not in _GOOD:
            yield f"{key.capitalize()}: {result}."
