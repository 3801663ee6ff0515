"""The measurements in their order, and how long they will take."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from hepasome.bench._contenders import COMPILED
from hepasome.bench._effort import Bench
from hepasome.bench._floor import measure_floor
from hepasome.bench._pages import measure_pages
from hepasome.bench._report import Row
from hepasome.bench._resume import measure_resume
from hepasome.bench._scale import measure_cores, measure_memory, measure_subjects
from hepasome.bench._slopes import measure_gradient
from hepasome.bench._speed import measure_speed
from hepasome.bench._start import measure_start
from hepasome.bench._work import Workload

MEASURES = ("speed", "start", "gradient", "subjects", "cores", "memory", "resume", "floor", "pages")


@dataclass(frozen=True)
class Progress:
    """Where a benchmark is.

    Attributes:
        note: What is being done.
        done: Measurements that are finished.
        steps: All measurements.
        remaining: Estimated seconds to the end: what the rest was planned to take, times how much longer than planned
            it took so far. None before the first measurement is finished.
    """

    note: str
    done: int
    steps: int
    remaining: float | None


@dataclass(frozen=True)
class _Step:
    planned: float  # s
    measure: Callable[[], list[Row]]


class Clock:
    """Says how far the benchmark is."""

    def __init__(self, on_progress: Callable[[Progress], None] | None) -> None:
        self._report = on_progress or (lambda _: None)
        self._start = self._last = time.perf_counter()
        self.planned: list[float] = []
        self.done = 0

    def note(self, text: str) -> None:
        self._report(Progress(text, self.done, len(self.planned), self._remaining()))

    def finish_one(self) -> None:
        self.done += 1
        self._last = time.perf_counter()

    def _remaining(self) -> float | None:
        if not self.done:
            return None
        pace = (self._last - self._start) / sum(self.planned[: self.done])
        now, *later = *self.planned[self.done :], 0.0
        return max(0.0, pace * now - (time.perf_counter() - self._last)) + pace * sum(later)


def measure(bench: Bench, clock: Clock, measures: Sequence[str], made: Sequence[Workload]) -> list[Row]:
    """Take all measurements: the speed on every workload, everything else on the first.

    Args:
        bench: Where.
        clock: Told of every step.
        measures: Which of `MEASURES`.
        made: The workloads.
    """
    rows: list[Row] = []
    steps = _steps(bench, measures, made, rows) if made else []
    clock.planned = [step.planned for step in steps]
    for step in steps:
        rows += step.measure()
        clock.finish_one()
    clock.note("finished")
    return rows


def _steps(bench: Bench, measures: Sequence[str], made: Sequence[Workload], rows: list[Row]) -> list[_Step]:
    """What is done, with the seconds it is planned to take; `rows` will hold what was found before."""
    effort, first, contenders = bench.effort, made[0], len(bench.entries)
    slow = 100 * sum(entry.largest is not None and effort.slow for entry in bench.entries.values())
    more = {
        "start": _Step(slow + 4 * contenders * effort.cold_starts, partial(measure_start, bench, first)),
        "gradient": _Step(2 * effort.gradient_parameters, partial(measure_gradient, bench, first)),
    }
    if COMPILED in bench.entries:
        more |= {
            "subjects": _Step(1 + 0.003 * sum(effort.scaling_subjects), partial(measure_subjects, bench, first)),
            "cores": _Step(3 + 0.001 * effort.streamed_subjects, partial(measure_cores, bench, first)),
            "memory": _Step(3 + 0.002 * effort.streamed_subjects, partial(measure_memory, bench, first)),
            "resume": _Step(3 + 0.003 * effort.kept_subjects, partial(measure_resume, bench, first)),
            "pages": _Step(20 + effort.looking, partial(measure_pages, bench)),
            "floor": _Step(1, lambda: measure_floor(bench, first, _own_time(rows, first))),
        }
    speed = [_Step(_speed_plan(bench, workload), partial(measure_speed, bench, workload)) for workload in made]
    return (speed if "speed" in measures else []) + [step for name, step in more.items() if name in measures]


def _speed_plan(bench: Bench, workload: Workload) -> float:
    """Seconds for the speed of one workload, as measured on two cores in 2026."""
    each = 1.5 + bench.effort.slice * (bench.effort.repeats + 2)
    slow = any(e.largest is not None and not bench.left_out(e, len(workload.states)) for e in bench.entries.values())
    return len(bench.entries) * each + (10 * bench.effort.slice if workload.boluses else 0) + (75 if slow else 0)


def _own_time(rows: Sequence[Row], workload: Workload) -> float | None:
    place = ("speed", workload.id, COMPILED)
    found = [row for row in rows if (row.measure, row.workload, row.contender) == place and not row.reason]
    return float(found[0].values["ms"]) if found else None
