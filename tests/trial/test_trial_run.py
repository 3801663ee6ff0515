"""A small trial, simulated: what the animals of each arm must show, and what must not depend on what."""

import numpy as np
import pandas as pd
import pytest

from hepasome.trial import Computing, Settings, load_study, run_study

STUDY = """\
id: small_trial
title: A small trial
subject: {species: mouse, body_weight: 22 g}
disease: {model: ccl4_fibrosis, dose: 0.5 mL/kg, every: 3.5 d, for: 3 wk}
arms:
  healthy: {disease: none}
  vehicle: {}
  recovery: {disease: {stop_at: treatment}}
  exosome:
    treatment: {product: umbilical_cord_msc_exosome, dose: 1e10 particles, route: intravenous, schedule: {start: 1 wk}}
control: vehicle
subjects_per_arm: 4
read_out: 3 wk
endpoints: [ALT, collagen_area, ALT at 1 d]
"""
FATES = [
    *("vesicles_in_blood", "vesicles_in_depot", "vesicles_in_lung", "vesicles_in_spleen", "vesicles_in_sinusoids"),
    *("vesicles_in_kupffer_cells", "vesicles_in_endothelial_cells", "vesicles_in_stellate_cells"),
    *("vesicles_in_hepatocytes", "vesicles_elsewhere"),
]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    path = tmp_path_factory.mktemp("study") / "study.yaml"
    path.write_text(STUDY)
    return load_study(path)


@pytest.fixture(scope="module")
def run(study):
    return run_study(study, Settings(draws=2))


def course(run, arm, read_out):
    rows = run.trajectories[run.trajectories["arm"] == arm]
    return rows.pivot(index="time", columns="number", values=read_out)


def test_every_animal_is_simulated_and_read(run):
    assert set(run.subjects["status"]) == {"COMPLETED"}
    counts = run.endpoints.groupby(["arm", "endpoint"]).size()
    assert set(counts) == {4}
    assert len(counts) == 4 * 3


def test_a_healthy_animal_stays_as_it_is(run):
    for read_out in ("ALT", "collagen_area"):
        values = course(run, "healthy", read_out)
        assert (values / values.iloc[0]).to_numpy() == pytest.approx(1, abs=0.02)


def test_the_toxin_raises_alt_and_collagen_and_stopping_it_lets_the_liver_heal(run):
    courses = {arm: course(run, arm, "collagen_area") for arm in ("healthy", "vehicle", "recovery")}
    last = {arm: (values.iloc[-1] / values.iloc[0]).median() for arm, values in courses.items()}
    most = {arm: (values.max() / values.iloc[0]).median() for arm, values in courses.items()}
    assert last["vehicle"] > 1.5 * last["recovery"]
    assert most["vehicle"] > most["recovery"] > 1.05 * most["healthy"]
    assert course(run, "vehicle", "ALT").loc[24.0].min() > 20 * course(run, "healthy", "ALT").loc[24.0].max()


def test_stopping_starts_when_the_first_treatment_is_given(run):
    protocol = run.plan.protocol
    assert protocol.arms["vehicle"].induction_times == (0, 84, 168, 252, 336, 420)
    assert protocol.arms["recovery"].induction_times == (0, 84)
    assert protocol.arms["exosome"].treatment.times == (168,)


def test_the_particles_found_are_the_dose_with_the_error_of_counting_and_injecting(run):
    rows = run.trajectories[(run.trajectories["arm"] == "exosome") & (run.trajectories["time"] > 168)]
    given = rows.groupby("subject")[FATES].apply(lambda table: table.sum(axis=1))
    within = given.groupby("subject").agg(lambda values: values.max() / values.min() - 1)
    assert within.max() < 1e-6  # nothing is lost on the way, to the tolerance of the solver
    assert given.between(0.5e10, 2e10).all()
    assert given.groupby("subject").first().nunique() == 4


def test_nobody_else_gets_vesicles(run):
    others = run.trajectories[run.trajectories["arm"] != "exosome"]
    assert (others[FATES].to_numpy() == 0).all()


def test_animals_differ_and_so_do_their_measurements(run):
    alt = run.endpoints[run.endpoints["endpoint"] == "ALT at 1 d"]
    assert alt["true"].nunique() == len(alt)
    ratio = np.log(alt["measured"] / alt["true"])
    assert 0.01 < ratio.std() < 0.3


def test_more_animals_or_other_arms_leave_the_first_ones_as_they_were(study, run):
    arms = {name: arm for name, arm in study.arms.items() if name != "exosome"}
    fewer = run_study(
        study.model_copy(update={"arms": arms}), Settings(subjects=2, draws=0), computing=Computing(workers=1)
    )
    keys = ["subject", "endpoint"]
    pair = fewer.endpoints.merge(run.endpoints, on=keys, suffixes=("", "_of_all"))
    pair = pair[pair["arm"] != "recovery"]  # its toxin now stops at once: nobody is treated any more
    assert len(pair) == 2 * 2 * 3
    assert (pair["measured"] == pair["measured_of_all"]).all()


@pytest.mark.parametrize("settings", [Settings(draws=2, seed=2), Settings(draws=2, overrides={"poisoning_rate": 0.01})])
def test_another_seed_or_parameter_gives_another_course_of_the_injury(study, run, settings):
    other = run_study(study, settings)
    assert other.provenance["identity"] != run.provenance["identity"]
    injured = (run.endpoints["arm"] != "healthy") & (run.endpoints["endpoint"] == "ALT at 1 d")
    assert (other.endpoints["true"] != run.endpoints["true"])[injured].all()


def test_the_same_seed_gives_the_same_run_whatever_the_number_of_workers(study, run):
    again = run_study(study, Settings(draws=2), computing=Computing(workers=1))
    for name in ("subjects", "trajectories", "endpoints", "worlds", "fates"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(run, name), check_exact=True)


def test_worlds_stand_with_and_without_the_named_cargo(run):
    worlds = run.worlds[run.worlds["role"] == "world"].groupby(["arm", "variant"])["number"].nunique()
    assert set(worlds) == {2}
    assert ("exosome", "without_named_cargo") in worlds.index
    assert ("vehicle", "without_named_cargo") not in worlds.index
