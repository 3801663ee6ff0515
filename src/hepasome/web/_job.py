"""A run as it was asked for: what the queue keeps of it, beside the folder of the run itself."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from hepasome.files import write_atomically

State = Literal["queued", "running", "complete", "failed", "cancelled"]
Task = Literal["run", "report", "explain", "design"]
LIVE: tuple[State, ...] = ("queued", "running")
JOB_FILE = "job.json"
Count = Annotated[int, Field(ge=0, le=2**63 - 1)]  # what a database holds in eight bytes


@dataclass(frozen=True)
class Job:
    """What is to be computed, and what became of it.

    Attributes:
        name: Name of the run, that of its folder.
        study: Id of the study.
        title: Its title.
        subjects: Animals per arm; None for the number of the study.
        seed: Seed of everything random.
        draws: Draws of what is not known.
        overrides: Parameter values that replace those of the tables.
        state: Where it is.
        message: Why it is there, if that needs a sentence.
        submitted: When it was asked for (ISO 8601, UTC).
        started: When it was last begun; empty before.
        finished: When it ended; empty before.
        total: Subjects that are simulated.
        task: What is computed: the run; the pages of one that the command line made; what explains its effects; or what
            designs of a trial are asked about.
        given: What the treated arms are given, in words.
        headline: What came out, in a line; empty before.
    """

    name: str
    study: str
    title: str
    subjects: Count | None = None
    seed: Count = 1
    draws: Count = 40
    overrides: dict[str, float] = field(default_factory=dict)
    state: State = "queued"
    message: str = ""
    submitted: str = ""
    started: str = ""
    finished: str = ""
    total: Count = 0
    task: Task = "run"
    given: str = ""
    headline: str = ""

    @property
    def is_live(self) -> bool:
        """Whether it waits or is computed."""
        return self.state in LIVE

    def now(self, state: State, message: str = "") -> Job:
        """The same in another state, from now on."""
        changed = replace(self, state=state, message=message)
        if state == "running":
            return replace(changed, started=moment(), finished="")
        return changed if state == "queued" else replace(changed, finished=moment())


_JOB = TypeAdapter(Job)


def moment() -> str:
    """Now, as text."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def write_job(folder: Path, job: Job) -> None:
    """Keep a job."""
    write_atomically(folder / JOB_FILE, json.dumps(asdict(job), indent=2) + "\n")


def read_job(folder: Path) -> Job | None:
    """A job that was kept; None if its file does not hold."""
    try:
        job = _JOB.validate_json((folder / JOB_FILE).read_bytes())  # another version may have written more or less
    except (OSError, ValidationError):
        return None
    return job if job.name == folder.name else None
