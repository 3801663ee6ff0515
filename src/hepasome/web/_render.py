"""From templates to answers in HTML."""

from __future__ import annotations

import mimetypes
from datetime import datetime
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.staticfiles import StaticFiles

from hepasome.report import number, p_value
from hepasome.web._models import FindingView
from hepasome.web._navigation import SECTIONS

_LABELS = ("reproduced", "conditional", "not reproduced", "not judged")


def page(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A page from a template, in the section of the navigation that its address belongs to."""
    section = next((one for one in SECTIONS if request.url.path.startswith(one.address)), None)
    always = {"sections": SECTIONS, "section": section, "labels": _LABELS, "shared": request.app.state.shared}
    text = _ENVIRONMENT.get_template(template).render(**context, **always)
    return HTMLResponse(text, status)


def part(template: str, **context: Any) -> str:
    """A part of a page, for a script that puts it into one."""
    return _ENVIRONMENT.get_template(template).render(**context)


def error_page(request: Request, status: int, sentence: str, found: list[FindingView]) -> HTMLResponse:
    """A page that says what went wrong."""
    return page(request, "error.html.j2", status, sentence=sentence, findings=found)


def static_files() -> StaticFiles:
    """Style and scripts."""
    mimetypes.add_type("text/javascript", ".js")  # a system may think otherwise, and browsers then refuse it
    return StaticFiles(packages=[("hepasome.web", "static")])


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
