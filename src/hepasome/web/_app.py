"""The application: routes, pages, and what becomes of errors."""

from __future__ import annotations

import importlib.metadata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from hepasome.files import InputError
from hepasome.web._api_designs import design_routes
from hepasome.web._api_runs import run_routes
from hepasome.web._api_studies import study_routes
from hepasome.web._designs import Designs
from hepasome.web._library import Library
from hepasome.web._models import FindingView, Problem
from hepasome.web._names import MissingError, RefusedError
from hepasome.web._pages import pages
from hepasome.web._pages_designs import design_pages
from hepasome.web._queue import RunQueue
from hepasome.web._render import error_page, static_files
from hepasome.web._security import Guard
from hepasome.web._settings import Serving
from hepasome.web._views import findings

_ABOUT = (
    "In-silico trials of exosome therapy for the liver. The screens of hepasome use these addresses and no others. "
    "Bodies are JSON (a study file: YAML); errors are a sentence with findings: what, where, and what to do."
)
_SENTENCES = {404: "There is nothing at this address.", 405: "This is not done at this address."}


def application(serving: Serving) -> FastAPI:
    """The application for a folder."""
    library, queue = Library(serving.studies, serving.limits), RunQueue(serving)

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        queue.start()
        try:
            yield
        finally:
            await run_in_threadpool(queue.stop)

    app = FastAPI(
        title="hepasome",
        version=importlib.metadata.version("hepasome"),
        description=_ABOUT,
        lifespan=running,
        openapi_url="/api/openapi.json",
        docs_url=None,  # those pages load scripts from elsewhere; ours is made from the same description
        redoc_url=None,
    )
    app.include_router(study_routes(library))
    app.include_router(run_routes(library, queue))
    designs = Designs(library, queue)
    app.include_router(design_routes(designs))
    app.include_router(pages(library, queue, serving, app.openapi))
    app.include_router(design_pages(designs, library))
    app.mount("/static", static_files())
    _errors(app)
    app.add_middleware(Guard, serving=serving)
    return app


def _errors(app: FastAPI) -> None:
    def answer(request: Request, status: int, sentence: str, found: list[FindingView] | None = None) -> Response:
        if request.url.path.startswith("/api/"):
            problem = Problem(sentence=sentence, findings=found or [])
            return JSONResponse(problem.model_dump(), status)
        return error_page(request, status, sentence, found or [])

    @app.exception_handler(MissingError)
    def missing(request: Request, error: MissingError) -> Response:
        return answer(request, 404, error.sentence)

    @app.exception_handler(RefusedError)
    def refused(request: Request, error: RefusedError) -> Response:
        return answer(request, 409, error.sentence)

    @app.exception_handler(InputError)
    def unfit(request: Request, error: InputError) -> Response:
        return answer(request, 422, "The input does not hold.", findings(error))

    @app.exception_handler(RequestValidationError)
    def misshapen(request: Request, error: RequestValidationError) -> Response:
        found = [
            FindingView(problem=f"{one['msg']}.", field=".".join(str(part) for part in one["loc"][1:]))
            for one in error.errors()
        ]
        return answer(request, 422, "The request does not hold.", found)

    @app.exception_handler(HTTPException)
    def other(request: Request, error: HTTPException) -> Response:
        found = answer(request, error.status_code, _SENTENCES.get(error.status_code, str(error.detail)))
        found.headers.update(error.headers or {})
        return found

    @app.exception_handler(OSError)
    def unreadable(request: Request, error: OSError) -> Response:
        return answer(request, 500, f"Cannot read or write: {error.strerror or error}.")

    @app.exception_handler(Exception)
    def fault(request: Request, error: Exception) -> Response:
        what: Any = f"{type(error).__name__}: {error}"
        return answer(request, 500, f"This is a fault of hepasome ({what}). Please report it.")
