"""YAML as plain data: what a study file may say, and what it may never do."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hepasome.files import MEGABYTE, InputError, parse_yaml, read_yaml


def value(text):
    return parse_yaml(text, "study.yaml").value


def refusal(text):
    with pytest.raises(InputError) as raised:
        parse_yaml(text, "study.yaml")
    return raised.value


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1e10", 1e10),
        ("1.5E-3", 1.5e-3),
        (".5", 0.5),
        ("-7", -7),
        ("007", 7),
        ("no", "no"),
        ("off", "off"),
        ("y", "y"),
        ("true", True),
        ("False", False),
        ("", None),
        ("~", None),
        ("null", None),
        ("2013-08-01", "2013-08-01"),
        ("1:30", "1:30"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("'8'", "8"),
        ("40 ug", "40 ug"),
        ("miR-122-5p", "miR-122-5p"),
    ],
)
def test_a_scalar_means_what_a_biologist_reads(written, meant):
    found = value(f"key: {written}")["key"]
    assert (found, type(found)) == (meant, type(meant))


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=("C", "Z")), min_size=1),
        st.recursive(
            st.booleans()
            | st.none()
            | st.integers(-(10**12), 10**12)
            | st.floats(allow_nan=False, allow_infinity=False),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b c", "8"]), inner, max_size=3)
            ),
            max_leaves=8,
        ),
    )
)
def test_what_another_program_wrote_is_read_back(data):
    assert value(yaml.safe_dump(data, allow_unicode=True) if data else "{}") == data


@given(st.text())
def test_any_text_is_a_document_or_a_finding(text):
    try:
        document = parse_yaml(text, "study.yaml")
    except InputError:
        return
    assert isinstance(document.value, dict)


def test_every_place_knows_its_line():
    document = parse_yaml(
        "id: x\n\narms:\n  # the injured animals\n  vehicle:\n    dose:\n    - 1 ug\n    - 2 ug\n", "s"
    )
    assert document.line(("id",)) == 1
    assert document.line(("arms", "vehicle")) == 5
    assert document.line(("arms", "vehicle", "dose", 1)) == 8
    assert document.line(("arms", "vehicle", "route")) == 5, "a missing field is shown at what encloses it"
    assert document.line(("treatment",)) == 1


def test_a_mapping_is_asked_for():
    for text in ("# nothing yet\n", "- a\n- b", "words"):
        assert "`key: value` lines" in str(refusal(text))


def test_duplicate_keys_are_all_found_each_at_its_line():
    error = refusal("a: 1\nb: {c: 1, c: 2}\na: 2\n'a': 3\n")
    assert [(finding.line, finding.field) for finding in error.findings] == [(2, "b.c"), (3, "a"), (4, "a")]


def test_numbers_that_are_none_are_found_together():
    error = refusal(f"a: .nan\nb: -.inf\nc: NaN\nd: 1e400\ne: {'9' * 400}\n")
    assert [finding.line for finding in error.findings] == [1, 2, 3, 4, 5]
    assert value("a: 'NaN'") == {"a": "NaN"}, "in quotes it is a word"


def test_an_alias_bomb_is_refused_before_it_grows():
    rows = ["a0: &a0 [x]"] + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)]
    error = refusal("\n".join(rows))
    assert "Anchors and aliases" in error.findings[0].problem
    assert error.findings[0].line == 1


def test_a_nesting_bomb_is_refused_before_it_is_built():
    for text in (
        "a: " + "[" * 100_000,
        "a: " + "{b: " * 100_000,
        "\n".join("  " * i + "a:" for i in range(300)),
    ):
        assert "nested deeper than 20 levels" in str(refusal(text))
    assert value("a: " + "[" * 19 + "]" * 19) == {"a": [[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]}


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:os.system [ls]", "!!str 5", "!dose 5", "!!binary aGVw", "!!set {}"]
)
def test_a_tag_makes_no_object(tag):
    error = refusal(f"id: x\ndose: {tag}")
    assert error.findings[0].problem == "Tags (!) are not allowed."
    assert error.findings[0].line == 2


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: [1, 2\nb: 3\n", 2, "flow sequence"),
        ('a: 1\nb: "open', 2, "quoted scalar"),
        ("a: 1\n\tb: 2", 2, "tab character"),
        ("a: 1\n  b: 2", 2, "not valid YAML"),
        ("a: 1\n---\nb: 2", 2, "single document"),
        ('a: "\\UFFFFFFFF"', 1, "Unicode"),
        ('a: "\\ud800"', 1, "Unicode"),
        (f"%YAML 1.{'9' * 5000}\n---\na: 1", 1, "version number"),
        ("? [a, b]\n: 1", 1, "A key must be a word."),
        ("a: \x01", None, "control characters"),
    ],
)
def test_what_is_no_yaml_is_said_with_its_line(text, line, said):
    finding = refusal(text).findings[0]
    assert said in finding.problem
    assert finding.line == line


def test_a_file_of_over_a_megabyte_is_refused(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text("a: 1\n" + "# " + "x" * MEGABYTE)
    with pytest.raises(InputError, match="never has more than 1 MB"):
        read_yaml(path)


def test_a_finding_names_the_file_that_was_read(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text("dose: .inf")
    with pytest.raises(InputError) as raised:
        read_yaml(path)
    assert raised.value.findings[0].file == str(path)
