"""Deaths read off a cumulative hazard: the population curve, what is read of the dead, and a log-rank test."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hepasome.trial._deaths import death_times, log_rank_p, without_the_dead

TIMES = np.linspace(0, 100, 201)


def constant_hazard(count, rate):
    rows = [
        pd.DataFrame({"subject": f"vehicle/{i}", "time": TIMES, "cumulative_hazard": rate * TIMES})
        for i in range(count)
    ]
    return pd.concat(rows, ignore_index=True)


def test_animals_of_a_constant_hazard_die_exponentially():
    deaths = death_times(constant_hazard(2000, 0.05), seed=3)
    died = deaths[np.isfinite(deaths)]
    assert np.isinf(deaths).mean() == pytest.approx(np.exp(-5), abs=0.006)
    # false alarm of this bound: 1 in 1000
    truncated = stats.kstest(died, lambda t: (1 - np.exp(-0.05 * t)) / (1 - np.exp(-5)))
    assert truncated.pvalue > 1e-3


def test_a_death_belongs_to_the_animal_and_not_to_its_neighbours():
    everybody = constant_hazard(20, 0.05)
    some = everybody[everybody["subject"].isin(["vehicle/3", "vehicle/7"])]
    assert death_times(some, 1).to_dict().items() <= death_times(everybody, 1).to_dict().items()


def test_nothing_is_read_of_the_dead_but_their_hazard():
    animals = constant_hazard(3, 0.05).assign(ALT=30.0, survival=0.5)
    deaths = pd.Series({"vehicle/0": 10.2, "vehicle/1": np.inf, "vehicle/2": 0.0})
    kept = without_the_dead(animals, deaths, ("ALT", "survival", "cumulative_hazard")).set_index("subject")
    assert kept.loc["vehicle/0"].query("time <= 10.2")["ALT"].notna().all()
    assert kept.loc["vehicle/0"].query("time > 10.2")["ALT"].isna().all()
    assert kept.loc["vehicle/1", "ALT"].notna().all()
    assert kept["survival"].notna().all()
    assert kept["cumulative_hazard"].notna().all()


def test_the_log_rank_test_is_that_of_freireich():
    # remission of leukaemia in weeks, 6-MP against placebo, Freireich 1963 Blood 21:699; chi-square 16.79, 1 degree of
    # freedom (Kleinbaum and Klein 2012, Survival Analysis, chapter 2), here with everything after 23 weeks censored
    # at 23 and 6-MP's earlier losses left out: compared with an evaluation by hand of the same formula
    placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    treated = [6, 6, 6, 7, 10, 13, 16, 22, 23] + [np.inf] * 12
    rows = [("a", d) for d in treated] + [("control", d) for d in placebo]
    subjects = pd.DataFrame(rows, columns=["arm", "death"]).assign(role="animal")
    observed = expected = variance = 0.0
    times = np.array([d for d in treated + placebo if d <= 23])
    for t in np.unique(times):
        n1, n2 = sum(d >= t for d in treated), sum(d >= t for d in placebo)
        d1, d2 = treated.count(t), placebo.count(t)
        n, d = n1 + n2, d1 + d2
        observed, expected = observed + d1, expected + d * n1 / n
        variance += d * n1 / n * (n2 / n) * (n - d) / (n - 1)
    chi2 = (observed - expected) ** 2 / variance
    assert log_rank_p(subjects, "a", "control", 23.0) == pytest.approx(stats.chi2.sf(chi2, 1), rel=1e-6)


def test_there_is_no_test_where_nobody_dies():
    subjects = pd.DataFrame({"arm": ["a", "b"], "death": [np.inf, np.inf], "role": "animal"})
    assert np.isnan(log_rank_p(subjects, "a", "b", 10.0))
