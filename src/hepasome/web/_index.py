"""The index of runs: an SQLite file that makes lists fast and can always be made again from the folders.

SQLite rather than DuckDB: several programs may read it while one writes, and it comes with Python.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hepasome.files import input_error
from hepasome.web._job import Job, read_job

INDEX = ".index.sqlite"
JOBS = ".jobs"
LOCK = ".server.lock"
_COLUMNS = tuple(Job.__dataclass_fields__)
_TABLE = f"CREATE TABLE runs ({', '.join(_COLUMNS)}, PRIMARY KEY (name))"


class Index:
    """Every run of a folder."""

    def __init__(self, runs: Path) -> None:
        self._runs, self._lock = runs, threading.Lock()
        runs.mkdir(parents=True, exist_ok=True)
        self._alone = _alone_in(runs)
        (runs / INDEX).unlink(missing_ok=True)  # it is made anew at every start: it then agrees with the folders
        self._data = sqlite3.connect(runs / INDEX, check_same_thread=False, isolation_level=None)
        self._data.execute(_TABLE)
        for folder in sorted(runs.glob(f"{JOBS}/*")):
            job = read_job(folder)
            if job is not None:
                self.put(job)

    def put(self, job: Job) -> None:
        """Add a run or replace what is known of it."""
        values = [json.dumps(value) if isinstance(value, dict) else value for value in asdict(job).values()]
        marks = ", ".join("?" * len(_COLUMNS))
        with self._lock:
            self._data.execute(f"INSERT OR REPLACE INTO runs VALUES ({marks})", values)  # noqa: S608 # no user's text

    def remove(self, name: str) -> None:
        """Forget a run."""
        with self._lock:
            self._data.execute("DELETE FROM runs WHERE name = ?", [name])

    def get(self, name: str) -> Job | None:
        """A run by its name."""
        return next(iter(self._select("WHERE name = ?", [name])), None)

    def find(self, study: str | None = None, state: str | None = None, limit: int = 200, offset: int = 0) -> list[Job]:
        """Runs, the latest first; of one study or in one state where that is asked."""
        where, values = [], []
        for column, value in (("study", study), ("state", state)):
            if value is not None:
                where.append(f"{column} = ?")
                values.append(value)
        condition = f"WHERE {' AND '.join(where)}" if where else ""
        return self._select(f"{condition} ORDER BY submitted DESC, name LIMIT ? OFFSET ?", [*values, limit, offset])

    def waiting(self) -> list[Job]:
        """Runs that wait, the first to come first."""
        return self._select("WHERE state = 'queued' ORDER BY submitted, name", [])

    def close(self) -> None:
        """Close the file, and let another server have the folder."""
        with self._lock:
            self._data.close()
            self._alone.close()

    def _select(self, rest: str, values: list[Any]) -> list[Job]:
        with self._lock:
            rows = self._data.execute(f"SELECT * FROM runs {rest}", values).fetchall()  # noqa: S608 # no user's text
        return [_job(row) for row in rows]


def _alone_in(runs: Path) -> sqlite3.Connection:
    """Holds the folder for one server: two would compute each run twice. The system lets go when the process ends.

    Raises:
        InputError: If another server has it.
    """
    lock = sqlite3.connect(runs / LOCK, timeout=0, check_same_thread=False, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        lock.close()
        remedy = "Use that one, or serve another --folder."
        raise input_error(str(runs), "Another hepasome serves this folder.", remedy) from None
    return lock


def _job(row: tuple[Any, ...]) -> Job:
    content = dict(zip(_COLUMNS, row, strict=True))
    return Job(**content | {"overrides": json.loads(content["overrides"])})
