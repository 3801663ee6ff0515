"""Kaplan-Meier curves of the arms, with the animals at risk below."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from scipy import stats

from hepasome.report._style import arm_colours, look, new_figure
from hepasome.report._time import unit_for
from hepasome.trial import Run, survival_times

_TICKS = 6


def has_deaths(run: Run) -> bool:
    """Whether the model of a run has a hazard of death and some animal died."""
    return "death" in run.subjects and bool(np.isfinite(run.subjects["death"].dropna()).any())


def survival_curves(run: Run) -> Figure:
    """Share of the animals alive over time with Greenwood's 95 % interval, and how many are at risk."""
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
            alive = stats.ecdf(times).sf
            at = np.r_[0.0, alive.quantiles[alive.quantiles <= end], end] / unit.hours
            share = np.r_[1.0, alive.evaluate(at[1:] * unit.hours)]
            axes.step(at, share, where="post", color=colours[arm], linewidth=1.6, label=arm)
            if 0 < share[-1] < 1:
                ends: Any = alive.confidence_interval(method="log-log")
                low, high = (np.r_[1.0, curve.evaluate(at[1:] * unit.hours)] for curve in (ends.low, ends.high))
                axes.fill_between(at, low, high, step="post", color=colours[arm], alpha=0.15, linewidth=0)
            death = run.subjects.loc[(run.subjects["arm"] == arm) & (run.subjects["role"] == "animal"), "death"]
            for tick in ticks:
                axes.annotate(
                    str(int((death >= tick).sum())),
                    (tick / unit.hours, 0),
                    (0, -34 - 11 * i),
                    xycoords=("data", "axes fraction"),
                    textcoords="offset points",
                    ha="center",
                    fontsize=8,
                    color=colours[arm],
                )
        axes.set_ylim(0, 1.03)
        axes.set_xlim(0, end / unit.hours)
        axes.set_xticks(ticks / unit.hours, [f"{tick / unit.hours:.3g}" for tick in ticks])
        axes.set_xlabel(f"{unit.name}s; below: animals at risk", labelpad=14 + 11 * len(arms))
        axes.set_ylabel("share alive")
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=8)
    return figure
