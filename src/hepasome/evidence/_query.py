"""The evidence as tables for SQL: what ships, and what a user added."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from hepasome.evidence._answer import Answer
from hepasome.evidence._facts import facts
from hepasome.evidence._load import Evidence, endpoints
from hepasome.evidence._published import Outcome, PublishedStudy, appraisal_items
from hepasome.evidence._trial_doses import trial_doses
from hepasome.files import Strict, did_you_mean, input_error

_SHIPPED, _OWN = "shipped", "own"
_TEXT, _NUMBER, _WHOLE, _TRUTH = "VARCHAR", "DOUBLE", "BIGINT", "BOOLEAN"
_TYPES: dict[str, dict[str, str]] = {
    "sources": {"id": _TEXT, "origin": _TEXT, "authors": _TEXT, "year": _WHOLE, "title": _TEXT, "journal": _TEXT}
    | {"doi": _TEXT, "url": _TEXT, "kind": _TEXT, "note": _TEXT},
    "studies": {"id": _TEXT, "origin": _TEXT, "title": _TEXT, "reference": _TEXT, "year": _WHOLE, "species": _TEXT}
    | {"given": _TEXT, "disease": _TEXT, "source_cell": _TEXT, "route": _TEXT, "dose": _NUMBER, "dose_unit": _TEXT}
    | {"syrcle": _NUMBER, "ev_metric": _NUMBER, "misev": _NUMBER},
    "protocol": {"study": _TEXT, "detail": _TEXT, "value": _TEXT, "confidence": _TEXT, "reference": _TEXT}
    | {"note": _TEXT},
    "outcomes": {"study": _TEXT, "id": _TEXT, "endpoint": _TEXT, "hours": _NUMBER, "unit": _TEXT, "arm": _TEXT}
    | {"n": _WHOLE, "mean": _NUMBER, "sd": _NUMBER, "events": _WHOLE, "control": _TEXT, "control_n": _WHOLE}
    | {"control_mean": _NUMBER, "control_sd": _NUMBER, "control_events": _WHOLE, "hedges_g": _NUMBER}
    | {"log_ratio_of_means": _NUMBER, "log_odds_ratio": _NUMBER, "where": _TEXT, "confidence": _TEXT}
    | {"note": _TEXT},
    "appraisal": {"study": _TEXT, "scheme": _TEXT, "item": _TEXT, "answer": _TEXT, "reason": _TEXT, "question": _TEXT},
}
_PYTHON: dict[object, str] = {float: _NUMBER, int: _WHOLE, bool: _TRUTH}


# Nothing is kept on disk, no extension is loaded, and one query gets what the small tables ever need.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "temp_directory": "",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "memory_limit": "512MB",
    "threads": 1,
}


class EvidenceTables:
    """The evidence in DuckDB, in memory: a query asks and changes nothing, and none reads or writes a file.

    DuckDB holds a query to 512 MB where it counts; a single value that is built of billions of parts escapes its count
    and cannot be interrupted, so queries of strangers belong into a process with limits of its own.

    Tables: sources, studies, protocol, observations, claims, outcomes, appraisal, facts, trial_doses, endpoints.
    """

    def __init__(self, shipped: Evidence, own: Sequence[PublishedStudy] = ()) -> None:
        import duckdb  # heavy, and only needed here

        self._duckdb = duckdb
        self._connection = duckdb.connect(":memory:", config=_CONFIG)
        self.columns: dict[str, tuple[str, ...]] = {}
        for name, types in _TYPES.items():
            self._fill(name, types, _rows(name, shipped, own))
        for name, rows in _tables(shipped).items():
            self._fill(name, _types_of(type(rows[0])), [row.model_dump() for row in rows])
        for setting in ("enable_external_access = false", "python_enable_replacements = false"):
            self._connection.execute(f"SET {setting}")
        self._connection.execute("SET lock_configuration = true")

    def sql(self, query: str, *, most: int | None = None) -> Answer:
        """What a query in SQL finds.

        Args:
            query: One statement that asks (SELECT, WITH, FROM, DESCRIBE, ...), in DuckDB's dialect.
            most: How many rows to give; default: all.

        Raises:
            InputError: If it is no such statement, or DuckDB refuses it, with its reason.
        """
        with self._reasons():
            kinds = [statement.type for statement in self._connection.extract_statements(query)]
        if not kinds:
            raise input_error("the query", "It holds no statement.", "Write for example: SELECT * FROM studies")
        if kinds != [self._duckdb.StatementType.SELECT]:
            problem = "This is not one question. A query only reads: one SELECT or WITH."
            if len(kinds) > 1:
                problem = f"These are {len(kinds)} statements. One question is answered at a time."
            raise input_error("the query", problem, "Write for example: SELECT * FROM studies")
        return self._ask(query, most=most)

    def filter(self, table: str, conditions: Mapping[str, str], columns: Sequence[str] = ()) -> Answer:
        """Rows of one table in which each named column has a value.

        Args:
            table: Its name.
            conditions: Value of each column, as text.
            columns: Which columns to give; default: all.

        Raises:
            InputError: If there is no such table or column.
        """
        if table not in self.columns:
            raise input_error("--table", "There is no such table.", did_you_mean(table, self.columns), value=table)
        known = self.columns[table]
        for name in [*conditions, *columns]:
            if name not in known:
                raise input_error(table, "There is no such column.", did_you_mean(name, known), value=name)
        shown = ", ".join(f'"{name}"' for name in columns) or "*"
        wanted = " AND ".join(f'CAST("{name}" AS VARCHAR) = ?' for name in conditions)
        query = f'SELECT {shown} FROM "{table}"' + (f" WHERE {wanted}" if wanted else "")  # noqa: S608 # known names
        return self._ask(query, list(conditions.values()))

    def _ask(self, query: str, values: Sequence[str] = (), most: int | None = None) -> Answer:
        with self._reasons():
            found = self._connection.execute(query, list(values))
            rows = found.fetchall() if most is None else found.fetchmany(most + 1)
            columns = _told_apart([column[0] for column in found.description])
            return Answer(columns, tuple(rows[:most]), more=most is not None and len(rows) > most)

    @contextlib.contextmanager
    def _reasons(self) -> Iterator[None]:
        """What DuckDB refuses, and values that Python does not have, as findings."""
        try:
            yield
        except self._duckdb.OutOfMemoryException:
            remedy = "Ask for less, with WHERE or LIMIT."
            raise input_error("the query", "It needs too much memory.", remedy) from None
        except (self._duckdb.Error, RuntimeError, ValueError, OverflowError) as error:
            reason = " ".join(str(error).split())
            tables = ", ".join(self.columns)
            raise input_error("the query", f"DuckDB refuses it: {reason}", f"The tables are: {tables}.") from None

    def _fill(self, name: str, types: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> None:
        self.columns[name] = tuple(types)
        import pyarrow as pa

        kinds = {_TEXT: pa.string(), _NUMBER: pa.float64(), _WHOLE: pa.int64(), _TRUTH: pa.bool_()}
        listed = list(rows)
        columns = {
            column: pa.array([_plain(row.get(column)) for row in listed], kinds[kind]) for column, kind in types.items()
        }
        self._connection.register("filled", pa.table(columns))
        self._connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM filled')  # noqa: S608 # own names
        self._connection.unregister("filled")


def _told_apart(names: Sequence[str]) -> tuple[str, ...]:
    """Columns of one name get numbers, or files would keep the last of them alone."""
    told: list[str] = []
    for name in names:
        tried, count = name, 0
        while tried in told:
            count += 1
            tried = f"{name}_{count}"
        told.append(tried)
    return tuple(told)


def _plain(value: Any) -> Any:
    return None if value == "" else value


def _types_of(model: type[Strict]) -> dict[str, str]:
    kinds = {}
    for name, field in model.model_fields.items():
        told = {part for part in getattr(field.annotation, "__args__", (field.annotation,)) if part is not type(None)}
        kinds[name] = _PYTHON.get(next(iter(told)), _TEXT) if len(told) == 1 else _TEXT
    return kinds


def _tables(shipped: Evidence) -> dict[str, Sequence[Strict]]:
    """The tables that are rows of one model."""
    return {
        "observations": shipped.observations,
        "claims": shipped.claims,
        "facts": facts(),
        "trial_doses": trial_doses(),
        "endpoints": endpoints(),
    }


def _rows(table: str, shipped: Evidence, own: Sequence[PublishedStudy]) -> list[dict[str, Any]]:
    if table == "sources":
        listed = [reference.model_dump() | {"origin": _SHIPPED} for reference in shipped.references]
        added = {"origin": _OWN, "kind": "primary"}
        return [*listed, *({"id": study.id} | study.publication.model_dump() | added for study in own)]
    if table == "studies":
        years = {reference.id: reference.year for reference in shipped.references}
        records = [record.model_dump() | {"year": years[record.reference]} for record in shipped.records]
        return [*(row | {"origin": _SHIPPED} for row in records), *map(_study, own)]
    if table == "protocol":
        listed = [{"study": r.id} | fact.model_dump() for r in shipped.records for fact in r.protocol]
        told = [(study.id, detail, value) for study in own for detail, value in study.protocol.model_dump().items()]
        return listed + [_detail(*one) for one in told if one[2] not in ("", None)]
    if table == "outcomes":
        return [_outcome(study, outcome) for study in own for outcome in study.outcomes]
    questions = {(row.scheme, row.item): row.question for row in appraisal_items()}
    return [_answer(study, *key, questions[key]) for study in own for key in questions if _answered(study, *key)]


def _detail(study: str, detail: str, value: object) -> dict[str, Any]:
    return {"study": study, "detail": detail, "value": str(value), "confidence": "confirmed", "reference": study}


def _study(study: PublishedStudy) -> dict[str, Any]:
    given = study.protocol.model_dump()
    dose = study.protocol.dose
    given |= {"dose": None if dose is None else dose.value, "dose_unit": "" if dose is None else dose.unit}
    given |= {"id": study.id, "origin": _OWN, "title": study.publication.title, "reference": study.id}
    given |= {scheme: study.share(scheme) for scheme in ("syrcle", "ev_metric", "misev")}
    return given | {"year": study.publication.year}


def _outcome(study: PublishedStudy, outcome: Outcome) -> dict[str, Any]:
    row = outcome.model_dump(include={"id", "endpoint", "unit", "confidence", "note"})
    row |= {"study": study.id, "hours": outcome.hours, "where": outcome.where}
    for prefix, group in (("", outcome.treated), ("control_", outcome.control)):
        row |= {f"{prefix}n": group.n, f"{prefix}mean": group.mean, f"{prefix}sd": group.sd}
        row |= {f"{prefix}events": group.events}
    row |= {"arm": outcome.treated.arm, "control": outcome.control.arm}
    for measure in ("hedges_g", "log_ratio_of_means", "log_odds_ratio"):
        found = outcome.estimate(measure)
        row[measure] = None if found is None else float(found.effect)
    return row


def _answered(study: PublishedStudy, scheme: Any, item: str) -> bool:
    return item in study.answers(scheme)


def _answer(study: PublishedStudy, scheme: Any, item: str, question: str) -> dict[str, Any]:
    reason = study.risk_of_bias[item].reason if scheme == "syrcle" else ""
    answer = study.answers(scheme)[item]
    return {"study": study.id, "scheme": scheme, "item": item, "answer": answer, "reason": reason, "question": question}
