"""The page of the model shows what is computed."""

import re
from pathlib import Path

import pytest

from hepasome.biology import equations_page, parameters, variables

PAGE = Path(__file__).parents[2] / "docs" / "model.md"


def test_the_page_in_the_documentation_is_that_of_the_model():
    assert PAGE.read_text(encoding="utf-8") == equations_page(), "run: hepasome model export --out docs, keep model.md"


@pytest.mark.parametrize("species", ["mouse", "rat"])
def test_every_parameter_and_every_variable_is_on_the_page(species):
    shown = set(re.findall(r"^\| `(\w+)` \|", equations_page(), flags=re.MULTILINE))
    assert set(parameters(species)) <= shown
    assert {row.symbol for row in variables()} <= shown
