"""Several laboratory files of one preparation: replicates, assays, markers, gates, old names."""

import math
from dataclasses import replace
from pathlib import Path

import lab_files
import numpy as np
import pytest
from flowio import create_fcs
from scipy import stats

from hepasome.files import InputError
from hepasome.product import (
    EXAMPLES,
    LabAnswers,
    check_product,
    known_markers,
    load_product,
    read_lab_files,
    write_product,
)

FILES = Path(__file__).parent / "files"
TOLD = LabAnswers(id="ours", source_cell="adipose_msc", protein="0.5 mg/mL", assume_native=True)


@pytest.fixture
def run(tmp_path):
    """Writes one ZetaView run; its numbers of particles are those of the others times `factor`."""

    def write(name, factor=1.0, day="2023-04-19", **more):
        text = lab_files.zetaview(np.round(factor * lab_files.zeta_numbers()), **more).replace("2023-04-19", day)
        return lab_files.write(tmp_path / name, text)

    return write


def cytometer(path, signals, stain="CD63 FITC"):
    events = np.column_stack([np.full(len(signals), 500.0), signals]).astype("f")
    with path.open("wb") as file:
        create_fcs(events.ravel().tolist(), ["FSC-A", "FL1-A"], file, opt_channel_names=[" ", stain])
    return path


def asked(reading):
    return [question.flag for question in reading.questions]


def test_a_recorded_dilution_that_the_program_did_not_apply_is_applied(run):
    reading = read_lab_files([run("a.txt")], TOLD)
    counted = lab_files.zeta_numbers().sum() * lab_files.ZETA_FACTOR
    assert reading.product.particles_per_ug.value == pytest.approx(counted * 5000 / 500, rel=1e-3)
    assert not any("diluted" in line for line in reading.assumptions)


def test_replicates_give_the_spread_between_runs(run):
    factors = (0.8, 1.0, 1.25)
    files = [run(f"{i}.txt", factor) for i, factor in enumerate(factors)]
    reading = read_lab_files(files, TOLD)
    given = reading.product.particles_per_ug
    counted = np.array([np.round(f * lab_files.zeta_numbers()).sum() for f in factors]) * lab_files.ZETA_FACTOR
    assert given.value == pytest.approx(stats.gmean(counted) * 10, rel=1e-3)
    sd = np.log(counted).std(ddof=1)
    half = math.hypot(stats.t(2).ppf(0.95) * sd / math.sqrt(3), 1.645 * 0.15)
    assert math.log(given.high / given.value) == pytest.approx(half, rel=1e-2)
    cv = math.sqrt(math.expm1(sd**2))
    assert f"Size files: 3 replicates, {cv:.0%} CV between them." in reading.derivations
    assert read_lab_files(files[::-1], TOLD).product == reading.product, "the order of the files does not matter"


def test_runs_on_several_days_tell_the_day_to_day_spread_better_than_runs_on_one(run):
    def width(days):
        files = [
            run(f"{i}.txt", factor, day) for i, (factor, day) in enumerate(zip((0.9, 1.0, 1.1), days, strict=True))
        ]
        given = read_lab_files(files, TOLD).product.particles_per_ug
        return math.log(given.high / given.low)

    assert width(["2023-04-19", "2023-04-20", "2023-04-21"]) < width(["2023-04-19"] * 3)


def test_replicates_that_are_far_apart_are_doubted(run):
    reading = read_lab_files([run("a.txt"), run("b.txt", 5.0)], TOLD)
    assert any("replicates differ 5.0-fold" in line for line in reading.findings)


def test_diameters_of_replicates_are_their_mean_whatever_their_number_of_particles(run, tmp_path):
    small = run("a.txt")
    large = lab_files.write(tmp_path / "b.txt", lab_files.zetaview(lab_files.zeta_numbers(middle=200, traces=20_000)))
    centres, shares = read_lab_files([small, large], TOLD).product.diameters()
    assert shares[centres < 150].sum() == pytest.approx(0.5, abs=0.02)
    assert shares.sum() == pytest.approx(1)


def test_failed_runs_and_siblings_are_named_and_the_others_used(run):
    files = [run("a_488.txt"), run("a_488_11pos.txt"), run("b.txt", 0, traces=0)]
    reading = read_lab_files(files, TOLD)
    assert reading.product.particles_per_ug.source == "a_488.txt"
    assert sum("left out" in line for line in reading.findings) == 2
    assert asked(read_lab_files(files[1:], TOLD)) == ["FILE"]


