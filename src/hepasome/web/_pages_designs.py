"""The pages of designs."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from hepasome.design import SPENDINGS
from hepasome.report import subjects_word
from hepasome.trial import Study, treated_arms
from hepasome.web._designs import Designs
from hepasome.web._library import Library
from hepasome.web._render import page


def design_pages(designs: Designs, library: Library) -> APIRouter:
    """The list of designs with the form that asks for one, and the page of each."""
    site = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @site.get("/design")
    def choose(request: Request, study: str = "") -> HTMLResponse:
        studies = [one.study for one in library.entries() if one.study is not None and treated_arms(one.study)]
        choices = {one.id: _choices(one) for one in studies}
        chosen = study if study in choices else ""
        return page(request, "designs.html.j2", studies=choices, chosen=chosen, designs=designs.views())

    @site.get("/design/{name}")
    def design(request: Request, name: str) -> HTMLResponse:
        shown = designs.view(name)
        return page(request, "design.html.j2", design=shown, spendings=list(SPENDINGS))

    return site


def _choices(study: Study) -> dict[str, object]:
    """What the form offers for a study."""
    return {
        "title": study.title,
        "treated": treated_arms(study),
        "arms": list(study.arms),
        "endpoints": [str(one) for one in study.endpoints],
        "word": subjects_word(study),
    }
