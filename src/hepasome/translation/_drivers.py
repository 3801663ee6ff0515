"""Which of the things that are not known makes an interval wide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

_SIGNIFICANT = 0.01  # of the correlation of one cause; a weaker one is noise of so many draws
_FEWEST = 20  # draws from which ranks say anything

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Driver:
    """One cause of an interval.

    Attributes:
        cause: What is not known.
        correlation: Rank correlation (Spearman) of the dose with it; None for a choice, such as a route.
        share: Share of the variance of the dose's ranks.
    """

    cause: str
    correlation: float | None
    share: float


def drivers(dose: Array, causes: Mapping[str, Array], choices: Mapping[str, list[str]], most: int = 5) -> list[Driver]:
    """The strongest causes of the spread of a dose, the strongest first.

    Args:
        dose: In each draw; draws without a dose (nan) are left out.
        causes: Drawn numbers by cause, shape (draws,).
        choices: Drawn choices by cause.
        most: How many causes at most.
    """
    there = np.isfinite(dose)
    if there.sum() < _FEWEST or np.ptp(dose[there]) == 0:
        return []
    ranks = stats.rankdata(dose[there])
    found = []
    for cause, values in causes.items():
        own = values[there]
        if np.ptp(own) <= 1e-12 * np.abs(own).max(initial=0.0):
            continue
        result = stats.spearmanr(own, ranks)
        if result.pvalue < _SIGNIFICANT:
            found.append(Driver(cause, float(result.statistic), float(result.statistic) ** 2))
    for cause, chosen in choices.items():
        kept = np.array(chosen)[there]
        groups = [ranks[kept == one] for one in sorted(set(kept.tolist()))]
        if len(groups) > 1 and min(len(group) for group in groups) > 1:
            between = sum(len(group) * (group.mean() - ranks.mean()) ** 2 for group in groups)
            if stats.kruskal(*groups).pvalue < _SIGNIFICANT:
                found.append(Driver(cause, None, float(between / np.sum((ranks - ranks.mean()) ** 2))))
    return sorted(found, key=lambda driver: -driver.share)[:most]
