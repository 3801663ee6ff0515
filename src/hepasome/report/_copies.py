"""Copies per vesicle: carried, required, and what fits."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hepasome.inference import Verdict, cargo_per_cell
from hepasome.product import CEILINGS
from hepasome.report._style import arm_colours, look, new_figure
from hepasome.trial import Run

CELL_NAMES = {
    "kupffer": "Kupffer cell",
    "endothelial": "endothelial cell",
    "stellate": "stellate cell",
    "hepatocyte": "hepatocyte",
    "tumour": "tumour cell",
}
_ENDS = ("carried_low", "carried_high", "required_low", "required_high")


def copies(run: Run, verdicts: list[Verdict]) -> Figure:
    """Copies per vesicle that are carried and that would be required, beside the three ceilings.

    Bars are 5 to 95 % over the draws. What a claim would require is read off the ladder of the typical animal at the
    values of the tables, so it has none.
    """
    table = cargo_per_cell(run).to_dict("records")
    rows: list[tuple[str, str, float, float]] = [
        (r["arm"], f"{r['cargo']} → {r['target']}, {CELL_NAMES[r['cell']]}", r["carried"], r["required"]) for r in table
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
        numbers += [x for row in table for end in _ENDS for x in [row[end]] if 0 < x < math.inf]
        low, high = min(1e-3, min(numbers, default=1) / 3), max(1e11, max(numbers, default=1) * 3)
        axes.axvspan(CEILINGS.physical, high, color="#B2182B", alpha=0.08)
        axes.axvspan(CEILINGS.loaded_low, CEILINGS.loaded_high, color="#1B7837", alpha=0.15)
        axes.axvline(CEILINGS.native, color="#333333", linestyle=":", ymax=1 - 0.7 / (len(rows) + 0.8))
        axes.axvline(CEILINGS.physical, color="#B2182B", linestyle="--")
        for i, row in enumerate(table):
            for name in ("carried", "required"):
                _bar(axes, i, max(row[f"{name}_low"], low), min(row[f"{name}_high"], high), colours[row["arm"]])
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


def _bar(axes: Axes, y: int, low: float, high: float, colour: str) -> None:
    """The interval over the draws; nothing where there are none."""
    if low < high:
        axes.plot([low, high], [y, y], color=colour, linewidth=4, alpha=0.4, solid_capstyle="butt", zorder=1.5)


def _beside(axes: Axes, text: str, x: float, y: float, offset: int) -> None:
    """A word right (or left, if the offset is negative) of a place."""
    side = "right" if offset < 0 else "left"
    axes.annotate(text, (x, y), (offset, -3), textcoords="offset points", ha=side, fontsize=8)