def test_files_without_a_concentration_ask_for_it(tmp_path):
    pore = lab_files.write(tmp_path / "x.csv", lab_files.izon(about=False))
    assert asked(read_lab_files([pore], TOLD)) == ["--concentration"]
    reading = read_lab_files([pore], replace(TOLD, concentration=1e12))
    assert reading.product.particles_per_ug.value == pytest.approx(1e12 / 500)
    assert any("told by the user" in line for line in reading.assumptions)


@pytest.mark.parametrize("number", ["2.5e-90", "2.5e99", "12", "2.5e17"])
def test_numbers_of_particles_that_no_sample_has_are_refused(tmp_path, number):
    pore = lab_files.write(tmp_path / "x.csv", lab_files.izon().replace("2.5e9", number))
    with pytest.raises(InputError):
        read_lab_files([pore], TOLD)


def test_one_run_under_two_names_is_not_two_replicates(run):
    with pytest.raises(InputError, match="hold the same measurement"):
        read_lab_files([run("a.txt"), run("b.txt")], TOLD)


def test_pairs_of_particles_and_protein_need_no_other_answer(tmp_path):
    files = [
        lab_files.write(tmp_path / "pore.csv", lab_files.izon(about=False)),
        lab_files.write(tmp_path / "pairs.csv", lab_files.pairs()),
    ]
    given = read_lab_files(files, replace(TOLD, protein=None)).product.particles_per_ug
    assert given.value == pytest.approx(2e8 * 2 ** (1 / 3)), "pairs of 2e8, 2e8 and 4e8 particles per ug"
    assert given.high / given.value > math.exp(1.645 * 0.15)


def test_an_assay_gives_the_protein_and_contradicts_what_is_told(run, tmp_path):
    assay = lab_files.write(tmp_path / "bca.csv", "sample,protein (ug/mL)\na,400\nb,625\n")
    reading = read_lab_files([run("a.txt"), assay], TOLD)
    counted = lab_files.zeta_numbers().sum() * lab_files.ZETA_FACTOR
    assert reading.product.particles_per_ug.value == pytest.approx(counted * 5000 / 500, rel=1e-3)
    assert not any("you say" in line for line in reading.findings), "the geometric mean of 400 and 625 is 500"
    other = read_lab_files([run("a.txt"), assay], replace(TOLD, protein="2 mg/mL"))
    assert any("you say 2000; the assay's is used" in line for line in other.findings)


def test_pairs_that_contradict_the_size_files_are_said(run, tmp_path):
    pairs = lab_files.write(tmp_path / "pairs.csv", lab_files.pairs())
    findings = read_lab_files([run("a.txt"), pairs], TOLD).findings
    assert any("The pairs of particles and protein say 2.5e+08" in line for line in findings)


# Markers


def test_markers_come_from_the_proteome_of_the_chosen_samples():
    files = [EXAMPLES / "nanosight_experimentsummary_beads.csv", EXAMPLES / "bv2_ev_proteome_perseus_log2.csv"]
    told = replace(TOLD, dilution=1000, protein_columns="*control*")
    reading = read_lab_files(files, told)
    found = {marker.name: marker.found for marker in reading.product.markers}
    positive = ("CD63", "CD81", "CD9", "ALIX", "syntenin", "ALB", "APOA1", "APOB", "CANX", "GRP94")
    assert found == dict.fromkeys(positive, "positive") | {"GM130": "negative"}, "ALB and APOA1 are those of cattle"
    assert {one.of for one in reading.proteins} == {4}
    assert any("bovine albumin" in line for line in reading.findings)
    assert check_product(reading.product)["contaminants"].answer == "no"
    assert check_product(reading.product)["three_markers"].answer == "yes"
    assert asked(read_lab_files(files, replace(told, protein_columns="liver*"))) == ["--protein-columns"]


def test_the_accessions_of_the_markers_are_those_of_the_real_proteome():
    """Mouse accessions of the table of markers stand beside the same gene in a real table."""
    lines = (EXAMPLES / "bv2_ev_proteome_perseus_log2.csv").read_text().splitlines()
    seen = 0
    for known in known_markers():
        genes = {known.marker.upper(), *known.other_names.upper().split()}
        for line in lines[3:]:
            if {gene.upper() for gene in line.rsplit(",", 1)[1].split(";")} & genes:
                seen += 1
                assert any(accession in line for accession in known.uniprot.split()), known.marker
    assert seen == 8


