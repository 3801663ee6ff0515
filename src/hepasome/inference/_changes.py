"""How each arm differs from the control arm, and how far the draws of what is not known leave that open."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hepasome.trial import Run


def changes(run: Run) -> pd.DataFrame:
    """Change (%) of each endpoint of the typical animal of each arm against that of the control arm, draw by draw.

    Returns:
        One row per endpoint and arm but the control, where a draw has both: endpoint, arm, change (median), low and
        high (5 % and 95 % over the draws).
    """
    given = run.worlds.query("role == 'world' and variant == 'given'")
    rows = []
    for label in dict.fromkeys(str(endpoint) for endpoint in run.study.endpoints):
        values = given[given["endpoint"] == label].pivot(index="number", columns="arm", values="value")
        for arm in run.study.arms:
            if arm == run.study.control or arm not in values or run.study.control not in values:
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
    given = run.worlds.query("role == 'world' and variant == 'given'").dropna(subset=["value"])
    rows = []
    for label in dict.fromkeys(str(endpoint) for endpoint in run.study.endpoints):
        for arm in run.study.arms:
            values = given.loc[(given["endpoint"] == label) & (given["arm"] == arm), "value"]
            if len(values):
                rows.append((label, arm, *np.percentile(values, [50, 5, 95])))
    return pd.DataFrame(rows, columns=["endpoint", "arm", "median", "low", "high"])
