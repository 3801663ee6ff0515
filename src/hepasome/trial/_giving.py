"""How a product becomes doses of the model: how much of it there is, where it enters, and the wall that it meets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hepasome import engine
from hepasome.biology import (
    CELLS_PRESENT,
    SOLUBLE_FACTORS,
    Structure,
    fenestral_permeability,
    parameters,
    routes_into,
    target_ids,
)
from hepasome.files import Quantity
from hepasome.product import Estimate, Product
from hepasome.trial._draws import stream, two_piece

NumberOf = Callable[[Product, Estimate, str], float]
Histogram = tuple[NDArray[np.float64], NDArray[np.float64]]


def number_of(product: Product, number: Estimate, what: str, seed: int, draw: int) -> float:
    """A number of a product: as drawn for its source cell, or its central value where the draw is zero."""
    rng = stream(seed, "product", draw, product.source_cell, what) if draw else None
    return two_piece(number.value, number.low, number.high, "log", rng)


def particles_given(product: Product, dose: Quantity, seed: int, draw: int) -> float:
    """Particles of one dose that act, as drawn for the source cell of the product."""
    return acting_particles(product, dose, lambda of, one, what: number_of(of, one, what, seed, draw))


def acting_particles(product: Product, dose: Quantity, number: NumberOf) -> float:
    """Particles of one dose that act: those that were counted, less what storage took.

    Args:
        product: What is given.
        dose: Of one subject.
        number: Takes the product, a number of it and its name (`particles`, `storage`); returns its value.
    """
    return number(product, product.particles(dose), "particles") * number(product, product.storage.kept(), "storage")


def permeability_for(diameters: Histogram, values: Mapping[str, float], species: str, disease: str) -> float:
    """`fenestral_permeability` for a preparation, mL/h.

    The table's row shows one preparation: it is replaced by this one's, keeping how far the draw lies from the row.

    Args:
        diameters: Diameters (nm) and the share of the vesicles of each.
        values: Parameters of the body.
        species: Whose table.
        disease: Whose rows replace those of the modules.
    """
    row = parameters(species, disease)["fenestral_permeability"]
    return values["fenestral_permeability"] * fenestral_permeability(*diameters, values) / row.value


def doses_of(
    structure: Structure,
    kind: str,
    route: str,
    times: Sequence[float],
    amounts: Sequence[float],
    equivalents: float = 0,
) -> tuple[list[engine.Dose], list[engine.Switch]]:
    """Doses of a product into a model.

    Args:
        structure: The model.
        kind: vesicles, cells or conditioned_medium.
        route: Where it enters.
        times: When, h.
        amounts: Particles or cells of each dose.
        equivalents: Cell equivalents of conditioned medium per particle given with it.
    """
    (state,) = target_ids(structure, routes_into(structure, "cells" if kind == "cells" else "vesicles")[route])
    doses = [engine.Dose(time, state, amount) for time, amount in zip(times, amounts, strict=True)]
    if kind == "conditioned_medium":
        (soluble,) = target_ids(structure, SOLUBLE_FACTORS)
        doses += [engine.Dose(dose.time, soluble, dose.amount * equivalents) for dose in list(doses)]
    present = [engine.Switch(times[0], CELLS_PRESENT, 1.0)] if kind == "cells" else []
    return doses, present
