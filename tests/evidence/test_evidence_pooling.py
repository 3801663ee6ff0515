"""Pooling does what its methods promise. That its numbers are right is tested against R in tests/validation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from hepasome.evidence import (
    Effects,
    egger,
    leave_one_out,
    log_odds_ratio,
    log_ratio_of_means,
    pool,
    robustness,
    standardised_difference,
)
from hepasome.files import InputError


def effects(effect, variance, study=None, **more):
    names = tuple(f"s{i}" for i in range(len(effect)))
    return Effects("hedges_g", study or names, names, np.array(effect, float), np.array(variance, float), **more)


SOME = effects([-0.4, -1.1, -2.0, 0.3, -0.9], [0.1, 0.2, 0.4, 0.15, 0.3])
NESTED = effects(
    [-0.4, -0.6, -1.1, -2.0, -1.8, -2.4, 0.3, -0.9, -0.7],
    [0.1, 0.12, 0.2, 0.4, 0.3, 0.5, 0.15, 0.3, 0.2],
    study=("a", "a", "b", "c", "c", "c", "d", "e", "e"),
)


def simulated(rng, studies, tau2):
    variance = rng.uniform(0.05, 0.4, studies)
    return effects(rng.normal(1.0, np.sqrt(variance + tau2)), variance)


def test_a_half_is_added_to_a_table_with_an_empty_cell_and_to_no_other():
    found = log_odds_ratio([0, 5], [10, 10], [4, 4], [10, 10])
    assert found.effect == pytest.approx([np.log(0.5 * 6.5 / (10.5 * 4.5)), np.log(5 * 6 / (5 * 4))])
    assert found.variance[0] == pytest.approx(1 / 0.5 + 1 / 10.5 + 1 / 4.5 + 1 / 6.5)


def test_a_ratio_of_means_ignores_units_and_hedges_g_ignores_where_zero_is():
    ratio, scaled = log_ratio_of_means(60, 10, 8, 120, 20, 8), log_ratio_of_means(6e3, 1e3, 8, 12e3, 2e3, 8)
    assert ratio.effect == pytest.approx(np.log(0.5)) == pytest.approx(scaled.effect)
    assert ratio.variance == pytest.approx(scaled.variance)
    assert standardised_difference(60, 10, 8, 120, 20, 8).effect == pytest.approx(
        standardised_difference(160, 10, 8, 220, 20, 8).effect
    )


def test_hedges_g_is_missing_where_nobody_varies():
    assert np.isnan(standardised_difference(2, 0, 5, 1, 0, 5).effect)


@settings(deadline=None, max_examples=40)
@given(shift=st.floats(-5, 5), factor=st.floats(0.1, 10))
def test_shifted_and_scaled_effects_give_the_shifted_and_scaled_answer(shift, factor):
    base = pool(SOME).pooled
    moved = pool(effects(factor * SOME.effect + shift, factor**2 * SOME.variance)).pooled
    assert moved.estimate == pytest.approx(factor * base.estimate + shift, abs=1e-6 * factor)
    assert moved.error == pytest.approx(factor * base.error, rel=1e-5)


def test_effects_that_differ_less_than_by_chance_have_no_variance_between_and_a_warning():
    found = pool(effects([0.50, 0.51, 0.49, 0.50], [0.1, 0.2, 0.1, 0.3]))
    assert found.between == 0
    assert found.inconsistency == 0
    assert found.narrowed
    assert (
        found.pooled.error
        < pool(effects([0.50, 0.51, 0.49, 0.50], [0.1, 0.2, 0.1, 0.3]), interval="normal").pooled.error
    )


def test_hartung_knapp_holds_what_the_normal_interval_of_six_studies_does_not():
    # IntHout 2014 BMC Med Res Methodol 14:25: with few studies that differ, DerSimonian-Laird is too narrow
    rng = np.random.default_rng(5)
    tried = [simulated(rng, 6, 0.3) for _ in range(400)]
    knapp = np.mean([t.low <= 1.0 <= t.high for t in (pool(one).pooled for one in tried)])
    usual = np.mean(
        [t.low <= 1.0 <= t.high for t in (pool(one, method="DL", interval="normal").pooled for one in tried)]
    )
    assert 0.925 <= knapp <= 0.975
    assert usual < 0.92


@pytest.mark.parametrize(("studies", "tau2", "low", "high"), [(30, 1.0, 0.93, 0.96), (12, 0.3, 0.85, 0.92)])
def test_a_new_study_falls_into_the_prediction_interval_of_many_and_less_often_of_few(studies, tau2, low, high):
    # few studies do not tell well enough how much studies differ (Partlett & Riley 2017 Stat Med 36:301)
    rng, inside = np.random.default_rng(6), []
    for _ in range(120):
        ends = pool(simulated(rng, studies, tau2)).prediction
        inside.append(np.diff(stats.norm.cdf(ends, 1.0, np.sqrt(tau2)))[0])
    assert low <= np.mean(inside) <= high


def test_effects_of_one_study_are_not_counted_as_studies():
    # ten times the same effect of the same animals is one study, and must not make the answer surer
    once = effects([0.2, 0.8, 0.5, 1.1], [0.1, 0.1, 0.1, 0.1])
    many = effects([0.2] * 10 + [0.8, 0.5, 1.1], [0.1] * 13, study=("a",) * 10 + ("b", "c", "d"))
    alone, nested = pool(once), pool(many, correlation=0.95)
    wrong = pool(effects([0.2] * 10 + [0.8, 0.5, 1.1], [0.1] * 13))
    assert nested.interval == "robust"
    assert nested.studies == 4
    assert abs(nested.pooled.estimate - alone.pooled.estimate) < 0.1
    assert wrong.pooled.estimate < nested.pooled.estimate - 0.15
    assert wrong.pooled.error < nested.pooled.error


def test_robust_intervals_hang_less_on_the_guessed_correlation():
    def spread(interval):
        errors = [pool(NESTED, correlation=rho, interval=interval).pooled.error for rho in (0.0, 0.9)]
        return abs(np.log(errors[1] / errors[0]))

    assert spread("robust") < spread("model")


def test_words_become_terms_against_the_first_in_the_alphabet():
    found = pool(
        effects([1.0, 1.2, 3.0, 3.1], [0.1] * 4, moderators={"species": ("mouse", "mouse", "rat", "rat")}),
        moderators=["species"],
    )
    assert [term.name for term in found.terms] == ["intercept", "species: rat (against mouse)"]
    assert found.terms[0].estimate == pytest.approx(1.1)
    assert found.terms[1].estimate == pytest.approx(1.95)
    assert found.prediction is None


def test_leaving_out_takes_a_study_with_all_its_effects():
    left = leave_one_out(NESTED)
    assert list(left) == ["a", "b", "c", "d", "e"]
    assert left["c"].effects == 6
    assert left["c"].pooled.estimate > pool(NESTED).pooled.estimate


def test_small_studies_of_hedges_g_are_tested_by_their_size():
    # one effect everywhere, measured without error: the standard error of g grows with g, the size does not
    sizes = np.array([4, 6, 8, 12, 20, 40])
    g = np.array([1.3, 1.0, 1.2, 1.1, 1.0, 1.15])
    given = effects(g, 2 / sizes + g**2 / (4 * sizes), size_variance=2 / sizes)
    by_size, by_error = egger(given), egger(given, by_size=False)
    assert by_size.by_size
    assert not by_error.by_size
    assert by_size.p > by_error.p


def test_small_studies_that_find_more_are_seen():
    rng = np.random.default_rng(1)
    error = np.linspace(0.1, 0.8, 20)
    assert egger(effects(0.1 + 2 * error + rng.normal(0, 0.1, 20), error**2)).p < 0.001
    assert egger(effects(rng.normal(0.1, error), error**2)).p > 0.05
    assert egger(effects([1, 2], [0.1, 0.2])) is None
    assert egger(effects([1, 2, 3], [0.1, 0.1, 0.1])) is None


REFUSED = [
    (effects([1.0], [0.1]), {}, "one study alone"),
    (effects([1.0, np.nan], [0.1, 0.1]), {}, "missing or not above 0"),
    (effects([1.0, 2.0], [0.1, 0.0]), {}, "missing or not above 0"),
    (SOME, {"moderators": ["dose"]}, "no such moderator"),
    (SOME, {"interval": "model"}, "no such interval"),
    (NESTED, {"method": "DL"}, "one effect per study"),
    (NESTED, {"interval": "HKSJ"}, "one effect per study"),
    (NESTED, {"correlation": 1.0}, "between 0 and 1"),
    (effects([1, 2, 3], [1, 1, 1], moderators={"dose": (1.0, "", 3.0)}), {"moderators": ["dose"]}, "missing for s1"),
    (effects([1, 2, 3], [1, 1, 1], moderators={"dose": (1.0, 1.0, 1.0)}), {"moderators": ["dose"]}, "the same for all"),
    (effects([1, 2], [1, 1], moderators={"dose": (1.0, 2.0)}), {"moderators": ["dose"]}, "too few for 2"),
    (
        effects([1, 2, 3, 4], [1, 1, 1, 1], moderators={"a": (1.0, 2.0, 3.0, 4.0), "b": (2.0, 4.0, 6.0, 8.0)}),
        {"moderators": ["a", "b"]},
        "say the same",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("given", "wish", "sentence"), REFUSED, ids=[sentence for _, _, sentence in REFUSED])
def test_what_cannot_be_pooled_is_refused_in_words(given, wish, sentence):
    with pytest.raises(InputError, match=sentence):
        pool(given, **wish)


def test_two_studies_are_too_few_to_leave_one_out():
    with pytest.raises(InputError, match="too little to pool"):
        leave_one_out(effects([1.0, 2.0], [0.1, 0.1]))


@pytest.mark.parametrize(
    ("given", "variance"),
    [([0.1, 1e5, 1.0], [0.1, 0.1, 0.1]), ([0.1, 0.2, 0.3], [0.1, 1e-12, 0.1]), ([0, 1], [1, 1e9])],
)
def test_numbers_that_no_study_finds_are_refused_with_their_study(given, variance):
    with pytest.raises(InputError, match=r"wrong unit in s1\."):
        pool(effects(given, variance))


def test_moderators_that_numbers_cannot_hold_are_refused_in_words():
    far = effects([1e3, -1e3, 0.1], [1e-9, 1e6, 1e-9], moderators={"x": (1e300, -1e300, 1e-300)})
    with pytest.raises(InputError):
        pool(far, moderators=["x"])


def test_how_an_answer_holds_is_that_of_pooling_by_hand():
    held = robustness(SOME, pool(SOME))
    assert held.others["DerSimonian-Laird, z"] == pool(SOME, method="DL", interval="normal")
    assert held.without == leave_one_out(SOME)
    assert held.egger == egger(SOME)
    nested = robustness(NESTED, pool(NESTED), correlation=0.5)
    assert nested.others["three levels, robust, correlation 0.8"] == pool(NESTED, correlation=0.8)
    moderated = effects(SOME.effect, SOME.variance, moderators={"x": (1.0, 2.0, 3.0, 4.0, 6.0)})
    explained = robustness(moderated, pool(moderated, moderators=["x"]), moderators=["x"])
    assert (explained.others, explained.without) == ({}, {})
    assert explained.unexplained == pool(SOME).between
