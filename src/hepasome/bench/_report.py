"""What a benchmark found, and its file."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Row:
    """One contender in one measurement of one workload.

    Attributes:
        measure: Which table it stands in, a key of `TABLES`.
        workload: Id of the workload.
        contender: Id of the contender.
        values: What was measured, by the keys of the table's columns and more.
        reason: Why nothing was measured, as a sentence; empty if it was.
    """

    measure: str
    workload: str
    contender: str
    values: dict[str, Any] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True)
class Report:
    """A benchmark.

    Attributes:
        date: When it began, ISO 8601 in UTC.
        seconds: How long it took.
        machine: As `describe_machine` says.
        effort: How much was measured, as the fields of `Effort`.
        workloads: id -> title, source, states, parameters, doses, times, tolerances.
        contenders: id -> name.
        rows: What was found.
    """

    date: str
    seconds: float
    machine: dict[str, Any]
    effort: dict[str, Any]
    workloads: dict[str, dict[str, Any]]
    contenders: dict[str, str]
    rows: tuple[Row, ...]

    def of(self, measure: str) -> list[Row]:
        """The rows of one measurement."""
        return [row for row in self.rows if row.measure == measure]

    def to_json(self) -> str:
        """The whole report; what is not a finite number becomes null."""
        return json.dumps(_finite(asdict(self)), indent=1, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Report:
        """The report that `to_json` wrote."""
        fields = json.loads(text)
        return cls(**(fields | {"rows": tuple(Row(**row) for row in fields["rows"])}))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
