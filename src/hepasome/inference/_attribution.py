"""Which part of an effect is named cargo and which is unattributed activity, by in-silico knock-out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hepasome.inference._changes import by_draw
from hepasome.trial import Run, treated_arms


def attribution(run: Run) -> pd.DataFrame:
    """Change of each endpoint by each treatment against the control arm, in whole and by named cargo alone.

    In every draw the treated arm is simulated as given and with its named cargo removed. The difference, in percent of
    the control arm as the change itself, is what named cargo does; the rest of the change is unattributed activity.

    Returns:
        One row per treated arm and endpoint: arm, endpoint, change, change_low, change_high, named_cargo,
        named_cargo_low, named_cargo_high, all in percent (median, 5 % and 95 % over the draws).
    """
    rows = []
    for arm in treated_arms(run.study):
        for label in map(str, run.study.endpoints):
            given, without = by_draw(run, label), by_draw(run, label, "without_named_cargo")
            parts = {"control": given[run.study.control], "whole": given[arm], "without": without[arm]}
            draws = pd.DataFrame(parts).dropna()
            draws = draws[draws["control"] > 0]
            change = 100 * (draws["whole"] / draws["control"] - 1)
            cargo = 100 * (draws["whole"] - draws["without"]) / draws["control"]
            if len(draws):
                rows.append([arm, label, *np.percentile(change, [50, 5, 95]), *np.percentile(cargo, [50, 5, 95])])
    names = [f"{what}{end}" for what in ("change", "named_cargo") for end in ("", "_low", "_high")]
    return pd.DataFrame(rows, columns=["arm", "endpoint", *names])
