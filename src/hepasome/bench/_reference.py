"""The reference solution: one solver at tolerances ten thousand times as tight, held against another one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hepasome.bench._contenders import BASELINE, COMPILED, Entry
from hepasome.bench._effort import Bench
from hepasome.bench._errors import trajectory_errors
from hepasome.bench._process import ContenderFailed
from hepasome.bench._report import Row
from hepasome.bench._work import Array, Workload

TIGHT = 1e-4  # relative 1e-10 where 1e-6 is asked for, and absolute tolerances in proportion
_WHO = (COMPILED, BASELINE)  # the second checks the first


def reference(bench: Bench, workload: Workload, subjects: int) -> tuple[Array | None, Row]:
    """Reference trajectories of the first subjects.

    Returns:
        Shape (subjects, times, states), or None where there is no reference; and the row that says how well two
        solvers agree on it.
    """
    available = [bench.entries[who] for who in _WHO if who in bench.entries and not bench.entries[who].missing()]
    found: Array | None = None
    by, agreement, reasons = "", {}, []
    for entry in available:
        count = subjects if found is None else min(subjects, bench.effort.check_subjects)
        bench.on_note(f"{workload.title}: reference by {entry.name}")
        try:
            courses = _tight(bench, workload, entry, count)
        except ContenderFailed as failed:
            reasons.append(f"{entry.name}: {failed}")
            continue
        if found is None:
            found, by = courses, entry.id
        else:
            agreement = _agreement(found[:count], courses, workload) | {"checked_by": entry.id, "checked": count}
    values = {"subjects": subjects, **agreement} if found is not None else {}
    reason = " ".join(reasons) or ("" if agreement else "No second solver is there to check the reference.")
    return found, Row("reference", workload.id, by or COMPILED, values, reason)


def _tight(bench: Bench, workload: Workload, entry: Entry, count: int) -> Array:
    file = bench.folder / f"reference-{workload.id}-{entry.id}.npy"
    with bench.child(f"reference-{entry.id}") as child:
        bench.prepare(child, entry, workload.id, TIGHT)
        child.ask("simulate", bench.effort.timeout, first=0, count=count, keep=str(file))
    courses: Array = np.load(file)
    return courses


def _agreement(first: Array, second: Array, workload: Workload) -> dict[str, float]:
    errors: Sequence[float] = trajectory_errors(second, first, workload.relative, workload.absolute).tolist()
    return {"agreement_max": float(np.max(errors)), "agreement_median": float(np.median(errors))}
