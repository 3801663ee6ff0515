"""Doses in words: two digits, since more would claim a precision that is not there."""

from __future__ import annotations

import math

from hepasome.translation._result import Interval

_MASS = "ug"
_MASS_STEPS = ((1e6, "g"), (1e3, "mg"), (1.0, "µg"))


def two_digits(value: float) -> str:
    """A number with two digits; large ones with a power of ten."""
    if not math.isfinite(value):
        return "-"
    if value == 0 or 0.01 <= abs(value) < 1e4:
        rounded = float(f"{value:.2g}")
        return f"{rounded:.0f}" if abs(rounded) >= 10 else f"{rounded:g}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def amount(value: float | None, unit: str) -> str:
    """A dose with its unit: µg, mg or g; particles and cells as they are."""
    if value is None or not math.isfinite(value):
        return "-"
    step, name = _step(value, unit)
    return f"{two_digits(value / step)} {name}"


def amounts(interval: Interval, unit: str) -> str:
    """Median with its interval in brackets, and the unit."""
    if not math.isfinite(interval.median):
        return "-"
    step, name = _step(interval.median, unit)
    numbers = [two_digits(value / step) for value in (interval.median, interval.low, interval.high)]
    return f"{numbers[0]} [{numbers[1]}, {numbers[2]}] {name}"


def _step(value: float, unit: str) -> tuple[float, str]:
    if unit != _MASS:
        return 1.0, unit.replace("_", " ")
    return next(((step, name) for step, name in _MASS_STEPS if value >= step), _MASS_STEPS[-1])
