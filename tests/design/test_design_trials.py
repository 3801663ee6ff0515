"""Trials that are drawn behave as trials do."""

import numpy as np
import pytest
from scipy import stats

from hepasome.design import Design, Sizing, boundaries, settle_design, trivial_material
from hepasome.files import InputError
from hepasome.trial import load_study

ERROR = 3 * np.sqrt(0.25 / 3000)  # three errors of the simulation
NOTHING = [[0.0, 0.0]]


def exact(n, d):
    """Power of the two-sided t test at 5 %, on the side of the effect."""
    freedom = 2 * n - 2
    return stats.nct.sf(stats.t.ppf(0.975, freedom), freedom, d * np.sqrt(n / 2))


@pytest.mark.parametrize(("n", "d"), [(4, 2.0), (10, 1.0), (26, 0.8), (40, 0.3)])
def test_power_of_the_t_test_is_the_known_one(trials, n, d):
    made = trials(NOTHING)
    assert made.power(n, made.named(d), 1.0).found == pytest.approx(exact(n, d), abs=ERROR)


def test_a_share_stands_with_the_error_of_its_simulation(trials):
    made = trials(NOTHING)
    found = made.power(20, made.named(0.8), 1.0)
    assert found.low < found.found < found.high
    assert found.high - found.low == pytest.approx(2 * 1.96 * np.sqrt(found.found * (1 - found.found) / 3000), rel=0.05)


def test_where_there_is_nothing_one_in_twenty_finds_it(trials):
    for test in ("t", "mann-whitney"):
        assert trials(NOTHING, test=test).false_positives(20) == pytest.approx(0.05, abs=0.015)


def test_assurance_is_power_averaged_over_what_is_not_known(trials):
    draws = [0.0, 0.4, 0.8, 1.2]
    made = trials([[0.0, d] for d in draws], known=False)
    found = made.power(20, made.unknown(), 1.0)
    assert found.found == pytest.approx(np.mean([exact(20, d) for d in draws]), abs=ERROR)
    assert found.wrong == pytest.approx(np.mean([exact(20, -d) for d in draws]), abs=0.01)


def test_no_number_helps_where_half_of_the_draws_show_nothing(settled):
    material = trivial_material(np.linspace(-1.7, 1.7, 500), np.array([[0.0, -1.5], [0.0, 0.0]] * 10))
    found = Sizing("x", settled(effect="1 SD"), material).of()
    assert found.assurance.needed is None
    assert found.assurance.at_cap.found == pytest.approx(0.51, abs=0.03)
    assert found.named.needed.n == pytest.approx(17, abs=1)  # Cohen 1988, table 2.4.1: 17 at one SD
    assert found.best == found.named.needed


def test_the_smallest_number_is_the_first_that_is_enough(settled):
    material = trivial_material(np.linspace(-1.7, 1.7, 500), np.array(NOTHING * 10))
    found = Sizing("x", settled(effect="1.2 SD"), material).of()
    by_size = {point.n: point.found for point in found.named.points}
    n = found.named.needed.n
    assert by_size[n] >= 0.8 > by_size[n - 1]
    assert found.named.points == tuple(sorted(found.named.points, key=lambda point: point.n))


def test_the_smallest_effect_of_a_size_is_found_with_the_power_asked_for(settled, trials):
    material = trivial_material(np.linspace(-0.17, 0.17, 500), np.array([[0.0, -0.1]] * 10))
    found = Sizing("x", settled(), material).of()
    assert found.smallest < 0
    sd = np.linspace(-0.17, 0.17, 500).std()
    assert exact(40, -np.log1p(found.smallest / 100) / sd) == pytest.approx(0.8, abs=0.03)


def test_laboratories_that_differ_make_a_large_effect_less_sure_and_nothing_of_no_effect(trials):
    alike, differing = ({"between_labs": x, "known": False} for x in (0.0, 0.6))
    powers = [
        made.power(30, made.unknown(), 1.0).found for made in (trials([[0, 1.0]], **one) for one in (alike, differing))
    ]
    assert powers[1] < powers[0] - 0.1
    none = trials(NOTHING, **differing)
    assert none.power(30, none.unknown(), 0.0).found == pytest.approx(0.05, abs=0.015)


def test_half_lost_is_as_half_the_number(trials):
    made = trials(NOTHING, attrition=0.5)
    assert made.power(40, made.named(0.8), 1.0).found == pytest.approx(exact(20, 0.8), abs=0.04)


