"""One self-contained page about a preparation: numbers, pictures, what is doubtful and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup
from matplotlib.figure import Figure

from hepasome.files import write_atomically
from hepasome.product import LabReading, Product, check_product
from hepasome.report._product_figures import gates_figure, product_figure
from hepasome.report._product_tables import gates_table, product_table
from hepasome.report._style import STATUS_COLOURS, embedded, png, svg
from hepasome.report._tables import number

_PAGE = "product.html.j2"
_ANSWER_COLOURS = {"yes": "#1B7837", "no": "#B2182B"}


def write_product_sheet(product: Product, path: Path | str, reading: LabReading | None = None) -> Path:
    """Write the sheet of a preparation as one HTML file that opens from disk and loads nothing.

    Args:
        product: Vesicles, or cells or medium, whose vesicles are shown.
        path: Where the sheet goes.
        reading: The laboratory files that the product was read from: replicates, gates and derivations are shown too.

    Returns:
        The path of the sheet.
    """
    return write_atomically(path, render_product_sheet(product, reading))


def render_product_sheet(
    product: Product, reading: LabReading | None = None, pictures: Mapping[str, str] | None = None
) -> str:
    """The sheet as HTML; the same product gives the same bytes.

    Args:
        product: As `write_product_sheet`.
        reading: As there.
        pictures: Its pictures, where `product_pictures` has drawn them already.
    """
    environment = Environment(
        loader=PackageLoader("hepasome.report"), autoescape=select_autoescape(default=True, default_for_string=True)
    )
    environment.filters |= {"number": number}
    drawn = product_pictures(product, reading) if pictures is None else pictures
    return environment.get_template(_PAGE).render(**_context(product, reading, drawn))


def product_pictures(product: Product, reading: LabReading | None = None) -> dict[str, str]:
    """Pictures of a preparation as SVG, by name: `preparation`, and `gates` where a cytometer was read."""
    return {name: svg(figure) for name, figure, _ in _drawn(product, reading)}


def product_picture_files(product: Product, reading: LabReading | None = None) -> dict[str, str | bytes]:
    """The same pictures as SVG and PNG, and as CSV with the numbers that they show, by the name of the file."""
    files: dict[str, str | bytes] = {}
    for name, figure, table in _drawn(product, reading):
        files[f"{name}.svg"] = svg(figure)
        files[f"{name}.png"] = png(figure)
        files[f"{name}.csv"] = table.to_csv(index=False, lineterminator="\n")
    return files


def _drawn(product: Product, reading: LabReading | None) -> Iterator[tuple[str, Figure, pd.DataFrame]]:
    """Every picture with its name and its numbers."""
    yield "preparation", product_figure(product.vesicles, reading), product_table(product.vesicles)
    if reading is not None and reading.gates:
        yield "gates", gates_figure(reading.gates), gates_table(reading.gates)


def _context(product: Product, reading: LabReading | None, pictures: Mapping[str, str]) -> dict[str, Any]:
    check = check_product(product)
    return {
        "product": product,
        "vesicles": product.vesicles,
        "check": check,
        "kept": product.storage.kept(),
        "told": len(check.part("report")) - len(check.missing),
        "asked": len(check.part("report")),
        "figures": {name: Markup(embedded(drawing, name)) for name, drawing in pictures.items()},  # noqa: S704 # ours
        "proteins": reading.proteins if reading else (),
        "derivations": reading.derivations if reading else (),
        "status_colours": STATUS_COLOURS,
        "answer_colours": _ANSWER_COLOURS,
    }
