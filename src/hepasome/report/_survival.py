"""Kaplan-Meier curves of the arms with their intervals, the animals at risk, and what the hazard says by itself."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray
from scipy import stats

from hepasome.inference import typical_values
from hepasome.report._style import arm_colours, look, new_figure
from hepasome.report._time import unit_for
from hepasome.trial import SURVIVAL, Run, survival_times

_TICKS = 6


def has_deaths(run: Run) -> bool:
    """Whether the model of a run has a hazard of death and some animal died."""
    return "death" in run.subjects and bool(np.isfinite(run.subjects["death"].dropna()).any())


def kaplan_meier(times: stats.CensoredData, end: float) -> pd.DataFrame:
    """Share alive with its 95 % interval: Greenwood's variance on the scale of log(-log S).

    Kaplan & Meier 1958 J Am Stat Assoc 53:457; Kalbfleisch & Prentice 2002, The Statistical Analysis of Failure Time
    Data, equation 1.21. On that scale the interval stays between zero and one. It is not defined where all or none are
    alive: there it is NaN.

    Args:
        times: Death times, h, censored at the end or before.
        end: End of the study, h.

    Returns:
        One row per step, with zero and the end: time (h), share, low, high.
    """
    alive = stats.ecdf(times).sf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # it says that the interval is not defined everywhere
        ends: Any = alive.confidence_interval(method="log-log")
    at = np.r_[alive.quantiles[alive.quantiles < end], end]
    low, high = (np.r_[math.nan, curve.evaluate(at)] for curve in (ends.low, ends.high))
    share = np.r_[1.0, alive.evaluate(at)]
    known = (share > 0) & (share < 1)
    rows = {"time": np.r_[0.0, at], "share": share}
    return pd.DataFrame(rows | {"low": np.where(known, low, math.nan), "high": np.where(known, high, math.nan)})


def exact_share(alive: int, animals: int) -> tuple[float, float]:
    """Exact 95 % interval of a share (Clopper & Pearson 1934 Biometrika 26:404)."""
    found = stats.binomtest(alive, animals).proportion_ci(0.95, method="exact")
    return float(found.low), float(found.high)


def survival_rows(run: Run) -> list[dict[str, Any]]:
    """The share of each arm that is alive at the read-out, and what the hazard says by itself.

    Returns:
        One row per arm: arm, animals, dead, share with low and high (95 %; Greenwood, log-log; exact where all or none
        are alive, which is right because nobody is lost before the end), expected (mean of exp(-cumulative hazard) over
        the animals), and median, draw_low and draw_high of the same of the typical animal over the draws; NaN where
        there is none.
    """
    end, typical = run.plan.protocol.read_out, typical_values(run)
    asked = {(e.endpoint, run.plan.protocol.endpoint_time(e)): str(e) for e in run.study.endpoints}
    label, rows = asked.get((SURVIVAL, end)), []
    for arm in run.study.arms:
        times = survival_times(run.subjects, arm, end)
        if not len(times):
            continue
        last = kaplan_meier(times, end).iloc[-1]
        animals, alive = len(times), int(times.num_censored())
        low, high = exact_share(alive, animals) if alive in (0, animals) else (last["low"], last["high"])
        read = run.trajectories[(run.trajectories["arm"] == arm) & (run.trajectories["time"] == end)]
        row = {
            "arm": arm,
            "animals": animals,
            "dead": animals - alive,
            "share": last["share"],
            "low": low,
            "high": high,
        }
        row |= {"expected": read[SURVIVAL].mean(), "median": math.nan, "draw_low": math.nan, "draw_high": math.nan}
        for drawn in typical[(typical["arm"] == arm) & (typical["endpoint"] == label)].to_dict("records"):
            row |= {"median": drawn["median"], "draw_low": drawn["low"], "draw_high": drawn["high"]}
        rows.append(row)
    return rows


def survival_curves(run: Run) -> Figure:
    """Share of the animals alive with its 95 % interval, the mean of exp(-hazard), and the animals at risk."""
    end, arms = run.plan.protocol.read_out, list(run.plan.protocol.arms)
    unit, colours = unit_for(end), arm_colours(arms)
    ticks = unit.hours * np.array(MaxNLocator(_TICKS).tick_values(0, end / unit.hours))
    ticks = ticks[ticks <= end]
    with look():
        figure = new_figure(2.6 + 0.2 * len(arms))
        axes = figure.add_subplot()
        for i, arm in enumerate(arms):
            times = survival_times(run.subjects, arm, end)
            if not len(times):
                continue
            curve, colour = kaplan_meier(times, end), colours[arm]
            at = curve["time"] / unit.hours
            axes.step(at, curve["share"], where="post", color=colour, linewidth=1.6, label=arm)
            axes.fill_between(at, curve["low"], curve["high"], step="post", color=colour, alpha=0.15, linewidth=0)
            expected = _expected(run, arm)
            axes.plot(expected.index / unit.hours, expected, color=colour, linewidth=1, linestyle=(0, (4, 2)))
            death = run.subjects.loc[(run.subjects["arm"] == arm) & (run.subjects["role"] == "animal"), "death"]
            _write_at_risk(axes, ticks / unit.hours, [int((death >= tick).sum()) for tick in ticks], i, colour)
        axes.set_ylim(0, 1.03)
        axes.set_xlim(0, end / unit.hours)
        axes.set_xticks(ticks / unit.hours, [f"{tick / unit.hours:.3g}" for tick in ticks])
        axes.set_xlabel(f"{unit.name}s; below: animals at risk", labelpad=14 + 11 * len(arms))
        axes.set_ylabel("share alive")
        handles, labels = axes.get_legend_handles_labels()
        handles.append(Line2D([], [], color="#333333", linewidth=1, linestyle=(0, (4, 2))))
        labels.append("mean of exp(-hazard)")
        axes.legend(handles, labels, loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=8)
    return figure


def _expected(run: Run, arm: str) -> pd.Series[float]:
    """Mean probability to be alive of the animals of an arm, by time (h): deaths are drawn from it."""
    rows = run.trajectories[run.trajectories["arm"] == arm]
    return rows.groupby("time")[SURVIVAL].mean()


def _write_at_risk(axes: Any, ticks: NDArray[np.float64], numbers: list[int], line: int, colour: str) -> None:
    for tick, number in zip(ticks.tolist(), numbers, strict=True):
        axes.annotate(
            str(number),
            (tick, 0),
            (0, -34 - 11 * line),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha="center",
            fontsize=8,
            color=colour,
        )
