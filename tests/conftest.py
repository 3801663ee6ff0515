"""What tests of several packages share."""

import importlib.util
import locale
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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol():
    """COPASI sets the locale of the process to C; the tests that follow would read files as ASCII."""
    before = locale.setlocale(locale.LC_ALL)
    try:
        return (yield)
    finally:
        locale.setlocale(locale.LC_ALL, before)
