"""The pages of products."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from hepasome.web._library import Library
from hepasome.web._product_views import product_summary, product_view
from hepasome.web._products import Products
from hepasome.web._render import page
from hepasome.web._settings import Serving
from hepasome.web._uploads import ENDINGS


def product_pages(products: Products, library: Library, serving: Serving) -> APIRouter:
    """The list with the desk for laboratory files, and a page for each product."""
    site = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @site.get("/products")
    def listed(request: Request) -> HTMLResponse:
        found = [product_summary(entry) for entry in products.entries()]
        cells = sorted({one.source_cell for one in found if one.source_cell})
        return page(request, "products.html.j2", products=found, cells=cells, limits=serving.limits, endings=ENDINGS)

    @site.get("/products/{name}")
    def product(request: Request, name: str) -> HTMLResponse:
        shown = product_view(products, products.get(name))
        figures = f"/api/products/{name}/figures"
        sources = {drawing: f"{figures}/{drawing}.svg" for drawing in shown.pictures}
        studies = [entry.study for entry in library.entries() if entry.own and entry.study is not None]
        return page(request, "product.html.j2", product=shown, sources=sources, figures=figures, studies=studies)

    return site
