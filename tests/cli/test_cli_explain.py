"""`hepasome explain` as its user meets it, and the same in Python."""

import shutil

import pandas as pd
import pytest

import hepasome as package


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Folder of a finished run."""
    folder = tmp_path_factory.mktemp("made") / "run"
    package.load_study("herrera_sanchez2017").run(2, draws=2, out=folder, workers=1)
    return folder


@pytest.fixture
def finished(hepasome, made, tmp_path):
    """Runs a command where such a folder is, as `run`."""
    shutil.copytree(made, tmp_path / "run")
    return hepasome


def test_a_run_is_explained_on_the_screen_and_in_its_folder(finished, tmp_path):
    code, printed, _ = finished("explain", "run", "--arm", "vesicles", "--sensitivity", "--samples", 8)
    assert code == 0
    for words in ("vesicles against deficient, 2 draws", "whole change", "interaction", "below 0.1 %", "base samples"):
        assert words in printed
    folder = tmp_path / "run" / "explain"
    assert {path.name for path in folder.iterdir()} == {
        *("attribution.csv", "sensitivity.csv", "report.html"),
        *("attribution_vesicles.png", "attribution_vesicles.svg", "sensitivity.png", "sensitivity.svg"),
    }
    parts = pd.read_csv(folder / "attribution.csv")
    assert {"ASS1_mRNA", "ASS1_protein", "hepatocyte", "delivery alone", "interaction"} <= set(parts["part"])
    shares = pd.read_csv(folder / "sensitivity.csv")
    assert {"group", "first", "first_error", "total", "total_error", "note"} <= set(shares.columns)
    page = (folder / "report.html").read_text()
    assert 'id="parts"' in page
    assert "unattributed: hepatocytes" in page


def test_the_same_in_python_gives_the_same_bytes(finished, tmp_path):
    assert finished("explain", "run", "--arm", "vesicles", "--endpoint", "urea", "--out", "by_command")[0] == 0
    explained = package.load_run(tmp_path / "run").explain("vesicles", "urea", workers=1)
    written = explained.report(tmp_path / "by_python")
    assert [path.suffix for path in written] == [".csv", ".png", ".svg", ".html"]
    for path in written:
        assert path.read_bytes() == (tmp_path / "by_command" / path.name).read_bytes()
    assert explained.table().equals(explained.explanation.table)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "no run in this place"),
        (["run", "--arm", "deficient"], "no treated arm"),
        (["run", "--endpoint", "ALT"], "urea"),
        (["run", "--draws", 0], "1 to 10,000"),
        (["run", "--sensitivity", "--samples", 100], "power of two"),
    ],
)
def test_a_wrong_word_is_one_answer_and_exit_code_two(finished, tmp_path, arguments, words):
    code, _, said = finished("explain", *arguments)
    assert code == 2
    assert words in said
    assert not (tmp_path / "run" / "explain").exists()
