"""`hepasome design` as its user meets it."""

import pytest

QUICK = ("--draws", 10, "--animals", 40, "--trials", 500, "--most", 20, "--workers", 1)


def test_a_trial_is_designed_and_written_only_where_asked(hepasome, tmp_path):
    code, printed, _ = hepasome("design", "li2013", *QUICK, "--effect", "-30%")
    assert code == 0
    for words in ("AST: exosome against vehicle", "To find -30 %", "no number up to 20 per arm", "(assumed)"):
        assert words in printed
    assert list(tmp_path.iterdir()) == []
    assert hepasome("design", "li2013", *QUICK, "--out", "here")[0] == 0
    assert {path.name for path in (tmp_path / "here").iterdir()} == {
        *("protocol.md", "allocation.csv", "power.csv", "power.png", "power.svg", "design.json"),
    }


def test_a_search_prints_every_option(hepasome, tmp_path):
    code, printed, _ = hepasome("design", "li2013", *QUICK, "--search", "--dose", "25 ug", "--route", "portal")
    assert code == 0
    assert "portal" in printed
    assert "nothing to choose from" in printed


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nobody"], "no such study"),
        (["li2013", "--arm", "x"], "exosome"),
        (["li2013", "--endpoint", "x", "--power", "7"], "2 problems"),
        (["li2013", "--dose", "5 ug"], "--search"),
        (["li2013", "--search", "--dose", "5 mL"], "250 ug"),
        (["li2013", "--test", "mixed"], "--block-size"),
    ],
)
def test_a_wrong_word_is_one_answer_and_exit_code_two(hepasome, arguments, words):
    code, printed, said = hepasome("design", *arguments)
    assert code == 2
    assert words in said
    assert printed == ""
