"""The engine against closed forms, published values and its own contract."""

import math
import os
import re
import signal

import antimony
import numpy as np
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hepasome.engine import (
    CompiledSimulator,
    Dose,
    EngineError,
    Model,
    RoadRunnerSimulator,
    Simulator,
    Solver,
    Status,
    Subject,
    Switch,
    simulate_ensemble,
)

SIMULATORS: list[type[Simulator]] = [CompiledSimulator, RoadRunnerSimulator]
TIGHT = Solver(relative_tolerance=1e-9, absolute_tolerance=1e-12)


def model(text):
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(f"model m()\n{text}\nend") >= 0, antimony.getLastError()
    return Model(antimony.getSBMLString("m"))


ONE = model("A' = inflow - k*A; A = 0; k = 0.5; inflow = 0")
CHAIN = model(
    "compartment c = 1; substanceOnly species A in c, B in c, C in c; A -> B; k1*A; B -> C; k2*B; "
    "A = 0; B = 0; C = 0; k1 = 3; k2 = 0.02; total := A + B + C"
)
ROBERTSON = model("a' = -0.04*a + 1e4*b*c; b' = 0.04*a - 1e4*b*c - 3e7*b^2; c' = 3e7*b^2; a = 1; b = 0; c = 0")
BLOW_UP = model("x' = g*x^2; x = 1; g = 0")
START = model("x' = -x; x = 2*base; base = 5")
DERIVED = model("x' = inflow - k*x; x = 2*start; start = 3*base; inflow = k*base; k = 0.5; base = 2")


@pytest.fixture(params=SIMULATORS, ids=lambda s: s.__name__)
def make(request):
    return request.param


def test_repeated_boluses_are_the_sum_of_their_exponentials(make):
    doses = tuple(Dose(t, "A", 10.0 + t) for t in (0.0, 1.5, 7.25))
    times = np.linspace(0, 12, 49)
    found = make(ONE, TIGHT).simulate(Subject("s", doses=doses), times, ["A"])
    exact = sum(np.where(times >= d.time, d.amount * np.exp(-0.5 * (times - d.time)), 0.0) for d in doses)
    assert found.status is Status.COMPLETED
    assert found.values[:, 0] == pytest.approx(exact, rel=1e-7, abs=1e-9)


def test_an_infusion_by_two_switches_has_its_closed_form(make):
    subject = Subject("s", switches=(Switch(1.0, "inflow", 4.0), Switch(3.0, "inflow", 0.0)))
    found = make(ONE, TIGHT).simulate(subject, [0.0, 1.0, 3.0, 5.0], ["A"]).values[:, 0]
    at_end = 4.0 / 0.5 * (1 - math.exp(-1.0))
    assert found == pytest.approx([0, 0, at_end, at_end * math.exp(-1.0)], rel=1e-7, abs=1e-12)


def test_a_row_at_the_time_of_a_dose_shows_the_state_after_it(make):
    found = make(ONE, Solver()).simulate(
        Subject("s", doses=(Dose(0.0, "A", 2.0), Dose(4.0, "A", 3.0))), [0.0, 4.0], ["A"]
    )
    assert found.values[0, 0] == 2.0
    assert found.values[1, 0] == pytest.approx(3 + 2 * math.exp(-2), rel=1e-5)


def test_amounts_are_conserved_to_a_billionth(make):
    found = make(CHAIN, Solver()).simulate(Subject("s", doses=(Dose(0.3, "A", 1e11),)), [0.3, 1, 30, 300], ["total"])
    assert np.abs(found.values[:, 0] - 1e11).max() < 1e-9 * 1e11


def test_a_stiff_problem_has_its_published_solution(make):
    # Robertson 1966; values at t = 40 and 4000 from Hairer & Wanner, Solving ODEs II, and the CVODE user guide
    solver = Solver(relative_tolerance=1e-8, absolute_tolerance=1e-12)
    found = make(ROBERTSON, solver).simulate(Subject("s"), [0.4, 40.0, 4000.0], ["a", "b", "c"]).values
    assert found[0] == pytest.approx([9.8517e-1, 3.3864e-5, 1.4794e-2], rel=1e-4)
    assert found[1] == pytest.approx([7.1583e-1, 9.1855e-6, 2.8416e-1], rel=1e-4)
    assert found[2] == pytest.approx([1.8320e-1, 8.9424e-7, 8.1680e-1], rel=1e-4)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.01, 9.99), min_size=1, max_size=20, unique=True))
def test_the_output_grid_never_changes_the_answer(extra):
    subject = Subject("s", doses=(Dose(0.0, "A", 1e6), Dose(2.5, "A", 1e5)))
    for make in SIMULATORS:
        simulator = make(CHAIN, Solver())
        coarse = simulator.simulate(subject, [5.0, 10.0], ["A", "B", "C"]).values
        grid = sorted({5.0, 10.0, *extra})
        fine = simulator.simulate(subject, grid, ["A", "B", "C"]).values
        assert np.array_equal(coarse, fine[[grid.index(5.0), grid.index(10.0)]])


def test_nothing_is_left_of_the_subject_before(make):
    simulator = make(START, Solver())
    first, other = Subject("a"), Subject("b", {"base": 50.0}, {}, (Dose(0.5, "x", 9.0),))
    before = simulator.simulate(first, [0.0, 1.0], ["x"]).values
    simulator.simulate(other, [0.0, 1.0], ["x"])
    assert np.array_equal(simulator.simulate(first, [0.0, 1.0], ["x"]).values, before)


