"""Calibrations of the model: their files, what they refuse, what ships."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from calibrations_for_tests import ROWS, observation, predict
from pydantic import ValidationError

from hepasome import inference
from hepasome.biology import POSTERIORS, parameters, posteriors, read_posterior
from hepasome.biology._tables import disease_rows
from hepasome.evidence import load_evidence
from hepasome.files import InputError
from hepasome.inference import (
    Effort,
    calibrate,
    calibration_ids,
    difference_from,
    is_there,
    load_calibration,
    write_posterior,
)
from hepasome.inference._calibration import Calibration
from hepasome.inference._observed import usable
from hepasome.inference._posterior import Posterior, marginals
from hepasome.inference._posterior_files import identity
from hepasome.inference._sampler import sample
from hepasome.inference._simulated import target_of
from hepasome.inference._target import Target

IDS = calibration_ids()
QUICK = Effort(ensembles=2, walkers=20, steps=40)


@pytest.fixture(scope="module")
def quick():
    """A posterior of the smallest calibration, sampled far too short."""
    return calibrate(load_calibration("tumour_n1s1_rat"), effort=QUICK, workers=1)


@pytest.mark.parametrize("name", IDS)
def test_what_ships_was_calibrated_on_the_model_and_the_observations_as_they_are(name):
    calibration = load_calibration(name)
    shipped = read_posterior(POSTERIORS, name)
    effort = Effort(**shipped.about["effort"])
    found = identity(calibration, target_of(calibration), shipped.about["seed"], effort)
    assert found == shipped.about["identity"], f"run `hepasome calibrate {name} --out {POSTERIORS}`"


@pytest.mark.parametrize("name", IDS)
def test_what_ships_has_converged_and_says_what_was_informed(name):
    shipped = read_posterior(POSTERIORS, name)
    assert shipped.about["converged"] is True
    rows = shipped.about["parameters"] | shipped.about["nuisances"]
    assert max(row["rhat"] for row in rows.values()) <= 1.05
    assert min(row["effective"] for row in rows.values()) >= 400
    assert len(shipped.values) == 400
    assert {row["informed"] for row in rows.values()} <= {"informed", "barely informed", "not informed"}
    # 400 draws with the quantiles that the diagnostics say
    for i, column in enumerate(shipped.names):
        low, high = np.percentile(shipped.values[:, i], [5, 95])
        row = rows[column]
        assert np.mean(shipped.values[:, i] < row["low"]) == pytest.approx(0.05, abs=0.04), column
        assert low < row["median"] < high


def test_no_parameter_of_a_species_is_calibrated_twice():
    for species in ("mouse", "rat", "human", "pig"):
        names = [name for draws in posteriors(species) for name in draws.names]
        assert len(names) == len(set(names))


def test_only_targets_inform_and_no_observation_of_vesicle_therapy_does():
    conditions = {c for name in IDS for c in load_calibration(name).experiments}
    used = [one for one in load_evidence().observations if one.condition in conditions]
    assert {one.confidence for one in used if one.use == "target"} <= {"confirmed", "secondary"}
    for name in IDS:
        calibration = load_calibration(name)
        for condition in calibration.experiments:
            study, arm = calibration.study(condition), calibration.experiments[condition].arm
            treated = study.arms[arm].treatment is not None
            assert treated == name.startswith("vesicle_kinetics"), condition
            assert not (treated and study.disease.model != "healthy")


def test_a_row_that_was_fitted_to_these_animals_does_not_bring_its_interval_along():
    calibration = load_calibration("toxic_injury_mouse")
    for name, prior in calibration.parameters.items():
        disease, _, symbol = name.rpartition("/")
        row = parameters("mouse", disease)[symbol]
        if row.status == "fitted" and "CCl4 mouse" in row.source:
            assert prior.low is not None, name
            assert prior.high / prior.low > 2 * row.high / row.low, name


def test_a_disease_keeps_its_own_rows():
    draws = next(one for one in posteriors("mouse") if one.calibration == "toxic_injury_mouse")
    column = draws.names.index
    apap, ccl4 = draws.draw(3, "apap"), draws.draw(3, "ccl4_acute")
    assert apap["commitment_rate"] == draws.values[3, column("apap/commitment_rate")]
    assert ccl4["commitment_rate"] == draws.values[3, column("commitment_rate")]
    assert "tnf_independent_share" in ccl4
    assert "tnf_independent_share" in {row.symbol for row in disease_rows("apap")}
    assert "tnf_independent_share" not in apap  # its own row, which was not calibrated


def test_kinetics_of_the_mouse_hold_in_man_by_the_ratio_of_their_rows():
    mouse, human = (
        next(one for one in posteriors(species) if one.calibration == "vesicle_kinetics_mouse")
        for species in ("mouse", "human")
    )
    i = mouse.names.index("spleen_uptake_clearance")
    ratio = parameters("human")["spleen_uptake_clearance"].value / parameters("mouse")["spleen_uptake_clearance"].value
    np.testing.assert_allclose(human.values[:, i], mouse.values[:, i] * ratio)
    j = mouse.names.index("detachment_rate")
    np.testing.assert_array_equal(human.values[:, j], mouse.values[:, j])


def test_observations_that_cannot_be_used_are_all_named():
    with pytest.raises(InputError) as caught:
        usable([observation(1, 10, unit=""), observation(2, 0), observation(3, 5)], "test")
    assert [finding.field for finding in caught.value.findings] == ["unit", "value"]


def test_an_observation_without_spread_or_animals_counts_less_and_says_so():
    whole, bare = usable(
        [observation(1, 100, spread=20, spread_kind="sd", statistic="mean"), observation(1, 100, n=None)], "test"
    )
    assert not whole.down_weighted
    assert bare.down_weighted
    between = np.array([0.35])
    # SD of 20 of five animals: the standard error is 20 / sqrt(5), and that of a logarithm is sqrt(log(1 + 0.0894^2))
    assert np.sqrt(whole.variance(between)[0]) == pytest.approx(np.sqrt(np.log1p(0.08944**2)), rel=1e-3)
    assert np.sqrt(bare.variance(between)[0]) == pytest.approx(2 * np.hypot(0.35, 0.08), rel=1e-6)


def test_the_likelihood_is_that_of_normal_errors_on_the_logarithm():
    data = usable([observation(2, 50, spread=5, spread_kind="se", statistic="median")], "test")
    seen = Target(ROWS, tuple(data), lambda values: predict(values)[:, 1:2])
    particle = np.array([[0.2, -0.4, 0.0, 0.0]])
    start, rate, between, discrepancy = seen.values(particle)[0]
    # deviates of 0 are the middles: sqrt(0.2 * 0.6) between animals, and the median of a half-normal of 0.3
    assert between == pytest.approx(np.sqrt(0.12))
    assert discrepancy == pytest.approx(0.3 * 0.67449, rel=1e-4)
    variance = np.log1p(0.1**2) + discrepancy**2
    away = np.log(50) - (np.log(start) - 2 * rate)
    expected = -0.5 * (0.2**2 + 0.4**2) - 0.5 * (away**2 / variance + np.log(variance))
    assert seen.log_probability(particle)[0] == pytest.approx(expected)


def test_a_mean_lies_above_the_typical_animal():
    mean, median = usable([observation(1, 50, statistic="mean"), observation(1, 50)], "test")
    seen = Target(ROWS, (mean, median), lambda values: np.zeros((len(values), 2)))
    expected, _ = seen.expected(np.zeros((1, 4)))
    assert expected[0] == pytest.approx([0.12 / 2, 0])  # half the variance of the logarithm


def test_particles_that_cannot_be_simulated_have_no_probability():
    seen = Target(ROWS, tuple(usable([observation(1, 50)], "test")), lambda values: np.full((len(values), 1), np.nan))
    assert seen.log_probability(np.zeros((2, 4))).tolist() == [-np.inf, -np.inf]


def test_draws_that_did_not_converge_replace_nothing(quick, tmp_path):
    assert not quick.converged
    (tmp_path / "tumour_n1s1_rat.csv").write_text("a good one")
    (written,) = write_posterior(quick, tmp_path)
    assert (tmp_path / "tumour_n1s1_rat.csv").read_text() == "a good one"
    about = json.loads(written.read_text())
    assert about["converged"] is False
    assert any("effective draws" in complaint for complaint in about["complaints"])


def test_what_is_written_is_read_back(tmp_path):
    calibration = load_calibration("tumour_n1s1_rat")
    target = target_of(calibration, workers=1)
    effort = Effort(ensembles=2, walkers=60, steps=400)
    chains = np.random.default_rng(1).standard_normal((120, 100, target.dimension))  # converged by construction
    found = Posterior(calibration, target, chains, marginals(target, chains, 2), 1, effort)
    assert found.converged
    write_posterior(found, tmp_path)
    read = read_posterior(tmp_path, calibration.id)
    np.testing.assert_allclose(read.values, found.draws()[:, : len(read.names)], rtol=1e-5)
    assert read.nuisances.shape == (400, 2)
    assert read.about["down_weighted"] == ["n1s1_volume_1wk", "n1s1_volume_2wk"]
    assert difference_from(found, tmp_path) == 0
    assert is_there(calibration, 1, effort, tmp_path)
    assert not is_there(calibration, 2, effort, tmp_path)  # other draws
    assert not is_there(load_calibration("regeneration_rat"), 1, effort, tmp_path)
    assert difference_from(found, tmp_path / "elsewhere") is None


def test_the_same_seed_gives_the_same_posterior(quick):
    again = calibrate(quick.calibration, effort=QUICK, workers=2)
    np.testing.assert_array_equal(again.chains, quick.chains)


def test_arviz_gets_draws_priors_predictions_and_observations(quick):
    data = quick.inference_data()
    assert set(data.groups()) == {"posterior", "prior", "posterior_predictive", "observed_data"}
    assert data.posterior["killing_per_nkt"].shape == quick.chains.shape[:2]
    observed = data.observed_data["log_observation"]
    assert observed.sel(observation="n1s1_volume_1wk").item() == pytest.approx(np.log(231))


def test_what_is_left_out_is_predicted_by_the_rest():
    calibration = load_calibration("tumour_n1s1_rat")
    (left,) = inference.coverage(calibration, effort=QUICK, workers=1)
    assert left.kept == 0  # one study: the prior alone predicts
    assert left.low[0] < 231 < left.high[0]
    assert left.inside == 2


def test_the_model_recovers_what_made_its_data():
    # mice of the model itself, from a truth in the tail of the prior: proliferation after resection
    calibration = load_calibration("regeneration_mouse")
    target = target_of(calibration, workers=2)
    truth = np.zeros((1, target.dimension))
    place = target.names.index("cycle_delay")
    truth[0, place] = -1.2
    rng = np.random.default_rng(4)
    seen = np.exp(target.replicate(truth, rng)[0])
    data = [
        one.observation.model_copy(update={"value": value, "id": str(i)})
        for i, (one, value) in enumerate(zip(target.data, seen, strict=True))
    ]
    known = target_of(calibration, data, workers=2)
    flat = sample(known, 1, Effort(ensembles=1, walkers=40, steps=240)).reshape(-1, target.dimension)
    low, high = np.percentile(flat, [2.5, 97.5], axis=0)
    inside = (low < truth[0]) & (truth[0] < high)
    assert inside.mean() >= 0.75
    assert inside[place]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"parameters": {"poisoning_rate": {"low": 0.1}}}, "or none of the three"),
        ({"parameters": {"poisoning_rate": {"low": 0.1, "high": 0.2}}}, "or none of the three"),
        ({"experiments": {}}, "at least 1 item"),
        ({"between_animals": {"low": 0.5, "high": 0.2, "reason": "wrong way"}}, "`low` must be below `high`"),
        ({"observables": {"ALT": {"of": ["x"], "time_course": "slope"}}}, "pattern"),
    ],
)
def test_a_calibration_file_that_does_not_hold_is_refused(changed, said):
    whole = load_calibration("toxic_injury_mouse").model_dump()
    with pytest.raises(ValidationError, match=said):
        Calibration.model_validate({**whole, **changed})


def test_an_unknown_calibration_is_answered_with_its_neighbour():
    with pytest.raises(InputError, match="toxic_injury_mouse"):
        load_calibration("toxic_injury_mous")


def test_a_parameter_that_no_experiment_has_is_refused():
    # the row of the module, which the own table of hcc_n1s1 replaces: nothing here could ever inform it
    whole = load_calibration("tumour_n1s1_rat").model_dump()
    changed = Calibration.model_validate({**whole, "parameters": {**whole["parameters"], "largest_tumour_volume": {}}})
    with pytest.raises(InputError, match="No experiment of this calibration has this parameter") as caught:
        target_of(changed)
    assert [finding.value for finding in caught.value.findings] == ["largest_tumour_volume"]


def test_a_condition_without_observations_is_refused():
    calibration = load_calibration("toxic_injury_mouse")
    with pytest.raises(InputError, match="No observation has this condition"):
        target_of(calibration, [])


def test_arviz_says_nothing_to_a_user_who_never_had_it(tmp_path):
    # it tells of its refactoring once a day, by a date in the user's cache
    code = "from hepasome.inference._arviz import arviz; arviz().ess"
    fresh = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], env=fresh, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
