"""Many subjects, streamed in their order, each with the same bytes wherever it is computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

from hepasome.engine._job import Job, SimulatorName
from hepasome.engine._model import Model
from hepasome.engine._types import EngineError, Solver, Subject, Trajectory
from hepasome.engine._workers import Chunk, on_cluster, on_processes, on_threads

_LARGEST_CHUNK = 128
_SMALLEST_CHUNK = {"compiled": 16, "libroadrunner": 4}  # fewer would leave lanes of the processor empty

Result = TypeVar("Result")
OnDone = Callable[[int, int], None]


def simulate_ensemble(
    model: Model,
    subjects: Sequence[Subject],
    times: Sequence[float],
    outputs: Sequence[str],
    *,
    solver: Solver | None = None,
    simulator: SimulatorName = "compiled",
    workers: int = 2,
    scheduler: str | None = None,
    on_done: OnDone | None = None,
) -> Iterator[Trajectory]:
    """Simulate subjects, streamed in their order.

    Args:
        model: The model; compiled once and kept on disk.
        subjects: Whom to simulate. A sequence that makes its subjects when they are asked for holds few at a time.
        times: Output times, ascending, zero or above.
        outputs: Observables to read.
        solver: Method and tolerances.
        simulator: `compiled`, or `libroadrunner` as the reference.
        workers: Threads (compiled) or processes (libRoadRunner, or a local cluster); 1 simulates on this thread.
        scheduler: Address of a Dask scheduler whose workers simulate instead, or `local` for processes started here.
        on_done: Called with the number of subjects done and of all.

    Yields:
        One trajectory per subject. A subject that fails has a status and a reason and leaves the others alone.

    Raises:
        EngineError: Before anything is simulated, if the model cannot be, a name is unknown or the times are not
            ascending; later, if workers were lost.
    """
    job = Job(model, solver or Solver(), simulator, tuple(times), tuple(outputs))
    check_request(job, subjects)
    done = 0
    for trajectories in run_job(_simulate, job, subjects, workers=workers, scheduler=scheduler):
        for trajectory in trajectories:
            done += 1
            if on_done is not None:
                on_done(done, len(subjects))
            yield trajectory


def check_request(job: Job, subjects: Sequence[Subject]) -> None:
    """Check what can be checked before anything is simulated.

    Raises:
        EngineError: If the model cannot be simulated, a name is unknown or the times are not ascending.
    """
    # subjects that are made on demand are checked when they are made
    job.model.check(subjects if isinstance(subjects, list | tuple) else (), job.outputs)
    if any(time < 0 for time in job.times) or any(b <= a for a, b in pairwise(job.times)):
        raise EngineError("Output times must be zero or above and ascending.")
    job.check()


def run_job(
    work: Callable[[Job, Chunk], Result],
    job: Job,
    subjects: Sequence[Subject],
    *,
    workers: int,
    scheduler: str | None,
    size: int | None = None,
) -> Iterator[Result]:
    """Do the work of a job on chunks of subjects, results in order."""
    smallest = _SMALLEST_CHUNK[job.simulator]
    size = size or max(smallest, min(_LARGEST_CHUNK, -(-len(subjects) // (4 * workers))))

    def chunks() -> Iterator[Chunk]:
        for start in range(0, len(subjects), size):
            chunk = [subjects[i] for i in range(start, min(start + size, len(subjects)))]
            if not isinstance(subjects, list | tuple):
                job.model.check(chunk, ())
            yield chunk

    if scheduler is not None:
        return on_cluster(work, job, chunks(), scheduler, workers)
    if job.simulator == "compiled":
        return on_threads(work, job, chunks(), workers)
    return on_processes(work, job, chunks(), workers if len(subjects) > size else 1)


def _simulate(job: Job, chunk: Chunk) -> list[Trajectory]:
    return job.simulate(chunk)
