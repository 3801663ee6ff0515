"""A designed trial on paper: numbers filled in, gaps named."""

import json
import re
from io import StringIO

import pandas as pd
import pytest
from rich.console import Console

from hepasome import load_study
from hepasome.design import Choices, Design
from hepasome.report import (
    assumption_lines,
    sample_size_sentences,
    sample_size_table,
    search_sentences,
    search_table,
    subjects_word,
)

QUICK = {"draws": 10, "animals": 40, "trials": 500, "most": 20}


@pytest.fixture(scope="module")
def designed():
    choices = Choices(doses=("25 ug", "2500 ug"))
    return load_study("li2013").design(Design(effect="-30%", looks=2, **QUICK), choices=choices, workers=1)


def printed(table):
    text = StringIO()
    Console(file=text, width=140).print(table)
    return text.getvalue()


def test_the_table_shows_every_size_with_the_error_of_the_simulation(designed):
    text = printed(sample_size_table(designed.study, designed.size))
    for point in designed.size.named.points:
        assert re.search(rf"^ *{point.n} +{4 * point.n} ", text, re.MULTILINE), point.n
    assert "power at -30 %" in text
    assert "2 looks (obrien-fleming spending)" in text


def test_the_answer_says_that_no_number_is_enough(designed):
    said = sample_size_sentences(designed.study, designed.size)
    assert said[0].startswith(f"To find -30 %: {designed.size.named.needed.n} per arm")
    assert "no number up to 20 per arm has an assurance of 80%" in said[1]
    assert "what chance alone finds" in said[1]
    assert any("as claimed" in sentence for sentence in said)
    assert any("Looks on the way save animals" in sentence for sentence in said)


def test_what_was_assumed_shows_its_status(designed):
    lines = assumption_lines(designed.size)
    assert any("[0, 0.2]" in line and "assumed" in line for line in lines)
    assert any("derived" in line for line in lines)


def test_options_that_do_nothing_are_no_choice(designed):
    assert "nothing to choose from" in search_sentences(designed.search, "animals")[0]
    assert "none up to 20" in printed(search_table(designed.search, "animals"))


def test_the_protocol_has_every_item_of_arrive_and_names_its_gaps(designed):
    text = designed.protocol()
    for item in range(1, 22):
        assert re.search(rf"(^## |[-,] ){item}\.? [A-Z]", text, re.MULTILINE), item
    assert text.count("**GAP**") >= 12
    n = designed.size.named.needed.n
    assert f"{n} per arm, {4 * n} animals in all" in text
    assert "| exosome | injury, whole protocol | umbilical_cord_msc_exosome, 250 ug, intrahepatic, once" in text
    assert "no source of the study file confirms" in text.replace("\n", " ")
    assert "| disease.dose | 0.3 mL/kg to 1 mL/kg |" in text
    assert "batches" in text  # what looks ask of the laboratory
    assert not re.search(r"\bnan\b|None|\{\{|\}\}", text)


def test_dishes_and_patients_are_not_called_animals():
    assert subjects_word(load_study("tan2014_apap").study) == "dishes"
    assert subjects_word(load_study("shi2012").study) == "patients"


def test_a_protocol_of_dishes_says_that_arrive_is_not_for_them():
    found = load_study("tan2014_apap").design(Design(**QUICK), workers=1)
    assert "ARRIVE is for animals" in found.protocol()
    assert found.options().empty


def test_files_hold_what_the_screen_says(designed, tmp_path):
    written = {path.name for path in designed.report(tmp_path)}
    assert {
        "protocol.md",
        "allocation.csv",
        "power.csv",
        "power.png",
        "pareto.svg",
        "options.csv",
        "design.json",
    } <= written
    assert pd.read_csv(tmp_path / "power.csv")["per_arm"].tolist() == designed.table()["per_arm"].tolist()
    n = designed.size.named.needed.n
    assert len(pd.read_csv(tmp_path / "allocation.csv")) == 4 * n
    kept = json.loads((tmp_path / "design.json").read_text())
    assert kept["settled"]["endpoint"] == "AST"
    assert kept["named"]["needed"]["n"] == n
    options = pd.read_csv(tmp_path / "options.csv")
    assert set(options["dose"]) == {"25 ug", "2500 ug"}


def test_the_same_design_writes_the_same_bytes(designed, tmp_path):
    again = load_study("li2013").design(
        Design(effect="-30%", looks=2, **QUICK), choices=Choices(doses=("25 ug", "2500 ug")), workers=2
    )
    first, second = tmp_path / "first", tmp_path / "second"
    designed.report(first)
    again.report(second)
    for name in ("power.csv", "options.csv", "power.svg", "design.json"):
        assert (first / name).read_bytes() == (second / name).read_bytes(), name
