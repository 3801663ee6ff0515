"""The process of one contender: takes requests as lines of JSON and answers them so.

Run by the benchmark with `python -m hepasome.bench._child`. It imports little, so that what a contender needs to start
is the contender's own.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from hepasome.bench._contenders import load
from hepasome.bench._errors import Loss
from hepasome.bench._work import Array, load_workload


class Session:
    """What one process knows between requests. Every public method is a request; what it returns is the answer."""

    def prepare(self, folder: str, place: str, tighten: float) -> dict[str, Any]:
        """Load the contender at `module:Class` and compile the workload in a folder for it."""
        start = time.perf_counter()
        kind = load(place)
        self._workload = load_workload(Path(folder))
        self._contender = kind(self._workload, tighten)
        loaded = time.perf_counter()
        note = self._contender.prepare()
        seconds = time.perf_counter() - loaded
        return {"seconds": seconds, "import_seconds": loaded - start, "note": note, "lanes": kind.lanes}

    def simulate(self, first: int, count: int, keep: str | None) -> dict[str, Any]:
        """Simulate subjects of the workload; `keep` is a file for their trajectories, (subjects, times, states)."""
        batch = self._contender.batch(self._workload.rows(first, count))
        start = time.perf_counter()
        found = self._contender.simulate(batch)
        seconds = time.perf_counter() - start
        shape = len(self._workload.times), len(self._workload.states)
        complete = [course.shape == shape and bool(np.isfinite(course).all()) for course in found]
        if keep is not None:
            np.save(keep, np.array([_filled(course, shape) for course in found]))
        return {"seconds": seconds, "failed": len(complete) - sum(complete)}

    def gradient(self, places: list[int], target: str, scale: list[float], step: float) -> dict[str, Any]:
        """Gradient of the loss of the first subject; and the time of a trajectory, alone and in as large a batch."""
        loss = Loss(np.load(target), np.array(scale))
        alone = self.simulate(0, 1, None)["seconds"]
        batch = self._contender.batch(self._workload.rows(0, 2 * len(places)))
        start = time.perf_counter()
        self._contender.simulate(batch)
        middle = time.perf_counter()
        values = self._contender.gradient(self._workload.values[0], places, loss, step)
        seconds = time.perf_counter() - middle
        share = (middle - start) / (2 * len(places))
        return {"seconds": seconds, "alone": alone, "share": share, "values": values.tolist()}

    def call(self, place: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Call the function at `module:function`."""
        module, name = place.split(":")
        answer: dict[str, Any] = getattr(importlib.import_module(module), name)(**arguments)
        return answer

    def memory(self) -> dict[str, Any]:
        """The largest memory this process had, MB."""
        return {"peak_mb": peak_megabytes()}


def peak_megabytes() -> float:
    """The largest resident memory of this process so far, MB (10^6 bytes)."""
    status = Path("/proc/self/status")
    if status.exists():  # the figure of getrusage would include the process that started this one
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6  # bytes on macOS


def main() -> None:
    """Answer requests until there are no more."""
    # solvers write their warnings past every logger: what they write to the standard output goes nowhere
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    session = Session()
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = getattr(session, request.pop("do"))(**request)
        except Exception as error:  # whatever a contender raises is its row in the table
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


def _filled(course: Array, shape: tuple[int, int]) -> Array:
    found = np.full(shape, np.nan)
    found[: len(course)] = course
    return found


if __name__ == "__main__":
    main()
