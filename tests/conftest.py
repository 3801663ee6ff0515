"""What tests of several packages share."""

import importlib.util
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
