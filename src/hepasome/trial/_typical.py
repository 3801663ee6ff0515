"""What is kept of the typical animals of a run: endpoints, exposure, and where their vesicles went."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hepasome import engine
from hepasome.trial._fate import fate_times
from hepasome.trial._plan import Plan

_PER_CELL = "vesicles_per_"
_LOADED = "loaded_per_"
_PLACES = "vesicles_"
_PEAK = "peak "  # before the name of a read-out: its highest value, in the rows of a subject


def peak_columns(plan: Plan) -> list[str]:
    """Names of the columns that `peaks` makes."""
    return [f"{_PEAK}{name}" for name in plan.outputs if name.startswith(_LOADED)]


def peaks(plan: Plan, trajectories: Sequence[engine.Trajectory], ends: Sequence[float]) -> pd.DataFrame:
    """The highest number of loaded copies per cell that each subject reached, on all times of the run.

    Args:
        plan: The run.
        trajectories: One per subject.
        ends: Last reading of each subject, h.

    Returns:
        One row per subject and one column per read-out of copies on AGO; NaN where it failed before the first reading.
    """
    grid = np.asarray(plan.times)
    places = [i for i, name in enumerate(plan.outputs) if name.startswith(_LOADED)]
    rows = [_highest(one.values[:, places], grid, end) for one, end in zip(trajectories, ends, strict=True)]
    return pd.DataFrame(np.array(rows).reshape(len(rows), len(places)), columns=peak_columns(plan))


def worlds_of(plan: Plan, rows: pd.DataFrame) -> pd.DataFrame:
    """Typical animals, one row per endpoint and per read-out of exposure.

    Vesicles per cell stand at the last reading, copies on AGO at their peak.

    Args:
        plan: The run.
        rows: What was read of everybody but the animals of the trial.
    """
    asked = {str(endpoint) for endpoint in plan.study.endpoints}  # a study's own endpoint is not there twice
    ends = [name for name in plan.outputs if name.startswith(_PER_CELL) and name not in asked]
    highest = [name for name in plan.outputs if name.startswith(_LOADED) and name not in asked]
    by_key = dict(tuple(rows.groupby("key", sort=False)))
    found = []
    for planned in plan.subjects.others():
        table = by_key[planned.key].set_index("time")
        last, described = max(planned.times), (planned.role, planned.arm, planned.number, planned.variant)
        for label, read_out, time in (*planned.endpoints, *((name, name, last) for name in ends)):
            found.append((*described, label, time, _at(table, time, read_out)))
        # a subject that failed has no peak that could be compared
        found += [
            (*described, name, last, table[f"{_PEAK}{name}"].iloc[0] if last in table.index else np.nan)
            for name in highest
        ]
    return pd.DataFrame(found, columns=["role", "arm", "number", "variant", "endpoint", "time", "value"])


def fates_of(plan: Plan, rows: pd.DataFrame) -> pd.DataFrame:
    """Where the vesicles of the first dose of the typical animals of each draw are.

    Args:
        plan: The run.
        rows: What was read of everybody but the animals of the trial.

    Returns:
        One row per treated arm, draw and moment of `fate_times`: arm, number, hours (after the first dose), and one
        column per read-out of vesicles in the body or the dish.
    """
    places = [name for name in plan.outputs if name.startswith(_PLACES) and not name.startswith(_PER_CELL)]
    given = rows[(rows["role"] == "world") & (rows["variant"] == "given")]
    found: list[pd.DataFrame] = []
    by_subject = dict(tuple(given.groupby(["number", "arm"], sort=False)))
    for number, arm in itertools.product(range(1, plan.settings.draws + 1), plan.protocol.arms):
        protocol = plan.subjects.protocol_of(number)
        treatment = protocol.arms[arm].treatment
        if treatment is not None:
            own = by_subject[number, arm]
            at = own[own["time"].isin(fate_times(protocol, arm, max(plan.subjects.times_of(number))))]
            found.append(at[["arm", "number", *places]].assign(hours=at["time"] - treatment.times[0]))
    columns = ["arm", "number", "hours", *places]
    return pd.concat(found, ignore_index=True)[columns] if found else pd.DataFrame(columns=columns, dtype=float)


def _highest(values: NDArray[np.float64], grid: NDArray[np.float64], end: float) -> NDArray[np.float64]:
    own = values[grid[: len(values)] <= end]
    return own.max(axis=0) if len(own) else np.full(values.shape[1], np.nan)


def _at(table: pd.DataFrame, time: float, read_out: str) -> float:
    return float(table[read_out].to_numpy()[table.index == time][0]) if time in table.index else float("nan")
