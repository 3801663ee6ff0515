"""Power and tests of `hepasome design` beside published tables and R, with fewer trials than in the folder."""

import math

import pandas as pd
import pytest

TRIALS = 4000


@pytest.fixture(scope="module")
def power(run_of):
    return run_of("power")


def test_all_that_was_compared_agrees(committed):
    table = committed("power", "agreement")
    assert table["agrees"].all()
    assert (table["difference"].abs() <= table["allowed"]).all()


def test_published_trials_have_the_power_that_was_published(power, committed):
    rows = committed("power", "published")
    assert len(rows) >= 6
    for row in rows.to_dict("records"):
        allowed = row["tolerance"] + 3 * math.sqrt(0.16 / TRIALS)
        assert power.published(row, TRIALS) == pytest.approx(row["power"], abs=allowed), row["case"]


def test_published_boundaries_to_their_last_digit(power, committed):
    for row in committed("power", "boundaries").query("kind == 'dunnett' or looks < 4").to_dict("records"):
        assert power.boundary(row) == pytest.approx(row["value"], abs=row["tolerance"]), row["case"]


def test_every_test_has_the_p_of_r(power, committed):
    numbers = committed("power", "numbers")
    own = numbers[numbers["case"].str.startswith("p ")]
    assert len(own) >= 21
    for case, value in own.itertuples(index=False):
        assert power.p_of(case.removeprefix("p ")) == pytest.approx(value, abs=1e-6), case


@pytest.mark.parametrize("case", ["power t n=8 d=1.2", "power anova k=4 n=12 f=0.4"])
def test_power_of_pwr(power, committed, case):
    numbers: pd.DataFrame = committed("power", "numbers").set_index("case")
    assert power.power_of(case, TRIALS) == pytest.approx(numbers.at[case, "value"], abs=3.5 * math.sqrt(0.25 / TRIALS))
