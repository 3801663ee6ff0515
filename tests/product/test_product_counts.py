"""Small-RNA count tables, and copies per vesicle from the shares of their reads."""

import time
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hepasome.files import InputError
from hepasome.product import EXAMPLES, SmallRnaCounts, cargo_from_counts, parse_mirna_name, read_small_rna_counts

REAL = EXAMPLES / "bv2_ev_mirna_raw_counts.csv"
NATIVE = 0.00825


@pytest.fixture(scope="module")
def microglia():
    return read_small_rna_counts(REAL)


def table(rows, samples=("a",)):
    names = tuple(parse_mirna_name(name) for name in rows)
    return SmallRnaCounts("x.csv", names, samples, np.array(list(rows.values()), np.int64).reshape(len(rows), -1))


def copies(counts, total_copies=None):
    cargo, _ = cargo_from_counts(counts, list(range(len(counts.samples))), total_copies)
    return {item.name: item.copies_per_vesicle for item in cargo}


def values(counts, total_copies=None):
    return {name: estimate.value for name, estimate in copies(counts, total_copies).items()}


def refused(tmp_path, text):
    path = tmp_path / "x.csv"
    path.write_text(text)
    with pytest.raises(InputError) as raised:
        read_small_rna_counts(path)
    return [(finding.line, finding.field, finding.value, finding.problem) for finding in raised.value.findings]


def test_the_real_table_is_read_whole(microglia):
    assert microglia.counts.shape == (1187, 12)
    assert microglia.counts.sum(axis=0)[:3].tolist() == [15869, 16027, 18047]
    by_name = {name.written: row.tolist() for name, row in zip(microglia.names, microglia.counts, strict=True)}
    assert by_name["mmu-let-7f-2"] == [50, 60, 104, 236, 378, 384, 119, 38, 41, 48, 62, 62]
    assert [microglia.samples[i] for i in microglia.chosen("LPS*")] == ["LPS Evs_1", "LPS Evs_2", "LPS Evs_3"]
    assert microglia.chosen("lps*") == []
    assert all(name.family for name in microglia.names)


def test_most_reads_of_the_real_table_are_fragments_of_ribosomal_rna(microglia):
    columns = microglia.chosen("control*")
    rows = [i for i, name in enumerate(microglia.names) if "-623" in name.written or "-6240" in name.written]
    listed = microglia.counts[np.ix_(rows, columns)].sum() / microglia.counts[:, columns].sum()
    assert 0.8 < listed <= microglia.artefact_share(columns) < 0.9
    assert not any("62" in cargo.name for cargo in cargo_from_counts(microglia, columns, None)[0])


def test_a_tab_separated_table_of_an_excel_on_windows_is_read_alike(microglia, tmp_path):
    (tmp_path / "x.tsv").write_bytes(b"\xef\xbb\xbf" + REAL.read_bytes().replace(b",", b"\t"))
    read = read_small_rna_counts(tmp_path / "x.tsv")
    assert np.array_equal(read.counts, microglia.counts)
    assert (read.names, read.samples) == (microglia.names, microglia.samples)


@pytest.mark.parametrize("cell", ["NaN", "-1", "1.5", "inf", "many", "", "1_000", "1e13", "0x10", '"1,000"'])
def test_a_cell_that_is_no_count_is_named(tmp_path, cell):
    found = refused(tmp_path, f"name,a,b\nmiR-122-5p,1,2\nmiR-21-5p,3,{cell}\n")
    assert found == [(3, "b", cell.strip('"'), "This is not a count of reads.")]


def test_whole_numbers_may_be_written_as_decimals(tmp_path):
    (tmp_path / "x.csv").write_text("name,a,b,c\nmiR-122-5p,3.0,1e3, 7 \n\n,,,\n")
    assert read_small_rna_counts(tmp_path / "x.csv").counts.tolist() == [[3, 1000, 7]]


