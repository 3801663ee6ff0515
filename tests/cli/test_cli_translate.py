"""`hepasome translate` as its user meets it."""

import pytest


def test_a_study_is_translated_and_written_only_where_asked(hepasome, tmp_path):
    code, printed, _ = hepasome("translate", "li2013", "--draws", 20)
    assert code == 0
    for words in ("allometry", "Km factors", "Kupffer cells", "NCT05940610", "of any trial", "Note:"):
        assert words in printed
    assert list(tmp_path.iterdir()) == []
    assert hepasome("translate", "li2013", "--draws", 20, "--out", "here")[0] == 0
    assert {path.name for path in (tmp_path / "here").iterdir()} == {
        "translation.json",
        "translation.png",
        "translation.svg",
    }


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["nobody"], "no such study"), (["li2013", "--arm", "x"], "exosome"), (["li2013", "--cell", "x"], "kupffer")],
)
def test_a_wrong_word_is_one_answer_and_exit_code_two(hepasome, arguments, words):
    code, _, said = hepasome("translate", *arguments)
    assert code == 2
    assert words in said
