"""The figures of a report: protocol, fate of the vesicles, time courses, animals, copies required, attribution."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from hepasome.evidence import endpoints
from hepasome.inference import Verdict, attribution, cargo_per_cell
from hepasome.product import CEILINGS
from hepasome.report._style import FATE_COLOURS, arm_colours, look, new_figure
from hepasome.report._survival import has_deaths, survival_curves
from hepasome.report._tables import number
from hepasome.report._time import unit_for
from hepasome.trial import Run

CELL_NAMES = {
    "kupffer": "Kupffer cell",
    "endothelial": "endothelial cell",
    "stellate": "stellate cell",
    "hepatocyte": "hepatocyte",
    "tumour": "tumour cell",
}
_COLUMNS = 3  # of panels
_LEGEND_LETTERS = 100  # that fit side by side
_FEW_ARMS = 5
_FLAT = 0.02  # of its height: a panel never shows less, or errors of integration would look like effects
_FATES = {
    "waiting in a depot": ("vesicles_in_depot",),
    "medium": ("vesicles_in_medium",),
    "lost in the medium": ("vesicles_lost_in_medium",),
    "blood": ("vesicles_in_blood", "vesicles_in_sinusoids"),
    "Kupffer cells": ("vesicles_in_kupffer_cells",),
    "endothelium": ("vesicles_in_endothelial_cells",),
    "stellate cells": ("vesicles_in_stellate_cells",),
    "hepatocytes": ("vesicles_in_hepatocytes",),
    "tumour": ("vesicles_in_tumour",),
    "spleen": ("vesicles_in_spleen",),
    "lung": ("vesicles_in_lung",),
    "elsewhere or lost": ("vesicles_elsewhere",),
}


def figures(run: Run, verdicts: list[Verdict]) -> dict[str, Figure]:
    """All figures that make sense for a run, by name."""
    made = {"protocol": protocol(run), "time_courses": time_courses(run), "animals": animals(run)}
    for arm in treated_arms(run):
        if len(fate_shares(run, arm)):
            made[f"fate_{arm}"] = fate(run, arm)
    if treated_arms(run) and len(cargo_per_cell(run)):
        made["copies"] = copies(run, verdicts)
    if has_deaths(run):
        made["survival"] = survival_curves(run)
    if len(attribution(run)):
        made["attribution"] = attribution_forest(run)
    return made


def treated_arms(run: Run) -> list[str]:
    """Arms that get a treatment."""
    return [arm for arm, given in run.plan.protocol.arms.items() if given.treatment is not None]


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


def fate_shares(run: Run, arm: str) -> pd.DataFrame:
    """Share (%) of the vesicles in each place, mean of the animals; index: hours after the first dose of the arm.

    Until the second dose, or the last reading if there is none.
    """
    given = run.plan.protocol.arms[arm].treatment
    start, following = (*given.times, math.inf)[:2] if given is not None else (0.0, math.inf)
    rows = run.trajectories[run.trajectories["arm"] == arm]
    fates = {place: [name for name in names if name in rows] for place, names in _FATES.items()}
    fates = {place: names for place, names in fates.items() if names}
    columns = [name for names in fates.values() for name in names]
    # at the time of a dose a row shows the state after it
    mean = rows[(rows["time"] > start) & (rows["time"] < following)].groupby("time")[columns].mean().clip(lower=0)
    mean = mean[mean.sum(axis=1) > 0]
    places = pd.DataFrame({place: mean[list(names)].sum(axis=1) for place, names in fates.items()})
    return (100 * places.div(mean.sum(axis=1), axis=0)).set_axis(mean.index - start)


def fate(run: Run, arm: str) -> Figure:
    """Where the vesicles of the first dose of an arm went."""
    given = run.plan.protocol.arms[arm].treatment
    shares = fate_shares(run, arm)
    places = [str(place) for place in shares]
    with look():
        figure = new_figure(2.9)
        axes = figure.add_subplot()
        axes.stackplot(shares.index, *shares.to_numpy().T, labels=places, colors=[FATE_COLOURS[p] for p in places])
        axes.set_xscale("log")
        if len(shares) > 1:
            axes.set_xlim(float(shares.index[0]), float(shares.index[-1]))
        axes.xaxis.set_major_formatter(lambda hours, _: f"{hours:g}")
        axes.set_ylim(0, 100)
        axes.set_xlabel(f"hours after the {'first ' if given is not None and len(given.times) > 1 else ''}dose")
        axes.set_ylabel("% of the vesicles")
        axes.set_title(arm)
        handles, labels = axes.get_legend_handles_labels()
        axes.legend(handles[::-1], labels[::-1], loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=8)
    return figure


def time_courses(run: Run) -> Figure:
    """Every read-out that is an endpoint over time: median of the animals with the band of 5 to 95 %."""
    names = list(dict.fromkeys(endpoint.endpoint for endpoint in run.study.endpoints))
    colours, unit = arm_colours(list(run.plan.protocol.arms)), unit_for(run.plan.protocol.read_out)
    with look():
        figure, panels = _panels(len(names), 1.9)
        for axes, name in zip(panels, names, strict=True):
            for arm, rows in run.trajectories.groupby("arm", sort=False):
                at = rows.groupby("time")[name]
                low, middle, high = (at.quantile(share) for share in (0.05, 0.5, 0.95))
                at_times, colour = middle.index / unit.hours, colours[str(arm)]
                axes.fill_between(at_times, low, high, color=colour, alpha=0.18, linewidth=0)
                axes.plot(at_times, middle, color=colour, linewidth=1.3, label=str(arm))
            for given in run.plan.protocol.arms.values():
                for time in given.treatment.times if given.treatment is not None else ():
                    axes.axvline(time / unit.hours, color="#999999", linewidth=0.6, linestyle=":")
            axes.set_title(name)
            axes.set_ylabel(unit_of(name), fontsize=8)
            bottom, top = axes.get_ylim()
            missing = _FLAT * max(abs(bottom), abs(top)) - (top - bottom)
            if missing > 0:
                axes.set_ylim(bottom - missing / 2, top + missing / 2)
            axes.yaxis.set_major_formatter(_plain)
            axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        _legend(figure, *panels[0].get_legend_handles_labels())
        figure.supxlabel(f"{unit.name}s", fontsize=9)
    return figure


def animals(run: Run) -> Figure:
    """What the laboratory measured: every animal, and mean with standard deviation, per endpoint and arm."""
    labels = [str(endpoint) for endpoint in run.study.endpoints]
    arms = list(run.plan.protocol.arms)
    colours = arm_colours(arms)
    named = len(arms) <= _FEW_ARMS  # names of more arms leave no room for what was measured
    with look():
        figure, panels = _panels(len(labels), 2.2)
        for axes, label in zip(panels, labels, strict=True):
            part = run.endpoints[run.endpoints["endpoint"] == label]
            for i, arm in enumerate(arms):
                values = part.loc[part["arm"] == arm, "measured"].dropna().to_numpy()
                spread = np.linspace(-0.17, 0.17, len(values)) if len(values) > 1 else np.zeros(len(values))
                axes.plot(i + spread, np.sort(values), "o", color=colours[arm], markersize=4, alpha=0.75)
                if len(values) > 1:
                    axes.errorbar(
                        i, values.mean(), values.std(ddof=1), color="#222222", fmt="_", markersize=14, capsize=4
                    )
            axes.set_xticks(range(len(arms)), arms if named else [], fontsize=8, rotation=25, ha="right")
            axes.set_title(label.replace(" at ", "\nat ", 1))
            axes.yaxis.set_major_formatter(_plain)
            axes.set_ylabel(unit_of(label.split(" at ")[0]), fontsize=8)
            axes.update_datalim([(0, 0)])  # room above the highest point is a share of the way from zero
            axes.autoscale_view(scalex=False)
            axes.set_ylim(bottom=0)
            axes.grid(visible=False, axis="x")
        if not named:
            handles = [Line2D([], [], color=colours[arm], marker="o", linestyle="", markersize=4) for arm in arms]
            _legend(figure, handles, arms)
    return figure


def copies(run: Run, verdicts: list[Verdict]) -> Figure:
    """Copies per vesicle that are carried and that would be required, beside the three ceilings."""
    rows: list[tuple[str, str, float, float]] = [
        (r["arm"], f"{r['cargo']} → {r['target']}, {CELL_NAMES[r['cell']]}", r["carried"], r["required"])
        for r in cargo_per_cell(run).to_dict("records")
    ]
    rows += [
        (v.claim.arm, f"{v.claim.cargo}, claim on {v.claim.endpoint}", v.carried_copies or 0.0, v.required_copies)
        for v in verdicts
        if v.required_copies is not None
    ]
    colours = arm_colours(list(run.plan.protocol.arms))
    with look():
        figure = new_figure(1.3 + 0.28 * len(rows))
        axes = figure.add_subplot()
        numbers = [x for _, _, *both in rows for x in both if 0 < x < math.inf]
        low, high = min(1e-3, min(numbers, default=1) / 3), max(1e11, max(numbers, default=1) * 3)
        axes.axvspan(CEILINGS.physical, high, color="#B2182B", alpha=0.08)
        axes.axvspan(CEILINGS.loaded_low, CEILINGS.loaded_high, color="#1B7837", alpha=0.15)
        axes.axvline(CEILINGS.native, color="#333333", linestyle=":", ymax=1 - 0.7 / (len(rows) + 0.8))
        axes.axvline(CEILINGS.physical, color="#B2182B", linestyle="--")
        for i, (arm, _, carried, required) in enumerate(rows):
            if math.isfinite(required):
                if carried:
                    axes.plot([carried, required], [i, i], color="#BBBBBB", linewidth=1, zorder=1)
                axes.plot(required, i, "D", color=colours[arm], markersize=6)
            else:
                _beside(axes, "no number suffices", high, i, -4)
            if carried:
                axes.plot(carried, i, "o", color=colours[arm], markersize=6)
            else:
                _beside(axes, "none", low, i, 4)
        for name, x in (("native", CEILINGS.native), ("loaded", math.sqrt(CEILINGS.loaded_low * CEILINGS.loaded_high))):
            axes.annotate(name, (x, -0.9), ha="center", fontsize=8)
        axes.annotate("more than fits", (CEILINGS.physical, -0.9), (4, 0), textcoords="offset points", fontsize=8)
        axes.set_xscale("log")
        axes.set_xlim(low, high)
        axes.set_ylim(len(rows) - 0.5, -1.3)
        axes.set_yticks(range(len(rows)), [f"{arm}: {what}" for arm, what, _, _ in rows], fontsize=8)
        axes.set_xlabel("copies per vesicle   (● carried, ◆ required)")
        axes.grid(visible=False, axis="y")
    return figure


def attribution_forest(run: Run) -> Figure:
    """Change of each endpoint by each treatment: the whole effect and the part of named cargo, with 90 % intervals."""
    table = attribution(run)
    colours = arm_colours(list(run.plan.protocol.arms))
    arms, labels = list(dict.fromkeys(table["arm"])), list(dict.fromkeys(table["endpoint"]))
    ends = np.abs(table[["change_low", "change_high"]].to_numpy())
    reach = 1.08 * max(min(float(ends.max()), 3 * float(np.percentile(ends, 75))), 1.0)  # one bar must not shrink all
    with look():
        figure, panels = _panels(len(arms), 0.5 + 0.28 * len(labels))
        for k, (axes, arm) in enumerate(zip(panels, arms, strict=True)):
            for row in table[table["arm"] == arm].to_dict("records"):
                _interval(axes, row, labels.index(row["endpoint"]), reach, colours[arm])
            axes.axvline(0, color="#777777", linewidth=0.8, zorder=0)
            axes.set_xlim(-reach, reach)
            axes.set_ylim(len(labels) - 0.4, -0.6)
            axes.set_yticks(range(len(labels)), labels if k % _COLUMNS == 0 else [""] * len(labels), fontsize=8)
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
    axes.plot(row["named_cargo"], y + 0.32, "+", color="#222222", markersize=5)


def _beside(axes: Axes, text: str, x: float, y: float, offset: int) -> None:
    """A word right (or left, if the offset is negative) of a place."""
    side = "right" if offset < 0 else "left"
    axes.annotate(text, (x, y), (offset, -3), textcoords="offset points", ha=side, fontsize=8)


def unit_of(name: str) -> str:
    """Unit of an endpoint for an axis."""
    found = next((endpoint for endpoint in endpoints() if endpoint.id == name), None)
    if found is None or found.unit == "1":
        return "fold of healthy"
    return "% of section" if found.unit == "%" and found.kind == "histology" else found.unit


def _panels(count: int, height: float) -> tuple[Figure, list[Axes]]:
    columns = min(_COLUMNS, count)
    rows = math.ceil(count / columns)
    figure = new_figure(height * rows + 0.5)
    return figure, [figure.add_subplot(rows, columns, i + 1) for i in range(count)]


def _legend(figure: Figure, handles: Sequence[Artist], labels: Sequence[str]) -> None:
    columns = max(1, min(len(labels), _LEGEND_LETTERS // (max(map(len, labels), default=0) + 6)))
    figure.legend(handles, labels, loc="outside upper center", ncols=columns, fontsize=8.5)


def _plain(value: float, _: object) -> str:
    """A tick without offset or power of ten."""
    digits = f"{value:.6g}"
    return np.format_float_positional(float(digits), trim="-") if "e-" in digits else f"{value:,.6g}"
