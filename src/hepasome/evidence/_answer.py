"""What a query found, and how it is written to files."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hepasome.files import input_error


@dataclass(frozen=True)
class Answer:
    """Rows that a query found.

    Attributes:
        columns: Their names.
        rows: Their values: text, numbers, truth values or None, and what else SQL can make.
        more: Whether there were more rows than were asked for.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    more: bool = False

    def plain(self) -> list[list[Any]]:
        """The rows with values that JSON has; a number that is none or infinite is None, all else is text."""
        return [[_plain(value) for value in row] for row in self.rows]

    def file(self, kind: str) -> str | bytes:
        """The content of a file with all rows.

        Args:
            kind: One of `ANSWER_FILES`.

        Raises:
            InputError: If Parquet cannot hold the values.
        """
        return _WRITERS[kind](self)


def _csv(answer: Answer) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([answer.columns, *answer.rows])
    return text.getvalue()


def _json(answer: Answer) -> str:
    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.plain()]
    return json.dumps(rows, indent=1, ensure_ascii=False) + "\n"


def _parquet(answer: Answer) -> bytes:
    import pyarrow as pa  # heavy, and only needed here
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    try:
        columns = [pa.array([row[i] for row in answer.rows]) for i in range(len(answer.columns))]
        pq.write_table(pa.table(columns, names=list(answer.columns)), buffer)
    except (pa.ArrowException, OverflowError, ValueError, TypeError):
        remedy = "Turn them into numbers or text in the query, as CAST(x AS VARCHAR), or write CSV."
        raise input_error("the query", "Parquet cannot hold these values.", remedy) from None
    return buffer.getvalue()


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return float(value) if isinstance(value, Decimal) else str(value)


_WRITERS: dict[str, Callable[[Answer], str | bytes]] = {"csv": _csv, "json": _json, "parquet": _parquet}
ANSWER_FILES = tuple(_WRITERS)
