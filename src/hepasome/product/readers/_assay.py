"""Protein assays (BCA, Bradford): one row per sample, protein and, if they were counted, its particles."""

from __future__ import annotations

import math
import re

import numpy as np
from numpy.typing import NDArray

from hepasome.files import FindingList, parse_quantity
from hepasome.product.readers._file import LabFile
from hepasome.product.readers._kinds import ProteinAssay
from hepasome.product.readers._table import Rows, decimal_sign, delimiter_of, split_rows, to_number

_PROTEIN = re.compile(r"(?i)\b(protein|bca|bradford|qubit|lowry)\b")
_PARTICLES = re.compile(r"(?i)\bparticles?\b")
_MASS = re.compile(r"(?i)\b([nuµμm]?g)\s*(?:/|per)\s*([uµμm]?l)\b")
_VOLUME = re.compile(r"(?i)(?:/|\bper)\s*([uµμm]?l)\b")
_SCALE = re.compile(r"(?i)\b(?:10\^|1?e\+?)(\d{1,2})\b")
_FACTOR = re.compile(r"(?i)\bdilution\b")
_ML = {"ml": 1.0, "ul": 1000.0, "l": 0.001}


def _words(name: str) -> str:
    return name.replace("_", " ").strip('" ')


def _is_spread(name: str) -> bool:
    return re.search(r"(?i)\b(sd|se|sem|std|error|cv)\b", _words(name)) is not None


def is_assay(file: LabFile) -> bool:
    """Whether the first line names a column of protein with its unit."""
    lines = [line for line in file.lines if line.strip()]
    header = lines[0].split(delimiter_of(lines[0])) if lines else []
    return any(_PROTEIN.search(_words(name)) and _MASS.search(_words(name)) for name in header)


def assay(file: LabFile) -> ProteinAssay:
    """Read a table whose columns say what they are and in which unit: `Protein (ug/mL)`, `Particles/mL`.

    A column `dilution` multiplies both.

    Raises:
        InputError: Every finding: no unit, cells that are no numbers.
    """
    found = FindingList(file.path)
    table = split_rows(file.text, found)
    usable = [(i, name) for i, name in enumerate(table.header) if not _is_spread(name)]
    proteins = [i for i, name in usable if _PROTEIN.search(_words(name)) and _MASS.search(_words(name))]
    ratios = {i for i, name in usable if re.search(r"(?i)particles?\s*(?:/|per)\s*[nuµμm]?g\b", _words(name))}
    particles = [i for i, name in usable if _PARTICLES.search(_words(name)) and i not in {*proteins, *ratios}]
    dilutions = [i for i, name in usable if _FACTOR.search(_words(name))]
    for what, several in (("protein", proteins), ("particles", particles)):
        if len(several) > 1:
            told = ", ".join(table.header[i] for i in several)
            found.add(f"Several columns hold {what}.", "Keep one of them.", line=table.line, value=told)
    if not proteins:
        found.add("No column holds protein with its unit.", "Name it `Protein (ug/mL)`.", line=table.line)
    found.raise_if_any()
    used = [*proteins, *particles, *dilutions]
    sign = decimal_sign((c[i] for _, c in table.rows for i in used), found, delimiter=table.delimiter)
    factor = _column(table, dilutions[0], sign, found) if dilutions else np.ones(len(table.rows))
    protein = _column(table, proteins[0], sign, found) * _in_ug_per_ml(table.header[proteins[0]]) * factor
    counted = np.empty(0)
    if particles:
        counted = _column(table, particles[0], sign, found) * _per_ml(table, particles[0], found) * factor
    if not table.rows:
        found.add("The table has no row.", "Give one row per sample.")
    found.raise_if_any()
    names = [i for i, _ in usable if i not in {*used, *ratios}]
    samples = tuple(cells[names[0]] if names else str(number + 1) for number, (_, cells) in enumerate(table.rows))
    said = (
        () if dilutions else ("The protein table names no dilution: its numbers are taken for the undiluted sample.",)
    )
    return ProteinAssay(file.path, samples, protein, counted, said)


def _column(table: Rows, position: int, sign: str, found: FindingList) -> NDArray[np.float64]:
    values = []
    for line, cells in table.rows:
        value = to_number(cells[position], sign)
        if math.isnan(value) or value <= 0:
            remedy = "It must be a number above zero."
            field = table.header[position]
            found.add("This is not a usable number.", remedy, line=line, field=field, value=cells[position])
        values.append(value)
    return np.array(values)


def _in_ug_per_ml(name: str) -> float:
    """What a number in the unit of a column's name is in ug/mL; 1 where the name has no unit."""
    for mass, volume in _MASS.findall(_words(name)):
        unit = re.sub("[µμ]", "u", f"{mass}/{volume}".lower())
        return parse_quantity(f"1 {unit.replace('l', 'L')}").to("ug/mL")
    return 1.0


def _per_ml(table: Rows, position: int, found: FindingList) -> float:
    name = _words(table.header[position])
    unit, scale = _VOLUME.search(name), _SCALE.search(name)
    if unit is None:
        remedy = "Name the column `Particles/mL`."
        found.add("The particles have no unit.", remedy, line=table.line, field=table.header[position])
        return math.nan
    return _ML[re.sub("[µμ]", "u", unit[1].lower())] * (10.0 ** int(scale[1]) if scale else 1.0)
