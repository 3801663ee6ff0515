"""Effects pooled as `hepasome evidence pool` does, in its numbers and words."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from rich.table import Table

from hepasome.evidence import (
    MEASURES,
    Effects,
    Gathered,
    Pooled,
    Robustness,
    Term,
    evidence_folder,
    gather_outcomes,
    own_studies,
    parse_effects,
    pool,
    robustness,
)
from hepasome.files import decode_text, input_error
from hepasome.report import (
    comparison_table,
    effect_rows,
    pooled_file,
    pooled_files,
    pooled_lines,
    robustness_lines,
    terms_table,
)
from hepasome.web._evidence_models import PoolRequest, PoolView, TermView, WordsTable


def pool_view(asked: PoolRequest) -> PoolView:
    """The pooled effect and all that the command says of it.

    Raises:
        InputError: If there is too little to pool, or the request does not hold.
    """
    gathered = _gathered(asked)
    effects, found = gathered.effects, _pooled(asked, gathered.effects)
    held = robustness(effects, found, moderators=asked.moderators, correlation=asked.correlation)
    files = pooled_files(found)
    drawings = {name.removesuffix(".svg"): str(pooled_file(effects, found, name)) for name in files if "svg" in name}
    numbers: dict[str, Any] = {
        "measure": asked.measure,
        "ratio": MEASURES[asked.measure][1],
        "studies": found.studies,
        "effects": effect_rows(effects),
        "terms": _terms(found.terms),
        "between": found.between,
        "between_interval": found.between_interval,
        "within": found.within,
        "inconsistency": found.inconsistency,
        "prediction": found.prediction,
        "egger_p": None if held.egger is None else held.egger.p,
    }
    return PoolView(
        **numbers,
        left_out=list(gathered.left_out),
        others=_answers(held.others),
        without=_answers(held.without),
        terms_table=_words(terms_table(effects, found)),
        lines=pooled_lines(effects, found),
        others_table=_words(comparison_table(effects, held.others)) if held.others else None,
        without_table=_without(effects, held),
        robustness=robustness_lines(effects, found, held),
        figures=drawings,
        files=list(files),
        command=_command(asked),
    )


def pool_file(asked: PoolRequest, name: str) -> bytes:
    """One of the files that the command writes.

    Raises:
        InputError: As `pool_view`, or if it is not made of such a pooling.
    """
    effects = _gathered(asked).effects
    found = _pooled(asked, effects)
    if name not in pooled_files(found):
        problem = "With moderators there is no one pooled effect to draw."
        raise input_error("the moderators", problem, "Leave them out.")
    content = pooled_file(effects, found, name)
    return content.encode() if isinstance(content, str) else content


def _gathered(asked: PoolRequest) -> Gathered:
    if (asked.table is None) == (asked.endpoint is None):
        raise input_error("request", "Give `table` or `endpoint`, one of both.")
    if asked.table is not None:
        text = decode_text(asked.table.encode(errors="replace"), "table")
        return parse_effects(text, asked.measure, asked.where)
    studies = own_studies(evidence_folder())
    return gather_outcomes(studies, asked.endpoint or "", asked.measure, asked.where)


def _pooled(asked: PoolRequest, effects: Effects) -> Pooled:
    return pool(effects, moderators=asked.moderators, correlation=asked.correlation)


def _terms(terms: tuple[Term, ...]) -> list[dict[str, Any]]:
    return [vars(term) for term in terms]


def _answers(found: Mapping[str, Pooled]) -> dict[str, TermView]:
    return {name: TermView(**vars(one.pooled)) for name, one in found.items()}


def _without(effects: Effects, held: Robustness) -> WordsTable | None:
    if not held.without:
        return None
    words = _words(comparison_table(effects, held.without))
    return words.model_copy(update={"columns": ["without", *words.columns[1:]]})


def _words(table: Table) -> WordsTable:
    """What the command would print, cell by cell."""
    cells = [[str(cell) for cell in column.cells] for column in table.columns]
    return WordsTable(
        columns=[str(column.header) for column in table.columns],
        rows=[list(row) for row in zip(*cells, strict=True)],
    )


def _command(asked: PoolRequest) -> str:
    parts = ["hepasome", "evidence", "pool"]
    parts += ["effects.csv"] if asked.table is not None else ["--endpoint", asked.endpoint or ""]
    parts += ["--measure", asked.measure] if asked.measure != "hedges_g" else []
    for name in asked.moderators:
        parts += ["--moderator", name]
    for name, value in asked.where.items():
        parts += ["--where", f"{name}={value}"]
    parts += ["--correlation", f"{asked.correlation:g}"] if asked.correlation != 0.5 else []
    return shlex.join(parts)
