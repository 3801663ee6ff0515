"""The JSON API of runs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import FileResponse

from hepasome.trial import Settings
from hepasome.web._described import faults
from hepasome.web._downloads import MEDIA, file_of
from hepasome.web._files import KINDS, explanation, figure, report, results, table
from hepasome.web._library import Library
from hepasome.web._models import RunRequest, RunView, SoFarRow
from hepasome.web._names import STUDY
from hepasome.web._queue import RunQueue
from hepasome.web._security import FILE_POLICY
from hepasome.web._views import run_view

_FAULTS = faults({404: "There is no such run, or it has no such thing yet.", 409: "This is not done to this run now."})
_FILE = {"Content-Security-Policy": FILE_POLICY}


def run_routes(library: Library, queue: RunQueue) -> APIRouter:
    """The addresses below `/api/runs`."""
    api = APIRouter(prefix="/api/runs", tags=["runs"], responses=_FAULTS)

    @api.get("", summary="Runs, the latest first")
    def runs(
        study: Annotated[str | None, Query(pattern=STUDY)] = None,
        state: Literal["queued", "running", "complete", "failed", "cancelled"] | None = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 200,
        offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
    ) -> list[RunView]:
        queue.look()
        return [run_view(queue, job) for job in queue.index.find(study, state, limit, offset)]

    @api.post("", status_code=202, summary="Queue a run; the same run is not computed twice")
    def submit(asked: RunRequest) -> RunView:
        settings = Settings(asked.subjects, asked.seed, asked.draws, asked.overrides)
        return run_view(queue, queue.submit(library.get(asked.study), settings))

    @api.get("/{name}", summary="One run and how far it is")
    def run(name: str) -> RunView:
        return run_view(queue, queue.get(name))

    @api.post("/{name}/cancel", summary="Stop a run; what is finished of it is kept")
    def cancel(name: str) -> RunView:
        return run_view(queue, queue.cancel(name))

    @api.post("/{name}/continue", summary="Go on with a run that was stopped")
    def resume(name: str) -> RunView:
        return run_view(queue, queue.resume(name))

    @api.post("/{name}/explain", status_code=202, summary="Queue what explains the effects of a finished run")
    def explain(name: str) -> RunView:
        return run_view(queue, queue.explain(name))

    @api.get(
        "/{name}/explain/{file}.{kind}",
        summary="A figure, table or report of it",
        response_class=Response,
        responses=file_of(*KINDS, "html"),
    )
    def because(
        name: str, file: str, kind: Literal["svg", "png", "csv", "html"], *, download: bool = False
    ) -> FileResponse:
        path = explanation(queue, name, file, kind)
        saved = f"{name}_{file}.{kind}" if download or kind == "csv" else None
        return FileResponse(path, media_type=MEDIA[kind], headers=_FILE, filename=saved)

    @api.delete("/{name}", status_code=204, summary="Delete a run with its files")
    def delete(name: str) -> None:
        queue.remove(name)

    @api.get("/{name}/so-far", summary="What the finished animals say while the others are simulated")
    def so_far(name: str) -> list[SoFarRow]:
        queue.get(name)
        return [SoFarRow(**row) for row in queue.so_far(name)]

    @api.get("/{name}/results", summary="What a run says")
    def found(name: str) -> dict[str, Any]:
        return results(queue, name)

    @api.get(
        "/{name}/report.html",
        summary="The report: one file that opens from disk",
        response_class=Response,
        responses=file_of("html"),
    )
    def whole_report(name: str, *, download: bool = False) -> FileResponse:
        path = report(queue, name)
        return FileResponse(
            path, media_type=MEDIA["html"], headers=_FILE, filename=f"{name}.html" if download else None
        )

    @api.get(
        "/{name}/figures/{drawing}.{kind}",
        summary="A figure, or its numbers",
        response_class=Response,
        responses=file_of(*KINDS),
    )
    def drawn(name: str, drawing: str, kind: Literal["svg", "png", "csv"], *, download: bool = False) -> FileResponse:
        path = figure(queue, name, drawing, kind)
        saved = f"{name}_{drawing}.{kind}" if download or kind == "csv" else None
        return FileResponse(path, media_type=MEDIA[kind], headers=_FILE, filename=saved)

    @api.get(
        "/{name}/tables/{which}.parquet",
        summary="A table of the run, Parquet",
        response_class=Response,
        responses=file_of("parquet"),
    )
    def numbers(name: str, which: str) -> FileResponse:
        path = table(queue, name, which)
        return FileResponse(path, media_type=MEDIA["parquet"], filename=f"{name}_{which}.parquet")

    return api
