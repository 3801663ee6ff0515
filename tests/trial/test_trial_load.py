"""A run read back from its folder is the run that was simulated, or one sentence says why it cannot be."""

import json
import shutil

import pandas as pd
import pytest

from hepasome.files import InputError
from hepasome.inference import judge
from hepasome.product import load_product, write_product
from hepasome.report import render_report
from hepasome.trial import Computing, Settings, Study, default_folder, load_run, load_study, run_study, study_ids

TABLES = ("subjects", "trajectories", "endpoints", "worlds", "fates")
OWN = """\
id: own_trial
title: A trial of our own vesicles
subject: {species: mouse, body_weight: {low: 18 g, high: 25 g, reason: a test}}
disease: {model: ccl4_fibrosis, dose: 0.5 mL/kg, every: 3.5 d, for: 1 wk}
arms:
  vehicle: {}
  recovery: {disease: {stop_at: 3 d}}
  healthy: {disease: none}
  exosome:
    treatment:
      product: {base: vesicles.yaml, enrich: {miR-122-5p: 10x}}
      dose: 123.4567 ug
      route: {one_of: [intravenous, intraperitoneal], reason: a test}
      schedule: {start: 3 d}
control: vehicle
subjects_per_arm: {low: 2, high: 4, reason: a test}
read_out: 1 wk
endpoints: [ALT, collagen_area at 5 d, vesicles_in_hepatocytes at 1 d after treatment]
"""
ONE_THREAD = Computing(workers=1)


def same(loaded, run):
    assert loaded.study == run.study
    assert list(loaded.study.arms) == list(run.study.arms)  # their order is that of every table and figure
    assert loaded.plan.settings == run.plan.settings
    assert loaded.plan.protocol == run.plan.protocol
    assert loaded.provenance == run.provenance
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(loaded, name), getattr(run, name), check_exact=True)


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A run of a study that is not shipped, whose files are gone."""
    folder = tmp_path_factory.mktemp("own")
    product = load_product("umbilical_cord_msc_exosome")
    cargo = load_product("adipose_msc_exosome").cargo
    write_product(product.model_copy(update={"cargo": cargo}), folder / "vesicles.yaml")
    (folder / "study.yaml").write_text(OWN)
    settings = Settings(subjects=2, draws=1, overrides={"poisoning_rate": 0.013, "activation_rate": 0.002})
    run = run_study(load_study(folder / "study.yaml"), settings, folder=folder / "run", computing=ONE_THREAD)
    (folder / "study.yaml").unlink()
    (folder / "vesicles.yaml").unlink()
    return run


@pytest.fixture
def copied(own, tmp_path):
    """A copy of its folder to be damaged."""
    shutil.copytree(own.folder, tmp_path / "run")
    return tmp_path / "run"


def test_a_run_of_a_study_file_with_its_own_product_is_read_back_after_both_files_are_gone(own):
    loaded = load_run(own.folder)
    same(loaded, own)
    given = own.plan.protocol.arms["exosome"].treatment.product
    assert loaded.study.products() == {"exosome": given}
    assert [cargo.name for cargo in given.cargo]


def test_a_run_of_a_shipped_study_is_read_back_with_its_verdicts_and_its_report(tmp_path):
    settings = Settings(subjects=2, draws=2, seed=3)
    run = run_study(load_study("herrera_sanchez2017"), settings, folder=tmp_path, computing=ONE_THREAD)
    loaded = load_run(tmp_path)
    same(loaded, run)
    assert judge(loaded) == judge(run)
    assert render_report(loaded) == render_report(run)


@pytest.mark.parametrize("study", study_ids())
def test_every_shipped_study_is_read_back_from_what_a_run_writes(study):
    shipped = load_study(study)
    written = shipped.as_written()
    read = Study.model_validate(json.loads(json.dumps(written)))
    assert read == shipped
    assert read.as_written() == written


def test_a_product_that_was_changed_after_reading_is_not_taken_for_the_old_one(own):
    reference = load_run(own.folder).study.arms["exosome"].treatment.product
    with pytest.raises(InputError, match="no such file"):
        reference.model_copy(update={"enrich": {}}).resolve()


def test_the_order_of_arms_is_part_of_a_run(own, tmp_path):
    study = load_run(own.folder).study
    other = study.model_copy(update={"arms": dict(reversed(study.arms.items()))})
    settings = Settings(subjects=2, draws=0)
    runs = [run_study(one, settings, computing=ONE_THREAD) for one in (study, other)]
    assert len({run.provenance["identity"] for run in runs}) == 2


def test_overrides_are_the_same_in_any_order(own, tmp_path):
    study, values = load_run(own.folder).study, {"poisoning_rate": 0.013, "activation_rate": 0.002}
    either = [default_folder(study, Settings(overrides=dict(order)), tmp_path) for order in orders(values.items())]
    assert len(either) == 2
    assert len(set(either)) == 1


def orders(items):
    return [list(items), list(reversed(items))]


def change(folder, **values):
    path = folder / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def refused(folder):
    with pytest.raises(InputError) as error:
        load_run(folder)
    (finding,) = error.value.findings
    assert finding.remedy
    return str(error.value)


def test_a_folder_without_a_run_is_refused(tmp_path):
    assert "no run in this place" in refused(tmp_path)
    assert "no run in this place" in refused(tmp_path / "nowhere")


def test_an_unfinished_run_is_refused(copied):
    change(copied, status="running")
    assert "not finished" in refused(copied)


@pytest.mark.parametrize("what", ["model_hash", "tables_hash"])
def test_a_run_of_another_version_or_model_is_refused(copied, what):
    change(copied, **{what: "0" * 64})
    assert "model has changed" in refused(copied)
    change(copied, hepasome="0.0.1")
    assert "Another hepasome" in refused(copied)


@pytest.mark.parametrize("text", ["{", "[]", "7", '{"status": "complete"}', "[" * 100_000, '{"study": {}}'])
def test_a_damaged_run_file_is_refused(copied, text):
    (copied / "run.json").write_text(text)
    assert any(word in refused(copied) for word in ("damaged", "hepasome"))


@pytest.mark.parametrize(
    "values",
    [
        {"settings": {"subjects": 3, "seed": 1, "draws": 1, "overrides": {}}},
        {"settings": {"animals": 3}},
        {"settings": None},
        {"simulator": "guess"},
        {"versions": None},
        {"products": {}},
        {"identity": "0"},
    ],
)
def test_a_run_file_that_was_changed_is_refused(copied, values):
    change(copied, **values)
    assert "damaged" in refused(copied)


def test_a_missing_or_damaged_table_is_refused(copied):
    worlds = copied / "worlds.parquet"
    raw = bytearray(worlds.read_bytes())
    raw[len(raw) // 3] ^= 1
    worlds.write_bytes(bytes(raw))
    assert "damaged" in refused(copied)
    worlds.unlink()
    assert "missing" in refused(copied)


def test_tables_of_another_run_are_refused(copied, own):
    own.subjects.iloc[:-1].to_parquet(copied / "subjects.parquet", index=False)
    assert "other subjects" in refused(copied)
