"""The figures of a report, and three of them: protocol, animals as measured, attribution."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from hepasome.inference import Verdict, attribution, cargo_per_cell, fate_shares
from hepasome.report._copies import copies
from hepasome.report._courses import time_courses
from hepasome.report._fate import fate
from hepasome.report._identifiability import identifiability, identifiability_figure
from hepasome.report._panels import COLUMNS, panels, plain_tick, shared_legend, unit_of
from hepasome.report._style import arm_colours, look, new_figure
from hepasome.report._survival import exact_share, has_deaths, survival_curves
from hepasome.report._tables import number
from hepasome.report._time import unit_for
from hepasome.trial import Run, treated_arms

_FEW_ARMS = 5


def figures(run: Run, verdicts: list[Verdict]) -> dict[str, Figure]:
    """All figures that make sense for a run, by name."""
    made = {"protocol": protocol(run), "time_courses": time_courses(run), "animals": animals(run)}
    for arm in treated_arms(run.study):
        if len(fate_shares(run, arm)):
            made[f"fate_{arm}"] = fate(run, arm)
    if treated_arms(run.study) and len(cargo_per_cell(run)):
        made["copies"] = copies(run, verdicts)
    if has_deaths(run):
        made["survival"] = survival_curves(run)
    if len(attribution(run)):
        made["attribution"] = attribution_forest(run)
    if len(identifiability(run)):
        made["identifiability"] = identifiability_figure(run)
    return made


def protocol(run: Run) -> Figure:
    """Who gets what when: one lane per arm."""
    plan, colours = run.plan.protocol, arm_colours(list(run.plan.protocol.arms))
    unit = unit_for(plan.read_out)
    end = plan.read_out / unit.hours
    with look():
        figure = new_figure(0.9 + 0.48 * len(plan.arms))
        axes = figure.add_subplot()
        for i, (arm, given) in enumerate(plan.arms.items()):
            axes.plot(
                [0, end],
                [i, i],
                color=colours[arm],
                linewidth=6,
                alpha=0.25,
                solid_capstyle="butt",
            )
            toxin = np.asarray(given.induction_times) / unit.hours
            axes.plot(toxin, np.full(len(toxin), i + 0.02), "|", color="#333333", markersize=9, markeredgewidth=1)
            if given.treatment is not None:
                times = np.asarray(given.treatment.times) / unit.hours
                axes.plot(
                    times, np.full(len(times), i), "v", color=colours[arm], markersize=11, markeredgecolor="white"
                )
                dose, late = given.treatment.dose, times[0] > 0.6 * plan.read_out / unit.hours
                axes.annotate(
                    f"{number(dose.value)} {dose.unit}, {given.treatment.route}",
                    (times[-1] if late else times[0], i),
                    (0, 9),
                    textcoords="offset points",
                    ha="right" if late else "left",
                    fontsize=8,
                    color=colours[arm],
                )
        axes.axvline(plan.read_out / unit.hours, color="#333333", linestyle="--", linewidth=1)
        axes.annotate(
            "read-out", (plan.read_out / unit.hours, -0.75), (-3, 0), textcoords="offset points", ha="right", fontsize=8
        )
        axes.set_yticks(range(len(plan.arms)), list(plan.arms))
        axes.set_ylim(len(plan.arms) - 0.4, -0.95)
        axes.set_xlabel(f"{unit.name}s   (| injury, ▼ treatment)")
        axes.set_xlim(-0.01 * plan.read_out / unit.hours, plan.read_out / unit.hours * 1.02)
        axes.grid(visible=False, axis="y")
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
    return figure


def animals(run: Run) -> Figure:
    """What the laboratory measured: every animal, and mean with standard deviation, per endpoint and arm."""
    labels = [str(endpoint) for endpoint in run.study.endpoints]
    arms = list(run.plan.protocol.arms)
    colours = arm_colours(arms)
    named = len(arms) <= _FEW_ARMS  # names of more arms leave no room for what was measured
    with look():
        figure, parts = panels(len(labels), 2.2)
        for axes, label in zip(parts, labels, strict=True):
            part = run.endpoints[run.endpoints["endpoint"] == label]
            for i, arm in enumerate(arms):
                values = part.loc[part["arm"] == arm, "measured"].dropna().to_numpy()
                spread = np.linspace(-0.17, 0.17, len(values)) if len(values) > 1 else np.zeros(len(values))
                axes.plot(i + spread, np.sort(values), "o", color=colours[arm], markersize=4, alpha=0.75)
                if len(values) > 1:
                    axes.errorbar(i, values.mean(), _spread(values), color="#222222", fmt="_", markersize=14, capsize=4)
            axes.set_xticks(range(len(arms)), arms if named else [], fontsize=8, rotation=25, ha="right")
            axes.set_title(label.replace(" at ", "\nat ", 1))
            axes.yaxis.set_major_formatter(plain_tick)
            axes.set_ylabel(unit_of(label.split(" at ")[0]), fontsize=8)
            axes.update_datalim([(0, 0)])  # room above the highest point is a share of the way from zero
            axes.autoscale_view(scalex=False)
            axes.set_ylim(bottom=0)
            axes.grid(visible=False, axis="x")
        if not named:
            handles = [Line2D([], [], color=colours[arm], marker="o", linestyle="", markersize=4) for arm in arms]
            shared_legend(figure, handles, arms)
    return figure


def _spread(values: np.ndarray) -> Any:
    """Standard deviation for an error bar; of what is only so or not so the exact 95 % interval of the share."""
    if not np.isin(values, (0.0, 1.0)).all():
        return values.std(ddof=1)
    low, high = exact_share(int(values.sum()), len(values))
    return [[values.mean() - low], [high - values.mean()]]


def attribution_forest(run: Run) -> Figure:
    """Change of each endpoint by each treatment: the whole effect and the part of named cargo, with 90 % intervals."""
    table = attribution(run)
    colours = arm_colours(list(run.plan.protocol.arms))
    arms, labels = list(dict.fromkeys(table["arm"])), list(dict.fromkeys(table["endpoint"]))
    ends = np.abs(table[["change_low", "change_high"]].to_numpy())
    reach = 1.08 * max(min(float(ends.max()), 3 * float(np.percentile(ends, 75))), 1.0)  # one bar must not shrink all
    with look():
        figure, parts = panels(len(arms), 0.5 + 0.28 * len(labels))
        for k, (axes, arm) in enumerate(zip(parts, arms, strict=True)):
            for row in table[table["arm"] == arm].to_dict("records"):
                _interval(axes, row, labels.index(row["endpoint"]), reach, colours[arm])
            axes.axvline(0, color="#777777", linewidth=0.8, zorder=0)
            axes.set_xlim(-reach, reach)
            axes.set_ylim(len(labels) - 0.4, -0.6)
            axes.set_yticks(range(len(labels)), labels if k % COLUMNS == 0 else [""] * len(labels), fontsize=8)
            axes.set_title(arm)
            axes.grid(visible=False, axis="y")
        figure.supxlabel(f"% change against {run.study.control}   (● all, + named cargo)", fontsize=9)
    return figure


def _interval(axes: Axes, row: dict[Any, Any], y: float, reach: float, colour: str) -> None:
    """The whole change with its interval, an arrow where it leaves the panel, and below it the named cargo's part."""
    ends = [max(row["change_low"], -reach), min(row["change_high"], reach)]
    axes.plot(ends, [y, y], color=colour, linewidth=3, alpha=0.45, solid_capstyle="butt")
    for end, beyond, marker in ((-reach, row["change_low"] < -reach, "<"), (reach, row["change_high"] > reach, ">")):
        if beyond:
            axes.plot(end, y, marker, color=colour, markersize=6, clip_on=False)
    axes.plot(row["change"], y, "o", color=colour, markersize=5)
    named = np.clip([row["named_cargo_low"], row["named_cargo_high"]], -reach, reach)
    axes.plot(named, [y + 0.32, y + 0.32], color="#222222", linewidth=1)
    axes.plot(row["named_cargo"], y + 0.32, "+", color="#222222", markersize=5)
