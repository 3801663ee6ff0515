"""Where the vesicles of a dose went: over time for the animals, and at the end with what the draws leave open."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from hepasome.inference import PLACES, fate_intervals, fate_shares
from hepasome.report._style import FATE_COLOURS, look, new_figure
from hepasome.report._time import unit_for
from hepasome.trial import Run

_LEAST = 0.1  # %; below the axis is linear down to none


def fate(run: Run, arm: str) -> Figure:
    """Where the vesicles of the first dose of an arm went: shares over time, and their intervals at the end."""
    given = run.plan.protocol.arms[arm].treatment
    shares, ranges = fate_shares(run, arm), fate_intervals(run, arm)
    places = [str(place) for place in shares]
    with look():
        figure = new_figure(3.1)
        axes, end = figure.subplots(1, 2, width_ratios=[1.15, 1])
        axes.stackplot(shares.index, *shares.to_numpy().T, labels=places, colors=[FATE_COLOURS[p] for p in places])
        axes.set_xscale("log")
        if len(shares) > 1:
            axes.set_xlim(float(shares.index[0]), float(shares.index[-1]))
        axes.xaxis.set_major_formatter(lambda hours, _: f"{hours:g}")
        axes.set_ylim(0, 100)
        axes.set_xlabel(f"hours after the {'first ' if given is not None and len(given.times) > 1 else ''}dose")
        axes.set_ylabel("% of the vesicles")
        axes.set_title(arm)
        _at_the_end(end, ranges[ranges["moment"] == "end"].to_dict("records"))
    return figure


def _at_the_end(axes: Axes, rows: list[dict[Any, Any]]) -> None:
    """One line per place: median and interval of the draws, and the mean of the animals of this trial."""
    for y, row in enumerate(rows):
        colour = FATE_COLOURS[row["place"]]
        if not math.isnan(row["low"]):
            axes.plot([row["low"], row["high"]], [y, y], color=colour, linewidth=5, alpha=0.6, solid_capstyle="butt")
            axes.plot(row["median"], y, "o", color=colour, markersize=5, markeredgecolor="white", clip_on=False)
        axes.plot(row["animals"], y, "|", color="#222222", markersize=11, markeredgewidth=1.4, clip_on=False)
        # the key to the colours of the shares over time
        axes.plot(-0.035, y, "s", color=colour, markersize=7, transform=axes.get_yaxis_transform(), clip_on=False)
    axes.set_yticks(range(len(rows)), [row["place"] for row in rows], fontsize=8)
    axes.tick_params(axis="y", length=0, pad=14)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_xscale("symlog", linthresh=_LEAST, linscale=0.5)  # shares of small places differ by orders of magnitude
    axes.set_xlim(0, 100)
    axes.set_xticks([0, 0.1, 1, 10, 100], ["0", "0.1", "1", "10", "100"])
    axes.xaxis.set_minor_locator(NullLocator())
    hours = rows[0]["hours"] if rows else math.nan
    unit = unit_for(hours)
    axes.set_title(f"{hours / unit.hours:.3g} {unit.name}s after it" if rows else "")
    axes.set_xlabel("% of the vesicles   (| animals, ● draws)")
    axes.grid(visible=False, axis="y")


def fate_rows(run: Run, arm: str) -> dict[str, Any]:
    """The numbers of `fate_intervals` for a table: its moments, and one row per place with a cell per moment."""
    found = fate_intervals(run, arm)
    moments = list(dict.fromkeys(found["moment"]))
    cells = {(row["place"], row["moment"]): row for row in found.to_dict("records")}
    places = [place for place in PLACES if any(place == there for there, _ in cells)]
    used = [place for place in places if _is_reached([cells[place, moment] for moment in moments])]
    hours = found.loc[found["moment"] == "end", "hours"]
    return {
        "moments": [moment if moment != "end" else f"{hours.iloc[0]:.3g} h" for moment in moments],
        "rows": [{"place": place, "cells": [cells[place, moment] for moment in moments]} for place in used],
    }


def _is_reached(cells: list[dict[Any, Any]]) -> bool:
    return bool(np.nanmax([max(cell["animals"], cell["high"]) for cell in cells] + [0.0]) > 0)
