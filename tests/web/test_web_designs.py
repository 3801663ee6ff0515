"""Designs: prepared by a job, asked about without simulating, and saying what the command line says."""

import io
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import urllib.request
import zipfile

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hepasome import load_study
from hepasome.design import Choices, Design
from hepasome.report import power_table, sample_size_sentences
from hepasome.web import Limits

STUDY = "herrera_sanchez2017"  # a dish: the smallest model
SMALL = {"study": STUDY, "draws": 10, "animals": 20, "dose": ["1e9 particles", "1e10 particles", "1e11 particles"]}
FEW = {"trials": 400, "most": 12}


def ready(client, wait, **asked):
    answer = client.post("/api/designs", json=SMALL | asked)
    assert answer.status_code == 202, answer.text
    name = answer.json()["name"]
    wait(lambda: client.get(f"/api/designs/{name}").json()["state"] in ("complete", "failed"))
    return name


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Folder of a server."""
    return tmp_path_factory.mktemp("designs")


@pytest.fixture(scope="module")
def prepared(client_of, served, wait):
    """A client of a server with one prepared design, and its name."""
    with client_of(served) as client:
        name = ready(client, wait)
        view = client.get(f"/api/designs/{name}").json()
        assert view["ready"], view
        yield client, name


def curve(prepared, **asked):
    client, name = prepared
    return client.get(f"/api/designs/{name}/curve", params=FEW | asked)


def test_a_prepared_design_says_what_it_can_be_asked(prepared):
    client, name = prepared
    view = client.get(f"/api/designs/{name}").json()
    assert [one["value"] for one in view["doses"]] == [1e9, 1e10, 1e11]
    assert (view["times"], view["endpoint"], view["own_dose"]["value"]) == ([1], "urea", 1e10)
    assert "log-rank" not in view["tests"]
    assert client.get("/api/designs").json() == [view]
    assert name in client.get("/design").text
    assert client.get(f"/runs/{name}").headers["location"] == f"/design/{name}"


def test_the_dose_of_the_study_has_the_numbers_and_files_of_the_command_line(prepared, tmp_path):
    client, name = prepared
    found = curve(prepared, effect="-30%", alpha=0.1).json()
    command = shlex.split(found["command"])
    assert "--search" not in command
    cli = [sys.executable, "-c", "from hepasome.cli import main; main()"]
    subprocess.run([*cli, *command[1:], "--out", tmp_path / "out"], check=True, capture_output=True)
    for path in (tmp_path / "out").iterdir():
        query = FEW | {"effect": "-30%", "alpha": 0.1}
        served = client.get(f"/api/designs/{name}/files/{path.name}", params=query)
        assert served.status_code == 200
        assert served.content == path.read_bytes(), path.name
    whole = client.get(f"/api/designs/{name}/files/design.zip", params=query).content
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert set(archive.namelist()) == {path.name for path in (tmp_path / "out").iterdir()}


def test_what_is_shown_is_what_python_finds(prepared):
    found = curve(prepared, test="mann-whitney", effect="0.8 SD").json()
    asked = Design(draws=10, animals=20, **FEW, test="mann-whitney", effect="0.8 SD")
    alone = load_study(STUDY).design(asked, workers=1)
    rows = power_table(alone.size).query("question == 'assurance'")
    shown = {one["n"]: one["assurance"] for one in found["points"] if one["assurance"] is not None}
    assert shown == dict(zip(rows["per_arm"], rows["found"], strict=True))
    assert found["sentences"] == sample_size_sentences(alone.study, alone.size)


def test_another_dose_has_the_numbers_of_a_search_for_it(prepared):
    found = curve(prepared, dose="1e11 particles").json()
    assert not found["interpolated"]
    words = shlex.split(found["command"])
    dose = words[words.index("--dose") + 1]
    asked = Design(draws=10, animals=20, **FEW)
    (option,) = load_study(STUDY).design(asked, choices=Choices(doses=(dose,)), workers=1).search.options
    assert [one["assurance"] for one in found["points"]] == [one.found for one in option.assurance.points]
    assert found["change"] == pytest.approx(list(option.change))


def test_a_dose_between_is_said_to_be_interpolated_and_lies_between(prepared):
    changes = [curve(prepared, dose=f"{dose} particles").json()["change"][0] for dose in ("1e10", "3e10", "1e11")]
    assert curve(prepared, dose="3e10 particles").json()["interpolated"]
    assert sorted(changes) in (changes, changes[::-1])
    assert len(set(changes)) == 3


def test_the_size_that_is_looked_at_has_a_cost(prepared):
    found = curve(prepared, n=7, animal_cost=100, product_cost=1e-9).json()
    arms = len(load_study(STUDY).study.arms)
    assert found["at"]["in_all"] == 7 * arms
    assert found["cost"] == pytest.approx(7 * (arms * 100 + 1e10 * 1e-9))
    assert f"With 7 per arm, {7 * arms} dishes in all" in found["here"]
    assert curve(prepared, n=1000).json()["at"]["n"] == FEW["most"]


def test_nothing_is_prepared_twice(prepared, wait):
    client, name = prepared
    again = client.post("/api/designs", json=SMALL | {"dose": ["10000000000 particles", *SMALL["dose"]]})
    assert (again.json()["name"], again.json()["state"]) == (name, "complete")
    assert client.post(f"/api/runs/{name}/continue").status_code == 409


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"dose": "5 ug"}, "--dose"),
        ({"dose": "1e12 particles"}, "--dose"),
        ({"dose": "much"}, "--dose"),
        ({"times": 3}, "--dose"),
        ({"test": "log-rank"}, "--test"),
        ({"alpha": 0.7}, "--alpha"),
        ({"alpha": "small"}, "alpha"),
        ({"effect": "big"}, "--effect"),
        ({"attrition": -1}, "--attrition"),
        ({"looks": 99}, "looks"),
        ({"animal_cost": -1}, "--animal-cost"),
        ({"most": 500}, "most"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_asked_is_said_at_its_field(prepared, asked, field):
    refused = curve(prepared, **asked)
    assert refused.status_code == 422
    assert field in [one["field"] for one in refused.json()["findings"]]


@pytest.mark.parametrize(
    ("asked", "status", "field"),
    [
        ({"study": "nobody"}, 404, None),
        ({"study": "yusa2011"}, 422, ""),  # nobody is treated
        ({"arm": "x"}, 422, "--arm"),
        ({"endpoint": "x"}, 422, "--endpoint"),
        ({"dose": ["5 mL"]}, 422, "--dose"),
        ({"times": [3]}, 422, "--times"),  # the study gives no interval
        ({"draws": 5}, 422, "draws"),
        ({"animals": 10**9}, 422, "animals"),
        ({"humane": "sad"}, 422, "--humane"),
    ],
)
def test_what_cannot_be_prepared_is_refused_before_it_is_queued(client, asked, status, field):
    refused = client.post("/api/designs", json=SMALL | asked)
    assert refused.status_code == status, refused.text
    if field is not None:
        assert field in [one["field"] for one in refused.json()["findings"]]
    assert client.get("/api/runs").json() == []


def test_a_server_takes_no_more_subjects_than_it_may(client_of, tmp_path):
    with client_of(tmp_path, limits=Limits(subjects=100)) as client:
        refused = client.post("/api/designs", json=SMALL)
        assert "server takes up to 100" in refused.json()["findings"][0]["problem"]


def test_a_design_that_cannot_be_simulated_says_why(client, wait):
    name = ready(client, wait, humane="fur < 3")
    view = client.get(f"/api/designs/{name}").json()
    assert (view["state"], view["ready"]) == ("failed", False)
    assert "does not read this out" in view["message"]
    assert "does not read this out" in client.get(f"/design/{name}").text
    assert client.get(f"/api/designs/{name}/curve").status_code == 409


def test_what_another_version_prepared_is_not_used(prepared, client_of, served, tmp_path):
    _, name = prepared
    other = f"{STUDY}-design-0000000000"
    for folder in ("runs", "runs/.jobs"):
        shutil.copytree(served / folder / name, tmp_path / folder / other)
    job = tmp_path / "runs" / ".jobs" / other / "job.json"
    job.write_text(json.dumps(json.loads(job.read_text()) | {"name": other}))
    with client_of(tmp_path) as client:
        assert not client.get(f"/api/designs/{other}").json()["ready"]
        assert client.get(f"/api/designs/{other}/curve").status_code == 409
        assert "Another version" in client.get(f"/design/{other}").text


def test_a_damaged_design_is_left_out_of_the_list(prepared, client_of, served, tmp_path):
    _, name = prepared
    shutil.copytree(served / "runs", tmp_path / "runs", ignore=shutil.ignore_patterns(".index*", ".server*"))
    (tmp_path / "runs" / name / "prepared.npz").write_bytes(b"PK")
    with client_of(tmp_path) as client:
        assert name not in [one["name"] for one in client.get("/api/designs").json()]
        assert "damaged" in client.get(f"/api/designs/{name}").json()["findings"][0]["problem"]


def test_a_preparation_that_was_killed_goes_on_and_says_the_same(prepared, client_of, serve, tmp_path, wait):
    asked = SMALL | {"draws": 16, "dose": [f"{i}e9 particles" for i in range(1, 20)]}
    server, address = serve(tmp_path)
    try:
        request = urllib.request.Request(  # noqa: S310 # our own
            f"{address}api/designs", json.dumps(asked).encode(), {"content-type": "application/json"}
        )
        name = json.loads(urllib.request.urlopen(request).read())["name"]  # noqa: S310
        part = wait(lambda: next(iter(tmp_path.glob("runs/*/parts/option0.npz")), None))
        worker, made = psutil.Process(server.pid).children(), part.stat().st_mtime_ns
    finally:
        os.kill(server.pid, signal.SIGKILL)
        server.wait()
    assert psutil.wait_procs(worker, timeout=20)[1] == []
    assert not (part.parents[1] / "prepared.npz").exists()
    assert part.stat().st_mtime_ns == made
    with client_of(tmp_path) as client:
        wait(lambda: client.get(f"/api/designs/{name}").json()["state"] == "complete")
        found = client.get(f"/api/designs/{name}/curve", params=FEW).json()
        assert client.delete(f"/api/runs/{name}").status_code == 204
        assert client.get(f"/api/designs/{name}").status_code == 404
    alone = load_study(STUDY).design(Design(draws=16, animals=20, **FEW), workers=1)
    assert found["sentences"] == sample_size_sentences(alone.study, alone.size)


QUERY = ["dose", "times", "n", "test", "alpha", "power", "most", "effect", "attrition", "block", "block_size"]
QUERY += ["block_share", "within", "labs", "between_labs", "looks", "spending", "animal_cost", "product_cost", "seed"]
WORD = st.sampled_from(["2e10 particles", "-30%", "0.8 SD", "mixed", "dunnett", "pocock", "true", "nan", "-1", "inf"])
VALUE = WORD | st.integers(-5, 60).map(str) | st.floats(-1, 2).map(str) | st.text(max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(QUERY), VALUE, max_size=4))
def test_whatever_is_asked_is_answered_or_refused_with_findings(prepared, asked):
    client, name = prepared
    answer = client.get(f"/api/designs/{name}/curve", params={"trials": 200, "most": 8} | asked)
    assert answer.status_code in (200, 422), answer.text
    if answer.status_code == 422:
        assert answer.json()["findings"]
    else:
        for one in answer.json()["points"]:
            assert one["assurance"] is None or one["low"] <= one["assurance"] <= one["high"]
