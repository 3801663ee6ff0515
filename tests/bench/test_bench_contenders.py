"""Every contender that is installed solves the same problem: doses, volumes and starts that follow parameters."""

import numpy as np
import pytest

from hepasome.bench._contenders import CONTENDERS, Entry, load
from hepasome.bench._errors import Loss, trajectory_errors


def closed_form(workload, values):
    """Amounts of A, B and R of one subject, shape (times, 3)."""
    (k, start), t = values, workload.times
    late = t >= 7.5
    a = 6 * np.exp(-k * t) + np.where(late, 4 * np.exp(-k * (t - 7.5)), 0)
    r = 2 * start * np.exp(-0.05 * t) + np.where(t >= 12.5, np.exp(-0.05 * (t - 12.5)), 0)
    return np.column_stack([a, 6 + 4 * late - a, r])


def made(entry, toy):
    if entry.missing():
        pytest.skip(entry.missing())
    contender = load(entry.place)(toy)
    contender.prepare()
    return contender


@pytest.mark.parametrize("entry", CONTENDERS, ids=lambda entry: entry.id)
@pytest.mark.filterwarnings("default")  # what a peer's own imports warn of is not ours
def test_a_contender_finds_the_closed_form(entry, toy):
    contender = made(entry, toy)
    courses = np.array(contender.simulate(contender.batch(toy.values)))
    exact = np.array([closed_form(toy, values) for values in toy.values])
    assert courses.shape == exact.shape
    assert trajectory_errors(courses, exact, toy.relative, toy.absolute).max() < 1e-4


@pytest.mark.parametrize("entry", CONTENDERS[:2], ids=lambda entry: entry.id)
def test_a_gradient_is_that_of_the_closed_form(entry, toy):
    contender = made(entry, toy)
    first, second = toy.values[:2]
    loss = Loss(closed_form(toy, second), np.array([10.0, 10.0, 6.0]))
    found = contender.gradient(first, [0, 1], loss, 1e-3)
    exact = [
        (loss.of(closed_form(toy, first * np.exp(step))) - loss.of(closed_form(toy, first * np.exp(-step)))) / 2e-5
        for step in (np.array([1e-5, 0]), np.array([0, 1e-5]))
    ]
    np.testing.assert_allclose(found, exact, rtol=1e-3)


def test_a_peer_that_is_not_installed_says_how_to_install_it():
    entry = Entry("x", "x", "nowhere:X", {"json": "json", "no_such_module_here": "its-package"})
    assert entry.missing() == "Not installed: pip install its-package"
    assert Entry("x", "x", "nowhere:X").missing() == ""
