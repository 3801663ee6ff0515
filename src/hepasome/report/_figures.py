"""The figures of a report: protocol, fate of the vesicles, time courses, animals, copies required, attribution."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hepasome.evidence import endpoints
from hepasome.inference import Verdict, attribution, cargo_per_cell
from hepasome.product import CEILINGS
from hepasome.report._style import FATE_COLOURS, arm_colours, look, new_figure
from hepasome.trial import Run

WEEK = 168.0  # h
_FATES = {
    "waiting in a depot": ("vesicles_in_depot",),
    "blood": ("vesicles_in_blood", "vesicles_in_sinusoids"),
    "Kupffer cells": ("vesicles_in_kupffer_cells",),
    "endothelium": ("vesicles_in_endothelial_cells",),
    "stellate cells": ("vesicles_in_stellate_cells",),
    "hepatocytes": ("vesicles_in_hepatocytes",),
    "spleen": ("vesicles_in_spleen",),
    "lung": ("vesicles_in_lung",),
    "elsewhere or lost": ("vesicles_elsewhere",),
}


def figures(run: Run, verdicts: list[Verdict]) -> dict[str, Figure]:
    """All figures that make sense for a run, by name."""
    made = {"protocol": protocol(run), "time_courses": time_courses(run), "animals": animals(run)}
    for arm in treated_arms(run):
        made[f"fate_{arm}"] = fate(run, arm)
    if treated_arms(run) and len(cargo_per_cell(run)):
        made["copies"] = copies(run, verdicts)
    if len(attribution(run)):
        made["attribution"] = attribution_forest(run)
    return made


def treated_arms(run: Run) -> list[str]:
    """Arms that get a treatment."""
    return [arm for arm, given in run.plan.protocol.arms.items() if given.treatment is not None]


def protocol(run: Run) -> Figure:
    """Who gets what when: one lane per arm."""
    plan, colours = run.plan.protocol, arm_colours(list(run.plan.protocol.arms))
    with look():
        figure = new_figure(9, 0.9 + 0.48 * len(plan.arms))
        axes = figure.add_subplot()
        for i, (arm, given) in enumerate(plan.arms.items()):
            axes.plot(
                [0, plan.read_out / WEEK], [i, i], color=colours[arm], linewidth=6, alpha=0.25, solid_capstyle="butt"
            )
            toxin = np.asarray(given.toxin_times) / WEEK
            axes.plot(toxin, np.full(len(toxin), i + 0.02), "|", color="#333333", markersize=9, markeredgewidth=1)
            if given.treatment is not None:
                times = np.asarray(given.treatment.times) / WEEK
                axes.plot(
                    times, np.full(len(times), i), "v", color=colours[arm], markersize=11, markeredgecolor="white"
                )
                text = f"{given.treatment.dose.value:.3g} {given.treatment.dose.unit}, {given.treatment.route}"
                axes.annotate(text, (times[0], i), (0, 9), textcoords="offset points", fontsize=8, color=colours[arm])
        axes.axvline(plan.read_out / WEEK, color="#333333", linestyle="--", linewidth=1)
        axes.annotate(
            "read-out", (plan.read_out / WEEK, -0.75), (-3, 0), textcoords="offset points", ha="right", fontsize=8
        )
        axes.set_yticks(range(len(plan.arms)), list(plan.arms))
        axes.set_ylim(len(plan.arms) - 0.4, -0.95)
        axes.set_xlabel("weeks   (| CCl4, ▼ treatment)")
        axes.set_xlim(-0.1, plan.read_out / WEEK * 1.02)
        axes.grid(visible=False, axis="y")
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
    return figure


def fate(run: Run, arm: str) -> Figure:
    """Where the vesicles of the first dose of an arm went: share of them, mean of the animals, until the next dose."""
    given = run.plan.protocol.arms[arm].treatment
    rows = run.trajectories[run.trajectories["arm"] == arm]
    start, following = (*given.times, math.inf)[:2] if given is not None else (0.0, math.inf)
    columns = [name for names in _FATES.values() for name in names]
    mean = rows[(rows["time"] > start) & (rows["time"] <= following)].groupby("time")[columns].mean()
    total = mean.sum(axis=1)
    mean, total = mean[total > 0], total[total > 0]
    shares = [100 * sum(mean[name].clip(lower=0) for name in names) / total for names in _FATES.values()]
    with look():
        figure = new_figure(9, 3.1)
        axes = figure.add_subplot()
        axes.stackplot(mean.index - start, *shares, labels=list(_FATES), colors=[FATE_COLOURS[name] for name in _FATES])
        axes.set_xscale("log")
        axes.set_xlim(max(float(mean.index[0] - start), 0.05), float(mean.index[-1] - start))
        axes.set_ylim(0, 100)
        axes.set_xlabel(f"hours after the {'first ' if following < math.inf else ''}dose")
        axes.set_ylabel("% of the vesicles")
        axes.set_title(arm)
        handles, labels = axes.get_legend_handles_labels()
        axes.legend(handles[::-1], labels[::-1], loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=8)
    return figure


def time_courses(run: Run) -> Figure:
    """Every read-out that is an endpoint over time: median of the animals with the band of 5 to 95 %."""
    names = list(dict.fromkeys(endpoint.endpoint for endpoint in run.study.endpoints))
    colours = arm_colours(list(run.plan.protocol.arms))
    with look():
        figure, panels = _panels(len(names), 2.1)
        for axes, name in zip(panels, names, strict=True):
            for arm, rows in run.trajectories.groupby("arm", sort=False):
                at = rows.groupby("time")[name]
                low, middle, high = (at.quantile(share) for share in (0.05, 0.5, 0.95))
                weeks, colour = middle.index / WEEK, colours[str(arm)]
                axes.fill_between(weeks, low, high, color=colour, alpha=0.18, linewidth=0)
                axes.plot(weeks, middle, color=colour, linewidth=1.3, label=str(arm))
            for given in run.plan.protocol.arms.values():
                for time in given.treatment.times if given.treatment is not None else ():
                    axes.axvline(time / WEEK, color="#999999", linewidth=0.6, linestyle=":")
            axes.set_title(name)
            axes.set_ylabel(unit_of(name), fontsize=8)
        _legend(figure, panels[0])
        figure.supxlabel("weeks", fontsize=9)
    return figure


def animals(run: Run) -> Figure:
    """What the laboratory measured: every animal, and mean with standard deviation, per endpoint and arm."""
    labels = [str(endpoint) for endpoint in run.study.endpoints]
    arms = list(run.plan.protocol.arms)
    colours = arm_colours(arms)
    with look():
        figure, panels = _panels(len(labels), 2.1)
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
            axes.set_xticks(range(len(arms)), arms, rotation=25, ha="right", fontsize=7.5)
            axes.set_title(label)
            axes.set_ylabel(unit_of(label.split(" at ")[0]), fontsize=8)
            axes.set_ylim(bottom=0)
            axes.grid(visible=False, axis="x")
    return figure


def copies(run: Run, verdicts: list[Verdict]) -> Figure:
    """Copies per vesicle that are carried and that would be required, beside the three ceilings."""
    rows: list[tuple[str, float, float]] = [
        (f"{r['arm']}: {r['cargo']} → {r['target']}, {r['cell']}", r["carried"], r["required"])
        for r in cargo_per_cell(run).to_dict("records")
    ]
    rows += [
        (f"{v.claim.arm}: {v.claim.cargo}, claim on {v.claim.endpoint}", v.carried_copies or 0.0, v.required_copies)
        for v in verdicts
        if v.required_copies is not None
    ]
    with look():
        figure = new_figure(9, 1.3 + 0.3 * len(rows))
        axes = figure.add_subplot()
        low, high = 1e-3, 1e11
        axes.axvspan(CEILINGS.physical, high, color="#B2182B", alpha=0.08)
        axes.axvspan(CEILINGS.loaded_low, CEILINGS.loaded_high, color="#1B7837", alpha=0.15)
        axes.axvline(CEILINGS.native, color="#333333", linestyle=":")
        axes.axvline(CEILINGS.physical, color="#B2182B", linestyle="--")
        for i, (_, carried, required) in enumerate(rows):
            if math.isfinite(required):
                axes.plot([max(carried, low), required], [i, i], color="#BBBBBB", linewidth=1, zorder=1)
                axes.plot(required, i, "D", color="#B35806", markersize=6)
            else:
                axes.annotate(
                    "no number suffices", (high, i), (-4, -3), textcoords="offset points", ha="right", fontsize=8
                )
            if carried:
                axes.plot(carried, i, "o", color="#0072B2", markersize=6)
        names = (("native", CEILINGS.native), ("loaded", 20.0), ("what fits into a vesicle", CEILINGS.physical))
        for name, x in names:
            axes.annotate(name, (x, -0.9), ha="center" if name != "what fits into a vesicle" else "left", fontsize=8)
        axes.set_xscale("log")
        axes.set_xlim(low, high)
        axes.set_ylim(len(rows) - 0.5, -1.3)
        axes.set_yticks(range(len(rows)), [row[0] for row in rows], fontsize=8)
        axes.set_xlabel("copies per vesicle   (● carried, ◆ required)")
        axes.grid(visible=False, axis="y")
    return figure


def attribution_forest(run: Run) -> Figure:
    """Change of each endpoint by each treatment: the whole effect and the part of named cargo, with 90 % intervals."""
    table = attribution(run)
    colours = arm_colours(list(run.plan.protocol.arms))
    arms = list(dict.fromkeys(table["arm"]))
    with look():
        figure = new_figure(9, 0.9 + 0.3 * len(table) / len(arms) * 1.0)
        reach = float(np.nanpercentile(np.abs(table[["change_low", "change_high"]].to_numpy()), 90)) * 1.15 + 1
        panels = [figure.add_subplot(1, len(arms), i + 1) for i in range(len(arms))]
        for axes, arm in zip(panels, arms, strict=True):
            part = table[table["arm"] == arm].reset_index(drop=True)
            for i, row in part.iterrows():
                axes.plot([row["change_low"], row["change_high"]], [i, i], color=colours[arm], linewidth=3, alpha=0.45)
                axes.plot(row["change"], i, "o", color=colours[arm], markersize=5)
                axes.plot(row["named_cargo"], i, "+", color="#222222", markersize=6)
            axes.axvline(0, color="#777777", linewidth=0.8)
            axes.set_xlim(-reach, reach)
            axes.set_ylim(len(part) - 0.5, -0.5)
            axes.set_yticks(
                range(len(part)), list(part["endpoint"]) if axes is panels[0] else [""] * len(part), fontsize=8
            )
            axes.set_title(arm)
            axes.grid(visible=False, axis="y")
            axes.set_xlabel(f"% against {run.study.control}   (● all, + named cargo)")
    return figure


def unit_of(name: str) -> str:
    """Unit of an endpoint for an axis."""
    unit = next((endpoint.unit for endpoint in endpoints() if endpoint.id == name), "1")
    return {"1": "fold of healthy", "%": "% of section"}.get(unit, unit)


def _panels(count: int, height: float) -> tuple[Figure, list[Axes]]:
    columns = min(4, max(count, 1))
    rows = math.ceil(count / columns)
    figure = new_figure(9, height * rows + 0.5)
    return figure, [figure.add_subplot(rows, columns, i + 1) for i in range(count)]


def _legend(figure: Figure, axes: Axes) -> None:
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(labels), fontsize=8.5)
