"""Izon (qNano, Exoid) tables: one row per particle that passed the pore, with or without lines about the sample."""

from __future__ import annotations

import math
import re

import numpy as np

from hepasome.files import FindingList, input_error
from hepasome.product.readers._file import LabFile
from hepasome.product.readers._kinds import ParticleSizes
from hepasome.product.readers._particles import histogram, refuse_giants
from hepasome.product.readers._table import decimal_sign, delimiter_of, split_rows, to_number

_PULSE = re.compile(r"(?i)\b(blockade|magnitude|fwhm|baseline|pulse)\b")
_DIAMETER = re.compile(r"(?i)\bdiameter\b|\bsize\b")
_UNIT = {"nm": 1.0, "um": 1000.0, "µm": 1000.0, "μm": 1000.0}
_WORD = re.compile(r"(?i)\b(izon|qnano|exoid)\b")


def _head(file: LabFile) -> int | None:
    """Position of the line that names the columns."""
    for i, line in enumerate(file.lines[:60]):
        cells = line.split(delimiter_of(line))
        if len(cells) >= 2 and (_PULSE.search(line) or (_DIAMETER.search(line) and _WORD.search(file.text[:3000]))):
            return i
    return None


def is_izon(file: LabFile) -> bool:
    """Whether a file has one row per particle of a tunable-pore instrument."""
    return _head(file) is not None and bool(_PULSE.search(file.text[:6000]) or _WORD.search(file.text[:3000]))


def izon(file: LabFile) -> ParticleSizes:
    """Read a table of particles.

    Raises:
        InputError: Every finding: blockades without diameters, torn rows, cells that are no numbers.
    """
    found = FindingList(file.path)
    head = _head(file) or 0
    table = split_rows("\n".join(file.lines[head:]), found, first=head + 1, ragged="Export the particles again.")
    named = [i for i, name in enumerate(table.header) if _DIAMETER.search(name)]
    if not named:
        remedy = "Calibrate the measurement in the program of the instrument and export the particles with diameters."
        raise input_error(file.path, "The rows hold blockades, not diameters.", remedy, line=head + 1)
    column = table.header[named[0]]
    unit = re.search(r"[(\[]\s*(nm|[uµμ]m)\s*[)\]]", column)
    if unit is None:
        remedy = "Name the column `Diameter (nm)`."
        raise input_error(file.path, "The diameter has no unit.", remedy, line=head + 1, field=column)
    about = {key: value for key, value in map(_pair, file.lines[:head]) if key}
    sign = decimal_sign(table.column(named[0]), found, delimiter=table.delimiter)
    diameters = []
    for line, cells in table.rows:
        value = to_number(cells[named[0]], sign)
        if not value > 0:
            remedy = "It must be a diameter above zero."
            found.add("This is not a usable number.", remedy, line=line, field=column, value=cells[named[0]])
        diameters.append(value * _UNIT[unit[1]])
    if not found.findings and len(diameters) < 2:
        found.add("The table holds no particles.", "Export the particles again.", line=head + 1)
    refuse_giants(np.array(diameters), found)
    raw = _told(about, "raw concentration", found, 0.0)
    dilution = _told(about, "dilution", found, 1.0)
    found.raise_if_any()
    centres, counts = histogram(np.array(diameters))
    warnings = () if raw else ("The file tells no raw concentration, only which particles passed.",)
    return ParticleSizes(
        file=file.path,
        instrument="Izon",
        software="unknown",
        runs=(file.name,),
        concentration=np.array([raw]) if raw else np.empty(0),
        dilution=dilution if raw else None,
        dilution_applied=False,
        bin_centres=centres,
        size_distribution=counts[:, None],
        warnings=warnings,
        tracked=len(diameters),
    )


def _pair(line: str) -> tuple[str, str]:
    cells = [cell.strip().strip('"') for cell in line.split(delimiter_of(line))]
    told = [cell for cell in cells[1:] if cell]  # more than one: a number with a decimal comma, torn in two
    return (cells[0].rstrip(":").casefold(), " ".join(told)) if told else ("", "")


def _told(about: dict[str, str], wanted: str, found: FindingList, least: float) -> float | None:
    for key, written in about.items():
        if wanted in key and written:
            value = to_number(written)
            if math.isnan(value) or value < least or value == 0:
                remedy = f"It must be a number above {least:g}."
                found.add("This is not a usable number.", remedy, field=key, value=written)
                return None
            return value
    return None
