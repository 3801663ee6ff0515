"""Whole tables of the user, in the forms that are downloaded, and what is said about wrong ones."""

import pytest

from hepasome.files import InputError
from hepasome.product import load_product
from hepasome.targets import Exposure, families, find_targets, lanes_from, read_mirtarbase, read_targetscan

PRODUCT = load_product("adipose_msc_exosome")
FAMILIES = families(PRODUCT)[0]
HEADER = (
    "Transcript ID\tGene Symbol\tmiRNA family\tSpecies ID\tTotal num conserved sites\t"
    "Number of conserved 8mer sites\tNumber of conserved 7mer-m8 sites\tNumber of conserved 7mer-1a sites\t"
    "Total num nonconserved sites\tNumber of nonconserved 8mer sites\tNumber of nonconserved 7mer-m8 sites\t"
    "Number of nonconserved 7mer-1a sites\tNumber of 6mer sites\tRepresentative miRNA\tTotal context++ score\t"
    "Cumulative weighted context++ score\tAggregate PCT\n"
)
ROWS = (
    "ENST1\tALB\tGGAGUGU\t9606\t2\t1\t1\t0\t3\t0\t1\t2\t0\thsa-miR-122-5p\t-0.7\t-0.6\t0.9\n"
    "ENST1\tALB\tGGAGUGU\t10090\t2\t2\t0\t0\t0\t0\t0\t0\t0\tmmu-miR-122-5p\t-0.9\t-0.9\t0.9\n"  # not human
    "ENST2\tAPOB\tGGAGUGU\t9606\t0\t0\t0\t0\t1\t1\t0\t0\t0\thsa-miR-122-5p\t-0.1\tNULL\tNULL\n"  # not conserved
    "ENST3\tTTR\tAAAAAAA\t9606\t1\t1\t0\t0\t0\t0\t0\t0\t0\thsa-miR-0\t-0.1\t-0.1\t0.1\n"  # not asked for
)
MIRTARBASE = (
    "miRTarBase ID,miRNA,Species (miRNA),Target Gene,Target Gene (Entrez ID),Species (Target Gene),Experiments,"
    "Support Type,References (PMID)\n"
    "MIRT1,hsa-miR-122-5p,Homo sapiens,ALB,1,Homo sapiens,Luciferase reporter assay//qRT-PCR,Functional MTI,111\n"
    "MIRT1,hsa-miR-122-5p,Homo sapiens,ALB,1,Homo sapiens,Western blot,Functional MTI,222\n"
    "MIRT1,hsa-miR-122-5p,Homo sapiens,ALB,1,Homo sapiens,Luciferase reporter assay,Non-Functional MTI,333\n"
    "MIRT2,hsa-miR-122-5p,Homo sapiens,TTR,1,Homo sapiens,HITS-CLIP,Functional MTI (Weak),444\n"
    "MIRT3,hsa-miR-1-3p,Homo sapiens,ALB,1,Homo sapiens,Western blot,Functional MTI,555\n"
)


@pytest.fixture
def written(tmp_path):
    def write(name, text):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write


@pytest.mark.parametrize("style", ["as downloaded", "as R writes it"])
def test_targetscan_rows_of_man_and_of_the_seeds_are_read(written, style):
    names = str.maketrans(" ", "_") if style == "as R writes it" else {}
    rows, pools = read_targetscan(written("Summary_Counts.txt", HEADER.translate(names) + ROWS), {"GGAGUGU"})
    (only,) = rows
    assert (only.gene, only.sites, only.context_score) == ("ALB", (1, 1, 0), -0.6)
    first, second, third = pools["GGAGUGU", "hepatocyte"]  # all sites soak up, conserved or not: ALB 1+0, 1+1, 0+2
    assert second == pytest.approx(third)
    assert first > second / 2  # and the site of APOB
    assert pools["GGAGUGU", "kupffer"][1] < second  # a monocyte makes next to no albumin


def test_mirtarbase_counts_strong_reports_for_and_against(written):
    (only,) = read_mirtarbase(written("hsa_MTI.csv", MIRTARBASE), {"miR-122-5p"})
    assert (only.gene, only.reports, only.reporter, only.protein, only.rna, only.against) == ("ALB", 2, 1, 1, 1, 1)
    assert only.pmids == "111 222"


def test_whole_tables_take_the_place_of_the_panel_and_are_named(written):
    lanes = lanes_from(
        FAMILIES,
        targetscan=written("counts.txt", HEADER + ROWS),
        mirtarbase=written("mti.csv", MIRTARBASE),
        affinities=written("kd.csv", "mirna,log_kd_8mer,log_kd_7mer_m8,log_kd_7mer_a1\nhsa-miR-122-5p,-9,-8,-7\n"),
    )
    result = find_targets(PRODUCT, [Exposure("stellate", 100.0)], lanes, draws=20)
    (row,) = result.targets.to_dict("records")
    assert (row["mirna"], row["target"], row["lanes"], row["measured"]) == ("miR-122-5p", "ALB", "both", "yes")
    assert "counts.txt" in row["predicted_source"]
    assert "mti.csv" in row["measured_source"]
    assert not any("Not in the shipped part" in note for note in result.notes)
    weaker = find_targets(PRODUCT, [Exposure("stellate", 100.0)], draws=20).doses
    stronger = result.doses.set_index("mirna")["strongest_site_percent"]["miR-122-5p"]
    assert stronger > 10 * weaker.set_index("mirna")["strongest_site_percent"]["miR-122-5p"]  # exp(9 - 5.31) = 40


@pytest.mark.parametrize(
    ("option", "text", "words"),
    [
        ("targetscan", "gene,score\nALB,1\n", "Columns are missing: gene, seed"),
        ("targetscan", HEADER + ROWS.replace("\t1\t1\t0\t3", "\tmany\t1\t0\t3"), "line 2: The counts or the score"),
        ("targetscan", "", "empty"),
        ("mirtarbase", "miRNA;Target Gene\na;b\n", "separated by commas"),
        ("affinities", "mirna,log_kd_8mer\nmiR-1-3p,x\n", "log_kd_7mer_m8"),
    ],
)
def test_a_wrong_table_is_answered_with_what_is_wrong(written, option, text, words):
    with pytest.raises(InputError) as caught:
        lanes_from(FAMILIES, **{option: written("wrong.txt", text)})
    assert words in str(caught.value)
    assert "wrong.txt" in str(caught.value)
