"""What several parts of the benchmark read from an SBML model or write into it."""

from __future__ import annotations

from collections.abc import Sequence

import libsbml
import numpy as np

from hepasome.bench._work import Array, Workload


def compartment_sizes(document: libsbml.SBMLDocument, states: Sequence[str]) -> Array:
    """Size of the compartment of every state whose symbol means a concentration, 1 for others, shape (states,)."""
    return np.array([_size(document.getModel(), state) for state in states])


def with_doses(workload: Workload) -> str:
    """The model of a workload with its doses as events."""
    document = libsbml.readSBMLFromString(workload.sbml)
    size = dict(zip(workload.states, workload.sizes.tolist(), strict=True))
    for number, bolus in enumerate(workload.boluses):
        event = document.getModel().createEvent()
        event.setId(f"bench_dose_{number}")
        event.setUseValuesFromTriggerTime(True)
        trigger = event.createTrigger()
        trigger.setMath(libsbml.parseL3Formula(f"time >= {bolus.time!r}"))
        trigger.setPersistent(True)
        trigger.setInitialValue(True)
        assignment = event.createEventAssignment()
        assignment.setVariable(bolus.state)
        assignment.setMath(libsbml.parseL3Formula(f"{bolus.state} + {bolus.amount / size[bolus.state]!r}"))
    return str(libsbml.writeSBMLToString(document))


def _size(model: libsbml.Model, state: str) -> float:
    species = model.getSpecies(state)
    if species is None or species.getHasOnlySubstanceUnits():
        return 1.0
    return float(model.getCompartment(species.getCompartment()).getSize())