def test_everything_wrong_with_a_table_comes_at_once(tmp_path):
    text = "name,a,a\nmiR-122-5p,1,2\nmiR-21-5p,x,-3\nmiR-122-5p,1,2\nmiR-1-3p,1\nmiR-1-5p,1,2,3\n"
    assert refused(tmp_path, text) == [
        (1, "a", None, "This column stands twice."),
        (3, "a", "x", "This is not a count of reads."),
        (3, "a", "-3", "This is not a count of reads."),
        (4, "", "miR-122-5p", "This name stands twice."),
        (5, "", None, "The row has 2 cells, the header 3."),
        (6, "", None, "The row has 4 cells, the header 3."),
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("name\nmiR-122-5p\n", "There is no column of counts."),
        ("name,a\n", "No name in the first column is that of a miRNA."),
        ("name,a\nALB,1\n1-Mar,4\n", "No name in the first column is that of a miRNA."),
        ('name,a\n"' + "x" * 200_000 + ",1\n", "This is not valid CSV: field larger than field limit (131072)."),
    ],
)
def test_what_is_no_count_table_is_refused(tmp_path, text, problem):
    assert [finding[3] for finding in refused(tmp_path, text)] == [problem]


CELL = st.text('ab1-,."\t\n_ e', max_size=6) | st.sampled_from(
    ["miR-122-5p", "let-7a", "name", "12", "-1", "NaN", "1e400"]
)


