"""Virtual animals: independent streams, intervals that mean what they say, animals that stay animals."""

import numpy as np
import pytest

from hepasome.biology import parameters
from hepasome.trial import drawn_values, individual, stream, two_piece


def test_a_stream_depends_on_seed_and_purpose_alone():
    a, b = stream(1, "animal", 3).standard_normal(4), stream(1, "animal", 3).standard_normal(4)
    assert np.array_equal(a, b)
    assert not np.array_equal(a, stream(1, "animal", 4).standard_normal(4))
    assert not np.array_equal(a, stream(2, "animal", 3).standard_normal(4))


def test_low_and_high_are_the_5th_and_95th_percentiles_of_a_draw():
    draws = [two_piece(100.0, 20.0, 300.0, "log", stream(1, i)) for i in range(4000)]
    assert np.percentile(draws, 5) == pytest.approx(20, rel=0.1)
    assert np.percentile(draws, 50) == pytest.approx(100, rel=0.05)
    assert np.percentile(draws, 95) == pytest.approx(300, rel=0.1)


def test_a_source_cell_has_one_unattributed_activity_in_all_studies():
    first, same, other = (
        drawn_values("mouse", 1, 7, source)["stellate_unattributed_strength"]
        for source in ("adipose_msc", "adipose_msc", "umbilical_cord_msc")
    )
    assert first == same != other


def test_the_prior_of_unattributed_activity_is_that_of_the_pooled_effect_of_other_studies():
    # Dai 2025: SMD of AST -2.79 (-3.64 to -1.94), halved, times a log SD between animals of 0.35, for four cell types
    strength = [drawn_values("mouse", 1, i, "adipose_msc")["kupffer_unattributed_strength"] for i in range(1000)]
    assert np.median(strength) == pytest.approx(0.5 * 2.79 * 0.35 / 4, abs=0.015)
    assert 0.01 < np.mean(np.array(strength) < 0) < 0.08  # harm is not excluded


@pytest.mark.parametrize("species", ["mouse", "rat"])
def test_no_animal_has_impossible_physiology(species):
    values = {symbol: row.value for symbol, row in parameters(species).items()}
    weights = []
    for i in range(200):
        own = individual(values, species, values["body_weight"], stream(1, i))
        liver = own["hepatic_artery_flow"] + own["gut_flow"] + own["spleen_flow"]
        assert liver + own["kidney_flow"] < own["cardiac_output"]
        assert own["liver_depot_share_disse"] + own["liver_depot_share_venous"] <= 1
        assert own["peritoneal_share_portal"] + own["peritoneal_share_lymph"] <= 1
        assert all(own[s] > 0 for s, row in parameters(species).items() if row.scale == "log")
        weights.append(own["body_weight"])
    spread = parameters(species)["body_weight"].between_subject
    assert np.std(np.log(weights), ddof=1) == pytest.approx(spread, rel=0.2)
