"""Laboratory files and the user's answers -> a product, or every question that is still open."""

import math
from dataclasses import replace

import pytest

from hepasome.files import InputError
from hepasome.product import CEILINGS, EXAMPLES, LabAnswers, load_product, read_lab_files, read_nanosight, write_product

NTA = EXAMPLES / "nanosight_experimentsummary_beads.csv"
COUNTS = EXAMPLES / "bv2_ev_mirna_raw_counts.csv"
BOTH = (NTA, COUNTS)
ANSWERS = LabAnswers(
    id="bv2_vesicles",
    source_cell="bv2_microglia",
    dilution=1000,
    protein="0.5 mg/mL",
    columns="control*",
    assume_native=True,
)


def asked(reading):
    return [question.flag for question in reading.questions]


def refused(files, answers):
    with pytest.raises(InputError) as raised:
        read_lab_files(files, answers)
    return raised.value.findings


@pytest.fixture
def recorded(tmp_path):
    """The same export, with a dilution of 500 that the program has applied."""
    path = tmp_path / "recorded.csv"
    path.write_text(NTA.read_text().replace("Not recorded", "5.00e+02"))
    return path


def test_without_answers_every_open_question_is_asked_at_once():
    reading = read_lab_files(BOTH, LabAnswers())
    assert asked(reading) == [
        "--dilution",
        "--protein",
        "--columns",
        "--total-copies or --assume-native",
        "--id",
        "--source-cell",
    ]
    assert reading.product is None
    assert all(question.text.endswith("?") and question.why for question in reading.questions)
    assert "control Evs_1" in next(q.why for q in reading.questions if q.flag == "--columns")


@pytest.mark.parametrize(
    ("unanswered", "flag"),
    [
        ({"id": None}, "--id"),
        ({"source_cell": None}, "--source-cell"),
        ({"dilution": None}, "--dilution"),
        ({"protein": None}, "--protein"),
        ({"columns": None}, "--columns"),
        ({"columns": "kontrol*"}, "--columns"),
        ({"assume_native": False}, "--total-copies or --assume-native"),
    ],
)
def test_one_open_question_leaves_no_product(unanswered, flag):
    reading = read_lab_files(BOTH, replace(ANSWERS, **unanswered))
    assert (asked(reading), reading.product) == ([flag], None)


def test_counts_alone_ask_for_the_nanosight_summary():
    reading = read_lab_files([COUNTS], ANSWERS)
    assert (asked(reading), reading.product) == (["FILE"], None)


def test_the_two_real_files_give_a_product_that_is_read_back_equal(tmp_path):
    reading = read_lab_files(BOTH, ANSWERS)
    product = reading.product
    assert reading.questions == ()
    assert (product.id, product.name, product.kind) == ("bv2_vesicles", "bv2_vesicles", "vesicles")
    assert load_product(write_product(product, tmp_path / "x.yaml")) == product
    assert (product.notes, product.assumptions) == (reading.findings, reading.assumptions)
    assert read_lab_files(reversed(BOTH), ANSWERS).product == product, "the order of the files does not matter"


def test_particles_per_ug_are_concentration_times_dilution_over_protein():
    middle, low, high = read_nanosight(NTA).concentration_interval
    given = read_lab_files(BOTH, ANSWERS).product.particles_per_ug
    assert given.value == pytest.approx(middle * 1000 / 500)
    assert (given.unit, given.status, given.source) == ("particles/ug", "derived", NTA.name)
    day = 1.645 * 0.15
    assert math.log(given.value / given.low) == pytest.approx(math.hypot(math.log(middle / low), day))
    assert math.log(given.high / given.value) == pytest.approx(math.hypot(math.log(high / middle), day))


@pytest.mark.parametrize("protein", ["0.5 mg/mL", "500 ug/mL", "0.5 g/L", "500 ng/uL", "0.5e3 µg/ml"])
def test_protein_may_be_told_in_any_unit_of_mass_per_volume(protein):
    given = read_lab_files([NTA], replace(ANSWERS, protein=protein)).product.particles_per_ug
    assert given.value == pytest.approx(2.8649e9, rel=1e-4)


def test_the_diameters_are_those_of_the_summary():
    tracking = read_nanosight(NTA)
    centres, shares = read_lab_files(BOTH, ANSWERS).product.diameters()
    mean = tracking.bin_centres @ tracking.mean_distribution / tracking.mean_distribution.sum()
    assert centres @ shares == pytest.approx(mean, abs=0.1)
    assert shares[(centres > 80) & (centres < 120)].sum() > 0.8, "beads of 100 nm"


def test_what_was_assumed_and_what_is_doubtful_stands_in_the_product():
    product = read_lab_files(BOTH, ANSWERS).product
    for part in ("diluted 1 in 1000: told by the user", "taken for a vesicle", "accepted by the user", "let-7a-5p"):
        assert any(part in line for line in product.assumptions), part
    for part in ("Camera Level differs", "Few reads", "fragments of ribosomal RNA", "do not say which arm"):
        assert any(part in line for line in product.notes), part


