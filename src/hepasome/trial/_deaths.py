"""Deaths: read off a subject's cumulative hazard and one draw of its own; they are no events of the model.

A subject dies when its cumulative hazard reaches an exponential threshold with mean one, so that the share alive is
exp(-cumulative hazard) on average. What is read of the dead is missing, neither zero nor frozen.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from hepasome.trial._draws import stream

CUMULATIVE_HAZARD = "cumulative_hazard"
SURVIVAL = "survival"
_OF_THE_DEAD = (CUMULATIVE_HAZARD, SURVIVAL)  # probabilities of the subject, not read off its body


def death_times(animals: pd.DataFrame, seed: int) -> pd.Series[float]:
    """When each animal dies, h; infinite for those that outlive their last reading.

    Args:
        animals: Columns subject, time, cumulative_hazard; interpolated between the readings.
        seed: Seed of the run.
    """
    found = {}
    for subject, rows in animals.groupby("subject", sort=False):
        threshold = stream(seed, "death", subject).exponential()
        hazard, time = rows[CUMULATIVE_HAZARD].to_numpy(float), rows["time"].to_numpy(float)
        reached = np.flatnonzero(hazard >= threshold)
        if not len(reached):
            found[subject] = np.inf
            continue
        i = int(reached[0])
        found[subject] = float(np.interp(threshold, hazard[i - 1 : i + 1], time[i - 1 : i + 1])) if i else time[0]
    return pd.Series(found, dtype=float)


def without_the_dead(animals: pd.DataFrame, deaths: pd.Series[float], read_outs: tuple[str, ...]) -> pd.DataFrame:
    """The readings with those after an animal's death missing."""
    dead = animals["time"].to_numpy(float) > animals["subject"].map(deaths).to_numpy(float)
    read = [name for name in read_outs if name not in _OF_THE_DEAD]
    kept = animals.copy()
    kept.loc[dead, read] = np.nan
    return kept


def survival_times(subjects: pd.DataFrame, arm: str, end: float) -> stats.CensoredData:
    """Death times of the animals of an arm, h, censored at the end of the study."""
    death = subjects.loc[(subjects["role"] == "animal") & (subjects["arm"] == arm), "death"].dropna().to_numpy(float)
    return stats.CensoredData(uncensored=death[death <= end], right=np.full(int((death > end).sum()), end))


def log_rank_p(subjects: pd.DataFrame, arm: str, control: str, end: float) -> float:
    """Two-sided log-rank test (Mantel 1966 Cancer Chemother Rep 50:163) of two arms; NaN where nobody dies."""
    one, other = survival_times(subjects, arm, end), survival_times(subjects, control, end)
    if not one.num_censored() + other.num_censored() < len(one) + len(other):
        return float("nan")
    return float(stats.logrank(one, other).pvalue)
