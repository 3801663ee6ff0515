"""The index of a folder: made anew from it at every start, whatever lies there, and for one server alone."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict, replace

import duckdb
import pytest

from hepasome.files import InputError
from hepasome.web._index import INDEX, JOBS, LOCK, Index
from hepasome.web._job import JOB_FILE, Job, write_job

JOB = Job("li2013-1", "li2013", "Exosomes", submitted="2026-11-25T10:00:00.000+00:00")
HOLDING = """
import sys
from pathlib import Path
from hepasome.web._index import Index
from hepasome.web._job import Job
index = Index(Path(sys.argv[1]))
index.put([Job("only_in_the_index", "li2013", "Exosomes")])
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def runs(tmp_path):
    write_job(tmp_path / JOBS / JOB.name, JOB)
    return tmp_path


@pytest.fixture
def opened(runs):
    """Opens the index of the folder; closed with the test."""
    indices = []

    def open_index():
        indices.append(Index(runs))
        return indices[-1]

    yield open_index
    for index in indices:
        index.close()


def foreign(path):
    with duckdb.connect(path) as other:
        other.execute("CREATE TABLE hepasome_runs (mine INTEGER)")


@pytest.mark.parametrize(
    "leave",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"\0" * 5000),
        lambda path: path.write_text("no database"),
        lambda path: path.with_name(f"{INDEX}.wal").write_bytes(b"\1" * 5000),
        foreign,
    ],
    ids=["empty", "zeros", "text", "log alone", "foreign"],
)
def test_a_damaged_or_foreign_file_is_thrown_away(runs, opened, leave):
    leave(runs / INDEX)
    assert opened().all() == [JOB]


def test_a_killed_server_leaves_the_folder_free_and_the_index_agrees_with_it(runs, opened):
    command = [sys.executable, "-c", HOLDING, str(runs)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(InputError, match="Another hepasome serves this folder"):
            opened()
        os.kill(other.pid, signal.SIGKILL)
    assert opened().all() == [JOB]


def test_a_folder_that_cannot_be_held_is_said_not_to_be_in_use(runs, opened):
    (runs / LOCK).mkdir()
    with pytest.raises(InputError, match="cannot hold this folder"):
        opened()


@pytest.mark.parametrize(
    "wrong",
    [{"seed": "one"}, {"seed": 2**64}, {"state": "lost"}, {"overrides": [1]}, {"title": None}, {"name": "another"}],
    ids=str,
)
def test_a_job_file_that_does_not_hold_is_left_out(runs, opened, wrong):
    second = replace(JOB, name="li2013-2")
    write_job(runs / JOBS / second.name, second)
    (runs / JOBS / second.name / JOB_FILE).write_text(json.dumps(asdict(second) | wrong))
    assert opened().all() == [JOB]


def test_who_waits_is_known_after_every_change(opened):
    index = opened()
    later = replace(JOB, name="li2013-0", submitted="2026-11-25T11:00:00.000+00:00")
    index.put([later])
    assert [job.name for job in index.waiting()] == ["li2013-1", "li2013-0"]
    index.put([replace(JOB, state="running")])
    assert index.waiting() == [later]
    index.waiting().clear()
    assert index.waiting() == [later]
    index.remove([later.name])
    assert index.waiting() == []
