"""What SBML can say about quantities, rates and rules: every construct against its closed form and libRoadRunner."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from math import exp, log

import antimony
import libsbml
import numpy as np
import pytest

from hepasome.engine import CompiledSimulator, Dose, Model, RoadRunnerSimulator, Solver, Status, Subject, Switch

TIGHT = Solver(relative_tolerance=1e-9, absolute_tolerance=1e-12)
NOBODY = Subject("s")


def sbml(text, functions=""):
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(f"{functions}\nmodel m()\n{text}\nend") >= 0, antimony.getLastError()
    return antimony.getSBMLString("m")


def changed(text, change):
    """SBML of an Antimony model after a change that Antimony cannot express."""
    document = libsbml.readSBMLFromString(sbml(text))
    change(document.getModel())
    return libsbml.writeSBMLToString(document)


def local_parameters(model):
    for reaction, value in (("J1", 2.0), ("J2", 0.5)):
        parameter = model.getReaction(reaction).getKineticLaw().createLocalParameter()
        parameter.setId("k")
        parameter.setValue(value)


def conversion_factors(model):
    model.setConversionFactor("everywhere")
    model.getSpecies("B").setConversionFactor("own")


def call_it_time(model):
    """Give the parameter `clock` the id `time`, which SBML allows: time itself is a symbol without an id."""
    for element in (model.getParameter("clock"), *model.getListOfRules()):
        element.renameSIdRefs("clock", "time")
    model.getParameter("clock").setId("time")


L2 = """<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level2/version4" level="2" version="4"><model id="m">
<listOfCompartments><compartment id="c" size="2"/></listOfCompartments>
<listOfSpecies><species id="A" compartment="c" initialConcentration="3"/>
<species id="B" compartment="c" initialAmount="0" hasOnlySubstanceUnits="true"/></listOfSpecies>
<listOfParameters><parameter id="n" value="3"/></listOfParameters>
<listOfReactions><reaction id="J" reversible="false">
<listOfReactants><speciesReference species="A"/></listOfReactants>
<listOfProducts><speciesReference species="B"><stoichiometryMath><math xmlns="http://www.w3.org/1998/Math/MathML">
<apply><times/><ci>n</ci><cn>2</cn></apply></math></stoichiometryMath></speciesReference></listOfProducts>
<kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML"><apply><times/><ci>c</ci><ci>k</ci><ci>A</ci></apply></math>
<listOfParameters><parameter id="k" value="0.5"/></listOfParameters></kineticLaw></reaction></listOfReactions>
</model></sbml>"""

VOLUME = "compartment c = 2; species A in c = 3; substanceOnly species B in c = 3; B -> ; k*B; A -> ; c*k*A^2; k = 0.5"
GROWING = "compartment c = 1; c' = 1; species S in c = 3, A in c = 2; A -> ; k*A*c; k = 0.5; z = 0; z' = S"
INITIAL = "compartment c = 2; species S in c; S = p; p = 2*q; q = 3*r; r = 1; x = p + r; x' = -x; S -> ; c*S"
PULSE = "x = 0; x' = piecewise(1000, time >= on && time < off, 0); on = 2; off = 2.001"


@dataclass(frozen=True)
class Case:
    """A model and what it must read, in closed form; `oracle` is false where libRoadRunner is known to differ."""

    sbml: str
    exact: dict[str, Callable[[float], float]]
    times: tuple[float, ...] = (0.5, 1.25, 3.0)
    subject: Subject = NOBODY
    oracle: bool = True

    def simulated(self, make):
        found = make(Model(self.sbml), TIGHT).simulate(self.subject, self.times, list(self.exact))
        assert found.status is Status.COMPLETED, found.reason
        return found.values


CASES = {
    # x'' = -4x
    "rate rules": Case(
        sbml("x = 1; y = 0; x' = y; y' = -4*x"),
        {"x": lambda t: math.cos(2 * t), "y": lambda t: -2 * math.sin(2 * t)},
    ),
    # c = exp(-2t), b = 2c, a = b + 1, z the integral of a; the rules stand in the wrong order on purpose
    "assignment rules that depend on each other": Case(
        sbml("x = 1; x' = -x; z = 0; z' = a; a := b + 1; b := 2*c; c := x^2"),
        {"a": lambda t: 2 * exp(-2 * t) + 1, "z": lambda t: t + 1 - exp(-2 * t)},
    ),
    # r = 1, q = 3, p = 6: S starts at a concentration of 6 in a volume of 2
    "initial assignments": Case(
        sbml(INITIAL),
        {"x": lambda t: 7 * exp(-t), "S": lambda t: 12 * exp(-t), "p": lambda t: 6, "q": lambda t: 3},
    ),
    # r = 5, q = 15, p = 30; libRoadRunner starts x from them but goes on to read and use p = 6 and q = 3
    "initial assignments that follow the subject": Case(
        sbml(INITIAL),
        {"x": lambda t: 35 * exp(-t), "S": lambda t: 60 * exp(-t), "p": lambda t: 30, "q": lambda t: 15},
        subject=Subject("s", {"r": 5.0}),
        oracle=False,
    ),
    # q = 10 instead of 3r, so p = 20; libRoadRunner assigns 3r to what depends on q
    "a parameter with an initial assignment that the subject sets": Case(
        sbml("p = 2*q; q = 3*r; r = 1; x = p + r; x' = -0.1*q*x"),
        {"x": lambda t: 21 * exp(-t), "p": lambda t: 20, "q": lambda t: 10},
        subject=Subject("s", {"q": 10.0}),
        oracle=False,
    ),
    # outer(x, two) = inner(2x, 2) + inner(x, 2) = 1.5x; the names of arguments are those of the other function
    "functions of functions": Case(
        sbml(
            "x = 1; x' = -outer(x, two); two = 2",
            "function inner(a, b)\n a/b\nend\nfunction outer(b, a)\n inner(a*b, 2) + inner(b, a)\nend",
        ),
        {"x": lambda t: exp(-1.5 * t)},
    ),
    # each reaction has its own k, and none is the global one
    "local parameters": Case(
        changed(
            "compartment c; species A in c = 1, B in c = 1; J1: A -> ; k*A; J2: B -> ; k*B; x = 1; x' = -k*x; k = 9",
            local_parameters,
        ),
        {"A": lambda t: exp(-2 * t), "B": lambda t: exp(-t / 2), "x": lambda t: exp(-9 * t)},
    ),
    # A' = -2kA, B' = 3kA
    "stoichiometries": Case(
        sbml("compartment c = 1; species A in c = 4, B in c = 0; 2 A -> 3 B; k*A; k = 0.3"),
        {"A": lambda t: 4 * exp(-0.6 * t), "B": lambda t: 6 * (1 - exp(-0.6 * t))},
    ),
    # B' = (1 + t)*2 by a rule and by a rate; C' = 3q*2 by an initial assignment
    "stoichiometries that follow from rules": Case(
        sbml(
            "compartment c = 1; substanceOnly species B in c = 0, D in c = 0, C in c = 0; -> n B; 2; n := 1 + time; "
            "-> r D; 2; r = 1; r' = 1; -> i C; 2; i = 3*q; q = 2"
        ),
        {"B": lambda t: 2 * t + t * t, "D": lambda t: 2 * t + t * t, "C": lambda t: 12 * t},
    ),
    # [A]' = -[A]^2/2 from 3, B' = -B/2 from 3; an output is the amount, [A] times 2
    "concentrations and amounts": Case(
        sbml(VOLUME), {"A": lambda t: 2 / (1 / 3 + t / 2), "B": lambda t: 3 * exp(-t / 2)}
    ),
    # an amount of 4 raises [A] by 2; the subject's initial amount of 10 is a concentration of 5
    "doses and initial values are amounts": Case(
        sbml(VOLUME),
        {
            "A": lambda t: 2 / (1 / 5 + t / 2) if t < 1 else 2 / (1 / (2 + 1 / (1 / 5 + 0.5)) + (t - 1) / 2),
            "B": lambda t: 10 * exp(-t / 2) + (4 * exp((1 - t) / 2) if t >= 1 else 0),
        },
        times=(0.0, 0.5, 1.0, 3.0),
        subject=Subject("s", {}, {"A": 10.0, "B": 10.0}, (Dose(1.0, "A", 4.0), Dose(1.0, "B", 4.0))),
    ),
    # X is held at a concentration of 3; [Y] = 3exp(-t) by a rate rule; c*[X] and c*[Y] flow into A
    "boundary species": Case(
        sbml("compartment c = 2; species $X in c = 3, $Y in c = 3, A in c = 0; Y' = -Y; X -> A; c*X; Y -> A; c*Y"),
        {"X": lambda t: 6, "Y": lambda t: 6 * exp(-t), "A": lambda t: 6 * t + 6 * (1 - exp(-t))},
    ),
    # A' = -5*2, B' = 3*2
    "conversion factors": Case(
        changed(
            "compartment c = 1; substanceOnly species A in c = 50, B in c = 0; A -> B; 2; everywhere = 5; own = 3",
            conversion_factors,
        ),
        {"A": lambda t: 50 - 10 * t, "B": lambda t: 6 * t},
    ),
    # c = 1 + t: the amount of S stays 3, its concentration is 3/(1 + t) and z its integral; A decays as an amount
    "a compartment that grows by a rate rule": Case(
        sbml(GROWING),
        {
            "c": lambda t: 1 + t,
            "S": lambda t: 3,
            "z": lambda t: 3 * log(1 + t),
            "A": lambda t: 2 * exp(-t / 2) + (4 * exp((1 - t) / 2) if t >= 1 else 0),
        },
        subject=Subject("s", doses=(Dose(1.0, "A", 4.0),)),
    ),
    # the same dilution; c is known without integration
    "a compartment that grows by an assignment rule": Case(
        sbml("compartment c; c := 1 + time; species S in c = 3, A in c = 2; A -> ; A*c; z = 0; z' = S"),
        {"S": lambda t: 3, "z": lambda t: 3 * log(1 + t), "A": lambda t: 2 * exp(-t)},
    ),
    # slopes 1, 2 and 3, and 0 in a gap
    "pieces of time": Case(
        sbml("x = 0; x' = piecewise(1, time < a, piecewise(2, time <= b, 0, time < 2.5, 3)); a = 1; b = 2"),
        {"x": lambda t: min(t, 1) + 2 * min(max(t - 1, 0), 1) + 3 * max(t - 2.5, 0)},
        times=(0.5, 1.0, 1.7, 2.2, 2.5, 4.0),
    ),
    # 1000 for a thousandth of the time; no step may leap over it
    "a short pulse": Case(
        sbml(PULSE),
        {"x": lambda t: min(max(1000 * (t - 77.25), 0), 500)},
        times=(77.0, 77.25, 77.5, 77.75, 100.0),
        subject=Subject("s", {"on": 77.25, "off": 77.75}),
    ),
    # the threshold is moved by a switch while the pulse waits, and by another while it lasts
    "a pulse whose end is moved": Case(
        sbml(PULSE),
        {"x": lambda t: min(max(1000 * (t - 3), 0), 2000)},
        times=(2.5, 3.0, 4.0, 9.0),
        subject=Subject("s", switches=(Switch(1.0, "on", 3.0), Switch(1.0, "off", 50.0), Switch(3.5, "off", 5.0))),
    ),
    # falls by 1 per time down to 1, then decays; a branch of parameters alone; no branch is 1 and another 0
    "pieces of states and of parameters": Case(
        sbml("x = 3; x' = piecewise(-1, x > 1, -x); y = 1; y' = piecewise(-y, k > 1, piecewise(y, k > 0, 5)); k = 2"),
        {"x": lambda t: 3 - t if t < 2 else exp(2 - t), "y": lambda t: exp(-t)},
    ),
    # truth tables where x = t passes 1 and 2
    "logic": Case(
        sbml(
            "x = 0; x' = 1; a := piecewise(1, x > 1 && x < 2, 0); o := piecewise(1, x < 1 || x >= 2, 0); "
            "n := piecewise(1, !(x > 1), 0); e := piecewise(1, xor(x > 1, x > 2), 0); "
            "i := piecewise(1, implies(x > 1, x > 2), 0); q := piecewise(1, two == 2 && two != 3, 0); two = 2"
        ),
        {
            "a": lambda t: float(1 < t < 2),
            "o": lambda t: float(t < 1 or t >= 2),
            "n": lambda t: float(not t > 1),
            "e": lambda t: float((t > 1) != (t > 2)),
            "i": lambda t: float(not t > 1 or t > 2),
            "q": lambda t: 1,
        },
        times=(0.5, 1.5, 2.5),
    ),
    # Avogadro's number as SBML L3V2 section 3.4.6 has it
    "time and Avogadro's number": Case(
        sbml("x = 0; x' = time; y = 0; y' = avogadro/1e23"), {"x": lambda t: t * t / 2, "y": lambda t: 6.02214179 * t}
    ),
    # SBML has no id for time, so that a parameter may have it; libRoadRunner reads time where `time` is asked for
    "a parameter whose id is time": Case(
        changed("clock = 5; x = 0; x' = time + clock", call_it_time),
        {"time": lambda t: 5, "x": lambda t: t * t / 2 + 5 * t},
        oracle=False,
    ),
    "a state whose id is time": Case(
        changed("clock = 5; clock' = -clock; x = 0; x' = time + clock", call_it_time),
        {"time": lambda t: 5 * exp(-t), "x": lambda t: t * t / 2 + 5 * (1 - exp(-t))},
        oracle=False,
    ),
    # the rate of x = exp(-2t), and its integral x - 1; the rate of a constant is 0
    "rateOf": Case(
        sbml("x = 1; x' = -2*x; y = 0; y' = rateOf(x); r := rateOf(x) + rateOf(k); k = 7"),
        {"r": lambda t: -2 * exp(-2 * t), "y": lambda t: exp(-2 * t) - 1},
    ),
    # E only catalyses: S' = -ES, and E is 3 after a dose of 2
    "a dose of a species that takes part in no reaction": Case(
        sbml("compartment c = 1; species E in c = 1, S in c = 1; S -> ; E*S"),
        {"E": lambda t: 1 if t < 1 else 3, "S": lambda t: exp(-t) if t < 1 else exp(-1 - 3 * (t - 1))},
        times=(0.5, 1.0, 2.0),
        subject=Subject("s", doses=(Dose(1.0, "E", 2.0),)),
    ),
    # [A]' = -A/2 from 3 in a volume of 2; B gains 6 for each A of which an amount of 6 is there
    "level 2": Case(L2, {"A": lambda t: 6 * exp(-t / 2), "B": lambda t: 36 * (1 - exp(-t / 2))}),
}


@pytest.mark.parametrize("name", CASES)
def test_a_construct_has_its_closed_form(name):
    case = CASES[name]
    exact = np.array([[value(t) for value in case.exact.values()] for t in case.times])
    assert case.simulated(CompiledSimulator) == pytest.approx(exact, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.oracle])
def test_a_construct_is_simulated_as_libroadrunner_does(name):
    case = CASES[name]
    assert case.simulated(CompiledSimulator) == pytest.approx(case.simulated(RoadRunnerSimulator), rel=1e-6, abs=1e-7)


def test_at_the_end_of_a_closed_interval_its_own_piece_is_read():
    # 1 as long as time <= 1; at time 1 itself nothing has changed yet
    model = Model(sbml("x = 0; x' = 1; a := piecewise(1, time <= one, 2); b := piecewise(1, time < one, 2); one = 1"))
    for make in (CompiledSimulator, RoadRunnerSimulator):
        found = make(model, TIGHT).simulate(Subject("s"), [0.5, 1.0, 1.5], ["a", "b"]).values
        assert found.tolist() == [[1, 1], [1, 2], [2, 2]]