@settings(max_examples=150, deadline=None)
@given(
    st.text() | st.lists(st.lists(CELL, min_size=1, max_size=4).map(",".join), min_size=1, max_size=6).map("\n".join)
)
def test_any_text_is_a_table_or_findings(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("counts") / "x.csv"
    path.write_text(text)
    try:
        read = read_small_rna_counts(path)
    except InputError:
        return
    assert read.counts.shape == (len(read.names), len(read.samples))
    assert read.counts.min() >= 0
    assert any(name.family for name in read.names)


def test_a_table_of_many_names_takes_seconds_not_hours(tmp_path):
    (tmp_path / "x.csv").write_text("name,a\n" + "".join(f"miR-{i}-5p,1\n" for i in range(1, 60_000)))
    start = time.perf_counter()
    assert read_small_rna_counts(tmp_path / "x.csv").counts.sum() == 59_999
    assert time.perf_counter() - start < 5


def test_copies_are_the_share_of_reads_times_all_copies():
    told = values(table({"miR-21-5p": 60, "miR-122-5p": 30, "let-7a-5p": 10}), total_copies=0.5)
    assert told == pytest.approx({"miR-21-5p": 0.3, "miR-122-5p": 0.15, "let-7a-5p": 0.05})


def test_without_a_told_total_the_most_abundant_has_the_native_number():
    native = copies(table({"miR-21-5p": 60, "miR-122-5p": 30, "let-7a-5p": 10}))
    assert {name: estimate.value for name, estimate in native.items()} == pytest.approx(
        {"miR-21-5p": NATIVE, "miR-122-5p": NATIVE / 2, "let-7a-5p": NATIVE / 6}
    )
    assert native["miR-21-5p"].low < 0.001, "the interval is no narrower than that of the native number"
    assert native["miR-21-5p"].high > 0.03


reads = st.lists(st.lists(st.integers(1, 10**6), min_size=2, max_size=2), min_size=1, max_size=15)


@settings(deadline=None)
@given(reads, st.floats(1e-6, 400))
def test_copies_of_all_that_is_listed_add_up_to_the_total(rows, total):
    found = copies(table({f"miR-{i + 1000}-3p": row for i, row in enumerate(rows)}, ("a", "b")), total)
    assert len(found) == len(rows)
    assert sum(estimate.value for estimate in found.values()) == pytest.approx(total)
    for estimate in found.values():
        assert 0 < estimate.low < estimate.value < estimate.high


@settings(deadline=None)
@given(st.integers(1, 1000), st.integers(1, 1000), st.integers(2, 50))
def test_fewer_reads_make_a_wider_interval(first, second, times):
    def width(factor):
        found = copies(table({"miR-1-3p": first * factor, "miR-2-3p": second * factor}), 1.0)["miR-1-3p"]
        return log(found.high / found.low)

    assert width(1) > width(times)


def test_the_interval_of_few_reads_holds_the_true_share_nine_times_in_ten():
    draws = np.random.default_rng(1).binomial(2000, 0.005, size=400).tolist()
    found = [copies(table({"miR-122-5p": n, "miR-21-5p": 2000 - n}), 1.0)["miR-122-5p"] for n in draws]
    assert 0.85 < np.mean([estimate.low < 0.005 < estimate.high for estimate in found]) < 0.95


def test_replicates_that_differ_make_a_wider_interval():
    def width(rows):
        found = copies(table(rows, ("a", "b", "c")), 1.0)["miR-122-5p"]
        return log(found.high / found.low)

    alike = {"miR-122-5p": [1000, 1000, 1000], "miR-21-5p": [9000, 9000, 9000]}
    apart = {"miR-122-5p": [100, 1000, 1900], "miR-21-5p": [9900, 9000, 8100]}
    assert width(apart) > 5 * width(alike)


@pytest.mark.parametrize(
    ("names", "listed"),
    [
        (["mmu-mir-181a-1", "mmu-mir-181a-2", "mmu-mir-181b-1", "mmu-mir-181d"], "miR-181-5p"),
        (["hsa-miR-181a-5p", "hsa-miR-181c-5p"], "miR-181-5p"),
        (["mmu-mir-122", "mmu-miR-122-5p"], "miR-122-5p"),
        (["mmu-mir-125b-1", "mmu-mir-125b-2"], "miR-125b-5p"),
        (["mmu-mir-24-1", "mmu-mir-24-2"], "miR-24"),
        (["miR-122*", "miR-122-3p"], "miR-122-3p"),
    ],
)
def test_reads_of_one_seed_and_arm_are_counted_together(names, listed):
    found = values(table(dict.fromkeys(names, 10) | {"miR-21-5p": 10}), 1.0)
    assert set(found) == {listed, "miR-21-5p"}
    assert found[listed] == pytest.approx(len(names) / (len(names) + 1))


@pytest.mark.parametrize(
    "names",
    [
        ("hsa-miR-181a-5p", "hsa-miR-181a-3p"),
        ("hsa-miR-181a-3p", "hsa-miR-181b-3p"),  # passenger arms of paralogues have seeds of their own
        ("miR-181a", "miR-181a*"),
        ("miR-122", "miR-122*"),
        ("miR-23a", "miR-23a*"),
        ("let-7a-5p", "let-7c-5p"),
    ],
)
def test_reads_of_different_seeds_stay_apart(names):
    assert sorted(values(table({names[0]: 3, names[1]: 1}), 1.0).values()) == [0.25, 0.75]


def test_artefacts_count_neither_as_cargo_nor_in_the_total():
    rows = {"mmu-mir-6236": 9000, "mmu-mir-6240": 900, "U6": 500, "miR-21-5p": 75, "miR-122-5p": 25}
    assert values(table(rows), 1.0) == pytest.approx({"miR-21-5p": 0.75, "miR-122-5p": 0.25})


def test_cargo_that_liver_studies_name_is_listed_even_when_it_is_rare():
    abundant = {f"miR-{i}-3p": 1000 - i for i in range(500, 530)}
    found = values(table(abundant | {"miR-122-5p": 2, "miR-125b-5p": 0, "miR-155-5p": 3}), 1.0)
    assert len(found) == 16
    assert {"miR-122-5p"} == set(found) & {"miR-122-5p", "miR-125b-5p", "miR-155-5p"}


def test_an_arm_that_the_table_does_not_say_is_an_assumption():
    _, assumptions = cargo_from_counts(table({"mmu-mir-122": 5, "mmu-mir-24-1": 5, "miR-21-5p": 5}), [0], 1.0)
    said = [line.split("reads of ")[1] for line in assumptions if "does not say the arm" in line]
    assert said == ["miR-122-5p; the usual guide strand is taken.", "miR-24; listed without one."]


@pytest.mark.parametrize("rows", [{"U6": [5, 5]}, {"mmu-mir-6236": [9, 9]}, {"miR-21-5p": [4, 0], "U6": [0, 9]}])
def test_a_sample_without_reads_of_mirnas_is_refused_by_name(rows):
    with pytest.raises(InputError, match="without reads of miRNAs") as raised:
        cargo_from_counts(table(rows, ("first", "second")), [0, 1], None)
    assert "second" in raised.value.findings[0].value