def test_the_absence_of_a_marker_from_a_shallow_table_proves_nothing(run, tmp_path):
    table = lab_files.write(tmp_path / "pd.txt", lab_files.discoverer())
    reading = read_lab_files([run("a.txt"), table], TOLD)
    assert {marker.name: marker.found for marker in reading.product.markers} == {"CD63": "positive", "ALB": "positive"}
    assert any("ALB 40.00%" in line for line in reading.findings)
    assert reading.product.carries[0].name == "protein"


# Cytometry


@pytest.fixture
def stained(tmp_path):
    noise = np.linspace(1, 100, 2000)
    sample = cytometer(tmp_path / "sample.fcs", np.concatenate([noise, np.full(500, 1000.0)]))
    return sample, cytometer(tmp_path / "control.fcs", noise), cytometer(tmp_path / "same.fcs", noise)


def test_a_marker_is_positive_above_the_gate_that_the_control_gives(run, stained):
    sample, control, same = stained
    reading = read_lab_files([run("a.txt"), sample], replace(TOLD, control=control))
    (gate,) = reading.gates
    assert (gate.marker, gate.channel, gate.events) == ("CD63", "FL1-A", 2500)
    assert gate.gate == pytest.approx(np.quantile(np.linspace(1, 100, 2000), 0.99), rel=1e-3)
    assert gate.positive == 520
    assert [(m.name, m.found) for m in reading.product.markers] == [("CD63", "positive")]
    other = read_lab_files([run("a.txt"), same], replace(TOLD, control=control))
    assert [(m.name, m.found) for m in other.product.markers] == [("CD63", "negative")]


def test_without_a_control_no_marker_counts_as_found(run, stained):
    files = [run("a.txt"), stained[0]]
    assert asked(read_lab_files(files, TOLD)) == ["--control or --gate"]
    reading = read_lab_files(files, replace(TOLD, gates=("FL1-A=500",)))
    assert (reading.gates[0].positive, reading.gates[0].background) == (500, None)
    assert [(m.name, m.found) for m in reading.product.markers] == [("CD63", "unknown")]
    assert check_product(reading.product)["CD63"].answer == "not stated"


def test_channels_without_the_name_of_a_marker_are_asked_about(run):
    files = [run("a.txt"), FILES / "cyflow_cube_8.fcs"]
    reading = read_lab_files(files, TOLD)
    assert asked(reading) == ["--stain"]
    assert "FL1, FL2" in reading.questions[0].why
    left = read_lab_files(files, replace(TOLD, stains=("none",)))
    assert (left.gates, left.product.markers) == ((), ())
    told = read_lab_files(files, replace(TOLD, stains=("fl1=tapa-1",), gates=("FL1=100",)))
    assert told.gates[0].marker == "CD81"
    assert told.gates[0].positive == 16, "counted by hand in the events of FL1 above 100"


@pytest.mark.parametrize(
    "told",
    [
        {"stains": ("FL9=CD63",)},
        {"stains": ("FL1",)},
        {"gates": ("FL1=high",)},
        {"gates": ("FL1=nan",)},
        {"control": EXAMPLES / "bv2_ev_mirna_traits.csv"},
        {"control": EXAMPLES / "none.fcs"},
        {"species": "dog"},
        {"concentration": -1},
        {"mirna": ("miR-378",)},
        {"mirna": ("miR-1=miR-1-3p", "miR-1=none")},
    ],
)
def test_an_answer_that_cannot_be_used_is_refused(run, told):
    with pytest.raises(InputError):
        read_lab_files([run("a.txt"), FILES / "cyflow_cube_8.fcs"], replace(TOLD, **told))


# Small RNA


def test_an_old_name_that_stood_for_several_mirnas_is_asked_about(run, tmp_path):
    table = lab_files.write(tmp_path / "x.csv", "name,a\nmiR-378,50\nmiR-34b,0\nmiR-21-5p,50\n")
    files = [run("a.txt"), table]
    reading = read_lab_files(files, TOLD)
    assert asked(reading) == ["--mirna"]
    assert "miR-378: miR-378a-3p or miR-378a-5p" in reading.questions[0].why
    assert "miR-34b" not in reading.questions[0].why, "it has no reads"
    named = read_lab_files(files, replace(TOLD, mirna=("miR-378=miR-378a-3p",)))
    assert {cargo.name for cargo in named.product.cargo} == {"miR-378a-3p", "miR-21-5p"}
    left = read_lab_files(files, replace(TOLD, mirna=("miR-378=none",)))
    assert {cargo.name for cargo in left.product.cargo} == {"miR-21-5p"}
    for wrong in ("miR-9=miR-9-5p", "miR-378=actin"):
        with pytest.raises(InputError):
            read_lab_files(files, replace(TOLD, mirna=(wrong,)))


