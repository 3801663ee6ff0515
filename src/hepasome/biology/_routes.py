"""Where a dose enters the body: route -> state of the model, for vesicles, living cells and conditioned medium."""

from __future__ import annotations

from functools import cache
from typing import Literal

from hepasome.biology._assembly import Structure
from hepasome.biology._tables import FOLDER
from hepasome.files import Strict, read_table

CELLS_PRESENT = "present"
SOLUBLE_FACTORS = "BODY.soluble.medium_factors"

Given = Literal["vesicles", "cells"]


class Route(Strict):
    """One route for vesicles or for cells, and the state of the model that a dose is added to."""

    route: str
    given: Given
    state: str
    meaning: str


@cache
def routes() -> tuple[Route, ...]:
    """All routes."""
    return tuple(read_table(FOLDER / "routes.csv", Route))


def routes_into(structure: Structure, given: Given) -> dict[str, str]:
    """The routes that a model has for vesicles or for cells: route -> state."""
    return {row.route: row.state for row in routes() if row.given == given and has_target(structure, row.state)}


def has_target(structure: Structure, target: str) -> bool:
    """Whether the model has the instance that a target such as `BODY.circulation.venous_blood` names."""
    parts = target.split(".")
    return len(parts) == 1 or structure.present.has(parts[1])


def target_ids(structure: Structure, target: str) -> tuple[str, ...]:
    """Ids in the flat model of `BODY.module.symbol`, of `ZONE.module.symbol` in every zone, or of a parameter."""
    scope, _, rest = target.partition(".")
    if not rest:
        return (target,)
    places = structure.zone_names if scope == "ZONE" else ("body",)
    return tuple(f"{place}_{rest.replace('.', '_')}" for place in places)
