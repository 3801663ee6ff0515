"""The index of a laboratory: servers see each other's runs, and no fault of the database costs one."""

import json
import logging
import os
import shutil
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import psutil
import pytest
from postgres_server import PASSWORD

from hepasome.files import InputError
from hepasome.web import MISSING, _laboratory, _postgres
from hepasome.web._postgres import PostgresAddress

STUDY = "herrera_sanchez2017"
SECRET = "s3cret"  # noqa: S105 # part of the password of the database


@pytest.fixture(autouse=True)
def in_haste(monkeypatch):
    monkeypatch.setattr(_laboratory, "_AGAIN", 0.05)


@pytest.fixture
def lab(client_of, tmp_path, store, held):
    """Opens a server of the laboratory by the name of its folder; its runs compute nothing."""

    def opened(name):
        return client_of(tmp_path / name, store=store)

    return opened


def ask(client, seed):
    answer = client.post("/api/runs", json={"study": STUDY, "subjects": 2, "draws": 1, "seed": seed})
    assert answer.status_code == 202
    return answer.json()["name"]


def seen(client, **asked):
    """Name, state and end of the place of each run elsewhere."""
    answer = client.get("/api/laboratory/runs", params=asked)
    assert answer.status_code == 200
    return [(one["name"], one["state"], one["where"].split("/")[-2]) for one in answer.json()["runs"]]


def problem(client):
    return client.get("/api/laboratory/runs").json()["problem"]


def test_two_servers_see_each_others_runs_and_neither_deletes_the_others(lab, held, wait):
    with lab("a") as a, lab("b") as b:
        one, two = ask(a, 1), ask(a, 2)
        other = ask(b, 3)
        wait(lambda: seen(b) == [(two, "queued", "a"), (one, "running", "a")])
        wait(lambda: seen(a) == [(other, "running", "b")])
        assert seen(b, state="queued") == [(two, "queued", "a")]
        assert seen(b, name=one) == [(one, "running", "a")]
        assert seen(b, study="li2013") == []
        assert seen(b, limit=1, offset=1) == [(one, "running", "a")]
        assert a.delete(f"/api/runs/{other}").status_code == 404  # they cannot be touched from elsewhere
        assert a.post(f"/api/runs/{other}/cancel").status_code == 404
        assert [run["name"] for run in a.get("/api/runs").json()] == [two, one]
        a.post(f"/api/runs/{two}/cancel")
        assert a.delete(f"/api/runs/{two}").status_code == 204
        wait(lambda: seen(b) == [(one, "running", "a")])
    with lab("a") as a:
        assert seen(a) == [(other, "running", "b")]
    with lab("b") as b:
        assert [name for name, _, _ in seen(b)] == [one]


def test_what_a_laboratory_wants_to_know_stands_on_the_pages(lab, store, client_of, made, tmp_path, wait):
    folder, name = made
    shutil.copytree(folder, tmp_path / "a")
    with lab("a"), lab("b") as b:
        (run,) = wait(lambda: b.get("/api/laboratory/runs").json()["runs"])
        assert run["where"].endswith(f"{tmp_path}/a/runs")
        assert "human_liver_stem_cell_vesicle, 1e+10 particles, into medium" in run["given"].split("; ")
        assert run["headline"].startswith("urea (fold of healthy): deficient ")
        for path in ("/runs", f"/studies/{STUDY}"):
            page = b.get(path).text
            assert "Elsewhere in the laboratory" in page
            assert "Everything stays on this machine." not in page
            for part in (name, run["given"], run["headline"], run["where"], "seed 1, 2 draws"):
                assert part in page
            assert f'href="/runs/{name}"' not in page  # it cannot be opened here
        assert "No other server has told of a run of this study." in b.get("/studies/li2013").text


def test_what_another_server_wrote_is_text_on_every_page(lab, postgres, database, wait):
    with lab("a") as a, lab("b") as b:
        ask(a, 1)
        wait(lambda: seen(b))
        attack = "<script>alert(1)</script>"
        postgres.say("UPDATE hepasome_runs SET title = %s, given = %s, headline = %s", database, [attack] * 3)
        for path in ("/runs", f"/studies/{STUDY}"):
            assert "<script>alert" not in b.get(path).text
            assert "alert(1)" in b.get(path).text


