"""Many subjects over several processes, in their order, each with the same bytes wherever it is computed."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from loky import ProcessPoolExecutor
from loky.process_executor import TerminatedWorkerError

from hepasome.engine._model import Model
from hepasome.engine._roadrunner import RoadRunnerSimulator
from hepasome.engine._types import EngineError, Solver, Subject, Trajectory

_CHUNK = 4
_AHEAD = 4  # chunks per worker that are handed out before the first is waited for

_simulator: RoadRunnerSimulator | None = None


def simulate_ensemble(
    model: Model,
    subjects: Sequence[Subject],
    times: Sequence[float],
    outputs: Sequence[str],
    *,
    solver: Solver | None = None,
    workers: int = 2,
    on_done: Callable[[int, int], None] | None = None,
) -> Iterator[Trajectory]:
    """Simulate subjects, streamed in their order.

    Args:
        model: The model; compiled once per worker.
        subjects: Whom to simulate.
        times: Output times, ascending, zero or above.
        outputs: Observables to read.
        solver: Tolerances.
        workers: Processes; 1 simulates in this one.
        on_done: Called with the number of subjects done and of all.

    Yields:
        One trajectory per subject. A subject that fails has a status and a reason and leaves the others alone.

    Raises:
        EngineError: Before anything is simulated, if a name is unknown or the times are not ascending; later, if a
            worker process was killed.
    """
    solver = solver or Solver()
    model.check(subjects, outputs)
    if any(time < 0 for time in times) or any(b <= a for a, b in pairwise(times)):
        raise EngineError("Output times must be zero or above and ascending.")
    for done, trajectory in enumerate(_stream(model, subjects, tuple(times), tuple(outputs), solver, workers), 1):
        if on_done is not None:
            on_done(done, len(subjects))
        yield trajectory


def _stream(
    model: Model,
    subjects: Sequence[Subject],
    times: tuple[float, ...],
    outputs: tuple[str, ...],
    solver: Solver,
    workers: int,
) -> Iterator[Trajectory]:
    if workers <= 1 or len(subjects) <= _CHUNK:
        simulator = RoadRunnerSimulator(model, solver)
        yield from (simulator.simulate(subject, times, outputs) for subject in subjects)
        return
    pool = ProcessPoolExecutor(workers, initializer=_start_worker, initargs=(model, solver, os.getpid()))
    try:
        chunks = (subjects[i : i + _CHUNK] for i in range(0, len(subjects), _CHUNK))
        waiting: deque[Any] = deque()
        for chunk in chunks:
            waiting.append(pool.submit(_simulate_chunk, chunk, times, outputs))
            if len(waiting) > _AHEAD * workers:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    except TerminatedWorkerError as error:
        raise EngineError(
            "A worker process was killed, probably because memory ran out. "
            "Use fewer workers or subjects; what is finished is kept."
        ) from error
    finally:
        pool.shutdown(kill_workers=True)


def _start_worker(model: Model, solver: Solver, parent: int) -> None:
    global _simulator
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent stops its workers
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _simulator = RoadRunnerSimulator(model, solver)


def _end_with(parent: int) -> None:
    """End this process when its parent was killed and could not stop it."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _simulate_chunk(chunk: Sequence[Subject], times: tuple[float, ...], outputs: tuple[str, ...]) -> list[Trajectory]:
    if _simulator is None:
        raise EngineError("The worker was not started.")
    return [_simulator.simulate(subject, times, outputs) for subject in chunk]
