"""What subjects are given, written into the model: libRoadRunner then simulates each from parameters alone."""

import antimony
import numpy as np
import pytest
import roadrunner

from hepasome.engine import Dose, EngineError, Model, Solver, Subject, Switch, sbml_with_protocols, simulate_ensemble

TIMES = (0.0, 0.5, 1.0, 2.0, 3.5, 6.0)
TIGHT = Solver(relative_tolerance=1e-9, absolute_tolerance=1e-12)
# A is an amount, C a concentration in 2 mL, y a variable of a rule; what each starts with is written otherwise
TEXT = """
    compartment box = 2
    substanceOnly species A in box = 3
    species C in box = 0.5
    y = start
    y' = -0.2 * y + 0.1 * A
    J: A -> ; loss * A
    K: C -> ; loss * C * box
    start = 4; loss = 0.3
"""
SUBJECTS = (
    Subject("given", {"loss": 0.4}, {}, (Dose(0, "A", 5), Dose(2, "A", 1), Dose(1, "C", 3), Dose(0, "y", 2))),
    Subject("twice", {}, {}, (Dose(2, "A", 1), Dose(2, "A", 1), Dose(2, "y", -1)), (Switch(1, "loss", 0.05),)),
    Subject("left alone", {"start": 1}),
    Subject("switched", {}, {}, (), (Switch(0, "loss", 0.1), Switch(3, "loss", 0.6))),
)


def model(text=TEXT):
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(f"model m()\n{text}\nend") >= 0, antimony.getLastError()
    return Model(antimony.getSBMLString("m"))


def from_parameters_alone(sbml, values, outputs):
    runner = roadrunner.RoadRunner(sbml)
    runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = 1e-10, 1e-13
    for name, value in values.items():
        runner[name] = value
    runner.reset()
    return np.array(runner.simulate(times=[0, 1e-6, *TIMES[1:]], selections=outputs))[[0, *range(2, len(TIMES) + 1)]]


def test_a_model_with_its_protocols_simulates_every_subject_from_its_parameters():
    plain, outputs = model(), ["A", "C", "y"]
    sbml, values = sbml_with_protocols(plain, SUBJECTS)
    expected = simulate_ensemble(plain, SUBJECTS, TIMES, outputs, solver=TIGHT, workers=1)
    for subject, found, wanted in zip(SUBJECTS, values, expected, strict=True):
        assert from_parameters_alone(sbml, found, outputs) == pytest.approx(wanted.values, rel=1e-6), subject.key


def test_who_is_not_given_a_dose_gets_zero_of_it():
    _, values = sbml_with_protocols(model(), SUBJECTS)
    given, twice, alone, switched = values
    assert given["dose_A_1"] == 5
    assert given["dose_A_2"] == 1
    assert twice["dose_A_2"] == 2
    assert {value for name, value in alone.items() if name.startswith("dose_")} == {0.0}
    # a switch that is not for a subject leaves what was there
    assert (alone["switch_loss_1"], alone["switch_loss_2"]) == (0.3, 0.3)
    assert (switched["loss"], switched["switch_loss_1"], switched["switch_loss_2"]) == (0.1, 0.1, 0.6)


def test_the_model_it_was_made_from_is_as_it_was():
    plain = model()
    before = plain.sbml
    sbml_with_protocols(plain, SUBJECTS)
    assert plain.sbml == before


def test_initial_values_of_subjects_are_refused():
    with pytest.raises(EngineError, match="doses at time 0"):
        sbml_with_protocols(model(), [Subject("s", {}, {"A": 1.0})])


def test_a_dose_that_other_initial_values_would_follow_is_refused():
    # z starts with twice what A has; given from outside, a dose into A leaves z as it was
    text = TEXT + "    z = double; double := 2 * A; z' = -z"
    with pytest.raises(EngineError, match=r"`z` follows `A`.*Give it a little later"):
        sbml_with_protocols(model(text), [Subject("s", {}, {}, (Dose(0, "A", 1),))])


def test_a_parameter_that_the_model_derives_is_refused():
    derived = model(TEXT + "    half = start / 2")
    with pytest.raises(EngineError, match="derives `half`"):
        sbml_with_protocols(derived, [Subject("s", {"half": 1.0})])


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(EngineError, match="Did you mean `loss`"):
        sbml_with_protocols(model(), [Subject("s", {"los": 1.0})])
