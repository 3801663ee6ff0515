"""One subject, one course: whatever its lane, neighbours, threads, grid and processor; and the order of the methods."""

import math
from dataclasses import replace

import antimony
import numpy as np
import pytest

from hepasome.engine import (
    PROCESSORS,
    CompiledSimulator,
    Dose,
    Model,
    Solver,
    Status,
    Subject,
    Switch,
    runnable_processors,
    simulate_ensemble,
)
from hepasome.engine._compile import compile_model
from hepasome.engine._equations import equations_of
from hepasome.engine._graph import FOLD
from hepasome.engine._kernels import Kernels


def sbml(text):
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(f"model m()\n{text}\nend") >= 0, antimony.getLastError()
    return antimony.getSBMLString("m")


# every kind of code: powers, exponentials, the C library's sine, initial assignments, events, time conditions, a volume
MANY = Model(
    sbml("""compartment c = 2; species A in c = 3, B in c = 0; A -> B; c*k*A^hill/(1 + A); B -> ; c*0.3*B
    x = 2*q; q = 1 + k; x' = inflow - k*x^hill/(1 + x) + grow*x^2 + 0.1*sin(3*time) + piecewise(2, time < stop, 0)
    y = 0.5; y' = k*tanh(x) - exp(-y)*y - 0.2*ln(1 + y); total := A + B
    at x < 1.2 && grow <= 0: x = x + 0.8; at y > 1.1, t0=false: y = 0.6, inflow = 0.1
    k = 0.7; hill = 1.6; inflow = 0; grow = 0; stop = 2""")
)
OUTPUTS, TIMES = ["A", "B", "x", "y", "total", "q"], [0.0, 0.7, 1.0, 2.0, 4.5, 6.0]
SOLVER = Solver(relative_tolerance=1e-5, absolute_tolerance=1e-8)


def subject(i):
    parameters = {"k": 0.2 + 0.05 * i, "hill": 1.0 + 0.03 * i, "stop": 0.1 * i}
    doses = tuple(Dose(0.37 * j, "A" if j % 2 else "x", 1.0 + i) for j in range(1, 1 + i % 5))
    switches = (Switch(1.0, "inflow", 0.5), Switch(2.0 + 0.1 * i, "inflow", 0.0))[: i % 3]
    return Subject(f"s{i}", parameters, {"y": 0.1 * i} if i % 4 == 0 else {}, doses, switches)


SUBJECTS = [subject(i) for i in range(40)]
FAILING = [Subject(f"f{i}", {"grow": 0.5 + i, "k": 0.01}) for i in range(15)]


def by_key(trajectories):
    return {trajectory.key: trajectory.values.tobytes() for trajectory in trajectories}


@pytest.fixture(scope="module")
def simulator():
    return CompiledSimulator(MANY, SOLVER)


@pytest.fixture(scope="module")
def alone(simulator):
    found = [simulator.simulate(one, TIMES, OUTPUTS) for one in SUBJECTS]
    assert all(trajectory.status is Status.COMPLETED for trajectory in found)
    assert len(set(by_key(found).values())) == len(SUBJECTS)
    return by_key(found)


def test_together_or_in_another_order_gives_the_same_bytes(simulator, alone):
    assert by_key(simulator.simulate_many(SUBJECTS, TIMES, OUTPUTS)) == alone
    assert by_key(simulator.simulate_many(SUBJECTS[::-1], TIMES, OUTPUTS)) == alone


@pytest.mark.parametrize("seed", range(5))
def test_neighbours_that_fail_change_no_byte(simulator, alone, seed):
    crowd = SUBJECTS + FAILING
    order = np.random.default_rng(seed).permutation(len(crowd))
    found = simulator.simulate_many([crowd[i] for i in order], TIMES, OUTPUTS)
    failed = {trajectory.key for trajectory in found if trajectory.status is not Status.COMPLETED}
    assert failed == {one.key for one in FAILING}
    kept = {key: values for key, values in by_key(found).items() if key not in failed}
    assert kept == alone


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_the_number_of_workers_changes_no_byte(alone, workers):
    found = simulate_ensemble(MANY, SUBJECTS, TIMES, OUTPUTS, solver=SOLVER, workers=workers)
    assert by_key(found) == alone


def test_a_finer_grid_changes_no_byte_of_what_it_shares(simulator, alone):
    fine = sorted({*TIMES, *np.linspace(0, TIMES[-1], 101).tolist()})
    shared = [fine.index(time) for time in TIMES]
    for trajectory in simulator.simulate_many(SUBJECTS, fine, OUTPUTS):
        assert trajectory.values[shared].tobytes() == alone[trajectory.key]


@pytest.mark.parametrize("width", [2, 4, 8])
@pytest.mark.parametrize("processor", runnable_processors(), ids=lambda processor: processor.name)
def test_processor_and_number_of_lanes_change_no_byte(alone, processor, width):
    other = CompiledSimulator(MANY, SOLVER, replace(processor, width=width))
    assert by_key(other.simulate_many(SUBJECTS, TIMES, OUTPUTS)) == alone


def test_a_value_that_the_model_could_not_compute_stays_so_whoever_comes_next():
    # q = 0/0 at time zero, where alone it follows a and b; it is used from time 5 on, when both have long been given
    model = Model(sbml("a = 0; b = 0; q = a/b; on = 0; x = 1; x' = piecewise(-q*x, on > 0, 0)"))
    late = Subject("late", switches=(Switch(1.0, "a", 2.0), Switch(1.0, "b", 1.0), Switch(5.0, "on", 1.0)))
    simulator = CompiledSimulator(model, SOLVER)
    single = simulator.simulate(late, [6.0], ["x"])
    crowded = simulator.simulate_many([late, *(Subject(f"n{i}") for i in range(20))], [6.0], ["x"])[0]
    assert (crowded.status, crowded.values.tobytes()) == (single.status, single.values.tobytes())


