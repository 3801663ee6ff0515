"""What the schema of a study file cannot say: endpoints with their units, and questions that were not answered.

Both look at the file as it was written, so that they speak also where other things are wrong.
"""

from __future__ import annotations

from typing import Any

from hepasome.evidence._load import endpoints
from hepasome.evidence._published import Scheme, appraisal_items
from hepasome.files import Document, FindingList, did_you_mean

BLOCKS: dict[Scheme, str] = {"syrcle": "risk_of_bias", "ev_metric": "ev_metric", "misev": "misev"}
_ANSWERS = {"risk_of_bias": "yes, no or unclear", "ev_metric": "yes, no or not applicable"}


def look_at_outcomes(document: Document, found: FindingList) -> None:
    """Endpoints must be on the list and in their unit, and ids must differ."""
    units, seen = {endpoint.id: endpoint.unit for endpoint in endpoints()}, set()
    for i, outcome in enumerate(_list(document, "outcomes")):

        def add(problem: str, remedy: str, field: str, i: int = i, outcome: dict[str, Any] = outcome) -> None:
            line = document.line(("outcomes", i, field))
            found.add(problem, remedy, line=line, field=f"outcomes.{i}.{field}", value=outcome[field])

        name, endpoint = outcome.get("id"), outcome.get("endpoint")
        if isinstance(name, str) and name in seen:
            add("This id stands twice.", "Give each outcome its own id.", "id")
        seen.add(str(name))
        if not isinstance(endpoint, str):
            continue
        unit, own = units.get(endpoint), outcome.get("not_modelled") is True
        if unit is None and not own:
            remedy = f"{did_you_mean(endpoint, units)} For an endpoint that hepasome does not have add"
            add("There is no such endpoint.", f"{remedy} `not_modelled: true`.", "endpoint")
        if unit is not None and own:
            add("hepasome has this endpoint.", "Remove `not_modelled`.", "endpoint")
        counted = any("events" in outcome[arm] for arm in ("treated", "control") if isinstance(outcome.get(arm), dict))
        if unit is not None and not counted and outcome.get("unit", unit) != unit:
            add(f"{endpoint} is read in {unit}.", "Convert the numbers.", "unit")


def look_at_answers(document: Document, found: FindingList) -> None:
    """Every question of the tools must be answered, those about vesicles where vesicles were given."""
    protocol = document.value.get("protocol")
    vesicles = isinstance(protocol, dict) and protocol.get("given", "EV") == "EV"
    for scheme, block in BLOCKS.items():
        answers = document.value.get(block, {})
        if not isinstance(answers, dict):
            continue
        items = {row.item: row for row in appraisal_items() if row.scheme == scheme}
        for item in answers:
            if item not in items:
                line = document.line((block, item))
                found.add("There is no such item.", did_you_mean(item, items), line=line, field=block, value=item)
        for item, row in items.items():
            if item not in answers and (vesicles or scheme == "syrcle"):
                problem = f"The answer to `{item}` is missing: {row.question}?"
                remedy = f"Write {_ANSWERS.get(block, _ANSWERS['ev_metric'])}."
                found.add(problem, remedy, line=document.line((block, item)), field=block)


def _list(document: Document, name: str) -> list[dict[str, Any]]:
    given = document.value.get(name)
    return [item if isinstance(item, dict) else {} for item in given] if isinstance(given, list) else []
