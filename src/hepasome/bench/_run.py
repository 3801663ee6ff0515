"""The whole benchmark: who and what takes part, and the files at the end."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hepasome.bench._contenders import COMPILED, CONTENDERS
from hepasome.bench._effort import FULL, QUICK, Bench
from hepasome.bench._machine import describe_machine, short_name
from hepasome.bench._own import OWN, own_workload
from hepasome.bench._plan import MEASURES, Clock, Progress, measure
from hepasome.bench._plot import write_plot
from hepasome.bench._published import PUBLISHED, published_workload, why_unavailable
from hepasome.bench._report import Report, Row
from hepasome.bench._table import markdown
from hepasome.bench._work import Workload
from hepasome.files import input_error, write_atomically

RESULTS = Path("benchmarks/results")
_QUICK_WORKLOADS = ("mouse-1-zone", "nf-kappa-b")


def run_benchmark(
    out: Path | str = RESULTS,
    *,
    quick: bool = False,
    only: Sequence[str] = (),
    subjects: int | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Report:
    """Measure hepasome's engine and others on the same work, and write what was found.

    Args:
        out: Folder for `<date>-<machine>.json`, `.md`, `.png` and `.svg`.
        quick: Whether to measure little, in less than a minute.
        only: Measurements, workloads or contenders to keep to; of a kind that is not named, all.
        subjects: Subjects of the runs whose memory is measured and that are killed; the default is small enough for
            a full benchmark of a quarter of an hour.
        on_progress: Called whenever something begins.

    Returns:
        What was found. What could not be measured is a row with its reason.

    Raises:
        InputError: If `only` names something unknown or `subjects` is not positive.
    """
    effort = QUICK if quick else FULL
    if subjects is not None:
        if subjects < 1:
            raise input_error("--subjects", "There must be at least one.", "Correct it.", value=subjects)
        effort = replace(effort, streamed_subjects=subjects, kept_subjects=subjects)
    measures, workloads, contenders = _chosen(only, quick=quick)
    began, start = datetime.now(UTC), time.perf_counter()
    clock = Clock(on_progress)
    with tempfile.TemporaryDirectory(prefix="hepasome-bench-") as folder:
        entries = {entry.id: entry for entry in CONTENDERS if entry.id in contenders}
        bench = Bench(effort, entries, Path(folder), clock.note)
        clock.note("making the subjects")
        made, rows = _make(bench, workloads)
        rows += measure(bench, clock, measures, made)
    report = Report(
        began.isoformat(timespec="seconds"),
        time.perf_counter() - start,
        describe_machine(),
        asdict(effort),
        {workload.id: _description(workload) for workload in made},
        {entry.id: entry.name for entry in CONTENDERS},
        tuple(rows),
    )
    _write(report, Path(out))
    return report


def _chosen(only: Sequence[str], *, quick: bool) -> tuple[list[str], list[str], list[str]]:
    workloads = [*OWN, *PUBLISHED]
    contenders = [entry.id for entry in CONTENDERS]
    groups = [list(MEASURES), workloads, contenders]
    for name in only:
        if not any(name in group for group in groups):
            known = ", ".join(name for group in groups for name in group)
            raise input_error("--only", "The benchmark has no such part.", f"Choose among {known}.", value=name)
    kept = [[name for name in group if name in only] or group for group in groups]
    if quick and kept[1] == workloads:
        kept[1] = list(_QUICK_WORKLOADS)
    return kept[0], kept[1], kept[2]


def _make(bench: Bench, names: Sequence[str]) -> tuple[list[Workload], list[Row]]:
    made, rows = [], []
    for name in names:
        if name in PUBLISHED and (reason := why_unavailable(name)):
            rows.append(Row("speed", name, COMPILED, {}, reason))
            continue
        make = own_workload if name in OWN else published_workload
        workload = make(name, bench.effort.subjects)
        workload.save(bench.workload_folder(name))
        made.append(workload)
    return made, rows


def _description(workload: Workload) -> dict[str, Any]:
    return {
        "title": workload.title,
        "source": workload.source,
        "states": len(workload.states),
        "parameters_varied": len(workload.parameters),
        "doses": len(workload.boluses),
        "end": float(workload.times[-1]),
        "outputs": len(workload.times),
        "relative_tolerance": workload.relative,
        "absolute_tolerance": [float(workload.absolute.min()), float(workload.absolute.max())],
    }


def _write(report: Report, out: Path) -> None:
    name = f"{report.date[:10]}-{short_name(report.machine)}"
    write_atomically(out / f"{name}.json", report.to_json())
    drawn = write_plot(report, out / name)
    write_atomically(out / f"{name}.md", markdown(report, drawn.name if drawn else None))
