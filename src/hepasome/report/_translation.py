"""A translated dose as a table for the terminal and as a picture."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from rich.markup import escape
from rich.table import Table

from hepasome.evidence import TrialDose
from hepasome.files import write_atomically
from hepasome.report._style import look, new_figure, png, svg
from hepasome.translation import CELL_WORDS, HumanDose, Interval, Translation, amount, amounts, two_digits

_METHOD_WORDS = {"allometry": "body weight^0.75", "Km factors": "Km factors (FDA)", "model": "model"}
_SHORT_ROUTES = {"as in the study": "study's", "intravenous": "i.v."}
_METHOD_COLOURS = {"allometry": "#777777", "Km factors": "#444444", "model": "#0072B2"}
_TRIAL_COLOURS = {"liver": "#D55E00", "other": "#E6A27A"}


def translation_table(found: Translation) -> Table:
    """Every human dose: how it was found, how it is given, for which cell, with its interval."""
    table = Table(
        title=escape(f"{found.title}\none dose of a human of {found.human_weight / 1000:.0f} kg"),
        title_justify="left",
        box=None,
        pad_edge=False,
        collapse_padding=True,
    )
    table.add_column("found by")
    table.add_column("given")
    table.add_column("same in", no_wrap=True)
    by_mass = found.unit == "ug"
    table.add_column("dose [90 %]", justify="right", no_wrap=True)
    if by_mass:
        table.add_column("particles [90 %]", justify="right", no_wrap=True)
    for one in found.doses:
        given = _SHORT_ROUTES[one.route] if one.cell else "-"
        cells = [one.method, given, CELL_WORDS.get(one.cell, "-"), amounts(one.dose, found.unit)]
        if by_mass:
            cells.append(amounts(one.particles, "particles").removesuffix(" particles") if one.particles else "")
        table.add_row(*map(escape, cells), style="bold" if one.chosen else None)
    table.caption = escape(_caption(found))
    table.caption_justify = "left"
    return table


def driver_table(found: Translation) -> Table:
    """What makes the interval of the intravenous dose wide."""
    table = Table(
        title="What makes the interval of the intravenous dose wide", title_justify="left", box=None, pad_edge=False
    )
    table.add_column("cause", overflow="fold")
    table.add_column("rank correlation", justify="right")
    table.add_column("share of the variance", justify="right")
    for one in found.drivers:
        correlation = "a choice" if one.correlation is None else f"{one.correlation:+.2f}"
        table.add_row(escape(one.cause), correlation, f"{100 * one.share:.0f} %")
    return table


def trial_table(found: Translation) -> Table:
    """Doses of trials in humans: the liver's one by one, the others as ranges."""
    table = Table(title="Trials in humans", title_justify="left", box=None, pad_edge=False)
    table.add_column("trial")
    table.add_column("given")
    table.add_column("one dose", justify="right")
    table.add_column("note", overflow="fold")
    for row in found.trials:
        if row.indication == "liver":
            dose = amount(row.value, row.unit) if row.value is not None else row.registered
            table.add_row(row.trial, row.route, escape(dose), escape(row.note))
    for (route, unit), rows in _others(found).items():
        values = [row.value for row in rows if row.value is not None]
        text = f"{amount(min(values), unit)} to {amount(max(values), unit)}" if len(values) > 1 else ""
        trials = len({row.trial for row in rows})
        name = f"{trials} other trial{'s' if trials > 1 else ''}"
        table.add_row(name, route, escape(text or amount(values[0], unit)), "not of the liver")
    return table


def against_trials(found: Translation) -> str:
    """One sentence: the model's intravenous dose beside the highest of any trial; empty where there is none."""
    if found.over_trials is None:
        return ""
    ratio, unit = found.over_trials, "cells" if found.kind == "cells" else "particles"
    times = f"{two_digits(ratio)} times" if ratio >= 1 else f"{two_digits(100 * ratio)} % of"
    return f"Counted in {unit}, the model's intravenous dose is {times} the highest one of any trial."


