"""What tests of several packages share."""

import importlib.util
import locale
import sys
from pathlib import Path

import pytest

VALIDATION = Path(__file__).parents[1] / "validation"


@pytest.fixture(scope="session")
def run_of():
    """A function from the name of a folder of `validation/` to its run.py, as a module of its own name."""

    def load(folder):
        spec = importlib.util.spec_from_file_location(f"validation_{folder}", VALIDATION / folder / "run.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture
def hepasome(monkeypatch, capsys, tmp_path):
    """Runs a command in an empty folder as its user types it: exit code, standard output, standard error."""
    from hepasome.cli import main

    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["hepasome", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol():
    """COPASI sets the locale of the process to C; the tests that follow would read files as ASCII."""
    before = locale.setlocale(locale.LC_ALL)
    try:
        return (yield)
    finally:
        locale.setlocale(locale.LC_ALL, before)
