"""How much the effects differ beyond chance."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import optimize, stats

from hepasome.evidence.pooling._effects import Array


class Cochran(NamedTuple):
    """Cochran's Q, its degrees of freedom and p."""

    q: float
    df: int
    p: float


def projection(x: Array, weight: Array) -> Array:
    """W - W X (X'WX)^-1 X'W."""
    wx = weight @ x
    return np.asarray(weight - wx @ np.linalg.solve(x.T @ wx, wx.T), float)


def cochran(y: Array, x: Array, weight: Array) -> Cochran:
    """Weighted sum of squared residuals without any variance beyond sampling; `weight` is the inverse of that."""
    q = float(y @ projection(x, weight) @ y)
    df = len(y) - x.shape[1]
    return Cochran(q, df, float(stats.chi2.sf(q, df)))


def typical_variance(x: Array, variance: Array) -> float:
    """The sampling variance of a typical effect, Higgins & Thompson 2002 Stat Med 21:1539, equation 9."""
    return float((len(variance) - x.shape[1]) / np.trace(projection(x, np.diag(1 / variance))))


def dersimonian_laird(y: Array, x: Array, variance: Array) -> float:
    """Variance between studies by moments, DerSimonian & Laird 1986 Control Clin Trials 7:177, with moderators."""
    p = projection(x, np.diag(1 / variance))
    return max(0.0, float(y @ p @ y - (len(y) - x.shape[1])) / float(np.trace(p)))


def profile_interval(y: Array, x: Array, variance: Array) -> tuple[float, float]:
    """95 % interval of the variance between studies: Q as a function of it, Viechtbauer 2007 Stat Med 26:37."""
    df = len(y) - x.shape[1]

    def q(tau2: float) -> float:
        return float(y @ projection(x, np.diag(1 / (variance + tau2))) @ y)

    def where(target: float) -> float:
        if q(0.0) <= target:
            return 0.0
        top = 1.0
        while q(top) > target:
            top *= 2
        return float(optimize.brentq(lambda tau2: q(tau2) - target, 0.0, top, xtol=1e-14, rtol=1e-14))

    return where(float(stats.chi2.ppf(0.975, df))), where(float(stats.chi2.ppf(0.025, df)))
