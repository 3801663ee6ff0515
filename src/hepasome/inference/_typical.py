"""Typical subjects, simulated on demand, and the values of their endpoints."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from hepasome import engine
from hepasome.trial import Planned, solver_settings


def endpoint_values(
    model: engine.Model,
    subjects: Sequence[Planned],
    labels: Sequence[str],
    workers: int,
    on_done: Callable[[int, int], None] | None = None,
) -> NDArray[np.float64]:
    """Values of endpoints of some subjects, shape (subjects, labels).

    Args:
        model: Of all of them.
        subjects: Whom to simulate.
        labels: Endpoints, as the study writes them.
        workers: Threads.
        on_done: Called with the subjects done and all subjects.

    Returns:
        NaN where a subject could not be simulated, or where its endpoint has no time (NaN). Zero where the value is
        below the absolute tolerance of the solver: a ratio of such numbers would be one of errors of integration.
    """
    solver = solver_settings(model)
    wanted = [{label: (read_out, time) for label, read_out, time in one.endpoints} for one in subjects]
    times = sorted({time for one in wanted for label in labels if not math.isnan(time := one[label][1])})
    outputs = sorted({one[label][0] for one in wanted for label in labels})
    place, column = {time: i for i, time in enumerate(times)}, {name: i for i, name in enumerate(outputs)}
    found = np.full((len(subjects), len(labels)), np.nan)
    trajectories = engine.simulate_ensemble(
        model,
        [one.subject for one in subjects],
        times,
        outputs,
        solver=solver,
        workers=workers,
        on_done=on_done,
    )
    for i, trajectory in enumerate(trajectories):
        for j, label in enumerate(labels):
            read_out, time = wanted[i][label]
            row = place.get(time, len(trajectory.values))
            if row < len(trajectory.values):
                found[i, j] = trajectory.values[row, column[read_out]]
    found[np.abs(found) <= solver.absolute_tolerance] = 0.0
    return found
