"""The arithmetic floor: how long a subject would take if one core did nothing but the method's operations."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

from hepasome.bench._contenders import COMPILED
from hepasome.bench._effort import Bench
from hepasome.bench._process import ContenderFailed
from hepasome.bench._report import Row
from hepasome.bench._work import Workload, load_workload

_COUNT = "hepasome.bench._floor:count"
_SIZE = 1024


def measure_floor(bench: Bench, workload: Workload, milliseconds: float | None) -> list[Row]:
    """The floor, and the measured time in units of it.

    Args:
        bench: Where.
        workload: What is simulated.
        milliseconds: Measured time per subject of the compiled engine on one core, if it was measured.
    """
    bench.on_note(f"{workload.title}: arithmetic floor")
    try:
        with bench.child("floor") as child:
            arguments = {"folder": str(bench.workload_folder(workload.id))}
            values = child.ask("call", bench.effort.timeout, place=_COUNT, arguments=arguments)
    except ContenderFailed as failed:
        return [Row("floor", workload.id, COMPILED, {}, str(failed))]
    values["floor_ms"] = 1e3 * values["operations"] / values["operations_per_s"]
    if milliseconds is not None:
        values |= {"ms": milliseconds, "of_floor": milliseconds / values["floor_ms"]}
    return [Row("floor", workload.id, COMPILED, values)]


def count(folder: str) -> dict[str, Any]:
    """In the child: operations of a subject, and operations per second of this core."""
    from hepasome.bench._adapters import operations_per_subject

    operations = operations_per_subject(load_workload(Path(folder)))
    return {"operations": operations, "operations_per_s": peak_rate()}


def peak_rate(repeats: int = 5) -> float:
    """Operations per second of one core in a product of large matrices, where little else limits it."""
    matrix = np.random.default_rng(1).standard_normal((_SIZE, _SIZE))
    matrix @ matrix
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        matrix @ matrix
        seconds.append(time.perf_counter() - start)
    return 2 * _SIZE**3 / min(seconds)
