"""Workloads of hepasome's own models: animals given CCl4 twice a week for twelve weeks, and vesicles or cells."""

from __future__ import annotations

import libsbml
import numpy as np

from hepasome.bench._sbml import compartment_sizes
from hepasome.bench._work import OUTPUTS, Array, Bolus, Workload
from hepasome.biology import CELLS_PRESENT, Structure, model_sbml, routes_into, target_ids
from hepasome.engine import Model
from hepasome.trial import drawn_values, individual, solver_settings, stream

OWN = {
    "mouse-1-zone": ("mouse, 1 zone, vesicles", Structure("mouse")),
    "mouse-3-zones": ("mouse, 3 zones, vesicles", Structure("mouse", zones=3)),
    "rat-cells": ("rat, 1 zone, cells", Structure("rat", cells=True)),
}
_END = 2016.0  # h, twelve weeks
_TOXIN_TIMES = [12.0 + 84.0 * k for k in range(24)]  # h
_TREATMENT_TIMES = [1014.0 + 168.0 * k for k in range(3)]  # h
# the size of common doses; they only have to make the models work as they do in a study
_TOXIN = {"mouse": 0.5, "rat": 0.8}  # ml/kg
_VESICLES, _CELLS = 1e10, 3e6
_WEIGHT = {"mouse": 21.0, "rat": 230.0}  # g
_NOT_GIVEN = {"integrin_block": 0.0}  # an antibody of one experiment, no property of an animal
_AFTER_TREATMENT = (0.001, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)  # h; vesicles leave the blood within minutes


def own_workload(name: str, subjects: int, seed: int = 1) -> Workload:
    """A workload of hepasome's own models.

    Every subject is an animal of its own from a draw of its own of what is not known.

    Args:
        name: Key of `OWN`.
        subjects: How many different animals.
        seed: Seed of the draws.
    """
    title, structure = OWN[name]
    sbml = model_sbml(structure)
    model = Model(sbml)
    solver = solver_settings(model)
    (state,) = target_ids(structure, routes_into(structure, "cells" if structure.cells else "vesicles")["intravenous"])
    (depot,) = target_ids(structure, structure.model.induction["dose"].states[0])
    amount = _CELLS if structure.cells else _VESICLES
    boluses = [Bolus(time, depot, _TOXIN[structure.species]) for time in _TOXIN_TIMES]
    boluses += [Bolus(time, state, amount) for time in _TREATMENT_TIMES]
    parameters, values = _animals(structure, set(model.parameters), subjects, seed)
    return Workload(
        name,
        title,
        "hepasome",
        sbml,
        parameters,
        values,
        tuple(sorted(boluses)),
        _times(),
        model.states,
        compartment_sizes(libsbml.readSBMLFromString(sbml), model.states),
        solver.relative_tolerance,
        np.array([solver.state_tolerances.get(s, solver.absolute_tolerance) for s in model.states]),
    )


def _times() -> Array:
    fine = [time + after for time in _TREATMENT_TIMES for after in _AFTER_TREATMENT]
    return np.unique([*fine, *np.linspace(0.0, _END, OUTPUTS - len(fine))])


def _animals(structure: Structure, known: set[str], subjects: int, seed: int) -> tuple[tuple[str, ...], Array]:
    animals = []
    for number in range(subjects):
        population = drawn_values(structure.species, seed, number, "bench") | _NOT_GIVEN
        rng = stream(seed, "bench", number)
        animals.append(individual(population, structure.species, _WEIGHT[structure.species], rng))
    names = tuple(name for name in animals[0] if name in known)
    values = np.array([[animal[name] for name in names] for animal in animals])
    if not structure.cells:
        return names, values
    # in a study this is switched on with the first dose; nothing but the age of the cells depends on it before
    return (*names, CELLS_PRESENT), np.column_stack([values, np.ones(subjects)])
