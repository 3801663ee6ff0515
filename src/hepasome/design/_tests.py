"""Tests of many simulated trials at once: what a laboratory would compute of each of them.

Values have the shape (trials, arms, subjects); NaN where a subject gave none. The first arm is the control, the second
the one in question. Every test returns the two-sided p of each trial and the side on which its effect lies.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

Array = NDArray[np.float64]
Outcome = tuple[Array, Array]  # p and side (-1 or 1), shape (trials,)
Analysis = Callable[[Array], Outcome]
_EXACT = 8  # values of the smaller arm up to which U is not taken to be normal


def t_test(values: Array) -> Outcome:
    """Student's t test of the arm against the control."""
    count, mean, variance = _moments(values[:, :2])
    enough = (count >= 2).all(axis=1) & (variance.sum(axis=1) > 0)
    p = np.ones(len(values))
    c, m, s = (one[enough] for one in (count, mean, np.sqrt(variance)))
    found = stats.ttest_ind_from_stats(m[:, 1], s[:, 1], c[:, 1], m[:, 0], s[:, 0], c[:, 0])
    p[enough] = found.pvalue
    return p, _side(mean[:, 1] - mean[:, 0])


def mann_whitney(values: Array) -> Outcome:
    """Mann-Whitney U test of the arm against the control; exact where an arm has at most eight values.

    Elsewhere p follows from the ranks of all trials at once, as `scipy.stats.mannwhitneyu` computes it of each: normal,
    with corrections for continuity and ties (Hollander & Wolfe 1999, Nonparametric Statistical Methods, 4.1).
    """
    there = np.isfinite(values[:, :2])
    counts = there.sum(axis=2)
    p, side = np.ones(len(values)), np.ones(len(values))
    few = counts.min(axis=1)
    for n, m in np.unique(counts[(few >= 2) & (few <= _EXACT)], axis=0).tolist():
        here = (counts == (n, m)).all(axis=1)
        a, b = (np.sort(values[here, arm], axis=1)[:, :k] for arm, k in ((0, n), (1, m)))  # NaN sorts last
        found = stats.mannwhitneyu(b, a, axis=1)
        p[here], side[here] = found.pvalue, _side(found.statistic - n * m / 2)
    many = few > _EXACT
    if many.any():
        p[many], side[many] = _by_ranks(values[many, :2], counts[many])
    return p, side


def _by_ranks(pair: Array, counts: NDArray[np.int64]) -> Outcome:
    pooled = pair.reshape(len(pair), -1)
    ranks = stats.rankdata(pooled, axis=1, nan_policy="omit")
    n, m = counts.T.astype(float)
    above = np.nansum(ranks[:, pair.shape[2] :], axis=1) - m * (m + 1) / 2
    ordered = np.sort(pooled, axis=1)
    tied = np.zeros(len(pair))
    for one in np.flatnonzero((np.diff(ordered, axis=1) == 0).any(axis=1)):
        alike = np.unique(pooled[one], return_counts=True, equal_nan=False)[1].astype(float)
        tied[one] = (alike**3 - alike).sum()
    both = n + m
    sd = np.sqrt(n * m / 12 * (both + 1 - tied / (both * (both - 1))))
    z = np.divide(np.maximum(above, n * m - above) - n * m / 2 - 0.5, sd, out=np.zeros(len(pair)), where=sd > 0)
    return np.asarray(np.minimum(2 * stats.norm.sf(z), 1)), _side(above - n * m / 2)


def anova(values: Array) -> Outcome:
    """F test of all arms together, which knows no side."""
    count, mean, variance = _moments(values)
    enough, total = (count >= 2).all(axis=1), count.sum(axis=1)
    grand = (count * mean).sum(axis=1) / np.maximum(total, 1)
    between = (count * (mean - grand[:, None]) ** 2).sum(axis=1) / (values.shape[1] - 1)
    freedom = total - values.shape[1]
    within = ((count - 1) * variance).sum(axis=1) / np.maximum(freedom, 1)
    p = np.ones(len(values))
    enough &= within > 0
    p[enough] = stats.f.sf(between[enough] / within[enough], values.shape[1] - 1, freedom[enough])
    return p, np.ones(len(values))


def contrast(values: Array) -> Outcome:
    """The arm against the control, planned, with the error of all arms (ANOVA contrast, not corrected)."""
    t, freedom, side = _contrast(values)
    return np.asarray(2 * stats.t.sf(np.abs(t), freedom)), side


