"""Statistics against worked examples of the literature."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hepasome.trial import compare_arms, hedges_g


def with_moments(mean, sd, n):
    values = np.linspace(-1, 1, n)
    return mean + sd * values / values.std(ddof=1)


def test_hedges_g_of_the_worked_example_of_borenstein():
    # Borenstein 2009, Introduction to Meta-Analysis, chapter 4: means 103 and 100, SD 5.5 and 4.5, 50 each: g = 0.5924.
    # His variance, 0.0411, takes another formula; that of metafor 3.8-1, escalc("SMD"), is 0.04175480
    found = hedges_g(with_moments(103, 5.5, 50), with_moments(100, 4.5, 50))
    assert found.g == pytest.approx(0.5924, abs=2e-4)
    assert found.low == pytest.approx(found.g - 1.959964 * 0.04175480**0.5, abs=1e-6)
    assert found.high == pytest.approx(found.g + 1.959964 * 0.04175480**0.5, abs=1e-6)


def test_hedges_g_changes_sign_with_the_groups_and_ignores_units():
    a, b = np.array([3.0, 4.0, 6.0, 7.5]), np.array([1.0, 2.0, 2.5, 4.0, 5.0])
    assert hedges_g(a, b).g == pytest.approx(-hedges_g(b, a).g)
    assert hedges_g(40 * a + 7, 40 * b + 7).g == pytest.approx(hedges_g(a, b).g)


def test_hedges_g_is_missing_where_it_cannot_be_known():
    assert np.isnan(hedges_g([1.0], [2.0, 3.0]).g)
    assert np.isnan(hedges_g([2.0, 2.0], [2.0, 2.0]).g)


def table(**arms):
    return pd.DataFrame(
        [{"endpoint": "blood count", "arm": arm, "measured": x} for arm, values in arms.items() for x in values]
    )


def test_dunnett_agrees_with_the_example_of_his_paper():
    # Dunnett 1955 J Am Stat Assoc 50:1096, blood counts of animals; p from R multcomp: 0.62 and 0.0059
    found = compare_arms(
        table(
            control=np.exp([7.40, 8.50, 7.20, 8.24, 9.84, 8.32]),
            drug_a=np.exp([9.76, 8.80, 7.68, 9.36]),
            drug_b=np.exp([12.80, 9.68, 12.16, 9.20, 10.55]),
        ),
        "control",
        seed=1,
    ).set_index("arm")
    assert found.loc["drug_a", "p"] == pytest.approx(0.62, abs=0.01)
    assert found.loc["drug_b", "p"] == pytest.approx(0.0059, abs=0.002)
    assert np.isnan(found.loc["control", "p"])


def test_missing_animals_are_left_out_and_counted():
    found = compare_arms(table(vehicle=[1.0, 2.0, 3.0], treated=[4.0, np.nan, 6.0]), "vehicle", seed=1).set_index("arm")
    assert found.loc["treated", "n"] == 2
    assert found.loc["treated", "mean"] == 5.0
    assert found.loc["treated", "sd"] == pytest.approx(2**0.5)


def test_one_arm_against_the_control_is_a_t_test_on_logarithms():
    vehicle, treated = [1.0, 1.2, 1.1, 0.9, 1.3], [1.3, 1.2, 1.5, 1.1, 1.4]
    found = compare_arms(table(vehicle=vehicle, treated=treated), "vehicle", seed=1).set_index("arm")
    expected = stats.ttest_ind(np.log(vehicle), np.log(treated)).pvalue
    assert found.loc["treated", "p"] == pytest.approx(expected, rel=0.01)  # Dunnett's p is a numerical integral


def test_a_correction_for_more_arms_makes_p_larger():
    vehicle, treated = [1.0, 1.2, 1.1, 0.9, 1.3], [1.3, 1.2, 1.5, 1.1, 1.4]
    alone = compare_arms(table(vehicle=vehicle, treated=treated), "vehicle", seed=1).set_index("arm")
    more = table(vehicle=vehicle, treated=treated, third=vehicle, fourth=vehicle, fifth=vehicle)
    assert compare_arms(more, "vehicle", seed=1).set_index("arm").loc["treated", "p"] > 1.5 * alone.loc["treated", "p"]
