"""The parts of a treatment that can act, each with the knock-out that takes it away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from hepasome.biology import CELL_TYPES, copies_parameter
from hepasome.product import Product
from hepasome.trial import Knockout, Run

Kind = Literal["whole", "beside", "delivery", "named cargo", "named factor", "unattributed", "interaction", "recovery"]

SOLUBLE = "soluble"
# unattributed activity of each target; NKT cells answer to vesicles that Kupffer cells show them
_STRENGTHS = {cell: (f"{cell}_unattributed_strength",) for cell in (*CELL_TYPES, SOLUBLE)} | {
    "tumour": tuple(f"tumour_{what}_activity" for what in ("apoptosis", "necrosis", "arrest", "vegf", "hgf")),
    "nkt": ("nkt_activity",),
}
# what living donor cells do by a name
_NAMED_FACTORS = {
    "nitric oxide": ("inos_activity",),
    "kynurenine": ("ido_activity",),
    "function of engrafted cells": ("hepatocyte_function_per_donor_cell",),
}


@dataclass(frozen=True)
class Part:
    """One part of what a treatment does.

    Attributes:
        name: Cargo, target cell or factor.
        kind: What sort of part it is.
        without: The knock-out that takes it away; None where nothing in the model answers to it.
    """

    name: str
    kind: Kind
    without: Knockout | None


def parts_of(run: Run, arm: str) -> tuple[Part, ...]:
    """Every part of the treatment of an arm that is there: named cargo, named factors of cells, unattributed activity.

    Args:
        run: The run.
        arm: A treated arm.
    """
    treatment = run.plan.protocol.arms[arm].treatment
    if treatment is None:
        raise ValueError(f"the arm {arm} gets no treatment")
    known, product = set(run.plan.model.parameters), treatment.product
    carried = [cargo.name for cargo in product.vesicles.cargo if cargo.copies_per_vesicle.value > 0]
    cargo = [Part(n, "named cargo", Knockout((n,)) if copies_parameter(n) in known else None) for n in carried]
    return (*cargo, *_silenced(_NAMED_FACTORS, "named factor", known, product), *_unattributed(known, product))


def blank(run: Run, arm: str) -> Knockout:
    """The knock-out of everything that acts: vesicles, or cells, that are there and nothing more."""
    without = [part.without for part in parts_of(run, arm) if part.without is not None]
    cargo = tuple(name for one in without for name in one.cargo)
    return Knockout(cargo, tuple(name for one in without for name in one.silenced))


def _unattributed(known: set[str], product: Product) -> list[Part]:
    targets = {
        name: strengths for name, strengths in _STRENGTHS.items() if name != SOLUBLE or product.kind != "vesicles"
    }
    return _silenced(targets, "unattributed", known, product, of_cells=False)


def _silenced(
    table: Mapping[str, tuple[str, ...]], kind: Kind, known: set[str], product: Product, *, of_cells: bool = True
) -> list[Part]:
    """Parts that parameters of the model stand for; those of donor cells only where there are any."""
    if of_cells and product.kind == "vesicles":
        return []
    there = {name: tuple(symbol for symbol in symbols if symbol in known) for name, symbols in table.items()}
    return [Part(name, kind, Knockout(silenced=symbols)) for name, symbols in there.items() if symbols]
