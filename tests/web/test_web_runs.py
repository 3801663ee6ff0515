"""Runs through the JSON API: what they say, what they leave, and what is refused."""

import json

import pandas as pd
import pytest

from hepasome import SimulatedStudy, load_run, load_study
from hepasome.report import run_results
from hepasome.web import Limits

STUDY = "herrera_sanchez2017"


def test_a_run_says_what_the_command_line_says_to_the_last_byte(finished, tmp_path):
    client, name = finished
    again = load_study(STUDY).run(2, draws=2, out=tmp_path / "again", workers=1)
    assert client.get(f"/api/runs/{name}/report.html").content == again.report().read_bytes()
    found = client.get(f"/api/runs/{name}/results").json()
    assert {**found, "pictures": []} == {**json.loads(json.dumps(run_results(again.run))), "pictures": []}
    assert {row["label"] for row in found["verdicts"]} <= {"reproduced", "conditional", "not reproduced", "not judged"}
    means = again.run.endpoints.groupby(["endpoint", "arm"])["measured"].mean()
    for row in found["endpoints"]:
        for arm, cell in row["arms"].items():
            assert cell["mean"] == pytest.approx(means[row["label"], arm])


def test_every_figure_is_there_as_svg_png_and_numbers(finished, tmp_path):
    client, name = finished
    figures = client.get(f"/api/runs/{name}/results").json()["figures"]
    assert {"protocol", "time_courses", "animals", "attribution"} <= set(figures)
    for figure in figures:
        svg, png, csv = (client.get(f"/api/runs/{name}/figures/{figure}.{kind}") for kind in ("svg", "png", "csv"))
        assert svg.headers["content-type"].startswith("image/svg+xml")
        assert png.content.startswith(b"\x89PNG")
        assert csv.headers["content-disposition"].endswith(f'{name}_{figure}.csv"')
        assert csv.text.count("\n") > 1
    path = tmp_path / "endpoints.parquet"
    path.write_bytes(client.get(f"/api/runs/{name}/tables/endpoints.parquet").content)
    assert set(pd.read_parquet(path)["arm"]) == set(load_study(STUDY).study.arms)


def test_the_numbers_of_the_pictures_are_those_of_the_run(finished, tmp_path):
    _, name = finished
    run = load_run(tmp_path / "served" / "runs" / name).run
    figures = tmp_path / "served" / "runs" / name / "figures"
    courses = pd.read_csv(figures / "time_courses.csv")
    assert (courses["low"] <= courses["median"]).all()
    assert (courses["median"] <= courses["high"]).all()
    one = courses.iloc[-1]
    rows = run.trajectories[(run.trajectories["arm"] == one["arm"]) & (run.trajectories["time"] == one["time"])]
    assert one["median"] == pytest.approx(rows[one["endpoint"]].median())
    animals = pd.read_csv(figures / "animals.csv")
    assert animals["measured"].to_numpy() == pytest.approx(run.endpoints["measured"].to_numpy(), nan_ok=True)


def test_the_same_run_is_not_computed_twice(finished):
    client, name = finished
    again = client.post("/api/runs", json={"study": STUDY, "subjects": 2, "draws": 2})
    assert (again.json()["name"], again.json()["state"]) == (name, "complete")
    assert len(client.get("/api/runs").json()) == 1
    assert client.post(f"/api/runs/{name}/continue").status_code == 409
    assert client.post(f"/api/runs/{name}/cancel").status_code == 409


def test_a_run_of_the_command_line_appears_and_its_pages_are_written(client, tmp_path, wait):
    load_study(STUDY).run(2, seed=7, draws=1, out=tmp_path / "runs" / "by_hand", workers=1)
    (listed,) = client.get("/api/runs").json()
    assert (listed["name"], listed["state"], listed["seed"]) == ("by_hand", "complete", 7)
    assert not listed["has_results"]
    assert client.get("/api/runs/by_hand/results").status_code == 404
    assert client.get("/runs/by_hand").status_code == 200
    assert client.post("/api/runs/by_hand/continue").json()["state"] == "queued"
    assert wait(lambda: client.get("/api/runs/by_hand").json()["has_results"])
    assert "--seed 7" in client.get("/api/runs/by_hand/results").json()["command"]


def test_a_damaged_run_is_left_out_of_the_list(client, tmp_path):
    for name, text in {"one": "{", "two": "[]", "three": '{"status": "complete"}'}.items():
        (tmp_path / "runs" / name).mkdir()
        (tmp_path / "runs" / name / "run.json").write_text(text)
    assert client.get("/api/runs").json() == []


