"""Where the vesicles of the first dose are in every draw, and the peak of what they load onto AGO."""

import shutil

import pandas as pd
import pytest

from hepasome import engine
from hepasome.trial import Computing, Settings, load_run, load_study, run_study, solver_settings
from hepasome.trial._fate import fate_times

DRAWS = 3
STUDY = """\
id: two_doses
title: One dose, or two
subject: {species: mouse, body_weight: 22 g}
disease: {model: ccl4_fibrosis, dose: 0.5 mL/kg, every: 3.5 d, for: 2 wk}
arms:
  vehicle: {}
  recovery: {disease: {stop_at: 1 wk}}
  once:
    treatment: {product: umbilical_cord_msc_exosome, dose: 1e10 particles, route: intravenous, schedule: {start: 7 d}}
  twice:
    treatment:
      product: umbilical_cord_msc_exosome
      dose: 1e10 particles
      route: intravenous
      schedule: {start: {low: 6 d, high: 8 d, reason: a test}, every: 12 h, times: 2}
control: vehicle
subjects_per_arm: 2
read_out: 2 wk
endpoints: [ALT]
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fate")
    (folder / "study.yaml").write_text(STUDY)
    settings = Settings(draws=DRAWS)
    return run_study(load_study(folder / "study.yaml"), settings, folder=folder / "run", computing=Computing(workers=1))


def test_a_dose_is_followed_for_an_hour_for_a_day_and_until_something_follows(run):
    protocol = run.plan.protocol
    start = protocol.arms["once"].treatment.times[0]
    assert fate_times(protocol, "once", 336.0) == (start + 1, start + 24, 336.0)
    first, second = protocol.arms["twice"].treatment.times
    assert fate_times(protocol, "twice", 336.0) == pytest.approx((first + 1, second - 0.01))
    assert fate_times(protocol, "vehicle", 336.0) == ()
    assert fate_times(protocol, "once", start) == ()
    assert fate_times(protocol, "once", start + 0.5) == (start + 0.5,)


def test_every_draw_of_every_treated_arm_stands_there_at_its_own_times(run):
    hours = run.fates.groupby(["arm", "number"])["hours"].apply(list)
    assert sorted(hours.index) == [(arm, draw) for arm in ("once", "twice") for draw in range(1, DRAWS + 1)]
    assert hours["once"].map(len).eq(3).all()
    for draw in range(1, DRAWS + 1):
        assert hours["once", draw] == pytest.approx([1, 24, 168])
        assert hours["twice", draw] == pytest.approx([1, 11.99])
        times = run.plan.subjects.protocol_of(draw).arms["twice"].treatment.times
        assert times != run.plan.protocol.arms["twice"].treatment.times  # each draw has its own day


def test_until_the_second_dose_the_vesicles_are_those_of_the_first_and_none_is_lost_or_made(run):
    places = [name for name in run.fates if name.startswith("vesicles_")]
    total = run.fates.assign(total=run.fates[places].sum(axis=1)).groupby(["arm", "number"])["total"]
    assert total.max().to_numpy() == pytest.approx(1e10, rel=1e-4)
    assert total.max().to_numpy() == pytest.approx(total.min().to_numpy(), rel=1e-4)


def test_vesicles_leave_the_blood(run):
    blood = run.fates.set_index(["arm", "number", "hours"])["vesicles_in_blood"]["once"].unstack()
    assert (blood[1.0] > 10 * blood[24.0].clip(lower=0)).all()


def test_animals_are_read_when_the_draws_are(run):
    start = run.plan.protocol.arms["once"].treatment.times[0]
    read = set(run.trajectories.loc[run.trajectories["arm"] == "once", "time"])
    assert {start + 1, start + 24} <= read


def test_loaded_copies_of_a_draw_stand_at_their_peak_and_vesicles_per_cell_at_the_last_reading(run):
    worlds = run.worlds.query("role == 'world' and variant == 'given' and arm == 'once'")
    loaded = worlds[worlds["endpoint"] == "loaded_per_hepatocyte"].set_index("number")["value"]
    animals = run.trajectories.query("arm == 'once'").groupby("subject")["loaded_per_hepatocyte"]
    assert (animals.max() > 1.2 * animals.last()).all()  # a week after the dose most of it is gone
    assert len(loaded) == DRAWS
    assert (loaded > 0).all()
    untreated = run.worlds.query("arm == 'vehicle' and endpoint == 'loaded_per_hepatocyte'")["value"]
    assert untreated.to_numpy() == pytest.approx(0, abs=1e-9)


def test_the_peak_of_a_draw_is_the_highest_value_of_its_course(run):
    planned = run.plan.subjects.world(2, "once")
    solver, read_out = solver_settings(run.plan.model), ["loaded_per_hepatocyte"]
    (course,) = engine.simulate_ensemble(
        run.plan.model, [planned.subject], run.plan.times, read_out, solver=solver, workers=1
    )
    kept = run.worlds.query("arm == 'once' and variant == 'given' and number == 2").set_index("endpoint")["value"]
    assert kept["loaded_per_hepatocyte"] == pytest.approx(course.values.max(), rel=1e-9)


def test_fates_are_read_back_from_the_folder(run):
    assert load_run(run.folder).fates.equals(run.fates)


def test_chunks_of_a_time_when_runs_kept_less_are_simulated_again(run, tmp_path):
    shutil.copytree(run.folder, tmp_path / "run")
    for path in (tmp_path / "run" / "chunks").iterdir():
        old = pd.read_parquet(path)
        old.drop(columns=[name for name in old if name.startswith("peak ")]).to_parquet(path)
    (tmp_path / "run" / "fates.parquet").unlink()
    again = run_study(run.study, run.plan.settings, folder=tmp_path / "run", computing=Computing(workers=1))
    assert again.fates.equals(run.fates)


def test_a_run_without_draws_has_no_fates(run):
    none = run_study(run.study, Settings(subjects=2, draws=0), computing=Computing(workers=1))
    assert len(none.fates) == 0
    assert list(none.fates) == list(run.fates)
