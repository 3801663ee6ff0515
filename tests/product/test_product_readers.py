"""Every reader: real files say what stands in them, synthetic ones what they were made from."""

from pathlib import Path

import lab_files
import numpy as np
import pytest

from hepasome.files import InputError
from hepasome.product import EXAMPLES, LeftOut, ParticleSizes, SmallRnaCounts, read_lab_file

FILES = Path(__file__).parent / "files"


def read(tmp_path, text, name="x.txt", encoding="latin-1"):
    return read_lab_file(lab_files.write(tmp_path / name, text, encoding))


def refused(tmp_path, text, name="x.txt"):
    with pytest.raises(InputError) as raised:
        read(tmp_path, text, name)
    return raised.value.findings


def group(table, gene):
    return next(i for i, one in enumerate(table.groups) if gene in one.genes | one.entries)


# Real files; the numbers were read off them by hand.


def test_a_perseus_table_is_read_through_its_annotation_rows_and_its_logarithms():
    table = read_lab_file(EXAMPLES / "bv2_ev_proteome_perseus_log2.csv")
    assert (table.program, table.amounts.shape, table.imputed) == ("Perseus", (568, 16), True)
    assert table.samples[0] == "normalized_BV2 control (1)_exo"
    assert table.samples[14] == "normalized BV2 + IL10 (4)_exo"
    assert np.log2(table.amounts[group(table, "CD9")][[0, 15]]) == pytest.approx([20.31834602, 21.29866982])
    assert np.log2(table.amounts[group(table, "PDCD6IP"), 0]) == pytest.approx(20.94440842)
    albumin = next(one for one in table.groups if one.line == 76)
    assert (albumin.genes, albumin.accessions) == (frozenset(), {"P02769"}), "bovine albumin, `CON__P02769`"
    assert table.complete


def test_a_maxquant_table_is_read_without_decoys_and_without_what_a_spreadsheet_broke():
    table = read_lab_file(FILES / "maxquant_proteinGroups_cut.txt")
    assert (table.program, table.quantity, table.amounts.shape) == ("MaxQuant", "LFQ intensity", (14, 48))
    assert (table.samples[0], table.samples[-1]) == ("1_31_C6", "1_78_G5")
    assert table.amounts[group(table, "APOA1"), :2].tolist() == [250190000000.0, 275350000000.0]
    assert table.amounts[group(table, "MCAM"), :2].tolist() == [19510000.0, 8407300.0]
    genes = {gene for one in table.groups for gene in one.genes}
    assert not genes & {"AHCYL1", "KRT14", "SYK"}, "identified by a site alone"
    assert "KRT23" in genes, "a contaminant is kept: a preparation is asked for them"
    assert [warning.split()[0] for warning in table.warnings] == ["3", "3"]


def test_spectra_of_peaks_are_counted_per_protein():
    table = read_lab_file(FILES / "peaks_psm_head250.csv")
    assert (table.program, table.quantity, table.samples) == ("PEAKS", "spectra", ("10_ID_CD9_POOL1.mgf",))
    assert (len(table.groups), table.amounts.sum()) == (11, 249)
    assert table.amounts[group(table, "ALBU"), 0] == 12
    assert table.amounts[group(table, "TRFL"), 0] == 48
    assert table.groups[group(table, "CASA1")].accessions == {"P47710"}
    assert table.groups[group(table, "TRY1")].species == {"BOVIN"}


def test_events_of_a_cytometer_are_read():
    flow = read_lab_file(FILES / "cyflow_cube_8.fcs")
    assert flow.channels == ("FSC", "SSC", "FL1", "FL2", "FL3", "FL4", "FL5", "FL6", "TIME", "DOUBLET")
    assert (flow.instrument, flow.events.shape) == ("Cube_15", (725, 10))
    # the first event in the bytes of the file: 16-bit little-endian from byte 1456 on, then 32 and 8 bits
    raw = (FILES / "cyflow_cube_8.fcs").read_bytes()[1456 : 1456 + 21]
    assert flow.events[0, :8].tolist() == np.frombuffer(raw[:16], "<u2").tolist() == [8, 7, 15, 15, 5, 8, 7, 6]
    assert flow.events[0, 8] == pytest.approx(int.from_bytes(raw[16:20], "little") * 0.001), "$TIMESTEP of 1 ms"
    assert (flow.column("fl1").max(), flow.column("FL1").mean()) == (814, pytest.approx(22.611, abs=1e-3))


def test_reads_of_cells_and_their_groups_are_read():
    cells = read_lab_file(FILES / "bv2_cell_mirna_head200.csv")
    assert cells.counts.sum(axis=0)[:3].tolist() == [26133, 37274, 24434]
    traits = read_lab_file(EXAMPLES / "bv2_ev_mirna_traits.csv")
    assert [traits.group(name) for name in ("control Evs_1", "IL-10 Evs_2", "TGFB Evs_3", "IL-10 Evs_9")] == [
        "Control",
        "IL10",
        "TGFB",
        "",
    ]


