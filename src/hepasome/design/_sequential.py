"""Looks at a trial before its end: how much of the error is spent at each, and where the boundary lies.

Lan & DeMets 1983 Biometrika 70:659 with the spending functions of O'Brien-Fleming and Pocock type; boundaries by the
recursive integration of Armitage, McPherson & Rowe 1969 J R Stat Soc A 132:235, as in Jennison & Turnbull 2000,
Group Sequential Methods, chapter 19.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

Spending = Literal["obrien-fleming", "pocock"]
SPENDINGS: dict[str, Spending] = {name: name for name in get_args(Spending)}
MOST_LOOKS = 10
_POINTS = 401  # of the density at a look; boundaries move by less than 1e-5 with twice as many
_REACH = 10.0  # of the statistic; beyond lies less than 1e-22
_HIGHEST = 9.0  # of a boundary at which next to nothing is spent

Array = NDArray[np.float64]


def spent(spending: Spending, alpha: float, share: Array) -> Array:
    """Two-sided error spent up to shares of the information; each side spends its half.

    Args:
        spending: Which function.
        alpha: Error of the whole trial.
        share: Information so far over that at the end, shape (looks,).
    """
    if spending == "pocock":
        return np.asarray(alpha * np.log1p((math.e - 1) * share))
    return np.asarray(4 * stats.norm.sf(stats.norm.isf(alpha / 4) / np.sqrt(share)))


@lru_cache(maxsize=1000)
def boundaries(spending: Spending, alpha: float, share: tuple[float, ...]) -> tuple[float, ...]:
    """Where a standard normal statistic must lie beyond, at each look, for the trial to stop with a difference.

    Args:
        spending: How the error is spent.
        alpha: Two-sided error of the whole trial.
        share: Information at each look over that at the last, ascending to one.
    """
    if len(share) == 1:
        return (float(stats.norm.isf(alpha / 2)),)
    at = np.asarray(share, float)
    each = np.diff(spent(spending, alpha, at), prepend=0.0)
    found: list[float] = []
    walk = _Walk(at, 0.0)
    for i, now in enumerate(each.tolist()):
        beyond = walk.beyond(i)
        bound = _HIGHEST
        if beyond(_HIGHEST) < now:
            bound = float(optimize.brentq(lambda z, now=now, beyond=beyond: beyond(z) - now, 0.1, _HIGHEST))
        found.append(bound)
        walk.go_on(i, bound)
    return tuple(found)


def crossing(bounds: Sequence[float], share: Sequence[float], drift: float) -> Array:
    """Probability to cross a two-sided boundary at each look, shape (looks,).

    Args:
        bounds: Of the statistic at each look.
        share: Information at each look over that at the last.
        drift: Expected statistic at the last look.
    """
    walk, found = _Walk(np.asarray(share, float), drift), []
    for i, bound in enumerate(bounds):
        found.append(walk.beyond(i)(bound))
        walk.go_on(i, bound)
    return np.asarray(found)


class _Walk:
    """The sum that a trial has collected, a Brownian motion with drift, among trials that have not stopped."""

    def __init__(self, share: Array, drift: float) -> None:
        self._share, self._drift = share, drift
        self._grid, self._density = np.zeros(1), np.ones(1)  # at the start everybody is at zero

    def _step(self, look: int) -> tuple[float, float]:
        before = self._share[look - 1] if look else 0.0
        length = float(self._share[look] - before)
        return self._drift * length, math.sqrt(length)

    def beyond(self, look: int) -> Callable[[float], float]:
        """Probability to have gone on to this look and to lie beyond a bound there, as a function of the bound."""
        moved, sd = self._step(look)
        mean = self._grid + moved
        root = math.sqrt(self._share[look])

        def probability(bound: float) -> float:
            outside = stats.norm.sf((bound * root - mean) / sd) + stats.norm.cdf((-bound * root - mean) / sd)
            return float(outside @ self._density)

        return probability

    def go_on(self, look: int, bound: float) -> None:
        """Leave out those who stop at this look."""
        moved, sd = self._step(look)
        edge = min(bound, _REACH) * math.sqrt(self._share[look])
        grid = np.linspace(-edge, edge, _POINTS)
        weights = np.full(_POINTS, grid[1] - grid[0])
        weights[[0, -1]] /= 2
        density = stats.norm.pdf((grid[:, None] - self._grid[None, :] - moved) / sd) / sd @ self._density
        self._grid, self._density = grid, density * weights