def translation_figure(found: Translation) -> Figure:
    """All doses on one axis: by body size, by the model, and of trials in humans."""
    in_cells = found.unit == "cells"
    unit = "cells" if in_cells else "particles"
    lanes = [(_label(one), one.dose if in_cells else one.particles, one) for one in found.doses]
    with look():
        figure = new_figure(1.6 + 0.27 * (len(lanes) + 3))
        axes = figure.add_subplot()
        labels = []
        for place, (label, interval, one) in enumerate(lanes):
            labels.append(label)
            if interval is not None and math.isfinite(interval.median):
                _draw_interval(axes, place, interval, one)
        for route, rows in _lanes_of_trials(found, unit):
            labels.append(f"trials, {route}")
            for row in rows:
                colour = _TRIAL_COLOURS[row.indication]
                axes.plot(row.value or math.nan, len(labels) - 1, marker="D", color=colour, markersize=5, linestyle="")
        animal = found.animal_dose.median * (1 if in_cells else _per_unit(found))
        axes.axvline(animal, color="#2CA58D", linewidth=1, linestyle=":")
        axes.text(animal, -0.75, f" one {found.species}", color="#1F7F6C", fontsize=8, va="center")
        axes.set_xscale("log")
        axes.set_yticks(range(len(labels)), labels)
        axes.set_ylim(len(labels) - 0.4, -1.2)
        axes.grid(visible=False, axis="y")
        weight = found.human_weight / 1000
        axes.set_xlabel(f"{unit} in one dose of a human of {weight:.0f} kg: median and 90 % interval")
        figure.suptitle(found.title, x=0.01, ha="left", fontsize=10, fontweight="bold")
        marks = axes.plot([], [], color=_METHOD_COLOURS["model"], linewidth=4, label="thick: what the study is about")
        for name, where in (("liver", "the liver"), ("other", "other organs")):
            if any(row.indication == name and row.unit == unit for row in found.trials):
                colour = _TRIAL_COLOURS[name]
                marks += axes.plot([], [], marker="D", linestyle="", color=colour, label=f"trial of {where}")
        figure.legend(handles=marks, loc="outside lower center", ncols=3, fontsize=8)
    return figure


def write_translation(found: Translation, folder: Path | str) -> list[Path]:
    """Write everything as JSON and the picture as PNG and SVG; the files written."""
    folder, figure = Path(folder), translation_figure(found)
    contents: dict[str, str | bytes] = {
        "translation.json": found.json(),
        "translation.png": png(figure),
        "translation.svg": svg(figure),
    }
    return [write_atomically(folder / name, content) for name, content in contents.items()]


def _caption(found: Translation) -> str:
    dose = found.animal_dose
    given = amounts(dose, found.unit) if dose.low < dose.high else amount(dose.median, found.unit)
    text = f"one {found.species} got {given}, {found.animal_route} (arm {found.arm})"
    if found.cell:
        text += f"; bold: {CELL_WORDS[found.cell]}, {found.why_cell}"
    return text


def _label(one: HumanDose) -> str:
    if one.method != "model":
        return _METHOD_WORDS[one.method]
    given = "i.v." if one.route == "intravenous" else "route of the study"
    return f"model, {given}, {CELL_WORDS[one.cell]}"


def _draw_interval(axes: Axes, place: int, interval: Interval, one: HumanDose) -> None:
    colour = _METHOD_COLOURS[one.method]
    axes.plot(
        [interval.low, interval.high],
        [place, place],
        color=colour,
        linewidth=4 if one.chosen else 1.8,
        alpha=1 if one.chosen or one.method != "model" else 0.55,
        solid_capstyle="butt",
    )
    axes.plot(interval.median, place, marker="o", color=colour, markersize=7 if one.chosen else 4.5)


def _others(found: Translation) -> dict[tuple[str, str], list[TrialDose]]:
    groups: dict[tuple[str, str], list[TrialDose]] = {}
    for row in found.trials:
        if row.indication != "liver" and row.value is not None:
            groups.setdefault((row.route, row.unit), []).append(row)
    return dict(sorted(groups.items(), key=lambda group: (group[0][0] != "intravenous", group[0])))


def _lanes_of_trials(found: Translation, unit: str) -> Iterator[tuple[str, list[TrialDose]]]:
    there = [row for row in found.trials if row.unit == unit and row.value is not None]
    for route in sorted({row.route for row in there}, key=lambda name: (name != "intravenous", name)):
        yield ("route not stated" if route == "not stated" else route), [row for row in there if row.route == route]


def _per_unit(found: Translation) -> float:
    """Particles in one unit of the dose, in the middle of the draws."""
    particles = found.doses[0].particles
    return particles.median / found.doses[0].dose.median if particles is not None else 1.0
