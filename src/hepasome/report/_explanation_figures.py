"""Figures of what explains an effect: the parts as a forest, the Sobol' indices as bars."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from hepasome.inference import Explanation, Sensitivity
from hepasome.report._style import look, new_figure

_COLOURS = {
    "whole": "#222222",
    "beside": "#8C510A",
    "delivery": "#7B5EA7",
    "named cargo": "#0072B2",
    "named factor": "#56B4E9",
    "unattributed": "#D55E00",
    "interaction": "#CC79A7",
    "recovery": "#2CA58D",
}
_FIRST, _TOTAL = "#0072B2", "#E69F00"
_COLUMNS = 3  # of panels
_LEAST_REACH = 0.2  # %: a panel never shows less, or errors of integration would look like effects


def parts_figure(found: Explanation, arm: str, words: Callable[[str, str], str]) -> Figure:
    """The parts of every endpoint's change by one arm: median and 90 % interval over the draws.

    Args:
        found: The parts.
        arm: Which arm.
        words: Takes a part and its kind; returns what it is called.
    """
    own = found.table[found.table["arm"] == arm]
    parts = list(dict.fromkeys(zip(own["part"], own["kind"], strict=True)))
    labels = [label for label in found.endpoints if label in set(own["endpoint"])]
    with look():
        columns = max(1, min(_COLUMNS, len(labels)))
        lines = max(1, math.ceil(len(labels) / columns))
        figure = new_figure(lines * (0.75 + 0.19 * max(len(parts), 1)) + 0.7)
        for k, label in enumerate(labels):
            axes = figure.add_subplot(lines, columns, k + 1)
            rows = {row["part"]: row for row in own[own["endpoint"] == label].to_dict("records")}
            reach = _reach(list(rows.values()))
            for y, (part, _) in enumerate(parts):
                if part in rows:
                    _draw_part(axes, y, rows[part], reach)
            axes.axvline(0, color="#777777", linewidth=0.8, zorder=0)
            axes.set_xlim(-reach, reach)
            axes.set_ylim(len(parts) - 0.4, -0.6)
            shown = [words(*one) for one in parts] if k % columns == 0 else [""] * len(parts)
            axes.set_yticks(range(len(parts)), shown, fontsize=8)
            axes.set_title(label.replace(" at ", "\nat ", 1))
            axes.locator_params(axis="x", nbins=4)
            axes.tick_params(axis="x", labelsize=8)
            axes.grid(visible=False, axis="y")
        control = found.run.study.control
        figure.suptitle(f"{arm} against {control}", x=0.01, ha="left", fontsize=10, fontweight="bold")
        figure.supxlabel(
            f"% of {control}: median and 90 % of {found.draws} draws; an arrow where it goes on", fontsize=9
        )
    return figure


def dependence_figure(found: Sensitivity) -> Figure:
    """Sobol' indices of every endpoint that has them, with 95 % intervals; the others are named."""
    there = found.table.dropna(subset=["first"])
    labels, groups = list(dict.fromkeys(there["endpoint"])), list(dict.fromkeys(found.table["group"]))
    without = [label for label in found.effects["endpoint"] if label not in labels]
    notes = dict(zip(found.effects["endpoint"], found.effects["note"], strict=True))
    with look():
        columns = max(1, min(_COLUMNS, len(labels)))
        lines = math.ceil(len(labels) / columns)
        figure = new_figure(lines * (0.8 + 0.3 * len(groups)) + 1.2)
        for k, label in enumerate(labels):
            axes = figure.add_subplot(lines, columns, k + 1)
            own = there[there["endpoint"] == label].set_index("group").reindex(groups)
            for name, offset, colour in (("first", -0.18, _FIRST), ("total", 0.18, _TOTAL)):
                axes.barh(
                    np.arange(len(groups)) + offset,
                    own[name],
                    height=0.34,
                    xerr=own[f"{name}_error"],
                    color=colour,
                    error_kw={"linewidth": 0.9, "capsize": 2, "ecolor": "#333333"},
                )
            axes.axvline(0, color="#777777", linewidth=0.8)
            axes.set_xlim(-0.2, 1.2)
            axes.set_ylim(len(groups) - 0.4, -0.6)
            axes.set_yticks(range(len(groups)), groups if k % columns == 0 else [""] * len(groups), fontsize=8)
            axes.set_title(label.replace(" at ", "\nat ", 1) + (" *" if notes[label] else ""))
            axes.grid(visible=False, axis="y")
        title = f"What the effect of {found.arm} depends on"
        figure.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
        handles = [Patch(color=_FIRST, label="first order"), Patch(color=_TOTAL, label="total")]
        if labels:
            figure.legend(handles=handles, loc="outside upper right", ncols=2, fontsize=8)
        text = f"share of the variance of the log effect, with 95 % intervals; {found.samples} base samples"
        if any(notes[label] for label in labels):
            text += "\n* the intervals are too wide to rely on: more samples are needed"
        if without:
            text += f"\nwithout indices, since there is no effect to speak of: {', '.join(without)}"
        figure.supxlabel(text, fontsize=9)
    return figure


def _reach(rows: list[dict[Any, Any]]) -> float:
    """Half the width of a panel, %: for everything but what happens without treatment."""
    ends = [abs(float(row[end])) for row in rows if row["kind"] != "recovery" for end in ("change", "low", "high")]
    return 1.1 * max([_LEAST_REACH, *ends])


def _draw_part(axes: Axes, y: int, row: dict[Any, Any], reach: float) -> None:
    """A dot for the median and a bar for the interval; an arrow where it leaves the panel."""
    colour = _COLOURS[row["kind"]]
    low, high = max(row["low"], -reach), min(row["high"], reach)
    if low < high:
        axes.plot([low, high], [y, y], color=colour, linewidth=3, alpha=0.45, solid_capstyle="butt")
    for end, beyond, marker in ((-reach, row["low"] < -reach, "<"), (reach, row["high"] > reach, ">")):
        if beyond:
            axes.plot(end, y, marker, color=colour, markersize=5, clip_on=False)
    if abs(row["change"]) <= reach:
        axes.plot(row["change"], y, "o", color=colour, markersize=4.5)
