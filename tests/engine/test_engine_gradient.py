"""Gradients against derivatives of closed forms, and against differences at tight tolerances."""

import antimony
import numpy as np
import pytest

from hepasome.biology import Structure, model_sbml
from hepasome.engine import CompiledSimulator, Dose, EngineError, Model, Solver, Subject, gradient

TIMES = np.array([0.5, 1.0, 3.0, 8.0])


def model(text):
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(f"model m()\n{text}\nend") >= 0, antimony.getLastError()
    return Model(antimony.getSBMLString("m"))


def test_derivatives_of_an_exponential_are_those_of_its_closed_form():
    # x = dose exp(-k t) + (b/k)(1 - exp(-k t))
    k, b, dose = 0.7, 2.0, 5.0
    found = gradient(
        model("x' = b - k*x; x = 0; k = 1; b = 2"),
        Subject("s", {"k": k}, {}, (Dose(0.0, "x", dose),)),
        TIMES,
        ["x"],
        ["k", "b"],
        solver=Solver(relative_tolerance=1e-9, absolute_tolerance=1e-12),
    )
    decay = np.exp(-k * TIMES)
    by_k = -TIMES * dose * decay - b / k**2 * (1 - decay) + b / k * TIMES * decay
    assert found.derivatives[:, 0, 0] == pytest.approx(by_k, rel=1e-7)
    assert found.derivatives[:, 0, 1] == pytest.approx((1 - decay) / k, rel=1e-7)
    assert found.values[:, 0] == pytest.approx(dose * decay + b / k * (1 - decay), rel=1e-8)


def test_a_parameter_of_zero_has_its_derivative():
    found = gradient(model("x' = b - x; x = 0; b = 0"), Subject("s"), TIMES, ["x"], ["b"])
    assert found.derivatives[:, 0, 0] == pytest.approx(1 - np.exp(-TIMES), rel=1e-5)


def test_pairs_that_share_their_steps_are_far_more_exact_than_their_tolerance():
    chain = model("a' = -k1*a; b' = k1*a - k2*b^2; a = 1; b = 0; k1 = 3; k2 = 0.5")
    loose = gradient(chain, Subject("s"), TIMES, ["a", "b"], ["k1", "k2"], solver=Solver(relative_tolerance=1e-5))
    tight = Solver(relative_tolerance=1e-12, absolute_tolerance=1e-14)
    exact = gradient(chain, Subject("s"), TIMES, ["a", "b"], ["k1", "k2"], solver=tight)
    assert np.abs(loose.derivatives - exact.derivatives).max() < 2e-5 * np.abs(exact.derivatives).max()


def test_the_gradient_of_a_loss_on_hepasomes_own_model_is_exact_to_a_millionth():
    own = Model(model_sbml(Structure("mouse")))
    times = np.linspace(12.0, 336.0, 20)
    subject = Subject("s", {}, {}, tuple(Dose(t, "body_toxicant_depot", 0.5) for t in (0.0, 84.0, 168.0, 252.0)))
    outputs = ["body_function_alt", "zone1_fibrosis_collagen", "zone1_hepatocytes_number"]
    values = CompiledSimulator(own, Solver()).description.parameters
    names = [name for name in own.parameters if name.endswith("_rate") and values[name] > 0][:30]
    assert len(names) == 30
    found = gradient(own, subject, times, outputs, names)
    target = 1.1 * found.values
    got = found.gradient(2 * (found.values - target) / target**2)

    def loss(parameters):
        fine = Solver(relative_tolerance=1e-11, absolute_tolerance=1e-13, maximum_steps=10**6)
        changed = Subject("s", parameters, {}, subject.doses)
        values = CompiledSimulator(own, fine).simulate(changed, times, outputs).values
        return float((((values - target) / target) ** 2).sum())

    known = CompiledSimulator(own, Solver()).description.parameters
    exact = []
    for name in names:  # Richardson: differences of 1e-3 and 2e-3 cancel their leading error
        first, second = (
            (loss({name: known[name] * (1 + e)}) - loss({name: known[name] * (1 - e)})) / (2 * e * known[name])
            for e in (1e-3, 2e-3)
        )
        exact.append((4 * first - second) / 3)
    scale = np.array([known[name] for name in names])
    assert np.linalg.norm((got - exact) * scale) < 1e-5 * np.linalg.norm(np.array(exact) * scale)


def test_a_gradient_near_a_subject_that_fails_is_an_error_with_its_reason():
    with pytest.raises(EngineError, match="near s failed"):
        gradient(model("x' = g*x^2; x = 1; g = 1"), Subject("s"), TIMES, ["x"], ["g"])


def test_an_unknown_parameter_is_refused_with_the_nearest_name():
    with pytest.raises(EngineError, match="Did you mean `rate`"):
        gradient(model("x' = -rate*x; x = 1; rate = 1"), Subject("s"), TIMES, ["x"], ["rates"])
