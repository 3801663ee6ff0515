"""ViewSizer 3000 tables (`ConstantBinsTable_*.dat`): particles per mL and nm, by the lower end of each bin."""

from __future__ import annotations

import math
import re

import numpy as np

from hepasome.files import FindingList
from hepasome.product.readers._file import LabFile
from hepasome.product.readers._kinds import ParticleSizes
from hepasome.product.readers._particles import refuse_giants
from hepasome.product.readers._table import decimal_sign, split_rows, to_number

_LOWER = "LowerBinDiameter_[nm]"
_DENSITY = re.compile(r"PSD(?P<corrected>_corrected)?_\[counts/mL/nm\]")
_AGAIN = "Export the table of constant bins again."


def is_viewsizer(file: LabFile) -> bool:
    """Whether a file is a table of bins of a ViewSizer."""
    return _LOWER in file.text[:2000] and _DENSITY.search(file.text[:2000]) is not None


def viewsizer(file: LabFile) -> ParticleSizes:
    """Read a table of bins.

    The density is taken with the instrument's correction where the file has both, and multiplied by the width of
    the bin. The file has no dilution.

    Raises:
        InputError: Every finding: torn rows, cells that are no numbers, bins that do not rise.
    """
    found = FindingList(file.path)
    table = split_rows(file.text, found, ragged=f"The file is cut off. {_AGAIN}")
    names = [name.lstrip("/ ") for name in table.header]
    densities = [i for i, name in enumerate(names) if _DENSITY.fullmatch(name)]
    densities.sort(key=lambda i: "corrected" not in names[i])
    if _LOWER not in names or not densities:
        found.add(f"The columns `{_LOWER}` and `PSD_corrected_[counts/mL/nm]` are missing.", _AGAIN, line=1)
    found.raise_if_any()
    at, density = names.index(_LOWER), densities[0]
    sign = decimal_sign((c for _, cells in table.rows for c in cells), found, delimiter=table.delimiter)
    lower: list[float] = []
    values: list[float] = []
    for line, cells in table.rows:
        for place, kept in ((at, lower), (density, values)):
            value = to_number(cells[place], sign)
            if math.isnan(value) or value < 0:
                remedy = "It must be zero or above."
                found.add("This is not a usable number.", remedy, line=line, field=names[place], value=cells[place])
            kept.append(value)
        if len(lower) > 1 and lower[-1] <= lower[-2]:
            found.add("The diameters do not rise.", _AGAIN, line=line, field=_LOWER, value=cells[at])
    if not found.findings and (len(lower) < 10 or sum(values) == 0):
        found.add("The size distribution holds no particles.", _AGAIN)
    refuse_giants(np.array(lower), found)
    found.raise_if_any()
    edges = np.array([*lower, 2 * lower[-1] - lower[-2]])
    widths = np.diff(edges)
    if np.ptp(widths) > 0.01 * widths[0]:
        found.add("The bins are not of one width: rows are missing.", _AGAIN)
        found.raise_if_any()
    per_bin = np.array(values) * widths
    return ParticleSizes(
        file=file.path,
        instrument="ViewSizer",
        software="unknown",
        runs=(file.name,),
        concentration=np.array([per_bin.sum()]),
        dilution=None,
        dilution_applied=False,
        bin_centres=(edges[1:] + edges[:-1]) / 2,
        size_distribution=per_bin[:, None],
    )
