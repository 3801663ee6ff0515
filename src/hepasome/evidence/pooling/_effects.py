"""Effect sizes of a treated against a control group, and a list of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

Array = NDArray[np.float64]
Measure = Literal["hedges_g", "log_ratio_of_means", "log_odds_ratio"]
# words for readers, and whether the numbers are logarithms of ratios
MEASURES: dict[Measure, tuple[str, bool]] = {
    "hedges_g": ("Hedges g", False),
    "log_ratio_of_means": ("ratio of means", True),
    "log_odds_ratio": ("odds ratio", True),
}


class Estimate(NamedTuple):
    """Effects and their sampling variances, arrays of one shape."""

    effect: Array
    variance: Array


def standardised_difference(
    mean: ArrayLike, sd: ArrayLike, n: ArrayLike, control_mean: ArrayLike, control_sd: ArrayLike, control_n: ArrayLike
) -> Estimate:
    """Hedges g: the difference of two means in pooled standard deviations, corrected for small samples.

    Hedges 1981 J Educ Stat 6:107: the exact correction by gamma functions; large-sample variance
    1/n + 1/m + g^2 / (2 (n + m)), as `escalc("SMD")` of metafor.

    Args:
        mean: Mean of the treated, in any unit.
        sd: Standard deviation of the treated (not the standard error).
        n: Number of treated subjects, 2 or more.
        control_mean: The same of the controls.
        control_sd: The same of the controls.
        control_n: The same of the controls.

    Returns:
        g and its variance; not a number where nobody varies.
    """
    a, s, n_a = (np.asarray(x, float) for x in (mean, sd, n))
    b, t, n_b = (np.asarray(x, float) for x in (control_mean, control_sd, control_n))
    df = n_a + n_b - 2
    pooled = np.sqrt(((n_a - 1) * s**2 + (n_b - 1) * t**2) / df)
    correction = np.exp(gammaln(df / 2) - gammaln((df - 1) / 2)) / np.sqrt(df / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        g = correction * np.where(pooled > 0, (a - b) / pooled, np.nan)
    return Estimate(g, 1 / n_a + 1 / n_b + g**2 / (2 * (n_a + n_b)))


def log_ratio_of_means(
    mean: ArrayLike, sd: ArrayLike, n: ArrayLike, control_mean: ArrayLike, control_sd: ArrayLike, control_n: ArrayLike
) -> Estimate:
    """Logarithm of the ratio of two means that are both positive; arguments as for `standardised_difference`.

    Hedges 1999 Ecology 80:1150; variance by the delta method, as `escalc("ROM")` of metafor.
    """
    a, s, n_a = (np.asarray(x, float) for x in (mean, sd, n))
    b, t, n_b = (np.asarray(x, float) for x in (control_mean, control_sd, control_n))
    return Estimate(np.log(a / b), s**2 / (n_a * a**2) + t**2 / (n_b * b**2))


def effect_of_means(
    measure: Measure, mean: float, sd: float, n: int, control_mean: float, control_sd: float, control_n: int
) -> Estimate | None:
    """The effect that two means give by a measure; None where they give none."""
    given = (mean, sd, n, control_mean, control_sd, control_n)
    if measure == "hedges_g":
        return standardised_difference(*given)
    if measure == "log_ratio_of_means" and mean > 0 and control_mean > 0:
        return log_ratio_of_means(*given)
    return None


def log_odds_ratio(events: ArrayLike, n: ArrayLike, control_events: ArrayLike, control_n: ArrayLike) -> Estimate:
    """Logarithm of an odds ratio; a table with an empty cell gets a half added to each of its four cells.

    Woolf 1955 Ann Hum Genet 19:251, with the correction of Haldane and Anscombe as `escalc("OR")` of metafor.

    Args:
        events: Treated subjects with the event.
        n: All treated subjects.
        control_events: Controls with the event.
        control_n: All controls.
    """
    a, n_a, c, n_c = (np.asarray(x, float) for x in (events, n, control_events, control_n))
    cells = np.array(np.broadcast_arrays(a, n_a - a, c, n_c - c), float)
    cells = cells + 0.5 * (cells == 0).any(axis=0)
    a, b, c, d = cells
    return Estimate(np.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d)


@dataclass(frozen=True)
class Effects:
    """Effects to pool; all arrays and tuples have the shape (effects,).

    Attributes:
        measure: What they are.
        study: Study of each effect; a study may have several.
        label: Name of each effect.
        effect: The effects, ratios as logarithms.
        variance: Their sampling variances.
        size_variance: The part of each variance that depends on the numbers of subjects alone (1/n + 1/m), for tests
            of small studies: the standard error of g grows with g itself. None if unknown.
        moderators: What may explain differences: numbers, or words.
    """

    measure: Measure
    study: tuple[str, ...]
    label: tuple[str, ...]
    effect: Array
    variance: Array
    size_variance: Array | None = None
    moderators: dict[str, tuple[float | str, ...]] = field(default_factory=dict)

    def without(self, study: str) -> Effects:
        """All effects but those of one study."""
        kept = np.array([one != study for one in self.study])

        def of(values: tuple[float | str, ...]) -> tuple[float | str, ...]:
            return tuple(value for value, keep in zip(values, kept, strict=True) if keep)

        return Effects(
            self.measure,
            tuple(map(str, of(self.study))),
            tuple(map(str, of(self.label))),
            self.effect[kept],
            self.variance[kept],
            None if self.size_variance is None else self.size_variance[kept],
            {name: of(values) for name, values in self.moderators.items()},
        )

    @property
    def studies(self) -> tuple[str, ...]:
        """The studies, each once, in their order."""
        return tuple(dict.fromkeys(self.study))
