"""The table of runs, in SQL that DuckDB and PostgreSQL both take word for word.

A row belongs to a place: one server with its folder. A place writes its own rows and no others.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple, Protocol

from hepasome.web._job import Job

# text that is sorted is compared sign by sign, as Python does, whatever the language of the database
CREATE = """
CREATE TABLE hepasome_runs (
    place TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    study TEXT NOT NULL,
    title TEXT NOT NULL,
    subjects BIGINT,
    seed BIGINT NOT NULL,
    draws BIGINT NOT NULL,
    overrides TEXT NOT NULL,
    state TEXT NOT NULL,
    message TEXT NOT NULL,
    submitted TEXT COLLATE "C" NOT NULL,
    started TEXT NOT NULL,
    finished TEXT NOT NULL,
    total BIGINT NOT NULL,
    task TEXT NOT NULL,
    given TEXT NOT NULL,
    headline TEXT NOT NULL,
    PRIMARY KEY (place, name)
)
"""
# one list a column: a thousand runs are one statement
_PUT = """
INSERT INTO hepasome_runs (
    place, name, study, title, subjects, seed, draws, overrides, state, message,
    submitted, started, finished, total, task, given, headline
)
SELECT
    unnest($1::TEXT[]), unnest($2::TEXT[]), unnest($3::TEXT[]), unnest($4::TEXT[]), unnest($5::BIGINT[]),
    unnest($6::BIGINT[]), unnest($7::BIGINT[]), unnest($8::TEXT[]), unnest($9::TEXT[]), unnest($10::TEXT[]),
    unnest($11::TEXT[]), unnest($12::TEXT[]), unnest($13::TEXT[]), unnest($14::BIGINT[]), unnest($15::TEXT[]),
    unnest($16::TEXT[]), unnest($17::TEXT[])
ON CONFLICT (place, name) DO UPDATE SET
    study = excluded.study, title = excluded.title, subjects = excluded.subjects, seed = excluded.seed,
    draws = excluded.draws, overrides = excluded.overrides, state = excluded.state, message = excluded.message,
    submitted = excluded.submitted, started = excluded.started, finished = excluded.finished, total = excluded.total,
    task = excluded.task, given = excluded.given, headline = excluded.headline
"""
_REMOVE = "DELETE FROM hepasome_runs WHERE place = $1 AND name = ANY($2::TEXT[])"
_SELECT = """
SELECT
    place, name, study, title, subjects, seed, draws, overrides, state, message,
    submitted, started, finished, total, task, given, headline
FROM hepasome_runs
"""
_ALL = _SELECT + "WHERE place = $1"
_ONE = _SELECT + "WHERE place = $1 AND name = $2"
_WAITING = _SELECT + "WHERE place = $1 AND state = 'queued' ORDER BY submitted, name"
_WANTED = """
    AND ($2::TEXT IS NULL OR study = $2) AND ($3::TEXT IS NULL OR state = $3) AND ($4::TEXT IS NULL OR name = $4)
ORDER BY submitted DESC, name, place LIMIT $5 OFFSET $6
"""
_FIND = _SELECT + "WHERE place = $1" + _WANTED
_ELSEWHERE = _SELECT + "WHERE place <> $1" + _WANTED


class Database(Protocol):
    """What the table needs of a database. Several threads may use it."""

    def execute(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement, its values in the places $1, $2, ...; the value is what it selects."""

    def close(self) -> None:
        """Let go of it."""


class Placed(NamedTuple):
    """A run and the place that it belongs to."""

    place: str
    job: Job


class RunTable:
    """The rows of one place, and a look at those of the others.

    Args:
        database: Where the table is.
        place: The place that is ours.
    """

    def __init__(self, database: Database, place: str) -> None:
        self._database, self._place = database, place

    def put(self, jobs: Iterable[Job]) -> None:
        """Add runs, each of another name, or replace what is known of them."""
        rows = [(self._place, *_values(job)) for job in jobs]
        if rows:
            self._database.execute(_PUT, [list(column) for column in zip(*rows, strict=True)])

    def remove(self, names: Iterable[str]) -> None:
        """Forget runs."""
        self._database.execute(_REMOVE, [self._place, list(names)])

    def agree(self, jobs: Iterable[Job]) -> None:
        """Make these the rows of the place: write what differs, remove what is not among them."""
        there = {one.job.name: one.job for one in self._select(_ALL, [self._place])}
        changed = [job for job in jobs if there.pop(job.name, None) != job]
        self.put(changed)
        if there:
            self.remove(there)

    def get(self, name: str) -> Job | None:
        """A run by its name."""
        return next((one.job for one in self._select(_ONE, [self._place, name])), None)

    def all(self) -> list[Job]:
        """Every run of the place."""
        return [one.job for one in self._select(_ALL, [self._place])]

    def names(self) -> set[str]:
        """The names of all runs."""
        return {job.name for job in self.all()}

    def find(self, study: str | None = None, state: str | None = None, limit: int = 200, offset: int = 0) -> list[Job]:
        """Runs, the latest first; of one study or in one state where that is asked."""
        return [one.job for one in self._select(_FIND, [self._place, study, state, None, limit, offset])]

    def elsewhere(
        self,
        study: str | None = None,
        state: str | None = None,
        name: str | None = None,
        limit: int = 200,
        offset: int = 0,
    ) -> list[Placed]:
        """Runs of the other places, the latest first; of one study, in one state or of one name where that is asked."""
        return self._select(_ELSEWHERE, [self._place, study, state, name, limit, offset])

    def waiting(self) -> list[Job]:
        """Runs that wait, the first to come first."""
        return [one.job for one in self._select(_WAITING, [self._place])]

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def _select(self, sql: str, values: Sequence[Any]) -> list[Placed]:
        return [_placed(row) for row in self._database.execute(sql, values)]


_FIELDS = tuple(Job.__dataclass_fields__)  # in the order of the columns after the place


def _values(job: Job) -> list[Any]:
    content = asdict(job) | {"overrides": json.dumps(job.overrides)}
    return [_storable(content[field]) for field in _FIELDS]


def _storable(value: Any) -> Any:
    """Text without the few signs that a study file may write and a database does not take."""
    if not isinstance(value, str):
        return value
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()


def _placed(row: tuple[Any, ...]) -> Placed:
    place, *values = row
    content = dict(zip(_FIELDS, values, strict=True))
    return Placed(place, Job(**content | {"overrides": json.loads(content["overrides"])}))
