"""What a laboratory would report: mean, SD, Hedges g with its interval, and a test against the control arm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from hepasome.evidence import standardised_difference


@dataclass(frozen=True)
class EffectSize:
    """A standardised difference of two groups with its 95 % interval."""

    g: float
    low: float
    high: float


def hedges_g(treated: ArrayLike, control: ArrayLike) -> EffectSize:
    """Hedges g of two groups, by the same formula as the pooled evidence.

    Args:
        treated: Values of the treated group, shape (n,).
        control: Values of the control group, shape (m,).

    Returns:
        g with its 95 % interval; NaN where a group has fewer than two values or nobody varies.
    """
    groups = [np.asarray(values, float) for values in (treated, control)]
    if min(map(len, groups)) < 2:
        return EffectSize(np.nan, np.nan, np.nan)
    a, b = ((values.mean(), values.std(ddof=1), len(values)) for values in groups)
    found = standardised_difference(*a, *b)
    g, half = float(found.effect), float(stats.norm.ppf(0.975) * np.sqrt(found.variance))
    return EffectSize(g, g - half, g + half)


def compare_arms(endpoints: pd.DataFrame, control: str, seed: int) -> pd.DataFrame:
    """Every arm against the control arm, endpoint by endpoint.

    The test is Dunnett's many-to-one comparison (Dunnett 1955 J Am Stat Assoc 50:1096) on logarithms, since what is
    measured in serum and tissue is positive and skewed; its p is corrected for the number of arms.

    Args:
        endpoints: Columns arm, endpoint, measured (NaN where an animal gave no value).
        control: Name of the control arm.
        seed: Seed of the numerical integration behind Dunnett's p.

    Returns:
        One row per endpoint and arm: n, mean, sd, and for arms other than the control g, g_low, g_high, p.
    """
    rows: list[dict[str, object]] = []
    for endpoint, group in endpoints.groupby("endpoint", sort=False):
        values = {arm: part["measured"].dropna().to_numpy() for arm, part in group.groupby("arm", sort=False)}
        values.setdefault(control, np.empty(0))
        others = [arm for arm in values if arm != control]
        if all(np.isin(measured, (0.0, 1.0)).all() for measured in values.values()):  # alive or not
            rows += [_share(str(endpoint), str(arm), measured, control) for arm, measured in values.items()]
            continue
        p_values = _dunnett([values[arm] for arm in others], values[control], seed)
        for arm, measured in values.items():
            row: dict[str, object] = {"endpoint": endpoint, "arm": arm, "n": len(measured)}
            row |= {"mean": measured.mean() if len(measured) else np.nan}
            row |= {"sd": measured.std(ddof=1) if len(measured) > 1 else np.nan}
            if arm != control:
                effect = hedges_g(measured, values[control])
                row |= {"g": effect.g, "g_low": effect.low, "g_high": effect.high, "p": p_values[others.index(arm)]}
            rows.append(row)
    return pd.DataFrame(rows)


def _share(endpoint: str, arm: str, measured: np.ndarray, control: str) -> dict[str, object]:
    """A row for what is only so or not so: a share has no effect size in standard deviations."""
    share = measured.mean() if len(measured) else np.nan
    row: dict[str, object] = {
        "endpoint": endpoint,
        "arm": arm,
        "n": len(measured),
        "mean": share,
        "sd": np.sqrt(share * (1 - share)),
    }
    return row if arm == control else row | dict.fromkeys(("g", "g_low", "g_high", "p"), np.nan)


def _dunnett(groups: list[np.ndarray], control: np.ndarray, seed: int) -> np.ndarray:
    usable = len(control) > 1 and all(len(group) > 1 for group in groups) and groups
    if not usable or all(np.ptp(group) == 0 for group in (*groups, control)):
        return np.full(len(groups), np.nan)
    # logarithms where they exist
    scaled = [np.log(x) if all(g.min() > 0 for g in (*groups, control)) else x for x in (*groups, control)]
    result = stats.dunnett(*scaled[:-1], control=scaled[-1], rng=np.random.default_rng(seed))
    return np.asarray(result.pvalue, float)
