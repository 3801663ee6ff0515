"""The parent's side of a contender's process: starting, asking, waiting no longer than allowed, ending."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

# one core each: libraries that start threads of their own would be timed with more
_ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
) | {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"}


class ContenderFailed(RuntimeError):  # noqa: N818 - it is an outcome, shown in the table
    """A process could not do what it was asked; the message is a sentence for the table."""


class Child:
    """A process of its own for one contender.

    Args:
        cache: Folder that it may use as a cache of compiled models; what is there already is found.
        cores: How many cores it may use; where the system cannot bind a process, they are not bound.
    """

    def __init__(self, cache: Path, cores: int = 1) -> None:
        self.started = time.perf_counter()
        self._complaints = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed by `end`
        environment = os.environ | _ONE_THREAD | {"XDG_CACHE_HOME": str(cache), "HEPASOME_CACHE": str(cache / "own")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "hepasome.bench._child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            text=True,
            env=environment,
        )
        bind(self._process.pid, cores)
        self._answers: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    @property
    def process_id(self) -> int:
        """Of the process."""
        return self._process.pid

    def ask(self, do: str, timeout: float, **arguments: Any) -> dict[str, Any]:
        """Ask for something and wait for the answer.

        Args:
            do: The request.
            timeout: Seconds to wait; then the process is ended.
            arguments: Of the request.

        Raises:
            ContenderFailed: If it raised something, ended, or gave no answer in time.
        """
        self.send(do, **arguments)
        return self.answer(timeout)

    def send(self, do: str, **arguments: Any) -> None:
        """Ask for something without waiting."""
        if self._process.stdin is None:
            raise ContenderFailed("The process takes no requests.")
        try:
            self._process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise ContenderFailed(self._last_words()) from None

    def answer(self, timeout: float) -> dict[str, Any]:
        """Wait for the answer to what was sent.

        Raises:
            ContenderFailed: If it raised something, ended, or gave no answer in time.
        """
        try:
            line = self._answers.get(timeout=timeout)
        except queue.Empty:
            self.end()
            raise ContenderFailed(f"It gave no answer within {timeout:.3g} s.") from None
        if not line:
            raise ContenderFailed(self._last_words())
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise ContenderFailed(f"It failed: {answer['error']}")
        return answer

    def end(self) -> None:
        """End the process at once, as `kill -9` does."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._complaints.close()

    def _listen(self) -> None:
        if self._process.stdout is not None:
            try:
                for line in self._process.stdout:
                    self._answers.put(line)
            except ValueError:
                pass  # closed while it was read: nobody waits any more
        self._answers.put("")

    def _last_words(self) -> str:
        code = self._process.wait()
        self._complaints.seek(0)
        lines = self._complaints.read().strip().splitlines()
        return f"Its process ended with code {code}" + (f": {lines[-1]}" if lines else ".")


def bind(process: int, cores: int) -> None:
    """Bind a process to the last `cores` of the cores that this one may use; this one keeps the first if it can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(process, sorted(os.sched_getaffinity(0))[-cores:])


def cores_here() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
