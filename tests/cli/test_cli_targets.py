"""`hepasome product targets` as its user meets it."""

import re
from pathlib import Path

import pytest

from hepasome.cli import _console

PAGE = Path(__file__).parents[2] / "docs" / "targets.md"
EIGHTY = 80  # columns of the page's example


def test_the_example_of_the_page_prints_what_stands_there(hepasome, monkeypatch, tmp_path):
    monkeypatch.setattr(_console.out, "width", EIGHTY)
    ((command, expected),) = re.findall(r"```console\n\$ hepasome (.*?)\n(.*?)```", PAGE.read_text(), re.DOTALL)
    code, printed, _ = hepasome(*command.split())
    assert code == 0
    lines = [line.rstrip() for line in printed.splitlines()]
    assert [line for line in lines if not line.startswith("Note:")] == expected.splitlines()
    assert list(tmp_path.iterdir()) == []  # nothing is written where nobody asked


def test_a_study_says_how_many_vesicles_arrive(hepasome, tmp_path):
    code, printed, said = hepasome(
        *("product", "targets", "adipose_msc_exosome", "--study", "lou2015", "--arm", "enriched_exosome"),
        *("--cell", "tumour", "--draws", "2", "--top", "1", "--out", "here"),
    )
    assert code == 0
    assert "lou2015, arm enriched_exosome: 135 ug, intratumoural; mouse" in " ".join(printed.split())
    assert "leave PRODUCT out" in said  # the arm's own vesicles are enriched
    assert {path.name for path in (tmp_path / "here").iterdir()} >= {"doses.csv", "targets.csv", "targets.png"}


GIVEN = ["adipose_msc_exosome", "--vesicles-per-cell"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Nobody says how many vesicles"),
        (["adipose_msc_exosome"], "Nobody says how many vesicles"),
        ([*GIVEN, "8", "--study", "li2013"], "Two sources"),
        ([*GIVEN, "many"], "not a number of vesicles"),
        ([*GIVEN, "nan"], "not a number of vesicles"),
        ([*GIVEN, "inf"], "not a number of vesicles"),
        ([*GIVEN, "liver=8"], "hepatocyte, stellate, kupffer, tumour"),
        ([*GIVEN, "8", "--cell", "brain"], "hepatocyte, stellate, kupffer, tumour"),
        ([*GIVEN, "stellate=8", "--cell", "kupffer"], "Known are: stellate"),
        ([*GIVEN, "8", "--arm", "x"], "no study that this arm is of"),
        ([*GIVEN, "8", "--targetscan", "nobody.txt"], "no such file"),
        (["nobody", "--vesicles-per-cell", "8"], "no such product"),
        (["--vesicles-per-cell", "8"], "Nobody says what the vesicles carry"),
        (["human_liver_stem_cell_vesicle", "--vesicles-per-cell", "8"], "names no miRNA"),
        (["adipose_msc_exosome", "--study", "nobody"], "no such study"),
        (["adipose_msc_exosome", "--study", "li2013", "--arm", "vehicle"], "exosome"),
    ],
)
def test_wrong_input_is_one_answer_and_exit_code_two(hepasome, tmp_path, arguments, words):
    code, printed, said = hepasome("product", "targets", *arguments, "--out", "here")
    assert code == 2
    assert words in said
    assert printed == ""
    assert list(tmp_path.iterdir()) == []
