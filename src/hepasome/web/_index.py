"""The index of runs: a DuckDB file that makes lists fast and can always be made again from the folders."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb

from hepasome.files import input_error
from hepasome.web._job import Job, read_job
from hepasome.web._run_table import CREATE, Placed, RunTable

INDEX = ".index.duckdb"
JOBS = ".jobs"
LOCK = ".server.lock"
_MOST_KEPT = 1000  # answers
_OUR_OWN = ""  # the place of all its rows: a folder has one server
_QUIET: dict[
    str, str | bool | int | float | list[str]
] = {  # one thread is enough for small tables; nothing is loaded from elsewhere
    "threads": 1,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


class Index(RunTable):
    """Every run of a folder.

    Args:
        runs: The folder.

    Raises:
        InputError: If another server has the folder.
    """

    def __init__(self, runs: Path) -> None:
        runs.mkdir(parents=True, exist_ok=True)
        self._alone, self._lock = _alone_in(runs), threading.Lock()
        self._kept: dict[tuple[Any, ...], list[Placed]] = {}
        for old in runs.glob(f"{INDEX}*"):  # made anew at every start, it agrees with the folders; the log goes with it
            old.unlink()
        database = DuckDatabase(runs / INDEX)
        database.execute(CREATE)
        super().__init__(database, _OUR_OWN)
        found = (read_job(folder) for folder in runs.glob(f"{JOBS}/*"))
        self.put([job for job in found if job is not None])

    def put(self, jobs: Iterable[Job]) -> None:
        """Add runs, each of another name, or replace what is known of them."""
        with self._lock:
            super().put(jobs)
            self._kept.clear()

    def remove(self, names: Iterable[str]) -> None:
        """Forget runs."""
        with self._lock:
            super().remove(names)
            self._kept.clear()

    def close(self) -> None:
        """Close the file, and let another server have the folder."""
        super().close()
        self._alone.close()

    def _select(self, sql: str, values: Sequence[Any]) -> list[Placed]:
        """What was found is kept until something changes: many readers ask the same, and each waits for the others."""
        asked = (sql, *values)
        with self._lock:
            if asked not in self._kept:
                if len(self._kept) >= _MOST_KEPT:
                    self._kept.clear()
                self._kept[asked] = super()._select(sql, values)
            return self._kept[asked]


class DuckDatabase:
    """A DuckDB file that several threads use, one after the other.

    Args:
        path: The file; made if it is not there.
    """

    def __init__(self, path: Path) -> None:
        self._connection, self._lock = duckdb.connect(path, config=_QUIET), threading.Lock()

    def execute(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement."""
        with self._lock:
            return self._connection.execute(sql, list(values)).fetchall()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()


def _alone_in(runs: Path) -> sqlite3.Connection:
    """Holds the folder for one server: two would compute each run twice. The system lets go when the process ends.

    It is a file of its own since the index is thrown away at every start. SQLite locks it the same way on every system.

    Raises:
        InputError: If another server has it, or nothing can be written there.
    """
    try:
        lock = sqlite3.connect(runs / LOCK, timeout=0, check_same_thread=False, isolation_level=None)
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error:
            lock.close()
            raise
    except sqlite3.Error as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            remedy = "Use that one, or serve another --folder."
            raise input_error(str(runs), "Another hepasome serves this folder.", remedy) from None
        problem = f"The server cannot hold this folder ({error})."
        raise input_error(str(runs), problem, f"Let it write {LOCK} there, or serve another --folder.") from None
    return lock
