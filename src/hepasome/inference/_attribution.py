"""Which part of an effect is named cargo and which is unattributed activity, by in-silico knock-out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hepasome.trial import Run


def attribution(run: Run) -> pd.DataFrame:
    """Change of each endpoint by each treatment against the control arm, in whole and by named cargo alone.

    In every draw the treated arm is simulated as given and with its named cargo removed. The difference, in percent of
    the control arm as the change itself, is what named cargo does; the rest of the change is unattributed activity.

    Returns:
        One row per treated arm and endpoint: arm, endpoint, change, change_low, change_high, named_cargo,
        named_cargo_low, named_cargo_high, all in percent (median, 5 % and 95 % over the draws).
    """
    worlds = run.worlds[run.worlds["role"] == "world"]
    labels = [str(endpoint) for endpoint in run.study.endpoints]
    rows = []
    for arm, given in run.plan.protocol.arms.items():
        if given.treatment is None:
            continue
        for label in labels:
            part = worlds[worlds["endpoint"] == label]
            draws = pd.DataFrame(
                {
                    "control": _values(part, run.study.control, "given"),
                    "whole": _values(part, arm, "given"),
                    "without": _values(part, arm, "without_named_cargo"),
                }
            ).dropna()
            draws = draws[draws["control"] > 0]
            change = 100 * (draws["whole"] / draws["control"] - 1)
            cargo = 100 * (draws["whole"] - draws["without"]) / draws["control"]
            if len(draws):
                rows.append([arm, label, *np.percentile(change, [50, 5, 95]), *np.percentile(cargo, [50, 5, 95])])
    names = [f"{what}{end}" for what in ("change", "named_cargo") for end in ("", "_low", "_high")]
    return pd.DataFrame(rows, columns=["arm", "endpoint", *names])


def _values(part: pd.DataFrame, arm: str, variant: str) -> pd.Series[float]:
    """By draw."""
    return part.query("arm == @arm and variant == @variant").set_index("number")["value"]
