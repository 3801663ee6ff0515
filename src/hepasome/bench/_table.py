"""A report as tables, on the terminal and in Markdown, from one list of columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from rich.console import Group, RenderableType
from rich.table import Table as RichTable
from rich.text import Text

from hepasome.bench._report import Report, Row


class Column(NamedTuple):
    """A column: the key of its value, its heading with the unit, and how a value is written."""

    key: str
    heading: str
    write: Callable[[Any], str]


class Table(NamedTuple):
    """A table: its title, and its columns after workload and contender."""

    title: str
    columns: tuple[Column, ...]


def _three(value: float) -> str:
    """Three digits that count."""
    return f"{value:.3g}" if abs(value) < 1e3 else f"{value:,.0f}"


def _power(value: float) -> str:
    return f"{value:.1e}"


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _yes(value: bool) -> str:
    return "yes" if value else "NO"


_SUBJECTS = Column("subjects", "subjects", _whole)
_MS = Column("ms", "ms per subject", _three)

TABLES = {
    "speed": Table(
        "Speed and error on one core",
        (
            _MS,
            Column("ratio", "speed, libRoadRunner = 1", _three),
            Column("error_max", "error, largest", _power),
            Column("error_median", "error, median", _power),
            Column("compile_s", "compile, s", _three),
            Column("peak_mb", "memory, MB", _whole),
            Column("failed", "failed", _whole),
            _SUBJECTS,
        ),
    ),
    "reference": Table(
        "Reference at tolerances 1e4 times as tight, checked by a second solver",
        (
            Column("agreement_max", "difference, largest", _power),
            Column("agreement_median", "difference, median", _power),
            Column("checked", "subjects checked", _whole),
            Column("checked_by", "checked by", str),
        ),
    ),
    "start": Table(
        "Cold start: new process to first trajectory",
        (Column("first_s", "from SBML, s", _three), Column("second_s", "a second time, s", _three)),
    ),
    "gradient": Table(
        "Gradient",
        (
            Column("parameters", "parameters", _whole),
            Column("ms", "ms", _three),
            Column("alone", "in trajectories alone", _three),
            Column("shares", "in trajectories of a batch", _three),
            Column("error", "error", _power),
        ),
    ),
    "subjects": Table("More subjects, one core", (_SUBJECTS, _MS, Column("failed", "failed", _whole))),
    "cores": Table(
        "More cores",
        (Column("cores", "cores", _whole), _MS, Column("speedup", "times one core", _three), _SUBJECTS),
    ),
    "memory": Table(
        "Memory of a run that keeps statistics only",
        (_SUBJECTS, Column("peak_mb", "largest memory, MB", _whole), _MS, Column("failed", "failed", _whole)),
    ),
    "resume": Table(
        "A run killed half-way that goes on",
        (
            _SUBJECTS,
            Column("undisturbed_s", "undisturbed, s", _three),
            Column("files_left", "files then", _whole),
            Column("files", "files at the end", _whole),
            Column("resumed_s", "what was left, s", _three),
            Column("same_bytes", "same bytes", _yes),
        ),
    ),
    "pages": Table(
        "Pages of the web application while runs are computed",
        (
            Column("responses", "responses", _whole),
            Column("failed", "failed", _whole),
            Column("median_ms", "median, ms", _three),
            Column("p95_ms", "95 % within, ms", _three),
            Column("largest_ms", "largest, ms", _three),
            Column("unfinished", "runs unfinished at the end", _whole),
        ),
    ),
    "floor": Table(
        "Arithmetic floor",
        (
            Column("operations", "operations per subject", _power),
            Column("operations_per_s", "operations per second", _power),
            Column("floor_ms", "floor, ms", _three),
            _MS,
            Column("of_floor", "times the floor", _three),
        ),
    ),
}


def report_table(report: Report) -> RenderableType:
    """All tables for the terminal; what was not measured stands below its table with the reason."""
    parts: list[RenderableType] = [Text(line) for line in _heading(report)]
    for table, rows in _filled(report):
        drawn = RichTable(title=table.title, title_justify="left", title_style="bold")
        drawn.add_column("workload")
        drawn.add_column("contender")
        for column in table.columns:
            drawn.add_column(column.heading, justify="right")
        last = ""
        for row in rows:
            if row.values:
                workload, *cells = _cells(report, table, row)
                drawn.add_row("" if workload == last else workload, *cells)
                last = workload
        parts += [Text(""), *([drawn] if drawn.row_count else [Text(table.title, style="bold")])]
        parts += [Text(f"  {line}") for line in _remarks(report, rows)]
    return Group(*parts)


def markdown(report: Report, picture: str | None) -> str:
    """All tables as Markdown, with the picture of this file name on top."""
    lines = ["# Benchmark", "", *(f"{line}  " for line in _heading(report)), ""]
    if picture:
        lines += [f"![speed and error of every contender]({picture})", ""]
    for table, rows in _filled(report):
        lines += [f"## {table.title}", ""]
        measured = [row for row in rows if row.values]
        if measured:
            headings = ["workload", "contender", *(column.heading for column in table.columns)]
            lines += [_line(headings), _line(["---", "---", *(["---:"] * len(table.columns))])]
            lines += [_line(_cells(report, table, row)) for row in measured] + [""]
        lines += [f"* {line}" for line in _remarks(report, rows)] + [""]
    lines += ["## Workloads", ""]
    for name, workload in report.workloads.items():
        lines.append(
            f"* **{workload['title']}** (`{name}`): {workload['states']} states, {workload['parameters_varied']} "
            f"parameters varied, {workload['doses']} doses, {workload['outputs']} output times to "
            f"{workload['end']:g}; {workload['source']}."
        )
    versions = ", ".join(f"{name} {version}" for name, version in report.machine["packages"].items())
    return "\n".join([*lines, "", f"Versions: {versions}.", ""])


def _heading(report: Report) -> list[str]:
    machine = report.machine
    memory = f", {machine['memory_gb']} GB" if machine["memory_gb"] else ""
    vectors = f" ({machine['vectors']})" if machine["vectors"] else ""
    return [
        f"{machine['processor']}{vectors}, {machine['cores']} cores{memory}, {machine['system']}, "
        f"Python {machine['python']}",
        f"{report.date}, measured in {report.seconds / 60:.1f} min",
    ]


def _filled(report: Report) -> Iterator[tuple[Table, list[Row]]]:
    for measure, table in TABLES.items():
        if rows := report.of(measure):
            yield table, rows


def _cells(report: Report, table: Table, row: Row) -> list[str]:
    values = [row.values.get(column.key) for column in table.columns]
    written = [
        "" if value is None else column.write(value) for column, value in zip(table.columns, values, strict=True)
    ]
    return [_title(report, row.workload), report.contenders.get(row.contender, row.contender), *written]


def _remarks(report: Report, rows: list[Row]) -> Iterator[str]:
    """How contenders were driven, and why others were not; once each."""
    said: dict[str, None] = {}
    for row in rows:
        name = report.contenders.get(row.contender, row.contender)
        if row.reason:
            said[f"{_title(report, row.workload)}, {name}: {row.reason}"] = None
        elif note := row.values.get("note"):
            said[f"{name}: {note}."] = None
    yield from said


def _title(report: Report, workload: str) -> str:
    return str(report.workloads.get(workload, {}).get("title", workload))


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
