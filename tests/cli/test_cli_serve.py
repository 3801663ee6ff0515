"""`hepasome serve` as its user meets it; the application itself is tested in tests/web."""

import importlib.util
import socket

import pytest

from hepasome.web import MISSING


@pytest.fixture
def started(monkeypatch):
    """What the command would serve, without serving it."""
    seen = []
    monkeypatch.setattr("hepasome.cli._serve.serve", lambda serving, on_ready: seen.append(serving))
    return seen


def test_it_serves_this_machine_alone_without_a_token(hepasome, started):
    assert hepasome("serve")[0] == 0
    (serving,) = started
    assert (serving.host, serving.token, serving.port) == ("127.0.0.1", "", 8300)
    assert serving.workers >= 1


def test_any_other_address_gets_a_token_that_nobody_guesses(hepasome, started):
    hepasome("serve", "--host", "0.0.0.0")  # noqa: S104 # that is what the token is for
    hepasome("serve", "--host", "0.0.0.0")  # noqa: S104
    tokens = {serving.token for serving in started}
    assert len(tokens) == 2
    assert all(len(token) >= 32 for token in tokens)


def test_limits_are_what_the_command_says(hepasome, started):
    hepasome("serve", "--most-subjects", 50, "--memory", 900, "--hours", 0.5, "--workers", 3)
    (serving,) = started
    assert (serving.limits.subjects, serving.limits.memory, serving.limits.hours, serving.workers) == (50, 900, 0.5, 3)


def test_without_its_packages_it_says_what_to_install(hepasome, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "fastapi" else find(name))
    code, _, said = hepasome("serve")
    assert code == 2
    assert MISSING in said
    assert "Traceback" not in said


def test_an_address_that_there_is_not_is_said(hepasome):
    code, _, said = hepasome("serve", "--host", "no.such.invalid")
    assert code == 2
    assert "There is no such address" in said


def test_a_port_that_is_taken_is_said(hepasome):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, _, said = hepasome("serve", "--port", taken.getsockname()[1])
    assert code == 2
    assert "choose another --port" in said


STORES = [
    ("postgresql://lab@host:5432/db", False),
    ("postgresql://host:5432/db", False),
    ("postgresql://lab:s3cret@host/db", True),
    ("postgresql:///db?password=s3cret", True),
]


@pytest.mark.parametrize(("store", "warned"), STORES)
def test_a_password_that_others_could_read_is_warned_of_and_not_repeated(hepasome, started, monkeypatch, store, warned):
    code, out, said = hepasome("serve", f"--store={store}")
    assert code == 0
    assert ("give the whole address as HEPASOME_STORE" in said) == warned
    monkeypatch.setenv("HEPASOME_STORE", store)
    code, more, nothing = hepasome("serve")
    assert (code, nothing) == (0, "")
    assert [serving.store for serving in started] == [store, store]
    assert "s3cret" not in out + said + more + repr(started)


def test_an_index_of_a_laboratory_that_cannot_be_used_is_said(hepasome):
    code, _, said = hepasome("serve", "--store", "mysql://host/db")
    assert code == 2
    assert "Write it as postgresql://user@host:5432/database." in said
    code, _, said = hepasome("serve", "--store", "postgresql://lab@127.0.0.1:1/db")
    assert code == 2
    assert "Check that it runs and can be reached" in said
    assert "Traceback" not in said
