"""Forest and funnel plots of pooled effects."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from matplotlib.ticker import LogLocator, NullLocator

from hepasome.evidence import MEASURES, Effects, Egger, Pooled, egger
from hepasome.files import write_atomically
from hepasome.report._pooling import interval, own_interval, shown, written
from hepasome.report._style import look, new_figure, png, svg

_INK, _POOLED, _QUIET = "#333333", "#D55E00", "#9A9A9A"
_DECADES = 2e3  # between the ends of an axis, up to which three numbers of each decade have room
_DRAWN = ("forest.png", "forest.svg", "funnel.png", "funnel.svg")
_FARTHEST = {False: 1e6, True: 200.0}  # of an axis, for ratios as logarithms: exp(200) can still be drawn
_LETTERS = 44  # of a label; longer ones are cut


def forest_plot(effects: Effects, pooled: Pooled) -> Figure:
    """Every effect with its interval, and below them the pooled effect with interval and prediction interval."""
    k = len(effects.effect)
    with look():
        figure = new_figure(1.3 + 0.24 * (k + 3))
        axes = figure.add_subplot()
        weight = 1 / (effects.variance + pooled.between + (pooled.within or 0.0))
        sizes = 18 + 60 * weight / weight.max()
        for i in range(k):
            y, low, high = (_at(effects, value) for value in own_interval(effects, i))
            axes.plot([low, high], [i, i], color=_INK, linewidth=1)
            axes.scatter([y], [i], s=sizes[i], marker="s", color=_INK, zorder=3)
        _summary(axes, effects, pooled, k + 0.5)
        _axis(axes, effects)
        labels = [_cut(label) for label in effects.label]
        rows = [*range(k), k + 0.5, *([k + 1.5] if pooled.prediction is not None else [])]
        labels += ["pooled", *(["prediction for a new study"] if pooled.prediction is not None else [])]
        axes.set_yticks(rows, labels)
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(k + 2.1, -0.8)
        axes.grid(visible=False, axis="y")
        axes.spines["left"].set_visible(False)
        _numbers(axes, effects, pooled, k)
    return figure


def _summary(axes: Axes, effects: Effects, pooled: Pooled, row: float) -> None:
    term = pooled.pooled
    low, middle, high = (_at(effects, value) for value in (term.low, term.estimate, term.high))
    axes.add_patch(Polygon([(low, row), (middle, row - 0.32), (high, row), (middle, row + 0.32)], color=_POOLED))
    axes.axvline(middle, color=_POOLED, linewidth=0.8, linestyle=":")
    if pooled.prediction is not None:
        ends = [_at(effects, end) for end in pooled.prediction]
        axes.plot(ends, [row + 1, row + 1], color=_POOLED, linewidth=1.6, solid_capstyle="butt")
        axes.scatter(ends, [row + 1, row + 1], marker="|", color=_POOLED, s=40)


def _axis(axes: Axes, effects: Effects) -> None:
    name, ratio = MEASURES[effects.measure]
    axes.axvline(1.0 if ratio else 0.0, color=_QUIET, linewidth=0.9)
    if ratio:
        axes.set_xscale("log")
        low, high = axes.get_xlim()
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high / low < _DECADES else (1,)))
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel(f"{name}, treated against control")


def _numbers(axes: Axes, effects: Effects, pooled: Pooled, k: int) -> None:
    """The numbers, in a column to the right."""
    side: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "va": "center", "fontsize": 8}
    for i in range(k):
        axes.text(1.02, i, interval(effects, *own_interval(effects, i)), **side)
    term = pooled.pooled
    axes.text(1.02, k + 0.5, interval(effects, term.estimate, term.low, term.high), **side, weight="bold")
    if pooled.prediction is not None:
        low, high = (shown(effects, end) for end in pooled.prediction)
        axes.text(1.02, k + 1.5, f"[{written(low)}, {written(high)}]", **side)


def funnel_plot(effects: Effects, pooled: Pooled, test: Egger | None = None) -> Figure:
    """Effects against their standard error; without bias they fill the funnel evenly on both sides."""
    error = np.sqrt(effects.variance)
    with look():
        figure = new_figure(4.2)
        axes = figure.add_subplot()
        top = 1.08 * float(error.max())
        line = np.linspace(0, top, 50)
        middle = pooled.pooled.estimate
        left, right = middle - 1.959964 * line, middle + 1.959964 * line
        x = np.vectorize(lambda value: _at(effects, value), otypes=[float])
        axes.fill_betweenx(line, x(left), x(right), color="#EFEFEF", zorder=0, label="95 % of studies by chance alone")
        axes.axvline(_at(effects, middle), color=_POOLED, linewidth=1, label="pooled")
        axes.scatter(x(effects.effect), error, s=22, color=_INK, zorder=3)
        _axis(axes, effects)
        if test is not None and not test.by_size:
            ends = axes.get_xlim()  # the line may go far beyond all effects
            fitted = x(test.limit + test.slope * line)
            axes.plot(fitted, line, color=_INK, linewidth=1, linestyle="--", label="Egger's line")
            axes.set_xlim(ends)
        axes.set_ylim(top, 0)
        axes.set_ylabel("standard error")
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, fontsize=8)
    return figure


def _at(effects: Effects, value: float) -> float:
    """Where a value is drawn: an end of an interval beyond any axis stands far out on it."""
    farthest = _FARTHEST[MEASURES[effects.measure][1]]
    return shown(effects, min(max(value, -farthest), farthest))


def _cut(label: str) -> str:
    """A label that fits, and is no formula between signs of dollars."""
    short = label if len(label) <= _LETTERS else f"{label[: _LETTERS - 1]}…"
    return short.replace("$", r"\$")


def pooled_files(pooled: Pooled) -> tuple[str, ...]:
    """Names of the files that `pooled_file` makes: with moderators there is no one pooled effect to draw."""
    drawn = _DRAWN if pooled.prediction is not None else ()
    return (*drawn, "terms.csv", "effects.csv")


def pooled_file(effects: Effects, pooled: Pooled, name: str) -> str | bytes:
    """Content of one file: a forest or a funnel plot (PNG, SVG), or the terms or the effects (CSV).

    Args:
        effects: The effects.
        pooled: What `pool` made of them.
        name: One of `pooled_files`.
    """
    if name in _DRAWN:
        drawing, _, kind = name.partition(".")
        figure = forest_plot(effects, pooled) if drawing == "forest" else funnel_plot(effects, pooled, egger(effects))
        return svg(figure) if kind == "svg" else png(figure)
    if name == "terms.csv":
        terms = [asdict(term) for term in pooled.terms]
        return _csv(list(terms[0]), [list(term.values()) for term in terms])
    rows = zip(effects.study, effects.label, effects.effect.tolist(), effects.variance.tolist(), strict=True)
    return _csv(["study", "label", "effect", "variance"], rows)


def write_pooled(effects: Effects, pooled: Pooled, folder: Path) -> list[Path]:
    """Write forest and funnel plots (PNG and SVG), the terms and the effects (CSV); the paths written."""
    return [write_atomically(folder / name, pooled_file(effects, pooled, name)) for name in pooled_files(pooled)]


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue()
