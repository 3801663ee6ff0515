"""The JSON API of studies."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Body, Response

from hepasome import LoadedStudy
from hepasome.biology import model_sbml
from hepasome.files import input_error
from hepasome.web._described import faults
from hepasome.web._downloads import MEDIA, attachment, file_of
from hepasome.web._library import Library
from hepasome.web._models import Checked, CopyRequest, StudyContent, StudySummary, StudyView
from hepasome.web._products import Products
from hepasome.web._views import checked, summary, whole
from hepasome.web._vocabulary import vocabulary

_FAULTS = faults({404: "There is no such study.", 409: "This is not done to this study."})


def study_routes(library: Library, products: Products) -> APIRouter:
    """The addresses below `/api/studies`, and the words that a study may use."""
    api = APIRouter(prefix="/api", tags=["studies"])

    @api.get("/vocabulary", summary="The words that a study may use")
    def words() -> dict[str, Any]:
        return vocabulary(products.own())

    @api.get("/studies", summary="All studies, own ones first")
    def studies() -> list[StudySummary]:
        return [summary(entry) for entry in library.entries()]

    @api.post("/studies", status_code=201, summary="Copy a study", responses=_FAULTS)
    def copy(asked: CopyRequest) -> StudyView:
        return whole(library.copy(asked.copy_of, asked.id, asked.title.strip()))

    @api.post(
        "/study-files",
        status_code=201,
        summary="Add a study from the text of its file",
        responses=_FAULTS,
        openapi_extra={"requestBody": {"content": {MEDIA["yaml"]: {"schema": {"type": "string"}}}, "required": True}},
    )
    def add(text: Annotated[bytes, Body(media_type=MEDIA["yaml"])]) -> StudyView:
        return whole(library.add(_decoded(text)))

    @api.get("/studies/{name}", summary="One study", responses=_FAULTS)
    def study(name: str) -> StudyView:
        return whole(library.get(name))

    @api.put("/studies/{name}", summary="Replace an own study", responses=_FAULTS)
    def save(name: str, asked: StudyContent) -> StudyView:
        return whole(library.save(name, _content(asked)))

    @api.delete("/studies/{name}", status_code=204, summary="Remove an own study; its runs stay", responses=_FAULTS)
    def delete(name: str) -> None:
        library.delete(name)

    @api.post("/studies/{name}/check", summary="Check a version of a study; nothing is kept", responses=_FAULTS)
    def check(name: str, asked: StudyContent) -> Checked:
        library.get(name)
        return checked(library, _content(asked), name)

    @api.get(
        "/studies/{name}/study.yaml",
        summary="The file of a study",
        response_class=Response,
        responses=_FAULTS | file_of("yaml"),
    )
    def file(name: str) -> Response:
        return attachment(library.get(name).text, f"{name}.yaml")

    @api.get(
        "/studies/{name}/model.xml",
        summary="The model of a study as SBML",
        response_class=Response,
        responses=_FAULTS | file_of("xml"),
    )
    def sbml(name: str) -> Response:
        text = model_sbml(library.get(name).checked().structure)
        return attachment(text, f"{name}.xml")

    @api.get(
        "/studies/{name}/archive.omex",
        summary="A study as an OMEX archive",
        response_class=Response,
        responses=_FAULTS | file_of("omex"),
    )
    def omex(name: str) -> Response:
        entry = library.get(name)
        with tempfile.TemporaryDirectory() as folder:
            path = LoadedStudy(entry.checked(), entry.path).archive(Path(folder))
            return attachment(path.read_bytes(), f"{name}.omex")

    return api


def _content(asked: StudyContent) -> dict[str, Any] | str:
    if (asked.study is None) == (asked.text is None):
        raise input_error("request", "Give `study` or `text`, one of both.")
    return asked.study if asked.study is not None else asked.text or ""


def _decoded(text: bytes) -> str:
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise input_error("study file", "The file is not UTF-8 text.", "Save it as UTF-8.") from None
