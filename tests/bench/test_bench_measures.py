"""Measurements on a small model: contenders that go wrong are rows with reasons and leave the others alone."""

import re

import numpy as np
import pytest
from contenders_for_tests import PARTS

from hepasome.bench._contenders import BASELINE, COMPILED, CONTENDERS, Entry
from hepasome.bench._floor import measure_floor
from hepasome.bench._process import ContenderFailed
from hepasome.bench._reference import reference
from hepasome.bench._resume import measure_resume
from hepasome.bench._scale import measure_cores, measure_memory, measure_subjects
from hepasome.bench._slopes import measure_gradient
from hepasome.bench._speed import measure_speed
from hepasome.bench._start import measure_start

OURS, THEIRS = (next(entry for entry in CONTENDERS if entry.id == name) for name in (COMPILED, BASELINE))


def fake(name, **more):
    return Entry(name.lower(), name, f"contenders_for_tests:{name}", **more)


def test_speed_has_a_row_for_every_contender_whatever_happens_to_it(bench, toy):
    entries = [
        OURS,
        THEIRS,
        *(fake(name) for name in ("Noisy", "Raises", "Crashes", "Fails")),
        Entry("absent", "Absent", "nowhere:X", {"no_such_module_here": "its-package"}),
        fake("Silent", largest=2),
    ]
    rows = {row.contender: row for row in measure_speed(bench(*entries, slow=True), toy) if row.measure == "speed"}
    assert list(rows) == [entry.id for entry in entries]
    for ours in (COMPILED, BASELINE):
        assert not rows[ours].reason
        assert rows[ours].values["failed"] == 0
        assert rows[ours].values["error_max"] < 1e-4
        assert rows[ours].values["ms"] > 0
        assert rows[ours].values["peak_mb"] > 10
    assert rows[BASELINE].values["ratio"] == 1
    assert rows["noisy"].values["error_median"] > 0.9  # it answers zero everywhere
    assert rows["fails"].values["failed"] >= 1
    assert rows["raises"].reason == "It failed: ValueError: this model is not to its taste"
    assert rows["crashes"].reason == "Its process ended with code 11: Segmentation fault, as if"
    assert rows["absent"].reason == "Not installed: pip install its-package"
    assert "3 states" in rows["silent"].reason


def test_a_contender_that_hangs_is_ended(bench, toy):
    # a process needs a second to start; what hangs is waited for no longer than the limit
    (row,) = [row for row in measure_speed(bench(fake("Hangs"), timeout=4.0), toy) if row.measure == "speed"]
    assert row.reason == "It gave no answer within 4 s."


def test_a_quick_run_leaves_out_what_compiles_for_long(bench, toy):
    small = bench(fake("Silent", largest=9))
    assert "quick run" in measure_speed(small, toy)[0].reason
    assert "quick run" in measure_start(small, toy)[0].reason


def test_the_reference_is_checked_by_a_second_solver(bench, toy):
    courses, row = reference(bench(OURS, THEIRS), toy, 2)
    assert courses.shape == (2, len(toy.times), 3)
    assert row.contender == COMPILED
    assert row.values["checked_by"] == BASELINE
    assert row.values["agreement_max"] < 1e-7
    _, alone = reference(bench(OURS), toy, 2)
    assert alone.reason == "No second solver is there to check the reference."
    nothing, row = reference(bench(), toy, 2)
    assert nothing is None
    assert not row.values


def test_a_process_answers_after_a_mistake(bench, toy):
    small = bench(OURS)
    with small.child("one") as child:
        with pytest.raises(ContenderFailed, match="no_such_module_here"):
            child.ask("prepare", 20, folder="", place="no_such_module_here:X", tighten=1)
        small.prepare(child, OURS, toy.id)
        file = small.folder / "kept.npy"
        child.ask("simulate", 20, first=0, count=2, keep=str(file))
        assert np.load(file).shape == (2, len(toy.times), 3)


def test_start_gradient_and_scaling_are_measured(bench, toy):
    notes = []
    small = bench(OURS, THEIRS, notes=notes)
    starts = measure_start(small, toy)
    assert [row.contender for row in starts] == [COMPILED, BASELINE]
    assert all(row.values["second_s"] > 0 for row in starts)
    gradients = measure_gradient(small, toy)
    assert all(row.values["parameters"] == 2 and row.values["error"] < 1e-3 for row in gradients)
    assert [row.values["subjects"] for row in measure_subjects(small, toy)] == list(small.effort.scaling_subjects)
    cores = measure_cores(small, toy)
    assert [row.values["cores"] for row in cores] == list(range(1, len(cores) + 1))
    memory = measure_memory(small, toy)
    assert [row.values["subjects"] for row in memory] == [4, 40]
    assert all(row.values["failed"] == 0 and row.values["peak_mb"] > 10 for row in memory)
    assert any("cold start" in note for note in notes)


def test_the_floor_is_measured_or_says_why_not(bench, toy):
    (row,) = measure_floor(bench(OURS), toy, 2.0)
    if row.reason:
        assert re.fullmatch(r"[A-Z].*\.", row.reason)
    else:
        assert row.values["of_floor"] == pytest.approx(2.0 / row.values["floor_ms"])


@pytest.mark.parametrize(("function", "same"), [("goes_on", True), ("begins_anew", False)])
def test_a_run_that_was_killed_is_compared_byte_by_byte(bench, toy, function, same):
    (row,) = measure_resume(bench(), toy, f"contenders_for_tests:{function}")
    assert row.values["same_bytes"] is same
    assert 0 <= row.values["files_left"] <= row.values["files"] == PARTS


def test_a_run_of_the_engine_that_was_killed_goes_on(bench, toy):
    (row,) = measure_resume(bench(OURS), toy)
    assert not row.reason
    assert row.values["same_bytes"] is True
