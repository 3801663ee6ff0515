"""Which part of an effect is named cargo and which is unattributed activity, by in-silico knock-out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hepasome.trial import Run


def attribution(run: Run) -> pd.DataFrame:
    """Change of each endpoint by each treatment against the control arm, in whole and by named cargo alone.

    In every draw the treated arm is simulated as given and with its named cargo removed. The difference is what named
    cargo does; the rest is unattributed activity.

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
            control = part.query("arm == @run.study.control and variant == 'given'").set_index("number")["value"]
            whole = part.query("arm == @arm and variant == 'given'").set_index("number")["value"]
            without = part.query("arm == @arm and variant == 'without_named_cargo'").set_index("number")["value"]
            change, cargo = 100 * (whole / control - 1).dropna(), 100 * (whole / without - 1).dropna()
            if len(change):
                rows.append([arm, label, *np.percentile(change, [50, 5, 95]), *np.percentile(cargo, [50, 5, 95])])
    names = [f"{what}{end}" for what in ("change", "named_cargo") for end in ("", "_low", "_high")]
    return pd.DataFrame(rows, columns=["arm", "endpoint", *names])
