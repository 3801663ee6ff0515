"""A body with its organs: where the vesicles of a dose are at three times after it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse, FancyBboxPatch

from hepasome.report._style import ink_on, look, new_figure
from hepasome.report._tables import number
from hepasome.report._time import unit_for

_LIVER = ("Kupffer cells", "endothelium", "stellate cells", "hepatocytes")
# name, places that it holds, centre, width and height; the outline is one body wide and two high
_ORGANS: tuple[tuple[str, tuple[str, ...], float, float, float, float], ...] = (
    ("lung", ("lung",), 0.5, 1.64, 0.62, 0.34),
    ("blood", ("blood",), 0.5, 1.32, 0.46, 0.24),
    ("liver", _LIVER, 0.33, 0.98, 0.56, 0.36),
    ("spleen", ("spleen",), 0.8, 0.98, 0.34, 0.3),
    ("depot", ("waiting in a depot",), 0.28, 0.6, 0.4, 0.26),
    ("tumour", ("tumour",), 0.74, 0.6, 0.4, 0.26),
    ("elsewhere or lost", ("elsewhere or lost",), 0.5, 0.22, 0.86, 0.3),
)
_COLOURS = colormaps["viridis_r"]
_LEAST = 0.01  # %, the lower end of the colours
_MOMENTS = (1.0, 24.0)  # h after the dose, and the last reading


def body(shares: pd.DataFrame, arm: str) -> Figure:
    """Share of the vesicles in each organ at one hour, a day, and the last reading; degraded ones counted too.

    Args:
        shares: As `fate_shares` returns it.
        arm: Its arm.
    """
    index = shares.index.to_numpy(float)
    places = sorted({int(np.abs(np.log(index / moment)).argmin()) for moment in (*_MOMENTS, index[-1])})
    scale, present = LogNorm(_LEAST, 100), [str(place) for place in shares if shares[place].max() > 0]
    with look():
        figure = new_figure(4.9)
        panels = []
        for i, place in enumerate(places):
            axes = figure.add_subplot(1, len(places), i + 1)
            _draw(axes, shares[present].iloc[place], scale)
            axes.set_title(_moment(index[place]))
            panels.append(axes)
        mapped = ScalarMappable(scale, _COLOURS)
        bar = figure.colorbar(mapped, ax=panels, orientation="horizontal", fraction=0.05, pad=0.02, aspect=50)
        bar.set_label(f"{arm}: % of the vesicles")
        bar.ax.xaxis.set_major_formatter(lambda share, _: f"{share:g}")
    return figure


def _draw(axes: Axes, shares: pd.Series[float], scale: LogNorm) -> None:
    outline: dict[str, Any] = {"facecolor": "#F2F4F5", "edgecolor": "#AAB2B8"}
    axes.add_patch(FancyBboxPatch((0.08, 0.06), 0.84, 1.82, boxstyle="round,pad=0.06,rounding_size=0.3", **outline))
    for name, held, x, y, width, height in _ORGANS:
        there = [place for place in held if place in shares]
        if not there:
            continue
        share = float(shares[there].sum())
        colour = _COLOURS(scale(max(share, _LEAST))) if share > 0 else (1.0, 1.0, 1.0, 1.0)
        axes.add_patch(Ellipse((x, y), width, height, facecolor=colour, edgecolor="white", linewidth=1.5))
        axes.annotate(
            f"{name}\n{number(share) if share >= _LEAST else f'< {_LEAST:g}'} %",
            (x, y),
            ha="center",
            va="center",
            fontsize=8,
            color=ink_on(colour),
        )
    axes.set_xlim(-0.05, 1.05)
    axes.set_ylim(-0.05, 2.0)
    axes.set_aspect("equal")
    axes.axis("off")


def _moment(hours: float) -> str:
    unit = unit_for(hours)
    value = hours / unit.hours
    return f"{value:.3g} {unit.name}{'' if value == 1 else 's'} after the dose"