def test_a_start_makes_the_rows_agree_with_the_folder_and_leaves_those_of_others(lab, postgres, database, wait):
    with lab("a") as a, lab("b") as b:
        kept, gone, other = ask(a, 1), ask(a, 2), ask(b, 3)
        wait(lambda: len(seen(a)) == 1)
        wait(lambda: len(seen(b)) == 2)
    postgres.say("DELETE FROM hepasome_runs WHERE name = %s", database, [kept])
    postgres.say("UPDATE hepasome_runs SET name = 'not_there' WHERE name = %s", database, [gone])
    with lab("a"):
        wait(lambda: {name for (name,) in postgres.say("SELECT name FROM hepasome_runs", database)} >= {kept, gone})
        names = {name for (name,) in postgres.say("SELECT name FROM hepasome_runs", database)}
        assert names == {kept, gone, other}


def test_a_database_that_is_killed_costs_no_run_and_is_told_when_it_is_back(lab, postgres, held, wait, caplog):
    with lab("a") as a, lab("b") as b:
        before = ask(a, 1)
        wait(lambda: seen(b))
        postgres.kill()
        try:
            during = ask(a, 2)
            wait(lambda: problem(a))
            said = problem(a)
            assert said.startswith("There is no connection to the database (lab")
            assert "Traceback" not in caplog.text
            page = a.get("/runs").text
            assert "There is no connection to the database" in page
            assert "Runs go on here meanwhile." in page
            held[0].stop()  # the queue goes on
            wait(lambda: a.get(f"/api/runs/{during}").json()["state"] == "running")
            assert seen(b) == []
            assert a.get(f"/api/runs/{before}").json()["state"] == "complete"
        finally:
            postgres.start()
        wait(lambda: seen(b) == [(during, "running", "a"), (before, "complete", "a")])
        assert problem(b) == ""
        wait(lambda: problem(a) == "")
    warnings = [record for record in caplog.records if record.name == _laboratory.__name__]
    assert {record.levelno for record in warnings} == {logging.WARNING}
    assert len(warnings) == 4  # each server says it once when it is lost, and once when it is back
    assert all(record.exc_info is None for record in warnings)


def test_a_server_that_stops_while_the_database_is_away_tells_at_its_next_start(lab, postgres, wait):
    with lab("a") as a:
        postgres.kill()
        try:
            name = ask(a, 1)
            a.__exit__()  # it stops now, without it
        finally:
            postgres.start()
    with lab("a"), lab("b") as b:
        wait(lambda: [one[0] for one in seen(b)] == [name])


def test_a_database_that_hangs_makes_no_page_wait_for_ever(lab, postgres, monkeypatch, wait):
    with lab("a") as a:
        monkeypatch.setattr(_postgres, "_PATIENCE", 0.3)
        with postgres.hanging():
            wait(lambda: problem(a))
            assert a.get("/runs").status_code == 200
            ask(a, 1)
        with lab("b") as b:
            wait(lambda: len(seen(b)) == 1)
        wait(lambda: problem(a) == "")


def test_a_server_that_is_gone_is_said_to_be_silent(lab, postgres, database, wait):
    with lab("b") as b:
        with lab("a") as a:
            ask(a, 1)
            wait(lambda: seen(b))
            (run,) = b.get("/api/laboratory/runs").json()["runs"]
            assert run["silent_since"] == ""
            assert "silent since" not in b.get("/runs").text
        postgres.say(
            "UPDATE hepasome_places SET heard = '2020-11-25 10:00+00' WHERE place = %s", database, [run["where"]]
        )
        (run,) = b.get("/api/laboratory/runs").json()["runs"]
        assert (run["state"], run["silent_since"][:10]) == ("running", "2020-11-25")
        assert "silent since 25 Nov 2020" in b.get("/runs").text


def test_servers_that_begin_together_make_the_tables_once(store):
    with ThreadPoolExecutor(6) as pool:
        connections = list(pool.map(lambda _: PostgresAddress(store).connect(), range(6)))
    assert connections[0].execute("SELECT version FROM hepasome_index") == [(1,)]
    for connection in connections:
        connection.close()


def refused(client_of, folder, store):
    """What a start says that is refused; the folder is free afterwards."""
    with pytest.raises(InputError) as error:
        client_of(folder, store=store)
    with client_of(folder):
        pass
    return str(error.value)


@pytest.mark.parametrize(
    ("store", "words"),
    [
        ("mysql://lab@host/db", "This is no address of a PostgreSQL database."),
        ("host=x password=s3cret", "This is no address of a PostgreSQL database."),
        ("postgresql://lab:s3cret%zz@host/db", "does not hold"),
        ("postgresql://lab:s3cret@[::1/db", "does not hold"),
        ("postgresql://lab@host/db?pasword=s3cret", "does not hold"),
        ("postgresql://lab:s3cret@127.0.0.1:1/db", "no connection to the database (db at 127.0.0.1)"),
        ("postgresql://lab:s3cret@no-such-host.invalid/db", "no connection to the database (db at no-such-host"),
        ("postgresql://lab:s3cret@host:x/db", "no connection to the database"),
    ],
)
def test_an_address_that_cannot_be_is_refused_in_a_sentence(client_of, tmp_path, store, words):
    said = refused(client_of, tmp_path, store)
    assert words in said
    assert SECRET not in said
    assert any(remedy in said for remedy in ("Check that it runs", "Write it as postgresql://"))


