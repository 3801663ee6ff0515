"""A model as SBML text, with the names a user may set and read."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Collection, Iterable

from hepasome.engine._cache import read_cached, write_cached
from hepasome.engine._types import EngineError, Subject


class Model:
    """An SBML model.

    Attributes:
        sbml: The text.
        hash: SHA-256 of the text, in hexadecimal.
        states: What is integrated: floating species in reactions and variables of rate rules.
        parameters: What may be set: constant parameters.
        observables: What may be read: states, parameters and variables of assignment rules.

    Raises:
        EngineError: If the text is not SBML, or uses what no simulator here can do.
    """

    def __init__(self, sbml: str) -> None:
        self.sbml = sbml
        self.hash = hashlib.sha256(sbml.encode()).hexdigest()
        # reading SBML takes longer than starting the simulation
        known = read_cached(self.hash, "names")
        names = json.loads(known) if known is not None else _names(sbml)
        if known is None:
            write_cached(self.hash, "names", json.dumps(names).encode())
        self.states, self.parameters, self.observables = (tuple(group) for group in names)

    def check(self, subjects: Iterable[Subject], outputs: Iterable[str]) -> None:
        """Check all names before anything is simulated.

        Raises:
            EngineError: For the first name that the model does not have, with the nearest one that it has.
        """
        states, parameters = set(self.states), set(self.parameters)
        for name in outputs:
            _require(name, set(self.observables), "The model has nothing called", self.observables)
        for subject in subjects:
            where = f"{subject.key}: the model has no"
            for name in (*subject.parameters, *(switch.parameter for switch in subject.switches)):
                _require(name, parameters, f"{where} parameter", self.parameters)
            for name in (*subject.initial, *(dose.state for dose in subject.doses)):
                _require(name, states, f"{where} state", self.states)


def _require(name: str, known: Collection[str], problem: str, order: tuple[str, ...]) -> None:
    if name not in known:
        near = difflib.get_close_matches(name, order, n=1)
        hint = f" Did you mean `{near[0]}`?" if near else ""
        raise EngineError(f"{problem} `{name}`.{hint}")


def _names(sbml: str) -> list[list[str]]:
    """States, parameters and observables of a model."""
    import libsbml  # slow to import, and not needed for a model that was read before

    document = libsbml.readSBMLFromString(sbml)
    errors = [document.getError(i) for i in range(document.getNumErrors())]
    errors = [error for error in errors if error.getSeverity() >= libsbml.LIBSBML_SEV_ERROR]
    if errors:
        where = f" (line {errors[0].getLine()})" if errors[0].getLine() else ""
        raise EngineError(f"The model is not valid SBML: {errors[0].getMessage().strip()}{where}")
    model = document.getModel()
    if model is None:
        raise EngineError("The SBML has no model in it.")
    for rule in model.getListOfRules():
        if rule.isAlgebraic():
            name = rule.getIdAttribute() or rule.getMetaId() or "without id"
            raise EngineError(f"The model has an algebraic rule ({name}), which cannot be simulated here.")
    species = [s.getId() for s in model.getListOfSpecies()]
    rate_rules = [r.getVariable() for r in model.getListOfRules() if r.isRate()]
    ruled = {r.getVariable() for r in model.getListOfRules()}
    floating = [s.getId() for s in model.getListOfSpecies() if s.getId() not in ruled and not s.getBoundaryCondition()]
    everything = [p.getId() for p in model.getListOfParameters()]
    return [
        list(dict.fromkeys([*floating, *rate_rules])),
        [name for name in everything if name not in ruled],
        list(dict.fromkeys([*species, *everything, *rate_rules])),
    ]
