"""Each test of many trials gives the p of the same test of one trial."""

import numpy as np
import pytest
from scipy import stats

from hepasome.design import (
    anova,
    blocked_between,
    blocked_within,
    contrast,
    dunnett,
    log_rank,
    mann_whitney,
    over_laboratories,
    t_test,
)

RNG = np.random.default_rng(3)
VALUES = RNG.normal(size=(12, 4, 9)) + np.array([0.0, 0.8, 0.3, -0.5])[None, :, None]
LOST = np.where(RNG.random(VALUES.shape) < 0.2, np.nan, VALUES)


def there(arm):
    return arm[np.isfinite(arm)]


@pytest.mark.parametrize("values", [VALUES, LOST], ids=["whole", "some are lost"])
@pytest.mark.parametrize(
    ("test", "one"),
    [
        (t_test, lambda arms: stats.ttest_ind(arms[1], arms[0]).pvalue),
        (mann_whitney, lambda arms: stats.mannwhitneyu(arms[1], arms[0]).pvalue),
        (anova, lambda arms: stats.f_oneway(*arms).pvalue),
    ],
    ids=["t", "Mann-Whitney", "ANOVA"],
)
def test_many_trials_at_once_are_as_one_by_one(test, one, values):
    p, _ = test(values)
    assert p == pytest.approx([one([there(arm) for arm in trial]) for trial in values], rel=1e-9)


@pytest.mark.parametrize("test", [t_test, mann_whitney, contrast, dunnett])
def test_the_side_is_that_of_the_arm_against_the_control(test):
    control = VALUES[:, 0]
    assert (test(np.stack([control, control - 1], axis=1))[1] == -1).all()
    assert (test(np.stack([control, control + 1], axis=1))[1] == 1).all()


def test_a_contrast_of_two_arms_is_their_t_test():
    assert contrast(LOST[:, :2])[0] == pytest.approx(t_test(LOST[:, :2])[0], rel=1e-9)
    assert dunnett(VALUES[:, :2])[0] == pytest.approx(t_test(VALUES[:, :2])[0], abs=2e-3)


def test_dunnett_is_that_of_scipy_and_dearer_than_a_contrast():
    ours, alone = dunnett(VALUES)[0], contrast(VALUES)[0]
    for i in range(4):
        arms = VALUES[i]
        scipys = stats.dunnett(*arms[1:], control=arms[0], rng=np.random.default_rng(1)).pvalue[0]
        assert ours[i] == pytest.approx(scipys, abs=4e-3)
    assert (ours > alone - 1e-3).all()


def test_log_rank_is_that_of_scipy():
    times, died = RNG.exponential(size=(6, 2, 15)), np.ones((6, 2, 15), bool)
    died &= times < 1.2
    times = np.minimum(times, 1.2)
    p, _ = log_rank(times, died)
    for i in range(6):
        one, other = (
            stats.CensoredData(uncensored=times[i, arm][died[i, arm]], right=times[i, arm][~died[i, arm]])
            for arm in (1, 0)
        )
        assert p[i] == pytest.approx(stats.logrank(one, other).pvalue, rel=1e-9)


def test_who_lives_longer_has_the_hazard_on_the_lower_side():
    times = np.stack([np.linspace(0.1, 0.5, 9), np.linspace(1, 2, 9)])[None]
    p, side = log_rank(times, np.ones(times.shape, bool))
    assert p[0] < 0.001
    assert side[0] == -1


def test_nobody_dies_and_there_is_nothing_to_find():
    assert log_rank(np.ones((2, 2, 5)), np.zeros((2, 2, 5), bool))[0].tolist() == [1.0, 1.0]


def test_blocks_take_away_what_they_share():
    blocks = 30 * RNG.normal(size=(1, 1, 5)).repeat(2, axis=2)
    values = blocks + 0.3 * RNG.normal(size=(1, 2, 10)) + np.array([0.0, 1.0])[None, :, None]
    assert t_test(values)[0] > 0.5
    assert blocked_within(2)(values)[0] < 0.001


def test_a_block_that_lost_an_arm_says_nothing():
    values = RNG.normal(size=(1, 2, 8))
    lost = values.copy()
    lost[0, 1, :2] = np.nan  # all of the treated in the first block
    assert blocked_within(2)(lost)[0] == pytest.approx(blocked_within(2)(values[:, :, 2:])[0])


def test_blocks_of_one_arm_count_as_one_subject_each():
    values = RNG.normal(size=(3, 2, 12))
    means = values.reshape(3, 2, 4, 3).mean(axis=3)
    assert blocked_between(3)(values)[0] == pytest.approx(t_test(means)[0])


def test_laboratories_are_what_counts_where_they_share_a_trial():
    values = RNG.normal(size=(3, 2, 12))
    differences = [(trial[1] - trial[0]).reshape(-1, 4).mean(axis=0) for trial in values]
    assert over_laboratories(4)(values)[0] == pytest.approx([stats.ttest_1samp(d, 0).pvalue for d in differences])


@pytest.mark.parametrize("n", [6, 14])
@pytest.mark.parametrize("digits", [None, 1], ids=["no ties", "ties"])
def test_mann_whitney_of_many_trials_is_that_of_each(n, digits):
    rng = np.random.default_rng(5)
    values = rng.standard_normal((60, 2, n)) + np.array([[0.0], [0.6]])
    values = values if digits is None else values.round(digits)
    values[rng.random(values.shape) < 0.1] = np.nan
    p, side = mann_whitney(values)
    for one, trial in enumerate(values):
        control, arm = (part[np.isfinite(part)] for part in trial)
        found = stats.mannwhitneyu(arm, control)
        # a trial without ties is exact by itself, but not in a table where others of its size have them
        assert p[one] == pytest.approx(found.pvalue, abs=0.02 if digits and min(len(arm), len(control)) <= 8 else 1e-12)
        assert side[one] == (-1 if found.statistic < len(arm) * len(control) / 2 else 1)
