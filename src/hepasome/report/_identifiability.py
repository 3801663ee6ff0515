"""Which parameters of a run the data inform at all: what was known before, what the observations of untreated say."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from hepasome.biology import PosteriorDraws, calibrated_in, parameters, posteriors_in, to_scale
from hepasome.report._style import STATUS_COLOURS, STATUS_MARKERS, look, new_figure
from hepasome.trial import Run

INFORMED = ("informed", "barely informed", "not informed")
_NUMBERS = ("prior", "prior_low", "prior_high", "median", "low", "high")
_BEFORE = "#BDBDBD"
_COLOURS = {"informed": "#0072B2", "barely informed": "#56B4E9", "not informed": "#777777"}
_LINE = 0.17  # in
_NINETY = 1.6448536269514722  # standard normal deviate of the 95th percentile


def identifiability(run: Run) -> list[dict[str, Any]]:
    """Every parameter of a run's model that a calibration on untreated subjects looked at, best informed first.

    Returns:
        One row per parameter: symbol, meaning, unit, status, calibration, title, prior, prior_low, prior_high, median,
        low, high (5 % and 95 %), contraction (one minus the variance after over before, on the scale of the prior),
        informed (one of `INFORMED`), scale.
    """
    species, disease = run.study.subject.species, run.study.disease.model
    known, found = parameters(species, disease), []
    for draws in posteriors_in(species, disease):
        for symbol, place in calibrated_in(draws.names, disease).items():
            if symbol not in run.plan.model.parameters or symbol in run.plan.settings.overrides:
                continue
            name, row = draws.names[place], known[symbol]
            about, ratio = draws.about["parameters"][name], _ratio(draws, name)
            one = {"symbol": symbol, "meaning": row.meaning, "unit": row.unit, "status": row.status, "scale": row.scale}
            one |= {"calibration": draws.calibration, "title": draws.about["title"]}
            one |= {end: about[end] * ratio for end in _NUMBERS}
            found.append(one | {"contraction": about["contraction"], "informed": about["informed"]})
    return sorted(found, key=lambda one: (one["calibration"], -one["contraction"]))


def accounted(run: Run) -> dict[str, Any]:
    """How much of the run's model data inform, and what the draws of the run vary.

    Returns:
        parameters (in the model), calibrated, counts by `INFORMED`, drawn and fixed (of those that were not calibrated
        or set by the user), taken (ids of the calibrations whose posterior this run draws from).
    """
    known, rows = parameters(run.study.subject.species, run.study.disease.model), identifiability(run)
    here = {symbol for symbol in known if symbol in run.plan.model.parameters}
    calibrated = {row["symbol"] for row in rows}
    varied = _varied(run) if run.plan.settings.draws else set()
    others = here - calibrated - set(run.plan.settings.overrides)
    return {
        "parameters": len(here),
        "calibrated": len(calibrated),
        "counts": {label: sum(row["informed"] == label for row in rows) for label in INFORMED},
        "drawn": len(others & varied),
        "fixed": len(others - varied),
        "titles": {row["calibration"]: row["title"] for row in rows},
        "taken": [name for name in dict.fromkeys(row["calibration"] for row in rows) if _is_taken(run, name, rows)],
    }


def identifiability_figure(run: Run) -> Figure:
    """Every calibrated parameter before and after on the scale of its prior, and how much narrower it became."""
    rows = identifiability(run)
    lines: list[dict[str, Any] | str] = []  # a calibration stands above its parameters
    for title, group in itertools.groupby(rows, key=lambda row: str(row["title"])):
        lines += [title, *group]
    with look():
        figure = new_figure(1.2 + _LINE * len(lines))
        axes, bars = figure.subplots(1, 2, width_ratios=[2.2, 1], sharey=True)
        for y, row in enumerate(lines):
            if isinstance(row, str):
                axes.text(0, y, row, fontsize=8, fontweight="bold", va="center", transform=axes.get_yaxis_transform())
            else:
                _draw(axes, bars, y, row)
        for where in (0.1, 0.5):
            bars.axvline(where, color="#777777", linewidth=0.8, linestyle=":")
        named = {y: row["symbol"] for y, row in enumerate(lines) if not isinstance(row, str)}
        axes.set_yticks(list(named), list(named.values()), fontsize=8)
        axes.set_ylim(len(lines) - 0.4, -0.6)
        axes.set_xlabel("standard deviations of the prior")
        bars.set_xlim(0, 1)
        bars.set_xticks([0, 0.1, 0.5, 1], ["0", "0.1", "0.5", "1"])
        bars.tick_params(axis="y", length=0)
        bars.set_xlabel("contraction")
        for each in (axes, bars):
            each.grid(visible=False, axis="y")
        figure.legend(handles=_handles(rows), loc="outside upper center", ncols=4, fontsize=8)
    return figure


def _draw(axes: Axes, bars: Axes, y: int, row: dict[str, Any]) -> None:
    """One parameter: before as a broad bar, after as a narrow one, its median in the shape of its status."""
    before, after = _on_the_prior(row)
    colour = _COLOURS[row["informed"]]
    axes.plot(before, [y, y], color=_BEFORE, linewidth=6, solid_capstyle="butt")
    axes.plot([after[0], after[2]], [y, y], color=colour, linewidth=2.4, solid_capstyle="butt")
    marker, own = STATUS_MARKERS[row["status"]], STATUS_COLOURS[row["status"]]
    axes.plot(after[1], y, marker, color=own, markersize=5.5, markeredgecolor="white", markeredgewidth=0.6)
    bars.barh(y, max(row["contraction"], 0.0), height=0.62, color=colour)


def _handles(rows: list[dict[str, Any]]) -> list[Line2D]:
    used = [label for label in INFORMED if any(row["informed"] == label for row in rows)]
    statuses = [status for status in STATUS_COLOURS if any(row["status"] == status for row in rows)]
    return [
        Line2D([], [], color=_BEFORE, linewidth=6, label="before, 90 %"),
        *(Line2D([], [], color=_COLOURS[label], linewidth=2.4, label=f"after, 90 %: {label}") for label in used),
        *(
            Line2D([], [], color=STATUS_COLOURS[one], marker=STATUS_MARKERS[one], linestyle="", label=f"table: {one}")
            for one in statuses
        ),
    ]


def _on_the_prior(row: dict[str, Any]) -> tuple[list[float], list[float]]:
    """Ends before, and ends and median after, in standard deviations of the prior; each side has its own."""
    middle, low, high = (to_scale(row[name], row["scale"]) for name in ("prior", "prior_low", "prior_high"))
    after = []
    for name in ("low", "median", "high"):
        beyond = to_scale(row[name], row["scale"]) - middle
        width = (high - middle) if beyond > 0 else (middle - low)
        after.append(_NINETY * beyond / width if width else 0.0)
    return [-_NINETY, _NINETY], after


def _ratio(draws: PosteriorDraws, name: str) -> float:
    """What the numbers of the calibrated species are multiplied by in this one; its draws already are."""
    calibrated = draws.about["species"]
    if calibrated == draws.species:
        return 1.0
    return parameters(draws.species)[name].value / parameters(calibrated)[name].value


def _drawn(run: Run, draw: int) -> dict[str, float]:
    return dict(run.plan.subjects.world(draw, run.study.control).subject.parameters)


def _varied(run: Run) -> set[str]:
    """Parameters that differ between draws of the run: looked up, so that the page cannot say anything else."""
    first, *others = (_drawn(run, draw) for draw in (1, 2, 3))
    return {name for name, other in itertools.product(first, others) if other[name] != first[name]}


def _is_taken(run: Run, calibration: str, rows: list[dict[str, Any]]) -> bool:
    """Whether the values of a draw of the run are those of one draw of the posterior."""
    if not run.plan.settings.draws:
        return False
    (draws,) = (
        one
        for one in posteriors_in(run.study.subject.species, run.study.disease.model)
        if one.calibration == calibration
    )
    places = calibrated_in(draws.names, run.study.disease.model)
    symbols, values = [row["symbol"] for row in rows if row["calibration"] == calibration], _drawn(run, 1)
    own = draws.values[:, [places[symbol] for symbol in symbols]]
    return bool(np.isclose(own, [values[symbol] for symbol in symbols], rtol=1e-9).all(axis=1).any())
