"""`hepasome model export`: what is written, and what is refused in a sentence."""

import zipfile

import pytest


def test_a_study_is_exported_as_an_archive_and_again_with_the_same_bytes(hepasome, tmp_path):
    code, printed, _ = hepasome("model", "export", "yusa2011", "--omex", "--out", "a")
    assert (code, printed) == (0, "a/yusa2011.omex\n")
    assert hepasome("model", "export", "yusa2011", "--omex", "--out", "b")[0] == 0
    assert hepasome("model", "export", "yusa2011", "--omex", "--out", "b")[0] == 0  # it is there already
    assert (tmp_path / "a" / "yusa2011.omex").read_bytes() == (tmp_path / "b" / "yusa2011.omex").read_bytes()
    assert zipfile.is_zipfile(tmp_path / "a" / "yusa2011.omex")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["yusa2011", "yusa2012", "--omex"], "There is no such study"),
        (["nothing.yaml", "--omex"], "nothing.yaml"),
        (["yusa2011"], "Add --omex"),
        (["yusa2011", "--omex", "--species", "rat"], "--species"),
        (["--omex", "--zones", 3], "--zones"),
        (["yusa2011", "--omex", "--out", "file"], "not a folder"),
    ],
)
def test_what_makes_no_sense_is_refused_and_writes_nothing(hepasome, tmp_path, arguments, words):
    (tmp_path / "file").write_text("mine")
    code, _, said = hepasome("model", "export", *arguments)
    assert code == 2
    assert words in said
    assert "Traceback" not in said
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "mine"


def test_another_file_of_that_name_is_kept(hepasome, tmp_path):
    (tmp_path / "yusa2011.omex").write_text("mine")
    code, _, said = hepasome("model", "export", "yusa2011", "--omex", "--out", ".")
    assert code == 2
    assert "would be lost" in said
    assert (tmp_path / "yusa2011.omex").read_text() == "mine"


def test_a_folder_that_cannot_be_written_to_is_a_sentence(hepasome, tmp_path):
    (tmp_path / "file").write_text("mine")
    code, _, said = hepasome("model", "export", "yusa2011", "--omex", "--out", "file/below")
    assert code in (1, 2)
    assert "file/below" in said
    assert "Traceback" not in said
    assert "fault of hepasome" not in said
