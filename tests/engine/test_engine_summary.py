"""Streamed summaries: against NumPy on the whole courses, after kills and damage, and on a cluster."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import fields

import antimony
import numpy as np
import pytest

from hepasome.engine import Dose, EngineError, Model, Solver, Status, Subject, simulate_ensemble, summarise_ensemble

TIMES = (0.0, 1.0, 2.0, 5.0)
ENDPOINTS = (("x", 2.0), ("total", 5.0))


def model():
    antimony.clearPreviousLoads()
    equations = "x' = -k*x; y' = k*x - 0.1*y; z' = blow*z^2; total := x + y; x = 0; y = 0; z = 1; k = 0.5; blow = 0"
    assert antimony.loadAntimonyString(f"model m()\n{equations}\nend") >= 0, antimony.getLastError()
    return Model(antimony.getSBMLString("m"))


class Crowd(Sequence):
    """Subjects made on demand; every hundredth grows without limit."""

    def __init__(self, count):
        self.count = count

    def __len__(self):
        return self.count

    def __getitem__(self, i):
        k = 0.2 + 0.6 * ((i * 0.6180339887498949) % 1)
        return Subject(f"s{i}", {"k": k, "blow": 1.0 if i % 100 == 99 else 0.0}, {}, (Dose(0.5, "x", 1.0 + i % 7),))


def digest(summary):
    return [
        value.tobytes() if isinstance(value, np.ndarray) else value
        for value in (getattr(summary, field.name) for field in fields(summary))
    ]


def test_a_summary_is_what_numpy_makes_of_the_whole_courses():
    crowd = Crowd(700)
    summary = summarise_ensemble(model(), crowd, TIMES, ["x", "total"], ENDPOINTS)
    courses = list(simulate_ensemble(model(), crowd, TIMES, ["x", "total"]))
    whole = np.stack([course.values for course in courses if course.status is Status.COMPLETED])
    assert summary.completed == len(whole) == 693
    assert summary.mean == pytest.approx(whole.mean(axis=0), rel=1e-13)
    assert summary.standard_deviation == pytest.approx(whole.std(axis=0, ddof=1), rel=1e-12)
    assert np.array_equal(summary.minimum, whole.min(axis=0))
    assert np.array_equal(summary.maximum, whole.max(axis=0))
    for i, course in enumerate(courses):
        if course.status is Status.COMPLETED:
            assert summary.values[i].tolist() == [course.values[2, 0], course.values[3, 1]]


def test_subjects_that_fail_are_told_apart_with_their_reason():
    summary = summarise_ensemble(model(), Crowd(300), TIMES, ["x", "total"], ENDPOINTS)
    failed = np.flatnonzero(summary.status != list(Status).index(Status.COMPLETED))
    assert failed.tolist() == [99, 199, 299]
    assert np.isnan(summary.values[failed]).all()  # its course ends at time 1, before both endpoints
    assert [key for key, _ in summary.reasons] == ["s99", "s199", "s299"]
    assert all("at time" in reason and "k = " in reason for _, reason in summary.reasons)


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_the_number_of_workers_changes_no_bit(workers):
    one = summarise_ensemble(model(), Crowd(600), TIMES, ["x"], workers=1)
    assert digest(summarise_ensemble(model(), Crowd(600), TIMES, ["x"], workers=workers)) == digest(one)


def test_finished_chunks_are_not_simulated_again_and_damaged_ones_are(tmp_path, monkeypatch):
    folder = tmp_path / "kept"

    def run():
        done = []
        summary = summarise_ensemble(
            model(), Crowd(900), TIMES, ["x"], ENDPOINTS[:1], folder=folder, on_done=lambda n, _: done.append(n)
        )
        return digest(summary), len(done)

    first, chunks = run()
    assert chunks == 4
    assert run() == (first, 0)
    kept = sorted(folder.glob("chunk*"))
    kept[1].write_bytes(kept[1].read_bytes()[:-1] + b"x")
    kept[3].write_bytes(kept[3].read_bytes()[:100])
    assert run() == (first, 2)


def test_a_folder_with_other_work_is_refused_and_left_as_it_is(tmp_path):
    summarise_ensemble(model(), Crowd(20), TIMES, ["x"], folder=tmp_path / "a")
    before = {path: path.read_bytes() for path in (tmp_path / "a").iterdir()}
    for other in ({"solver": Solver(relative_tolerance=1e-8)}, {"name": "seed 2"}):
        with pytest.raises(EngineError, match="other work"):
            summarise_ensemble(model(), Crowd(20), TIMES, ["x"], folder=tmp_path / "a", **other)
    assert {path: path.read_bytes() for path in (tmp_path / "a").iterdir()} == before
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "notes.txt").write_text("mine")
    with pytest.raises(EngineError, match="not empty"):
        summarise_ensemble(model(), Crowd(20), TIMES, ["x"], folder=tmp_path / "b")


def test_an_endpoint_that_is_not_read_is_refused():
    with pytest.raises(EngineError, match="endpoint `3"):
        summarise_ensemble(model(), Crowd(2), TIMES, ["x"], [("x", 3.0)])


SCRIPT = """
import sys, numpy as np
sys.path.insert(0, {tests!r})
from pathlib import Path
from test_engine_summary import Crowd, model, digest, TIMES, ENDPOINTS
from hepasome.engine import summarise_ensemble
if __name__ == "__main__":
    times = np.linspace(0, 5, 400)
    summary = summarise_ensemble(
        model(), Crowd(100_000), times, ["x", "y", "total"], folder=Path({folder!r})
    )
    Path({folder!r}, "digest").write_bytes(repr(digest(summary)).encode())
"""


def script(tmp_path, name):
    path = tmp_path / f"{name}.py"
    tests = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 # a text for the script
    path.write_text(SCRIPT.format(tests=tests, folder=str(tmp_path / name)))
    return [sys.executable, str(path)]


def test_a_killed_run_of_a_hundred_thousand_subjects_goes_on_and_ends_with_the_same_bytes(tmp_path):
    running = subprocess.Popen(script(tmp_path, "killed"))
    while len(list((tmp_path / "killed").glob("chunk*"))) < 40:
        assert running.poll() is None
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.wait()
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "killed").glob("chunk*")}
    assert 40 <= len(kept) < 391
    for name in ("killed", "whole"):
        subprocess.run(script(tmp_path, name), check=True)
    assert (tmp_path / "killed" / "digest").read_bytes() == (tmp_path / "whole" / "digest").read_bytes()
    assert all(path.stat().st_mtime_ns == written for path, written in kept.items())
