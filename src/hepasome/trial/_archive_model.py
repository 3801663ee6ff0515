"""The arms of a study as SBML, each complete: its typical subject, and what it is given as events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hepasome import engine
from hepasome.trial._plan import typical_subject
from hepasome.trial._protocol import Protocol, settle_protocol
from hepasome.trial._study import Study


@dataclass(frozen=True)
class ArmModels:
    """The arms of a study as SBML.

    Attributes:
        protocol: What is done, every detail at its middle.
        shared: The model with the values that the typical subjects of all arms share; nothing is given in it.
        arms: Arm -> the model of its typical subject, who is given everything in it.
        states: How many state variables the model has.
    """

    protocol: Protocol
    shared: str
    arms: dict[str, str]
    states: int


def arm_models(study: Study) -> ArmModels:
    """The models of a study, one for each arm.

    Raises:
        InputError: If a product cannot be resolved.
        EngineError: If initial values would follow what is given at time 0.
    """
    typical = {arm: typical_subject(study, arm) for arm in study.arms}
    model = next(iter(typical.values())).model
    arms = {}
    for name, one in typical.items():
        sbml, (values,) = engine.sbml_with_protocols(model, [one.subject])
        arms[name] = _with_values(sbml, values)
    first, *others = (one.subject.parameters for one in typical.values())
    shared = {name: value for name, value in first.items() if all(other.get(name) == value for other in others)}
    return ArmModels(settle_protocol(study, None), _with_values(model.sbml, shared), arms, len(model.states))


def _with_values(sbml: str, values: Mapping[str, float]) -> str:
    import libsbml  # slow to import

    document = libsbml.readSBMLFromString(sbml)
    for name, value in values.items():
        document.getModel().getParameter(name).setValue(value)
    return str(libsbml.writeSBMLToString(document))
