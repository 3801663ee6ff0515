"""When it is read where the vesicles of the first dose are."""

from __future__ import annotations

import math

from hepasome.trial._protocol import Protocol

_FIXED = (1.0, 24.0)  # h after the first dose, if nothing follows before
_JUST_BEFORE = 0.01  # h; at the time of a dose a reading shows the state after it


def fate_times(protocol: Protocol, arm: str, end: float) -> tuple[float, ...]:
    """Times (h) between the first dose of an arm and what follows it; empty for an arm without treatment.

    One hour and one day after the dose, and the last moment: just before the second dose, or the last reading.

    Args:
        protocol: What is done.
        arm: To whom.
        end: Last reading, h.
    """
    given = protocol.arms[arm].treatment
    if given is None:
        return ()
    start, following = (*given.times, math.inf)[:2]
    last = min(end, following - _JUST_BEFORE)
    moments = (*(start + hours for hours in _FIXED if start + hours < last), last)
    return tuple(time for time in moments if time > start)
