"""Speed and error of every contender on one workload, on one core each, timed in turn."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from hepasome.bench._contenders import BASELINE, Entry
from hepasome.bench._effort import Bench
from hepasome.bench._errors import trajectory_errors
from hepasome.bench._process import Child, ContenderFailed
from hepasome.bench._reference import reference
from hepasome.bench._report import Row
from hepasome.bench._work import Array, Workload

_FEWEST = 2  # subjects whose error is looked at, however long they take


@dataclass
class _Running:
    """A contender whose process is ready."""

    entry: Entry
    child: Child
    values: dict[str, Any]
    lanes: int
    guess: float = 0.0  # s per subject
    milliseconds: list[float] = field(default_factory=list)
    courses: Path | None = None
    reason: str = ""

    def simulate(self, bench: Bench, first: int, count: int, keep: Path | None = None) -> float:
        """Seconds for some subjects."""
        name = None if keep is None else str(keep)
        answer = self.child.ask("simulate", bench.effort.timeout, first=first, count=count, keep=name)
        self.values["failed"] = self.values.get("failed", 0) + answer["failed"]
        self.values["subjects"] = self.values.get("subjects", 0) + count
        return float(answer["seconds"])


def measure_speed(bench: Bench, workload: Workload) -> list[Row]:
    """Time per subject, compile time, memory and error of every contender, and how good the reference is."""
    rows, running = [], []
    with ExitStack() as processes:
        for entry in bench.entries.values():
            reason = bench.left_out(entry, len(workload.states))
            if not reason:
                bench.on_note(f"{workload.title}: {entry.name} compiles")
                child = processes.enter_context(bench.child(f"speed-{entry.id}"))
                try:
                    running.append(_start(bench, entry, child, workload))
                except ContenderFailed as failed:
                    reason = str(failed)
            if reason:
                rows.append(Row("speed", workload.id, entry.id, {}, reason))
        _keep_courses(bench, workload, running)
        _time_in_turn(bench, workload, running)
        for one in running:
            if not one.reason:
                one.values |= one.child.ask("memory", bench.effort.timeout)
    count = max((one.values["error_subjects"] for one in running if not one.reason), default=0)
    if count:
        courses, row = reference(bench, workload, count)
        rows.append(row)
        for one in running:
            one.values |= {} if one.reason else _errors(one, courses, workload)
    rows += [_row(one, workload, running) for one in running]
    order = list(bench.entries)
    return sorted(rows, key=lambda row: order.index(row.contender))


def _start(bench: Bench, entry: Entry, child: Child, workload: Workload) -> _Running:
    ready: dict[str, Any] = bench.prepare(child, entry, workload.id)
    values = {"compile_s": ready["seconds"], "note": ready["note"]}
    one = _Running(entry, child, values, ready["lanes"])
    # what is only compiled or allocated at the first call is not timed
    one.guess = one.simulate(bench, 0, one.lanes) / one.lanes
    return one


def _keep_courses(bench: Bench, workload: Workload, running: list[_Running]) -> None:
    """Keep trajectories for the error, and see how long a subject takes."""
    for one in running:
        affordable = max(_FEWEST, int(2 * bench.effort.slice / one.guess))
        count = min(bench.effort.error_subjects, affordable, len(workload.values))
        one.values["error_subjects"] = count
        one.courses = bench.folder / f"courses-{workload.id}-{one.entry.id}.npy"
        bench.on_note(f"{workload.title}: {one.entry.name}, trajectories for the error")
        try:
            one.guess = one.simulate(bench, 0, count, one.courses) / count
        except ContenderFailed as failed:
            one.reason = str(failed)


def _time_in_turn(bench: Bench, workload: Workload, running: list[_Running]) -> None:
    """One contender after the other, several times, so that what else the machine does hits all of them."""
    for repeat in range(bench.effort.repeats):
        for one in running:
            count = _whole(max(1, int(bench.effort.slice / one.guess)), one.lanes)
            if one.reason:
                continue
            if count * one.guess > 4 * bench.effort.slice:  # once is enough for those that take so long
                one.milliseconds = [1e3 * one.guess]
                continue
            bench.on_note(f"{workload.title}: {one.entry.name}, {count} subjects, {repeat + 1}")
            try:
                # other subjects every time: some are harder than others
                seconds = one.simulate(bench, repeat * count, count)
            except ContenderFailed as failed:
                one.reason = str(failed)
                continue
            one.milliseconds.append(1e3 * seconds / count)


def _errors(one: _Running, courses: Array | None, workload: Workload) -> dict[str, float]:
    if courses is None or one.courses is None:
        return {}
    found = np.load(one.courses)
    errors = trajectory_errors(found, courses[: len(found)], workload.relative, workload.absolute)
    errors = errors[np.isfinite(errors)]
    return {"error_max": float(errors.max()), "error_median": float(np.median(errors))} if len(errors) else {}


def _row(one: _Running, workload: Workload, running: list[_Running]) -> Row:
    if one.reason or not one.milliseconds:
        return Row("speed", workload.id, one.entry.id, {}, one.reason or "It was not timed.")
    values = one.values | {"ms": float(np.median(one.milliseconds)), "ms_repeats": one.milliseconds}
    baseline = [other.milliseconds for other in running if other.entry.id == BASELINE and not other.reason]
    if baseline and baseline[0]:
        ratios = [theirs / own for theirs, own in zip(baseline[0], one.milliseconds, strict=False)]
        values |= {"ratio": float(np.median(ratios)), "ratio_low": min(ratios), "ratio_high": max(ratios)}
    return Row("speed", workload.id, one.entry.id, values)


def _whole(count: int, lanes: int) -> int:
    return -(-count // lanes) * lanes
