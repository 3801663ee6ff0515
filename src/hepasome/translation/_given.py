"""What the animals of one arm got, draw by draw: dose, route, times and body weight."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hepasome.biology import cell_types
from hepasome.files import input_error
from hepasome.product import Product
from hepasome.translation._bodies import HUMAN
from hepasome.translation._delivery import Giving
from hepasome.trial import Study, absolute_dose, particles_given, settle_protocol, stream, treated_arms

TUMOUR = "tumour"
UNITS = ("ug", "particles", "cells", "cell_equivalents")
_SHORTEST = 24.0  # h after the last dose; vesicles have left the blood by then


@dataclass(frozen=True)
class AnimalDose:
    """One draw of what one animal got.

    Attributes:
        giving: For the model.
        weight: Body weight, g.
        dose: One dose of one animal in the unit of the study.
        particles_per_unit: Particles in one unit of that dose; zero for cells.
    """

    giving: Giving
    weight: float
    dose: float
    particles_per_unit: float


def check_translatable(study: Study) -> None:
    """Refuse what has no dose of an animal.

    Raises:
        InputError: If the study is one of cultures or of humans, or treats nobody.
    """
    if study.subject.culture is not None:
        raise input_error(
            study.id,
            "A study of cells in culture has no animal dose to translate: in a dish all vesicles meet the cells, in a "
            "body most never do.",
            "Translate a study in animals; `hepasome studies` lists them.",
            field="subject",
        )
    if study.subject.species == HUMAN:
        raise input_error(
            study.id,
            "This study gives its doses to humans already: there is nothing to translate.",
            "Translate a study in animals; `hepasome studies` lists them.",
            field="subject",
        )
    if not treated_arms(study):
        raise input_error(
            study.id,
            "No arm of this study is treated: there is no dose to translate.",
            "Add a treatment.",
            field="arms",
        )


def unit_of(study: Study, arm: str) -> str:
    """The unit in which an arm is dosed, per animal.

    Raises:
        InputError: If the dose is a choice between units that only the product could convert.
    """
    treatment = study.arms[arm].treatment
    if treatment is None:
        raise ValueError(f"{arm} is not treated")
    doses = getattr(treatment.dose, "options", [getattr(treatment.dose, "low", treatment.dose)])
    units = {next(unit for unit in UNITS if dose.fits(unit) or dose.fits(f"{unit}/kg")) for dose in doses}
    if len(units) > 1:
        raise input_error(
            study.id,
            "The dose is a choice between units, and no single dose of a human follows from it.",
            "Write all of them in one unit.",
            field=f"arms.{arm}.treatment.dose",
            value=str(treatment.dose),
        )
    return units.pop()


def animal_doses(study: Study, arm: str, seed: int, draws: int) -> list[AnimalDose]:
    """What one animal of an arm got in each draw."""
    product, unit = study.products()[arm], unit_of(study, arm)
    diameters = product.diameters()
    return [_animal_dose(study, arm, product, diameters, unit, seed, draw) for draw in range(1, draws + 1)]


def _animal_dose(
    study: Study,
    arm: str,
    product: Product,
    diameters: tuple[NDArray[np.float64], NDArray[np.float64]],
    unit: str,
    seed: int,
    draw: int,
) -> AnimalDose:
    protocol = settle_protocol(study, stream(seed, "protocol", draw))
    treatment = protocol.arms[arm].treatment
    if treatment is None:
        raise ValueError(f"{arm} is not treated")
    dose = absolute_dose(treatment.dose, protocol.body_weight)
    amount, cells = dose.to(unit), product.kind == "cells"
    particles = 0.0 if cells else particles_given(product, dose, seed, draw)
    start, end = treatment.times[0], max(protocol.read_out, treatment.times[-1] + _SHORTEST)
    giving = Giving(
        kind=product.kind,
        diameters=diameters,
        amount=amount if cells else particles,
        route=treatment.route,
        times=tuple(time - start for time in treatment.times),
        end=end - start,
        equivalents=amount / particles if product.kind == "conditioned_medium" else 0.0,
    )
    return AnimalDose(giving, protocol.body_weight, amount, particles / amount if amount else 0.0)


def cell_of_interest(study: Study) -> tuple[str, str] | None:
    """The cell type that a study is about and why: the one that most claims name, or its tumour; None if neither."""
    named = Counter((claim.cell.removesuffix("_cell"), claim.cargo) for claim in study.claims if claim.cell)
    if named:
        cell, cargo = named.most_common(1)[0][0]
        return cell, f"the claims name them for {cargo}" if cell != TUMOUR else f"the claims name a tumour for {cargo}"
    return (TUMOUR, "the study is about a tumour") if TUMOUR in cell_types(study.structure) else None
