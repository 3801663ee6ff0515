"""`hepasome evidence` as its user types it, with bad input too."""

import json

import pandas as pd
import pytest

TABLE = "study,effect,variance\na,-1,0.1\nb,-2,0.2\nc,-0.5,0.1\n"
BAD = [
    (("check", "none.yaml"), "no such file"),
    (("add", "none.yaml"), "no such file"),
    (("template", "there.csv"), "such a file already"),
    (("query", "SELECT"), "DuckDB refuses it"),
    (("query", "DROP TABLE facts"), "A query only reads"),
    (("query", "SELECT 1", "--table", "facts"), "exclude each other"),
    (("query", "--where", "a=b"), "A filter needs a table"),
    (("query", "--table", "facts", "--where", "study"), "not COLUMN=VALUE"),
    (("query", "--table", "facts", "--where", "a=1", "--where", "a=2"), "given twice"),
    (("query", "--table", "facts", "--out", "x.xls"), "kind of file"),
    (("pool",), "--endpoint ALT"),
    (("pool", "--endpoint", "ALT"), "No study of your evidence"),
    (("pool", "there.csv", "--endpoint", "ALT"), "has no endpoints"),
    (("pool", "there.csv", "--measure", "g"), "no such measure"),
    (("pool", "there.csv", "--moderator", "dose"), "no such moderator"),
    (("pool", "none.csv"), "no such file"),
    (("prisma", "there.csv"), "no such column"),
    (("prisma", "there.csv", "--out", "flow.pdf"), "kind of picture"),
]


@pytest.fixture
def evidence(hepasome, tmp_path, monkeypatch):
    monkeypatch.setenv("HEPASOME_EVIDENCE", str(tmp_path / "mine"))
    (tmp_path / "there.csv").write_text(TABLE)
    return lambda *arguments: hepasome("evidence", *arguments)


@pytest.mark.parametrize(("arguments", "sentence"), BAD, ids=[" ".join(arguments) for arguments, _ in BAD])
def test_bad_input_is_answered_in_words_and_changes_nothing(evidence, tmp_path, arguments, sentence):
    code, out, error = evidence(*arguments)
    assert code == 2
    assert sentence in error
    assert "Traceback" not in error
    assert out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["there.csv"]


def test_a_template_is_written_checked_and_not_added(evidence, tmp_path):
    assert evidence("template", "new.yaml")[0] == 0
    code, _, error = evidence("add", "new.yaml")
    assert code == 2
    assert "46 problems in new.yaml" in error
    assert not (tmp_path / "mine").exists()


def test_what_a_query_finds_is_written_whole(evidence, tmp_path):
    for name in ("facts.csv", "facts.json", "facts.parquet"):
        code, out, _ = evidence("query", "--table", "facts", "--limit", "2", "--out", name)
        assert code == 0
        assert "(153 rows)" in out
    assert len(pd.read_csv(tmp_path / "facts.csv")) == 153
    assert len(pd.read_parquet(tmp_path / "facts.parquet")) == 153
    rows = json.loads((tmp_path / "facts.json").read_text())
    assert len(rows) == 153
    assert next(row for row in rows if row["id"] == "dai2025_1")["value"] == -2.79


def test_without_arguments_the_tables_are_told(evidence):
    code, out, _ = evidence("query")
    assert code == 0
    assert "facts (153 rows): id, study, subject" in out
    assert "outcomes (0 rows)" in out


def test_many_columns_stand_below_each_other_and_brackets_are_text(evidence):
    _, out, _ = evidence("query", "--table", "facts", "--where", "id=dai2025_1")
    assert "value: -2.79\n" in out
    _, out, _ = evidence("query", "SELECT '[red]x' AS a")
    assert "[red]x" in out


def test_effects_are_pooled_and_drawn(evidence, tmp_path):
    code, out, error = evidence("pool", "there.csv", "--out", "pooled")
    assert code == 0, error
    assert "3 studies, 3 effects; REML, Hartung-Knapp-Sidik-Jonkman intervals." in out
    assert "DerSimonian-Laird" in out
    assert "One study left out" in out
    assert (tmp_path / "pooled" / "forest.svg").exists()
    terms = pd.read_csv(tmp_path / "pooled" / "terms.csv")
    assert terms["name"].tolist() == ["pooled"]


def test_several_effects_of_one_study_are_shown_for_other_correlations(evidence, tmp_path):
    (tmp_path / "nested.csv").write_text(TABLE + "a,-1.2,0.1\nd,-1,0.1\ne,-1.4,0.2\n")
    code, out, _ = evidence("pool", "nested.csv")
    assert code == 0
    assert "5 studies, 6 effects; three levels, REML, robust intervals (CR2)." in out
    assert "correlation 0.8" in out
