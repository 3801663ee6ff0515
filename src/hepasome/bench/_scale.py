"""How the compiled engine scales: over subjects, over cores, and in memory."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from hepasome.bench._contenders import COMPILED
from hepasome.bench._effort import Bench
from hepasome.bench._process import Child, ContenderFailed, cores_here
from hepasome.bench._report import Row
from hepasome.bench._work import Workload, load_workload

_RUN = "hepasome.bench._scale:run"


def measure_subjects(bench: Bench, workload: Workload) -> list[Row]:
    """Time per subject on one core in runs of more and more subjects."""
    try:
        with bench.child("scale") as child:
            rows = []
            for count in bench.effort.scaling_subjects:
                bench.on_note(f"{workload.title}: {count} subjects on one core")
                rows.append(_row("subjects", workload, _run(bench, child, workload, count, 1)))
            return rows
    except ContenderFailed as failed:
        return [Row("subjects", workload.id, COMPILED, {}, str(failed))]


def measure_cores(bench: Bench, workload: Workload) -> list[Row]:
    """Time per subject on one core, two, and so on."""
    rows: list[Row] = []
    try:
        for cores in range(1, cores_here() + 1):
            bench.on_note(f"{workload.title}: {cores} cores")
            with bench.child("scale", cores) as child:
                count = max(bench.effort.streamed_subjects // 10, 16 * cores)
                row = _row("cores", workload, _run(bench, child, workload, count, cores))
            row.values["speedup"] = (rows[0] if rows else row).values["ms"] / row.values["ms"]
            rows.append(row)
    except ContenderFailed as failed:
        rows.append(Row("cores", workload.id, COMPILED, {}, str(failed)))
    return rows


def measure_memory(bench: Bench, workload: Workload) -> list[Row]:
    """Largest memory of a run of which only statistics are kept, for a tenth of the subjects and for all."""
    rows = []
    try:
        for count in (bench.effort.streamed_subjects // 10, bench.effort.streamed_subjects):
            bench.on_note(f"{workload.title}: memory of {count} subjects")
            with bench.child("scale", cores_here()) as child:
                answer = _run(bench, child, workload, count, cores_here(), reduced=True)
                answer |= child.ask("memory", bench.effort.timeout)
            rows.append(_row("memory", workload, answer))
    except ContenderFailed as failed:
        rows.append(Row("memory", workload.id, COMPILED, {}, str(failed)))
    return rows


def run(folder: str, count: int, workers: int, reduced: bool) -> dict[str, Any]:
    """In the child: simulate subjects; the model is compiled before the clock starts."""
    from hepasome.bench._adapters import reduced_run, streamed_run

    workload = load_workload(Path(folder))
    simulate = reduced_run if reduced else streamed_run
    simulate(workload, 1, 1)
    start = time.perf_counter()
    failed = simulate(workload, count, workers)
    return {"subjects": count, "cores": workers, "seconds": time.perf_counter() - start, "failed": failed}


def _run(
    bench: Bench, child: Child, workload: Workload, count: int, workers: int, *, reduced: bool = False
) -> dict[str, Any]:
    arguments = {"folder": str(bench.workload_folder(workload.id)), "count": count, "workers": workers}
    arguments |= {"reduced": reduced}
    # a generous time: the knob for the number of subjects is in the user's hand
    answer: dict[str, Any] = child.ask("call", bench.effort.timeout + 0.1 * count, place=_RUN, arguments=arguments)
    return answer


def _row(measure: str, workload: Workload, answer: dict[str, Any]) -> Row:
    return Row(measure, workload.id, COMPILED, answer | {"ms": 1e3 * answer["seconds"] / answer["subjects"]})
