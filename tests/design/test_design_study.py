"""Shipped studies, designed."""

from dataclasses import replace

import numpy as np
import pytest

from hepasome.design import (
    Choices,
    Costs,
    Design,
    allocation,
    assumptions,
    sample_size,
    search,
    settle_design,
    simulate_material,
    within,
)
from hepasome.files import InputError
from hepasome.trial import SURVIVAL, load_study

QUICK = {"draws": 10, "animals": 40, "trials": 500, "most": 20}


@pytest.fixture(scope="module")
def li2013():
    study = load_study("li2013")
    return study, sample_size(study, Design(effect="-30%", **QUICK), workers=1)


def test_vesicles_of_li_2013_do_too_little_to_be_found(li2013):
    # the model lets 250 ug into a chronically scarred liver change AST by less than a thousandth in the middle draw
    _, found = li2013
    assert abs(found.change[0]) < 0.1
    assert found.assurance.needed is None
    assert found.assurance.at_cap.n == 20
    assert found.assurance.at_cap.found < 0.06
    assert found.named.needed is not None
    assert found.smallest < -5


def test_what_varies_is_what_the_assay_and_the_animals_vary(li2013):
    _, found = li2013
    assay = 0.08  # AST, trial/assays.csv
    assert assay < found.sd < 0.4
    assert found.lost == pytest.approx(assumptions()["attrition"].value, abs=0.01)  # no mouse dies of this disease here


def test_the_claim_says_what_is_compared_and_which_way():
    settled = settle_design(load_study("li2013"), Design())
    assert (settled.endpoint, settled.arms, settled.direction) == ("AST", ("vehicle", "exosome"), -1.0)
    # an arm that is claimed to do better than another treatment is compared with that one
    lou = settle_design(load_study("lou2015"), Design())
    assert lou.claim is not None
    assert lou.arms == (lou.claim.versus, lou.claim.arm)


def test_where_survival_is_claimed_to_rise_the_hazard_is_to_fall():
    settled = settle_design(load_study("haga2017"), Design(endpoint=SURVIVAL))
    assert settled.test == "log-rank"
    assert settled.claim.direction == "up"
    assert settled.direction == -1.0


def test_healthy_animals_are_in_no_test_of_all_arms():
    settled = settle_design(load_study("li2013"), Design(test="dunnett"))
    assert settled.arms == ("vehicle", "exosome", "recovery")


@pytest.fixture(scope="module")
def acute():
    """What individuals and typical mice of Tan 2014 are, with a humane endpoint and without."""
    study = load_study("tan2014")
    settled = settle_design(study, Design(**QUICK))
    humane = settle_design(study, Design(humane="ALT > 16000", **QUICK))
    return [simulate_material(study, one, workers=1) for one in (settled, humane)]


def test_a_humane_endpoint_takes_animals_away(acute):
    free, humane = acute
    assert np.isfinite(free.loss).all()
    assert 0 < np.isinf(humane.loss).mean() < 1
    assert np.array_equal(free.effects, humane.effects)


def test_losses_are_no_effect(acute):
    for material in acute:
        read = np.exp(-material.loss)
        assert (material.spread * read).sum(axis=1) == pytest.approx([0, 0], abs=1e-9)


def test_the_sickest_are_those_that_go(acute):
    free, _ = acute
    share = -np.expm1(-free.loss[0])
    assert np.corrcoef(free.spread[0], share)[0, 1] > 0.3  # ALT about its mean against the chance to be dead


def test_a_read_out_that_the_model_has_not_is_named():
    with pytest.raises(InputError, match="--humane"):
        sample_size(load_study("tan2014"), Design(humane="fur < 3", **QUICK), workers=1)


def test_a_humane_endpoint_that_everybody_reaches_leaves_nothing_to_compare():
    with pytest.raises(InputError, match="Every subject"):
        sample_size(load_study("tan2014"), Design(humane="ALT > 500", **QUICK), workers=1)


def test_nobody_dies_and_survival_is_refused():
    study = load_study("haga2017")
    with pytest.raises(InputError, match="die"):
        sample_size(study, Design(endpoint=SURVIVAL, versus="healthy", **QUICK), workers=1)


@pytest.fixture(scope="module")
def searched():
    study = load_study("lou2015")
    choices = Choices(doses=("5 ug", "500 ug"), routes=("intravenous",), times=(1, 12), every="3 d")
    design = Design(endpoint="tumour_volume", **QUICK)
    return search(study, design, choices, Costs(100, 1, 15_000), workers=1)


def test_every_option_is_compared_or_said_to_be_left_out(searched):
    assert [(str(o.dose), o.times) for o in searched.options] == [("5 ug", 1), ("500 ug", 1)]
    assert len(searched.left_out) == 2  # 12 doses every 3 d end after the animals are read
    assert all("last dose" in reason for reason in searched.left_out)


def test_cost_is_animals_and_product(searched):
    arms = len(load_study("lou2015").arms)
    for option, per_subject in ((0, 5), (1, 500)):
        for spot in within(searched, option):
            assert spot.cost == pytest.approx(spot.n * (arms * 100 + per_subject))
            assert spot.cost <= 15_000


def test_nothing_beats_the_front(searched):
    assert searched.front
    for spot in searched.front:
        assert not any(
            one.cost <= spot.cost and one.assurance > spot.assurance for one in searched.spots if one != spot
        )
    assert [s.cost for s in searched.front] == sorted(s.cost for s in searched.front)


def test_what_cannot_be_given_is_said_all_at_once():
    choices = Choices(doses=("5 mg/kg", "no"), routes=("nose",), times=(0, 3))
    with pytest.raises(InputError) as raised:
        search(load_study("li2013"), Design(**QUICK), choices)
    assert len(raised.value.findings) == 5
    with pytest.raises(InputError, match="--budget"):
        search(load_study("li2013"), Design(**QUICK), Choices(), Costs(budget=-1))


def test_an_allocation_is_even_and_drawn_again_from_its_seed():
    study = load_study("li2013")
    settled = settle_design(study, Design())
    drawn = allocation(study, settled, 6)
    assert drawn["arm"].value_counts().to_dict() == dict.fromkeys(study.arms, 6)
    assert drawn.equals(allocation(study, settled, 6))
    other = replace(settled, asked=replace(settled.asked, seed=2))
    assert not drawn.equals(allocation(study, other, 6))


def test_cages_hold_every_arm_or_one():
    study = load_study("li2013")
    inside = settle_design(study, Design(test="mixed", block_size=8))
    drawn = allocation(study, inside, 6)
    assert (drawn.groupby("block")["arm"].value_counts() == 2).all()
    apart = settle_design(study, Design(test="mixed", block_size=3, within=False))
    assert (allocation(study, apart, 6).groupby("block")["arm"].nunique() == 1).all()


def test_every_assumption_has_an_interval_a_status_and_a_source():
    for row in assumptions().values():
        assert row.low <= row.value <= row.high
        assert len(row.source) > 20
