"""The picture: speed of every contender in units of libRoadRunner's, and below it the errors."""

from __future__ import annotations

import io
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hepasome.bench._report import Report, Row
from hepasome.files import write_atomically

# Okabe & Ito 2008
_COLOURS = {
    "compiled": "#0072B2",
    "roadrunner": "#555555",
    "copasi": "#E69F00",
    "sundae": "#CC79A7",
    "diffrax": "#009E73",
}
_LOOK = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.titlesize": 9,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "hepasome",
}
_WIDTH = 0.8  # of the distance between two workloads

_LABELS_SIDE_BY_SIDE = 6


def write_plot(report: Report, path: Path) -> Path | None:
    """Draw speed and error into `path` with `.png` and `.svg`.

    Returns:
        The PNG, or None if there is no speed to draw.
    """
    rows = [row for row in report.of("speed") if row.values.get("ratio")]
    if not rows:
        return None
    with mpl.rc_context(_LOOK):  # type: ignore[arg-type] # its keys are literals there, text here
        figure = _figure(report, rows)
        for suffix in ("png", "svg"):
            buffer = io.BytesIO()
            metadata = {"Software": None} if suffix == "png" else {"Date": None, "Creator": None}
            figure.savefig(buffer, format=suffix, dpi=150, metadata=metadata)
            write_atomically(path.parent / f"{path.name}.{suffix}", buffer.getvalue())
    return path.parent / f"{path.name}.png"


def _figure(report: Report, rows: list[Row]) -> Figure:
    figure = Figure(figsize=(9, 6.4), layout="constrained")
    speed, error = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    workloads = list(dict.fromkeys(row.workload for row in rows))
    contenders = [one for one in report.contenders if any(row.contender == one for row in rows)]
    width = _WIDTH / len(contenders)
    for i, contender in enumerate(contenders):
        own = {row.workload: row.values for row in rows if row.contender == contender}
        places = [workloads.index(name) + (i - (len(contenders) - 1) / 2) * width for name in own]
        colour = _COLOURS.get(contender, "#000000")
        ratios = [values["ratio"] for values in own.values()]
        speed.vlines(places, 1, ratios, color=colour, linewidth=4)
        speed.plot(places, ratios, "o", color=colour, markersize=9, label=report.contenders[contender])
        for place, ratio in zip(places, ratios, strict=True):
            _label(speed, place, ratio)
        known = [(p, v) for p, v in zip(places, own.values(), strict=True) if v.get("error_max")]
        at = [place for place, _ in known]
        error.vlines(at, [v["error_median"] for _, v in known], [v["error_max"] for _, v in known], color=colour)
        error.plot(at, [v["error_max"] for _, v in known], "_", color=colour, markersize=9, markeredgewidth=2)
        error.plot(at, [v["error_median"] for _, v in known], "o", color=colour, markersize=5)
    _dress(speed, error, report, workloads)
    return figure


def _label(axes: Axes, place: float, ratio: float) -> None:
    text = f"{ratio:.0f}" if ratio >= 9.95 else f"{ratio:.2g}"
    above = ratio >= 0.995
    axes.annotate(
        text,
        (place, ratio),
        (0, 6 if above else -6),
        textcoords="offset points",
        ha="center",
        va="bottom" if above else "top",
        fontsize=7.5,
    )


def _dress(speed: Axes, error: Axes, report: Report, workloads: list[str]) -> None:
    for axes in (speed, error):
        axes.set_yscale("log")
        axes.grid(axis="y", color="#E6E6E6", linewidth=0.6)
        axes.tick_params(axis="x", length=0)
        axes.set_xlim(-0.5, len(workloads) - 0.5)
    speed.axhline(1, color="#555555", linewidth=0.8)
    speed.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    lowest, highest = speed.get_ylim()
    speed.set_ylim(lowest / 1.6, highest * 1.6)  # room for the figures at the bars
    speed.set_ylabel("times as fast as libRoadRunner")
    speed.set_title("Speed on one core, same subjects, outputs and tolerances (more is better)")
    speed.legend(
        ncols=len(report.contenders), loc="upper center", bbox_to_anchor=(0.5, -0.01), columnspacing=1.2, handlelength=1
    )
    error.set_ylabel("error")
    error.set_title("Error against the reference: median of subjects (dot) and largest (bar); less is better")
    titles = [report.workloads[name]["title"] for name in workloads]
    states = [report.workloads[name]["states"] for name in workloads]
    labels = [f"{_broken(title)}\n{count} states" for title, count in zip(titles, states, strict=True)]
    error.set_xticks(range(len(workloads)), labels)
    if len(workloads) > _LABELS_SIDE_BY_SIDE:
        for label in error.get_xticklabels():
            label.set(rotation=35, ha="right", rotation_mode="anchor")


def _broken(title: str) -> str:
    """A title on two lines, broken at its last comma."""
    head, _, tail = title.rpartition(", ")
    return f"{head},\n{tail}" if head else title
