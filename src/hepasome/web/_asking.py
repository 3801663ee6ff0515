"""Questions of readers that may take long or much: they are answered by processes of their own that can be ended.

DuckDB cannot be interrupted within one value (`SELECT list_sum(range(1000000000))`), and a table of a thousand effects
is pooled for hours: only a process has an end that holds.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import IO, Any

from pydantic import BaseModel

from hepasome.files import Finding, InputError, input_error
from hepasome.web._names import RefusedError
from hepasome.web._settings import Limits

_PLACES, _PATIENCE = 2, 5.0  # processes at one time, and s to wait for a free one
_START = 60.0  # s until a process is ready


class Asking:
    """Keeps processes that answer one question after the other, and ends one that takes too much."""

    def __init__(self, limits: Limits) -> None:
        self._limits, self._places = limits, threading.BoundedSemaphore(_PLACES)
        self._lock, self._idle = threading.Lock(), list[_Process]()

    def ask(self, task: str, question: BaseModel, detail: str = "") -> bytes:
        """What `hepasome.web._answering` answers.

        Args:
            task: One of its tasks.
            question: As that task takes it.
            detail: As that task takes it.

        Raises:
            InputError: If the question does not hold, or takes more time or memory than it may.
            RefusedError: If too many ask at once.
        """
        with self._place():
            process = self._taken()
            try:
                return process.ask(task, question, detail)
            finally:
                self._given_back(process)

    def prepare(self) -> None:
        """Start a process before somebody asks: it takes a second or two until it can answer."""
        with self._lock:
            if not self._idle:
                self._idle.append(_Process(self._limits))

    def close(self) -> None:
        """End all processes."""
        with self._lock:
            while self._idle:
                self._idle.pop().end()

    def _taken(self) -> _Process:
        with self._lock:
            while self._idle:
                process = self._idle.pop()
                if process.lives:
                    return process
                process.end()
        return _Process(self._limits)

    def _given_back(self, process: _Process) -> None:
        if not process.lives:
            process.end()
            return
        with self._lock:
            self._idle.append(process)

    @contextlib.contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(timeout=_PATIENCE):
            raise RefusedError("Other questions are being answered. Ask again in a moment.")
        try:
            yield
        finally:
            self._places.release()


class _Process:
    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        asked = [limits.answer_memory, limits.answer_seconds, limits.answer_rows, limits.answer_size]
        self._process = subprocess.Popen(  # noqa: S603 # our own module; no shell
            [sys.executable, "-m", "hepasome.web._answering", *map(str, asked)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the server
            env=os.environ | {"MPLBACKEND": "agg", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
        self._late, self._ready, self._last = False, False, False

    @property
    def lives(self) -> bool:
        """Whether it can answer another question."""
        return not (self._late or self._last) and self._process.poll() is None

    def end(self) -> None:
        """End it and let go of what it holds."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def ask(self, task: str, question: BaseModel, detail: str) -> bytes:
        """What it answers; the first question waits until it is ready, which does not count."""
        asked = {"task": task, "detail": detail, "question": question.model_dump()}
        if not self._ready:
            self._ready = self._heard(b"", _START)[0].get("ready", False)
            if not self._ready:
                raise RuntimeError("the process that answers did not start")
        said, content = self._heard(json.dumps(asked).encode() + b"\n", self._limits.answer_seconds)
        self._last = said.get("last", True)
        if self._late:
            raise _too_much(f"It takes more than {self._limits.answer_seconds:g} s.")
        if "findings" in said:
            raise InputError([Finding(**one) for one in said["findings"]])
        if "fault" in said:
            raise RuntimeError(said["fault"])
        if "size" not in said:
            raise _too_much(f"It takes more than {self._limits.answer_memory:,} MB of memory.")
        return content

    def _heard(self, told: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
        """What it says, and what follows; nothing if it was ended, by the system or for being late."""
        timer = threading.Timer(seconds, self._stop)
        timer.daemon = True
        timer.start()
        try:
            stdin, stdout = self._pipes()
            stdin.write(told)
            stdin.flush()
            said = json.loads(stdout.readline())
            content = stdout.read(said.get("size", 0))
            if len(content) == said.get("size", 0):
                return said, content
        except (OSError, ValueError):
            pass  # the pipe was cut
        finally:
            timer.cancel()
        self._process.kill()
        self._process.wait()
        return {}, b""

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise ValueError("no pipes")
        return stdin, stdout

    def _stop(self) -> None:
        self._late = True
        self._process.kill()


def _too_much(problem: str) -> InputError:
    remedy = "Ask for less (LIMIT, WHERE, fewer effects), or use the command line, which may take longer."
    return input_error("the question", problem, remedy)
