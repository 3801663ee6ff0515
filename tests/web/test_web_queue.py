"""The queue: one run after the other, kept on disk, with an honest word about the time left."""

import json
import os
import shutil
import signal
import urllib.request

import psutil
import pytest

from hepasome.files import InputError
from hepasome.web import Limits
from hepasome.web._progress import Measured

STUDY = "herrera_sanchez2017"


def ask(client, seed, **more):
    answer = client.post("/api/runs", json={"study": STUDY, "subjects": 2, "draws": 1, "seed": seed, **more})
    return answer.json()["name"] if answer.status_code == 202 else answer


def state(client, name):
    return client.get(f"/api/runs/{name}").json()["state"]


def test_runs_wait_for_each_other_in_the_order_they_came(held, client, wait):
    first, second, third = (ask(client, seed) for seed in (1, 2, 3))
    wait(lambda: len(held) == 1)
    assert [state(client, name) for name in (first, second, third)] == ["running", "queued", "queued"]
    assert [client.get(f"/api/runs/{name}").json()["place"] for name in (first, second, third)] == [None, 1, 2]
    held[0].stop()
    wait(lambda: len(held) == 2)
    assert [process.name for process in held] == [first, second]
    assert state(client, first) == "complete"


def test_a_run_that_waits_and_one_that_runs_are_stopped_and_go_on(held, client, wait):
    first, second = ask(client, 1), ask(client, 2)
    wait(lambda: len(held) == 1)
    assert client.post(f"/api/runs/{second}/cancel").json()["state"] == "cancelled"
    assert client.delete(f"/api/runs/{first}").status_code == 409
    stopped = client.post(f"/api/runs/{first}/cancel").json()
    assert (stopped["state"], stopped["message"]) == ("cancelled", "Stopped. What is finished of it is kept.")
    assert client.post(f"/api/runs/{first}/cancel").status_code == 409
    assert client.post(f"/api/runs/{second}/continue").json()["state"] == "queued"
    wait(lambda: len(held) == 2)
    assert held[1].name == second
    assert state(client, first) == "cancelled"


def test_why_a_run_failed_is_kept_with_it(held, client, wait):
    name = ask(client, 1)
    wait(lambda: held)
    held[0].stop("The liver was not found.")
    wait(lambda: state(client, name) == "failed")
    assert client.get(f"/api/runs/{name}").json()["message"] == "The liver was not found."
    assert "The liver was not found." in client.get(f"/runs/{name}").text


def test_an_explanation_that_is_stopped_or_fails_leaves_the_run_whole(held, client_of, made, tmp_path, wait):
    folder, name = made
    shutil.copytree(folder, tmp_path / "served")
    with client_of(tmp_path / "served") as client:
        for end in ("stop", "fail"):
            assert client.post(f"/api/runs/{name}/explain").status_code == 202
            assert client.post(f"/api/runs/{name}/explain").status_code == 409
            wait(lambda: state(client, name) == "running")
            if end == "stop":
                client.post(f"/api/runs/{name}/cancel")
            else:
                held[-1].stop("It did not work.")
            wait(lambda: state(client, name) == "complete")
        assert client.get(f"/api/runs/{name}").json()["message"] == "It did not work."
        assert client.get(f"/api/runs/{name}/results").status_code == 200
        none = ask(client, 1, draws=0)
        wait(lambda: state(client, none) == "running")
        assert client.post(f"/api/runs/{none}/explain").status_code == 409


def test_no_more_wait_than_are_allowed(held, client_of, tmp_path, wait):
    with client_of(tmp_path, limits=Limits(queued=1)) as client:
        ask(client, 1)
        wait(lambda: held)
        ask(client, 2)
        assert ask(client, 3).status_code == 409


def test_a_stopped_server_goes_on_with_what_it_computed_and_knows_what_waits(held, client_of, tmp_path, wait):
    with client_of(tmp_path) as client:
        first, second = ask(client, 1), ask(client, 2)
        wait(lambda: held)
    (tmp_path / "runs" / ".index.duckdb").unlink()  # it can always be made again
    with client_of(tmp_path) as client:
        wait(lambda: len(held) == 2)
        assert held[1].name == first
        assert (state(client, first), state(client, second)) == ("running", "queued")


