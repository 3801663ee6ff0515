"""A translated dose on the terminal and as a picture."""

import io
import json

import pytest
from rich.console import Console

import hepasome
from hepasome.report import against_trials, driver_table, translation_figure, translation_table, trial_table


@pytest.fixture(scope="module", params=["li2013", "hyun2015"])
def found(request):
    return hepasome.translate(request.param, draws=30)


def printed(table, width=80):
    console = Console(file=io.StringIO(), width=width)
    console.print(table)
    return console.file.getvalue()


def test_the_table_fits_eighty_columns_and_holds_every_dose(found):
    text = printed(translation_table(found.translation))
    assert "…" not in text
    assert sum(line.startswith("model ") for line in text.splitlines()) == len(found.translation.by("model"))
    for word in ("allometry", "Km factors", "i.v.", "Kupffer cells", "hepatocytes", "stellate cells", "endothelium"):
        assert word in text


def test_causes_trials_and_the_comparison_are_words(found):
    assert "%" in printed(driver_table(found.translation)) or not found.translation.drivers
    assert "trial" in printed(trial_table(found.translation))
    assert "of any trial" in against_trials(found.translation)


def test_the_picture_shows_every_dose_and_every_trial(found):
    (axes,) = translation_figure(found.translation).axes
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert len([label for label in labels if label.startswith("model")]) == len(found.translation.by("model"))
    assert any(label.startswith("trials") for label in labels)


def test_files_are_written_the_same_every_time(found, tmp_path):
    first = [path.read_bytes() for path in found.report(tmp_path / "a")]
    again = [path.read_bytes() for path in found.report(tmp_path / "b")]
    assert first == again
    assert json.loads(first[0])["study"] == found.translation.study
