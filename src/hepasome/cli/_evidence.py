"""`hepasome evidence`: a user's own studies, queries, pooling and PRISMA."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from hepasome.cli._console import errors, out, print_plain
from hepasome.cli._pairs import pairs
from hepasome.cli._pool import pool_command
from hepasome.evidence import (
    ANSWER_FILES,
    Answer,
    EvidenceTables,
    add_published,
    check_published,
    evidence_folder,
    load_evidence,
    own_studies,
    read_prisma,
    study_template,
)
from hepasome.files import InputError, input_error, write_atomically
from hepasome.report import write_prisma_flow

evidence_app = typer.Typer(help="What was published: add studies, query, pool.", no_args_is_help=True)
evidence_app.command("pool")(pool_command)
Folder = Annotated[
    Path | None, typer.Option("--folder", help="Folder of your evidence; default: that of your user account.")
]
_WIDE = 8  # columns; more are shown one below the other


@evidence_app.command("template")
def template(
    file: Annotated[Path, typer.Argument(help="Study file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write an empty study file: protocol, outcomes, SYRCLE, EV-METRIC and MISEV."""
    if file.exists() and not force:
        raise input_error(str(file), "There is such a file already.", "Choose another name, or give --force.")
    print_plain(f"Template: {write_atomically(file, study_template())}")


@evidence_app.command("check")
def check(
    files: Annotated[list[Path], typer.Argument(help="Study files.")],
) -> None:
    """Check study files; everything that is wrong is listed at once, and nothing is changed."""
    found = check_published(files)
    if found:
        raise InputError(found)
    print_plain("Nothing is wrong.")


@evidence_app.command("add")
def add(
    file: Annotated[Path, typer.Argument(help="Study file.")],
    folder: Folder = None,
    replace: Annotated[bool, typer.Option("--replace", help="Take the place of a study with its id.")] = False,
) -> None:
    """Add a study to your own evidence. Nothing changes if anything is wrong with it."""
    print_plain(f"Added: {add_published(file, folder or evidence_folder(), replace=replace)}")


@evidence_app.command("query")
def query(
    sql: Annotated[str | None, typer.Argument(help="A query in SQL (DuckDB).", metavar="SQL")] = None,
    table: Annotated[str | None, typer.Option(help="Show rows of one table instead.")] = None,
    where: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN=VALUE", help="Only rows with this value; may be repeated.")
    ] = None,
    columns: Annotated[str | None, typer.Option(help="Only these columns, with commas between.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Rows to print.")] = 50,
    out_file: Annotated[
        Path | None, typer.Option("--out", help="Write all rows to a file: .csv, .json or .parquet.")
    ] = None,
    folder: Folder = None,
) -> None:
    """Ask the evidence, in SQL or by filters. Without arguments: its tables and their columns."""
    if sql is not None and (table is not None or where or columns):
        raise input_error("the query", "SQL and filters exclude each other.", "Give one of the two.")
    if sql is None and table is None and (where or columns):
        raise input_error("--table", "A filter needs a table.", "Add for example --table facts.")
    kind = _kind_of(out_file)
    tables = EvidenceTables(load_evidence(), own_studies(folder or evidence_folder()))
    if sql is None and table is None:
        for name, names in tables.columns.items():
            count = len(tables.filter(name, {}).rows)
            print_plain(f"{name} ({count} rows): {', '.join(names)}")
        return
    wanted = [name.strip() for name in (columns or "").split(",") if name.strip()]
    answer = tables.sql(sql) if sql is not None else tables.filter(str(table), pairs(where or [], "--where"), wanted)
    if out_file is not None:
        print_plain(f"Written: {write_atomically(out_file, answer.file(kind))} ({len(answer.rows)} rows)")
        return
    _show(answer, limit)


@evidence_app.command("prisma")
def prisma(
    records: Annotated[Path, typer.Argument(help="CSV of the records of a search.")],
    figure: Annotated[Path | None, typer.Option("--out", help="Flow diagram to write: .png or .svg.")] = None,
) -> None:
    """Count the numbers of the PRISMA flow diagram, and draw it."""
    if figure is not None and figure.suffix.lower() not in (".png", ".svg"):
        problem, remedy = "The kind of picture is not known.", "End its name in .png or .svg."
        raise input_error("--out", problem, remedy, value=str(figure))
    numbers = read_prisma(records)
    table = Table("step", "number", box=None, pad_edge=False)
    for source, count in numbers.identified.items():
        table.add_row(f"records identified ({source})", str(count))
    for name in ("duplicates", "screened", "excluded", "sought", "not_retrieved", "assessed"):
        table.add_row(name.replace("_", " "), str(getattr(numbers, name)))
    for reason, count in numbers.excluded_reports.items():
        table.add_row(f"reports excluded ({reason})", str(count))
    table.add_row("reports included", str(numbers.reports))
    table.add_row("studies included", str(numbers.studies))
    out.print(table)
    if numbers.open:
        print_plain(f"Records that wait for a decision: {numbers.open}.")
    if figure is not None:
        print_plain(f"Figure: {write_prisma_flow(numbers, figure)}")


def _kind_of(path: Path | None) -> str:
    kind = "" if path is None else path.suffix.lower().removeprefix(".")
    if path is not None and kind not in ANSWER_FILES:
        problem, remedy = "The kind of file is not known.", "End its name in .csv, .json or .parquet."
        raise input_error("--out", problem, remedy, value=str(path))
    return kind


def _show(answer: Answer, limit: int) -> None:
    rows = [[_text(value) for value in row] for row in answer.rows[:limit]]
    if len(answer.columns) > _WIDE:
        for row in rows:
            print_plain("\n".join(f"{n}: {v}" for n, v in zip(answer.columns, row, strict=True) if v) + "\n")
    else:
        table = Table(*answer.columns, box=None, pad_edge=False)
        for row in rows:
            table.add_row(*map(escape, row))
        out.print(table)
    if len(answer.rows) > limit:
        print_plain(f"... and {len(answer.rows) - limit} more rows; --limit shows more, --out writes all.", errors)
    elif not answer.rows:
        print_plain("No rows.", errors)


def _text(value: object) -> str:
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
