"""Time courses: how much animals differ, and what is not known of the typical one."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from hepasome.inference import typical_values
from hepasome.report._panels import panels, plain_tick, shared_legend, unit_of
from hepasome.report._style import arm_colours, look
from hepasome.report._time import unit_for
from hepasome.trial import Run

_FLAT = 0.02  # of its height: a panel never shows less, or errors of integration would look like effects
_APART = 0.022  # of the width of a panel: whiskers of arms at one time
_WHISKER: dict[str, Any] = {"marker": "D", "markersize": 4, "markerfacecolor": "white", "markeredgewidth": 1.1}


def time_courses(run: Run) -> Figure:
    """Every read-out that is an endpoint over time.

    Line and band are the animals: median, and 5 to 95 % of them. Whiskers are what is not known: the typical animal of
    each arm over the draws, at the time when the endpoint is read, set beside each other.
    """
    names = list(dict.fromkeys(endpoint.endpoint for endpoint in run.study.endpoints))
    colours, unit = arm_colours(list(run.plan.protocol.arms)), unit_for(run.plan.protocol.read_out)
    ranges = typical_at_endpoints(run)
    with look():
        figure, parts = panels(len(names), 1.9)
        for axes, name in zip(parts, names, strict=True):
            for arm, rows in run.trajectories.groupby("arm", sort=False):
                at = rows.groupby("time")[name]
                low, middle, high = (at.quantile(share) for share in (0.05, 0.5, 0.95))
                at_times, colour = middle.index / unit.hours, colours[str(arm)]
                axes.fill_between(at_times, low, high, color=colour, alpha=0.18, linewidth=0)
                axes.plot(at_times, middle, color=colour, linewidth=1.3, label=str(arm))
            for given in run.plan.protocol.arms.values():
                for time in given.treatment.times if given.treatment is not None else ():
                    axes.axvline(time / unit.hours, color="#999999", linewidth=0.6, linestyle=":")
            _add_draws(axes, run, ranges[ranges["read_out"] == name], colours)
            axes.set_title(name)
            axes.set_ylabel(unit_of(name), fontsize=8)
            bottom, top = axes.get_ylim()
            missing = _FLAT * max(abs(bottom), abs(top)) - (top - bottom)
            if missing > 0:
                axes.set_ylim(bottom - missing / 2, top + missing / 2)
            axes.yaxis.set_major_formatter(plain_tick)
            axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        handles, labels = parts[0].get_legend_handles_labels()
        handles.append(Patch(facecolor="#333333", alpha=0.18))
        labels.append("90 % of the animals")
        if len(ranges):
            handles.append(Line2D([], [], color="#333333", linewidth=1.1, **_WHISKER))
            labels.append("typical animal, 90 % of the draws")
        shared_legend(figure, handles, labels)
        figure.supxlabel(f"{unit.name}s", fontsize=9)
    return figure


def typical_at_endpoints(run: Run) -> pd.DataFrame:
    """What the draws leave open, with the read-out and the time (h) of each endpoint in this trial."""
    asked = [(str(one), one.endpoint, run.plan.protocol.endpoint_time(one)) for one in run.study.endpoints]
    return typical_values(run).merge(pd.DataFrame(asked, columns=["endpoint", "read_out", "time"]), on="endpoint")


def _add_draws(axes: Axes, run: Run, ranges: pd.DataFrame, colours: dict[str, str]) -> None:
    """A whisker per arm at each time at which the read-out is an endpoint, side by side around that time."""
    end = run.plan.protocol.read_out
    hours = unit_for(end).hours
    for time, own in ranges.groupby("time"):
        for i, row in enumerate(own.to_dict("records")):
            x = (float(str(time)) + _APART * end * (i - (len(own) - 1) / 2)) / hours
            axes.plot([x, x], [row["low"], row["high"]], color=colours[row["arm"]], linewidth=1.6, zorder=3)
            axes.plot(x, row["median"], color=colours[row["arm"]], linestyle="", zorder=4, **_WHISKER)
