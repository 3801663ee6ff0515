"""Compiled code on disk: used again, never trusted when damaged or open to others, never in the way."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import antimony
import numpy as np
import pytest

from hepasome.engine import CompiledSimulator, Model, Solver, Subject, cache_folder, this_processor
from hepasome.engine import _compile as compiling
from hepasome.engine import _object as objects

TEXT = "x' = -rate*x; x = 5; rate = 0.5"
OTHER = "x' = -rate*x; x = 7; rate = 0.5"
SCRIPT = """
import sys
from hepasome.engine import CompiledSimulator, Model, Solver, Subject
values = CompiledSimulator(Model(sys.stdin.read()), Solver()).simulate(Subject("s"), [1.0, 2.0], ["x"]).values
print(values.tobytes().hex(), "hepasome.engine._compile" in sys.modules, "libsbml" in sys.modules)
"""


def sbml(text):
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(f"model m()\n{text}\nend") >= 0, antimony.getLastError()
    return antimony.getSBMLString("m")


SBML = {text: sbml(text) for text in (TEXT, OTHER)}


class Cache:
    """A cache of its own; `restart` forgets what the process has loaded, as a new process would."""

    def __init__(self, folder, monkeypatch):
        self.folder, self.monkeypatch, self.compiled = folder, monkeypatch, 0
        monkeypatch.setenv("HEPASOME_CACHE", str(folder))
        original = compiling.compile_model

        def counted(*arguments):
            self.compiled += 1
            return original(*arguments)

        monkeypatch.setattr(compiling, "compile_model", counted)
        self.restart()

    def restart(self):
        self.monkeypatch.setattr(objects, "_LOADED", {})

    def run(self, text=TEXT, method="rodas5p", processor=None):
        simulator = CompiledSimulator(Model(SBML[text]), Solver(method=method), processor)
        return simulator.simulate(Subject("s"), [1.0, 2.0], ["x"]).values

    def file(self, kind="code"):
        (found,) = self.folder.glob(f"*.{kind}")
        return found


@pytest.fixture
def cache(tmp_path, monkeypatch):
    return Cache(tmp_path / "new" / "cache", monkeypatch)


def test_the_folder_is_the_one_that_the_variable_names(cache):
    assert cache_folder() == cache.folder


def test_a_second_process_compiles_nothing_and_reads_no_sbml(tmp_path):
    environment = {**os.environ, "HEPASOME_CACHE": str(tmp_path)}
    told = []
    for _ in range(2):
        ran = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            input=SBML[TEXT],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        told.append(ran.stdout.split())
    first, second = told
    assert first[1:] == ["True", "True"]
    assert second[1:] == ["False", "False"]
    assert first[0] == second[0]


def test_code_that_was_kept_gives_the_same_bytes(cache):
    values = cache.run()
    cache.restart()
    assert np.array_equal(cache.run(), values)
    assert cache.compiled == 1
    assert not list(cache.folder.glob("*.part"))


def test_a_process_compiles_a_model_once_however_many_threads_ask(cache):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: cache.run().tobytes(), range(16)))
    assert len(set(found)) == 1
    assert cache.compiled == 1


def truncate(path, at):
    path.write_bytes(path.read_bytes()[:at])


def flip(path, at):
    content = bytearray(path.read_bytes())
    content[at] ^= 1 << (at % 7)
    path.write_bytes(content)


@pytest.mark.parametrize("at", [0, 1, 40, 90, 700, -1000, -1])
@pytest.mark.parametrize("damage", [truncate, flip])
def test_damaged_code_is_compiled_again(cache, damage, at):
    values = cache.run()
    whole = cache.file().read_bytes()
    damage(cache.file(), at)
    cache.restart()
    assert np.array_equal(cache.run(), values)
    assert cache.compiled == 2
    assert cache.file().read_bytes() == whole


@pytest.mark.parametrize("content", [b"", b"\n", b"[]\n{}\n", b"{}\n", b"5\n5\n5", b'{"sha256": 1}\n'])
def test_a_file_that_is_no_code_is_compiled_again(cache, content):
    values = cache.run()
    cache.file().write_bytes(content)
    cache.restart()
    assert np.array_equal(cache.run(), values)
    assert cache.compiled == 2


@pytest.mark.parametrize("mode", [0o602, 0o620, 0o666])
def test_code_that_others_could_have_written_is_compiled_again(cache, mode):
    cache.run()
    cache.file().chmod(mode)
    cache.restart()
    cache.run()
    assert cache.compiled == 2
    assert cache.file().stat().st_mode & 0o022 == 0  # replaced, so that the next start can use it


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="no owners on this system")
def test_code_of_another_user_is_compiled_again(cache, monkeypatch):
    cache.run()
    cache.restart()
    monkeypatch.setattr(os, "getuid", lambda: cache.file().stat().st_uid + 1)
    cache.run()
    assert cache.compiled == 2


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path, monkeypatch):
    in_the_way = tmp_path / "file"
    in_the_way.write_text("no folder")
    cache = Cache(in_the_way / "cache", monkeypatch)
    values = cache.run()
    cache.restart()
    assert np.array_equal(cache.run(), values)
    assert cache.compiled == 2
    assert in_the_way.read_text() == "no folder"


def test_a_full_disk_is_no_error_and_leaves_nothing_half_written(cache, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert cache.run()[0, 0] == pytest.approx(5 * np.exp(-0.5), rel=1e-5)
    assert list(cache.folder.iterdir()) == []


@pytest.mark.parametrize(
    "other",
    [
        {"method": "rodas4"},
        {"text": OTHER},
        {"processor": replace(this_processor(), width=2 if this_processor().width != 2 else 4)},
    ],
    ids=["method", "model", "processor"],
)
def test_another_method_model_or_processor_has_its_own_code(cache, other):
    values = cache.run()
    different = cache.run(**other)
    assert cache.compiled == 2
    assert len(list(cache.folder.glob("*.code"))) == 2
    assert np.array_equal(values, different) == ("processor" in other)
    cache.restart()
    assert np.array_equal(cache.run(), values)
    assert np.array_equal(cache.run(**other), different)
    assert cache.compiled == 2


def test_another_version_of_the_engine_has_its_own_code(cache, monkeypatch):
    cache.run()
    monkeypatch.setattr("hepasome.engine._cache._version", lambda: "next")
    cache.restart()
    cache.run()
    assert cache.compiled == 2


@pytest.mark.parametrize("at", range(0, 30, 3))
@pytest.mark.parametrize("damage", [truncate, flip])
def test_damaged_names_are_read_again_from_the_model(cache, damage, at):
    names = Model(SBML[TEXT])
    damage(cache.file("names"), at)
    again = Model(SBML[TEXT])
    assert (again.states, again.parameters, again.observables) == (names.states, names.parameters, names.observables)


@pytest.mark.parametrize("content", ["", "5", "{}", "null", "[1, 2, 3]", '"abc"', '[["x"], ["rate"]]'])
def test_a_file_that_holds_no_names_is_read_again_from_the_model(cache, content):
    names = Model(SBML[TEXT])
    cache.file("names").write_text(content)
    assert Model(SBML[TEXT]).parameters == names.parameters


def test_names_that_others_could_have_written_are_read_again_from_the_model(cache):
    names = Model(SBML[TEXT])
    path = cache.file("names")
    path.write_text(json.dumps([["y"], ["other"], ["y", "other"]]))
    path.chmod(0o666)
    assert Model(SBML[TEXT]).parameters == names.parameters
