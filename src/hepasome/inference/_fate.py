"""Where the vesicles of the first dose went: the animals of the trial, and the draws of what is not known."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from hepasome.trial import Run

PLACES = {
    "waiting in a depot": ("vesicles_in_depot",),
    "medium": ("vesicles_in_medium",),
    "lost in the medium": ("vesicles_lost_in_medium",),
    "blood": ("vesicles_in_blood", "vesicles_in_sinusoids"),
    "Kupffer cells": ("vesicles_in_kupffer_cells",),
    "endothelium": ("vesicles_in_endothelial_cells",),
    "stellate cells": ("vesicles_in_stellate_cells",),
    "hepatocytes": ("vesicles_in_hepatocytes",),
    "tumour": ("vesicles_in_tumour",),
    "spleen": ("vesicles_in_spleen",),
    "lung": ("vesicles_in_lung",),
    "elsewhere or lost": ("vesicles_elsewhere",),
}
_SAME = 1e-6  # h


def fate_shares(run: Run, arm: str) -> pd.DataFrame:
    """Share (%) of the vesicles in each place, mean of the animals; index: hours after the first dose of the arm.

    Until the second dose, or the last reading if there is none.
    """
    given = run.plan.protocol.arms[arm].treatment
    start, following = (*given.times, math.inf)[:2] if given is not None else (0.0, math.inf)
    rows = run.trajectories[run.trajectories["arm"] == arm]
    # at the time of a dose a row shows the state after it
    rows = rows[(rows["time"] > start) & (rows["time"] < following)]
    columns = [name for names in PLACES.values() for name in names if name in rows]
    shares = _shares(rows.groupby("time")[columns].mean())
    return shares.set_axis(shares.index - start)


def fate_intervals(run: Run, arm: str) -> pd.DataFrame:
    """Share (%) of the vesicles in each place an hour after the first dose, a day after it, and at the end.

    The end is just before the second dose, or the last reading; each draw has its own.

    Returns:
        One row per moment and place, moments that no animal was read at left out: moment (`1 h`, `24 h`, `end`), hours
        (of the trial), place, animals (mean), and of the typical animal over the draws median, low and high (5 % and
        95 %); NaN without draws.
    """
    shares, draws = fate_shares(run, arm), run.fates[run.fates["arm"] == arm]
    columns = ["moment", "hours", "place", "animals", "median", "low", "high"]
    if not len(shares):
        return pd.DataFrame(columns=columns)
    last = float(shares.index[-1])
    ends = draws["hours"] == draws.groupby("number")["hours"].transform("max")
    moments = [
        *((f"{hours:g} h", hours, (draws["hours"] - hours).abs() < _SAME) for hours in (1.0, 24.0) if hours < last),
        ("end", last, ends),
    ]
    rows: list[tuple[object, ...]] = []
    for moment, hours, which in moments:
        near = np.flatnonzero(np.abs(shares.index.to_numpy(float) - hours) < _SAME)
        if not len(near):
            continue
        own = _shares(draws[which])
        for place in shares:
            ranged = np.percentile(own[place], [50, 5, 95]).tolist() if len(own) else [math.nan] * 3
            rows.append((moment, hours, place, float(shares[place].iloc[near[0]]), *ranged))
    return pd.DataFrame(rows, columns=columns)


def _shares(vesicles: pd.DataFrame) -> pd.DataFrame:
    """Percent of all vesicles of a row in each place; errors of integration below zero are none."""
    present = {place: [name for name in names if name in vesicles] for place, names in PLACES.items()}
    places = {place: vesicles[names].clip(lower=0).sum(axis=1) for place, names in present.items() if names}
    found = pd.DataFrame(places, index=vesicles.index)
    total = found.sum(axis=1)
    return 100 * found[total > 0].div(total[total > 0], axis=0)
