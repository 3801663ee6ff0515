"""Small panels side by side: how they lie, their legend, their ticks and units."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hepasome.evidence import endpoints
from hepasome.report._style import new_figure

COLUMNS = 3  # of panels
_LEGEND_LETTERS = 100  # that fit side by side


def unit_of(name: str) -> str:
    """Unit of an endpoint for an axis."""
    found = next((endpoint for endpoint in endpoints() if endpoint.id == name), None)
    if found is None or found.unit == "1":
        return "fold of healthy"
    return "% of section" if found.unit == "%" and found.kind == "histology" else found.unit


def panels(count: int, height: float) -> tuple[Figure, list[Axes]]:
    """A figure with a number of panels, each of a height in inches."""
    columns = min(COLUMNS, count)
    rows = math.ceil(count / columns)
    figure = new_figure(height * rows + 0.5)
    return figure, [figure.add_subplot(rows, columns, i + 1) for i in range(count)]


def shared_legend(figure: Figure, handles: Sequence[Artist], labels: Sequence[str]) -> None:
    """One legend above all panels."""
    columns = max(1, min(len(labels), _LEGEND_LETTERS // (max(map(len, labels), default=0) + 6)))
    figure.legend(handles, labels, loc="outside upper center", ncols=columns, fontsize=8.5)


def plain_tick(value: float, _: object) -> str:
    """A tick without offset or power of ten."""
    digits = f"{value:.6g}"
    return np.format_float_positional(float(digits), trim="-") if "e-" in digits else f"{value:,.6g}"