def test_without_its_packages_it_says_what_to_install(client_of, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "hepasome.web._laboratory", None)  # as if psycopg could not be imported
    assert MISSING in refused(client_of, tmp_path, "postgresql://lab@host/db")


def test_a_wrong_password_is_not_repeated(client_of, tmp_path, postgres, database):
    said = refused(client_of, tmp_path, postgres.url(database, password="s3cret-but-wrong"))  # noqa: S106
    assert 'password authentication failed for user "lab"' in said
    assert "PGPASSWORD or ~/.pgpass" in said
    assert SECRET not in said


def test_a_database_that_is_not_there(client_of, tmp_path, postgres):
    assert 'database "none" does not exist' in refused(client_of, tmp_path, postgres.url("none"))


def test_missing_rights_are_said_with_what_to_do(client_of, tmp_path, postgres, database, store):
    guest = postgres.url(database, "guest")
    assert "Ask who keeps the database for the right to create tables" in refused(client_of, tmp_path, guest)
    with client_of(tmp_path, store=store):
        pass
    postgres.say("GRANT SELECT ON hepasome_index, hepasome_runs TO guest", database)
    assert "GRANT SELECT, INSERT, UPDATE, DELETE ON hepasome_runs, hep" in refused(client_of, tmp_path, guest)
    postgres.say("GRANT SELECT, INSERT, UPDATE, DELETE ON hepasome_runs, hepasome_places TO guest", database)
    with client_of(tmp_path, store=guest) as client:  # whoever may use the tables need not be able to make them
        assert problem(client) == ""


def test_tables_of_another_version_are_left_alone(client_of, tmp_path, postgres, database, store):
    PostgresAddress(store).connect().close()
    postgres.say("UPDATE hepasome_index SET version = 99", database)
    assert "another version of hepasome" in refused(client_of, tmp_path, store)


def test_tables_that_vanish_are_made_again(lab, postgres, database, wait):
    with lab("a") as a, lab("b") as b:
        name = ask(a, 1)
        wait(lambda: seen(b))
        postgres.say("DROP TABLE hepasome_runs, hepasome_places, hepasome_index", database)
        ask(a, 2)
        wait(lambda: name in [one[0] for one in seen(b)])


def test_without_a_laboratory_none_is_shown(client):
    answer = client.get("/api/laboratory/runs")
    assert (answer.status_code, answer.json()["sentence"]) == (
        404,
        "This server has no index of a laboratory: it was started without --store.",
    )
    page = client.get("/runs").text
    assert "laboratory" not in page
    assert "Everything stays on this machine." in page


def test_the_password_is_nowhere(serve, tmp_path, postgres, store, wait):
    folder, log = tmp_path / "served", tmp_path / "log.txt"
    with log.open("w") as errors:
        server, address = serve(folder, stderr=errors, env=os.environ | {"HEPASOME_STORE": store})

    def get(path, body=None):
        request = urllib.request.Request(  # noqa: S310 # our own
            address + path, body, {"content-type": "application/json"} if body else {}
        )
        return urllib.request.urlopen(request).read().decode()  # noqa: S310

    name = json.loads(get("api/runs", json.dumps({"study": STUDY, "subjects": 2, "draws": 0}).encode()))["name"]
    (worker,) = wait(lambda: psutil.Process(server.pid).children())
    commands = " ".join(worker.cmdline() + psutil.Process(server.pid).cmdline())
    postgres.kill()
    try:
        said = wait(lambda: json.loads(get("api/laboratory/runs"))["problem"])
        pages = "".join(get(path) for path in ("runs", f"runs/{name}", f"studies/{STUDY}", "api/openapi.json"))
    finally:
        postgres.start()
    server.terminate()
    server.wait()
    assert "There is no connection" in said
    assert "There is no connection" in log.read_text()
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert files
    for secret in (SECRET, quote(PASSWORD, safe="")):
        assert secret not in commands + said + pages + log.read_text()
        assert not any(secret.encode() in content for content in files)


def test_the_password_may_be_left_to_the_environment(client_of, tmp_path, postgres, database, monkeypatch):
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    with client_of(tmp_path, store=postgres.url(database, password="")) as client:
        assert problem(client) == ""
