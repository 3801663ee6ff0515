"""The equations that will be compiled: rates, derivatives and factors against libRoadRunner and NumPy."""

import antimony
import numpy as np
import pytest
import roadrunner

from hepasome.engine import EngineError
from hepasome.engine._derivative import jacobian
from hepasome.engine._equations import equations_of
from hepasome.engine._factorise import factorise, plan_factors, solve
from hepasome.engine._graph import FOLD

MODELS = {
    "mass action": """compartment c = 2; species A in c = 3, B in c = 1; k1 = 0.3; k2 = 2
        A -> B; c*k1*A; B -> A; c*k2*B^2""",
    "functions": """x = 0.4; y = 1.7; x' = tanh(y) - exp(-x)*sqrt(y) + abs(x - y)
        y' = ln(x + 2)*sin(y) - x^2.5/(1 + y^3)""",
    "branches": """x = 0.4; y = 1.7; x' = piecewise(x*y, x < 1, y) - x
        y' = max(x, 0.1*y) - min(y, 3) + piecewise(1, x > y, 0)""",
    "rules": "x = 2; r := x*q; q := 3 + x; x' = -r*k; k = 0.5; s = 4; z = s*2; z' = r - z",
}


def sbml(text):
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(f"model m()\n{text}\nend") >= 0, antimony.getLastError()
    return antimony.getSBMLString("m")


def evaluate(graph, parameters, states):
    values = []
    for op, args, number in zip(graph.ops, graph.args, graph.number, strict=True):
        inputs = {"constant": lambda n: n, "parameter": lambda n: parameters[int(n)], "state": lambda n: states[int(n)]}
        values.append(inputs[op](number) if op in inputs else FOLD[op](*(values[a] for a in args)))
    return np.array(values)


def start_of(equations):
    parameters = list(equations.parameters.values())
    return parameters, evaluate(equations.graph, parameters, [1.0] * len(equations.states))[equations.start]


@pytest.mark.parametrize("name", MODELS)
def test_rates_and_initial_values_are_those_of_libroadrunner(name):
    equations = equations_of(sbml(MODELS[name]))
    parameters, start = start_of(equations)
    oracle = roadrunner.RoadRunner(sbml(MODELS[name]))
    rates = evaluate(equations.graph, parameters, start)[equations.rates]
    for state, value, rate in zip(equations.states, start, rates, strict=True):
        concentration = f"[{state}]" if state in equations.volume else state
        size = oracle.getValue(equations.volume[state]) if state in equations.volume else 1.0
        assert value == pytest.approx(oracle.getValue(concentration), rel=1e-14)
        assert size * rate == pytest.approx(oracle.getValue(f"{state}'"), rel=1e-13)


@pytest.mark.parametrize("name", MODELS)
def test_derivatives_are_those_of_differences(name):
    equations = equations_of(sbml(MODELS[name]))
    parameters, start = start_of(equations)
    entries = jacobian(equations.graph, equations.rates)
    values = evaluate(equations.graph, parameters, start)
    for column in range(len(start)):
        step = np.zeros(len(start))
        step[column] = 1e-6
        up, down = (evaluate(equations.graph, parameters, start + sign * step)[equations.rates] for sign in (1, -1))
        for row, slope in enumerate((up - down) / 2e-6):
            found = values[entries[row, column]] if (row, column) in entries else 0.0
            assert found == pytest.approx(slope, rel=1e-6, abs=1e-8)


def test_factors_solve_what_numpy_solves():
    rng = np.random.default_rng(1)
    graph = equations_of(sbml(MODELS["rules"])).graph
    matrix = np.where(rng.random((30, 30)) < 0.1, rng.normal(size=(30, 30)), 0.0) + 5 * np.eye(30)
    plan = plan_factors(30, zip(*np.nonzero(matrix), strict=True))
    values = {(int(i), int(j)): graph.constant(matrix[i, j]) for i, j in zip(*np.nonzero(matrix), strict=True)}
    right = rng.normal(size=30)
    factors, pivots = factorise(graph, plan, values)
    found = solve(graph, plan, factors, [graph.constant(number) for number in right])
    assert [graph.number[value] for value in found] == pytest.approx(np.linalg.solve(matrix, right), rel=1e-12)
    assert len(pivots) == 30


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("k = 1", "no states"),
        ("x = 1; x' = delay(x, 1)", "delay"),
        ("x = 1; x' = -x; at 2 after x < 0.5: x = 1", "delay"),
    ],
)
def test_what_cannot_be_simulated_is_refused_by_name(text, words):
    with pytest.raises(EngineError, match=words):
        equations_of(sbml(text))
