"""What delivered miRNAs could repress: tables for the terminal, files, and a picture."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from rich.markup import escape
from rich.table import Table

from hepasome.files import write_atomically
from hepasome.product import CEILINGS
from hepasome.report._style import look, new_figure, png, svg
from hepasome.report._tables import number
from hepasome.targets import NEGLIGIBLE, SEEN, Exposure, Targets, proxy_notes

_CELL_WORDS = {
    "hepatocyte": "hepatocyte",
    "stellate": "stellate cell",
    "kupffer": "Kupffer cell",
    "tumour": "tumour cell",
}
_COLOURS = {"both": "#0072B2", "predicted": "#E69F00"}
_SHOWN = 8  # targets of a panel
_LEFT = 1e-8  # %: what is less lies at the left edge
_SMALLEST = 0.001  # %: what is less is only said to be less
_CAPTION = (
    f"own: copies that the cell holds itself; needs: copies per vesicle for {100 * SEEN:.0f} % (native "
    f"{CEILINGS.native:.2g}, loaded {CEILINGS.loaded_low:g} to {CEILINGS.loaded_high:g}, at most "
    f"{CEILINGS.physical:g}; ∞: no number does, the cell is full of it)"
)
_TARGET_CAPTION = (
    "level: of the target in the proxy cell; saturated: % repressed in transfected cells; reports of R reporter, "
    "P protein, M mRNA; *: acts in the model"
)
_ASSAYS = {"reporter": "R", "protein": "P", "rna": "M"}


def dose_table(found: Targets, exposure: Exposure, most: int = 20) -> Table:
    """What arrives in one cell type, family by family, and what it could do at best.

    Args:
        found: The targets.
        exposure: Which cell.
        most: Families shown, those with most copies first.
    """
    table = _new_table(f"{_CELL_WORDS[exposure.cell]}: {_vesicles(exposure)}")
    table.add_column("miRNA", overflow="fold", min_width=11)
    table.add_column("copies per cell\n[90 %]", justify="right", no_wrap=True)
    table.add_column("own", justify="right")
    table.add_column("8mer site\noccupied, %", justify="right")
    table.add_column("represses, %\n[90 %]", justify="right", no_wrap=True)
    table.add_column("needs", justify="right")
    table.add_column("verdict")
    rows = found.doses[found.doses["cell"] == exposure.cell].to_dict("records")
    for row in rows[:most]:
        table.add_row(
            escape(row["mirna"]),
            _copies(row),
            number(row["own_copies_per_cell"]),
            f"{_percent(row['occupied_before_percent'])}\n+ {_percent(row['occupied_more_percent'])}",
            _percents(row, "strongest_site_percent"),
            number(row["required_copies_per_vesicle"]),
            escape(row["verdict"]),
        )
    if len(rows) > most:
        table.add_row(f"... and {len(rows) - most} more", style="dim")
    table.caption = escape(_CAPTION)
    table.caption_justify = "left"
    return table


def target_table(found: Targets, exposure: Exposure, most: int = 10) -> Table:
    """The targets of one cell type with both lanes side by side, those that are repressed most first.

    Args:
        found: The targets.
        exposure: Which cell.
        most: Targets shown.
    """
    rows = found.targets[found.targets["cell"] == exposure.cell].to_dict("records")
    shown = [row for place, row in enumerate(rows) if place < most or row["in_the_model"]]
    table = _new_table(f"{_CELL_WORDS[exposure.cell]}: {len(shown)} of {len(rows)} targets")
    table.add_column("miRNA\n> target", overflow="fold", min_width=11)
    table.add_column("level", justify="right")
    table.add_column("PREDICTED\nsites; score", min_width=12)
    table.add_column("repressed, %\n[90 %]", justify="right", no_wrap=True)
    table.add_column("satu-\nrated", justify="right")
    table.add_column("MEASURED\nreports", min_width=10)
    table.add_column("verdict")
    for row in shown:
        score = "" if math.isnan(row["context_score"]) else f"; {row['context_score']:.2f}"
        table.add_row(
            escape(f"{row['mirna']}\n> {row['target']}{'*' if row['in_the_model'] else ''}"),
            "?" if math.isnan(row["expressed"]) else number(row["expressed"]),
            f"{row['sites']}{score}",
            "-" if math.isnan(row["repressed_percent"]) else _percents(row, "repressed_percent"),
            "-" if math.isnan(row["at_saturation_percent"]) else f"{row['at_saturation_percent']:.0f}",
            escape(_assays(row)),
            escape(row["verdict"]),
        )
    table.caption = escape(_TARGET_CAPTION)
    table.caption_justify = "left"
    return table


def target_notes(found: Targets) -> list[str]:
    """What stands for what, what is left out, and where the tables come from; in sentences."""
    lanes = found.lanes
    return [
        *found.notes,
        *(f"Stands for the cell: {note}" for note in proxy_notes([one.cell for one in found.exposures])),
        "Targets, expression and own miRNAs are human, whatever was treated.",
        f"Predicted lane: {lanes.predicted_source}. Repression by occupancy (McGeary 2019); `if saturated` is what the "
        "context++ score says of cells that were transfected, whatever the dose.",
        *_transfections(found),
        f"Measured lane: {lanes.measured_source}. It tells of cells that got far more copies than vesicles bring, and "
        "counts what was looked for: no record is no proof of absence.",
    ]


def _transfections(found: Targets) -> Iterator[str]:
    known = found.doses[found.doses["transfected"] != ""].drop_duplicates("mirna")
    for row in known.to_dict("records"):
        told = f"{row['transfected']} (GSE140217 and GSE140218)"
        yield f"Measured after transfection of {row['mirna']} or one with its seed: {told}."


def verdict_counts(found: Targets) -> list[str]:
    """How many targets of each cell type get which verdict, one sentence for each cell type."""
    lines = []
    for exposure in found.exposures:
        counts = found.targets.loc[found.targets["cell"] == exposure.cell, "verdict"].value_counts()
        told = "; ".join(f"{count} {words}" for words, count in counts.items())
        lines.append(f"{_CELL_WORDS[exposure.cell]}: {told or 'no target is listed'}.")
    return lines


def targets_figure(found: Targets) -> Figure:
    """The targets that are repressed most in each cell type: interval, lane, and what would be seen."""
    cells = [(one, _strongest(found, one)) for one in found.exposures]
    columns = min(2, len(cells))
    lines = math.ceil(len(cells) / columns)
    with look():
        figure = new_figure(lines * (0.9 + 0.24 * _SHOWN) + 0.8)
        for place, (exposure, rows) in enumerate(cells):
            axes = figure.add_subplot(lines, columns, place + 1)
            _draw_cell(axes, rows)
            axes.set_title(f"{_CELL_WORDS[exposure.cell]}: {number(exposure.vesicles)} vesicles")
            axes.set_xlabel("repressed mRNA of the target, % [90 %]", fontsize=8)
        figure.suptitle(found.product.name, x=0.01, ha="left", fontsize=10, fontweight="bold")
        marks: list[Any] = []
        for lane, label in (("both", "predicted; also measured"), ("predicted", "predicted; no record")):
            marks += axes.plot([], [], "o", color=_COLOURS[lane], label=label)
        marks += axes.plot([], [], "D", color="#777777", markerfacecolor="none", label="if saturated (transfection)")
        marks += axes.plot([], [], ":", color="#B2182B", label="seen by PCR (20 %)")
        marks += axes.plot([], [], ":", color="#777777", label="negligible (1 %)")
        figure.legend(handles=marks, loc="outside lower center", ncols=3, fontsize=8)
    return figure


def write_targets(found: Targets, folder: Path | str) -> list[Path]:
    """Write both tables as CSV, the notes as text and the picture as PNG and SVG; the files written."""
    folder, figure = Path(folder), targets_figure(found)
    contents: dict[str, str | bytes] = {
        "doses.csv": found.doses.to_csv(index=False, lineterminator="\n"),
        "targets.csv": found.targets.to_csv(index=False, lineterminator="\n"),
        "notes.txt": "".join(f"{note}\n" for note in target_notes(found)),
        "targets.png": png(figure),
        "targets.svg": svg(figure),
    }
    return [write_atomically(folder / name, content) for name, content in contents.items()]


def _new_table(title: str) -> Table:
    return Table(title=escape(title), title_justify="left", box=None, pad_edge=False, padding=(0, 1, 0, 0))


def _vesicles(exposure: Exposure) -> str:
    ends = "" if exposure.low is None else f" [{number(exposure.low)}, {number(exposure.high)}]"
    return f"{number(exposure.vesicles)}{ends} vesicles per cell ({exposure.source})"


def _copies(row: dict[Any, Any]) -> str:
    value, low, high = (number(row[f"copies_per_cell{end}"]) for end in ("", "_low", "_high"))
    return f"{value}\n[{low}, {high}]"


def _percents(row: dict[Any, Any], name: str) -> str:
    value, low, high = (_percent(row[f"{name}{end}"]) for end in ("", "_low", "_high"))
    return value if low == high == value else f"{value}\n[{low}, {high}]"


def _percent(value: float) -> str:
    """Percent as a reader needs it: what is far below anything that can be seen is not written out."""
    if value == 0:
        return "0"
    if value < _SMALLEST:
        return f"<{_SMALLEST:g}"
    return f"{value:.3f}" if value < 1 else f"{value:.1f}"


def _assays(row: dict[Any, Any]) -> str:
    if row["measured"] in ("no record", "not known"):
        return str(row["measured"])
    counts = [f"{letter}{row[name]}" for name, letter in _ASSAYS.items() if row[name]]
    against = f"; {row['against']} against" if row["against"] else ""
    return f"{row['measured']}, {row['reports']}: {' '.join(counts) or 'other'}{against}"


def _strongest(found: Targets, exposure: Exposure) -> list[dict[Any, Any]]:
    own = found.targets[found.targets["cell"] == exposure.cell]
    own = own[own["repressed_percent"].notna() & ~(own["expressed"] < 1)]
    rows: list[dict[Any, Any]] = own.head(_SHOWN).to_dict("records")
    return rows


def _draw_cell(axes: Axes, rows: list[dict[Any, Any]]) -> None:
    for y, row in enumerate(rows):
        value, low, high = _ends(row)
        axes.plot([low, high], [y, y], color=_COLOURS[row["lanes"]], linewidth=1.4)
        axes.plot(value, y, "o", color=_COLOURS[row["lanes"]], markersize=5)
        if row["at_saturation_percent"] > 0:
            axes.plot(row["at_saturation_percent"], y, "D", color="#777777", markerfacecolor="none", markersize=4)
    axes.set_xscale("log")
    axes.set_xlim(_LEFT, 200)
    axes.set_xticks([10.0**power for power in range(-8, 3, 2)], ["1e-8", "1e-6", "1e-4", "0.01", "1", "100"])
    axes.minorticks_off()
    axes.axvline(100 * SEEN, color="#B2182B", linestyle=":", linewidth=1)
    axes.axvline(100 * NEGLIGIBLE, color="#777777", linestyle=":", linewidth=1)
    axes.set_yticks(range(len(rows)), [f"{_short(row['mirna'])} > {row['target']}" for row in rows], fontsize=8)
    axes.set_ylim(_SHOWN - 0.4, -0.6)
    axes.tick_params(axis="x", labelsize=8)
    axes.grid(visible=False, axis="y")
    if not rows:
        axes.text(0.5, 0.5, "no listed target is expressed", ha="center", transform=axes.transAxes, color="#777777")


def _ends(row: dict[Any, Any]) -> Iterator[float]:
    for end in ("", "_low", "_high"):
        yield max(row[f"repressed_percent{end}"], _LEFT)


def _short(name: str) -> str:
    first, *others = name.split(", ")
    return f"{first} +{len(others)}" if others else first
