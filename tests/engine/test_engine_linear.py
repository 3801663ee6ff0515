"""Linear systems drawn at random, with doses and switches at random times, against matrix exponentials."""

import antimony
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from hepasome.engine import CompiledSimulator, Dose, Model, Solver, Status, Subject, Switch

MOST = 5
NAMES = [f"x{i}" for i in range(MOST)]
END = 8.0


def system(size):
    """x' = M x + b with every entry a parameter: one code for all systems of a size."""
    lines = []
    for i in range(size):
        terms = " + ".join(f"m{i}{j}*x{j}" for j in range(size))
        lines.append(f"x{i} = 0; x{i}' = {terms} + b{i}; b{i} = 0")
        lines += [f"m{i}{j} = 0" for j in range(size)]
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString("model m()\n" + "\n".join(lines) + "\nend") >= 0, antimony.getLastError()
    return Model(antimony.getSBMLString("m"))


MODELS = {size: system(size) for size in range(2, MOST + 1)}

# in hundredths: SciPy's expm loses all digits of a triangular matrix whose eigenvalues differ by very little
entries = st.integers(-200, 200).map(lambda hundredths: hundredths / 100) | st.sampled_from([0.0, -1.0, 1.0])
# stiff, slow and none at all: losses over five orders of magnitude
losses = st.sampled_from([0.0, 1e-2, 0.5, 1.0, 5.0, 1e3])
# stops may lie as close as time can be told apart
when = st.floats(1e-12, END) | st.sampled_from([0.0, 1e-9, 1.0, float(np.nextafter(1, 2)), END])
size_of = st.integers(2, MOST)


@st.composite
def systems(draw):
    size = draw(size_of)
    matrix = np.array(draw(st.lists(st.lists(entries, min_size=size, max_size=size), min_size=size, max_size=size)))
    # a diagonal that outweighs its row keeps the solution bounded (Gershgorin), so that errors do not grow
    np.fill_diagonal(matrix, 0)
    matrix -= np.diag(np.abs(matrix).sum(axis=1) + draw(st.lists(losses, min_size=size, max_size=size)))
    states = st.integers(0, size - 1)
    doses = draw(st.lists(st.tuples(when, states, st.floats(-10, 10)), max_size=6))
    switches = draw(st.lists(st.tuples(when, states, st.floats(-3, 3)), max_size=6, unique_by=lambda s: s[:2]))
    return matrix, draw(st.lists(st.floats(-5, 5), min_size=size, max_size=size)), doses, switches


def by_exponentials(matrix, start, doses, switches, times):
    """The state after what happens at each time, with the inflow as one more state that is constant."""
    size = len(start)
    augmented = np.zeros((size + 1, size + 1))
    augmented[:size, :size] = matrix
    state, now, rows = np.append(start, 1.0), 0.0, {}
    for time in sorted({*times, *(d[0] for d in doses), *(s[0] for s in switches)}):
        state, now = expm(augmented * (time - now)) @ state, time
        for _, place, value in (s for s in switches if s[0] == time):
            augmented[place, size] = value
        for _, place, amount in (d for d in doses if d[0] == time):
            state[place] += amount
        rows[time] = state[:size].copy()
    return np.array([rows[time] for time in times])


@settings(max_examples=120, deadline=None)
@given(systems(), st.lists(when, max_size=5))
def test_a_linear_system_is_its_matrix_exponential(drawn, extra):
    matrix, start, doses, switches = drawn
    size = len(start)
    times = sorted({*extra, END})
    parameters = {f"m{i}{j}": matrix[i, j] for i in range(size) for j in range(size)}
    subject = Subject(
        "s",
        parameters,
        dict(zip(NAMES, start, strict=False)),
        tuple(Dose(time, NAMES[place], amount) for time, place, amount in doses),
        tuple(Switch(time, f"b{place}", value) for time, place, value in switches),
    )
    solver = Solver(relative_tolerance=1e-8, absolute_tolerance=1e-10)
    found = CompiledSimulator(MODELS[size], solver).simulate(subject, times, NAMES[:size])
    assert found.status is Status.COMPLETED, found.reason
    exact = by_exponentials(matrix, start, doses, switches, times)
    assert found.values == pytest.approx(exact, rel=1e-6, abs=1e-6)
