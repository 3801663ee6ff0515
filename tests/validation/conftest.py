"""The tables of `validation/`."""

from pathlib import Path

import pandas as pd
import pytest

VALIDATION = Path(__file__).parents[2] / "validation"


@pytest.fixture(scope="session")
def committed():
    """A function from a folder and a file to its table."""
    return lambda folder, name: pd.read_csv(VALIDATION / folder / f"{name}.csv")
