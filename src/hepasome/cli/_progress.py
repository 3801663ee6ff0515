"""A progress bar whose estimate is the measured speed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from hepasome.trial import Progress as OnProgress


@contextmanager
def progress_bar(title: str, console: Console, counted: str = "subjects") -> Iterator[OnProgress]:
    """Show a bar while something runs; the value is to be called with how many are done of how many."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(f"{counted},"),
        TimeElapsedColumn(),
        TextColumn("gone,"),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    progress = Progress(*columns, console=console, speed_estimate_period=60)
    task = progress.add_task(title, total=None)
    with ExitStack() as shown:

        def on_progress(done: int, total: int) -> None:
            if not progress.live.is_started:  # nothing is shown of an input that is refused
                shown.enter_context(progress)
            progress.update(task, completed=done, total=total)

        yield on_progress
