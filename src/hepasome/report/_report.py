"""One self-contained HTML page per run."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup

from hepasome.biology import parameters
from hepasome.evidence import load_evidence
from hepasome.files import write_atomically
from hepasome.inference import (
    REPRESSION,
    Verdict,
    attribution,
    cargo_per_cell,
    changes,
    copies_per_cell,
    judge,
    vesicles_per_cell,
)
from hepasome.product import CEILINGS, Estimate, Product
from hepasome.report._copies import CELL_NAMES
from hepasome.report._fate import fate_rows
from hepasome.report._figure_tables import figure_tables
from hepasome.report._figures import figures
from hepasome.report._identifiability import accounted, identifiability
from hepasome.report._panels import unit_of
from hepasome.report._style import STATUS_COLOURS, STATUS_SIGNS, VERDICT_COLOURS, arm_colours, embedded, png, svg
from hepasome.report._survival import has_deaths, survival_rows
from hepasome.report._tables import change_text, number, p_value, signed, statistics_by_arm
from hepasome.report._time import moment
from hepasome.trial import DRAWN_MODULES, Between, OneOf, Run, load_study, study_ids, treated_arms

_PAGE = "report.html.j2"
_Statistics = dict[tuple[str, str], dict[str, Any]]
_MANY = 1000.0  # %; from here on no digits behind the point
_LEAST = 0.001  # %
_SUBJECTS = {"mouse": "mice", "rat": "rats", "pig": "pigs", "human": "patients"}


def write_report(
    run: Run,
    path: Path | str,
    figure_folder: Path | str | None = None,
    explained: Mapping[str, Any] | None = None,
) -> Path:
    """Write the report of a run as one HTML file that opens from disk and loads nothing.

    Args:
        run: The run.
        path: Where the report goes.
        figure_folder: Where each figure goes as SVG, as PNG, and its numbers as CSV; None writes none.
        explained: What explains the effects, as `explained_section` returns it; None leaves that section out.

    Returns:
        The path of the report.
    """
    verdicts = judge(run)
    drawn = figures(run, verdicts)
    drawings = {name: svg(figure) for name, figure in drawn.items()}
    if figure_folder is not None:
        for name, figure in drawn.items():
            write_atomically(Path(figure_folder) / f"{name}.svg", drawings[name])
            write_atomically(Path(figure_folder) / f"{name}.png", png(figure))
        for name, table in figure_tables(run, verdicts).items():
            write_atomically(Path(figure_folder) / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))
    return write_atomically(path, _render(run, verdicts, drawings, explained))


def render_report(run: Run) -> str:
    """The report of a run as HTML; the same run gives the same bytes."""
    verdicts = judge(run)
    return _render(run, verdicts, {name: svg(figure) for name, figure in figures(run, verdicts).items()})


def _render(
    run: Run, verdicts: list[Verdict], drawings: dict[str, str], explained: Mapping[str, Any] | None = None
) -> str:
    environment = Environment(
        loader=PackageLoader("hepasome.report"), autoescape=select_autoescape(default=True, default_for_string=True)
    )
    environment.filters |= {"number": number, "p_value": p_value, "signed": signed}
    return environment.get_template(_PAGE).render(**_context(run, verdicts, drawings), explained=explained)


def _context(run: Run, verdicts: list[Verdict], drawings: dict[str, str]) -> dict[str, Any]:
    plan, evidence = run.plan, load_evidence()
    arms = list(plan.protocol.arms)
    statistics = statistics_by_arm(run)
    failed = run.subjects[run.subjects["status"] != "COMPLETED"]
    return {
        "run": run,
        "study": run.study,
        "arms": arms,
        "colours": arm_colours(arms),
        "answer": answer_lines(run, verdicts, statistics),
        "record": evidence.record(run.study.published_as),
        "uncertain": uncertain_details(run),
        "figures": {name: Markup(embedded(drawing, name)) for name, drawing in drawings.items()},  # noqa: S704 # ours
        "treated": treated_arms(run.study),
        "cell_names": CELL_NAMES,
        "fates": {arm: fate_rows(run, arm) for arm in treated_arms(run.study)},
        "cells": cell_rows(run),
        "cargo": _cargo(run),
        "repression": REPRESSION,
        "ceilings": CEILINGS,
        "endpoints": endpoint_rows(run, statistics),
        "survival": survival_rows(run) if has_deaths(run) else [],
        "verdicts": verdicts,
        "counts": Counter(verdict.label for verdict in verdicts),
        "change_text": change_text,
        "verdict_colours": VERDICT_COLOURS,
        "references": {reference.id: reference for reference in evidence.references},
        "attribution": attribution(run).to_dict("records"),
        "products": _products(run),
        "estimates": {arm: _dose(run, arm) for arm in treated_arms(run.study)},
        "parameters": _parameters(run),
        "status_colours": STATUS_COLOURS,
        "status_signs": STATUS_SIGNS,
        "identifiability": identifiability(run),
        "accounted": accounted(run),
        "drawn_modules": DRAWN_MODULES,
        "failed": failed.to_dict("records"),
        "provenance": run.provenance,
        "shipped": _is_shipped(run),
        "command": command_of(run),
        "interval": _in_brackets,
        "percent": _percent,
        "share": _share,
    }


def answer_lines(run: Run, verdicts: list[Verdict], statistics: _Statistics) -> list[str]:
    """The result in words, from the numbers alone."""
    study, control = run.study, run.study.control
    animals = run.subjects[run.subjects["role"] == "animal"]
    sizes = animals[animals["status"] == "COMPLETED"].groupby("arm").size().reindex(list(study.arms), fill_value=0)
    per_arm = f"{sizes.min()} to {sizes.max()}" if sizes.min() < sizes.max() else str(sizes.max())
    changed = f", {len(run.plan.settings.overrides)} of them set by the user," if run.plan.settings.overrides else ""
    lines = [
        f"{per_arm} {subjects_of(run)} per arm were simulated, {study.disease.modelled.title}, to the read-out in "
        f"{moment(run.plan.protocol.read_out, run.plan.protocol.read_out)}, with the values of the parameter tables"
        f"{changed} and the central value of what vesicles do beyond their named cargo."
    ]
    if sizes.sum() < len(animals):
        lines.append(f"{len(animals) - sizes.sum()} of {len(animals)} animals did not complete and are left out.")
    first = str(study.endpoints[0])
    lines += [
        _effect(arm, first, statistics[first, arm], statistics[first, control], control)
        for arm in treated_arms(run.study)
    ]
    if verdicts:
        counts = Counter(str(verdict.label) for verdict in verdicts)
        said = ", ".join(f"{counts[label]} {label}" for label in VERDICT_COLOURS if counts[label])
        lines.append(f"Of {len(verdicts)} published claims: {said}.")
    if treated_arms(run.study):
        lines.append(
            "What vesicles do beyond their named cargo is drawn from one prior for all cell types, derived from the "
            "pooled effect of other studies in another disease; nothing has been calibrated on the animals of this "
            "study. The intervals show how much that leaves open."
        )
    return lines


def subjects_of(run: Run) -> str:
    """What the subjects are called: mice, patients, cultures."""
    subject = run.study.subject
    return "cultures" if subject.culture is not None else _SUBJECTS.get(subject.species, f"{subject.species}s")


def _effect(arm: str, endpoint: str, row: dict[str, Any], base: dict[str, Any], control: str) -> str:
    """One sentence about an endpoint of a treated arm."""
    change = 100 * (row["mean"] / base["mean"] - 1) if base["mean"] else math.nan
    if math.isnan(change):
        return f"{arm}: {endpoint} cannot be compared with {control}; an arm has no value."
    size = f"{abs(change):.0f} % {'lower' if change < 0 else 'higher'} than" if abs(change) >= 0.5 else "the same as"
    if math.isnan(row["g"]):
        return f"{arm}: {endpoint} was {size} in {control}."
    interval = f"{row['g_low']:+.2f} to {row['g_high']:+.2f}"
    test = f", {p_value(row['p'])}" if not math.isnan(row["p"]) else ""
    return f"{arm}: {endpoint} was {size} in {control} (Hedges g {row['g']:+.2f}, 95 % interval {interval}{test})."


def uncertain_details(run: Run) -> list[dict[str, str]]:
    """Protocol details that no source confirms, with what this trial drew."""
    study, plan = run.study, run.plan.protocol
    rows: list[tuple[str, Any, str]] = [
        ("body weight", study.subject.body_weight, f"{plan.body_weight:.3g} g (mean)"),
        *(
            (given.meaning, study.disease.amounts[name], f"{plan.amounts[name]:.3g} {given.unit}")
            for name, given in study.disease.modelled.induction.items()
        ),
        ("interval of the injury", study.disease.every, _interval(run)),
        ("duration of the injury", study.disease.duration, f"{_most(run)} times"),
        ("animals per arm", study.subjects_per_arm, str(run.plan.settings.subjects or plan.subjects_per_arm)),
        ("read-out", study.read_out, moment(plan.read_out, plan.read_out)),
    ]
    for name, arm in study.arms.items():
        given = plan.arms[name].treatment
        if arm.treatment is None or given is None:
            continue
        schedule = arm.treatment.schedule
        every = f"{given.times[1] - given.times[0]:.0f} h" if len(given.times) > 1 else "one dose"
        rows += [
            (f"{name}: dose", arm.treatment.dose, f"{number(given.dose.value)} {given.dose.unit}"),
            (f"{name}: route", arm.treatment.route, given.route),
            (f"{name}: first dose", schedule.start, moment(given.times[0], plan.read_out)),
            (f"{name}: interval", schedule.every, every),
            (f"{name}: doses", schedule.times, str(len(given.times))),
        ]
    return [
        {"detail": detail, "range": str(value), "reason": value.reason, "drawn": drawn}
        for detail, value, drawn in rows
        if isinstance(value, (Between, OneOf))
    ]


def _interval(run: Run) -> str:
    times = max((arm.induction_times for arm in run.plan.protocol.arms.values()), key=len)
    return f"{(times[1] - times[0]) / 24:.2g} d" if len(times) > 1 else "once"


def _most(run: Run) -> int:
    return max(len(arm.induction_times) for arm in run.plan.protocol.arms.values())


def endpoint_rows(run: Run, statistics: _Statistics) -> list[dict[str, Any]]:
    """Every endpoint with its unit and, by arm, its statistics."""
    drawn = {(row["endpoint"], row["arm"]): row for row in changes(run).to_dict("records")}
    return [
        {
            "label": str(endpoint),
            "unit": unit_of(endpoint.endpoint),
            "arms": {arm: statistics[str(endpoint), arm] for arm in run.plan.protocol.arms},
            "draws": {arm: drawn.get((str(endpoint), arm)) for arm in run.plan.protocol.arms},
        }
        for endpoint in run.study.endpoints
    ]


def _in_brackets(low: float, high: float) -> str:
    """An interval as it stands behind a number; nothing where there is none."""
    return "" if math.isnan(low) or math.isnan(high) else f"{number(low)} to {number(high)}"


def _percent(value: float) -> str:
    return signed(value, 0 if abs(value) >= _MANY else 1)


def _share(value: float) -> str:
    """A share in percent; none at all is not the same as hardly any."""
    return number(value) if value >= _LEAST or value == 0 else f"< {_LEAST:g}"


def _products(run: Run) -> list[dict[str, Any]]:
    """Every product once, with the arms that get it: one base may be enriched in one arm and not in another."""
    found: list[tuple[Product, list[str]]] = []
    for arm, given in run.plan.protocol.arms.items():
        if given.treatment is None:
            continue
        arms = next((arms for product, arms in found if product == given.treatment.product), None)
        if arms is None:
            found.append((given.treatment.product, [arm]))
        else:
            arms.append(arm)
    return [{"product": product, "arms": arms, "estimates": _estimates(product)} for product, arms in found]


def _estimates(product: Product) -> list[tuple[str, Estimate]]:
    """The numbers behind a product."""
    vesicles, stored = product.vesicles, product.storage.kept()
    diameter = vesicles.diameter
    rows = [
        ("share left after storage", stored if stored.derivation else None),
        ("particles per ug of protein", vesicles.particles_per_ug),
        ("median diameter, nm", diameter.median if diameter is not None else None),
        ("geometric SD of the diameters", diameter.geometric_sd if diameter is not None else None),
        *((f"{cargo.name}, copies per vesicle", cargo.copies_per_vesicle) for cargo in vesicles.cargo),
    ]
    return [(what, estimate) for what, estimate in rows if estimate is not None]


def cell_rows(run: Run) -> list[dict[str, Any]]:
    """Vesicles and copies of every cargo with an action, per cell of each type."""
    copies = copies_per_cell(run)
    rows: list[dict[Any, Any]] = vesicles_per_cell(run).to_dict("records")
    for row in rows:
        own = copies[(copies["arm"] == row["arm"]) & (copies["cell"] == row["cell"])]
        row["copies"] = own.to_dict("records")
    return rows


def _cargo(run: Run) -> list[dict[Any, Any]]:
    """What is carried, delivered, needed and required, with how well the copies per vesicle are known."""
    rows: list[dict[Any, Any]] = cargo_per_cell(run).to_dict("records")
    for row in rows:
        given = run.plan.protocol.arms[row["arm"]].treatment
        carried = {} if given is None else {one.name: one.copies_per_vesicle for one in given.product.vesicles.cargo}
        row["status"] = carried[row["cargo"]].status
    return rows


def _dose(run: Run, arm: str) -> dict[str, Any]:
    given = run.plan.protocol.arms[arm].treatment
    if given is None or given.product.kind == "cells":
        return {}
    return given.product.particles(given.dose).model_dump()


def _parameters(run: Run) -> dict[str, list[dict[str, Any]]]:
    """Rows of the tables that are in the model, by status, with changes by the user."""
    overrides = run.plan.settings.overrides
    found: dict[str, list[dict[str, Any]]] = {status: [] for status in STATUS_COLOURS}
    for symbol, row in sorted(parameters(run.study.subject.species, run.study.disease.model).items()):
        if symbol in run.plan.model.parameters:
            found[row.status].append({**row.model_dump(), "override": overrides.get(symbol)})
    return found


def _is_shipped(run: Run) -> bool:
    return run.study.id in study_ids() and load_study(run.study.id).as_written() == run.study.as_written()


def command_of(run: Run) -> str:
    """The command that makes the same run again."""
    settings, study = run.plan.settings, run.study.id if _is_shipped(run) else "study.yaml"
    parts = [f"hepasome run {study} --seed {settings.seed} --draws {settings.draws}"]
    parts += [f"--subjects {settings.subjects}"] if settings.subjects else []
    parts += [f"--set {name}={float(value)!r}" for name, value in settings.overrides.items()]
    return " ".join(parts)
