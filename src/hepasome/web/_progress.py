"""How far a run is, and how long it will take at the speed that was measured."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

_SETTLED = 2.0  # s of measured progress before anything is said about the time left


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes:
        phase: What it does, in words.
        done: Subjects simulated.
        total: Subjects to simulate; 0 while that is not known.
        remaining: Seconds until all are simulated, at the measured speed; None while there is no measure.
    """

    phase: str = "waiting"
    done: int = 0
    total: int = 0
    remaining: float | None = None


class Measured:
    """Measures the progress of one process.

    Subjects that an earlier process had finished are no speed of this one: measuring begins at the first count.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now, self._first, self.progress = now, (0.0, 0), Progress("starting")

    def hear(self, said: dict[str, object]) -> None:
        """Take what the process says of itself."""
        phase = str(said.get("phase", self.progress.phase))
        if "done" not in said:
            self.progress = Progress(phase, self.progress.done, self.progress.total)
            return
        done, total, at = int(str(said["done"])), int(str(said["total"])), self._now()
        if self.progress.phase != phase:
            self._first = (at, done)
        since, before = self._first
        gone, made = at - since, done - before
        remaining = gone / made * (total - done) if made > 0 and gone >= _SETTLED else None
        self.progress = Progress(phase, done, total, remaining)
