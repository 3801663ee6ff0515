"""Numbers as a reader would write them, and the tables of the terminal."""

import dataclasses
import io
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from hepasome.inference import changes, judge
from hepasome.report import endpoint_table, number, p_value, verdict_table
from hepasome.report._tables import signed


def printed(table):
    console = Console(file=io.StringIO(), width=240)
    console.print(table)
    return console.file.getvalue()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (math.nan, "-"),
        (None, "-"),
        (math.inf, "∞"),
        (-math.inf, "-∞"),
        (0, "0"),
        (-0.0, "0"),
        (1e-9, "1.0e-9"),
        (-1e-9, "-1.0e-9"),
        (0.000999, "1.0e-3"),
        (0.0009996, "0.00100"),
        (0.001, "0.00100"),
        (0.00825, "0.00825"),
        (-0.5, "-0.500"),
        (1, "1.00"),
        (9.996, "10.0"),
        (99.96, "100"),
        (99.94, "99.9"),
        (1234.5, "1,234"),
        (-1234.6, "-1,235"),
        (994999.4, "994,999"),
        (999999.5, "1.0e6"),
        (1e6, "1.0e6"),
        (2.5e12, "2.5e12"),
        (1e300, "1.0e300"),
    ],
)
def test_a_number_has_three_digits_and_no_zero_too_many(value, text):
    assert number(value) == text


@given(st.floats(-1e300, 1e300, allow_subnormal=False))
def test_a_shown_number_is_near_the_number(value):
    shown = number(value)
    assert float(shown.replace(",", "")) == pytest.approx(value, rel=0.051)
    assert len(shown) <= 9


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (math.nan, ""),
        (0.0, "p < 0.001"),
        (0.0009999, "p < 0.001"),
        (0.001, "p = 0.001"),
        (0.0444, "p = 0.044"),
        (0.0994, "p = 0.099"),
        (0.0999, "p = 0.10"),
        (0.1, "p = 0.10"),
        (0.996, "p = 1.00"),
        (1.0, "p = 1.00"),
    ],
)
def test_a_p_value_is_printed_as_journals_do(p, text):
    assert p_value(p) == text


def test_the_terminal_shows_the_numbers_of_the_statistics(report):
    text = printed(endpoint_table(report.run))
    for row in report.run.statistics().itertuples():
        assert f"{number(row.mean)} ± {number(row.sd)}" in text
    assert all(f"2 {arm}" in text for arm in report.run.study.arms)
    assert f"against {report.run.study.control}" in text
    for row in changes(report.run).itertuples():
        digits = 1 if max(abs(row.change), abs(row.low), abs(row.high)) < 100 else 0
        assert f"{signed(row.change, digits)} %" in text
        assert f"[{signed(row.low, digits)}, {signed(row.high, digits)}]" in text


def test_the_terminal_shows_every_claim_with_its_verdict(report):
    verdicts = judge(report.run)
    text = printed(verdict_table(verdicts))
    for label in {verdict.label for verdict in verdicts}:
        assert text.count(label) >= sum(verdict.label == label for verdict in verdicts)
    assert all(verdict.claim.statement.split()[0] in text for verdict in verdicts)


def test_brackets_in_a_title_or_claim_are_text_and_no_style_of_the_terminal(mine, shipped):
    title = "[/red] CD63[bold]+ vesicles"
    study = mine.run.study.model_copy(update={"title": title})
    run = dataclasses.replace(mine.run, plan=dataclasses.replace(mine.run.plan, study=study))
    assert f"{title}: what the laboratory would find" in printed(endpoint_table(run))
    verdict = judge(shipped("li2013").run)[0]
    claim = verdict.claim.model_copy(update={"statement": "[/x] falls"})
    odd = dataclasses.replace(verdict, claim=claim, reason="because [red]of it")
    text = printed(verdict_table([odd]))
    assert "[/x] falls" in text
    assert "because [red]of it" in text