def test_the_cargo_is_anchored_to_the_native_number_or_to_what_is_told():
    native = {c.name: c.copies_per_vesicle.value for c in read_lab_files(BOTH, ANSWERS).product.cargo}
    assert max(native.values()) == native["let-7a-5p"] == pytest.approx(CEILINGS.native)
    assert {"miR-125b-5p", "miR-181-5p"} <= set(native)
    told = read_lab_files(BOTH, replace(ANSWERS, total_copies=2.0)).product
    assert {c.name: c.copies_per_vesicle.value for c in told.cargo} == pytest.approx(
        {name: value * 2.0 / (CEILINGS.native * 7896 / 896) for name, value in native.items()}
    )
    assert any("2, as told by the user" in line for line in told.assumptions)


def test_without_counts_there_is_no_cargo_and_that_is_said():
    product = read_lab_files([NTA], ANSWERS).product
    assert product.cargo == ()
    assert any("no named cargo" in line for line in product.notes)


def test_a_dilution_that_the_file_records_is_not_applied_again(recorded):
    reading = read_lab_files([recorded], replace(ANSWERS, dilution=None))
    middle, _, _ = read_nanosight(NTA).concentration_interval
    assert reading.product.particles_per_ug.value == pytest.approx(middle / 500)
    assert not any("diluted" in line for line in reading.assumptions)


def test_a_told_dilution_that_contradicts_the_file_is_a_finding(recorded):
    reading = read_lab_files([recorded], ANSWERS)
    assert "The file says dilution 500, you say 1000; the file's is used." in reading.product.notes
    same = read_lab_files([recorded], replace(ANSWERS, dilution=500))
    assert not any("dilution" in line for line in same.findings)
    assert same.product.particles_per_ug == reading.product.particles_per_ug


@pytest.mark.parametrize("file", BOTH)
def test_a_file_that_is_given_twice_is_refused(file):
    (finding,) = refused([file, file], ANSWERS)
    assert (finding.problem, finding.value) == ("This file is given twice.", str(file))


def test_two_small_rna_tables_are_refused_because_one_would_win_silently(tmp_path):
    (tmp_path / "again.csv").write_text(COUNTS.read_text())
    (finding,) = refused([NTA, COUNTS, tmp_path / "again.csv"], ANSWERS)
    assert finding.problem == "There are several small-RNA tables."


def test_findings_about_every_file_come_at_once(tmp_path):
    (tmp_path / "nta.csv").write_text(NTA.read_text()[:3000])
    (tmp_path / "counts.csv").write_text("name,a\nmiR-122-5p,-1\nmiR-21-5p,x\n")
    (tmp_path / "film.avi").write_bytes(b"RIFF\0\0")
    found = refused([tmp_path / name for name in ("nta.csv", "counts.csv", "film.avi", "none.csv")], LabAnswers())
    assert {finding.file.rsplit("/", 1)[1] for finding in found} == {"nta.csv", "counts.csv", "film.avi", "none.csv"}
    assert len([finding for finding in found if finding.file.endswith("counts.csv")]) == 2


def test_samples_without_reads_are_asked_about_or_named(tmp_path):
    (tmp_path / "x.csv").write_text("name,a_1,a_2,b_1\nmiR-122-5p,5,0,0\nmiR-21-5p,7,0,0\n")
    files = (NTA, tmp_path / "x.csv")
    assert asked(read_lab_files(files, replace(ANSWERS, columns="b*"))) == ["--columns"]
    assert [finding.value for finding in refused(files, replace(ANSWERS, columns="a*"))] == ["a_2"]


def test_names_that_are_left_out_or_merged_are_said_with_their_number(tmp_path):
    (tmp_path / "x.csv").write_text("name,a\nlet-7a-5p/7c-5p,9\nU6,5\n1-Mar,1\nALB,0\nmiR-21,4\n")
    findings = read_lab_files((NTA, tmp_path / "x.csv"), replace(ANSWERS, columns=None)).findings
    assert [line for line in findings if line[0].isdigit()] == [
        "2 names with reads are no miRNA names; they are left out.",
        "1 names do not say which arm they are.",
        "1 names count several miRNAs as one; the first of them is used.",
    ]


@pytest.mark.parametrize(
    ("flag", "told"),
    [
        *(
            ("protein", told)
            for told in ("0.5", "0.5 mg", "-0.5 mg/mL", "0 mg/mL", "nan mg/mL", "much", "1e-300 mg/mL")
        ),
        *(("dilution", told) for told in (0.5, 0, -1000, math.nan, math.inf)),
        *(("total_copies", told) for told in (0, -1, math.nan, math.inf, CEILINGS.physical * 1.01)),
        *(("id", told) for told in ("", "my product", "../x", "1a", "a" * 65)),
        *(("source_cell", told) for told in ("", "adipose MSC")),
    ],
)
def test_an_answer_that_cannot_be_used_is_refused(flag, told):
    (finding,) = refused(BOTH, replace(ANSWERS, **{flag: told}))
    assert (finding.file, finding.field) == ("your answers", f"--{flag.replace('_', '-')}")


def test_unreadable_answers_are_refused_all_at_once():
    bad = LabAnswers(id="a b", source_cell="", dilution=math.nan, protein="5 mg", total_copies=-1)
    fields = {finding.field for finding in refused(BOTH, bad)}
    assert fields == {"--id", "--source-cell", "--dilution", "--protein", "--total-copies"}
