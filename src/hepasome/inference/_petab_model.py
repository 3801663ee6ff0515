"""The models of a calibration as PEtab needs them: each is given what its subjects get, and holds every integral."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hepasome import engine
from hepasome.inference._calibration import Calibration, Observable, Remaining
from hepasome.inference._petab_priors import parameter_id
from hepasome.inference._simulated import calibrated_of, observable_of
from hepasome.inference._target import Target
from hepasome.trial import TypicalSubject, typical_subject

_AREA, _MOMENT, _EARLIER = "area_under", "moment_of", "earlier"


@dataclass(frozen=True)
class PetabModel:
    """One model with the conditions that it simulates.

    Attributes:
        name: Of its folder.
        sbml: Flat SBML; constant parameters have the values that all conditions share.
        conditions: Condition -> parameter of the model -> its value there.
        calibrated: Names of the calibrated parameters that it has.
        places: Which data of the target it simulates.
    """

    name: str
    sbml: str
    conditions: dict[str, dict[str, float]]
    calibrated: tuple[str, ...]
    places: tuple[int, ...]


def petab_models(calibration: Calibration, target: Target) -> list[PetabModel]:
    """The models of a calibration, one for all conditions that have the same equations."""
    groups: dict[str, dict[str, TypicalSubject]] = {}
    diseases: dict[str, str] = {}
    for condition, experiment in calibration.experiments.items():
        study = calibration.study(condition)
        typical = typical_subject(study, experiment.arm)
        groups.setdefault(typical.model.hash, {})[condition] = typical
        diseases[typical.model.hash] = study.disease.model
    names = list(diseases.values())
    found = []
    for number, (key, group) in enumerate(groups.items(), start=1):
        name = diseases[key] if names.count(diseases[key]) == 1 else f"{diseases[key]}_{number}"
        found.append(_model(name, diseases[key], calibration, target, group))
    return found


def _model(
    name: str, disease: str, calibration: Calibration, target: Target, group: Mapping[str, TypicalSubject]
) -> PetabModel:
    model = next(iter(group.values())).model
    sbml, values = engine.sbml_with_protocols(model, [typical.subject for typical in group.values()])
    every = tuple(calibration.parameters)
    held = calibrated_of(calibration, disease, next(iter(group.values())))
    calibrated = {symbol: every[place] for symbol, place in held.items()}
    differing = {key for key in values[0] if any(one[key] != values[0][key] for one in values)} - calibrated.keys()
    conditions = {
        condition: {key: one[key] for key in sorted(differing)} for condition, one in zip(group, values, strict=True)
    }
    shared = values[0] | {symbol: target.rows[of].value for symbol, of in calibrated.items()}
    places = tuple(i for i, datum in enumerate(target.data) if datum.observation.condition in group)
    courses = {target.data[i].observation.endpoint: observable_of(calibration, target.data[i]) for i in places}
    completed = _completed(sbml, shared, differing, calibrated, courses)
    return PetabModel(name, completed, conditions, tuple(calibrated.values()), places)


def formula_of(endpoint: str, observable: Observable | Remaining) -> str:
    """What an endpoint reads of its model at the time of an observation, as a formula of PEtab and SBML."""
    if isinstance(observable, Remaining):
        return f"{observable.of} / {_EARLIER}_{endpoint}"
    if observable.time_course == "value":
        return _of_state(observable)
    if observable.time_course == "area":
        return f"{_AREA}_{endpoint}"
    return f"{_MOMENT}_{endpoint} / {_AREA}_{endpoint}"


def _of_state(observable: Observable) -> str:
    def total(names: Sequence[str]) -> str:
        return names[0] if len(names) == 1 else f"({' + '.join(names)})"

    read = total(observable.of)
    if observable.over:
        read = f"{read} / {total(observable.over)}"
    return read if observable.factor == 1 else f"{observable.factor!r} * {read}"


def _completed(
    sbml: str,
    values: Mapping[str, float],
    differing: Collection[str],
    calibrated: Mapping[str, str],
    courses: Mapping[str, Observable | Remaining],
) -> str:
    """With the values and names of parameters, and a state for every integral or earlier value of an endpoint."""
    import libsbml

    document = libsbml.readSBMLFromString(sbml)
    inside = document.getModel()
    for name, value in values.items():
        inside.getParameter(name).setValue(value)
    for name in {*differing, *calibrated}:
        inside.getParameter(name).unsetName()  # COPASI looks up by the name, where there is one, what tables call by id
    for symbol, name in calibrated.items():
        # a condition may also say that a parameter is another one, but not every program does what it says
        if symbol != parameter_id(name):
            _rename(document, inside.getParameter(symbol), parameter_id(name))
    for endpoint, observable in sorted(courses.items()):
        if isinstance(observable, Remaining):
            _earlier(inside, f"{_EARLIER}_{endpoint}", observable)
            continue
        if observable.time_course == "value":
            continue
        read = _of_state(observable)
        _integral(inside, f"{_AREA}_{endpoint}", read)
        if observable.time_course == "mean_residence_time":
            _integral(inside, f"{_MOMENT}_{endpoint}", f"time * {read}")
    return str(libsbml.writeSBMLToString(document))


def _rename(document: Any, parameter: Any, name: str) -> None:
    old = parameter.getId()
    parameter.setId(name)
    for element in document.getListOfAllElements():
        element.renameSIdRefs(old, name)


def _earlier(inside: Any, name: str, observable: Remaining) -> None:
    parameter = inside.createParameter()
    parameter.setId(name)
    parameter.setName(f"{observable.of} at {observable.since:g} h")
    parameter.setValue(1.0)  # until then, so that nothing is divided by zero
    parameter.setConstant(False)
    engine.add_event(inside, f"keep_{name}", observable.since, {name: observable.of})


def _integral(inside: Any, name: str, formula: str) -> None:
    import libsbml

    parameter = inside.createParameter()
    parameter.setId(name)
    parameter.setName(f"integral over time of {formula}")
    parameter.setValue(0.0)
    parameter.setConstant(False)
    rule = inside.createRateRule()
    rule.setVariable(name)
    rule.setMath(libsbml.parseL3Formula(formula))
