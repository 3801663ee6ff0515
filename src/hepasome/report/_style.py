"""One look for all figures: a colour per arm that survives colour blindness and grey print."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

# Okabe & Ito 2008, ordered so that neighbours differ in lightness too
_COLOURS = (
    "#0072B2",
    "#D55E00",
    "#CC79A7",
    "#E69F00",
    "#7B5EA7",
    "#000000",
    "#56B4E9",
    "#8C510A",
    "#66A61E",
    "#E7298A",
)
_FIXED = {"healthy": "#9A9A9A", "vehicle": "#444444", "recovery": "#2CA58D"}

STATUS_COLOURS = {"measured": "#1B7837", "derived": "#2166AC", "fitted": "#B35806", "assumed": "#B2182B"}
# a shape beside the colour: it survives grey print, and those who tell no colours apart
STATUS_MARKERS = {"measured": "o", "derived": "s", "fitted": "D", "assumed": "^"}
STATUS_SIGNS = {"measured": "●", "derived": "■", "fitted": "◆", "assumed": "▲"}
VERDICT_COLOURS = {
    "reproduced": "#1B7837",
    "conditional": "#B35806",
    "not reproduced": "#B2182B",
    "not judged": "#666666",
}
FATE_COLOURS = {
    "waiting in a depot": "#BDBDBD",
    "medium": "#9FD3E6",
    "lost in the medium": "#6B4C3B",
    "blood": "#D55E00",
    "Kupffer cells": "#0072B2",
    "endothelium": "#56B4E9",
    "stellate cells": "#E69F00",
    "hepatocytes": "#009E73",
    "tumour": "#333333",
    "spleen": "#CC79A7",
    "lung": "#7B5EA7",
    "elsewhere or lost": "#6B4C3B",
}

WIDTH = 8.0  # in; text of 8 points stays readable on A4 and on a screen

_LOOK: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#777777",
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E6E6E6",
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "hepasome",  # the same figure gives the same bytes
    "figure.constrained_layout.use": True,
}


def arm_colours(arms: Sequence[str]) -> dict[str, str]:
    """The colour of each arm, the same in every figure."""
    free = iter(_COLOURS * 3)
    return {arm: _FIXED[arm] if arm in _FIXED else next(free) for arm in arms}


def ink_on(colour: Sequence[float]) -> str:
    """Black or white, whichever is read better on a colour (red, green, blue from 0 to 1; BT.601 luma)."""
    luma = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]
    return "white" if luma < 0.55 else "#222222"


def new_figure(height: float) -> Figure:
    """An empty figure in the common look; height in inches."""
    with look():
        return Figure(figsize=(WIDTH, height), layout="constrained")


def look() -> AbstractContextManager[None]:
    """The common look as a context; axes must be made inside of it."""
    return mpl.rc_context(_LOOK)


def svg(figure: Figure) -> str:
    """The figure as an SVG element."""
    with look():
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    text = buffer.getvalue()
    return text[text.index("<svg") :]


def embedded(drawing: str, name: str) -> str:
    """An SVG element that can stand in one page with others: its ids start with its name."""
    named = re.sub(r'(\bid="|xlink:href="#|url\(#)', rf"\g<1>{name}-", drawing)
    return named.replace("<svg ", f'<svg role="img" aria-label="{name.replace("_", " ")}" ', 1)


def png(figure: Figure) -> bytes:
    """The figure as a PNG of 150 dpi."""
    with look():
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=150, metadata={"Software": None})
    return buffer.getvalue()
