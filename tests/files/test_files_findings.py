"""What a user reads when an input cannot be used."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hepasome.files import Finding, FindingList, InputError, input_error, shorten


def test_a_finding_says_line_field_problem_value_and_remedy_in_that_order():
    finding = Finding("study.yaml", "The dose is negative.", "Write a dose above zero.", 7, "arms.native.dose", "-4 ug")
    assert str(finding) == ("line 7, arms.native.dose: The dose is negative. (found: '-4 ug') Write a dose above zero.")


def test_what_is_unknown_about_a_finding_leaves_no_gap():
    assert str(Finding("a.csv", "The file is empty.")) == "The file is empty."
    assert str(Finding("a.csv", "It is zero.", field="n", value=0)) == "n: It is zero. (found: 0)"


def test_all_findings_come_at_once_in_the_order_of_the_file():
    found = FindingList("counts.csv")
    found.add("Third.", line=30)
    found.add("First.")
    found.add("Second.", line=2)
    with pytest.raises(InputError) as raised:
        found.raise_if_any()
    assert str(raised.value).splitlines() == [
        "3 problems in counts.csv",
        "  First.",
        "  line 2: Second.",
        "  line 30: Third.",
    ]


def test_nothing_found_raises_nothing():
    FindingList("counts.csv").raise_if_any()


def test_findings_of_several_files_are_grouped_by_file():
    error = InputError([Finding("a", "One."), Finding("b", "Two."), Finding("a", "Three.")])
    assert str(error).splitlines() == ["2 problems in a", "  One.", "  Three.", "1 problem in b", "  Two."]


def test_a_thousand_findings_are_counted_but_do_not_flood_the_screen():
    found = FindingList("counts.csv")
    for line in range(1, 1001):
        found.add("This is not a number.", line=line)
    with pytest.raises(InputError) as raised:
        found.raise_if_any()
    shown = str(raised.value).splitlines()
    assert len(raised.value.findings) == 1000
    assert shown[0] == "1000 problems in counts.csv"
    assert shown[-1] == "  ... and 950 more"
    assert len(shown) == 52


def test_an_error_keeps_its_findings_on_the_way_back_from_another_process():
    error = input_error("a.yaml", "The unit is wrong.", "Write ug.", line=3, field="dose", value="5 mL")
    assert pickle.loads(pickle.dumps(error)).findings == error.findings  # noqa: S301 - our own bytes


@given(st.text(), st.text(), st.text())
def test_no_text_of_a_file_reaches_the_terminal_as_a_control_sequence(field, value, problem):
    text = str(input_error("a.yaml", problem, field=field, value=value))
    assert all(line.isprintable() for line in text.split("\n"))
    assert text.count("\n") == 1


@given(st.text() | st.integers() | st.lists(st.text()))
def test_a_value_is_shown_on_one_short_line(value):
    shown = shorten(value)
    assert len(shown) <= 60
    assert "\n" not in shown


def test_a_short_value_is_shown_as_it_was_written():
    assert shorten("40 ug") == "'40 ug'"
    assert shorten(12.5) == "12.5"
