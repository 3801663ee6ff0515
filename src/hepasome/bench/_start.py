"""Cold start: from a new process to the first trajectory."""

from __future__ import annotations

import statistics
import time
from typing import Any

from hepasome.bench._contenders import Entry
from hepasome.bench._effort import Bench
from hepasome.bench._process import ContenderFailed
from hepasome.bench._report import Row
from hepasome.bench._work import Workload


def measure_start(bench: Bench, workload: Workload) -> list[Row]:
    """Seconds from the start of a process until the trajectory of one subject is there, twice in succession.

    The first process finds an empty cache and starts from SBML; the second finds what the first left. Contenders that
    take minutes are started once.
    """
    return [_row(bench, entry, workload) for entry in bench.entries.values()]


def _row(bench: Bench, entry: Entry, workload: Workload) -> Row:
    if reason := bench.left_out(entry, len(workload.states)):
        return Row("start", workload.id, entry.id, {}, reason)
    first, second = [], []
    try:
        for number in range(1 if entry.largest is not None else bench.effort.cold_starts):
            bench.on_note(f"{entry.name}: cold start {number + 1}")
            cache = f"start-{entry.id}-{number}"
            first.append(_once(bench, entry, workload, cache))
            if entry.largest is None:
                second.append(_once(bench, entry, workload, cache))
    except ContenderFailed as failed:
        return Row("start", workload.id, entry.id, {}, str(failed))
    values: dict[str, Any] = {"first_s": statistics.median(first), "first_repeats": first}
    if second:
        values |= {"second_s": statistics.median(second), "second_repeats": second}
    return Row("start", workload.id, entry.id, values)


def _once(bench: Bench, entry: Entry, workload: Workload, cache: str) -> float:
    with bench.child(cache) as child:
        bench.prepare(child, entry, workload.id)
        child.ask("simulate", bench.effort.timeout, first=0, count=1, keep=None)
        return time.perf_counter() - child.started