# ZetaView


@pytest.mark.parametrize("comma", [True, False])
def test_a_zetaview_run_is_read_in_either_locale(tmp_path, comma):
    run = read(tmp_path, lab_files.zetaview(comma=comma, dilution="5000,000000"))
    numbers = lab_files.zeta_numbers()
    assert (run.instrument, run.dilution, run.dilution_applied, run.day) == ("ZetaView", 5000.0, False, "2023-04-19")
    assert run.tracked == numbers.sum()
    assert run.concentration == pytest.approx([numbers.sum() * lab_files.ZETA_FACTOR], rel=1e-3)
    assert run.percentile(0.5) == pytest.approx(100, abs=0.5)
    assert len(run.bin_centres) == 120, "the logarithmic bins below the row of -1 are the same particles again"
    assert run.warnings == ()


def test_a_dilution_that_is_not_recorded_is_left_open(tmp_path):
    assert read(tmp_path, lab_files.zetaview(dilution="")).dilution is None
    (finding,) = refused(tmp_path, lab_files.zetaview(dilution="0,000000"))
    assert (finding.field, finding.value) == ("dilution", "0,000000")


def test_a_run_without_traces_and_the_siblings_of_a_run_are_left_out_and_say_why(tmp_path):
    failed = read(tmp_path, lab_files.zetaview(0 * lab_files.zeta_numbers(), traces=0))
    siblings = [read(tmp_path, lab_files.zetaview(), name) for name in ("a_488_11pos.txt", "a_488_prof_000.txt")]
    profile = read(tmp_path, lab_files.zetaview(measured="Zeta Potential Profile"))
    assert all(isinstance(one, LeftOut) for one in (failed, *siblings, profile))
    assert "no particle was tracked" in failed.reason
    assert "eleven positions" in siblings[0].reason
    assert "zeta potential" in siblings[1].reason


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ("Concentration Correction Factor:\t1,250000", "correction factor of 1.25"),
        ("Particle Drift Check Result:\ttoo high", ""),
    ],
)
def test_what_is_doubtful_about_a_run_is_said(tmp_path, extra, said):
    run = read(tmp_path, lab_files.zetaview(extra=extra))
    assert any(said in warning for warning in run.warnings) or not said
    drift = lab_files.zetaview().replace("Check Result:\tGood", "Check Result:\ttoo high")
    assert read(tmp_path, drift).warnings == ("Particle drift check result: too high.",)
    few = read(tmp_path, lab_files.zetaview(lab_files.zeta_numbers(traces=100)))
    assert any("counting alone" in warning for warning in few.warnings)
    assert "the header says 900 traces" in read(tmp_path, lab_files.zetaview(traces=900)).warnings[0]


def test_a_changed_digit_of_a_zetaview_bin_is_found(tmp_path):
    lines = lab_files.zetaview().splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("1,025E+2"))
    cells = lines[at].split("\t")
    changed = [*lines[:at], "\t".join([cells[0], cells[1].replace(",", ",9", 1), *cells[2:]]), *lines[at + 1 :]]
    (finding,) = refused(tmp_path, "\n".join(changed))
    assert (finding.line, "do not fit" in finding.problem) == (at + 1, True)


def test_a_run_that_is_cut_off_is_refused(tmp_path):
    text = lab_files.zetaview()
    for cut in (text.index("Size / nm"), text.index("1,025E+2") + 3, text.index("5,975E+2")):
        assert "cut off" in refused(tmp_path, text[:cut])[-1].remedy


# Other instruments


def test_a_viewsizer_density_becomes_particles_per_bin(tmp_path):
    run = read(tmp_path, lab_files.viewsizer(), "ConstantBinsTable_1.dat")
    lower = np.arange(0, 300, 5.0)
    assert run.bin_centres.tolist() == (lower + 2.5).tolist()
    assert run.concentration == pytest.approx([5 * (1e6 * np.exp(-((lower - 97.5) ** 2) / 800)).sum()], rel=1e-5)
    assert run.percentile(0.5) == pytest.approx(100, abs=0.1)
    missing = lab_files.viewsizer().splitlines()
    assert "one width" in refused(tmp_path, "\n".join(missing[:20] + missing[21:]))[0].problem


