"""Interventions act on a named parameter of the model, never on an outcome."""

import numpy as np
import pytest

from hepasome import engine
from hepasome.biology import Structure, agents, has_target, instances, model_sbml, target_ids

STRUCTURE = Structure("mouse")


@pytest.fixture(scope="module")
def simulator():
    return engine.CompiledSimulator(engine.Model(model_sbml(STRUCTURE)), engine.Solver(1e-8, 1e-10))


def blood_volume(simulator):
    names = [name for name in simulator.description.parameters if name.endswith("_blood_volume")]
    return sum(simulator.description.parameters[name] for name in names)


def concentration_area(simulator, parameters):
    """Area under the concentration in blood after an intravenous dose, % of the dose x h per mL."""
    times = np.concatenate([np.linspace(0, 1, 61), np.linspace(1.1, 72, 400)])
    dose = engine.Dose(0.0, "body_circulation_venous_blood", 1e10)
    found = simulator.simulate(engine.Subject("s", parameters, {}, (dose,)), times.tolist(), ["vesicles_in_blood"])
    return np.trapezoid(found.values[:, 0], times) / 1e10 * 100 / blood_volume(simulator)


def test_a_mouse_without_macrophages_clears_vesicles_as_was_measured(simulator):
    # gLuc-lactadherin vesicles in macrophage-depleted mice: AUC 160 +/- 33 % of the dose x h/mL of plasma (PMC6956244
    # Table 1); blood is plasma over one minus the haematocrit, so half of that per mL of blood
    depleted = concentration_area(simulator, {"macrophage_depletion": agents()["clodronate_liposomes"].value})
    intact = concentration_area(simulator, {})
    assert 40 < depleted < 160
    assert depleted > 8 * intact


def test_an_antibody_against_the_integrin_stops_most_uptake_by_hepatocytes_only(simulator):
    dose = engine.Dose(0.0, "body_circulation_venous_blood", 1e10)
    cells = ["vesicles_per_hepatocyte", "vesicles_per_kupffer_cell"]
    blocked, free = (
        simulator.simulate(engine.Subject("s", {"integrin_block": block}, {}, (dose,)), [48.0], cells).values[0]
        for block in (1.0, 0.0)
    )
    assert blocked[0] < 0.25 * free[0]
    assert blocked[1] == pytest.approx(free[1], rel=0.05)


def test_every_agent_acts_on_something_that_its_module_has():
    for agent in agents().values():
        if STRUCTURE.present.has(agent.module) and has_target(STRUCTURE, agent.target):
            ids = set(engine.Model(model_sbml(STRUCTURE)).parameters) | set(engine.Model(model_sbml(STRUCTURE)).states)
            assert set(target_ids(STRUCTURE, agent.target)) <= ids, agent.agent
    assert "body_circulation" in instances(STRUCTURE)
