"""The JSON API of products, and of laboratory files that become one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import APIRouter, Form, Response

from hepasome.files import InputError
from hepasome.web._described import faults
from hepasome.web._downloads import MEDIA, attachment, file_of
from hepasome.web._library import Library
from hepasome.web._models import StudyView
from hepasome.web._names import RefusedError
from hepasome.web._product_folder import Reading
from hepasome.web._product_models import (
    LabUpload,
    ProductBeside,
    ProductSummary,
    ProductView,
    ReadingView,
    UseRequest,
)
from hepasome.web._product_views import product_summary, product_view, reading_view, unanswered
from hepasome.web._products import Products
from hepasome.web._reading import LabDesk
from hepasome.web._security import FILE_POLICY
from hepasome.web._uploads import Upload
from hepasome.web._use import with_arm
from hepasome.web._views import whole

_FAULTS = faults(
    {
        404: "There is no such product, or study.",
        409: "This is not done now, or not to this product or study.",
    }
)
_FILE = {"Content-Security-Policy": FILE_POLICY}
_AT_ONCE, _WAITING = 2, 8  # readings; further ones are refused, so that nobody fills the disk with what waits
_Made = TypeVar("_Made")


def product_routes(products: Products, desk: LabDesk, library: Library) -> APIRouter:
    """The addresses below `/api/products`, and the one that brings a product to a study."""
    api = APIRouter(prefix="/api", tags=["products"])
    places, there = CapacityLimiter(_AT_ONCE), 0

    async def reading(asked: LabUpload, then: Callable[[Path, Reading], _Made]) -> _Made:
        """Read what was sent; what is not kept is gone when this ends."""
        nonlocal there
        if there >= _AT_ONCE + _WAITING:
            raise RefusedError("Others are sending files. Try again in a moment.")

        def read() -> _Made:
            files = [Upload(file.filename or "", file.file) for file in asked.files]
            control = None if asked.control is None else Upload(asked.control.filename or "", asked.control.file)
            with desk.read(files, control, asked.answers()) as (folder, found):
                return then(folder, found)

        there += 1
        try:
            return await run_sync(read, limiter=places)
        finally:
            there -= 1

    def keep(folder: Path, found: Reading) -> ProductView:
        if found.product is None:
            raise InputError(unanswered(found))
        return product_view(products, products.keep(folder, found.product))

    @api.get("/products", summary="All products, own ones first")
    def listed() -> list[ProductSummary]:
        return [product_summary(entry) for entry in products.entries()]

    @api.post("/products/read", summary="Read laboratory files; nothing is kept", responses=_FAULTS)
    async def read(asked: Annotated[LabUpload, Form(media_type="multipart/form-data")]) -> ReadingView:
        return await reading(asked, reading_view)

    @api.post("/products", status_code=201, summary="Keep a product of laboratory files", responses=_FAULTS)
    async def made(asked: Annotated[LabUpload, Form(media_type="multipart/form-data")]) -> ProductView:
        return await reading(asked, keep)

    @api.get("/products/{name}", summary="One product: its sheet in parts", responses=_FAULTS)
    def product(name: str) -> ProductView:
        return product_view(products, products.get(name))

    @api.delete("/products/{name}", status_code=204, summary="Remove an own product", responses=_FAULTS)
    def delete(name: str) -> None:
        products.remove(name)

    @api.get(
        "/products/{name}/product.yaml",
        summary="The file of a product",
        response_class=Response,
        responses=_FAULTS | file_of("yaml"),
    )
    def file(name: str) -> Response:
        return attachment(products.get(name).path.read_bytes(), f"{name}.yaml")

    @api.get(
        "/products/{name}/sheet.html",
        summary="The sheet: one file that opens from disk",
        response_class=Response,
        responses=_FAULTS | file_of("html"),
    )
    def sheet(name: str, *, download: bool = False) -> Response:
        saved = {"Content-Disposition": f'attachment; filename="{name}.html"'} if download else {}
        return Response(products.sheet(name), media_type=MEDIA["html"], headers=_FILE | saved)

    @api.get(
        "/products/{name}/figures/{drawing}.{kind}",
        summary="A picture of the sheet, or its numbers",
        response_class=Response,
        responses=_FAULTS | file_of("svg", "png", "csv"),
    )
    def picture(name: str, drawing: str, kind: Literal["svg", "png", "csv"], *, download: bool = False) -> Response:
        content = products.picture(name, drawing, kind)
        if download or kind == "csv":
            return attachment(content, f"{name}_{drawing}.{kind}")
        return Response(content, media_type=MEDIA[kind], headers=_FILE)

    @api.post(
        "/products/{name}/use",
        status_code=201,
        summary="Add an arm with a product to an own study: as its main treated arm, with this product",
        responses=_FAULTS,
    )
    def use(name: str, asked: UseRequest) -> StudyView:
        entry = products.get(name)
        content = with_arm(library.get(asked.study).checked(), entry.checked(), entry.base)
        if entry.own:
            library.lay_beside(asked.study, entry.path)
        return whole(library.save(asked.study, content))

    @api.put(
        "/studies/{study}/products/{name}",
        summary="Lay the file of an own product beside an own study, which then may name it",
        responses=_FAULTS,
    )
    def beside(study: str, name: str) -> ProductBeside:
        entry = products.get(name)
        if entry.own:
            library.lay_beside(study, entry.path)
        return ProductBeside(base=entry.base)

    return api
