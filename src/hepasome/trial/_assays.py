"""How exactly a laboratory measures what it reads out and what it gives."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field

from hepasome.files import Strict, input_error, read_table

PARTICLE_COUNT = "particle_count"
INJECTION = "injection"


class Assay(Strict):
    """The error of one assay, as a coefficient of variation (standard deviation of the logarithm)."""

    read_out: str
    assay: str
    cv: float = Field(ge=0, lt=1)
    status: Literal["measured", "derived", "fitted", "assumed"]
    source: str


@cache
def assays() -> dict[str, Assay]:
    """All assays, by what they read out."""
    rows = read_table(Path(str(resources.files("hepasome.trial") / "assays.csv")), Assay)
    return {row.read_out: row for row in rows}


def error_factor(read_out: str, rng: np.random.Generator) -> float:
    """What one measurement multiplies the true value by: log-normal, median 1.

    Raises:
        InputError: If no assay reads this out.
    """
    if read_out not in assays():
        remedy = "Add a row: how it is measured, and how exactly."
        raise input_error("trial/assays.csv", "No assay reads this out.", remedy, value=read_out)
    return float(np.exp(assays()[read_out].cv * rng.standard_normal()))
