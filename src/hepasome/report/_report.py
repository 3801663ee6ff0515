"""One self-contained HTML page per run."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup
from matplotlib.figure import Figure

from hepasome.biology import parameters
from hepasome.evidence import load_evidence
from hepasome.files import write_atomically
from hepasome.inference import REPRESSION, Verdict, attribution, cargo_per_cell, judge, vesicles_per_cell
from hepasome.product import CEILINGS
from hepasome.report._figures import figures, treated_arms, unit_of
from hepasome.report._style import STATUS_COLOURS, VERDICT_COLOURS, arm_colours, png, svg
from hepasome.report._tables import change_text, number, p_value, statistics_by_arm
from hepasome.trial import DRAWN_MODULES, Between, OneOf, Run

_PAGE = "report.html.j2"
_Statistics = dict[tuple[str, str], dict[str, Any]]
_ANIMALS = {"mouse": "mice", "rat": "rats"}


def write_report(run: Run, path: Path | str, figure_folder: Path | str | None = None) -> Path:
    """Write the report of a run as one HTML file that opens from disk and loads nothing.

    Args:
        run: The run.
        path: Where the report goes.
        figure_folder: Where each figure goes as SVG and PNG; None writes none.

    Returns:
        The path of the report.
    """
    verdicts = judge(run)
    drawn = figures(run, verdicts)
    if figure_folder is not None:
        for name, figure in drawn.items():
            write_atomically(Path(figure_folder) / f"{name}.svg", svg(figure))
            write_atomically(Path(figure_folder) / f"{name}.png", png(figure))
    return write_atomically(path, _render(run, verdicts, drawn))


def render_report(run: Run) -> str:
    """The report of a run as HTML; the same run gives the same bytes."""
    verdicts = judge(run)
    return _render(run, verdicts, figures(run, verdicts))


def _render(run: Run, verdicts: list[Verdict], drawn: dict[str, Figure]) -> str:
    environment = Environment(
        loader=PackageLoader("hepasome.report"), autoescape=select_autoescape(default=True, default_for_string=True)
    )
    environment.filters |= {"number": number, "p_value": p_value}
    return environment.get_template(_PAGE).render(**_context(run, verdicts, drawn))


def _context(run: Run, verdicts: list[Verdict], drawn: dict[str, Figure]) -> dict[str, Any]:
    plan, evidence = run.plan, load_evidence()
    arms = list(plan.protocol.arms)
    statistics = statistics_by_arm(run)
    products = {
        arm: given.treatment.product for arm, given in plan.protocol.arms.items() if given.treatment is not None
    }
    failed = run.subjects[run.subjects["status"] != "COMPLETED"]
    return {
        "run": run,
        "study": run.study,
        "arms": arms,
        "colours": arm_colours(arms),
        "answer": _answer(run, verdicts, statistics),
        "record": evidence.record(run.study.id),
        "uncertain": _uncertain(run),
        "figures": {name: Markup(svg(figure)) for name, figure in drawn.items()},  # noqa: S704 # our own SVG
        "treated": treated_arms(run),
        "cells": vesicles_per_cell(run).to_dict("records"),
        "cargo": cargo_per_cell(run).to_dict("records"),
        "repression": REPRESSION,
        "ceilings": CEILINGS,
        "endpoints": _endpoints(run, statistics),
        "verdicts": verdicts,
        "counts": Counter(verdict.label for verdict in verdicts),
        "change_text": change_text,
        "verdict_colours": VERDICT_COLOURS,
        "references": {reference.id: reference for reference in evidence.references},
        "attribution": attribution(run).to_dict("records"),
        "products": {product.id: product for product in products.values()},
        "estimates": {arm: _dose(run, arm) for arm in products},
        "parameters": _parameters(run),
        "status_colours": STATUS_COLOURS,
        "drawn_modules": DRAWN_MODULES,
        "failed": failed.to_dict("records"),
        "provenance": run.provenance,
        "isfinite": math.isfinite,
        "command": _command(run),
    }


def _answer(run: Run, verdicts: list[Verdict], statistics: _Statistics) -> list[str]:
    """The result in words, from the numbers alone."""
    study, control = run.study, run.study.control
    sizes = run.endpoints.groupby("arm")["subject"].nunique()
    first = str(study.endpoints[0])
    lines = [
        f"{int(sizes.min())} {_ANIMALS[study.subject.species]} per arm were simulated from the first dose of CCl4 to "
        f"the read-out in week {run.plan.protocol.read_out / 168:.1f}, with the values of the parameter tables and no "
        "unattributed activity."
    ]
    for arm in treated_arms(run):
        row, base = statistics[first, arm], statistics[first, control]
        change = 100 * (row["mean"] / base["mean"] - 1)
        than = "lower" if change < 0 else "higher"
        interval = f"{row['g_low']:+.2f} to {row['g_high']:+.2f}"
        lines.append(
            f"{arm}: {first} was {abs(change):.0f} % {than} than in {control} "
            f"(Hedges g {row['g']:+.2f}, 95 % interval {interval}, {p_value(row['p'])})."
        )
    if verdicts:
        counts = Counter(str(verdict.label) for verdict in verdicts)
        said = ", ".join(f"{counts[label]} {label}" for label in VERDICT_COLOURS if counts[label])
        lines.append(f"Of {len(verdicts)} published claims: {said}.")
    if treated_arms(run):
        lines.append(
            "What vesicles do beyond their named cargo is not known: it is drawn from a prior without preferred sign, "
            "and nothing has been calibrated on treated animals. The intervals show how much that leaves open."
        )
    return lines


def _uncertain(run: Run) -> list[dict[str, str]]:
    """Protocol details that no source confirms, with what this trial drew."""
    study, plan = run.study, run.plan.protocol
    week = 168.0
    rows: list[tuple[str, Any, str]] = [
        ("body weight", study.subject.body_weight, f"{plan.body_weight:.3g} g (mean)"),
        ("CCl4 per dose", study.disease.dose, f"{plan.toxin_dose:.3g} mL/kg"),
        ("CCl4 interval", study.disease.every, _interval(run)),
        ("CCl4 duration", study.disease.duration, f"{max(len(a.toxin_times) for a in plan.arms.values())} doses"),
        ("animals per arm", study.subjects_per_arm, str(run.plan.settings.subjects or plan.subjects_per_arm)),
        ("read-out", study.read_out, f"week {plan.read_out / week:.1f}"),
    ]
    for name, arm in study.arms.items():
        given = plan.arms[name].treatment
        if arm.treatment is None or given is None:
            continue
        schedule = arm.treatment.schedule
        every = f"{given.times[1] - given.times[0]:.0f} h" if len(given.times) > 1 else "one dose"
        rows += [
            (f"{name}: dose", arm.treatment.dose, f"{given.dose.value:.3g} {given.dose.unit}"),
            (f"{name}: route", arm.treatment.route, given.route),
            (f"{name}: first dose", schedule.start, f"week {given.times[0] / week:.1f}"),
            (f"{name}: interval", schedule.every, every),
            (f"{name}: doses", schedule.times, str(len(given.times))),
        ]
    return [
        {"detail": detail, "range": str(value), "reason": value.reason, "drawn": drawn}
        for detail, value, drawn in rows
        if isinstance(value, (Between, OneOf))
    ]


def _interval(run: Run) -> str:
    times = max((arm.toxin_times for arm in run.plan.protocol.arms.values()), key=len)
    return f"{(times[1] - times[0]) / 24:.2g} d" if len(times) > 1 else "one dose"


def _endpoints(run: Run, statistics: _Statistics) -> list[dict[str, Any]]:
    return [
        {
            "label": str(endpoint),
            "unit": unit_of(endpoint.endpoint),
            "arms": {arm: statistics[str(endpoint), arm] for arm in run.plan.protocol.arms},
        }
        for endpoint in run.study.endpoints
    ]


def _dose(run: Run, arm: str) -> dict[str, Any]:
    given = run.plan.protocol.arms[arm].treatment
    if given is None or given.product.kind == "cells":
        return {}
    return given.product.particles(given.dose).model_dump()


def _parameters(run: Run) -> dict[str, list[dict[str, Any]]]:
    """Rows of the tables that are in the model, by status, with changes by the user."""
    overrides = run.plan.settings.overrides
    found: dict[str, list[dict[str, Any]]] = {status: [] for status in STATUS_COLOURS}
    for symbol, row in sorted(parameters(run.study.subject.species).items()):
        if symbol in run.plan.model.parameters:
            found[row.status].append({**row.model_dump(), "override": overrides.get(symbol)})
    return found


def _command(run: Run) -> str:
    settings = run.plan.settings
    parts = [f"hepasome run {run.study.id} --seed {settings.seed} --draws {settings.draws}"]
    parts += [f"--subjects {settings.subjects}"] if settings.subjects else []
    parts += [f"--set {name}={value:g}" for name, value in settings.overrides.items()]
    return " ".join(parts)
