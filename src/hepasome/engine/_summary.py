"""Reductions computed as subjects finish, so that a million subjects need no more memory than a hundred."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hepasome.engine._ensemble import OnDone, check_request, run_job
from hepasome.engine._job import Job, SimulatorName
from hepasome.engine._model import Model
from hepasome.engine._store import Arrays, ChunkStore
from hepasome.engine._types import EngineError, Solver, Status, Subject
from hepasome.engine._workers import Chunk

_CHUNK = 256  # fixed: sums over a chunk, and with them the last digits of the statistics, never depend on the machine
_MOST_REASONS = 100
_STATUSES = list(Status)


@dataclass(frozen=True)
class Summary:
    """What is kept of an ensemble.

    Attributes:
        times: Output times, shape (n,).
        outputs: Names of the outputs, m of them.
        completed: Subjects that were simulated to the end; the statistics are theirs.
        mean: Shape (n, m).
        standard_deviation: Between subjects, shape (n, m); not a number for fewer than two.
        minimum: Shape (n, m).
        maximum: Shape (n, m).
        endpoints: Output and time of each endpoint, k of them.
        values: Value of every endpoint for every subject, shape (subjects, k); not a number after a failure.
        status: How every subject ended, place in `Status`, shape (subjects,).
        reasons: Key and reason of the first subjects that failed.
    """

    times: NDArray[np.float64]
    outputs: tuple[str, ...]
    completed: int
    mean: NDArray[np.float64]
    standard_deviation: NDArray[np.float64]
    minimum: NDArray[np.float64]
    maximum: NDArray[np.float64]
    endpoints: tuple[tuple[str, float], ...]
    values: NDArray[np.float64]
    status: NDArray[np.int8]
    reasons: tuple[tuple[str, str], ...]


def summarise_ensemble(
    model: Model,
    subjects: Sequence[Subject],
    times: Sequence[float],
    outputs: Sequence[str],
    endpoints: Sequence[tuple[str, float]] = (),
    *,
    solver: Solver | None = None,
    simulator: SimulatorName = "compiled",
    workers: int = 2,
    scheduler: str | None = None,
    folder: Path | None = None,
    name: str = "",
    on_done: OnDone | None = None,
) -> Summary:
    """Simulate subjects and keep only their endpoints and the statistics of their courses.

    Args:
        model: The model.
        subjects: Whom to simulate; a sequence that makes its subjects on demand keeps the memory small.
        times: Output times, ascending, zero or above.
        outputs: Observables to read.
        endpoints: Output and time to keep of every subject; both must be among the ones above.
        solver: Method and tolerances.
        simulator: `compiled` or `libroadrunner`.
        workers: Threads or processes.
        scheduler: Address of a Dask scheduler, or `local`.
        folder: Where finished chunks are kept; the same call continues an interrupted one and gives the same bytes.
        name: With a folder: what tells these subjects from others, for example their seed.
        on_done: Called with the number of subjects done and of all.

    Raises:
        EngineError: As `simulate_ensemble`; or if an endpoint is not among the outputs and times, or the folder holds
            other work.
    """
    job = Job(model, solver or Solver(), simulator, tuple(times), tuple(outputs))
    check_request(job, subjects)
    places = tuple((_place(job.times, time), _place(job.outputs, output)) for output, time in endpoints)
    work = partial(_reduce, places=places)
    store = None if folder is None else ChunkStore(folder, _identity(job, endpoints, len(subjects), name))
    total = _Total(job, tuple(endpoints), len(subjects))
    missing = [i for i in range(-(-len(subjects) // _CHUNK)) if store is None or not total.known(i, store.load(i))]
    computed = _compute(work, job, subjects, missing, workers, scheduler)
    for i, arrays in zip(missing, computed, strict=True):
        if store is not None:
            store.save(i, arrays)
        total.known(i, arrays)
        if on_done is not None:
            on_done(total.done, len(subjects))
    return total.summary()


def _compute(
    work: partial[Arrays],
    job: Job,
    subjects: Sequence[Subject],
    missing: list[int],
    workers: int,
    scheduler: str | None,
) -> Iterator[Arrays]:
    class Missing(Sequence[Subject]):
        """The subjects of the missing chunks; all chunks but the last are full."""

        def __len__(self) -> int:
            return sum(min(_CHUNK, len(subjects) - i * _CHUNK) for i in missing)

        def __getitem__(self, k: int) -> Subject:  # type: ignore[override] # never asked for a slice
            return subjects[missing[k // _CHUNK] * _CHUNK + k % _CHUNK]

    return run_job(work, job, Missing(), workers=workers, scheduler=scheduler, size=_CHUNK)


def _reduce(job: Job, chunk: Chunk, places: tuple[tuple[int, int], ...]) -> Arrays:
    """What is kept of a chunk."""
    trajectories = job.simulate(chunk)
    shape = (len(job.times), len(job.outputs))
    whole = [t.values for t in trajectories if t.status is Status.COMPLETED]
    courses = np.stack(whole) if whole else np.empty((0, *shape))
    mean = courses.mean(axis=0) if whole else np.zeros(shape)
    values = np.full((len(chunk), len(places)), np.nan)
    for row, trajectory in zip(values, trajectories, strict=True):
        for k, (time, output) in enumerate(places):
            if time < len(trajectory.values):
                row[k] = trajectory.values[time, output]
    failed = [(t.key, t.reason) for t in trajectories if t.status is not Status.COMPLETED][:_MOST_REASONS]
    return {
        "completed": np.array(len(whole)),
        "mean": mean,
        "squares": ((courses - mean) ** 2).sum(axis=0),
        "minimum": courses.min(axis=0, initial=np.inf),
        "maximum": courses.max(axis=0, initial=-np.inf),
        "values": values,
        "status": np.array([_STATUSES.index(t.status) for t in trajectories], np.int8),
        "reasons": np.frombuffer(json.dumps(failed).encode(), np.uint8),
    }


class _Total:
    """Adds chunks up in their order, whatever the order in which they become known."""

    def __init__(self, job: Job, endpoints: tuple[tuple[str, float], ...], subjects: int) -> None:
        shape = (len(job.times), len(job.outputs))
        self._job, self._endpoints = job, endpoints
        self._waiting: dict[int, Arrays] = {}
        self._next = self._completed = self.done = 0
        self._mean, self._squares = np.zeros(shape), np.zeros(shape)
        self._minimum, self._maximum = np.full(shape, np.inf), np.full(shape, -np.inf)
        self._values = np.full((subjects, len(endpoints)), np.nan)
        self._status = np.zeros(subjects, np.int8)
        self._reasons: list[tuple[str, str]] = []

    def known(self, chunk: int, arrays: Arrays | None) -> bool:
        """Take the results of a chunk, if there are any."""
        if arrays is None:
            return False
        self.done += len(arrays["status"])
        self._waiting[chunk] = arrays
        while self._next in self._waiting:
            self._add(self._next * _CHUNK, self._waiting.pop(self._next))
            self._next += 1
        return True

    def _add(self, start: int, arrays: Arrays) -> None:
        """Chan, Golub & LeVeque 1983 Am Stat 37:242, equation 1.5."""
        count = int(arrays["completed"])
        if count:
            both = self._completed + count
            difference = arrays["mean"] - self._mean
            self._mean = self._mean + difference * (count / both)
            self._squares = self._squares + arrays["squares"] + difference**2 * (self._completed * count / both)
            self._minimum = np.minimum(self._minimum, arrays["minimum"])
            self._maximum = np.maximum(self._maximum, arrays["maximum"])
            self._completed = both
        stop = start + len(arrays["status"])
        self._values[start:stop], self._status[start:stop] = arrays["values"], arrays["status"]
        if len(self._reasons) < _MOST_REASONS:
            found = [(key, reason) for key, reason in json.loads(arrays["reasons"].tobytes())]
            self._reasons = (self._reasons + found)[:_MOST_REASONS]

    def summary(self) -> Summary:
        n = self._completed
        none = np.full_like(self._mean, np.nan)
        return Summary(
            times=np.array(self._job.times),
            outputs=self._job.outputs,
            completed=n,
            mean=self._mean if n else none,
            standard_deviation=np.sqrt(self._squares / (n - 1)) if n > 1 else none,
            minimum=self._minimum if n else none,
            maximum=self._maximum if n else none,
            endpoints=self._endpoints,
            values=self._values,
            status=self._status,
            reasons=tuple(self._reasons),
        )


def _place(values: Sequence[object], value: object) -> int:
    if value not in values:
        raise EngineError(f"The endpoint `{value}` is not among the outputs and times that are read.")
    return values.index(value)


def _identity(job: Job, endpoints: Sequence[tuple[str, float]], subjects: int, name: str) -> dict[str, object]:
    request = [asdict(job.solver), job.simulator, job.times, job.outputs, list(endpoints), subjects, _CHUNK]
    return {
        "model": job.model.hash,
        "request": hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest(),
        "subjects": name,
    }