def dunnett(values: Array) -> Outcome:
    """The arm against the control, corrected for all arms that are compared with it (Dunnett 1955).

    As for arms of equal size: where subjects are lost the correlation of the comparisons changes little.
    """
    t, freedom, side = _contrast(values)
    p = np.ones(len(values))
    for df in np.unique(freedom).tolist():
        here = freedom == df
        p[here] = np.exp(np.interp(np.abs(t[here]), _GRID, _dunnett_curve(values.shape[1] - 1, df)))
    return p, side


OF_VALUES: dict[str, Analysis] = {
    "t": t_test,
    "mann-whitney": mann_whitney,
    "anova": anova,
    "contrast": contrast,
    "dunnett": dunnett,
}


def blocked_within(size: int) -> Analysis:
    """The arm against the control with blocks (cages, litters) that hold subjects of both arms.

    A linear model with blocks; where nobody is lost its test is that of the mixed model with random blocks, for the
    effect is estimated within blocks alone (Pinheiro & Bates 2000, Mixed-Effects Models in S and S-PLUS, 1.2).

    Args:
        size: Subjects of one arm in a block.
    """

    def test(values: Array) -> Outcome:
        pair = _in_blocks(values[:, :2], size)  # trials, arms, blocks, subjects
        there = np.isfinite(pair)
        own = there.sum(axis=(1, 3))
        used = (there.sum(axis=3) > 0).all(axis=1)  # a block with one arm left says nothing
        there &= used[:, None, :, None]
        treated = np.broadcast_to(np.array([0.0, 1.0])[None, :, None, None], pair.shape)
        count = np.maximum(own, 1)[:, None, :, None]
        y = np.where(there, pair, 0)
        y = np.where(there, y - y.sum(axis=(1, 3), keepdims=True) / count, 0)
        x = np.where(there, treated - np.where(there, treated, 0).sum(axis=(1, 3), keepdims=True) / count, 0)
        squares = (x**2).sum(axis=(1, 2, 3))
        slope = (x * y).sum(axis=(1, 2, 3)) / np.where(squares > 0, squares, 1)
        freedom = there.sum(axis=(1, 2, 3)) - used.sum(axis=1) - 1
        left = (y**2).sum(axis=(1, 2, 3)) - slope**2 * squares
        return _t_p(slope, left / np.maximum(freedom, 1) / np.where(squares > 0, squares, 1), freedom), _side(slope)

    return test


def blocked_between(size: int) -> Analysis:
    """The arm against the control with blocks (cages, litters) that hold subjects of one arm only.

    A t test of the means of the blocks: where nobody is lost it is the test of the mixed model with random blocks, and
    the number that counts is that of the blocks.

    Args:
        size: Subjects in a block.
    """

    def test(values: Array) -> Outcome:
        blocks = _in_blocks(values[:, :2], size)
        there = np.isfinite(blocks)
        count = there.sum(axis=3)
        means = np.where(there, blocks, 0).sum(axis=3) / np.maximum(count, 1)
        return t_test(np.where(count > 0, means, np.nan))

    return test


def over_laboratories(labs: int) -> Analysis:
    """The mean over laboratories of the arm against the control: a t test of the differences of the laboratories.

    It is the test of the mixed model with a random effect of the treatment in each laboratory, and counts laboratories.

    Args:
        labs: How many; subjects are dealt out to them in turn.
    """

    def test(values: Array) -> Outcome:
        pair = values[:, :2]
        dealt = pair.reshape(len(pair), 2, -1, labs)
        there = np.isfinite(dealt)
        count = there.sum(axis=2)
        means = np.where(there, dealt, 0).sum(axis=2) / np.maximum(count, 1)
        differences = means[:, 1] - means[:, 0]
        usable = (count > 0).all(axis=(1, 2))
        error = differences.var(axis=1, ddof=1) / labs
        mean = differences.mean(axis=1)
        return np.where(usable, _t_p(mean, error, np.full(len(mean), labs - 1)), 1.0), _side(mean)

    return test


