"""The words that a study may use: what the forms offer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from hepasome.biology import SPECIES, Structure, agents, disease_ids, disease_model, read_outs, routes, routes_into
from hepasome.evidence import endpoints
from hepasome.product import Product, load_product, shipped_products
from hepasome.web._products import ProductEntry

_UNITS = {
    "time": ["h", "d", "wk", "mo", "min"],
    "body_weight": ["g", "kg"],
    "vesicles": ["ug", "particles", "ug/kg", "particles/kg"],
    "cells": ["cells", "cells/kg"],
    "conditioned_medium": ["cell_equivalents"],
}


def vocabulary(own: Sequence[ProductEntry]) -> dict[str, Any]:
    """Species, diseases with what they ask for, products, agents and units, as plain data.

    Args:
        own: Own products; a study calls one by the name of the file that then lies beside it.
    """
    held = [_product(one.base, one.product, one.id) for one in own if one.product is not None]
    words = _shipped_words()
    return words | {"products": [*held, *words["products"]]}


@cache
def _shipped_words() -> dict[str, Any]:
    return {
        "species": list(SPECIES),
        "diseases": [_disease(name) for name in disease_ids()],
        "products": [_product(name, load_product(name)) for name in shipped_products()],
        "agents": [
            {"id": one.agent, "meaning": one.meaning, "dosed": one.acts == "adds", "unit": one.unit}
            for one in agents().values()
        ],
        "routes": {row.route: row.meaning for row in routes()},
        "units": _UNITS,
        "sexes": ["not stated", "female", "male"],
    }


def _disease(name: str) -> dict[str, Any]:
    model = disease_model(name)
    structure = Structure(model.species[0], cells=True, disease=name, conditioned_medium=True)
    known = {row.read_out for row in read_outs(structure)}
    return {
        "id": name,
        "title": model.title,
        "setting": model.setting,
        "species": list(model.species),
        "repeats": model.repeats,
        "natural_recovery": model.natural_recovery,
        "induction": {
            field: {"meaning": given.meaning, "unit": given.unit, "default": given.default}
            for field, given in model.induction.items()
        },
        "routes": {
            "vesicles": list(routes_into(structure, "vesicles")),
            "cells": list(routes_into(structure, "cells")),
            "conditioned_medium": list(routes_into(structure, "vesicles")),
        },
        "endpoints": [
            {"id": one.id, "meaning": one.meaning, "unit": one.unit} for one in endpoints() if one.id in known
        ],
    }


def _product(name: str, product: Product, own: str = "") -> dict[str, Any]:
    return {"id": name, "name": product.name, "kind": product.kind, "source_cell": product.source_cell, "own": own}
