"""Handing chunks to threads, processes or a cluster, and giving back their results in order."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from hepasome.engine._job import Job
from hepasome.engine._types import EngineError, Subject

Chunk = Sequence[Subject]
Result = TypeVar("Result")
_AHEAD = 3  # chunks per worker that are handed out before the first is waited for


def on_threads(
    work: Callable[[Job, Chunk], Result], job: Job, chunks: Iterable[Chunk], workers: int
) -> Iterator[Result]:
    """On threads of this process; compiled code runs beside Python."""
    if workers <= 1:
        yield from (work(job, chunk) for chunk in chunks)
        return
    pool = ThreadPoolExecutor(workers)
    try:
        yield from _in_order((pool.submit(work, job, chunk) for chunk in chunks), workers)
    finally:
        job.cancel[0] = 1
        pool.shutdown(cancel_futures=True)
        job.cancel[0] = 0


def on_processes(
    work: Callable[[Job, Chunk], Result], job: Job, chunks: Iterable[Chunk], workers: int
) -> Iterator[Result]:
    """On processes of this machine, for simulators that hold Python's lock.

    Raises:
        EngineError: If a process was killed.
    """
    from loky import ProcessPoolExecutor  # only the reference simulator needs them
    from loky.process_executor import TerminatedWorkerError

    if workers <= 1:
        yield from (work(job, chunk) for chunk in chunks)
        return
    pool = ProcessPoolExecutor(workers, initializer=_start_worker, initargs=(os.getpid(),))
    try:
        yield from _in_order((pool.submit(work, job, chunk) for chunk in chunks), workers)
    except TerminatedWorkerError as error:
        raise EngineError(
            "A worker process was killed, probably because memory ran out. "
            "Use fewer workers or subjects; what is finished is kept."
        ) from error
    finally:
        pool.shutdown(kill_workers=True)


def on_cluster(
    work: Callable[[Job, Chunk], Result], job: Job, chunks: Iterable[Chunk], scheduler: str, workers: int
) -> Iterator[Result]:
    """On the workers of a Dask scheduler.

    Args:
        work: What is done with a chunk.
        job: The job.
        chunks: Subjects.
        scheduler: Address of the scheduler, or `local` for processes on this machine.
        workers: How many processes `local` starts.

    Raises:
        EngineError: If Dask is not installed, nobody answers at the address, or the workers are lost for good.
    """
    try:
        from distributed import Client, KilledWorker, LocalCluster
    except ImportError as error:
        raise EngineError("To use a cluster, install it: pip install 'hepasome[cluster]'.") from error
    local = None
    try:
        if scheduler == "local":
            # one thread each: the work is bounded by the processor, and a worker holds no more than its chunk
            local = LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None)
        try:
            client = Client(local or scheduler, timeout="10s", set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise EngineError(f"No Dask scheduler answers at {scheduler}: {error}") from error
        with client:
            count = max(1, len(client.scheduler_info(n_workers=-1)["workers"]))
            try:
                futures = (client.submit(work, job, chunk, pure=False, retries=3) for chunk in chunks)
                yield from _in_order(futures, count)
            except KilledWorker as error:
                raise EngineError(
                    "A chunk of subjects lost its worker again and again, probably because memory ran out there. "
                    "What is finished is kept; the same command continues."
                ) from error
    finally:
        if local is not None:
            local.close()


def _in_order(futures: Iterable[Any], workers: int) -> Iterator[Any]:
    waiting: deque[Any] = deque()
    for future in futures:
        waiting.append(future)
        if len(waiting) > _AHEAD * workers:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _start_worker(parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent stops its workers
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """End this process when its parent was killed and could not stop it."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
