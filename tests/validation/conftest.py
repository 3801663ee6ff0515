"""The scripts of `validation/`, loaded as modules of their own name."""

import importlib.util
from pathlib import Path

import pandas as pd
import pytest

VALIDATION = Path(__file__).parents[2] / "validation"


@pytest.fixture(scope="session")
def run_of():
    """A function from the name of a folder to its run.py."""

    def load(folder):
        spec = importlib.util.spec_from_file_location(f"validation_{folder}", VALIDATION / folder / "run.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture(scope="session")
def committed():
    """A function from a folder and a file to its table."""
    return lambda folder, name: pd.read_csv(VALIDATION / folder / f"{name}.csv")
