"""The compiled engine against libRoadRunner on every model that a shipped study uses: an independent oracle."""

import dataclasses

import numpy as np
import pytest

from hepasome.biology import CCL4_DEPOT, CELL_ROUTES, CELLS_PRESENT, VESICLE_ROUTES, model_sbml
from hepasome.engine import CompiledSimulator, Dose, Model, RoadRunnerSimulator, Status, Subject, Switch
from hepasome.trial import drawn_values, individual, load_study, solver_settings, stream, study_ids

SUBJECTS = 100
TIMES = (0.0, 0.5, 2.0, 24.0, 83.9, 84.0, 100.0, 168.0, 240.0)
STRUCTURES = sorted({load_study(name).structure for name in study_ids()}, key=repr)


def schedules(structure):
    ccl4 = tuple(Dose(time, CCL4_DEPOT, 0.5) for time in (0.0, 84.0, 168.0))
    given = tuple(Dose(time, VESICLE_ROUTES["intravenous"], 1e10) for time in (1.3, 100.0))
    infusion = (Switch(30.0, "venous_infusion", 1e8), Switch(36.0, "venous_infusion", 0.0))
    if structure.cells:
        given += (Dose(50.0, next(iter(CELL_ROUTES.values())), 2e6),)
        infusion += (Switch(50.0, CELLS_PRESENT, 1.0),)
    return {
        "nothing": ((), ()),
        "toxin": (ccl4, ()),
        "treated": (tuple(sorted(ccl4 + given, key=lambda d: d.time)), infusion),
    }


def animals(structure, known):
    for number in range(SUBJECTS):
        population = drawn_values(structure.species, 1, number, "adipose_msc")
        weight = population["body_weight"]
        own = individual(population, structure.species, weight, stream(1, "oracle", number))
        yield {name: value for name, value in own.items() if name in known}


@pytest.mark.parametrize("structure", STRUCTURES, ids=lambda s: f"{s.species}-{s.zones}{'-cells' if s.cells else ''}")
def test_a_hundred_animals_under_three_schedules_are_those_of_libroadrunner(structure):
    model = Model(model_sbml(structure))
    solver = solver_settings(model)
    # the oracle is asked for more digits: what is left between the two is the error of the compiled engine
    finer = {name: 1e-2 * tolerance for name, tolerance in solver.state_tolerances.items()}
    fine = dataclasses.replace(solver, relative_tolerance=1e-8, absolute_tolerance=1e-11, state_tolerances=finer)
    oracle = RoadRunnerSimulator(model, fine)
    subjects = [
        Subject(f"{name} {i}", parameters, {}, doses, switches)
        for name, (doses, switches) in schedules(structure).items()
        for i, parameters in enumerate(animals(structure, set(model.parameters)))
    ]
    found = CompiledSimulator(model, solver).simulate_many(subjects, TIMES, model.states)
    absolute = np.array([solver.state_tolerances.get(name, solver.absolute_tolerance) for name in model.states])
    worst = 0.0
    for subject, trajectory in zip(subjects, found, strict=True):
        expected = oracle.simulate(subject, TIMES, model.states)
        assert trajectory.status is expected.status is Status.COMPLETED, (trajectory.reason, expected.reason)
        size = np.abs(expected.values) + 1e-3 * np.abs(expected.values).max(axis=0)
        error = np.abs(trajectory.values - expected.values) / (size + 1e3 * absolute)
        worst = max(worst, float(error.max()))
    assert worst < 100 * solver.relative_tolerance
