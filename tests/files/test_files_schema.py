"""Typed documents and tables: every mistake of a file in one answer, in a biologist's words."""

import csv
import io
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from hepasome.files import InputError, Strict, parse_yaml, quantity_in, read_table, validate


class Treatment(Strict):
    dose: quantity_in("ug", "particles")
    route: Literal["intravenous", "intrasplenic"] = "intravenous"


class Arm(Strict):
    treatment: Treatment | None = None
    disease: Literal["none"] | Treatment = "none"


ROUTES = "Use 'intravenous' or 'intrasplenic'."


class Study(Strict):
    id: str
    subjects: int = Field(default=8, gt=0)
    weight: float = 22
    lasts: quantity_in("h") | None = Field(default=None, alias="for")
    arms: dict[str, Arm] = Field(default_factory=dict)
    doses: list[Treatment] = Field(default_factory=list)


def findings(text):
    with pytest.raises(InputError) as raised:
        validate(Study, parse_yaml(text, "study.yaml"))
    return [(finding.line, finding.field, finding.problem, finding.remedy) for finding in raised.value.findings]


def test_a_right_document_becomes_its_model():
    study = validate(Study, parse_yaml("id: li2013\nfor: 6 wk\narms: {native: {treatment: {dose: 250 ug}}}", "s"))
    assert study.lasts.to("h") == 6 * 7 * 24
    assert study.arms["native"].treatment.dose.to("mg") == 0.25


def test_all_mistakes_come_at_once_each_with_its_line_and_remedy():
    text = """\
subjects: -3
weigth: 22
for: 5 mL
arms:
  high dose:
    treatment:
      doze: 40 ug
      route: intravenos
doses:
- dose: -4 ug
"""
    assert findings(text) == [
        (1, "id", "This field is missing.", "Add it."),
        (1, "subjects", "It should be greater than 0.", "Correct it."),
        (2, "weigth", "There is no such field.", "Did you mean `weight`?"),
        (3, "for", "The unit `mL` does not fit here; write `8 wk`, `3.5 d` or `30 min`.", ""),
        (6, "arms.high dose.treatment.dose", "This field is missing.", "Add it."),
        (7, "arms.high dose.treatment.doze", "There is no such field.", "Did you mean `dose`?"),
        (8, "arms.high dose.treatment.route", "This is not one of the allowed words.", ROUTES),
        (10, "doses.0.dose", "The number must be above zero.", ""),
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("id: x\nsubjects: 2.5", "This is not a whole number."),
        ("id: x\nsubjects: many", "This is not a whole number."),
        ("id: x\nweight: no", "This is not a number."),
        ("id: x\nweight: 22 g", "This is not a number."),
        ("id: x\narms: 3", "This should be a block of `key: value` lines."),
        ("id: x\ndoses: 3", "This should be a list."),
        ("id:\n  a: 1", "This should be a word or a text."),
        ("id: x\nfor: 6", "The unit is missing; write it behind the number, for example `40 ug`."),
    ],
)
def test_a_wrong_kind_of_value_is_said_without_words_of_python(text, problem):
    assert problem in [finding[2] for finding in findings(text)]


def test_of_alternatives_only_the_one_that_was_meant_is_explained():
    assert findings("id: x\narms:\n  a:\n    disease:\n      dose: 5 mL") == [
        (5, "arms.a.disease.dose", "The unit `mL` does not fit here; write a number in ug or particles.", "")
    ]


def test_a_field_unlike_any_other_is_answered_with_those_that_exist():
    (found,) = findings("id: x\narms: {a: {colour: red}}")
    assert found[3] == "Known here: treatment, disease."


class Row(Strict):
    mirna: str
    count: float = Field(ge=0)
    until: str = Field(default="later", alias="for")
    note: str = ""


@pytest.fixture
def table(tmp_path):
    def read(raw):
        path = tmp_path / "counts.csv"
        path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
        return read_table(path, Row)

    return read


def table_findings(table, raw):
    with pytest.raises(InputError) as raised:
        table(raw)
    return [(finding.line, finding.field, finding.problem) for finding in raised.value.findings]


def test_columns_may_stand_in_any_order_and_empty_cells_take_the_default(table):
    assert table('count,note,mirna,for\n1e3,,let-7a,\n2,"a, b",miR-21,1 wk\n') == [
        Row(mirna="let-7a", count=1000),
        Row(mirna="miR-21", count=2, note="a, b", **{"for": "1 wk"}),
    ]


def test_empty_lines_are_no_rows(table):
    assert table("mirna,count\n\na,1\n,\n\n") == [Row(mirna="a", count=1)]


def test_every_bad_cell_is_found_at_the_line_where_its_row_begins(table):
    raw = 'mirna,count,note\na,nan,\nb,-1,\n"c",x,"two\nlines"\n,5,\ne,1\nf,2,,\n'
    assert table_findings(table, raw) == [
        (2, "count", "This number is missing or infinite."),
        (3, "count", "It should be greater than or equal to 0."),
        (4, "count", "This is not a number."),
        (6, "mirna", "This field is missing."),
        (7, "", "The row has 2 cells, the header 3."),
        (8, "", "The row has 4 cells, the header 3."),
    ]


def test_unknown_missing_and_repeated_columns_are_found_together(table):
    assert table_findings(table, "counts,note,note\n1,,\n") == [
        (1, "counts", "There is no such column."),
        (1, "note", "This column stands twice."),
        (1, "mirna", "This column is missing."),
        (1, "count", "This column is missing."),
    ]


def test_a_column_misspelt_is_recognised(table):
    with pytest.raises(InputError, match="Did you mean `mirna`"):
        table("mirnas,count\na,1\n")


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_table_of_another_locale_is_said_once(table, separator):
    raw = f"mirna{separator}count\na{separator}1,5\n"
    assert table_findings(table, raw) == [(1, "", "The columns are not separated by commas.")]


@pytest.mark.parametrize(
    "raw",
    ['mirna,count\na,1\n"b,2\nc,3\n', 'mirna,count\na,1\n"b"c,2\n', f"mirna,count\na,1\n{'x' * 200_000},1\n"],
)
def test_a_torn_or_endless_cell_is_no_csv(table, raw):
    ((line, _, problem),) = table_findings(table, raw)
    assert (line, problem[:22]) == (3, "This is not valid CSV:")


def test_a_table_without_rows_is_empty(table):
    assert table("mirna,count\n") == []


TEXT = st.text(st.characters(exclude_characters="\r\0", exclude_categories=("Cs",)), min_size=1)


@given(rows=st.lists(st.tuples(TEXT, st.floats(0, 1e300), TEXT)))
def test_what_a_spreadsheet_writes_is_read_back(tmp_path_factory, rows):
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["mirna", "count", "note"])
    writer.writerows((name, repr(number), note) for name, number, note in rows)
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    path.write_text(out.getvalue(), newline="")
    assert read_table(path, Row) == [Row(mirna=m, count=c, note=n) for m, c, n in rows]


@given(text=st.text(st.sampled_from('mirna,count\n;"19.-e ')))
def test_any_table_is_rows_or_findings(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    path.write_text("mirna,count\n" + text)
    try:
        rows = read_table(path, Row)
    except InputError:
        return
    assert all(row.count >= 0 for row in rows)
