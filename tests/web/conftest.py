"""A server in an empty folder, and one finished run of a small study that tests look at."""

import json
import shutil
import subprocess
import sys
import threading
import time
import warnings
from typing import ClassVar

import postgres_server
import pytest
from lab_upload import ANSWERS, CYTOMETER, LAB_FILES, sent
from playwright import sync_api as playwright
from starlette.exceptions import StarletteDeprecationWarning

from hepasome.web import Serving, _queue, create_app
from hepasome.web._progress import Measured

with warnings.catch_warnings():
    warnings.simplefilter("ignore", StarletteDeprecationWarning)  # it would rather have the successor of httpx
    from starlette.testclient import TestClient

STUDY = "herrera_sanchez2017"  # a dish: the smallest model
ADDRESS = "http://127.0.0.1"
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
JSON = {"content-type": "application/json"}


def until(condition, seconds=90.0):
    """Wait for what another process does; the value is what the condition gives."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"it did not come about within {seconds} s")


@pytest.fixture(scope="session")
def wait():
    return until


@pytest.fixture(scope="session")
def client_of():
    """Opens a client of a server for a folder; a context, in which the queue works."""

    def open_client(folder, **serving):
        return TestClient(create_app(Serving(folder, workers=1, **serving)), base_url=ADDRESS, follow_redirects=False)

    return open_client


@pytest.fixture
def client(client_of, tmp_path):
    with client_of(tmp_path) as opened:
        yield opened


@pytest.fixture(scope="session")
def made(client_of, tmp_path_factory):
    """Folder of a server with one finished run of the small study, and the name of the run."""
    folder = tmp_path_factory.mktemp("served")
    with client_of(folder) as client:
        asked = client.post("/api/runs", json={"study": STUDY, "subjects": 2, "draws": 2})
        assert asked.status_code == 202, asked.text
        name = asked.json()["name"]
        until(lambda: client.get(f"/api/runs/{name}").json()["state"] in ("complete", "failed"))
        run = client.get(f"/api/runs/{name}").json()
        assert run["state"] == "complete", run["message"]
    return folder, name


@pytest.fixture(scope="session")
def kept(client_of, tmp_path_factory):
    """Folder of a server with an own product, kept from dropped files; not to be changed."""
    folder = tmp_path_factory.mktemp("kept")
    with client_of(folder) as client:
        answer = client.post("/api/products", files=sent(*LAB_FILES, control=CYTOMETER), data=ANSWERS)
        assert answer.status_code == 201, answer.text
    return folder


@pytest.fixture
def with_product(kept, client_of, tmp_path):
    """A client of a copy of that folder."""
    shutil.copytree(kept, tmp_path / "served")
    with client_of(tmp_path / "served") as opened:
        yield opened


@pytest.fixture
def finished(made, client_of, tmp_path):
    """A client of a copy of that folder, and the name of the run."""
    folder, name = made
    shutil.copytree(folder, tmp_path / "served")
    with client_of(tmp_path / "served") as opened:
        yield opened, name


@pytest.fixture
def changed(client):
    """Copies Li 2013 to `mine`, lets a function change it, and gives the answer to saving it."""

    def change(how, study="li2013"):
        if client.get("/api/studies/mine").status_code == 404:
            client.post("/api/studies", json={"copy_of": study, "id": "mine"})
        content = client.get("/api/studies/mine").json()["study"]
        how(content)
        return client.put("/api/studies/mine", content=json.dumps({"study": content}), headers=JSON)

    return change


@pytest.fixture(scope="session")
def serve():
    """Starts a server as users do, on a free port; the process and its address. It is ended with the tests."""
    started = []

    def start(folder, **popen):
        command = [sys.executable, "-c", "from hepasome.cli import main; main()"]
        command += ["serve", "--port", "0", "--workers", "1", "--folder", str(folder)]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **popen)
        started.append(server)
        return server, server.stdout.readline().split()[-1]

    yield start
    for server in started:
        server.terminate()
        server.wait()
        server.stdout.close()


class Held:
    """A process that computes nothing until it is told how it ends."""

    begun: ClassVar[list] = []

    def __init__(self, job_folder, run_folder, workers, limits):
        self.measured, self.pid, self._end, self._why = Measured(), 0, threading.Event(), ""
        self.name = run_folder.name
        Held.begun.append(self)

    def wait(self):
        self._end.wait(30)
        return self._why

    def stop(self, why=""):
        self._why = why
        self._end.set()


@pytest.fixture
def held(monkeypatch):
    Held.begun = []
    monkeypatch.setattr(_queue, "RunProcess", Held)
    return Held.begun


@pytest.fixture(scope="session")
def postgres():
    """A real PostgreSQL server."""
    if postgres_server.programs() is None:
        pytest.skip(postgres_server.MISSING)
    server = postgres_server.PostgresServer(until)
    yield server
    server.remove()


@pytest.fixture
def database(postgres):
    """Name of an empty database of that server."""
    return postgres.new_database()


@pytest.fixture
def store(postgres, database):
    """Its address, for a user who may make tables in it."""
    return postgres.url(database)


@pytest.fixture(scope="session")
def browser():
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def page(browser):
    """A page; whatever its console complains of fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened, complaints = context.new_page(), []
    opened.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda asked: complaints.append(asked.url) if "127.0.0.1" not in asked.url else None)
    opened.complaints = complaints
    yield opened
    context.close()
    assert complaints == []
