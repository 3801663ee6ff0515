"""Draws of what is not known take what untreated animals say, all parameters of one calibration together."""

import numpy as np
import pytest

from hepasome.biology import parameters, posteriors
from hepasome.trial import Computing, Settings, central_values, drawn_values, load_study, run_study


def shipped(species, calibration):
    return next(draws for draws in posteriors(species) if draws.calibration == calibration)


def test_a_draw_is_one_row_of_the_posterior_and_never_a_mixture():
    draws = shipped("mouse", "toxic_injury_mouse")
    places = [draws.names.index(name) for name in ("alt_content", "lysis_rate", "poisoning_rate")]
    rows = {tuple(row) for row in draws.values[:, places].tolist()}
    for number in range(1, 9):
        values = drawn_values("mouse", 1, number, "test", "ccl4_acute")
        assert (values["alt_content"], values["lysis_rate"], values["poisoning_rate"]) in rows


def test_no_row_is_drawn_twice_before_all_were():
    found = [drawn_values("mouse", 5, number, "test", "ccl4_acute")["alt_content"] for number in range(1, 101)]
    assert len(set(found)) == 100


def test_the_same_seed_draws_the_same_and_another_does_not():
    one, again, other = (drawn_values("rat", seed, 3, "test", "ccl4_acute")["poisoning_rate"] for seed in (1, 1, 2))
    assert one == again != other


def test_the_centre_does_not_move_and_the_draws_spread_as_the_posterior():
    centre = parameters("mouse")["alt_content"].value
    assert central_values("mouse", "ccl4_acute")["alt_content"] == centre
    found = [drawn_values("mouse", 1, number, "test", "ccl4_acute")["alt_content"] for number in range(1, 401)]
    about = shipped("mouse", "toxic_injury_mouse").about["parameters"]["alt_content"]
    # all 400 rows, each once: their quantiles are those of the shipped draws
    assert np.percentile(found, [5, 95]) == pytest.approx([about["low"], about["high"]], rel=0.15)


def test_acute_injury_as_calibrated_is_not_drawn_into_fibrosis_but_vesicle_kinetics_are():
    # what acute injury leaves open would leave half of the mice without a scar after months of the toxin
    values, centre = drawn_values("mouse", 1, 1, "test", "ccl4_fibrosis"), central_values("mouse", "ccl4_fibrosis")
    for symbol in shipped("mouse", "toxic_injury_mouse").names:
        assert values.get(symbol) == centre.get(symbol), symbol
    kinetics = shipped("mouse", "vesicle_kinetics_mouse").names
    assert all(values[symbol] != centre[symbol] for symbol in kinetics)


@pytest.mark.parametrize("study", ["li2013", "hyun2015"])  # mouse, rat
def test_months_of_carbon_tetrachloride_make_a_scar_in_every_draw(study):
    run = run_study(load_study(study), Settings(subjects=2, draws=20), computing=Computing(workers=1))
    rows = run.worlds.query("role == 'world' and variant == 'given' and endpoint == 'collagen_area'")
    area = rows.pivot(index="number", columns="arm", values="value")
    assert len(area) == 20
    assert (area[run.study.control] > 1.3 * area["healthy"]).all()
