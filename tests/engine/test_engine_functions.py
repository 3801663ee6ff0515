"""The functions of SBML: their values in compiled code against Python's, and their derivatives."""

import math

import antimony
import numpy as np
import pytest

from hepasome.engine import CompiledSimulator, Model, RoadRunnerSimulator, Solver, Subject
from hepasome.engine._derivative import jacobian
from hepasome.engine._equations import equations_of
from hepasome.engine._graph import FOLD

TIMES = (0.25, 0.5, 0.75)
# as functions of x, which is time: what SBML writes, and Python's own for the same value (cmath's for none of them)
FUNCTIONS = {
    "abs(x - 0.6)": lambda x: abs(x - 0.6),
    "floor(7*x)": lambda x: math.floor(7 * x),
    "ceil(7*x)": lambda x: math.ceil(7 * x),
    "exp(x)": math.exp,
    "ln(x)": math.log,
    "log10(x)": math.log10,
    "log(three, x)": lambda x: math.log(x, 3),
    "sqrt(x)": math.sqrt,
    "root(3, x)": lambda x: x ** (1 / 3),
    "root(x, three)": lambda x: 3 ** (1 / x),
    "x^hill": lambda x: x**2.7,
    "hill^x": lambda x: 2.7**x,
    "x^x": lambda x: x**x,
    "x^-3": lambda x: x**-3,
    "x^2.5": lambda x: x**2.5,
    "x^40": lambda x: x**40,
    "(x - 1)^three": lambda x: (x - 1) ** 3,
    "min(x, 0.6, hill)": lambda x: min(x, 0.6),
    "max(x, 0.6, -hill)": lambda x: max(x, 0.6),
    "sin(x)": math.sin,
    "cos(x)": math.cos,
    "tan(x)": math.tan,
    "sec(x)": lambda x: 1 / math.cos(x),
    "csc(x)": lambda x: 1 / math.sin(x),
    "cot(x)": lambda x: 1 / math.tan(x),
    "arcsin(x)": math.asin,
    "arccos(x)": math.acos,
    "arctan(x)": math.atan,
    "arcsec(1 + x)": lambda x: math.acos(1 / (1 + x)),
    "arccsc(1 + x)": lambda x: math.asin(1 / (1 + x)),
    "arccot(x)": lambda x: math.atan(1 / x),
    "sinh(x)": math.sinh,
    "cosh(x)": math.cosh,
    "tanh(x)": math.tanh,
    "sech(x)": lambda x: 1 / math.cosh(x),
    "csch(x)": lambda x: 1 / math.sinh(x),
    "coth(x)": lambda x: 1 / math.tanh(x),
    "arcsinh(x)": math.asinh,
    "arccosh(1 + x)": lambda x: math.acosh(1 + x),
    "arctanh(x)": math.atanh,
    "arcsech(x)": lambda x: math.acosh(1 / x),
    "arccsch(x)": lambda x: math.asinh(1 / x),
    "arccoth(1 + x)": lambda x: math.atanh(1 / (1 + x)),
    "quotient(-7*x, 2)": lambda x: math.trunc(-7 * x / 2),
    "rem(-7*x, 2)": lambda x: math.fmod(-7 * x, 2),
    "factorial(5)*x": lambda x: 120 * x,
    "pi*x + exponentiale": lambda x: math.pi * x + math.e,
    "piecewise(x, x < 0.4, x^2, x < 0.6, sin(x))": lambda x: x if x < 0.4 else x * x if x < 0.6 else math.sin(x),
}
NAMES = [f"f{i}" for i in range(len(FUNCTIONS))]


def sbml(text):
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(f"model m()\n{text}\nend") >= 0, antimony.getLastError()
    return antimony.getSBMLString("m")


ALL = sbml(
    "x = 0; x' = 1; hill = 2.7; three = 3; "
    + "; ".join(f"{name} := {text}" for name, text in zip(NAMES, FUNCTIONS, strict=True))
)


@pytest.fixture(scope="module")
def values():
    return {
        make: make(Model(ALL), Solver(1e-9, 1e-12)).simulate(Subject("s"), TIMES, NAMES).values
        for make in (CompiledSimulator, RoadRunnerSimulator)
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_function_has_the_value_that_python_gives(values, name):
    column, function = NAMES.index(name), list(FUNCTIONS.values())[NAMES.index(name)]
    for make, found in values.items():
        assert found[:, column] == pytest.approx([function(t) for t in TIMES], rel=1e-11, abs=1e-13), make.__name__


@pytest.mark.parametrize("text", FUNCTIONS)
@pytest.mark.parametrize("at", [0.3, 0.55, 0.8])
def test_a_derivative_is_that_of_differences(text, at):
    equations = equations_of(sbml(f"x = 1; y = 1; y' = 0*y; x' = {text}; hill = 2.7; three = 3"))
    graph, place = equations.graph, equations.states.index("x")
    entries = jacobian(graph, [equations.rates[place]])

    def evaluate(root, x):
        values = []
        inputs = {"parameter": list(equations.parameters.values()), "state": [x] * 2}
        for op, args, number in zip(graph.ops, graph.args, graph.number, strict=True):
            if op == "constant":
                values.append(number)
            else:
                given = inputs.get(op)
                values.append(given[int(number)] if given else FOLD[op](*(values[a] for a in args)))
        return values[root]

    step = 1e-6
    up, down = (evaluate(equations.rates[place], at + sign * step) for sign in (1, -1))
    slope = evaluate(entries[0, place], at) if (0, place) in entries else 0.0
    assert slope == pytest.approx((up - down) / (2 * step), rel=1e-7, abs=1e-8)


@pytest.mark.parametrize("whole", [1, 3, 7, 49, 98, 103, 107])
def test_a_number_goes_into_itself_once(whole):
    # IEEE 754: the quotient of equal numbers is exactly 1, so that its floor is 1 and nothing remains
    model = Model(
        sbml("x = 1; x' = 0*x; x2 := floor(a/b); x3 := quotient(a, b); x4 := rem(a, b); x5 := ceil(a/b); a = 1; b = 1")
    )
    subject = Subject("s", {"a": float(whole), "b": float(whole)})
    for make in (CompiledSimulator, RoadRunnerSimulator):
        found = make(model, Solver()).simulate(subject, [0.0], ["x2", "x3", "x4", "x5"]).values[0]
        assert found.tolist() == [1, 1, 0, 1], make.__name__


def test_a_function_of_a_steep_slope_is_integrated_through_its_edge():
    # x' = sqrt(1 - x^2) from 0 is the sine; its slope is infinite where it arrives, at pi/2
    model = Model(sbml("x = 0; x' = sqrt(max(1 - x^2, 0))"))
    found = CompiledSimulator(model, Solver(1e-9, 1e-12)).simulate(Subject("s"), [0.5, 1.5], ["x"]).values[:, 0]
    assert found == pytest.approx(np.sin([0.5, 1.5]), rel=1e-7)


@pytest.mark.parametrize("exponent", [0.5, 1.0, 1.7, 3.0])
def test_a_power_of_a_state_that_starts_at_zero(exponent):
    # x = t, so that y' = x^n gives y = t^(n + 1)/(n + 1)
    model = Model(sbml("x = 0; x' = 1; y = 0; y' = x^n; n = 1"))
    found = CompiledSimulator(model, Solver(1e-9, 1e-12)).simulate(Subject("s", {"n": exponent}), [2.0], ["y"])
    assert found.values[0, 0] == pytest.approx(2 ** (exponent + 1) / (exponent + 1), rel=1e-6)
