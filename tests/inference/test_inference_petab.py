"""Calibrations as PEtab problems: valid, and to COPASI what they are to hepasome."""

from math import log, sqrt

import pandas as pd
import pytest
import yaml
from calibrations_for_tests import ROWS, row
from scipy.stats import norm

from hepasome.inference import calibration_ids, load_calibration, write_petab
from hepasome.inference._petab_priors import petab_priors
from hepasome.inference._target import Target

IDS = calibration_ids()
# A factor of 1.01 in the odds between two sets of parameters. Values agree within 3e-4 (areas under a course are 200
# points in hepasome, an integral in PEtab), and every error has at least what the model misses.
AWAY = 0.01


@pytest.fixture(scope="module")
def petab_run(run_of):
    """The comparison of `validation/petab`, which reads problems with programs that know nothing of hepasome."""
    return run_of("petab")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("petab")
    return {name: write_petab(load_calibration(name), folder) for name in IDS}


def tables(problem):
    names = ("conditions", "observables", "measurements", "parameters")
    return [pd.read_csv(problem.parent / f"{name}.tsv", sep="\t") for name in names]


@pytest.mark.parametrize("name", IDS)
def test_every_calibration_is_a_valid_problem(petab_run, written, name):
    for part in written[name].parts:
        assert petab_run.complaints(part) == []


def test_what_is_no_valid_problem_is_told(petab_run, tmp_path):
    (part,) = write_petab(load_calibration("tumour_n1s1_rat"), tmp_path).parts
    path = part.parent / "measurements.tsv"
    path.write_text(path.read_text().replace("untreated_n1s1_rat", "nobody"))
    assert any("nobody" in complaint for complaint in petab_run.complaints(part))


@pytest.mark.parametrize("name", IDS)
def test_in_copasi_a_draw_of_the_prior_has_the_values_and_the_log_likelihood_of_hepasome(petab_run, tmp_path, name):
    for found in petab_run.compared(name, "draw 1", tmp_path):
        assert found["copasi"].to_numpy() == pytest.approx(found["hepasome"].to_numpy(), rel=petab_run.LIMIT)
        assert found.attrs["copasi"] == pytest.approx(found.attrs["hepasome"], abs=AWAY)


def test_all_measurements_are_there_once_whatever_the_models(written):
    for name, found in written.items():
        ids = [one for part in found.parts for one in tables(part)[2]["observation"]]
        assert len(ids) == len(set(ids)) == found.measurements, name
        assert found.problem.name == "problem.yaml"
        assert found.problem.parent.name == name


def test_two_models_stand_in_one_file_and_share_their_parameters(written):
    found = written["toxic_injury_mouse"]
    assert {part.parent.name for part in found.parts} == {"ccl4_acute", "apap"}
    whole = yaml.safe_load(found.problem.read_text())
    named = [file for one in whole["problems"] for key in one for file in one[key]] + [whole["parameter_file"]]
    assert len(named) == 4 * 2 + 1
    assert all((found.problem.parent / file).is_file() for file in named)
    together = set(pd.read_csv(found.problem.parent / "parameters.tsv", sep="\t")["parameterId"])
    apart = [set(tables(part)[3]["parameterId"]) for part in found.parts]
    assert set.union(*apart) == together
    # paracetamol has a rate of commitment of its own
    assert ["apap_commitment_rate" in one for one in apart] != ["commitment_rate" in one for one in apart]


def test_the_errors_of_an_observable_never_change(written):
    # pyPESTO refuses a noise parameter that changes in time
    for found in written.values():
        for part in found.parts:
            errors = tables(part)[2].groupby(["observableId", "simulationConditionId"])["noiseParameters"].nunique()
            assert errors.max() == 1


def test_a_weak_observation_has_twice_the_error_and_the_readme_names_it(written):
    found = written["toxic_injury_mouse"]
    rows = tables(found.parts[0])[2].set_index("observation")["noiseParameters"]
    assert float(rows["holland2021_acute_ALT_1h"].split(";")[1]) == 4 / 5  # 2^2 over five mice, published without SD
    assert "`holland2021_acute_ALT_1h`" in (found.problem.parent / "README.md").read_text()


def test_priors_keep_their_interval_and_say_how_far_they_are_from_what_is_meant():
    lopsided = {
        "lopsided": row("lopsided", 0.2, 0.1, 20),
        "share": row("share", 0.3, 0.05, 0.7).model_copy(update={"scale": "logit"}),
        "known": row("known", 1, None, None),
    }
    priors = petab_priors(Target({**ROWS, **lopsided}, (), lambda values: values))
    assert "known" not in priors
    # the median is 100, that of a log-normal distribution between 30 and 300 is their geometric mean
    assert priors["start"].away == pytest.approx(
        norm.cdf(log(100 / sqrt(30 * 300)) / priors["start"].sd) - 0.5, abs=1e-4
    )
    assert priors["lopsided"].away > 0.2
    assert priors["between_animals"].away == priors["model_discrepancy"].away == 0
    for name, (low, high) in {"start": (30, 300), "lopsided": (0.1, 20), "between_animals": (0.2, 0.6)}.items():
        prior = priors[name]
        assert prior.scale == "log"
        within = norm(prior.mean, prior.sd)
        assert [within.cdf(log(low)), within.cdf(log(high))] == pytest.approx([0.05, 0.95])
    assert 0 < priors["share"].lower < priors["share"].upper < 1
