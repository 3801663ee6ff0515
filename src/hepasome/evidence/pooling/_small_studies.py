"""Do small studies find more? Published ones often do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from hepasome.evidence.pooling._effects import Effects

FEW_STUDIES = 10  # below, such a test says nothing (Sterne 2011 BMJ 343:d4002)


@dataclass(frozen=True)
class Egger:
    """Egger's regression of effects on their standard errors.

    Attributes:
        slope: Change of the effect for one unit of standard error.
        t: Of the slope.
        df: Its degrees of freedom.
        p: Two-sided.
        limit: Effect at a standard error of zero: what a study without end would find, if the line were right.
        by_size: Whether the error is that of the numbers of subjects alone, since that of g depends on g itself.
    """

    slope: float
    t: float
    df: int
    p: float
    limit: float
    by_size: bool


def egger(effects: Effects, *, by_size: bool | None = None) -> Egger | None:
    """Egger's test (Egger 1997 BMJ 315:629), as a weighted regression with multiplicative dispersion.

    Args:
        effects: The effects.
        by_size: Regress on sqrt(1/n + 1/m) in place of the standard error (Pustejovsky & Rodgers 2019 Res Synth
            Methods 10:57); default: for Hedges g where the numbers are known.

    Returns:
        The test, or None if there are fewer than three effects or all have the same error.
    """
    if by_size is None:
        by_size = effects.measure == "hedges_g" and effects.size_variance is not None
    variance = effects.size_variance if by_size and effects.size_variance is not None else effects.variance
    error = np.sqrt(variance)
    k = len(error)
    if k < 3 or np.ptp(error) <= 1e-12 * error.max():
        return None
    x = np.column_stack([np.ones(k), error])
    weight = 1 / variance
    inverse = np.linalg.inv(x.T @ (weight[:, None] * x))
    limit, slope = inverse @ (x.T @ (weight * effects.effect))
    left = effects.effect - x @ np.array([limit, slope])
    dispersion = float(np.sum(weight * left**2)) / (k - 2)
    if dispersion == 0:
        return None
    t = float(slope / np.sqrt(dispersion * inverse[1, 1]))
    return Egger(float(slope), t, k - 2, float(2 * stats.t.sf(abs(t), k - 2)), float(limit), by_size)
