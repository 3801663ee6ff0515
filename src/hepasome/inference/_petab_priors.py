"""Priors in the words of PEtab 1, and how far these lie from the priors that are meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from hepasome.biology import Parameter
from hepasome.inference._target import BETWEEN_ANIMALS, DISCREPANCY, DISCREPANCY_SD, Target
from hepasome.trial import quantiles

_NINETY_PERCENT = float(special.ndtri(0.95))
_FARTHEST = 4.0  # deviates at the bounds: six in 100,000 draws of a prior lie beyond


@dataclass(frozen=True)
class PetabPrior:
    """A normal distribution of a parameter on the scale on which it is estimated.

    Attributes:
        scale: `log` (natural) or `lin`.
        mean: On that scale.
        sd: On that scale.
        lower: Lowest value, in the unit of the parameter.
        upper: Highest.
        away: Largest difference of the cumulative probability from that of the prior that is meant; 0 is none.
    """

    scale: Literal["log", "lin"]
    mean: float
    sd: float
    lower: float
    upper: float
    away: float


def parameter_id(name: str) -> str:
    """What a calibrated parameter is called in a problem: `disease_symbol` for a row of that disease's own table."""
    return name.replace("/", "_")


def petab_priors(target: Target) -> dict[str, PetabPrior]:
    """Priors of everything that is estimated, by its id; a parameter without an interval is not."""
    rows = {parameter_id(name): row for name, row in target.rows.items()}
    found = {name: prior for name, row in rows.items() if (prior := _of_row(row)) is not None}
    # half a normal distribution: the other half lies below the lower bound
    discrepancy = PetabPrior("lin", 0.0, DISCREPANCY_SD, 0.0, _FARTHEST * DISCREPANCY_SD, 0.0)
    return found | {BETWEEN_ANIMALS: _between_animals(target.between), DISCREPANCY: discrepancy}


def _of_row(row: Parameter) -> PetabPrior | None:
    """The normal distribution with the 5 % and 95 % of a parameter; None for a parameter without an interval.

    PEtab 1 knows neither two-piece distributions nor a logit scale. A share takes the scale that fits it better.
    """
    if row.low is None or row.high is None or row.low == row.high:
        return None
    scales: tuple[Literal["log", "lin"], ...] = ("log", "lin") if row.scale == "logit" else ("lin",)
    if row.scale == "log":
        scales = ("log",)
    return min((_normal(row, scale) for scale in scales), key=lambda prior: prior.away)


def _between_animals(between: tuple[float, float]) -> PetabPrior:
    """Exactly as it is meant."""
    low, high = np.log(between)
    mean, sd = (low + high) / 2, (high - low) / 2 / _NINETY_PERCENT
    ends = np.exp(mean + np.array([-_FARTHEST, _FARTHEST]) * sd)
    return PetabPrior("log", float(mean), float(sd), float(ends[0]), float(ends[1]), 0.0)


def _normal(row: Parameter, scale: Literal["log", "lin"]) -> PetabPrior:
    deviates = np.linspace(-_FARTHEST, _FARTHEST, 801)
    values = quantiles(row, deviates)
    on_scale, ends = values, np.array([row.low, row.high], dtype=float)
    if scale == "log":
        on_scale, ends = np.log(values), np.log(ends)
    mean, sd = ends.mean(), (ends[1] - ends[0]) / 2 / _NINETY_PERCENT
    away = np.max(np.abs(special.ndtr((on_scale - mean) / sd) - special.ndtr(deviates)))
    return PetabPrior(scale, float(mean), float(sd), float(values[0]), float(values[-1]), float(away))
