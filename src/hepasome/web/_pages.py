"""The pages: what the API gives, as HTML."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from hepasome.web._elsewhere import elsewhere
from hepasome.web._files import explained, results
from hepasome.web._library import Library
from hepasome.web._names import MissingError
from hepasome.web._products import Products
from hepasome.web._queue import RunQueue
from hepasome.web._render import page
from hepasome.web._settings import Serving
from hepasome.web._views import run_view, summary, whole
from hepasome.web._vocabulary import vocabulary

_RECENT = 10


def pages(
    library: Library, products: Products, queue: RunQueue, serving: Serving, describe: Callable[[], dict[str, Any]]
) -> APIRouter:
    """All pages."""
    site = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @site.get("/")
    def home() -> RedirectResponse:
        return RedirectResponse("/studies")

    @site.get("/studies")
    def studies(request: Request) -> HTMLResponse:
        found = [summary(entry) for entry in library.entries()]
        return page(request, "studies.html.j2", studies=found)

    @site.get("/studies/{name}")
    def study(request: Request, name: str) -> HTMLResponse:
        shown = whole(library.get(name))
        queue.look()
        runs = [run_view(queue, job) for job in queue.index.find(name, limit=_RECENT)]
        others = elsewhere(queue, name)
        return page(request, "study.html.j2", study=shown, runs=runs, limits=serving.limits, laboratory=others)

    @site.get("/studies/{name}/edit")
    def edit(request: Request, name: str) -> HTMLResponse:
        entry = library.get(name)
        if not entry.own:
            raise MissingError("A shipped study stays as it is. Copy it, and change the copy.")
        return page(request, "edit.html.j2", study=whole(entry), vocabulary=vocabulary(products.own()))

    @site.get("/runs")
    def runs(request: Request) -> HTMLResponse:
        queue.look()
        found = [run_view(queue, job) for job in queue.index.find()]
        return page(request, "runs.html.j2", runs=found, laboratory=elsewhere(queue))

    @site.get("/runs/{name}")
    def run(request: Request, name: str) -> Response:
        view = run_view(queue, queue.get(name))
        if view.task == "design":
            return RedirectResponse(f"/design/{name}")
        found = results(queue, name) if view.has_results else None
        return page(request, "run.html.j2", run=view, found=found, explained=explained(queue, name))

    @site.get("/compare")
    def compare(request: Request, a: str, b: str) -> HTMLResponse:
        views = [run_view(queue, queue.get(name)) for name in (a, b)]
        return page(request, "compare.html.j2", runs=views, found=[results(queue, name) for name in (a, b)])

    @site.get("/api")
    def api(request: Request) -> HTMLResponse:
        return page(request, "api.html.j2", api=describe())

    return site
