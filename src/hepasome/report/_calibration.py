"""What calibrations found: tables for the terminal, and a figure of priors, posteriors and predictions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator
from rich.table import Column, Table

from hepasome.files import write_atomically
from hepasome.inference import LeftOut, Posterior
from hepasome.report._style import STATUS_COLOURS, look, new_figure, png
from hepasome.report._tables import number

_BEFORE, _AFTER, _OBSERVED = "#BDBDBD", "#0072B2", "#D55E00"


def calibration_table(found: Posterior) -> Table:
    """Every parameter before and after, with what the observations say about it."""
    name_column = Column("parameter", overflow="fold")
    table = Table(name_column, "before (90 %)", "after (90 %)", "unit", "contraction", box=None, pad_edge=False)
    for name, one in found.marginals.items():
        before = f"{number(one.prior)} ({number(one.prior_low)} to {number(one.prior_high)})"
        after = f"{number(one.median)} ({number(one.low)} to {number(one.high)})"
        table.add_row(name, before, after, one.unit, f"{one.contraction:.2f}, {one.informed}")
    return table


def coverage_table(found: Sequence[Sequence[LeftOut]]) -> Table:
    """How many observations of each study lie in the 90 % interval that the others predict."""
    table = Table("calibration", "left out", "predicted from", "in the 90 % interval", box=None, pad_edge=False)
    inside = total = 0
    for one in (one for group in found for one in group):
        basis = f"{one.kept} observations" if one.kept else "the prior alone"
        table.add_row(one.calibration, one.study, basis, f"{one.inside} of {len(one.data)}")
        inside, total = inside + one.inside, total + len(one.data)
    table.add_row("all", "", "", f"{inside} of {total} ({inside / max(total, 1):.0%})")
    return table


def write_calibration_figure(found: Posterior, path: Path) -> Path:
    """Priors and posteriors on the scale of the prior, and every observation beside what is predicted for it."""
    names, data = list(found.marginals), found.target.data
    deviates = found.deviates()
    rng = np.random.default_rng(found.seed)
    predicted = np.exp(found.target.replicate(deviates, rng))
    with look():
        figure = new_figure(max(2.5, 0.18 * max(len(names), len(data)) + 1))
        left, right = figure.subplots(1, 2)
        rows = np.arange(len(names))
        left.hlines(rows, -1.645, 1.645, color=_BEFORE, linewidth=5, label="before: 90 %")
        low, middle, high = np.percentile(deviates, [5, 50, 95], axis=0)
        left.hlines(rows, low, high, color=_AFTER, linewidth=2, label="after: 90 %")
        left.plot(middle, rows, "o", color=_AFTER, markersize=4)
        left.set_yticks(rows, names)
        for label, name in zip(left.get_yticklabels(), names, strict=True):
            row = found.target.rows.get(name)
            label.set_color(STATUS_COLOURS[row.status] if row is not None else "#333333")
        left.set_ylim(len(names) - 0.5, -0.5)
        left.set_xlabel("standard deviations of the prior")
        left.set_title("What the observations say")
        places = np.arange(len(data))
        values = np.array([datum.observation.value for datum in data])
        low, middle, high = np.nanpercentile(predicted, [5, 50, 95], axis=0)
        right.hlines(places, low / values, high / values, color=_AFTER, linewidth=2, label="predicted, 90 %")
        right.plot(middle / values, places, "o", color=_AFTER, markersize=4)
        right.axvline(1, color=_OBSERVED, linewidth=1, label="observed")
        right.set_xscale("log")
        right.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        right.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
        right.xaxis.set_minor_locator(NullLocator())
        right.set_yticks(places, [_shown(datum.observation.endpoint, datum.time) for datum in data])
        right.set_ylim(len(data) - 0.5, -0.5)
        right.set_xlabel("predicted over observed")
        right.set_title("In a next laboratory")
        for axes in (left, right):
            axes.tick_params(axis="y", labelsize=6)
        figure.legend(loc="outside lower center", ncols=4, fontsize=8)
    return write_atomically(path, png(figure))


def _shown(endpoint: str, time: float) -> str:
    return f"{endpoint}, {time:.3g} h" if time < 72 else f"{endpoint}, {time / 24:.3g} d"
