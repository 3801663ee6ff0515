"""Names of miRNAs as they stand in the tables of laboratories."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hepasome.product import parse_mirna_name


@pytest.mark.parametrize(
    ("written", "family", "arm", "species"),
    [
        ("hsa-miR-122-5p", "miR-122", "5p", "hsa"),
        ("mmu-miR-122-3p", "miR-122", "3p", "mmu"),
        ("miR-122-5p", "miR-122", "5p", ""),
        ("  rno-miR-125b-5p\t", "miR-125b", "5p", "rno"),
        ("miR-125b", "miR-125b", "", ""),
        ("mmu-mir-181a-1", "miR-181a", "", "mmu"),
        ("hsa-miR-181a-2-3p", "miR-181a", "3p", "hsa"),
        ("hsa-miR-1-3p", "miR-1", "3p", "hsa"),
        ("hsa-mir-1-1", "miR-1", "", "hsa"),
        ("hsa-let-7a-5p", "let-7a", "5p", "hsa"),
        ("mmu-let-7f-2", "let-7f", "", "mmu"),
        ("Let-7c", "let-7c", "", ""),
        ("MIR21", "miR-21", "", ""),
        ("miR21", "miR-21", "", ""),
        ("miR-122*", "miR-122", "", ""),
        ("hsa-miR-101-3p.1", "miR-101", "3p", "hsa"),
        ("let-7a-5p/7c-5p", "let-7a", "5p", ""),
        ("miR-199a-3p/199b-3p", "miR-199a", "3p", ""),
        ("hsa-miR-1302-11", "miR-1302", "", "hsa"),
    ],
)
def test_a_name_is_taken_apart(written, family, arm, species):
    name = parse_mirna_name(written)
    assert (name.family, name.arm, name.species, name.written) == (family, arm, species, written)


@pytest.mark.parametrize(
    "written",
    [
        "1-Mar",
        "12-SEP",
        "3-dec",
        "ALB",
        "",
        "miR-",
        "miRNA",
        "hsa-miR-122-5P",
        "hsa-miR-x",
        "U6",
        "tRNA-Gly",
        "miR-122-4p",
    ],
)
def test_what_is_no_mirna_is_left_empty_and_said(written):
    name = parse_mirna_name(written)
    assert (name.family, name.arm, name.artefact) == ("", "", False)
    assert len(name.warnings) == 1


def test_a_gene_that_a_spreadsheet_made_a_date_is_told_from_other_words():
    assert "spreadsheet" in parse_mirna_name("1-Mar").warnings[0]
    assert "spreadsheet" not in parse_mirna_name("Mar1").warnings[0]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("hsa-mir-122", ["precursor"]),
        ("miR-122", ["does not say which arm"]),
        ("miR-122*", ["does not say which arm", "passenger strand"]),
        ("miR-101-3p.1", ["TargetScan suffix"]),
        ("let-7a-5p/7c-5p", ["counts several miRNAs as one"]),
        ("miR-378", ["does not say which arm", "now stands for several"]),
        ("miR-125b-5p", []),
        ("hsa-miR-181a-2-3p", []),
    ],
)
def test_what_is_doubtful_about_a_name_is_said(written, said):
    warnings = parse_mirna_name(written).warnings
    assert len(warnings) == len(said)
    for part, warning in zip(said, warnings, strict=True):
        assert part in warning


def test_a_passenger_strand_and_a_merged_name_are_marked():
    assert [parse_mirna_name(name).star for name in ("miR-122*", "miR-122-3p", "miR-122")] == [True, False, False]
    assert [parse_mirna_name(name).merged for name in ("let-7a-5p/7c-5p", "let-7a-5p")] == [True, False]


def test_fragments_of_ribosomal_rna_are_artefacts_and_their_neighbours_are_not():
    artefacts = ("mmu-mir-6236", "mmu-miR-6240-5p", "hsa-miR-3687", "hsa-miR-4449")
    assert all(parse_mirna_name(name).artefact for name in artefacts)
    assert not any(parse_mirna_name(name).artefact for name in ("mmu-mir-6237", "mmu-miR-624", "hsa-miR-122-5p"))


def test_paralogues_share_a_seed_family_and_other_numbers_do_not():
    paralogues = ("miR-181a-5p", "mmu-mir-181b-2", "miR-181c", "hsa-miR-181d-5p")
    assert {parse_mirna_name(name).seed_family for name in paralogues} == {"miR-181"}
    assert parse_mirna_name("let-7c").seed_family == "let-7"
    assert parse_mirna_name("miR-18a").seed_family != parse_mirna_name("miR-181a").seed_family


@given(
    st.sampled_from(["", "hsa-", "mmu-", "rno-"]),
    st.sampled_from(["miR", "let"]),
    st.integers(1, 9999),
    st.sampled_from(["", "a", "b", "ab"]),
    st.sampled_from(["", "-5p", "-3p"]),
)
def test_a_canonical_name_comes_out_as_it_went_in(species, kind, number, letter, arm):
    written = f"{species}{kind}-{number}{letter}{arm}"
    name = parse_mirna_name(written)
    back = "-".join(part for part in (name.species, name.family, name.arm) if part)
    assert back == written
    assert parse_mirna_name(f"{written.upper()}!").family == ""


@given(st.text() | st.from_regex(r"(hsa-)?mi[rR]-?[0-9a-z*./-]{0,12}"))
def test_any_text_is_a_name_or_a_warning(text):
    name = parse_mirna_name(text)
    assert name.family or name.warnings
    assert name.arm in ("", "5p", "3p")


@pytest.mark.parametrize(
    "written", ["miR-1" + "-1" * 50_000 + "x", "miR-" + "1" * 100_000 + "X", "miR-1" + "a" * 100_000 + "-"]
)
def test_a_name_made_to_take_long_is_refused_quickly(written):
    start = time.perf_counter()
    assert parse_mirna_name(written).family == ""
    assert time.perf_counter() - start < 1
