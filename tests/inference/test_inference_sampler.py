"""The inference itself, on a calibration whose truth is known."""

from dataclasses import replace

import numpy as np
import pytest
from calibrations_for_tests import TIMES, drawn, target
from scipy import stats

from hepasome.inference._posterior import marginals
from hepasome.inference._sampler import Effort, sample

TRIALS, DRAWS = 100, 24  # ranks from 0 to 24 in five bins
EFFORT = Effort(ensembles=1, walkers=DRAWS, steps=120)


def ranks(seed, spoil=lambda target: target, trials=TRIALS):
    """Simulation-based calibration (Talts 2018, arXiv:1804.06788): rank of each truth among draws given its data."""
    found = []
    for trial in range(trials):
        truth, seen = drawn(np.random.default_rng([seed, trial]))
        last = sample(spoil(seen), trial, EFFORT)[:, -1]  # one draw of each walker: nearly independent
        found.append((last < truth).sum(axis=0))
    return np.array(found)


def p_values(found):
    """Of uniform ranks, by parameter."""
    bins = np.linspace(-0.5, DRAWS + 0.5, 6)
    return [stats.chisquare(np.histogram(column, bins)[0]).pvalue for column in found.T]


def test_ranks_of_the_truth_among_posterior_draws_are_uniform():
    # false alarm in one of 2,500 seeds: four parameters, each at 1e-4; the seed is fixed, so that it never flickers
    assert min(p_values(ranks(1))) > 1e-4


def test_ranks_find_a_sampler_that_believes_the_data_too_much():
    def spoil(target):
        data = tuple(replace(one, weight=0.15) for one in target.data)
        return replace(target, data=data, between=(0.19, 0.2))

    assert min(p_values(ranks(1, spoil, 50))) < 1e-4


def test_draws_agree_with_the_exact_posterior_of_a_straight_line():
    # with its nuisances held at their deviates the logarithm is linear in the start alone: a normal posterior
    seen = target(np.log([90.0, 80.0, 70.0, 50.0, 25.0]))
    grid = np.linspace(-3, 3, 61)
    axes = np.meshgrid(grid, grid, np.linspace(-2.5, 2.5, 11), np.linspace(-2.5, 2.5, 11), indexing="ij")
    points = np.stack([axis.ravel() for axis in axes], axis=1)
    density = np.exp(seen.log_probability(points))
    means = density @ points / density.sum()
    spreads = np.sqrt(density @ points**2 / density.sum() - means**2)
    flat = sample(seen, 1, Effort(ensembles=1, walkers=60, steps=1200)).reshape(-1, 4)
    # the two parameters; the coarse grid cuts the tails of the nuisances
    np.testing.assert_allclose(flat.mean(axis=0)[:2], means[:2], atol=0.05)
    np.testing.assert_allclose(flat.std(axis=0)[:2], spreads[:2], rtol=0.08)


def test_parameters_without_data_keep_their_prior_and_are_called_uninformed():
    seen = target(np.log([90.0, 80.0, 70.0, 50.0, 25.0]))
    blind = replace(seen, predict=lambda values: np.zeros((len(values), len(TIMES))))
    found = marginals(blind, sample(blind, 1, Effort(ensembles=2, walkers=60, steps=800)), 2)
    for name in ("start", "rate"):
        one = found[name]
        assert one.informed == "not informed"
        assert one.overlap > 0.9
        assert (one.low, one.high) == pytest.approx((one.prior_low, one.prior_high), rel=0.15)
    sharp = marginals(seen, sample(seen, 1, Effort(ensembles=2, walkers=60, steps=800)), 2)
    assert sharp["start"].informed == "informed"
    assert sharp["start"].overlap < 0.6


def test_the_same_seed_gives_the_same_draws():
    seen = target(np.log([90.0, 80.0, 70.0, 50.0, 25.0]))
    short = Effort(ensembles=2, walkers=10, steps=20)
    np.testing.assert_array_equal(sample(seen, 3, short), sample(seen, 3, short))
    assert not np.array_equal(sample(seen, 3, short), sample(seen, 4, short))


def test_every_step_is_counted():
    calls = []
    sample(target(np.zeros(5)), 1, Effort(ensembles=2, walkers=10, steps=20), lambda *step: calls.append(step))
    assert calls == [(i, 40) for i in range(1, 41)]
