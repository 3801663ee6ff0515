"""Studies as COMBINE archives: other programs read them without a complaint and find what hepasome finds."""

import csv
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import libsbml
import numpy as np
import pytest

from hepasome import LoadedStudy, load_study
from hepasome.biology import unit_findings
from hepasome.engine import simulate_ensemble
from hepasome.files import InputError
from hepasome.product import load_product, write_product
from hepasome.trial import load_study as read_study
from hepasome.trial import solver_settings, study_archive, study_ids, study_path, typical_subject
from hepasome.trial._archive_sedml import courses_of
from hepasome.trial._protocol import settle_protocol

# mice poisoned for weeks, cells in a dish, and mice poisoned once, which need two courses
STUDIES = ("li2013", "tan2014_apap", "tan2014")
EXECUTOR = Path(__file__).with_name("sedml_for_tests.py")
TOLERANCE = 1e-4  # of two solvers, each with its own error below it


def archive_of(name):
    return study_archive(read_study(name), study_path(name))


def files_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.fixture(scope="module")
def archives():
    return {name: archive_of(name) for name in STUDIES}


@pytest.fixture(scope="module")
def executed(archives, tmp_path_factory):
    """What programs that know nothing of hepasome make of the archives; the folder in which they unpacked them."""
    folder = tmp_path_factory.mktemp("omex")
    paths = [one.write(folder) for one in archives.values()]
    done = subprocess.run([sys.executable, EXECUTOR, folder, *paths], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder, {name: json.loads((folder / f"{name}.json").read_text()) for name in archives}


@pytest.mark.parametrize("name", STUDIES)
def test_another_program_finds_the_same_endpoints_in_every_arm(executed, name):
    folder, found = executed
    study = read_study(name)
    with (folder / name / "endpoints.csv").open() as file:
        places = list(csv.DictReader(file))
    assert [place["endpoint"] for place in places] == [str(endpoint) for endpoint in study.endpoints]
    times = sorted({float(place["time"]) for place in places})
    read_outs = sorted({place["read_out"] for place in places})
    for arm in study.arms:
        typical = typical_subject(study, arm)
        solver = solver_settings(typical.model)
        (own,) = simulate_ensemble(typical.model, [typical.subject], times, read_outs, solver=solver, workers=1)
        for place in places:
            report = found[name]["reports"][f"report_{arm}_{place['course']}"]
            row, column, time = int(place["row"]), place["read_out"], float(place["time"])
            assert report["time"][row] == pytest.approx(time, rel=1e-12)
            value = own.values[times.index(time), read_outs.index(column)]
            assert report[column][row] == pytest.approx(value, rel=TOLERANCE), (arm, place["endpoint"])


def test_arms_differ_by_far_more_than_solvers_do(executed):
    """So that the comparison above would see an injury or a dose that never came."""
    reports = executed[1]["li2013"]["reports"]
    scar = {arm: reports[f"report_{arm}_1"]["collagen_area"][-1] for arm in ("healthy", "recovery", "vehicle")}
    assert 2 * scar["healthy"] < scar["recovery"] < 0.9 * scar["vehicle"]  # a liver left alone heals
    for name, control, read_out in zip(
        STUDIES, ("vehicle", "toxicant", "vehicle"), ("TGF_beta1", "viability", "ALT"), strict=True
    ):
        reports = executed[1][name]["reports"]
        treated, untreated = (reports[f"report_{arm}_1"][read_out][-1] for arm in ("exosome", control))
        assert abs(treated / untreated - 1) > 100 * TOLERANCE


@pytest.mark.parametrize("name", STUDIES)
def test_the_libraries_have_nothing_to_complain_of(executed, archives, name):
    folder, found = executed
    assert found[name]["complaints"] == []
    assert found[name]["creators"] == [f"hepasome {version('hepasome')}"]
    assert found[name]["master"] == "./simulation.sedml"
    kinds = {location.removeprefix("./"): kind for location, kind in found[name]["kinds"].items()}
    files = set(files_of(archives[name].content))
    assert set(kinds) | {"metadata.rdf"} == files  # libCOMBINE has taken the metadata out of the list
    models = [file for file in files if file == "model.xml" or file.startswith("models/")]
    assert len(models) == 1 + len(read_study(name).arms)
    assert {kinds[file] for file in models} == {"sbml"}
    assert [kinds[file] for file in ("simulation.sedml", "endpoints.csv")] == ["sedml", "csv"]
    for file in models:
        assert unit_findings((folder / name / file).read_text()) == [], file
    places = csv.DictReader(io.StringIO((folder / name / "endpoints.csv").read_text()))
    assert set(found[name]["plots"]) == {f"plot_{place['course']}_{place['read_out']}" for place in places}


def test_events_come_exactly_when_the_subject_is_given_something(archives):
    files = files_of(archives["li2013"].content)
    for arm in read_study("li2013").arms:
        model = libsbml.readSBMLFromString(files[f"models/{arm}.xml"]).getModel()
        assert f'level="3" version="{model.getVersion()}"' in files[f"models/{arm}.xml"]
        assert f"sbml.level-3.version-{model.getVersion()}" in files["simulation.sedml"]
        triggers = [event.getTrigger().getMath().getChild(1).getValue() for event in model.getListOfEvents()]
        subject = typical_subject(read_study("li2013"), arm).subject
        given = sorted({dose.time for dose in subject.doses} - {0.0})
        np.testing.assert_allclose(triggers, given, rtol=1e-14)
        amounts = [one.getValue() for one in model.getListOfParameters() if one.getId().startswith("dose_")]
        np.testing.assert_allclose(sorted(amounts), sorted(dose.amount for dose in subject.doses), rtol=1e-14)
        assert bool(given) == (arm != "healthy")


def test_the_model_alone_has_the_values_of_the_subjects_and_gives_nothing(archives):
    model = libsbml.readSBMLFromString(files_of(archives["li2013"].content)["model.xml"]).getModel()
    assert model.getNumEvents() == 0
    for arm in ("healthy", "vehicle"):
        values = typical_subject(read_study("li2013"), arm).subject.parameters
        own = {name: model.getParameter(name).getValue() for name in values}
        differing = {name for name in values if own[name] != values[name]}
        assert "fenestral_permeability" in values
        assert differing == set()


def test_the_same_study_gives_the_same_bytes_on_any_day(archives, monkeypatch):
    with zipfile.ZipFile(io.BytesIO(archives["tan2014_apap"].content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    monkeypatch.setattr("time.time", lambda: 4e9)
    assert archive_of("tan2014_apap").content == archives["tan2014_apap"].content
    assert archives["li2013"].content != archives["tan2014_apap"].content


def test_published_numbers_and_statements_come_along_as_they_are(archives):
    files = files_of(archives["li2013"].content)
    for name in ("study.yaml", "observations.csv", "claims.csv", "record.yaml"):
        assert files[name] == study_path("li2013").with_name(name).read_text()
        assert f"`{name}`" in files["README.md"]


def test_a_study_of_ones_own_is_a_study_again_when_it_is_unpacked(tmp_path):
    own = tmp_path / "mine"
    shutil.copytree(study_path("tan2014_apap").parent, own)
    for name in ("observations.csv", "claims.csv", "record.yaml"):
        (own / name).unlink()
    text = (own / "study.yaml").read_text()
    product = re.search(r"(?:product|base): (\w+)", text).group(1)
    (own / "vesicles").mkdir()
    write_product(load_product(product), own / "vesicles" / "ours.yaml")
    (own / "study.yaml").write_text(text.replace(product, "vesicles/ours.yaml").replace("id: tan2014_apap", "id: mine"))
    path = load_study(own).archive(tmp_path / "out")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "again")  # our own
        assert "claims.csv" not in archive.namelist()
        readme = archive.read("README.md").decode()
    assert "`vesicles/ours.yaml`" in readme
    assert "`claims.csv`" not in readme
    assert load_study(tmp_path / "again").archive(tmp_path / "more").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("name", study_ids())
def test_courses_hit_every_endpoint_of_every_study_once(name):
    study = read_study(name)
    protocol = settle_protocol(study, None)
    courses = courses_of(study, protocol)
    places = [(course, place) for course in courses for place in course.endpoints]
    assert sorted(place.endpoint for _, place in places) == sorted(str(endpoint) for endpoint in study.endpoints)
    for endpoint in study.endpoints:
        ((course, place),) = [one for one in places if one[1].endpoint == str(endpoint)]
        assert place.row * course.end / course.steps == pytest.approx(protocol.endpoint_time(endpoint), rel=1e-9)
        assert 0 <= place.row <= course.steps


def test_nothing_that_is_there_is_overwritten(archives, tmp_path):
    archive = archives["tan2014_apap"]
    path = archive.write(tmp_path)
    assert archive.write(tmp_path) == path  # the same: nothing to do
    path.write_text("mine")
    with pytest.raises(InputError, match="would be lost"):
        archive.write(tmp_path)
    assert path.read_text() == "mine"
    with pytest.raises(InputError, match="not a folder"):
        archive.write(path)


def test_a_study_without_a_file_has_no_archive(tmp_path):
    with pytest.raises(ValueError, match="no file"):
        LoadedStudy(read_study("yusa2011")).archive(tmp_path)
