"""Inputs of a design that no simulation gives: each a named row with its interval, status and source."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal

from hepasome.files import Strict, read_table

BETWEEN_LABS = "between_labs"
ATTRITION = "attrition"
BLOCK_SHARE = "block_share"


class Assumption(Strict):
    """One such input."""

    name: str
    value: float
    low: float
    high: float
    unit: str
    status: Literal["measured", "derived", "fitted", "assumed", "given"]
    source: str


@cache
def assumptions() -> dict[str, Assumption]:
    """All of them, by name."""
    return {
        row.name: row for row in read_table(Path(str(resources.files("hepasome.design") / "assumed.csv")), Assumption)
    }


def given(name: str, value: float | None) -> Assumption:
    """The input as a user gives it, without an interval; the row of the table where it is None."""
    row = assumptions()[name]
    if value is None:
        return row
    return Assumption(
        name=name, value=value, low=value, high=value, unit=row.unit, status="given", source="given for this design"
    )
