"""Files of a run that may be fetched, and nothing else of its folder."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from hepasome.web._names import FIGURE, MissingError, named
from hepasome.web._queue import RunQueue
from hepasome.web._worker import RESULTS

KINDS = ("svg", "png", "csv")
TABLES = ("endpoints", "subjects", "trajectories", "worlds")


def results(queue: RunQueue, name: str) -> dict[str, Any]:
    """The results of a run.

    Raises:
        MissingError: If there are none, or none yet.
    """
    queue.get(name)
    try:
        found: dict[str, Any] = json.loads((queue.folder(name) / RESULTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise MissingError("This run has no results yet.") from None
    return found


def report(queue: RunQueue, name: str) -> Path:
    """The report of a run.

    Raises:
        MissingError: If there is none.
    """
    queue.get(name)
    return _there(queue.folder(name) / "report.html")


def figure(queue: RunQueue, name: str, figure_name: str, kind: str) -> Path:
    """A figure of a run as a file, or its numbers.

    Raises:
        MissingError: If there is none.
    """
    queue.get(name)
    if kind not in KINDS or not re.fullmatch(FIGURE, figure_name):
        raise MissingError("There is no such figure.")
    return _there(named(queue.folder(name) / "figures", f"{figure_name}.{kind}", r"^.+$"))


def explained(queue: RunQueue, name: str) -> list[str]:
    """Names of the figures that explain a run; none if it was not explained.

    Raises:
        MissingError: If there is no such run.
    """
    queue.get(name)
    found = (queue.folder(name) / "explain").glob("*.svg")
    return sorted(path.stem for path in found if re.fullmatch(FIGURE, path.stem))


def explanation(queue: RunQueue, name: str, file: str, kind: str) -> Path:
    """A figure or table that explains a run, or its report with them.

    Raises:
        MissingError: If there is none.
    """
    queue.get(name)
    if kind not in (*KINDS, "html") or not re.fullmatch(FIGURE, file):
        raise MissingError("There is no such file.")
    return _there(named(queue.folder(name) / "explain", f"{file}.{kind}", r"^.+$"))


def table(queue: RunQueue, name: str, which: str) -> Path:
    """A table of a run, Parquet.

    Raises:
        MissingError: If there is none.
    """
    queue.get(name)
    if which not in TABLES:
        raise MissingError("There is no such table.")
    return _there(queue.folder(name) / f"{which}.parquet")


def _there(path: Path) -> Path:
    if not path.is_file() or path.is_symlink():
        raise MissingError("This file is not there, or not yet.")
    return path