def test_cages_counted_as_if_they_were_nothing_find_what_is_not_there(trials):
    cages = {"block_size": 4, "block_share": 0.5, "within": False}
    assert trials(NOTHING, test="t", **cages).false_positives(20) > 0.15
    assert trials(NOTHING, test="mixed", **cages).false_positives(20) == pytest.approx(0.05, abs=0.015)


def test_a_cage_with_every_arm_finds_more_than_one_of_one_arm(trials):
    powers = []
    for within in (True, False):
        made = trials(NOTHING, test="mixed", block_size=4, block_share=0.5, within=within)
        powers.append(made.power(20, made.named(0.8), 1.0).found)
    # within: the error is what lies within cages, half of the variance
    assert powers[0] == pytest.approx(exact(20, 0.8 / np.sqrt(0.5)), abs=0.03)
    assert powers[1] < 0.5 < powers[0]


def test_laboratories_that_share_a_trial_are_what_counts(trials):
    few, many = (trials(NOTHING, labs=labs, between_labs=0.5) for labs in (4, 10))
    assert few.power(40, few.named(1.0), 1.0).found < many.power(40, many.named(1.0), 1.0).found
    assert many.false_positives(40) == pytest.approx(0.05, abs=0.015)


def test_looks_stop_early_where_there_is_something_and_keep_the_error(trials):
    one, three = trials(NOTHING), trials(NOTHING, looks=3, spending="pocock")
    whole, looked = (made.power(39, made.named(1.0), 1.0) for made in (one, three))
    assert whole.used == 39
    assert looked.used < 30
    assert whole.found - 0.05 < looked.found < whole.found
    assert three.false_positives(39) == pytest.approx(0.05, abs=0.015)


def test_an_early_look_asks_for_more():
    bounds = boundaries("obrien-fleming", 0.05, (0.25, 0.5, 0.75, 1.0))
    assert list(bounds) == sorted(bounds, reverse=True)
    assert bounds[-1] > 1.96
    assert boundaries("pocock", 0.05, (1.0,)) == pytest.approx((1.95996,), abs=1e-5)


def test_the_same_seed_draws_the_same_trials(trials):
    powers = [
        made.power(10, made.unknown(), 1.0) for made in (trials([[0, 0.9]], seed=s, known=False) for s in (5, 5, 6))
    ]
    assert powers[0] == powers[1] != powers[2]


def test_survival_of_subjects_who_all_die_alike(settled):
    from hepasome.design import Trials, with_course

    times = np.linspace(0, 12, 2001)
    material = with_course(trivial_material(np.zeros(2), np.array(NOTHING)), times, times[None, :])
    made = Trials(material, settled(test="log-rank"), known=True)
    # Schoenfeld 1983: 33 per arm, all of whom die, find a ratio of 2 with 80 %; by simulation 77.5 % (validation/power)
    assert made.power(33, made.named(np.log(2)), 1.0).found == pytest.approx(0.775, abs=0.03)
    assert made.power(33, made.named(np.log(0.5)), -1.0).found == pytest.approx(0.775, abs=0.03)
    assert made.false_positives(33) == pytest.approx(0.05, abs=0.015)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"power": 1.5, "alpha": 0.9}, ("--power", "--alpha")),
        ({"most": 1}, ("--most",)),
        ({"test": "z"}, ("mann-whitney",)),
        ({"test": "log-rank"}, ("Survival",)),
        ({"test": "mixed"}, ("--block-size",)),
        ({"block_size": 3}, ("multiple of 4",)),
        ({"block_size": 30, "within": False, "test": "mixed"}, ("at least 60",)),
        ({"labs": 2}, ("Two laboratories",)),
        ({"labs": 4, "looks": 2}, ("not simulated",)),
        ({"test": "mixed", "block_size": 4, "looks": 2}, ("--looks",)),
        ({"effect": "much"}, ("-30%",)),
        ({"effect": "-100%"}, ("no effect",)),
        ({"humane": "weight"}, ("relative_body_weight",)),
        ({"spending": "all"}, ("pocock",)),
        ({"versus": "exosome"}, ("cannot be compared",)),
        ({"endpoint": "ASTT", "power": float("nan")}, ("AST", "--power")),
        ({"most": 1000, "trials": 100_000}, ("memory",)),
    ],
)
def test_what_cannot_be_designed_is_said_all_at_once(asked, words):
    with pytest.raises(InputError) as raised:
        settle_design(load_study("li2013"), Design(**asked))
    for word in words:
        assert word in str(raised.value)
    assert len(raised.value.findings) == len(words)