def log_rank(times: Array, died: NDArray[np.bool_]) -> Outcome:
    """Log-rank test (Mantel 1966 Cancer Chemother Rep 50:163); no two deaths fall on the same moment.

    Args:
        times: Of death or of the last look, shape (trials, 2, subjects).
        died: Whether it was a death.

    Returns:
        p and the side of the treated arm's hazard: -1 where it lives longer.
    """
    trials, _, n = times.shape
    arm = np.broadcast_to(np.repeat([0.0, 1.0], n), (trials, 2 * n))
    order = np.argsort(times.reshape(trials, -1), axis=1, kind="stable")
    arm = np.take_along_axis(arm, order, axis=1)
    event = np.take_along_axis(died.reshape(trials, -1), order, axis=1).astype(float)
    at_risk = np.arange(2 * n, 0, -1, dtype=float)
    treated = np.flip(np.cumsum(np.flip(arm, axis=1), axis=1), axis=1)
    share = treated / at_risk
    excess = (event * (arm - share)).sum(axis=1)
    variance = (event * share * (1 - share)).sum(axis=1)
    z = np.divide(excess, np.sqrt(variance), out=np.zeros(trials), where=variance > 0)
    return np.asarray(2 * stats.norm.sf(np.abs(z))), _side(excess)


def _moments(values: Array) -> tuple[NDArray[np.int64], Array, Array]:
    """Number, mean and variance of each arm, shape (trials, arms); zero where there are too few."""
    there = np.isfinite(values)
    count = there.sum(axis=2)
    mean = np.where(there, values, 0).sum(axis=2) / np.maximum(count, 1)
    squares = np.where(there, (values - mean[:, :, None]) ** 2, 0).sum(axis=2)
    return count, mean, squares / np.maximum(count - 1, 1)


def _contrast(values: Array) -> tuple[Array, Array, Array]:
    count, mean, variance = _moments(values)
    freedom = np.maximum(count.sum(axis=1) - values.shape[1], 1)
    within = ((count - 1).clip(min=0) * variance).sum(axis=1) / freedom
    error = np.sqrt(within * (1 / np.maximum(count[:, :2], 1)).sum(axis=1))
    difference = mean[:, 1] - mean[:, 0]
    usable = (count[:, :2] >= 2).all(axis=1) & (error > 0)
    t = np.divide(difference, error, out=np.zeros(len(values)), where=usable)
    return t, freedom.astype(float), _side(difference)


def _t_p(difference: Array, variance: Array, freedom: NDArray[np.int64]) -> Array:
    usable = (variance > 0) & (freedom > 0)
    t = np.divide(difference, np.sqrt(np.where(usable, variance, 1)), out=np.zeros(len(difference)), where=usable)
    return np.asarray(2 * stats.t.sf(np.abs(t), np.maximum(freedom, 1)))


def _in_blocks(values: Array, size: int) -> Array:
    return values.reshape(*values.shape[:2], -1, size)


def _side(difference: Array) -> Array:
    return np.where(difference < 0, -1.0, 1.0)


_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(40)
_SHARES, _OF_SHARES = np.polynomial.legendre.leggauss(40)


_GRID = np.arange(0, 15, 0.1)  # of t; straight lines of the logarithm of p between are off by 0.1 % of p


@lru_cache(maxsize=1000)
def _dunnett_curve(arms: int, freedom: float) -> Array:
    """Logarithm of p along the grid of t."""
    return np.log(np.maximum(_dunnett_p(_GRID, arms, freedom), 1e-12))


def _dunnett_p(t: Array, arms: int, freedom: float) -> Array:
    """Probability that the largest of `arms` differences from one control lies beyond each t by chance.

    The t have a correlation of one half; integrated over the control's mean and the estimated error.
    """
    error = np.sqrt(stats.chi2.ppf((_SHARES + 1) / 2, freedom) / freedom)
    reach = t[:, None, None] * error[:, None] * math.sqrt(2)
    inside = (special.ndtr(_NODES + reach) - special.ndtr(_NODES - reach)) ** arms
    return np.asarray(1 - inside @ (_WEIGHTS / _WEIGHTS.sum()) @ (_OF_SHARES / 2))


def dunnett_critical(arms: int, freedom: float, alpha: float = 0.05) -> float:
    """Two-sided critical value of Dunnett's test for arms of equal size.

    Args:
        arms: Arms that are compared with the control.
        freedom: Degrees of freedom of the error.
        alpha: Level of all comparisons together.
    """
    return float(optimize.brentq(lambda t: float(_dunnett_p(np.array([t]), arms, freedom)[0]) - alpha, 0.5, 50))