def test_particles_of_a_pore_become_a_histogram(tmp_path):
    run = read(tmp_path, lab_files.izon(), "x.csv")
    assert (run.instrument, run.dilution, run.dilution_applied, run.tracked) == ("Izon", 20.0, False, 4)
    assert run.concentration.tolist() == [2.5e9]
    filled = {c: n for c, n in zip(run.bin_centres, run.mean_distribution, strict=True) if n}
    assert filled == {92.5: 1, 102.5: 1, 112.5: 1, 122.5: 1}
    bare = read(tmp_path, lab_files.izon(about=False), "x.csv")
    assert (len(bare.concentration), bare.dilution) == (0, None)
    micro = read(tmp_path, lab_files.izon((0.1, 0.2), column="Diameter (um)"), "x.csv")
    assert micro.bin_centres[micro.mean_distribution > 0].tolist() == [102.5, 202.5]


def test_a_torn_number_above_the_particles_is_refused(tmp_path):
    (finding,) = refused(tmp_path, lab_files.izon().replace("2.5e9", "2,5e9"), "x.csv")
    assert (finding.field, finding.value) == ("raw concentration (particles/ml)", "2 5e9")


def test_radii_are_refused(tmp_path):
    assert (
        refused(tmp_path, lab_files.size_table().replace("Diameter (nm)", "Size (r.nm)"))[0].problem
        == "The sizes are radii."
    )


def test_blockades_without_diameters_are_refused(tmp_path):
    (finding,) = refused(tmp_path, lab_files.izon(column="DeltaX"), "x.csv")
    assert "Calibrate" in finding.remedy
    (finding,) = refused(tmp_path, lab_files.izon(column="Diameter"), "x.csv")
    assert finding.problem == "The diameter has no unit."


def test_a_size_table_is_read_by_the_names_of_its_columns(tmp_path):
    run = read(tmp_path, lab_files.size_table())
    assert run.runs == ("run 1 (particles/mL)", "run 2 (particles/mL)")
    assert run.concentration.tolist() == [153e6, 306e6]
    assert run.bin_centres[:2].tolist() == [35, 45]
    scaled = read(tmp_path, lab_files.size_table().replace("run 1 (particles/mL)", "run 1 (1e6 particles/mL)"))
    assert scaled.concentration.tolist() == [153e12, 306e6]
    density = read(tmp_path, lab_files.size_table().replace("particles/mL", "particles/mL/nm"))
    assert density.concentration.tolist() == [153e7, 306e7]
    shares = read(tmp_path, lab_files.size_table().replace("particles/mL", "%"))
    assert (len(shares.concentration), "no concentration" in shares.warnings[0]) == (0, True)


def test_a_list_of_diameters_is_one_row_per_particle(tmp_path):
    run = read(tmp_path, "diameter_nm\n" + "\n".join(str(80 + i) for i in range(20)) + "\n", "x.csv")
    assert (run.tracked, run.mean_distribution.sum()) == (20, 20)


@pytest.mark.parametrize("weight", ["Intensity (%)", "Volume (%)"])
def test_distributions_that_are_not_by_number_are_refused(tmp_path, weight):
    rows = "\n".join(f"{d},{d}" for d in range(50, 150, 10))
    (finding,) = refused(tmp_path, f"Size (d.nm),{weight}\n{rows}\n", "dls.csv")
    assert "not by number" in finding.problem


# Proteomics


def test_proteome_discoverer_and_dia_nn_are_read(tmp_path):
    table = read(tmp_path, lab_files.discoverer())
    assert (table.program, table.samples) == ("Proteome Discoverer", ("F1: Sample", "F2: Sample"))
    assert table.amounts.tolist() == [[2e6, 1e6], [1e6, 0], [5e5, 5e5], [0, 0]]
    matrix = read(tmp_path, lab_files.diann_matrix(), "x.tsv")
    assert (matrix.program, matrix.amounts.tolist()) == ("DIA-NN", [[1e6, 3e6], [5e5, 0]])
    assert matrix.groups[0].entries == {"CD9"}
    report = read(tmp_path, lab_files.diann_report(), "report.tsv")
    assert (report.samples, report.amounts.tolist()) == (("a", "b"), [[1e6, 3e6]]), "Q values above 1 % are left out"


def test_a_protein_table_of_peaks_is_read(tmp_path):
    table = read(tmp_path, lab_files.peaks_proteins(), "proteins.csv")
    assert (table.program, table.samples, table.amounts.tolist()) == ("PEAKS", ("S1", "S2"), [[1e6, 2e6]])
    assert table.groups[0].accessions == {"P60033"}


def test_diameters_that_no_vesicle_has_are_refused(tmp_path):
    giant = lab_files.size_table().replace("Diameter (nm)", "Diameter (mm um)")
    assert "unit" in refused(tmp_path, giant)[0].remedy
    assert "unit" in refused(tmp_path, lab_files.izon((90.0, 2e6)), "x.csv")[0].remedy


