"""The flow diagram of PRISMA."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from hepasome.evidence import Prisma
from hepasome.files import write_atomically
from hepasome.report._style import look, new_figure, png, svg


def write_prisma_flow(numbers: Prisma, path: Path) -> Path:
    """Write the flow diagram as .svg or .png, by the end of the name."""
    figure = prisma_flow(numbers)
    return write_atomically(path, svg(figure) if path.suffix.lower() == ".svg" else png(figure))


def prisma_flow(numbers: Prisma) -> Figure:
    """The flow diagram of PRISMA 2020."""
    where = "\n".join(f"{source}: {n}" for source, n in numbers.identified.items())
    reasons = "\n".join(f"{reason}: {n}" for reason, n in numbers.excluded_reports.items())
    total, excluded = sum(numbers.identified.values()), sum(numbers.excluded_reports.values())
    steps = [
        (f"Records identified: {total}\n{where}", f"Duplicates removed: {numbers.duplicates}"),
        (f"Records screened: {numbers.screened}", f"Records excluded: {numbers.excluded}"),
        (f"Reports sought: {numbers.sought}", f"Reports not retrieved: {numbers.not_retrieved}"),
        (f"Reports assessed: {numbers.assessed}", f"Reports excluded: {excluded}\n{reasons}"),
        (f"Studies included: {numbers.studies}\nin {numbers.reports} reports", ""),
    ]
    heights = [1.0 + 0.32 * max(text.strip().count("\n") for text in step) for step in steps]
    with look():
        figure = new_figure(0.5 + 0.62 * sum(heights))
        axes = figure.add_subplot()
        axes.set(xlim=(0, 10), ylim=(sum(heights), 0))
        axes.axis("off")
        box = {"boxstyle": "round,pad=0.45", "facecolor": "white", "edgecolor": "#333333", "linewidth": 0.9}
        middles = [sum(heights[:i]) + heights[i] / 2 for i in range(len(steps))]
        for i, ((main, aside), at) in enumerate(zip(steps, middles, strict=True)):
            axes.text(2.4, at, main, ha="center", va="center", bbox=box, zorder=3)
            if aside:
                axes.text(5.6, at, aside.strip(), ha="left", va="center", bbox=box, zorder=3)
                axes.add_patch(_arrow((2.4, at), (5.42, at)))
            if i:
                axes.add_patch(_arrow((2.4, middles[i - 1]), (2.4, at - 0.22 - 0.13 * main.count("\n"))))
    return figure


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> FancyArrowPatch:
    return FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=9, color="#9A9A9A", linewidth=1, zorder=1)
