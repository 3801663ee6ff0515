"""What is wrong with the evidence is found with its place and remedy, all at once, and nothing else is raised."""

import csv
import io
import shutil
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hepasome.evidence import check_evidence, endpoint_names, load_evidence, read_evidence
from hepasome.files import Finding

SHIPPED = Path(str(resources.files("hepasome")))
IDENTITY = "studies/exosome_identity/claims.csv"
LI, QU, TRUONG = (f"studies/{study}/claims.csv" for study in ("li2013", "qu2017", "truong2016"))
RECORD, OBSERVATIONS = "studies/li2013/record.yaml", "studies/li2013/observations.csv"
UNTREATED, REFERENCES, FACTS = "evidence/untreated.csv", "evidence/references.yaml", "evidence/facts.csv"
NUMBER = (
    "id,study,statement,kind,endpoint,arm,versus,direction,value,low,high,unit,setting,reference,where,confidence\n"
    "li2013_ast,li2013,AST falls by half,number,AST,exosome,vehicle,down,{},in_vivo,li2013,text,{}\n"
)
NO_ENDPOINT = ("There is no such endpoint.", f"Use one of: {', '.join(endpoint_names())}.")
NO_CLAIM = ("There is no such claim.", "Write the id of another claim of this study.")
NO_REFERENCE = ("There is no such reference.", "Add it to references.yaml or correct its spelling.")
NOT_OF_FOLDER = ("The study is not that of the folder, li2013.", "Correct one of them.")
TWICE = ("This id stands twice.", "Give each row its own id.")
SPREAD = ("Give spread and spread_kind together.", "")
RECALLED = ("A recalled number may set a prior but is never a target.", "")
INTERVAL = ("The interval does not contain the value.", "")
NO_DIRECTION = ("A claim that is not `no_difference` needs a direction.", "")
NO_UNIT = ("A claim of kind `number` needs value and unit.", "")
NO_CARGO = ("A claim of kind `mechanism` needs cargo, target and cell.", "")
NO_ARM = ("A claim that is not a `check` needs endpoint, arm and versus.", "")
NO_CHECK = ("A claim of kind `check`, and no other, says which `check`.", "")
NOT_NUMBER = ("This is not a number.", "Write a number without its unit, with a decimal point.")
NOT_FINITE = ("This number is missing or infinite.", "Write a finite number, or leave it out.")
MISSING = ("This field is missing.", "Add it.")
NO_FILE = ("There is no such file.", "Check the path and its spelling.")
BINARY = ("This is a binary file, not text.", "Export it as CSV or YAML text from the program that wrote it.")
CUT = ("The row has 3 cells, the header 17.", "Quote cells that hold a comma.")
TORN = ("This is not valid CSV: unexpected end of data.", "Close every quote that is opened.")
ANCHOR = ("Anchors and aliases (& and *) are not allowed.", "Write the value out where it is needed.")


def copy(folder):
    for source in [*SHIPPED.glob("evidence/*.csv"), *SHIPPED.glob("evidence/*.yaml"), *SHIPPED.glob("studies/*/*")]:
        target = folder / source.relative_to(SHIPPED)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    return folder


def check(folder):
    return check_evidence(folder / "evidence", folder / "studies")


@pytest.fixture
def evidence(tmp_path):
    return copy(tmp_path)


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    return copy(tmp_path_factory.mktemp("evidence"))


def edit(folder, file, old, new):
    """Replace `old`, which stands there once; without `old` the whole file, without `new` remove it."""
    path = folder / file
    if new is None:
        path.unlink()
    elif old is None:
        path.write_bytes(new if isinstance(new, bytes) else new.encode())
    else:
        text = path.read_text()
        assert text.count(old) == 1
        path.write_text(text.replace(old, new))


def test_a_copy_of_the_shipped_evidence_holds(evidence):
    assert check(evidence) == []
    assert read_evidence(evidence / "evidence", evidence / "studies") == load_evidence()


