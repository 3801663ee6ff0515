"""The application: routes, pages, and what becomes of errors."""

from __future__ import annotations

import importlib.metadata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from threading import Thread
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from hepasome.files import InputError
from hepasome.web._api_designs import design_routes
from hepasome.web._api_evidence import evidence_routes
from hepasome.web._api_products import product_routes
from hepasome.web._api_runs import run_routes
from hepasome.web._api_studies import study_routes
from hepasome.web._asking import Asking
from hepasome.web._described import COMMON, allowed
from hepasome.web._designs import Designs
from hepasome.web._elsewhere import laboratory_routes
from hepasome.web._library import Library, read_shipped
from hepasome.web._models import FindingView, Problem
from hepasome.web._names import MissingError, RefusedError
from hepasome.web._pages import pages
from hepasome.web._pages_designs import design_pages
from hepasome.web._pages_evidence import evidence_pages
from hepasome.web._pages_products import product_pages
from hepasome.web._products import Products
from hepasome.web._queue import RunQueue
from hepasome.web._reading import LabDesk
from hepasome.web._render import error_page, static_files
from hepasome.web._security import Guard
from hepasome.web._settings import Serving
from hepasome.web._views import findings

_ABOUT = (
    "In-silico trials of exosome therapy for the liver. The screens of hepasome use these addresses and no others. "
    "Bodies are JSON (a study file: YAML; laboratory files: a form); errors are a sentence with findings: what, where, "
    "and what to do."
)
_SENTENCES = {
    400: "The body of the request cannot be read.",
    404: "There is nothing at this address.",
    405: "This is not done at this address.",
}


def application(serving: Serving) -> FastAPI:
    """The application for a folder."""
    library, queue = Library(serving.studies, serving.limits), RunQueue(serving)
    products, desk = Products(serving.products, serving.limits), LabDesk(serving)  # the queue holds the folder for us
    asking, designs = Asking(serving.limits), Designs(library, queue)

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        queue.start()
        Thread(target=read_shipped, daemon=True, name="studies").start()  # before somebody waits for them
        try:
            yield
        finally:
            await run_in_threadpool(queue.stop)
            await run_in_threadpool(asking.close)

    app = FastAPI(
        title="hepasome",
        version=importlib.metadata.version("hepasome"),
        description=_ABOUT,
        lifespan=running,
        openapi_url="/api/openapi.json",
        docs_url=None,  # those pages load scripts from elsewhere; ours is made from the same description
        redoc_url=None,
        responses=COMMON,
        generate_unique_id_function=_operation,
    )
    app.state.shared = bool(serving.store)
    app.include_router(study_routes(library, products))
    app.include_router(product_routes(products, desk, library))
    app.include_router(run_routes(library, queue))
    app.include_router(laboratory_routes(queue))
    app.include_router(pages(library, products, queue, serving, app.openapi))
    app.include_router(product_pages(products, library, serving))
    app.include_router(evidence_routes(asking, serving.limits))
    app.include_router(evidence_pages(library, asking))
    app.include_router(design_routes(designs))
    app.include_router(design_pages(designs, library))
    app.mount("/static", static_files())
    _errors(app)
    app.add_middleware(Guard, serving=serving)
    return app


def _operation(route: APIRoute) -> str:
    """The id of an operation, by which generated clients and links name it."""
    return f"{route.tags[0]}_{route.name}" if route.tags else route.name


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
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            found.headers["Allow"] = allowed(app.routes, request.scope)
        return found

    @app.exception_handler(OSError)
    def unreadable(request: Request, error: OSError) -> Response:
        return answer(request, 500, f"Cannot read or write: {error.strerror or error}.")

    @app.exception_handler(Exception)
    def fault(request: Request, error: Exception) -> Response:
        what: Any = f"{type(error).__name__}: {error}"
        return answer(request, 500, f"This is a fault of hepasome ({what}). Please report it.")
