"""Pictures of a preparation: diameters, purity, markers, cargo, and the gates of a cytometer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from hepasome.product import (
    CEILINGS,
    Gated,
    LabReading,
    Product,
    exosome_size,
    joined_sizes,
    known_markers,
    known_name,
    purity_limits,
)
from hepasome.report._style import STATUS_COLOURS, look, new_figure
from hepasome.report._tables import number

_HERE = "this preparation"
_MOST_CARGO = 15
_LARGEST = 500.0  # nm; vesicles beyond it are rare and would press the others together
_FOUND = {"positive": ("#1B7837", "s"), "negative": ("#444444", "x"), "unknown": ("#999999", "s")}
_INK = "#0072B2"


def product_figure(product: Product, reading: LabReading | None = None) -> Figure:
    """Diameters, purity, markers and cargo of a preparation of vesicles in one picture."""
    rows = max(len(known_markers()), min(len(product.cargo), _MOST_CARGO))
    figure = new_figure(2.6 + 0.21 * rows)
    with look():
        axes = figure.subplot_mosaic([["sizes", "purity"], ["markers", "cargo"]], height_ratios=[2.2, 0.21 * rows])
        _sizes(axes["sizes"], product, reading)
        _purity(axes["purity"], product)
        _markers(axes["markers"], product)
        _cargo(axes["cargo"], product)
    return figure


def _sizes(axes: Axes, product: Product, reading: LabReading | None) -> None:
    axes.set_title("diameter")
    low, high = exosome_size()
    axes.axvspan(low, high, color="#EAF3EA", zorder=0)
    axes.text((low + high) / 2, 1.0, "exosome", transform=axes.get_xaxis_transform(), fontsize=7, ha="center", va="top")
    runs = joined_sizes(reading.sizes) if reading is not None and len(reading.sizes) > 1 else None
    if runs is not None:
        for column in runs.size_distribution.T:
            axes.plot(runs.bin_centres, 100 * column, color="#999999", linewidth=0.7)
    centres, shares = product.diameters()
    histogram = product.vesicles.diameter is not None and product.vesicles.diameter.counts is not None
    if histogram:
        axes.fill_between(centres, 100 * shares, step=None, color=_INK, alpha=0.25, linewidth=0)
        axes.plot(centres, 100 * shares, color=_INK, linewidth=1.2)
        axes.set_ylabel("% of the particles in a bin")
    else:
        density = shares / np.gradient(centres)
        axes.plot(centres, 100 * density, color=STATUS_COLOURS["assumed"], linestyle="--", linewidth=1.2)
        axes.set_ylabel("% of the particles per nm")
    axes.set_xlim(0, min(_LARGEST, float(centres.max()) * 1.05))
    axes.set_ylim(0, 1.12 * axes.get_ylim()[1])
    axes.set_xlabel("nm; grey: each file" if runs is not None else "nm" if histogram else "nm; assumed log-normal")


def _purity(axes: Axes, product: Product) -> None:
    axes.set_title("purity")
    impure, low, pure = purity_limits()
    for start, end, colour, word in (
        (1e7, impure, "#F6E3E3", "impure"),
        (low, pure, "#FFF4DC", "low"),
        (pure, 1e12, "#EAF3EA", "pure"),
    ):
        axes.axvspan(start, end, color=colour, zorder=0)
        middle = np.sqrt(start * end)
        axes.text(middle, 0.98, word, transform=axes.get_xaxis_transform(), fontsize=7, ha="center", va="top")
    given = product.particles_per_ug
    if given is not None:
        colour = STATUS_COLOURS[given.status]
        if given.low is not None and given.high is not None:
            axes.plot([given.low, given.high], [0, 0], color=colour, linewidth=2)
        axes.plot([given.value], [0], "o", color=colour)
        axes.text(given.value, 0.25, f"{number(given.value)}, {given.status}", fontsize=8, ha="center", color=colour)
    axes.set_xscale("log")
    axes.set_xlim(1e7, 1e12)
    axes.set_ylim(-1, 1)
    axes.set_yticks([])
    axes.set_xlabel("particles per ug of protein (limits recalled)")


def _markers(axes: Axes, product: Product) -> None:
    axes.set_title("markers")
    known = known_markers()
    at = {one.marker: i for i, one in enumerate(reversed(known))}
    for one in known:
        wanted = "#EAF3EA" if one.expected == "positive" else "#F6E3E3"
        axes.axhspan(at[one.marker] - 0.5, at[one.marker] + 0.5, color=wanted, zorder=0, linewidth=0)
    for marker in sorted(product.markers, key=lambda marker: marker.found != "unknown"):  # what is clear lies on top
        name = known_name(marker.name)
        if name not in at:
            continue
        here = marker.basis == _HERE
        colour, shape = _FOUND[marker.found]
        bad = marker.found == "positive" and next(one for one in known if one.marker == name).expected == "negative"
        colour = "#B2182B" if bad else colour
        column = 0 if here else 1
        filled = colour if marker.found == "positive" else "none" if shape == "s" else colour
        axes.plot([column], [at[name]], shape, color=colour, markerfacecolor=filled, markersize=6)
    axes.set_xlim(-0.6, 1.6)
    axes.set_ylim(-0.5, len(known) - 0.5)
    axes.set_xticks([0, 1], ["here", "told of\nothers"])
    axes.set_yticks(list(at.values()), list(at))
    axes.tick_params(length=0)
    axes.grid(visible=False)
    axes.set_xlabel("■ found   x not found   □ unclear;\ngreen: expected, red: should not be there")


def _cargo(axes: Axes, product: Product) -> None:
    axes.set_title("cargo")
    listed = sorted(product.cargo, key=lambda cargo: -cargo.copies_per_vesicle.value)[:_MOST_CARGO]
    if not listed:
        axes.text(0.5, 0.5, "no named cargo", transform=axes.transAxes, ha="center", color="#777777")
        axes.set_axis_off()
        return
    for i, cargo in enumerate(reversed(listed)):
        copies, colour = cargo.copies_per_vesicle, STATUS_COLOURS[cargo.copies_per_vesicle.status]
        if copies.low is not None and copies.high is not None:
            axes.plot([max(copies.low, 1e-9), copies.high], [i, i], color=colour, linewidth=1.4)
        axes.plot([max(copies.value, 1e-9)], [i], "o", color=colour, markersize=4)
    axes.set_xscale("log")
    axes.axvline(CEILINGS.native, color="#777777", linestyle=":", linewidth=1)
    axes.set_yticks(range(len(listed)), [cargo.name for cargo in reversed(listed)])
    axes.set_ylim(-0.7, len(listed) - 0.3)
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel(f"copies per vesicle; dotted: {CEILINGS.native:g}, native mean\nof an abundant miRNA")


def gates_figure(gates: Sequence[Gated]) -> Figure:
    """Signals of every gated channel with its gate, beside those of the control."""
    figure = new_figure(0.5 + 1.7 * len(gates))
    with look():
        all_axes = np.atleast_1d(figure.subplots(len(gates), 1))
        for axes, one in zip(all_axes, gates, strict=True):
            together = np.concatenate([one.signals, one.control, [one.gate]])
            positive = together[together > 0]
            least = float(positive.min()) if len(positive) else 0.1
            edges = np.geomspace(least, max(float(together.max()), least * 10) * 1.1, 60)
            axes.hist(np.clip(one.signals, edges[0], None), edges, color=_INK, alpha=0.5, label=one.file)
            if len(one.control):
                axes.hist(
                    np.clip(one.control, edges[0], None), edges, histtype="step", color="#444444", label="control"
                )
            axes.axvline(one.gate, color="#B2182B", linewidth=1.2, label=f"gate {one.gate:.4g}")
            axes.set_xscale("log")
            axes.set_yscale("symlog", linthresh=10)
            axes.set_ylabel("events")
            axes.set_title(f"{one.marker} in {one.channel}: {one.share:.1%} of {one.events:,} events above the gate")
            axes.legend(fontsize=7)
        all_axes[-1].set_xlabel("signal (events at or below zero stand at the left edge)")
    return figure
