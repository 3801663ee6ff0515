"""Where vesicles go and what of their cargo arrives: from a run, or from a number of vesicles per cell."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from hepasome.biology import parameters
from hepasome.files import FindingList, input_error
from hepasome.targets._draws import Array, Draws
from hepasome.targets._tables import CELLS

_SPECIES = "mouse"  # whose rows of the module `delivery` are taken where no run says otherwise


@dataclass(frozen=True)
class Exposure:
    """Vesicles that one cell of a type takes up, and what of a cargo of one copy per vesicle gets onto AGO.

    Attributes:
        cell: Type of cell.
        vesicles: Vesicles per cell.
        low: 5 % end; None where it is not known.
        high: 95 % end.
        loaded: Peak of copies on AGO per cell for a cargo of one copy per vesicle, as a run says; None where only the
            vesicles are known: then all of them open at once and nothing is lost, which is an upper bound.
        source: Who says so.
    """

    cell: str
    vesicles: float
    low: float | None = None
    high: float | None = None
    loaded: float | None = None
    source: str = ""

    def per_copy(self, draws: Draws) -> Array:
        """Copies on AGO per cell for a cargo of one copy per vesicle, shape (1 + draws,).

        The share of the vesicles that open, and of the copies that AGO can load, are drawn from the rows of the module
        `delivery`; the number of vesicles from its interval.
        """
        rows = parameters(_SPECIES)
        vesicles = draws.interval(self.vesicles, self.low, self.high, "vesicles", self.cell)
        escape, loadable = (draws.parameter(rows[name]) for name in ("escape_fraction", "loadable_share"))
        if self.loaded is None:
            return vesicles * escape * loadable
        if self.vesicles <= 0:
            return vesicles * 0.0
        fold: Array = vesicles / vesicles[0] * escape / escape[0] * loadable / loadable[0]
        return self.loaded * fold


def exposures_of(arm: str, delivered: pd.DataFrame, source: str) -> dict[str, Exposure]:
    """What one arm of a run delivers, by cell.

    Args:
        arm: The arm.
        delivered: Rows of `hepasome.inference.vesicles_per_cell`.
        source: What is said about where the numbers come from.
    """
    found: dict[str, Exposure] = {}
    for row in delivered[delivered["arm"] == arm].to_dict("records"):
        if row["cell"] not in CELLS:
            continue
        value, ends = float(row["vesicles"]), (float(row["low"]), float(row["high"]))
        if any(map(math.isnan, ends)):
            low, high = None, None
        else:  # the ends are of draws, the value is the mean of animals: near zero it may lie outside
            low, high = min(ends[0], value), max(ends[1], value)
        found[row["cell"]] = Exposure(row["cell"], value, low, high, float(row["loaded"]), source)
    return found


def exposures_from(written: list[str]) -> dict[str, Exposure]:
    """Exposures as a user writes them: `8` for every cell, or `hepatocyte=8`.

    Raises:
        InputError: If one is no number zero or above, or names no cell.
    """
    found: dict[str, Exposure] = {}
    errors = FindingList("--vesicles-per-cell")
    for text in written:
        name, _, number = text.rpartition("=")
        cells = (name.strip(),) if name else CELLS
        try:
            value = float(number)
        except ValueError:
            value = math.nan
        if cells[0] not in CELLS:
            errors.add("There is no such cell.", f"Use one of: {', '.join(CELLS)}.", value=name)
        elif not 0 <= value < math.inf:
            errors.add("This is not a number of vesicles.", "Write for example 8, or hepatocyte=8.", value=text)
        else:
            found |= {cell: Exposure(cell, value, source="vesicles per cell as given") for cell in cells}
    errors.raise_if_any()
    return found


def chosen(exposures: dict[str, Exposure], cells: list[str]) -> list[Exposure]:
    """The exposures of the cells asked for, or of all; in the order of the liver's cells.

    Raises:
        InputError: If a cell does not exist, or nothing is known about what it takes up.
    """
    for cell in cells:
        if cell not in CELLS:
            raise input_error("--cell", "There is no such cell.", f"Use one of: {', '.join(CELLS)}.", value=cell)
        if cell not in exposures:
            there = ", ".join(exposures) or "none"
            raise input_error(
                "--cell", "Nobody says how many vesicles this cell takes up.", f"Known are: {there}.", value=cell
            )
    return [exposures[cell] for cell in CELLS if cell in exposures and (not cells or cell in cells)]
