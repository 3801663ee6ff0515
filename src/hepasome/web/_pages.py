"""The pages: what the API gives, as HTML."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.staticfiles import StaticFiles

from hepasome.report import number, p_value
from hepasome.web._files import explained, results
from hepasome.web._library import Library
from hepasome.web._models import FindingView
from hepasome.web._names import MissingError
from hepasome.web._navigation import SECTIONS
from hepasome.web._queue import RunQueue
from hepasome.web._settings import Serving
from hepasome.web._views import run_view, summary, whole
from hepasome.web._vocabulary import vocabulary

_LABELS = ("reproduced", "conditional", "not reproduced", "not judged")
_RECENT = 10


def pages(library: Library, queue: RunQueue, serving: Serving, describe: Callable[[], dict[str, Any]]) -> APIRouter:
    """All pages."""
    site = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @site.get("/")
    def home() -> RedirectResponse:
        return RedirectResponse("/studies")

    @site.get("/studies")
    def studies(request: Request) -> HTMLResponse:
        found = [summary(entry) for entry in library.entries()]
        return _page(request, "studies.html.j2", studies=found)

    @site.get("/studies/{name}")
    def study(request: Request, name: str) -> HTMLResponse:
        shown = whole(library.get(name))
        queue.look()
        runs = [run_view(queue, job) for job in queue.index.find(name, limit=_RECENT)]
        return _page(request, "study.html.j2", study=shown, runs=runs, limits=serving.limits)

    @site.get("/studies/{name}/edit")
    def edit(request: Request, name: str) -> HTMLResponse:
        entry = library.get(name)
        if not entry.own:
            raise MissingError("A shipped study stays as it is. Copy it, and change the copy.")
        return _page(request, "edit.html.j2", study=whole(entry), vocabulary=vocabulary())

    @site.get("/runs")
    def runs(request: Request) -> HTMLResponse:
        queue.look()
        return _page(request, "runs.html.j2", runs=[run_view(queue, job) for job in queue.index.find()])

    @site.get("/runs/{name}")
    def run(request: Request, name: str) -> HTMLResponse:
        view = run_view(queue, queue.get(name))
        found = results(queue, name) if view.has_results else None
        return _page(request, "run.html.j2", run=view, found=found, explained=explained(queue, name))

    @site.get("/compare")
    def compare(request: Request, a: str, b: str) -> HTMLResponse:
        views = [run_view(queue, queue.get(name)) for name in (a, b)]
        return _page(request, "compare.html.j2", runs=views, found=[results(queue, name) for name in (a, b)])

    @site.get("/api")
    def api(request: Request) -> HTMLResponse:
        return _page(request, "api.html.j2", api=describe())

    return site


def error_page(request: Request, status: int, sentence: str, found: list[FindingView]) -> HTMLResponse:
    """A page that says what went wrong."""
    return _page(request, "error.html.j2", status, sentence=sentence, findings=found)


def static_files() -> StaticFiles:
    """Style and scripts."""
    mimetypes.add_type("text/javascript", ".js")  # a system may think otherwise, and browsers then refuse it
    return StaticFiles(packages=[("hepasome.web", "static")])


def _page(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    section = next((one for one in SECTIONS if request.url.path.startswith(one.address)), None)
    text = _ENVIRONMENT.get_template(template).render(**context, sections=SECTIONS, section=section, labels=_LABELS)
    return HTMLResponse(text, status)


def _day(moment: str) -> str:
    """A moment for readers, in the time of this machine."""
    return f"{datetime.fromisoformat(moment).astimezone():%-d %b %Y, %H:%M}" if moment else ""


_ENVIRONMENT = Environment(
    loader=PackageLoader("hepasome.web"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.policies["json.dumps_kwargs"] = {"sort_keys": False}  # the order of the arms is that of the file
_ENVIRONMENT.filters |= {"number": number, "p_value": p_value, "day": _day}