SECOND = (
    "- id: vanpham2017",
    "- {id: vanpham2017, authors: Van Pham P, year: 2017, kind: review}\n  - id: vanpham2017",
)
ROWS = [
    # file, what stands there, what it becomes, line, field, value, (problem, remedy)
    (UNTREATED, "ALT,6,h", "ALP,6,h", 3, "endpoint", "ALP", NO_ENDPOINT),
    (UNTREATED, "371,93,se,5,U/L", "371,93,se,5,g/L", 3, "unit", "g/L", ("ALT is read in U/L.", "Convert the value.")),
    (UNTREATED, "e_ALT_6h", "e_ALT_1h", 3, "id", "holland2021_acute_ALT_1h", TWICE),
    (UNTREATED, "\nholland2021_acute_ALT_6h", '\n\n"",\nholland2021_acute_ALT_1h', 5,
     "id", "holland2021_acute_ALT_1h", TWICE),
    (UNTREATED, "371,93,se", "371,93,", 3, "", None, SPREAD),
    (UNTREATED, "371,93,se", "371,,se", 3, "", None, SPREAD),
    (UNTREATED, "mean,371", "mean,nan", 3, "value", "nan", NOT_FINITE),
    (UNTREATED, "mean,371", "mean,1e400", 3, "value", "1e400", NOT_FINITE),
    (UNTREATED, "mean,371", "mean,371 U/L", 3, "value", "371 U/L", NOT_NUMBER),
    (UNTREATED, "mean,371", "mean,", 3, "value", None, MISSING),
    (UNTREATED, "ALT,6,h", "ALT,-6,h", 3, "time", "-6", ("It should be greater than or equal to 0.", "Correct it.")),
    (UNTREATED, '93,,,5,U/L,target,holland2021,"figure, digitised",confirmed',
     "93,,,5,U/L,target,holland2021,memory,recalled", 2, "", None, RECALLED),
    (LI, "AST,exosome,vehicle,down,,,,,in_vivo,vanpham2017", "AST,exosome,vehicle,down,,,,,in_vivo,vanpham2071",
     2, "reference", "vanpham2071", NO_REFERENCE),
    (LI, "li2013_ast,li2013", "li2013_ast,qu2017", 2, "study", "qu2017", NOT_OF_FOLDER),
    (LI, "direction,AST", "direction,AXT", 2, "endpoint", "AXT", NO_ENDPOINT),
    (LI, "AST,exosome,vehicle,down", "AST,exosome,vehicle,", 2, "", None, NO_DIRECTION),
    (LI, "AST,exosome,vehicle,down", "AST,,vehicle,down", 2, "", None, NO_ARM),
    (LI, "direction,AST,exosome", "check,AST,exosome", 2, "", None, NO_CHECK),
    (IDENTITY, "check,marker,CD63", "check,,CD63", 3, "", None, NO_CHECK),
    (LI, "AST,exosome,vehicle,down", "AST,exosome,exosome,down", 2, "", None, ("An arm is compared with itself.", "")),
    (LI, "confidence,note", "confidence,nota", 1, "nota", None, ("There is no such column.", "Did you mean `note`?")),
    (LI, None, NUMBER.format("-0.1,-0.5,-0.4,share", "confirmed"), 2, "", None, INTERVAL),
    (LI, None, NUMBER.format("-0.5,,,share", "recalled"), 2, "", None, ("A recalled number is never a target.", "")),
    (LI, None, NUMBER.format("-0.5,,,", "confirmed"), 2, "", None, NO_UNIT),
    (QU, "BCL2,enriched_exosome,control_exosome,down,2 d after treatment,miR-181-5p",
     "BCL2,enriched_exosome,control_exosome,down,2 d after treatment,", 8, "", None, NO_CARGO),
    (TRUONG, "in_vivo,truong2016_tail_vein_ast", "in_vivo,truong2016_tail_ast", 18, "presupposes",
     "truong2016_tail_ast", NO_CLAIM),
    (TRUONG, "in_vivo,truong2016_tail_vein_ast", "in_vivo,truong2016_route_ast", 18, "presupposes",
     "truong2016_route_ast", NO_CLAIM),
    (FACTS, "claim:li2013_ast,", "claim:li2013_axt,", 3, "held_in", "claim:li2013_axt",
     ("No table has this row.", "Correct it, or leave it empty and give the numbers here.")),
    (FACTS, "record:li2013/dose;", "record:li2013/doses;", 2, "held_in", "record:li2013/doses",
     ("No table has this row.", "Correct it, or leave it empty and give the numbers here.")),
    (FACTS, "dai2025_1,dai2025,rodent", "li2013_1,dai2025,rodent", 99, "id", "li2013_1", TWICE),
    (FACTS, ",-2.79,,-3.64,-1.94,", ",-2.79,,-1.64,-1.94,", 99, "", None, ("Low is above high.", "")),
    (FACTS, "hyun2015_smo; claim:hyun2015_gli", "hyun2015_smo; claims:hyun2015_gli", 9, "held_in",
     "claims:hyun2015_gli", ("No table has this row.", "Correct it, or leave it empty and give the numbers here.")),
]  # fmt: skip
FILES = [
    (OBSERVATIONS, "where,", "", 1, "where", None, ("This column is missing.", "Add it.")),
    (OBSERVATIONS, None, None, None, "", None, NO_FILE),
    (LI, None, None, None, "", None, NO_FILE),
    (LI, None, "", None, "", None, ("The file is empty.", "Export it again.")),
    (LI, None, b"PK\3\4\0\0", None, "", None, BINARY),
    (LI, None, b"id,\xff\n", None, "", None, ("The file is not UTF-8 text.", "Save it as UTF-8.")),
    (LI, "fewer hepatocytes die,direction,hepatocyte_apoptosis,exosome,vehicle,down,,,,,in_vivo,table_pmc9021384,"
     "table 4,secondary,\n", "fewer", 12, "", None, CUT),
    (LI, "fewer hepatocytes die", '"fewer hepatocytes die', 12, "", None, TORN),
    (RECORD, None, None, None, "", None, NO_FILE),
    (RECORD, "id: li2013\n", "id: li2031\n", 1, "id", "li2031", NOT_OF_FOLDER),
    (RECORD, "\nreference: li2013", "\nreference: li2031", 4, "reference", "li2031", NO_REFERENCE),
    (RECORD, "table_scrt576", "table_scrt", 8, "reference", "table_scrt", NO_REFERENCE),
    (RECORD, "species: mouse", "species: unicorn", 6, "species", "unicorn",
     ("This is not one of the allowed words.",
      "Use 'mouse', 'rat', 'rabbit', 'guinea_pig', 'pig', 'human', 'culture' or 'none'.")),
    (RECORD, "given: EV", "given: *EV", 5, "", None, ANCHOR),
    (REFERENCES, *SECOND, 4, "id", "vanpham2017", TWICE),
    (REFERENCES, "Li T et al.\n    year: 2013", "Li T et al.\n    year: 20133", 13, "references.1.year", 20133,
     ("It should be less than or equal to 2100.", "Correct it.")),
    (REFERENCES, None, None, None, "", None, NO_FILE),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "line", "field", "value", "sentences"), [*ROWS, *FILES])