def test_the_list_can_be_asked_for_a_study_or_a_state(finished):
    client, name = finished
    assert [one["name"] for one in client.get(f"/api/runs?study={STUDY}&state=complete").json()] == [name]
    assert client.get("/api/runs?study=li2013").json() == []
    assert client.get("/api/runs?state=running").json() == []
    assert client.get("/api/runs?offset=1").json() == []
    for wrong in ("state=done", "limit=0", "limit=x", "study=..%2f"):
        assert client.get(f"/api/runs?{wrong}").status_code == 422


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"subjects": 1}, "2 to"),
        ({"subjects": 2_000_000}, "animals"),
        ({"subjects": 9000}, "server takes up to"),
        ({"draws": 9000}, "server takes up to"),
        ({"draws": -1}, "greater"),
        ({"seed": -1}, "greater"),
        ({"seed": 1.5}, "integer"),
        ({"overrides": {"no_such": 1}}, "no such parameter"),
        ({"overrides": {"escape_fraction": 7}}, "cannot have this value"),
        ({"subject": 3}, "permitted"),
    ],
)
def test_a_run_that_cannot_be_is_refused_before_it_is_queued(client, asked, words):
    refused = client.post("/api/runs", json={"study": "li2013", **asked})
    assert refused.status_code == 422
    assert words in " ".join(one["problem"] for one in refused.json()["findings"])
    assert client.get("/api/runs").json() == []


def test_the_largest_of_an_uncertain_number_of_animals_counts(client_of, tmp_path):
    with client_of(tmp_path, limits=Limits(subjects=30)) as client:  # li2013: 5 to 10 in each of four arms
        assert client.post("/api/runs", json={"study": "li2013", "draws": 0}).status_code == 422
        assert client.post("/api/runs", json={"study": "li2013", "draws": 0, "subjects": 7}).status_code == 202


def test_a_run_that_is_not_there(client):
    for method, path in [("GET", ""), ("POST", "/cancel"), ("POST", "/continue"), ("DELETE", ""), ("GET", "/results")]:
        assert client.request(method, f"/api/runs/none-0000000000{path}").status_code == 404
    assert client.post("/api/runs", json={"study": "none"}).status_code == 404


def test_a_finished_run_is_deleted_with_its_files(finished, tmp_path):
    client, name = finished
    assert client.delete(f"/api/runs/{name}").status_code == 204
    assert client.get(f"/api/runs/{name}").status_code == 404
    assert not (tmp_path / "served" / "runs" / name).exists()
    assert client.get("/api/runs").json() == []


def test_two_runs_stand_side_by_side(finished):
    client, name = finished
    page = client.get(f"/compare?a={name}&b={name}").text
    assert page.count("g [95 %]") >= 2
    assert client.get(f"/compare?a={name}&b=none").status_code == 404
    assert client.get("/compare").status_code == 422


def test_the_description_of_the_api_is_whole(client):
    described = client.get("/api/openapi.json").json()
    operations = [
        (path, method, one) for path, methods in described["paths"].items() for method, one in methods.items()
    ]
    assert len(operations) >= 18
    assert all(path.startswith("/api/") and one["summary"] for path, _, one in operations)
    for path, _, one in operations:
        if "{" in path:
            assert "Problem" in json.dumps(one["responses"]["404"])
    page = client.get("/api").text
    assert all(path in page for path, _, _ in operations)


def test_a_finished_run_is_explained_as_the_command_line_does(finished, tmp_path, wait):
    client, name = finished
    asked = client.post(f"/api/runs/{name}/explain")
    assert (asked.status_code, asked.json()["state"]) == (202, "queued")
    assert client.get(f"/api/runs/{name}/results").status_code == 200  # they stay while it is computed
    wait(lambda: client.get(f"/api/runs/{name}").json()["state"] == "complete")
    assert client.get(f"/api/runs/{name}").json()["message"] == ""
    explained = load_run(tmp_path / "served" / "runs" / name).run
    by_hand = load_explained(explained, tmp_path / "by_hand")
    served = client.get(f"/api/runs/{name}/explain/attribution.csv")
    assert served.content == (by_hand / "attribution.csv").read_bytes()
    assert "Sobol" in client.get(f"/runs/{name}").text
    for path in ("attribution_vesicles.svg", "sensitivity.png", "sensitivity.csv", "report.html"):
        assert client.get(f"/api/runs/{name}/explain/{path}").status_code == 200
    for path in ("..%2freport.html", "nothing.svg", "report.pdf"):
        assert client.get(f"/api/runs/{name}/explain/{path}").status_code in (404, 422)


def load_explained(run, folder):
    SimulatedStudy(run).explain(workers=1).report(folder)
    return folder
