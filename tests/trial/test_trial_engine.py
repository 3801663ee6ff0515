"""The compiled engine against libRoadRunner on every model that a shipped study uses: an independent oracle."""

import dataclasses
import functools

import numpy as np
import pytest

from hepasome.biology import CELLS_PRESENT, instances, model_sbml, routes_into, target_ids
from hepasome.engine import CompiledSimulator, Dose, Model, RoadRunnerSimulator, Status, Subject, Switch
from hepasome.trial import drawn_values, individual, load_study, settle_protocol, solver_settings, stream, study_ids

SUBJECTS = 100
TIMES = (0.0, 0.5, 2.0, 24.0, 83.9, 84.0, 100.0, 168.0, 240.0)
# one study per set of equations: studies that differ in species or values alone share them
_EQUATIONS = {frozenset(instances(s.structure).items()): s for s in map(load_study, reversed(study_ids()))}
STUDIES = {study.structure: study for study in _EQUATIONS.values()}


def schedules(structure):
    """Nothing; what induces the disease; and with it two doses of vesicles, one of cells and an infusion."""
    steps = settle_protocol(STUDIES[structure], None).arms[STUDIES[structure].control].induction
    injury = tuple(Dose(step.time, step.target, step.value) for step in steps if step.adds)
    switches = tuple(Switch(step.time, step.target, step.value) for step in steps if not step.adds)
    given, later = injury, switches
    for state in list(routes_into(structure, "vesicles").values())[:1]:
        given += tuple(Dose(time, target_ids(structure, state)[0], 1e10) for time in (1.3, 100.0))
    if structure.present.has("circulation"):
        later += (Switch(30.0, "venous_infusion", 1e8), Switch(36.0, "venous_infusion", 0.0))
    if structure.cells:
        state = next(iter(routes_into(structure, "cells").values()))
        given += (Dose(50.0, target_ids(structure, state)[0], 2e6),)
        later += (Switch(50.0, CELLS_PRESENT, 1.0),)
    in_order = {"key": lambda step: step.time}
    return {
        "nothing": ((), ()),
        "injured": (tuple(sorted(injury, **in_order)), tuple(sorted(switches, **in_order))),
        "treated": (tuple(sorted(given, **in_order)), tuple(sorted(later, **in_order))),
    }


def animals(structure, known):
    for number in range(SUBJECTS):
        population = drawn_values(structure.species, 1, number, "adipose_msc", structure.disease)
        weight = population["body_weight"]
        own = individual(population, structure.species, weight, stream(1, "oracle", number), structure.disease)
        yield {name: value for name, value in own.items() if name in known}


def finer(solver, by):
    """The settings with every tolerance smaller by a factor."""
    return dataclasses.replace(
        solver,
        relative_tolerance=by * solver.relative_tolerance,
        absolute_tolerance=by * solver.absolute_tolerance,
        state_tolerances={name: by * tolerance for name, tolerance in solver.state_tolerances.items()},
    )


@pytest.mark.parametrize("structure", STUDIES, ids=lambda s: STUDIES[s].id)
def test_a_hundred_animals_under_three_schedules_are_those_of_libroadrunner(structure):
    model = Model(model_sbml(structure))
    solver = solver_settings(model)
    # the oracle is asked for more digits: what is left between the two is the error of the compiled engine
    oracle = functools.cache(lambda by: RoadRunnerSimulator(model, finer(solver, by)))
    subjects = [
        Subject(f"{name} {i}", parameters, {}, doses, switches)
        for name, (doses, switches) in schedules(structure).items()
        for i, parameters in enumerate(animals(structure, set(model.parameters)))
    ]
    found = CompiledSimulator(model, solver).simulate_many(subjects, TIMES, model.states)
    absolute = np.array([solver.state_tolerances.get(name, solver.absolute_tolerance) for name in model.states])
    worst = 0.0
    for subject, trajectory in zip(subjects, found, strict=True):
        bound, found_error = 100 * solver.relative_tolerance, np.inf
        for by in (1e-2, 1e-4):  # near a threshold the errors of the oracle grow too, and it is asked again
            expected = oracle(by).simulate(subject, TIMES, model.states)
            assert trajectory.status is expected.status is Status.COMPLETED, (trajectory.reason, expected.reason)
            size = np.abs(expected.values) + 1e-3 * np.abs(expected.values).max(axis=0)
            error = np.abs(trajectory.values - expected.values) / (size + 1e4 * absolute)
            if (found_error := float(error.max())) < bound:
                break
        worst = max(worst, found_error)
    assert worst < bound
