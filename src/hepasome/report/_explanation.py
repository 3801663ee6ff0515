"""What explains an effect: tables for the terminal, CSV files, and where all of it is written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from markupsafe import Markup
from matplotlib.figure import Figure
from rich.markup import escape
from rich.table import Table

from hepasome.files import write_atomically
from hepasome.inference import NEGLIGIBLE, Explanation, Sensitivity
from hepasome.report._explanation_figures import dependence_figure, parts_figure
from hepasome.report._report import write_report
from hepasome.report._style import embedded, png, svg
from hepasome.report._tables import signed

_TARGETS = {
    "kupffer": "Kupffer cells",
    "endothelial": "endothelial cells",
    "stellate": "stellate cells",
    "hepatocyte": "hepatocytes",
    "tumour": "tumour cells",
    "nkt": "NKT cells",
    "soluble": "soluble factors",
}
_ALWAYS = ("whole", "interaction", "recovery")
_COUNTED = ("whole", "recovery")  # rows that say of how many draws they are; parts are of those of the whole
_MANY = 1000.0  # %; from here on no digits behind the point


def part_words(part: str, kind: str) -> str:
    """What a part is called: `unattributed: Kupffer cells`."""
    if kind == "unattributed":
        return f"unattributed: {_TARGETS[part]}"
    return part


def part_tables(found: Explanation) -> Iterator[Table]:
    """One table per arm: the change of every endpoint and its parts; parts below 0.1 % stand in one line."""
    for arm in found.arms:
        title = f"{found.run.study.title}: {arm} against {found.run.study.control}, {_draws(found)}"
        table = Table(title=escape(title), title_justify="left", box=None, pad_edge=False)
        table.add_column("endpoint", overflow="fold")
        table.add_column("part", overflow="fold")
        table.add_column("% of control [90 %]", justify="right", no_wrap=True)
        own = found.table[found.table["arm"] == arm]
        for endpoint in found.endpoints:
            _add_parts(table, endpoint, own[own["endpoint"] == endpoint].to_dict("records"), found.draws)
        table.caption = escape(_caption(found))
        table.caption_justify = "left"
        yield table


def sensitivity_table(found: Sensitivity) -> Table:
    """Indices of every group for every endpoint that has an effect."""
    title = f"What the effect of {found.arm} depends on: {found.samples} base samples of the typical subject"
    table = Table(title=escape(title), title_justify="left", box=None, pad_edge=False)
    table.add_column("endpoint", overflow="fold")
    table.add_column("group", overflow="fold")
    table.add_column("first order", justify="right", no_wrap=True)
    table.add_column("total", justify="right", no_wrap=True)
    for effect in found.effects.to_dict("records"):
        own = found.table[found.table["endpoint"] == effect["endpoint"]].dropna(subset=["first"])
        rows = own.sort_values("total", ascending=False, kind="stable").to_dict("records")
        labels = iter([effect["endpoint"], f"  {_percent(effect)} %"])
        for row in rows:
            cells = [f"{signed(row[name], 2).lstrip('+')} ± {row[f'{name}_error']:.2f}" for name in ("first", "total")]
            table.add_row(escape(next(labels, "")), escape(row["group"]), *cells)
    table.caption = escape(f"share of the variance of the log effect, ± half of a 95 % interval. {found.left_out}")
    table.caption_justify = "left"
    return table


def sensitivity_notes(found: Sensitivity) -> list[str]:
    """What is to be said against the indices, or why there are none; one sentence or two for each endpoint."""
    rows = found.effects.to_dict("records")
    return [f"{row['endpoint']}: {row['note']}" for row in rows if row["note"]]


def explained_section(found: Explanation, dependence: Sensitivity | None = None) -> dict[str, Any]:
    """The section of the HTML report about the parts of the effects, for `write_report`."""
    rows = found.table.to_dict("records")
    drawn = {name: Markup(embedded(svg(figure), name)) for name, figure in _figures(found, dependence).items()}  # noqa: S704 # ours
    return {
        "draws": found.draws,
        "recovery": found.recovery,
        "figures": {name.replace("_", ": ", 1): drawing for name, drawing in drawn.items()},
        "parts": [row | {"part": part_words(row["part"], row["kind"])} for row in rows],
        "left_out": "" if dependence is None else dependence.left_out,
        "notes": [] if dependence is None else sensitivity_notes(dependence),
    }


def write_explanation(found: Explanation, folder: Path | str, dependence: Sensitivity | None = None) -> list[Path]:
    """Write tables as CSV, figures as PNG and SVG, and the report of the run with them; the files written.

    Args:
        found: The parts of the effects.
        folder: Where to.
        dependence: What the effects depend on, if that was asked for too.
    """
    folder = Path(folder)
    written = [write_atomically(folder / "attribution.csv", found.table.to_csv(index=False, lineterminator="\n"))]
    if dependence is not None:
        whole = dependence.table.merge(dependence.effects, on=["arm", "endpoint"])
        path = folder / "sensitivity.csv"
        written.append(write_atomically(path, whole.to_csv(index=False, lineterminator="\n")))
    for name, figure in _figures(found, dependence).items():
        written.append(write_atomically(folder / f"{name}.png", png(figure)))
        written.append(write_atomically(folder / f"{name}.svg", svg(figure)))
    section = explained_section(found, dependence)
    return [*written, write_report(found.run, folder / "report.html", explained=section)]


def _figures(found: Explanation, dependence: Sensitivity | None) -> dict[str, Figure]:
    figures = {f"attribution_{arm}": parts_figure(found, arm, part_words) for arm in found.arms}
    return figures if dependence is None else figures | {"sensitivity": dependence_figure(dependence)}


def _caption(found: Explanation) -> str:
    what = " and ".join(sorted(set(found.table.loc[found.table["kind"] == "recovery", "part"])))
    told = f"{what}: {found.recovery}. " if what else ""
    return f"{told}Draw by draw the parts add up to the whole; their medians need not."


def _draws(found: Explanation) -> str:
    return "1 draw" if found.draws == 1 else f"{found.draws} draws"


def _add_parts(table: Table, endpoint: str, rows: list[dict[Any, Any]], draws: int) -> None:
    if not rows:
        table.add_row(escape(endpoint), "nothing to compare: the control has none of it", "", style="dim")
        return
    shown = [row for row in rows if row["kind"] in _ALWAYS or not _is_negligible(row)]
    label = endpoint
    for row in shown:
        style = "bold" if row["kind"] == "whole" else "dim" if row["kind"] == "recovery" else None
        few = f" ({row['draws']} of {draws} draws)" if row["draws"] < draws and row["kind"] in _COUNTED else ""
        table.add_row(escape(label), escape(part_words(row["part"], row["kind"]) + few), _percent(row), style=style)
        label = ""
    small = [part_words(row["part"], row["kind"]) for row in rows if row not in shown]
    if small:
        table.add_row("", escape(f"below {NEGLIGIBLE:g} % each: {', '.join(small)}"), "", style="dim")


def _is_negligible(row: dict[Any, Any]) -> bool:
    return max(abs(float(row[end])) for end in ("change", "low", "high")) < NEGLIGIBLE


def _percent(row: dict[Any, Any]) -> str:
    numbers = (row["change"], row["low"], row["high"])
    middle, low, high = (signed(x, 0 if abs(x) >= _MANY else 2) for x in numbers)
    return f"{middle} [{low}, {high}]"
