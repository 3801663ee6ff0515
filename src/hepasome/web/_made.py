"""Runs that lie in the folder and were not asked for here: the command line made them."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hepasome.files import yaml_text
from hepasome.web._in_short import given
from hepasome.web._job import Job
from hepasome.web._names import RUN, RefusedError

_RUN_FILE = "run.json"


def made_elsewhere(runs: Path, known: Collection[str]) -> Iterator[Job]:
    """Runs of a folder that are not known yet; what is damaged is left out."""
    for name in sorted({path.name for path in runs.iterdir()}.difference(known)):  # every page of runs asks
        if not re.fullmatch(RUN, name):
            continue
        try:
            yield _job(runs / name / _RUN_FILE, name)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue


def study_of_run(folder: Path) -> str:
    """The study file of a run, from what the run says of itself.

    Raises:
        RefusedError: If it cannot be read.
    """
    try:
        return yaml_text(_content(folder / _RUN_FILE)["study"])
    except (OSError, ValueError, KeyError, TypeError):
        raise RefusedError("The file of this run is damaged. Run the study again.") from None


def _job(path: Path, name: str) -> Job:
    content = _content(path)
    study, settings = content["study"], content["settings"]
    made = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="milliseconds")
    complete = content["status"] == "complete"
    return Job(
        name,
        str(study["id"]),
        str(study["title"]),
        settings["subjects"],
        int(settings["seed"]),
        int(settings["draws"]),
        dict(settings["overrides"]),
        "complete" if complete else "cancelled",
        "Made by the command line." if complete else "Begun by the command line and not finished.",
        made,
        made,
        made,
        given=given(study),
    )


def _content(path: Path) -> dict[str, Any]:
    content = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise ValueError("not a mapping")
    return content