def test_cpm_give_the_cargo_that_reads_give(run, tmp_path):
    reads = {"miR-21-5p": 700_003, "miR-122-5p": 290_000, "miR-125b-5p": 10_000, "miR-1-3p": 1}
    total = sum(reads.values())
    raw = lab_files.write(tmp_path / "raw.csv", "name,a\n" + "".join(f"{n},{v}\n" for n, v in reads.items()))
    cpm = "name,a\n" + "".join(f"{n},{1e6 * v / total:.6f}\n" for n, v in reads.items())
    one = read_lab_files([run("a.txt"), raw], TOLD).product
    two = read_lab_files([run("a.txt"), lab_files.write(tmp_path / "cpm.csv", cpm)], TOLD).product
    for a, b in zip(one.cargo, two.cargo, strict=True):
        assert a.name == b.name
        for end in ("low", "value", "high"):
            assert getattr(a.copies_per_vesicle, end) == pytest.approx(getattr(b.copies_per_vesicle, end), rel=1e-3)


def test_reads_of_paralogues_are_summed_by_seed(run, tmp_path):
    rows = (
        "name,a\nlet-7a-5p,30\nlet-7b-5p,20\nmiR-98-5p,10\nmiR-181a-5p,15\nmiR-181c-5p,5\nmiR-4262,10\nmiR-122-5p,10\n"
    )
    reading = read_lab_files([run("a.txt"), lab_files.write(tmp_path / "x.csv", rows)], TOLD)
    seeds = [line for line in reading.derivations if line.startswith("Seed")]
    assert seeds == [
        "Seed GAGGUAG: 60.0% of the miRNA reads (let-7a-5p, let-7b-5p, miR-98-5p).",
        "Seed ACAUUCA: 30.0% of the miRNA reads (miR-181-5p, miR-4262).",
    ]


def test_samples_may_be_chosen_by_their_group():
    files = [EXAMPLES / name for name in ("nanosight_experimentsummary_beads.csv", "bv2_ev_mirna_raw_counts.csv")]
    told = replace(TOLD, dilution=1000, columns="IL10")
    assert asked(read_lab_files(files, told)) == ["--columns"]
    by_group = read_lab_files([*files, EXAMPLES / "bv2_ev_mirna_traits.csv"], told)
    by_name = read_lab_files(files, replace(told, columns="IL-10*"))
    assert by_group.product.cargo == by_name.product.cargo


# The whole


def test_what_is_told_about_the_preparation_raises_its_score(run, tmp_path):
    least = read_lab_files([run("a.txt")], TOLD).product
    told = replace(TOLD, species="human", isolation="size exclusion", imaging="cryo-electron microscopy")
    more = read_lab_files([run("a.txt")], told).product
    assert check_product(more).completeness == pytest.approx(check_product(least).completeness + 3 / 13)
    assert load_product(write_product(more, tmp_path / "x.yaml")) == more
    missing = {item.criterion.criterion for item in check_product(more).missing}
    assert {"yield", "three_markers", "contaminant_tested", "storage"} <= missing


def test_data_whose_end_is_counted_wrongly_by_one_byte_are_read_and_that_is_said(run, stained, tmp_path):
    raw = stained[0].read_bytes()
    last = raw[34:42].strip()
    wrong = str(int(last) + 1).encode()
    moved = raw.replace(b"$ENDDATA/" + last, b"$ENDDATA/" + wrong)
    moved = moved[:34] + wrong.rjust(8) + moved[42:] + b"0"
    (tmp_path / "moved.fcs").write_bytes(moved)
    told = replace(TOLD, control=stained[1])
    one, other = (read_lab_files([run("a.txt"), path], told) for path in (stained[0], tmp_path / "moved.fcs"))
    assert other.gates[0].positive == one.gates[0].positive
    assert any("wrongly by one byte" in line for line in other.findings)
    (tmp_path / "moved.fcs").write_bytes(raw[:-500])
    with pytest.raises(InputError):
        read_lab_files([run("a.txt"), tmp_path / "moved.fcs"], told)
