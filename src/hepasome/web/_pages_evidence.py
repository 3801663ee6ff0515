"""The pages of the evidence."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from hepasome.evidence import Answer
from hepasome.web._api_evidence import by_columns, pool_choices
from hepasome.web._asking import Asking
from hepasome.web._evidence import ABOUT, evidence_tables, filtered, source_line, study_evidence, table_views, view
from hepasome.web._library import Library
from hepasome.web._names import MissingError
from hepasome.web._render import page

_SHOWN = 200  # rows of a table on its page; files have all
_FEW, _SHORT = 14, 40  # different values, and letters of each, up to which a column is chosen from a list


def evidence_pages(library: Library, asking: Asking) -> APIRouter:
    """All pages below `/evidence`."""
    site = APIRouter(prefix="/evidence", include_in_schema=False, default_response_class=HTMLResponse)

    @site.get("")
    def evidence(request: Request) -> HTMLResponse:
        asking.prepare()
        return page(request, "evidence.html.j2", tables=table_views())

    @site.get("/tables/{name}")
    def table(request: Request, name: str) -> HTMLResponse:
        asked, tables = by_columns(request, name), evidence_tables()
        answer = filtered(asked, tables)
        few, many = filters(tables.filter(name, {}))
        return page(
            request,
            "evidence_table.html.j2",
            name=name,
            about=ABOUT[name],
            few=few,
            many=many,
            answer=view(answer, _SHOWN),
            count=len(answer.rows),
            where=asked.where,
            linked={row[0] for row in tables.filter("studies", {}, ["id"]).rows},
            command=_command(name, asked.where),
        )

    @site.get("/studies/{name}")
    def study(request: Request, name: str) -> HTMLResponse:
        found = study_evidence(name)
        source = dict(zip(found.tables["sources"].columns, found.tables["sources"].rows[0], strict=True))
        try:
            simulated = library.get(name).study is not None
        except MissingError:
            simulated = False
        line = source_line(source)
        return page(request, "evidence_study.html.j2", study=found, source=line, simulated=simulated, about=ABOUT)

    @site.get("/pool")
    def pool(request: Request) -> HTMLResponse:
        asking.prepare()
        return page(request, "evidence_pool.html.j2", choices=pool_choices())

    return site


def filters(table: Answer) -> tuple[dict[str, list[str]], list[str]]:
    """What a table can be filtered by: columns with their few values, and the others."""
    few: dict[str, list[str]] = {}
    for i, column in enumerate(table.columns):
        values = sorted({row[i] for row in table.rows if isinstance(row[i], str)})
        if 1 < len(values) <= _FEW and max(map(len, values)) <= _SHORT:
            few[column] = values
    return few, [column for column in table.columns if column not in few]


def _command(name: str, where: Mapping[str, str]) -> str:
    parts = ["hepasome", "evidence", "query", "--table", name]
    for column, value in where.items():
        parts += ["--where", f"{column}={value}"]
    return shlex.join(parts)