@pytest.mark.parametrize("method", ["rodas4", "rodas5p"])
def test_both_methods_agree_where_the_tolerance_is_tight(method):
    tight = Solver(relative_tolerance=1e-10, absolute_tolerance=1e-12, method=method)
    other = replace(tight, method="rodas4" if method == "rodas5p" else "rodas5p")
    found, expected = (
        [t.values for t in CompiledSimulator(MANY, solver).simulate_many(SUBJECTS[:8], TIMES, OUTPUTS)]
        for solver in (replace(tight, relative_tolerance=1e-9), other)
    )
    assert np.array(found) == pytest.approx(np.array(expected), rel=1e-7)
    assert not np.array_equal(found, expected)  # two methods indeed


# x = exp(sin t), y = 1/(2 + cos t)
SMOOTH = Model(sbml("x = 1; x' = x*cos(time); y = 1/3; y' = y^2*sin(time)"))


def exact(times):
    times = np.asarray(times)
    return np.column_stack([np.exp(np.sin(times)), 1 / (2 + np.cos(times))])


def errors(method, grid, tolerances=(1e-8, 1e-9, 1e-10, 1e-11)):
    """Steps and largest error at each tolerance."""
    found = []
    for tolerance in tolerances:
        solver = Solver(tolerance, tolerance, method=method)
        trajectory = CompiledSimulator(SMOOTH, solver).simulate(Subject("s"), grid, ["x", "y"])
        found.append((trajectory.steps, np.abs(trajectory.values - exact(grid)).max()))
    return np.array(found)


@pytest.mark.parametrize(("method", "order"), [("rodas4", 4), ("rodas5p", 5)])
def test_the_error_falls_with_the_order_of_the_method(method, order):
    # orders as published: Hairer & Wanner 1996 (RODAS), Steinebach 2023 (Rodas5P); error ~ steps^-order
    steps, error = np.log(errors(method, [20.0])).T
    slope = -np.polyfit(steps, error, 1)[0]
    assert slope == pytest.approx(order, abs=0.4)


@pytest.mark.parametrize(("method", "order"), [("rodas4", 3), ("rodas5p", 4)])
def test_the_error_between_steps_falls_with_the_order_of_the_dense_output(method, order):
    steps, error = np.log(errors(method, np.linspace(0, 20, 2001))).T
    assert -np.polyfit(steps, error, 1)[0] >= order - 0.2


@pytest.mark.parametrize("method", ["rodas4", "rodas5p"])
def test_the_error_stays_near_the_tolerance(method):
    # three periods, in each of which x grows and falls by a factor of e^2, so that errors of single steps add up
    tolerances = (1e-4, 1e-6, 1e-8, 1e-10)
    for tolerance, (_, error) in zip(tolerances, errors(method, np.linspace(0, 20, 201), tolerances), strict=True):
        assert tolerance / 100 < error < 50 * tolerance


@pytest.mark.parametrize("processor", PROCESSORS, ids=lambda processor: processor.name)
def test_a_model_is_compiled_for_every_processor_from_this_one(processor):
    description, code = compile_model(MANY.sbml, "rodas5p", processor)
    # ELF-64: magic number; type 1, relocatable; machine 62, x86-64, or 183, aarch64 (System V ABI supplements)
    assert code[:5] == b"\x7fELF\x02"
    assert int.from_bytes(code[16:18], "little") == 1
    assert int.from_bytes(code[18:20], "little") == {"avx512": 62, "avx2": 62, "neon": 183}[processor.name]
    assert description.width == processor.width


# the matrix of a step is [[s, -a], [-a, s]] with s = 1/(step x gamma); its second pivot is s - a^2/s
@pytest.mark.parametrize(("shift", "lost"), [(3.0, True), (3.0 * (1 + 1e-10), True), (3.1, False), (1e9, False)])
def test_a_pivot_that_cancels_is_flagged(shift, lost):
    equations = equations_of(sbml("x = 1; y = 1; x' = a*y; y' = a*x; a = 3"))
    kernels = Kernels(equations, 2)
    graph = equations.graph
    values = []
    for op, args, number in zip(graph.ops, graph.args, graph.number, strict=True):
        inputs = {"constant": [number] * 9, "parameter": [3.0], "state": [1.0, 1.0, shift]}.get(op)
        place = 0 if op == "constant" else int(number)
        if op == "div" and values[args[1]] == 0:
            values.append(math.inf)  # the inverse of the pivot itself
        else:
            values.append(inputs[place] if inputs else float(FOLD[op](*(values[a] for a in args))))
    assert any(values[flag] for flag in kernels._lost.values()) is lost


def test_a_step_whose_matrix_is_singular_is_repeated():
    # x = cosh(at): with growth the matrix is singular at step = 1/(gamma a), so that many a and ends come near it
    model = Model(sbml("x = 1; y = 0; x' = a*y; y' = a*x; a = 1"))
    crowd = [Subject(f"s{i}", {"a": 0.05 * (i + 1)}) for i in range(200)]
    loose = CompiledSimulator(model, Solver(relative_tolerance=1e-2, absolute_tolerance=1e-2))
    for one, found in zip(crowd, loose.simulate_many(crowd, [3.0], ["x"]), strict=True):
        assert found.status is Status.COMPLETED
        assert found.values[0, 0] == pytest.approx(math.cosh(3 * one.parameters["a"]), rel=0.3)
