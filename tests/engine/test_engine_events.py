"""Events of SBML: when they happen, in which order, and with which values; closed forms and libRoadRunner."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from math import exp

import antimony
import numpy as np
import pytest

from hepasome.engine import CompiledSimulator, Dose, Model, RoadRunnerSimulator, Solver, Status, Subject, Switch

TIGHT = Solver(relative_tolerance=1e-9, absolute_tolerance=1e-12)
NOBODY = Subject("s")


def model(text):
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(f"model m()\n{text}\nend") >= 0, antimony.getLastError()
    return Model(antimony.getSBMLString("m"))


@dataclass(frozen=True)
class Case:
    """A model and what it must read, in closed form; `oracle` is false where libRoadRunner is known to differ."""

    text: str
    exact: dict[str, Callable[[float], float]]
    times: tuple[float, ...] = (0.5, 1.5, 3.5)
    subject: Subject = NOBODY
    oracle: bool = True

    def simulated(self, make):
        found = make(model(self.text), TIGHT).simulate(self.subject, self.times, list(self.exact))
        assert found.status is Status.COMPLETED, found.reason
        return found.values


# two events at time 1: one adds 3, the other doubles; y starts at 1
TWICE = "y = 1; z = 0; z' = 1; P: at z >= 1, priority={}, fromTrigger=false: y = y + 3; "
TWICE += "Q: at z >= 1, priority={}, fromTrigger=false: y = 2*y"
SAWTOOTH = "x = 1; x' = -k*x; k = 0.7; n = 0; at x < low: x = 1, n = n + 1; low = 0.5"
PERIOD = math.log(2) / 0.7
START = "x = {}; x' = -x; y = 0; at x > 5, t0={}: y = 1"

CASES = {
    # x' = 1 doubles at c
    "a trigger of time": Case(
        "x = 0; x' = v; v = 1; at time >= c: v = 2; c = 1",
        {"x": lambda t: max(t, 2 * t - 1), "v": lambda t: 1 + (t >= 1)},
    ),
    "a trigger of time at a parameter of the subject": Case(
        "x = 0; x' = v; v = 1; at time > c: v = 2; c = 1",
        {"x": lambda t: max(t, 2 * t - 2.75)},
        subject=Subject("s", {"c": 2.75}),
    ),
    # the event sets its own next time: one dose a day, as a model would write it
    "a trigger that sets its own threshold": Case(
        "x = 0; x' = -x; next = 1; at time >= next: x = x + 1, next = next + 1",
        {"x": lambda t: sum(exp(i - t) for i in range(1, int(t) + 1))},
        times=(0.5, 1.0, 1.5, 5.5, 30.5),
    ),
    # exp(-kt) falls to a half every ln(2)/k, and is set to 1 there
    "a trigger of a state": Case(
        SAWTOOTH,
        {"x": lambda t: exp(-0.7 * (t % PERIOD)), "n": lambda t: t // PERIOD},
        times=(0.5, 1.0, 2.0, 9.7, 99.0),
    ),
    # intervals of a thousandth of the time, which no step may leap over; libRoadRunner's do
    "a pulse in time": Case(
        "x = 0; x' = 1; n = 0; w = 0; at time > 77.25 && time < 77.251: n = n + 1; "
        "at !(time < on || time > 80.001): w = w + x; on = 80",
        {"n": lambda t: float(t >= 77.25), "w": lambda t: 80.0 * (t >= 80)},
        times=(77.0, 78.0, 100.0),
        oracle=False,
    ),
    # true before time zero and true at it: nothing turns true; false before time zero: it turns true there
    "true at the start and taken for true before": Case(START.format(9, "true"), {"y": lambda t: 0}),
    "true at the start and taken for false before": Case(START.format(9, "false"), {"y": lambda t: 1}, times=(0, 1.0)),
    "false at the start": Case(START.format(1, "true"), {"y": lambda t: 0}),
    "time zero": Case("x = 1; x' = -x; y = 0; at time >= 0, t0=false: y = 1", {"y": lambda t: 1}, times=(0.0, 1.0)),
    # what the subject starts with is its value before time zero; libRoadRunner has no events at its API's changes
    "true at the subject's own start and taken for true before": Case(
        START.format(1, "true"), {"y": lambda t: 0}, subject=Subject("s", initial={"x": 9.0})
    ),
    "true with the subject's own parameter and taken for true before": Case(
        "base = 1; " + START.format("9*base", "true"), {"y": lambda t: 0}, subject=Subject("s", {"base": 2.0})
    ),
    "true at the subject's own start and taken for false before": Case(
        START.format(1, "false"), {"y": lambda t: 1}, subject=Subject("s", initial={"x": 9.0}), oracle=False
    ),
    # (1 + 3)*2 or 1*2 + 3
    "the higher priority first": Case(TWICE.format(2, 1), {"y": lambda t: 8 if t > 1 else 1}),
    "the higher priority first, though it stands second": Case(TWICE.format(1, 2), {"y": lambda t: 5 if t > 1 else 1}),
    # both set y from y = 1 at the trigger; the later one wins
    "values of the moment of the trigger": Case(
        TWICE.format(2, 1).replace("fromTrigger=false", "fromTrigger=true"), {"y": lambda t: 2 if t > 1 else 1}
    ),
    # P lowers z under the trigger of Q, which is cancelled, or executed all the same
    "an event that is cancelled": Case(
        "y = 1; z = 0; z' = 1; at z >= 1, priority=2: z = 0; at z >= 1, priority=1, persistent=false: y = 9",
        {"y": lambda t: 1, "z": lambda t: t % 1},
    ),
    "an event that persists": Case(
        "y = 1; z = 0; z' = 1; at z >= 1, priority=2: z = 0; at z >= 1, priority=1, persistent=true: y = 9",
        {"y": lambda t: 9 if t > 1 else 1, "z": lambda t: t % 1},
    ),
    # a and b change places
    "assignments at once": Case(
        "a = 1; b = 2; x = 0; x' = a; at time >= 1: a = b, b = a",
        {"a": lambda t: 1 + (t >= 1), "b": lambda t: 2 - (t >= 1), "x": lambda t: max(t, 2 * t - 1)},
    ),
    # the amount of S is kept where c doubles, so that its concentration halves and z' = [S] too
    "a compartment that changes": Case(
        "compartment c = 2; species S in c = 3; z = 0; z' = S; at time >= 1: c = 4",
        {"S": lambda t: 6, "z": lambda t: min(3 * t, 3 + 1.5 * (t - 1))},
    ),
    # an event before has set [S] to 10, an amount of 20, which the change of size keeps
    "a concentration that is set, then diluted": Case(
        "compartment c = 2; species S in c = 3; S -> ; 0*S; at time >= 1, priority=2: S = 10; "
        "at time >= 1, priority=1: c = 4",
        {"S": lambda t: 6 if t < 1 else 20},
    ),
    # B' = 2n, and n becomes 3
    "a stoichiometry that changes": Case(
        "compartment c = 1; substanceOnly species B in c = 0; -> n B; 2; n = 1; at time >= 1: n = 3",
        {"B": lambda t: max(2 * t, 6 * t - 4)},
    ),
    # a trips b, b trips d, all at time 1
    "a chain": Case(
        "x = 0; x' = 1; a = 0; b = 0; d = 0; at x > 1: a = 1; at a > 0: b = 2; at b > 1: d = 5, a = 0",
        {"a": lambda t: 0, "b": lambda t: 2 * (t > 1), "d": lambda t: 5 * (t > 1)},
    ),
    # a dose of 4 at time 1 doubles at once by the event of the same time; libRoadRunner has the event first
    "an event at the time of a dose": Case(
        "x = 1; x' = -x; at time >= 1: x = 2*x",
        {"x": lambda t: exp(-t) if t < 1 else 2 * (exp(-1) + 4) * exp(1 - t)},
        times=(0.5, 1.0, 2.0),
        subject=Subject("s", doses=(Dose(1.0, "x", 4.0),)),
        oracle=False,
    ),
    # the dose carries x over the threshold; libRoadRunner does not look at triggers when its API changes a value
    "a dose that trips an event": Case(
        "x = 1; x' = -x; y = 0; at x > 3: y = y + 1",
        {"y": lambda t: (t >= 1) + (t >= 6)},
        times=(0.5, 1.0, 2.0, 6.0),
        subject=Subject("s", doses=(Dose(1.0, "x", 4.0), Dose(6.0, "x", 4.0))),
        oracle=False,
    ),
    "a switch that trips an event": Case(
        "x = 1; x' = -x; p = 0; at p > 3: x = 1",
        {"x": lambda t: exp(-t) if t < 1 else exp(1 - t)},
        times=(0.5, 1.0, 2.0),
        subject=Subject("s", switches=(Switch(1.0, "p", 4.0),)),
        oracle=False,
    ),
    # true from 1 to 1.2 and from 3 on; libRoadRunner steps over the first
    "a trigger of states and time": Case(
        "x = 0; x' = 1; n = 0; at x > 1 && time < 1.2 || x > 3: n = n + 1",
        {"n": lambda t: float(t > 1) + (t > 3)},
        oracle=False,
    ),
    # x = sin(3t) rises through 1/2 at (pi/6 + 2 pi i)/3
    "a trigger of an oscillation": Case(
        "x = 0; y = 1; x' = 3*y; y' = -3*x; n = 0; at x > 0.5: n = n + 1",
        {
            "n": lambda t: sum((math.pi / 6 + 2 * math.pi * i) / 3 < t for i in range(50)),
            "x": lambda t: math.sin(3 * t),
        },
        times=(0.1, 0.2, 2.0, 20.0, 80.0),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_an_event_has_its_closed_form(name):
    case = CASES[name]
    exact = np.array([[value(t) for value in case.exact.values()] for t in case.times], float)
    assert case.simulated(CompiledSimulator) == pytest.approx(exact, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.oracle])
def test_an_event_is_that_of_libroadrunner(name):
    case = CASES[name]
    assert case.simulated(CompiledSimulator) == pytest.approx(case.simulated(RoadRunnerSimulator), rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("rebound", [0.5, 0.8, 0.9])
def test_a_bouncing_ball_hits_the_ground_when_it_should(rebound):
    # From height h the first impact is at sqrt(2h/g), and the flight after impact i takes 2 r^i sqrt(2h/g). They add up
    # to sqrt(2h/g) (1 + r)/(1 - r), where the ball has come to rest: Hairer & Wanner, or any text on hybrid systems.
    ball = model(
        "y = 10; v = 0; y' = v; v' = -9.81; r = 0.8; n = 0; last = 0; at y < 0: v = -r*v, n = n + 1, last = time"
    )
    first = math.sqrt(20 / 9.81)
    impacts = [first * (1 + 2 * sum(rebound**j for j in range(1, i + 1))) for i in range(12)]
    times = [impact + 1e-5 for impact in impacts]
    found = CompiledSimulator(ball, TIGHT).simulate(Subject("s", {"r": rebound}), times, ["n", "last"]).values
    assert found[:, 0].tolist() == list(range(1, 13))
    assert found[:, 1] == pytest.approx(impacts, rel=1e-8)


def test_events_are_found_in_every_lane_on_its_own():
    subjects = [Subject(f"s{i}", {"k": 0.1 * (i + 1), "low": 0.5 + 0.01 * i}) for i in range(23)]
    found = CompiledSimulator(model(SAWTOOTH), TIGHT).simulate_many(subjects, [30.0], ["x", "n"])
    for subject, trajectory in zip(subjects, found, strict=True):
        k, period = subject.parameters["k"], math.log(1 / subject.parameters["low"]) / subject.parameters["k"]
        assert trajectory.values[0] == pytest.approx([exp(-k * (30 % period)), 30 // period], rel=1e-6)


def test_the_first_of_two_events_in_one_step_comes_first():
    # x = t needs few steps, so that both lie in one; the first sets v to 2, after which x = 2t - 5
    two = model("x = 0; x' = v; v = 1; a = 0; b = 0; at x > 5.01, t0=false: b = time; at x > 5: a = time, v = 2")
    found = CompiledSimulator(two, TIGHT).simulate(Subject("s"), [1000.0], ["a", "b", "x"]).values[0]
    assert found == pytest.approx([5, 5.005, 1995], rel=1e-9)
