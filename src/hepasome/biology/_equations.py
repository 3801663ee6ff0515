"""The model as a page to read: generated from the module files and the tables, so that it cannot fall behind them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hepasome.biology._assembly import Structure, instances
from hepasome.biology._diseases import disease_ids, disease_model
from hepasome.biology._tables import (
    FOLDER,
    MODULES,
    SPECIES,
    Parameter,
    actions,
    activities,
    disease_rows,
    parameter_rows,
    variables,
)
from hepasome.files import read_text

_PARAMETER_HEADER = ("parameter", "meaning", "value (low to high)", "unit", "species", "status", "source")
_MODEL = re.compile(r"^model \*?(\w+)\(\)(.*?)^end", re.DOTALL | re.MULTILINE)


def equations_page() -> str:
    """All modules as Markdown: what each holds, its equations, variables and parameters with status and source."""
    parts = [
        "# The model",
        "This page is generated from the model files by `hepasome model export`. Time is in hours; vesicles, "
        "copies and donor cells are counted; hepatocytes, stellate cells and macrophages are fractions of their normal "
        "number in the zone; signals are folds of rest. A zone is written once and strung Z times along the sinusoid.",
        "Status of a number: **measured** (read off an experiment), **derived** (computed from measured ones), "
        "**fitted** (chosen so that a model meets data), **assumed** (nobody has measured it, or we have not seen it).",
    ]
    for path in sorted((FOLDER / "modules").glob("*.ant")):
        parts += list(_module(path.stem, read_text(path)))
    parts += [*_other_tables(), *_effects(), *_diseases()]
    return "\n\n".join(parts) + "\n"


def state_count(structure: Structure) -> int:
    """Number of states of a structure."""
    states = [row.module for row in variables() if row.kind == "state"]
    return sum(states.count(model) for model in instances(structure).values())


def _module(name: str, text: str) -> Iterator[str]:
    yield f"## {name}"
    heading = re.match(r"(//.*\n)+", text)
    if heading:
        yield " ".join(heading[0].replace("//", " ").split())
    for model, body in _MODEL.findall(text):
        yield "```text\n" + "\n".join(_equations(body)) + "\n```"
        rows = [row for row in variables() if row.module == model]
        yield _table(
            ("symbol", "kind", "unit", "meaning"),
            [(f"`{r.symbol}`", r.kind, r.unit, r.meaning) for r in rows],
        )
    if name in MODULES:
        yield _table(_PARAMETER_HEADER, [_parameter_cells(row) for row in parameter_rows(name)])


def _equations(body: str) -> Iterator[str]:
    statements = [" ".join(part.split()) for part in re.sub(r"//.*", "", body).split(";")]
    i = 0
    while i < len(statements):
        line = statements[i]
        if "->" in line:
            yield f"{line.replace('->', ' → ').replace('  ', ' ').strip()}   at   {statements[i + 1]}"
            i += 1
        elif ":=" in line:
            yield line.replace(":=", "=")
        elif "' =" in line:
            variable, formula = line.split("' =", 1)
            yield f"d {variable}/dt ={formula}"
        elif "=" in line and not re.fullmatch(r"\w+ = 0", line):
            yield f"at start: {line}"
        i += 1


def _parameter_cells(row: Parameter) -> tuple[str, ...]:
    interval = "" if row.low is None else f" ({row.low:g} to {row.high:g})"
    return (
        f"`{row.symbol}`",
        row.meaning,
        f"{row.value:g}{interval}",
        row.unit,
        row.species,
        row.status,
        row.source,
    )


def _other_tables() -> Iterator[str]:
    """Tables that several modules share."""
    files = {path.stem for path in (FOLDER / "modules").glob("*.ant")}
    for name in MODULES:
        if name not in files:
            yield f"## {name}"
            yield _table(_PARAMETER_HEADER, [_parameter_cells(row) for row in parameter_rows(name)])


def _effects() -> list[str]:
    act = [(a.cargo, a.target, a.cell, f"`{a.module}.{a.factor}`", a.evidence) for a in actions()]
    unattributed = [(a.activity, f"{a.effect} `{a.module}.{a.factor}`", a.reason) for a in activities()]
    physiology = [_parameter_cells(row) for species in SPECIES for row in parameter_rows(species)]
    return [
        "## How vesicles act",
        "Only named cargo and unattributed activities act; there is no effect size per arm, study or product.",
        _table(("cargo", "target", "cell", "factor", "evidence"), act),
        _table(("unattributed activity of", "acts on", "reason"), unattributed),
        "## Physiology",
        _table(_PARAMETER_HEADER, physiology),
    ]


def _diseases() -> Iterator[str]:
    yield "## Diseases"
    for name in disease_ids():
        model = disease_model(name)
        yield f"### {name}"
        species, parts = ", ".join(model.species), ", ".join(model.parts)
        yield f"{model.title[:1].upper()}{model.title[1:]}, in {species}. Parts: {parts}."
        if model.induction:
            rows = [(f"`{field}`", given.meaning, given.unit) for field, given in model.induction.items()]
            yield _table(("a study writes", "meaning", "unit"), rows)
        yield from model.notes
        if disease_rows(name):
            yield _table(_PARAMETER_HEADER, [_parameter_cells(row) for row in disease_rows(name)])


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in rows])
