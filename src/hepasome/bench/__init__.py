"""Speed, error, memory and endurance of the engine, measured against other solvers on the same work and machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hepasome.bench._plan import MEASURES, Progress
    from hepasome.bench._report import Report, Row
    from hepasome.bench._run import RESULTS, run_benchmark
    from hepasome.bench._table import report_table

__all__ = ["MEASURES", "RESULTS", "Progress", "Report", "Row", "report_table", "run_benchmark"]

_PLACES = {
    "MEASURES": "_plan",
    "Progress": "_plan",
    "RESULTS": "_run",
    "Report": "_report",
    "Row": "_report",
    "report_table": "_table",
    "run_benchmark": "_run",
}


def __getattr__(name: str) -> Any:
    # loaded on first use: the process of a contender lies in this package and must not wait for what it does not use
    if name not in _PLACES:
        raise AttributeError(f"module 'hepasome.bench' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"hepasome.bench.{_PLACES[name]}"), name)
