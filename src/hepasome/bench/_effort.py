"""How much is measured, and with what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hepasome.bench._contenders import Entry
from hepasome.bench._process import Child


@dataclass(frozen=True)
class Effort:
    """How much is measured.

    Attributes:
        subjects: Different subjects of every workload.
        repeats: How often every contender is timed.
        slice: Seconds that a contender should take each time.
        error_subjects: Subjects whose trajectories are compared with the reference.
        check_subjects: Subjects of the reference that a second solver checks.
        timeout: Seconds after which a contender that gives no answer is ended.
        cold_starts: How often a start is timed.
        gradient_parameters: Parameters of the gradient.
        scaling_subjects: Numbers of subjects of the runs on one core.
        streamed_subjects: Subjects of the run whose memory is measured, and of those on several cores a tenth.
        kept_subjects: Subjects of the run that is killed.
        viewers: Who look at pages of the web application at once.
        looking: Seconds that they do.
        slow: Whether contenders that take minutes to prepare take part.
    """

    subjects: int = 500
    repeats: int = 5
    slice: float = 2.0
    error_subjects: int = 16
    check_subjects: int = 3
    timeout: float = 240.0
    cold_starts: int = 3
    gradient_parameters: int = 30
    scaling_subjects: tuple[int, ...] = (10, 100, 1_000, 10_000)
    streamed_subjects: int = 20_000
    kept_subjects: int = 20_000
    viewers: int = 50
    looking: float = 30.0
    slow: bool = True


FULL = Effort()
QUICK = Effort(
    subjects=16,
    repeats=2,
    slice=0.2,
    error_subjects=2,
    check_subjects=1,
    timeout=60.0,
    cold_starts=1,
    gradient_parameters=3,
    scaling_subjects=(8, 16),
    streamed_subjects=160,
    kept_subjects=300,
    viewers=10,
    looking=2.0,
    slow=False,
)


@dataclass(frozen=True)
class Bench:
    """Where everything is measured.

    Attributes:
        effort: How much.
        entries: Who takes part, by id.
        folder: For workloads, trajectories and caches of this benchmark; removed at its end.
        on_note: Called with a short sentence about what is being done.
    """

    effort: Effort
    entries: Mapping[str, Entry]
    folder: Path
    on_note: Callable[[str], None]

    def child(self, cache: str, cores: int = 1) -> Child:
        """A new process with a cache of its own name."""
        return Child(self.folder / "caches" / cache, cores)

    def workload_folder(self, workload: str) -> Path:
        """Where a workload is kept."""
        return self.folder / "workloads" / workload

    def left_out(self, entry: Entry, states: int) -> str:
        """Why a contender is not asked to simulate a model with so many states, as a sentence; empty if it is."""
        if reason := entry.missing():
            return reason
        if entry.largest is None:
            return ""
        if not self.effort.slow:
            return "Left out of a quick run, because it compiles for long."
        return f"{states} states are more than the {entry.largest} it is asked for." if states > entry.largest else ""

    def prepare(self, child: Child, entry: Entry, workload: str, tighten: float = 1.0) -> dict[str, object]:
        """Let a process prepare a contender for a workload; its answer."""
        folder = str(self.workload_folder(workload))
        return child.ask("prepare", self.effort.timeout, folder=folder, place=entry.place, tighten=tighten)
