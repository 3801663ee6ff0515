"""Kaplan-Meier with Greenwood's interval on the log-log scale, held against published numbers and the formula."""

import math

import numpy as np
import pytest
from scipy import stats

from hepasome.report import figures, render_report
from hepasome.report._figure_tables import figure_tables
from hepasome.report._survival import exact_share, kaplan_meier, survival_rows
from hepasome.trial import Computing, Settings, load_study, run_study

# Freireich 1963 Blood 21:699, leukaemia, 6-mercaptopurine: weeks in remission. Cox & Oakes 1984 print the estimate
RELAPSED = [6, 6, 6, 7, 10, 13, 16, 22, 23]
CENSORED = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]


@pytest.fixture(scope="module")
def run():
    return run_study(load_study("haga2017"), Settings(subjects=6, draws=2), computing=Computing(workers=1))


def test_the_estimate_is_the_published_one():
    found = kaplan_meier(stats.CensoredData(uncensored=RELAPSED, right=CENSORED), 35).set_index("time")["share"]
    published = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert {time: round(found[time], 3) for time in published} == published


def test_the_interval_is_greenwoods_on_the_scale_of_log_minus_log():
    found = kaplan_meier(stats.CensoredData(uncensored=RELAPSED, right=CENSORED), 35).set_index("time")
    times, everyone = sorted(set(RELAPSED)), np.array(RELAPSED + CENSORED)
    share, greenwood = 1.0, 0.0
    for time in times:
        at_risk, dead = (everyone >= time).sum(), RELAPSED.count(time)
        share *= 1 - dead / at_risk
        greenwood += dead / (at_risk * (at_risk - dead))
        half = stats.norm.ppf(0.975) * math.sqrt(greenwood) / abs(math.log(share))
        low, high = share ** math.exp(half), share ** math.exp(-half)
        assert (found.loc[time, "low"], found.loc[time, "high"]) == pytest.approx((low, high))
    # conf.type = "log-log" of survfit in R, as printed in many courses
    assert (found.loc[6, "low"], found.loc[6, "high"]) == pytest.approx((0.620, 0.952), abs=0.001)
    assert (found.loc[23, "low"], found.loc[23, "high"]) == pytest.approx((0.188, 0.680), abs=0.001)


def test_the_interval_stays_within_zero_and_one_and_is_missing_where_all_or_none_live():
    found = kaplan_meier(stats.CensoredData(uncensored=[1.0, 2.0, 3.0], right=[]), 5.0)
    assert found["share"].to_list() == pytest.approx([1, 2 / 3, 1 / 3, 0, 0])
    assert found["low"].isna().to_list() == [True, False, False, True, True]
    known = found.dropna()
    assert ((known["low"] > 0) & (known["low"] < known["share"]) & (known["share"] < known["high"])).all()
    assert (known["high"] < 1).all()
    nobody = kaplan_meier(stats.CensoredData(uncensored=[], right=[5.0, 5.0]), 5.0)
    assert nobody["share"].to_list() == [1, 1]
    assert nobody[["low", "high"]].isna().all(axis=None)


def test_more_animals_narrow_the_interval():
    width = [kaplan_meier(stats.CensoredData(uncensored=[1.0] * n, right=[2.0] * n), 2.0).iloc[-1] for n in (4, 16, 64)]
    assert [round(row["share"], 9) for row in width] == [0.5] * 3
    assert width[0]["high"] - width[0]["low"] > 1.7 * (width[1]["high"] - width[1]["low"])
    assert width[1]["high"] - width[1]["low"] > 1.7 * (width[2]["high"] - width[2]["low"])


def test_the_exact_interval_of_a_share_is_the_rule_of_three_and_its_kin():
    # all of n alive: the lower end is 0.025 ** (1 / n) (Clopper & Pearson 1934)
    assert exact_share(8, 8) == pytest.approx((0.025 ** (1 / 8), 1))
    assert exact_share(0, 8) == pytest.approx((0, 1 - 0.025 ** (1 / 8)))


def test_every_arm_has_its_share_with_an_interval_beside_what_the_hazard_says(run):
    rows = {row["arm"]: row for row in survival_rows(run)}
    assert list(rows) == list(run.study.arms)
    for row in rows.values():
        assert 0 <= row["low"] <= row["share"] <= row["high"] <= 1
        assert row["share"] == pytest.approx(1 - row["dead"] / row["animals"])  # nobody is lost before the end
        assert row["draw_low"] <= row["median"] <= row["draw_high"]
        assert 0 <= row["expected"] <= 1
    assert rows["healthy"]["expected"] > 0.99 > rows["vehicle"]["expected"]
    assert rows["healthy"]["low"] < 1  # six that live do not prove that none can die


def test_the_figure_has_the_band_the_hazard_and_the_animals_at_risk(run):
    axes = figures(run, [])["survival"].axes[0]
    arms = list(run.study.arms)
    solid = [line for line in axes.lines if line.get_label() in arms]
    dashed = [line for line in axes.lines if line.get_linestyle() == "--"]
    assert len(solid) == len(dashed) == len(axes.collections) == len(arms)
    assert all(line.get_ydata()[0] == pytest.approx(1, abs=1e-6) for line in dashed)
    assert "mean of exp(-hazard)" in [text.get_text() for text in axes.get_legend().get_texts()]
    assert [text.get_text() for text in axes.texts].count("6") >= len(arms)


def test_the_numbers_of_the_figure_end_as_the_table_does(run):
    numbers = figure_tables(run, [])["survival"]
    for row in survival_rows(run):
        own = numbers[numbers["arm"] == row["arm"]]
        assert own["share"].iloc[-1] == row["share"]
        assert own["deaths"].sum() == row["dead"]
        assert own["at_risk"].iloc[0] == row["animals"]
        assert (own["at_risk"].diff().dropna() <= 0).all()


def test_the_page_has_the_table(run, parse):
    page = parse(render_report(run))
    assert page.faults == []
    rows = page.rows("survival of")
    for shown, row in zip(rows, survival_rows(run), strict=True):
        ends = f"{row['share']:.3f} [{row['low']:.3f}, {row['high']:.3f}]"
        assert shown["share alive at the read-out, 95 %"] == ends
        assert shown["mean of exp(-hazard)"] == f"{row['expected']:.3f}"
    share = [row for row in page.rows("endpoint") if row["endpoint"].startswith("survival")]
    assert len(share) == 1
