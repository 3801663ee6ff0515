"""What subjects are given, written into the SBML itself, for programs that know a model and its parameters alone.

A dose at the start adds to an initial value, which every simulator of SBML can do; a later one is an event. Each has a
parameter of its own, so that one model serves subjects who get different amounts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hepasome.engine._model import Model
from hepasome.engine._types import EngineError, Subject

_Places = dict[tuple[str, float], str]  # state or parameter, and time -> parameter with the amount or value


def sbml_with_protocols(model: Model, subjects: Sequence[Subject]) -> tuple[str, tuple[dict[str, float], ...]]:
    """A model that gives itself what subjects are given.

    Amounts are in parameters `dose_STATE_N`, values of switches after the start in `switch_PARAMETER_N`; N counts the
    times of that state or parameter from 1. A switch at the start is the value of its parameter.

    Args:
        model: The model.
        subjects: Who share it. To whom a dose is not given, zero of it is given.

    Returns:
        The SBML, and for each subject the values of all parameters in which any of them differs from the model: with
        these the SBML simulates that subject, and nothing else has to be done.

    Raises:
        EngineError: If a subject has initial values of its own, or a parameter that the model derives at the start; or
            if initial values of the model would follow what is given at the start, which they do not where doses are
            given from outside.
    """
    import libsbml

    model.check(subjects, ())
    if any(subject.initial for subject in subjects):
        raise EngineError("Initial values of subjects cannot be written into a model. Give them as doses at time 0.")
    document = libsbml.readSBMLFromString(model.sbml)
    inside = document.getModel()
    at_start = {switch.parameter for one in subjects for switch in one.switches if switch.time == 0}
    _refuse_followers(inside, at_start | {dose.state for one in subjects for dose in one.doses if dose.time == 0})
    doses = _numbered("dose", ((dose.state, dose.time) for one in subjects for dose in one.doses))
    switches = _numbered(
        "switch", ((switch.parameter, switch.time) for one in subjects for switch in one.switches if switch.time > 0)
    )
    names = {name for one in subjects for name in one.parameters} | at_start | {name for name, _ in switches}
    for name in sorted(names):
        if inside.getInitialAssignmentBySymbol(name) is not None:
            raise EngineError(f"The model derives `{name}` at the start. A subject's own value would not count in it.")
    own = {name: float(inside.getParameter(name).getValue()) for name in sorted(names)}
    for (state, time), parameter in doses.items():
        _create(inside, parameter, f"given into {state} at time {time:g}", state)
        if time == 0:
            _add_at_start(inside, state, parameter)
    for (name, time), parameter in switches.items():
        _create(inside, parameter, f"{name} from time {time:g} on", name)
        inside.getParameter(name).setConstant(False)
    for number, time in enumerate(sorted({time for _, time in (*doses, *switches) if time > 0}), start=1):
        given = {s: f"{s} + {_amount(inside, s, dose)}" for (s, when), dose in doses.items() if when == time}
        given |= {name: parameter for (name, when), parameter in switches.items() if when == time}
        add_event(inside, f"given_{number}", time, given)
    return str(libsbml.writeSBMLToString(document)), tuple(_values(one, own, doses, switches) for one in subjects)


def _numbered(kind: str, given: Iterable[tuple[str, float]]) -> _Places:
    counts: dict[str, int] = {}
    places = {}
    for target, time in sorted(set(given)):
        counts[target] = counts.get(target, 0) + 1
        places[target, time] = f"{kind}_{target}_{counts[target]}"
    return places


def _values(subject: Subject, own: dict[str, float], doses: _Places, switches: _Places) -> dict[str, float]:
    values = own | dict(subject.parameters)
    values |= {switch.parameter: switch.value for switch in subject.switches if switch.time == 0}
    values |= dict.fromkeys(doses.values(), 0.0)
    for dose in subject.doses:
        values[doses[dose.state, dose.time]] += dose.amount
    set_to = {(switch.parameter, switch.time): switch.value for switch in subject.switches}
    last = dict(values)
    for (name, time), parameter in switches.items():  # in the order of time; without a switch nothing changes
        last[name] = values[parameter] = set_to.get((name, time), last[name])
    return values


def _create(inside: Any, name: str, meaning: str, like: str) -> None:
    parameter = inside.createParameter()
    parameter.setId(name)
    parameter.setName(meaning)
    parameter.setValue(0.0)
    parameter.setConstant(True)
    units = _units(inside, like)
    if units:
        parameter.setUnits(units)


def _units(inside: Any, name: str) -> str:
    species = inside.getSpecies(name)
    return str(species.getSubstanceUnits() if species is not None else inside.getParameter(name).getUnits())


def _amount(inside: Any, state: str, parameter: str) -> str:
    """A dose is an amount, also where the species stands for a concentration in formulas."""
    species = inside.getSpecies(state)
    as_amount = species is None or species.getHasOnlySubstanceUnits()
    return parameter if as_amount else f"{parameter} / {species.getCompartment()}"


def _add_at_start(inside: Any, state: str, parameter: str) -> None:
    import libsbml

    added = libsbml.parseL3Formula(_amount(inside, state, parameter))
    assignment = inside.getInitialAssignmentBySymbol(state)
    if assignment is not None:
        before = assignment.getMath().deepCopy()
    else:
        before = libsbml.ASTNode(libsbml.AST_REAL)
        before.setValue(_initial_value(inside, state))
        before.setUnits(_units(inside, state) or "dimensionless")
        assignment = inside.createInitialAssignment()
        assignment.setSymbol(state)
    both = libsbml.ASTNode(libsbml.AST_PLUS)
    both.addChild(before)
    both.addChild(added)
    assignment.setMath(both)


def _initial_value(inside: Any, state: str) -> float:
    species = inside.getSpecies(state)
    if species is None:
        return float(inside.getParameter(state).getValue())
    size = inside.getCompartment(species.getCompartment()).getSize()
    in_formulas_amount = species.getHasOnlySubstanceUnits()
    if species.isSetInitialAmount():
        return float(species.getInitialAmount() / (1 if in_formulas_amount else size))
    return float(species.getInitialConcentration() * (size if in_formulas_amount else 1))


def add_event(inside: Any, name: str, time: float, assigned: Mapping[str, str]) -> None:
    """Add an event at a time to an SBML model: species or parameter -> formula of what it then becomes."""
    import libsbml

    event = inside.createEvent()
    event.setId(name)
    event.setUseValuesFromTriggerTime(True)
    trigger = event.createTrigger()
    trigger.setInitialValue(True)
    trigger.setPersistent(True)
    at = libsbml.parseL3Formula(f"time >= {time!r}")
    if inside.getTimeUnits():
        at.getChild(1).setUnits(inside.getTimeUnits())
    trigger.setMath(at)
    for variable, formula in assigned.items():
        assignment = event.createEventAssignment()
        assignment.setVariable(variable)
        assignment.setMath(libsbml.parseL3Formula(formula))


def _refuse_followers(inside: Any, given: set[str]) -> None:
    formulas = {rule.getVariable(): rule.getMath() for rule in inside.getListOfRules() if rule.isAssignment()}
    for assignment in inside.getListOfInitialAssignments():
        seen: set[str] = set()
        ahead = _names(assignment.getMath())
        while ahead:
            seen |= ahead
            ahead = {name for one in ahead & formulas.keys() for name in _names(formulas[one])} - seen
        followed = sorted(seen & given)
        if followed:
            start = f"The initial value of `{assignment.getSymbol()}` follows `{followed[0]}`"
            raise EngineError(f"{start}, which is given at time 0. Give it a little later.")


def _names(node: Any) -> set[str]:
    found = {node.getName()} if node.isName() else set()
    return found.union(*(_names(node.getChild(i)) for i in range(node.getNumChildren())))
