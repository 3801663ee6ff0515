"""How each arm differs from the control arm, and how far the draws of what is not known leave that open."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hepasome.trial import Run


def by_draw(run: Run, label: str, variant: str = "given") -> pd.DataFrame:
    """Values of an endpoint of the typical animals.

    Args:
        run: The run.
        label: Endpoint, as the study writes it, or a read-out of exposure.
        variant: `given`, or `without_named_cargo`.

    Returns:
        One row per draw and one column per arm; NaN where there is no value.
    """
    rows = run.worlds.query("role == 'world' and variant == @variant and endpoint == @label")
    return rows.pivot(index="number", columns="arm", values="value").reindex(columns=list(run.study.arms))


def changes(run: Run) -> pd.DataFrame:
    """Change (%) of each endpoint of the typical animal of each arm against that of the control arm, draw by draw.

    Returns:
        One row per endpoint and arm but the control, where a draw has both: endpoint, arm, change (median), low and
        high (5 % and 95 % over the draws).
    """
    rows = []
    for label in map(str, run.study.endpoints):
        values = by_draw(run, label)
        for arm in run.study.arms:
            if arm == run.study.control:
                continue
            both = values[[arm, run.study.control]].dropna()
            both = both[both[run.study.control] > 0]
            if len(both):
                change = 100 * (both[arm] / both[run.study.control] - 1)
                rows.append((label, arm, *np.percentile(change, [50, 5, 95])))
    return pd.DataFrame(rows, columns=["endpoint", "arm", "change", "low", "high"])


def typical_values(run: Run) -> pd.DataFrame:
    """Values of each endpoint of the typical animal of each arm over the draws.

    Returns:
        One row per endpoint and arm: endpoint, arm, median, low and high (5 % and 95 %).
    """
    rows = []
    for label in map(str, run.study.endpoints):
        values = by_draw(run, label)
        for arm in run.study.arms:
            there = values[arm].dropna()
            if len(there):
                rows.append((label, arm, *np.percentile(there, [50, 5, 95])))
    return pd.DataFrame(rows, columns=["endpoint", "arm", "median", "low", "high"])
