"""What is not known, drawn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hepasome.biology import parameters
from hepasome.targets._draws import Draws, log_quantiles, ninety
from hepasome.trial import quantiles

ROWS = [row for row in parameters("mouse").values() if row.scale == "log" and row.low is not None]


@pytest.mark.parametrize("row", ROWS[:20], ids=lambda row: row.symbol)
def test_many_quantiles_at_once_are_those_of_a_trial(row):
    deviates = np.array([-3.0, -1.6448536269514722, -0.1, 0.0, 0.1, 1.6448536269514722, 3.0])
    ours = log_quantiles(row.value, row.low, row.high, deviates)
    assert ours == pytest.approx(quantiles(row, deviates), rel=1e-12)


@given(value=st.floats(1e-6, 1e6), below=st.floats(1, 100), above=st.floats(1, 100))
def test_an_interval_comes_back_from_its_draws(value, below, above):
    found = ninety(Draws(1, 4000).interval(value, value / below, value * above, "x"))
    assert found.value == value
    assert found.low == pytest.approx(value / below, rel=0.4)
    assert found.high == pytest.approx(value * above, rel=0.4)


def test_draws_do_not_depend_on_what_was_drawn_before():
    row = parameters("mouse")["escape_fraction"]
    early, late = Draws(3, 50), Draws(3, 50)
    late.interval(1.0, 0.5, 2.0, "something else")
    assert (early.parameter(row) == late.parameter(row)).all()
    assert not (early.parameter(row, "a")[1:] == early.parameter(row, "b")[1:]).any()


def test_a_number_without_interval_is_itself():
    assert set(Draws(1, 9).interval(2.0, None, None, "x")) == {2.0}
    assert set(Draws(1, 9).interval(0.0, 0.0, 1.0, "x")) == {0.0}
