"""One answer from many effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

from hepasome.evidence.pooling._blocks import Blocks, blocks_of, inverse
from hepasome.evidence.pooling._design import design
from hepasome.evidence.pooling._effects import MEASURES, Array, Effects
from hepasome.evidence.pooling._heterogeneity import (
    Cochran,
    cochran,
    dersimonian_laird,
    profile_interval,
    typical_variance,
)
from hepasome.evidence.pooling._reml import variance_components
from hepasome.evidence.pooling._robust import robust_variance
from hepasome.files import input_error

Method = Literal["REML", "DL"]
Interval = Literal["HKSJ", "normal", "robust", "model"]
# what no study has found, by far: standard deviations, logarithms of ratios, and variances of both
_LARGEST, _LARGEST_RATIO, _VARIANCES = 1e4, 100.0, (1e-9, 1e6)


@dataclass(frozen=True)
class Term:
    """One coefficient with its 95 % interval; `df` is infinite where the interval is a normal one."""

    name: str
    estimate: float
    error: float
    low: float
    high: float
    df: float
    p: float


@dataclass(frozen=True)
class Pooled:
    """A pooled effect, ratios as logarithms.

    Attributes:
        method: How the variances were estimated.
        interval: How intervals were made: HKSJ (Hartung-Knapp-Sidik-Jonkman), normal, robust (CR2) or model (t with
            studies minus coefficients).
        terms: The pooled effect, or the intercept and the moderators.
        studies: Their number.
        effects: Their number.
        correlation: Assumed between the sampling errors of one study; None with one effect per study.
        between: Variance between studies (tau squared).
        within: Variance within studies; None with one effect per study.
        between_interval: 95 % interval of `between` by the Q profile; None with several effects per study.
        inconsistency: I squared, the share of the variance that is not sampling, 0 to 1.
        cochran: Q of the residual heterogeneity.
        prediction: 95 % interval for the true effect in a new study; None with moderators.
        moderators_f: F of all moderators together; None without, or with robust intervals.
        moderators_p: Its p.
        narrowed: Whether HKSJ made the interval narrower than the normal one would be: with few, similar studies
            that is chance, and the normal one should be read.
    """

    method: Method
    interval: Interval
    terms: tuple[Term, ...]
    studies: int
    effects: int
    correlation: float | None
    between: float
    within: float | None
    between_interval: tuple[float, float] | None
    inconsistency: float
    cochran: Cochran
    prediction: tuple[float, float] | None
    moderators_f: float | None
    moderators_p: float | None
    narrowed: bool

    @property
    def pooled(self) -> Term:
        """The pooled effect, or the intercept."""
        return self.terms[0]


def pool(
    effects: Effects,
    *,
    moderators: Sequence[str] = (),
    method: Method = "REML",
    interval: Interval | None = None,
    correlation: float = 0.5,
) -> Pooled:
    """Pool effects under random effects.

    One effect per study: variance between studies by REML (Viechtbauer 2005 J Educ Behav Stat 30:261) or by
    DerSimonian & Laird; intervals after Hartung & Knapp 2001 Stat Med 20:3875 and Sidik & Jonkman 2002 Stat Med
    21:3153. Several effects per study: three levels (Konstantopoulos 2011 Res Synth Methods 2:61) with correlated
    sampling errors, and robust intervals, which hold if that correlation is wrong (Pustejovsky & Tipton 2022 Prev Sci
    23:425). The prediction interval takes the degrees of freedom of the pooled effect, as metafor does.

    Args:
        effects: Two or more.
        moderators: Names of moderators; words become one term for each but the first in the alphabet.
        method: REML, or DL for one effect per study.
        interval: Default: HKSJ for one effect per study, else robust.
        correlation: Between the sampling errors of effects of one study, 0 to below 1.

    Raises:
        InputError: If there is too little to pool, a moderator cannot be estimated, or the wish does not fit.
    """
    try:
        return _pool(effects, moderators, method, interval, correlation)
    except (np.linalg.LinAlgError, ZeroDivisionError):
        problem = "The numbers are too far apart to be pooled."
        raise input_error("the effects", problem, "Look for one in a wrong unit.") from None


def _pool(
    effects: Effects, moderators: Sequence[str], method: Method, interval: Interval | None, correlation: float
) -> Pooled:
    y, v = effects.effect, effects.variance
    x, names = design(effects, moderators)
    nested = len(effects.studies) < len(y)
    how = interval or ("robust" if nested else "HKSJ")
    _refuse(effects, x, method, how, nested, correlation)
    sampling = _sampling(effects, correlation) if nested else np.diag(v)
    components, blocks = [np.eye(len(y))], blocks_of(effects.study)
    if nested:
        components.insert(0, np.equal.outer(effects.study, effects.study).astype(float))
    if method == "DL":
        variances = np.array([dersimonian_laird(y, x, v)])
    else:
        variances = variance_components(y, x, sampling, components, blocks)
    covariance = sampling + np.tensordot(variances, np.array(components), axes=1)
    weight, _ = inverse(covariance, blocks)
    bread = np.asarray(np.linalg.inv(x.T @ weight @ x), float)
    b = np.asarray(bread @ x.T @ weight @ y, float)
    left = y - x @ b
    dispersion = float(left @ weight @ left) / (len(y) - x.shape[1])
    of_b, df = _intervals(how, y, x, covariance, bread, dispersion, blocks)
    terms = tuple(_term(name, b[i], of_b[i, i], df[i]) for i, name in enumerate(names))
    total = float(variances.sum())
    f, p = _together(b, of_b, df, how)
    return Pooled(
        method=method,
        interval=how,
        terms=terms,
        studies=len(effects.studies),
        effects=len(y),
        correlation=correlation if nested else None,
        between=float(variances[0]),
        within=float(variances[1]) if nested else None,
        between_interval=None if nested else profile_interval(y, x, v),
        inconsistency=total / (total + typical_variance(x, v)),
        cochran=cochran(y, x, inverse(sampling, blocks)[0]),
        prediction=None if moderators else _prediction(terms[0], total),
        moderators_f=f,
        moderators_p=p,
        narrowed=how == "HKSJ" and dispersion < 1,
    )


def leave_one_out(
    effects: Effects, *, method: Method = "REML", interval: Interval | None = None, correlation: float = 0.5
) -> dict[str, Pooled]:
    """The pooled effect without each study in turn, by study.

    Raises:
        InputError: If there are fewer than three studies.
    """
    if len(effects.studies) < 3:
        problem = f"Leaving one of {len(effects.studies)} studies out leaves too little to pool."
        raise input_error("the effects", problem, "Give three or more studies.")
    wish = {"method": method, "interval": interval, "correlation": correlation}
    return {study: pool(effects.without(study), **wish) for study in effects.studies}  # type: ignore[arg-type]


def _refuse(effects: Effects, x: Array, method: str, how: str, nested: bool, correlation: float) -> None:
    k, p = x.shape
    where = "the effects"
    if k != len(effects.effect) or not (np.isfinite(effects.effect).all() and (effects.variance > 0).all()):
        raise input_error(where, "An effect or its variance is missing or not above 0.", "Leave that effect out.")
    largest, (least, most) = (_LARGEST_RATIO if MEASURES[effects.measure][1] else _LARGEST), _VARIANCES
    for label, effect, variance in zip(effects.label, effects.effect, effects.variance, strict=True):
        if abs(effect) > largest or not least <= variance <= most:
            problem = (
                f"No study finds an effect beyond {largest:g}, or with a variance below {least:g} or above {most:g}."
            )
            remedy = f"Look for a wrong unit in {label}."
            raise input_error(where, problem, remedy, value=f"{effect:g}, variance {variance:g}")
    if len(effects.studies) < p + 1:
        problem = f"{len(effects.studies)} studies are too few for {p} coefficients."
        if p == 1:
            problem = "There is one study alone, which cannot be pooled."
        raise input_error(where, problem, "Give more studies or fewer moderators.")
    if np.linalg.matrix_rank(x) < p:
        raise input_error(where, "The moderators say the same thing.", "Leave one of them out.")
    if nested and method == "DL":
        raise input_error(where, "DerSimonian-Laird takes one effect per study.", "Pool by REML.")
    if nested and how in ("HKSJ", "normal"):
        raise input_error(where, f"{how} intervals take one effect per study.", "Use robust or model intervals.")
    if not nested and how == "model":
        raise input_error(where, "With one effect per study there is no such interval.", "Use HKSJ or normal.")
    if not 0 <= correlation < 1:
        problem = "A correlation of sampling errors lies between 0 and 1."
        raise input_error(where, problem, "Write for example 0.5.", value=correlation)


def _sampling(effects: Effects, correlation: float) -> Array:
    error = np.sqrt(effects.variance)
    same = np.equal.outer(effects.study, effects.study)
    covariance = np.where(same, correlation * np.outer(error, error), 0.0)
    np.fill_diagonal(covariance, effects.variance)
    return covariance


def _intervals(
    how: Interval, y: Array, x: Array, covariance: Array, bread: Array, dispersion: float, blocks: Blocks
) -> tuple[Array, Array]:
    """Covariance of the coefficients and the degrees of freedom of each."""
    k, p = x.shape
    if how == "robust":
        found = robust_variance(y, x, covariance, blocks)
        return found.covariance, found.df
    if how == "HKSJ":
        return dispersion * bread, np.full(p, float(k - p))
    return bread, np.full(p, np.inf if how == "normal" else float(len(blocks) - p))


def _term(name: str, estimate: float, variance: float, df: float) -> Term:
    error = float(np.sqrt(variance))
    half = float(stats.t.ppf(0.975, df)) * error
    p = float(2 * stats.t.sf(abs(estimate) / error, df)) if error > 0 else float(estimate == 0)
    return Term(name, float(estimate), error, float(estimate - half), float(estimate + half), float(df), p)


def _prediction(term: Term, variance: float) -> tuple[float, float]:
    half = float(stats.t.ppf(0.975, term.df)) * float(np.sqrt(term.error**2 + variance))
    return term.estimate - half, term.estimate + half


def _together(b: Array, of_b: Array, df: Array, how: Interval) -> tuple[float | None, float | None]:
    m = len(b) - 1
    if m == 0 or how == "robust":
        return None, None
    f = float(b[1:] @ np.linalg.solve(of_b[1:, 1:], b[1:])) / m
    return f, float(stats.f.sf(f, m, df[0]) if np.isfinite(df[0]) else stats.chi2.sf(f * m, m))
