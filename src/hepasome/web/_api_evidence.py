"""The JSON API of the evidence."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request, Response

from hepasome.evidence import MEASURES, evidence_folder, example_effects, moderator_names, own_studies
from hepasome.files import InputError, input_error
from hepasome.web._asking import Asking
from hepasome.web._described import faults
from hepasome.web._downloads import attachment, file_of
from hepasome.web._evidence import at_fields, filtered, study_evidence, table_views, view
from hepasome.web._evidence_models import (
    AnswerView,
    PoolChoices,
    PoolRequest,
    PoolView,
    QueryRequest,
    StudyEvidence,
    TableView,
)
from hepasome.web._names import STUDY
from hepasome.web._settings import Limits

Kind = Literal["csv", "json", "parquet"]
_FAULTS = faults({404: "There is no such table or study.", 409: "Too many ask at once."})
_COLUMNS = {
    "parameters": [
        {
            "name": "columns",
            "in": "query",
            "required": False,
            "description": "Any column of the table with the value that it must have, as ?confidence=recalled.",
            "schema": {"type": "object", "additionalProperties": {"type": "string"}},
            "style": "form",
            "explode": True,
        }
    ]
}


def evidence_routes(asking: Asking, limits: Limits) -> APIRouter:
    """The addresses below `/api/evidence`."""
    api = APIRouter(prefix="/api/evidence", tags=["evidence"], responses=_FAULTS)

    def found(task: str, question: QueryRequest | PoolRequest, detail: str = "") -> bytes:
        try:
            return asking.ask(task, question, detail)
        except InputError as error:
            raise at_fields(error) from None

    @api.get("/tables", summary="The tables of the evidence")
    def tables() -> list[TableView]:
        return table_views()

    @api.get(
        "/tables/{table}.{kind}",
        summary="Rows of a table, as a file",
        openapi_extra=_COLUMNS,
        response_class=Response,
        responses=file_of("csv", "json", "parquet"),
    )
    def file(request: Request, table: Annotated[str, Path(pattern=r"^[a-z_]+$")], kind: Kind) -> Response:
        return attachment(filtered(by_columns(request, table)).file(kind), f"{table}.{kind}")

    @api.get("/tables/{table}", summary="Rows of a table", openapi_extra=_COLUMNS)
    def rows(request: Request, table: Annotated[str, Path(pattern=r"^[a-z_]+$")]) -> AnswerView:
        return view(filtered(by_columns(request, table)), limits.answer_rows)

    @api.post("/query", summary="Ask in SQL or by a filter", response_model=AnswerView)
    def query(asked: QueryRequest) -> Any:
        if is_sql(asked):
            return Response(found("rows", asked), media_type="application/json")
        try:
            return view(filtered(asked), limits.answer_rows)
        except InputError as error:
            raise at_fields(error) from None

    @api.post(
        "/query.{kind}",
        summary="Ask, and get a file",
        response_class=Response,
        responses=file_of("csv", "json", "parquet"),
    )
    def query_file(asked: QueryRequest, kind: Kind) -> Response:
        content = found("file", asked, kind) if is_sql(asked) else filtered(asked).file(kind)
        return attachment(content, f"evidence.{kind}")

    @api.get("/studies/{study}", summary="All that is known of a study")
    def study(study: Annotated[str, Path(pattern=STUDY)]) -> StudyEvidence:
        return study_evidence(study)

    @api.get("/pool", summary="What there is to pool")
    def choices() -> PoolChoices:
        return pool_choices()

    @api.post("/pool", summary="Pool effects", response_model=PoolView)
    def pool(asked: PoolRequest) -> Response:
        return Response(found("pool", asked), media_type="application/json")

    @api.post(
        "/pool/{drawing}.{kind}",
        summary="A plot of pooled effects, or its numbers",
        response_class=Response,
        responses=file_of("svg", "png", "csv"),
    )
    def pool_file(
        asked: PoolRequest,
        drawing: Literal["forest", "funnel", "effects", "terms"],
        kind: Literal["svg", "png", "csv"],
    ) -> Response:
        numbers = drawing in ("effects", "terms")
        if numbers != (kind == "csv"):
            raise input_error(
                "the file", "Plots are SVG or PNG, numbers are CSV.", "Ask for effects.csv or forest.svg."
            )
        name = f"{drawing}.{kind}"
        return attachment(found("pool_file", asked, name), name)

    return api


def is_sql(asked: QueryRequest) -> bool:
    """Whether a question is one in SQL.

    Raises:
        InputError: If it is none, or two.
    """
    if (asked.sql is None) == (asked.table is None):
        raise input_error("request", "Give `sql` or `table`, one of both.")
    if asked.sql is not None and (asked.where or asked.columns):
        raise input_error("request", "SQL and filters exclude each other.", "Give one of the two.")
    return asked.sql is not None


def by_columns(request: Request, table: str) -> QueryRequest:
    """The filter that an address holds: columns with their values; what is empty is not asked."""
    return QueryRequest(table=table, where={name: value for name, value in request.query_params.items() if value})


def pool_choices() -> PoolChoices:
    """What there is to pool."""
    studies = own_studies(evidence_folder())
    return PoolChoices(
        measures={name: words for name, (words, _) in MEASURES.items()},
        endpoints=dict(Counter(outcome.endpoint for study in studies for outcome in study.outcomes)),
        moderators=list(moderator_names(studies)),
        example=example_effects(),
    )