def test_one_fault_is_one_finding_with_its_place_and_remedy(evidence, file, old, new, line, field, value, sentences):
    edit(evidence, file, old, new)
    assert check(evidence) == [Finding(str(evidence / file), *sentences, line, field, value)]


def test_faults_in_several_files_come_all_at_once(evidence):
    edit(evidence, REFERENCES, *SECOND)
    edit(evidence, UNTREATED, "ALT,6,h", "ALP,6,h")
    edit(evidence, UNTREATED, "e_ALT_12h", "e_ALT_1h")
    edit(evidence, QU, None, b"\0")
    edit(evidence, RECORD, "species: mouse", "species: unicorn")
    edit(evidence, LI, "AST,exosome,vehicle,down", "AST,exosome,exosome,")
    edit(evidence, LI, "direction,collagen_III,exosome,vehicle", "direction,collagen_III,exosome,exosome")
    places = [(Path(finding.file).relative_to(evidence).as_posix(), finding.line) for finding in check(evidence)]
    wanted = [(REFERENCES, 4), (UNTREATED, 3), (UNTREATED, 4), (RECORD, 6), (LI, 2), (LI, 4), (QU, None)]
    assert len(places) == len(wanted)
    assert set(places) == set(wanted)


def test_a_line_is_counted_in_the_file_not_in_rows(evidence):
    edit(evidence, LI, "AST recovers", '"AST\nrecovers"')
    edit(evidence, LI, "\nli2013_collagen_3,", "\n\nli2013_collagen_1,")
    assert [(finding.line, finding.value) for finding in check(evidence)] == [(6, "li2013_collagen_1")]


def test_a_bomb_of_aliases_is_refused_unexploded(evidence):
    edit(evidence, RECORD, None, "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nid: *c\n")
    found = check(evidence)
    assert {(finding.file, finding.problem, finding.remedy) for finding in found} == {(str(evidence / RECORD), *ANCHOR)}
    assert [finding.line for finding in found] == [1, 2, 2, 2, 3, 3, 3, 4]


def test_a_folder_without_evidence_is_no_study_of_it(evidence):
    (evidence / "studies" / "mine").mkdir()
    (evidence / "studies" / "mine" / "study.yaml").write_text("id: mine\n")
    assert check(evidence) == []


TABLES = [UNTREATED, LI, QU, "studies/hyun2015/claims.csv"]
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",))) | st.from_regex(r"\A[-+.e0-9]*\Z")


@settings(deadline=None, max_examples=120)
@given(data=st.data(), file=st.sampled_from(TABLES), text=TEXT)
def test_any_text_in_any_cell_is_a_finding_in_its_row_or_a_valid_table(copied, data, file, text):
    header, *rows = csv.reader(io.StringIO((SHIPPED / file).read_text()))
    row, column = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.integers(0, len(header) - 1))
    rows[row][column] = text
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    (copied / file).write_text(out.getvalue(), newline="")
    try:
        # a fact that points to a row which was renamed is told too, in its own table
        found = [finding for finding in check(copied) if finding.field != "held_in"]
        for finding in found:
            assert (finding.file, finding.line) == (str(copied / file), row + 2)
            assert finding.field in (header[column], "", "unit")
            assert finding.problem.endswith(".")
        if not found:
            read = read_evidence(copied / "evidence", copied / "studies")
            assert len(read.claims) == len(load_evidence().claims)
    finally:
        shutil.copy(SHIPPED / file, copied / file)


@settings(deadline=None, max_examples=120)
@given(data=st.data(), file=st.sampled_from([*TABLES, RECORD, REFERENCES]), tail=st.binary(max_size=20))
def test_any_torn_file_is_findings_or_valid(copied, data, file, tail):
    raw = (SHIPPED / file).read_bytes()
    (copied / file).write_bytes(raw[: data.draw(st.integers(0, len(raw)))] + tail)
    try:
        if not check(copied):
            read_evidence(copied / "evidence", copied / "studies")
    finally:
        shutil.copy(SHIPPED / file, copied / file)
