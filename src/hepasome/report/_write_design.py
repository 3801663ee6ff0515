"""The files of a designed trial."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from hepasome.design import Curve, SampleSize, Search, allocation
from hepasome.files import write_atomically
from hepasome.report._design import pareto_figure, power_figure
from hepasome.report._protocol import planned, protocol_draft
from hepasome.report._style import png, svg
from hepasome.trial import Study


def power_table(size: SampleSize) -> pd.DataFrame:
    """One row per question and size: question, per_arm, in_all, found, low, high, wrong, used, enough."""
    curves: list[tuple[str, Curve]] = [("assurance", size.assurance)]
    if size.named is not None:
        curves.append((f"power at {size.settled.effect}", size.named))
    rows = [
        (
            name,
            one.n,
            one.n * size.settled.of_study,
            one.found,
            one.low,
            one.high,
            one.wrong,
            one.used,
            one == curve.needed,
        )
        for name, curve in curves
        for one in curve.points
    ]
    columns = ["question", "per_arm", "in_all", "found", "low", "high", "wrong", "used", "smallest_enough"]
    return pd.DataFrame(rows, columns=columns)


def option_table(search: Search) -> pd.DataFrame:
    """One row per option and size within the budget."""
    front = set(search.front)
    rows = []
    for spot in search.spots:
        option = search.options[spot.option]
        given = (str(option.dose), option.route, option.times, option.every)
        sizes = (spot.n, spot.subjects, spot.cost, spot.assurance, spot in front, spot == search.chosen)
        rows.append((*given, *option.change, *sizes))
    columns = ["dose", "route", "times", "every_h", "change", "change_low", "change_high"]
    columns += ["per_arm", "in_all", "cost", "assurance", "on_front", "chosen"]
    return pd.DataFrame(rows, columns=columns)


def design_files(study: Study, size: SampleSize) -> dict[str, Callable[[], str | bytes]]:
    """The files of a designed trial by name, each made when it is called for."""
    return {  # a figure of its own for each: drawing one moves what is in it by a little
        "protocol.md": lambda: protocol_draft(study, size),
        "allocation.csv": lambda: allocation(study, size.settled, planned(size).n).to_csv(index=False),
        "power.csv": lambda: power_table(size).to_csv(index=False),
        "power.png": lambda: png(power_figure(study, size)),
        "power.svg": lambda: svg(power_figure(study, size)),
        "design.json": lambda: json.dumps(_plain(size), indent=2) + "\n",
    }


def write_design(study: Study, size: SampleSize, folder: Path | str, search: Search | None = None) -> list[Path]:
    """Write the protocol draft, the allocation, tables and pictures; the files written.

    Args:
        study: What is given to whom.
        size: What was found.
        folder: Where to.
        search: Other doses, routes and schedules, where they were compared.
    """
    folder = Path(folder)
    contents = {name: make() for name, make in design_files(study, size).items()}
    if search is not None:
        pareto = pareto_figure(study, search)
        contents |= {
            "options.csv": option_table(search).to_csv(index=False),
            "pareto.png": png(pareto),
            "pareto.svg": svg(pareto),
        }
    return [write_atomically(folder / name, content) for name, content in contents.items()]


def _plain(value: Any) -> Any:
    """As JSON can hold it; a number that is none is null."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
