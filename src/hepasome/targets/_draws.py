"""What is not known, drawn: every number is an array whose first entry is the central value and the rest are draws."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hepasome.biology import Parameter
from hepasome.trial import quantiles, stream

Array = NDArray[np.float64]
DRAWS = 2000
_NINETY_PERCENT = 1.6448536269514722  # standard normal deviate of the 95th percentile


@dataclass(frozen=True)
class Interval:
    """A number with its 90 % interval."""

    value: float
    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"{self.value:g} does not lie between {self.low:g} and {self.high:g}")


class Draws:
    """Draws that depend on the seed and on what is drawn alone, never on the order of work.

    Attributes:
        seed: Seed.
        number: Draws beside the central value.
    """

    def __init__(self, seed: int = 1, number: int = DRAWS) -> None:
        self.seed, self.number = seed, number
        self._known: dict[tuple[object, ...], Array] = {}

    def parameter(self, row: Parameter, *purpose: object) -> Array:
        """A parameter, shape (1 + draws,); the same deviates for the same purpose. Not to be written into."""
        key = ("parameter", row.symbol, *purpose)
        if key not in self._known:
            deviates = self._deviates(row.symbol, *purpose)
            if row.scale == "log" and row.low is not None and row.high is not None:
                drawn = log_quantiles(row.value, row.low, row.high, deviates)
            else:
                drawn = quantiles(row, deviates)
            self._known[key] = np.concatenate([[row.value], drawn])
        return self._known[key]

    def interval(self, value: float, low: float | None, high: float | None, *purpose: object) -> Array:
        """A number with its interval, drawn on the log scale, shape (1 + draws,). Not to be written into."""
        if low is None or high is None or low == high or value == 0 or math.isnan(low):
            return np.full(1 + self.number, value)
        key = ("interval", value, low, high, *purpose)
        if key not in self._known:
            lowest = low if low > 0 else value / 100
            drawn = log_quantiles(value, lowest, high, self._deviates(*purpose))
            self._known[key] = np.concatenate([[value], drawn])
        return self._known[key]

    def _deviates(self, *purpose: object) -> Array:
        return stream(self.seed, "targets", *purpose).standard_normal(self.number)


def log_quantiles(value: float, low: float, high: float, deviates: Array) -> Array:
    """What `hepasome.trial.two_piece` draws on the log scale, for many deviates at once.

    Args:
        value: Central value, above zero.
        low: 5th percentile, above zero.
        high: 95th percentile.
        deviates: Standard normal deviates, shape (n,).
    """
    end = np.where(deviates > 0, high, low)
    drawn: Array = value * (end / value) ** (np.abs(deviates) / _NINETY_PERCENT)
    return drawn


def ninety(values: Array) -> Interval:
    """Central value with the 5th and 95th percentile of the draws; the central value is never outside."""
    value = float(values[0])
    low, high = (float(end) for end in np.percentile(values[1:], [5, 95])) if len(values) > 1 else (value, value)
    return Interval(value, min(low, value), max(high, value))
