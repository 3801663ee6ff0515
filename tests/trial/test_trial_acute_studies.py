"""Studies of acute failure: what is confirmed is fixed, what is not is a range, arms differ only in what is given."""

import numpy as np
import pytest

from hepasome.product import load_product
from hepasome.trial import Between, load_study


@pytest.mark.parametrize("name", ["haga2017", "wang_k2017", "isobe2012"])
def test_all_treated_arms_of_a_study_have_the_same_treatment_but_for_the_product(name):
    given = [arm.treatment for arm in load_study(name).arms.values() if arm.treatment is not None]
    assert {(str(t.dose), str(t.route), str(t.schedule)) for t in given} == {
        (str(given[0].dose), str(given[0].route), str(given[0].schedule))
    }


def test_wang_k_2017_has_rats_that_got_cells_a_day_after_the_insult():
    # s13287-017-0614-2, figures 5 and 6
    study = load_study("wang_k2017")
    treatment = study.arms["c_met_cells"].treatment
    assert study.subject.species == "rat"
    assert study.subjects_per_arm == 12
    assert treatment.dose.to("cells/kg") == 1e7
    assert treatment.schedule.start.to("h") == 24
    assert {product.kind for product in study.products().values()} == {"cells"}


def test_c_met_is_the_only_thing_in_which_the_two_kinds_of_cells_differ():
    plain, over = load_product("rat_bone_marrow_msc"), load_product("rat_bone_marrow_msc_c_met")
    assert plain.traits is None
    assert set(over.traits.estimates()) == {"c_met_level"}
    assert (plain.source_cell, plain.secretes) == (over.source_cell, over.secretes)


def test_haga_2017_compares_vesicles_with_and_without_y_rna_1_and_fixes_no_unread_detail():
    study = load_study("haga2017")
    whole, without = (study.products()[f"human_vesicles{end}"] for end in ("", "_without_y_rna_1"))
    assert [c.copies_per_vesicle.value for c in without.cargo] == [0.0]
    assert [c.kind for c in whole.cargo] == ["other_RNA"]
    for detail in (study.arms["mouse_vesicles"].treatment.dose, study.disease.tnf, study.subjects_per_arm):
        assert isinstance(detail, Between)


def test_a_range_from_zero_is_drawn_evenly():
    start = load_study("haga2017").arms["mouse_vesicles"].treatment.schedule.start
    drawn = [start.draw(np.random.default_rng(i)).to("h") for i in range(200)]
    assert 0 <= min(drawn) < 0.2
    assert np.mean(drawn) == pytest.approx(1.0, abs=0.15)
    assert start.middle().to("h") == 1.0
