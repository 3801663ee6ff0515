"""Answers in a process of its own: `python -m hepasome.web._answering MEMORY SECONDS ROWS SIZE`.

A question is a line of JSON on standard input. The answer on standard output is a line of JSON with findings, or with
the size in bytes of what follows, and with whether it was the last; the first line says that it is ready. It ends when
its standard input does.
"""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from hepasome.files import Finding, InputError, input_error, shorten
from hepasome.web._bounds import keep_within, more_time, swollen
from hepasome.web._evidence import evidence_tables, view
from hepasome.web._evidence_models import PoolRequest, QueryRequest
from hepasome.web._pooling import pool_file, pool_view

_MOST_FINDINGS, _LONGEST_VALUE = 100, 200


def answer(task: str, detail: str, question: dict[str, Any], rows: int) -> bytes:
    """The answer to a question.

    Args:
        task: One of `_TASKS`.
        detail: The kind or the name of a file.
        question: A `QueryRequest` or a `PoolRequest`.
        rows: How many rows to give, where it is no file.
    """
    return _TASKS[task](question, detail, rows)


def _rows(question: dict[str, Any], _: str, rows: int) -> bytes:
    found = evidence_tables().sql(QueryRequest(**question).sql or "", most=rows)
    return view(found).model_dump_json().encode()


def _file(question: dict[str, Any], kind: str, _: int) -> bytes:
    content = evidence_tables().sql(QueryRequest(**question).sql or "").file(kind)
    return content.encode() if isinstance(content, str) else content


def _pool(question: dict[str, Any], _: str, __: int) -> bytes:
    return pool_view(PoolRequest(**question)).model_dump_json().encode()


def _pool_file(question: dict[str, Any], name: str, _: int) -> bytes:
    return pool_file(PoolRequest(**question), name)


_TASKS: dict[str, Callable[[dict[str, Any], str, int], bytes]] = {
    "rows": _rows,
    "file": _file,
    "pool": _pool,
    "pool_file": _pool_file,
}


def main(memory: int, seconds: float, rows: int, size: int) -> None:
    """Answer until nobody asks."""
    heard = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no answer
    keep_within(memory)
    heard.write(json.dumps({"ready": True}).encode() + b"\n")
    heard.flush()
    for line in sys.stdin.buffer:
        more_time(math.ceil(seconds))
        said, content = _said(json.loads(line), rows, size)
        said["last"] = swollen(memory)
        heard.write(json.dumps(said).encode() + b"\n" + content)
        heard.flush()


def _said(asked: dict[str, Any], rows: int, size: int) -> tuple[dict[str, Any], bytes]:
    try:
        content = answer(asked["task"], asked["detail"], asked["question"], rows)
        if len(content) > size:
            raise input_error("the question", f"The answer has more than {size:,} bytes.", "Ask for less.")
    except InputError as error:
        return {"findings": [asdict(_plain(one)) for one in error.findings[:_MOST_FINDINGS]]}, b""
    except MemoryError:
        sys.exit()  # the server knows why
    except Exception as error:  # the server says that it is a fault
        return {"fault": f"{type(error).__name__}: {error}"}, b""
    return {"size": len(content)}, content


def _plain(finding: Finding) -> Finding:
    """A finding that JSON can hold."""
    value = finding.value
    if isinstance(value, str):
        return replace(finding, value=value[:_LONGEST_VALUE])
    return finding if value is None or isinstance(value, (int, float)) else replace(finding, value=shorten(value))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
