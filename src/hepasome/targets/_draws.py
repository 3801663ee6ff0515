"""What is not known, drawn: every number is an array whose first entry is the central value and the rest are draws."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hepasome.biology import Parameter
from hepasome.trial import quantiles, stream, two_piece

Array = NDArray[np.float64]
DRAWS = 2000


@dataclass(frozen=True)
class Interval:
    """A number with its 90 % interval."""

    value: float
    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"{self.value:g} does not lie between {self.low:g} and {self.high:g}")


@dataclass(frozen=True)
class Draws:
    """Draws that depend on the seed and on what is drawn alone, never on the order of work.

    Attributes:
        seed: Seed.
        number: Draws beside the central value.
    """

    seed: int = 1
    number: int = DRAWS

    def parameter(self, row: Parameter, *purpose: object) -> Array:
        """A parameter, shape (1 + draws,); the same deviates for the same purpose."""
        deviates = stream(self.seed, "targets", row.symbol, *purpose).standard_normal(self.number)
        return np.concatenate([[row.value], quantiles(row, deviates)])

    def interval(self, value: float, low: float | None, high: float | None, *purpose: object) -> Array:
        """A number with its interval, drawn on the log scale, shape (1 + draws,)."""
        if low is None or high is None or low == high or value == 0 or math.isnan(low):
            return np.full(1 + self.number, value)
        rng, lowest = stream(self.seed, "targets", *purpose), low if low > 0 else value / 100
        return np.array([value, *(two_piece(value, lowest, high, "log", rng) for _ in range(self.number))])


def ninety(values: Array) -> Interval:
    """Central value with the 5th and 95th percentile of the draws; the central value is never outside."""
    value = float(values[0])
    low, high = (float(end) for end in np.percentile(values[1:], [5, 95])) if len(values) > 1 else (value, value)
    return Interval(value, min(low, value), max(high, value))
