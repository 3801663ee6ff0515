"""The JSON API of designs."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from starlette.concurrency import run_in_threadpool

from hepasome.web._described import faults
from hepasome.web._design_models import CurveView, DesignQuery, DesignView, PrepareRequest
from hepasome.web._designs import ALL, Designs
from hepasome.web._downloads import attachment, file_of

_FAULTS = faults({404: "There is no such study or design.", 409: "It is not prepared yet, or too many wait."})
Name = Literal["protocol.md", "allocation.csv", "power.csv", "power.svg", "power.png", "design.json", "design.zip"]


def design_routes(designs: Designs) -> APIRouter:
    """The addresses below `/api/designs`."""
    api = APIRouter(prefix="/api/designs", tags=["designs"], responses=_FAULTS)
    one_at_a_time = asyncio.Lock()  # who waits holds no thread, so that pages come meanwhile

    @api.get("", summary="Designs, the latest first")
    def all_designs() -> list[DesignView]:
        return designs.views()

    @api.post("", status_code=202, summary="Queue the simulations behind a design; the same are not made twice")
    def submit(asked: PrepareRequest) -> DesignView:
        return designs.view(designs.ask(asked).name)

    @api.get("/{name}", summary="One design, and what it can be asked")
    def design(name: str) -> DesignView:
        return designs.view(name)

    @api.get("/{name}/curve", summary="Power by size for a dose, a schedule and an analysis; nothing is simulated")
    async def curve(name: str, asked: Annotated[DesignQuery, Query()]) -> CurveView:
        async with one_at_a_time:
            return await run_in_threadpool(designs.curve, name, asked)

    @api.get(
        "/{name}/files/{file}",
        summary="What `hepasome design --out` writes",
        response_class=Response,
        responses=file_of("csv", "json", "md", "png", "svg", "zip"),
    )
    async def files(name: str, file: Name, asked: Annotated[DesignQuery, Query()]) -> Response:
        async with one_at_a_time:
            content = await run_in_threadpool(designs.file, name, asked, file)
        saved = f"{name}.zip" if file == ALL else f"{name}_{file}"
        return attachment(content, saved)

    return api