def test_cells_of_any_length_and_signs_of_windows_do_not_tear_a_table(tmp_path):
    ids = ";".join(str(i) for i in range(40_000))
    text = f"Protein IDs\tGene names\tIntensity A\tMS/MS IDs\nP21926\tCD9\t1e6\t{ids}\nP60033\tCD81\t2e6\t\x85\n"
    table = read(tmp_path, text)
    assert table.amounts.tolist() == [[1e6], [2e6]]
    assert [one.line for one in table.groups] == [2, 3]
    single = read(tmp_path, "Protein IDs\tGene names\tIntensity\nP21926\tCD9\t1e6\n")
    assert single.amounts.tolist() == [[1e6]]


def test_a_protein_row_that_lost_amounts_is_named(tmp_path):
    lines = (FILES / "maxquant_proteinGroups_cut.txt").read_text().splitlines()
    cut = "\t".join(lines[3].split("\t")[:30])
    (finding,) = refused(tmp_path, "\n".join([*lines[:3], cut, *lines[4:], ""]))
    assert (finding.line, "ends before the amounts" in finding.problem) == (4, True)


# Small RNA


def test_cpm_give_the_same_shares_as_reads_and_say_how_many_reads_they_are_taken_for(tmp_path):
    reads = np.array([[702, 93], [300, 909], [1, 1]])
    cpm = reads / reads.sum(axis=0) * 1e6
    rows = "\n".join(
        f"{n}\t{a:.4f}\t{b:.4f}" for n, (a, b) in zip(("miR-21-5p", "miR-122-5p", "miR-1-3p"), cpm, strict=True)
    )
    table = read(tmp_path, f"name\ta\tb\n{rows}\n")
    assert isinstance(table, SmallRnaCounts)
    assert table.scale == "CPM"
    assert table.counts == pytest.approx(reads, rel=1e-3)
    assert "1,003 to 1,003 reads" in table.warnings[0]
    part = read(tmp_path, "name\ta\nmiR-21-5p\t699900.3\nmiR-1-3p\t997.1\n")
    assert "rows are missing" in part.warnings[1]


@pytest.mark.parametrize(
    "text",
    [
        "name,a\nmiR-21-5p,12.31\nmiR-122-5p,3.22\nmiR-1-3p,-1.2\n",  # logarithms
        "name,a\nmiR-21-5p,12.31\nmiR-122-5p,3.22\n",
        "name\ta\nmiR-21-5p\t1,200\nmiR-122-5p\t900\n",  # thousands, or a decimal comma
        "name\ta\nmiR-21-5p\t1.200,5\nmiR-122-5p\t900\n",
    ],
)
def test_numbers_that_can_be_read_in_two_ways_are_refused(tmp_path, text):
    assert refused(tmp_path, text)


def test_rounded_cpm_are_said_because_their_interval_would_be_wrong(tmp_path):
    table = read(tmp_path, "name,a,b\nmiR-21-5p,600000,300000\nmiR-122-5p,400000,700000\n", "x.csv")
    assert "probably CPM" in table.warnings[0]


# Assays


def test_protein_and_particles_of_the_same_samples(tmp_path):
    assay = read(tmp_path, lab_files.pairs(), "x.csv")
    assert assay.samples == ("a", "b", "c")
    assert assay.protein == pytest.approx([500, 1000, 500]), "mg/mL times the dilution, in ug/mL"
    assert assay.particles == pytest.approx([1e11, 2e11, 2e11])
    alone = read(tmp_path, "Probe;Protein (µg/µl)\nx;0,25\n", "x.csv")
    assert (alone.protein.tolist(), len(alone.particles)) == ([250.0], 0)
    assert any("undiluted" in warning for warning in alone.warnings)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("sample,protein (ug/mL),particles\na,100,1e9\n", "The particles have no unit."),
        ("sample,protein (ug/mL)\na,0\n", "This is not a usable number."),
        ("sample,protein (ug/mL)\na,much\n", "This is not a usable number."),
        ("sample,BCA (ug/mL),Bradford (ug/mL)\na,1,2\n", "Several columns hold protein."),
        ("what,is,this\n1,2,3\n", "No reader knows this file."),
    ],
)
def test_a_table_that_does_not_say_what_it_holds_is_refused(tmp_path, text, problem):
    assert refused(tmp_path, text, "x.csv")[0].problem == problem


def test_a_table_that_may_be_cut_off_says_so(tmp_path):
    assert any("no line end" in w for w in read(tmp_path, lab_files.pairs().rstrip("\n"), "x.csv").warnings)


def test_every_size_reader_gives_the_same_kind_of_thing(tmp_path):
    for text in (lab_files.zetaview(), lab_files.viewsizer(), lab_files.izon(), lab_files.size_table()):
        assert isinstance(read(tmp_path, text), ParticleSizes)
