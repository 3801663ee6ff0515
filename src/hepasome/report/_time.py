"""In which unit of time a study is shown: hours, days or weeks."""

from __future__ import annotations

from typing import NamedTuple


class TimeUnit(NamedTuple):
    """A unit of time and its length in hours."""

    name: str
    hours: float


HOURS, DAYS, WEEKS = TimeUnit("hour", 1.0), TimeUnit("day", 24.0), TimeUnit("week", 168.0)


def unit_for(end: float) -> TimeUnit:
    """The unit for a study of this length (h): hours up to four days, days up to four weeks."""
    return HOURS if end <= 96 else DAYS if end <= 672 else WEEKS


def moment(time: float, end: float) -> str:
    """A time (h) within a study of some length (h), for example `week 8.0`."""
    unit = unit_for(end)
    return f"{unit.name} {time / unit.hours:.1f}"