def test_what_another_version_kept_of_a_run_is_read(held, client_of, tmp_path, wait):
    with client_of(tmp_path) as client:
        name = ask(client, 1)
        wait(lambda: held)
        held[0].stop("It did not work.")
        wait(lambda: state(client, name) == "failed")
    path = tmp_path / "runs" / ".jobs" / name / "job.json"
    content = json.loads(path.read_text())
    del content["task"]
    path.write_text(json.dumps(content | {"of_the_future": 1}))
    with client_of(tmp_path) as client:
        assert client.get(f"/api/runs/{name}").json()["message"] == "It did not work."
    for damaged in ("{", "[]", '{"name": 1}'):
        path.write_text(damaged)
        with client_of(tmp_path) as client:
            assert client.get("/api/runs").json() == []


def test_a_folder_has_one_server(client, client_of, tmp_path):
    with pytest.raises(InputError, match="Another hepasome serves this folder"):
        client_of(tmp_path)


def test_the_progress_is_what_the_process_says(held, client, wait):
    name = ask(client, 1)
    wait(lambda: held)
    held[0].measured.hear({"phase": "simulating", "done": 3, "total": 12})
    run = client.get(f"/api/runs/{name}").json()
    assert (run["phase"], run["done"], run["total"], run["remaining"]) == ("simulating", 3, 12, None)
    page = client.get(f"/runs/{name}").text
    assert '<progress max="12" value="3"' in page


def test_the_time_left_is_measured_and_not_said_before():
    clock = iter([100.0, 101.0, 104.0, 106.0])
    measured = Measured(lambda: next(clock))
    assert measured.progress.phase == "starting"
    measured.hear({"phase": "simulating", "done": 500, "total": 1000})  # of an earlier process: no speed of this one
    assert measured.progress.remaining is None
    measured.hear({"phase": "simulating", "done": 510, "total": 1000})  # a second says too little
    assert measured.progress.remaining is None
    measured.hear({"phase": "simulating", "done": 540, "total": 1000})  # 40 in 4 s, 460 are left
    assert measured.progress.remaining == pytest.approx(46)
    measured.hear({"phase": "simulating", "done": 1000, "total": 1000})
    assert measured.progress.remaining == 0
    measured.hear({"phase": "writing the report"})
    assert (measured.progress.done, measured.progress.remaining) == (1000, None)


@pytest.mark.parametrize(
    ("limits", "words"),
    [(Limits(memory=60), "memory. It may have 60 MB."), (Limits(hours=1e-5), "It took more than")],
    ids=["memory", "time"],
)
def test_a_run_takes_no_more_than_it_may(client_of, tmp_path, wait, limits, words):
    with client_of(tmp_path, limits=limits) as client:
        name = ask(client, 1)
        wait(lambda: state(client, name) == "failed")
        assert words in client.get(f"/api/runs/{name}").json()["message"]
        assert client.get("/api/studies/li2013").status_code == 200


def test_a_killed_server_leaves_no_process_and_the_next_one_finishes_the_same_run(client_of, serve, tmp_path, wait):
    server, address = serve(tmp_path)
    try:
        body = f'{{"study": "{STUDY}", "subjects": 400, "draws": 1}}'.encode()
        request = urllib.request.Request(  # noqa: S310 # our own
            f"{address}api/runs", body, {"content-type": "application/json"}
        )
        urllib.request.urlopen(request).read()  # noqa: S310
        first = wait(lambda: next(iter(tmp_path.glob("runs/*/chunks/00000.parquet")), None))
        worker = wait(lambda: psutil.Process(server.pid).children())
        made, name = first.stat().st_mtime_ns, first.parents[1].name
    finally:
        os.kill(server.pid, signal.SIGKILL)
        server.wait()
    _, alive = psutil.wait_procs(worker, timeout=20)
    assert alive == []
    assert not (first.parents[1] / "report.html").exists()
    with client_of(tmp_path) as client:
        assert client.get(f"/api/runs/{name}").json()["message"] in (
            "",
            "The server was stopped; it goes on where it was.",
        )
        wait(lambda: state(client, name) == "complete")
        assert client.get(f"/api/runs/{name}/results").json()["endpoints"][0]["arms"]["deficient"]["n"] == 400
    assert first.stat().st_mtime_ns == made  # what was finished is not simulated again