def test_initial_values_follow_from_the_subjects_parameters_unless_they_are_given(make):
    simulator = make(START, Solver())
    assert simulator.simulate(Subject("s"), [0.0], ["x"]).values[0, 0] == 10.0
    assert simulator.simulate(Subject("s", {"base": 7.0}), [0.0], ["x"]).values[0, 0] == 14.0
    assert simulator.simulate(Subject("s", {"base": 7.0}, {"x": 1.0}), [0.0], ["x"]).values[0, 0] == 1.0


def test_parameters_that_the_model_derives_follow_the_subjects_own_unless_they_are_given(make):
    simulator = make(DERIVED, TIGHT)

    def found(**parameters):
        return simulator.simulate(Subject("s", parameters), [0.0, 80.0], ["x", "inflow"]).values.ravel().tolist()

    assert found(base=6.0) == pytest.approx([36, 3, 6, 3])
    assert found(base=6.0, inflow=4.0) == pytest.approx([36, 4, 8, 4])
    assert found() == pytest.approx([12, 1, 2, 1])  # and nothing is left of the subject before


def test_doses_after_the_last_output_change_nothing(make):
    simulator = make(ONE, Solver())
    with_late = Subject("s", doses=(Dose(0.0, "A", 1.0), Dose(99.0, "A", 1.0)))
    without = Subject("s", doses=(Dose(0.0, "A", 1.0),))
    values = [simulator.simulate(subject, [1.0, 2.0], ["A"]).values for subject in (with_late, without)]
    assert np.array_equal(*values)


def test_a_subject_that_blows_up_is_a_result_with_a_reason_and_leaves_the_others_alone():
    subjects = [Subject(f"s{i}", {"g": 1.0 if i == 2 else 0.0}) for i in range(8)]
    found = list(simulate_ensemble(BLOW_UP, subjects, [0.5, 2.0], ["x"], workers=2))
    assert found[2].status is not Status.COMPLETED
    assert re.search("at time 0.9|at time 1|between times", found[2].reason)  # its exact course ends at time 1
    assert np.isfinite(found[2].values).all()
    for i in (0, 1, 3, 4, 5, 6, 7):
        assert found[i].status is Status.COMPLETED
        assert found[i].values.ravel() == pytest.approx([1.0, 1.0])


def test_the_same_subject_gives_the_same_bytes_wherever_it_is_computed():
    subjects = [Subject(f"s{i}", {"k": 0.1 * (i + 1)}, {}, (Dose(0.1 * i, "A", 5.0),)) for i in range(11)]
    times = [0.0, 1.0, 4.0]
    alone = [t.values.tobytes() for t in simulate_ensemble(ONE, subjects, times, ["A"], workers=1)]
    two = [t.values.tobytes() for t in simulate_ensemble(ONE, subjects, times, ["A"], workers=2)]
    turned = [t.values.tobytes() for t in simulate_ensemble(ONE, subjects[::-1], times, ["A"], workers=2)]
    assert alone == two == turned[::-1]


def test_progress_counts_every_subject():
    seen = []
    subjects = [Subject(f"s{i}") for i in range(3)]
    list(
        simulate_ensemble(
            ONE, subjects, [1.0], ["A"], workers=1, on_done=lambda done, total: seen.append((done, total))
        )
    )
    assert seen == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(
    ("subject", "outputs", "words"),
    [
        (Subject("mouse 1", {"kk": 1.0}), ["A"], "mouse 1.*kk.*Did you mean `k`"),
        (Subject("mouse 1", doses=(Dose(0, "AA", 1.0),)), ["A"], "state `AA`"),
        (Subject("mouse 1", switches=(Switch(0, "A", 1.0),)), ["A"], "parameter `A`"),
        (Subject("mouse 1"), ["liver"], "nothing called `liver`"),
    ],
)
def test_an_unknown_name_is_refused_before_anything_runs(subject, outputs, words):
    with pytest.raises(EngineError, match=words):
        next(simulate_ensemble(ONE, [subject], [1.0], outputs))


def test_output_times_must_ascend():
    with pytest.raises(EngineError, match="ascending"):
        next(simulate_ensemble(ONE, [Subject("s")], [2.0, 1.0], ["A"]))


def test_a_state_has_its_own_tolerance_and_no_other_state_has_it(make):
    mixed = model(
        "compartment c = 1; substanceOnly species S in c; S -> ; 1e-3*S; S = 1e10; x' = -3*x*sin(20*time); x = 1"
    )
    exact = math.exp(-3 * (1 - math.cos(60)) / 20)
    solver = Solver(relative_tolerance=1e-9, absolute_tolerance=1e-12, state_tolerances={"S": 1e6})
    found = make(mixed, solver).simulate(Subject("s"), [3.0], ["x"]).values[0, 0]
    assert found == pytest.approx(exact, rel=1e-6)
    loose = Solver(relative_tolerance=1e-9, absolute_tolerance=1e-12, state_tolerances={"x": 1e6})
    assert make(mixed, loose).simulate(Subject("s"), [3.0], ["x"]).values[0, 0] != pytest.approx(exact, rel=1e-3)


def test_what_is_not_sbml_is_refused():
    with pytest.raises(EngineError, match="not valid SBML"):
        Model("<html>")


def test_a_killed_worker_is_an_error_with_a_remedy_not_a_hang():

    subjects = [Subject(f"s{i}") for i in range(4000)]
    times = list(np.linspace(0, 500, 400))
    running = simulate_ensemble(ONE, subjects, times, ["A"], simulator="libroadrunner", workers=2)
    next(running)
    children = psutil.Process().children(recursive=True)
    workers = [child for child in children if "resource_tracker" not in " ".join(child.cmdline())]
    os.kill(workers[-1].pid, signal.SIGKILL)
    with pytest.raises(EngineError, match="worker process was killed"):
        list(running)
