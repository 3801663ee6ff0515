"""Laboratory files at the command line, and the example of the page about them."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from hepasome.product import EXAMPLES, load_product

PAGE = (Path(__file__).parents[2] / "docs" / "laboratory-files.md").read_text(encoding="utf-8")
COMMANDS = [
    shlex.split(block.replace("\\\n", " "))[1:]
    for block in re.findall(r"^    (hepasome product read .*(?:\n     .*)*)", PAGE, re.MULTILINE)
]
PRINTED = re.findall(r"^```text\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def examples(tmp_path):
    for path in EXAMPLES.glob("*.csv"):
        shutil.copy(path, tmp_path)
    return tmp_path


def test_the_example_of_the_page_prints_what_the_page_shows(hepasome, examples):
    code, _, asked = hepasome(*COMMANDS[0])
    assert (code, asked.strip()) == (2, PRINTED[0].strip())
    code, printed, said = hepasome(*COMMANDS[1])
    assert (code, said) == (0, "")
    assert printed.strip() == PRINTED[1].strip()
    assert load_product(examples / "bv2_vesicles.yaml").source_species == "mouse"
    assert "<svg" in (examples / "bv2_vesicles.html").read_text()


def test_every_option_of_the_page_is_one(hepasome):
    helped = re.sub(r"[│\s]+", " ", hepasome("product", "read", "--help")[1])
    for option in set(re.findall(r"`(--[a-z-]+)", PAGE)):
        assert option in helped


def test_a_sheet_is_made_of_a_shipped_product(hepasome, tmp_path):
    code, printed, _ = hepasome("product", "sheet", "umbilical_cord_msc_exosome")
    assert (code, printed.strip()) == (0, "Sheet: umbilical_cord_msc_exosome.html")
    assert "Missing of what MISEV asks to tell" in (tmp_path / "umbilical_cord_msc_exosome.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["product", "sheet", "nobody"], "no such product"),
        (["product", "read", "nothing.txt"], "There is no such file."),
        (["product", "read", "."], "folder"),
        (["product", "read", "bv2_ev_mirna_traits.csv", "--out", "x.html"], "written over the product"),
        (["product", "read", "bv2_ev_mirna_traits.csv", "--species", "dog"], "human, mouse, rat"),
        (["product", "read", "bv2_ev_mirna_traits.csv", "--gate", "x"], "FL1=120"),
        (["product", "read", "bv2_ev_mirna_traits.csv", "--control", "bv2_ev_mirna_traits.csv"], "no FCS file"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence_and_writes_nothing(hepasome, examples, arguments, words):
    before = set(examples.iterdir())
    code, _, said = hepasome(*arguments)
    assert code == 2
    assert words in said
    assert set(examples.iterdir()) == before
