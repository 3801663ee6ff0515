"""A lobule in cross-section: what the cells of every zone got, drawn from simulated zones."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Polygon

from hepasome.report._copies import CELL_NAMES
from hepasome.report._style import ink_on, look, new_figure
from hepasome.report._tables import number

_COLUMNS = 4
_MOST_NAMED = 4  # cargo below a lobule; the table has all
_VEIN = 0.12  # radius of the central vein, of the lobule's
_CORNERS = np.deg2rad(np.arange(6) * 60)
_COLOURS = colormaps["viridis_r"]


def lobule(zones: pd.DataFrame, arm: str, copies: dict[str, float]) -> Figure:
    """Vesicles per cell in every zone, a lobule for each cell type; portal fields at the corners, central vein inside.

    Args:
        zones: As `zone_exposure` returns it.
        arm: Its arm.
        copies: Copies per vesicle of each named cargo; below each lobule stand the copies per cell, portal to central.
    """
    cells = list(dict.fromkeys(zones["cell"]))
    columns = min(_COLUMNS, len(cells))
    seen = zones.loc[zones["vesicles"] > 0, "vesicles"]
    low, high = (seen.min(), seen.max()) if len(seen) else (0.1, 1.0)
    scale: Normalize = LogNorm(10 ** math.floor(math.log10(low)), 10 ** math.ceil(math.log10(high) + 1e-9))
    with look():
        lines = min(len(copies), _MOST_NAMED)
        figure = new_figure(1.0 + (2.1 + 0.15 * lines) * math.ceil(len(cells) / columns))
        panels = []
        for i, cell in enumerate(cells):
            axes = figure.add_subplot(math.ceil(len(cells) / columns), columns, i + 1)
            _draw(axes, zones[zones["cell"] == cell].sort_values("zone"), scale, lines)
            axes.set_title(CELL_NAMES.get(cell, cell), loc="center")
            loaded = zones.loc[zones["cell"] == cell].sort_values("zone")["loaded"].to_numpy()
            said = [f"{name}: {number(loaded[0] * x)} to {number(loaded[-1] * x)}" for name, x in copies.items()]
            below = "\n".join(said[:_MOST_NAMED])
            axes.annotate(below, (0, -1.0), ha="center", va="top", fontsize=8, annotation_clip=False)
            panels.append(axes)
        mapped = ScalarMappable(scale, _COLOURS)
        bar = figure.colorbar(mapped, ax=panels, orientation="horizontal", fraction=0.06, pad=0.03, aspect=50)
        what = "; below: copies on AGO per cell at the peak, portal to central" if copies else ""
        bar.set_label(f"{arm}: vesicles per cell until the read-out{what}")
        bar.ax.xaxis.set_major_formatter(lambda vesicles, _: f"{vesicles:,g}")
    return figure


def _draw(axes: Axes, rows: pd.DataFrame, scale: Normalize, lines: int) -> None:
    count = len(rows)
    radii = np.linspace(1, _VEIN, count + 1)
    for radius, inner, row in zip(radii, radii[1:], rows.to_dict("records"), strict=False):
        vesicles = float(row["vesicles"])
        colour = _COLOURS(scale(vesicles)) if vesicles > 0 else (1.0, 1.0, 1.0, 1.0)
        axes.add_patch(Polygon(_hexagon(radius), facecolor=colour, edgecolor="white", linewidth=1.2))
        if count <= 4:
            at = -(radius + inner) / 2 * math.cos(math.pi / 6)
            axes.annotate(number(vesicles), (0, at), ha="center", va="center", fontsize=8, color=ink_on(colour))
    axes.add_patch(Circle((0, 0), _VEIN * 0.9, facecolor="white", edgecolor="#777777"))
    for x, y in _hexagon(1.0):
        axes.add_patch(Circle((x, y), 0.06, facecolor="#B2182B", edgecolor="white"))
    axes.set_xlim(-1.1, 1.1)
    axes.set_ylim(-1.0 - 0.16 * lines, 1.0)
    axes.set_aspect("equal")
    axes.axis("off")


def _hexagon(radius: float) -> list[tuple[float, float]]:
    return [(radius * math.cos(angle), radius * math.sin(angle)) for angle in _CORNERS]
