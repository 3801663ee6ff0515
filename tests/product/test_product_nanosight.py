"""NanoSight exports: the numbers of a real one, and every way in which an export can be damaged."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hepasome.files import InputError
from hepasome.product import EXAMPLES, read_nanosight

REAL = EXAMPLES / "nanosight_experimentsummary_beads.csv"
RAW = REAL.read_bytes()
TABLE_END = RAW.index(b"\n", RAW.index(b"\n999.5,") + 1) + 1  # behind the line end of the last bin
BINS = [60.5 + i for i in range(80)]
HEIGHTS = [1e6 * max(0, 40 - abs(i - 40)) for i in range(80)]


@pytest.fixture(scope="module")
def beads():
    return read_nanosight(REAL)


def export(path, **replaced):
    """A small export in the form of NTA 3.4, whose rows end with a comma and differ in length."""
    bins = "\n".join(f"{d},{h:.0f},{h:.0f},{h:.0f},0," for d, h in zip(BINS, HEIGHTS, strict=True))
    rows = {
        "head": "NTA Experiment Summary File,\nCreated with NTA 3.4 Build 3.4.003,\n,\n[Experiment Details],,",
        "names": "Filename:,v_00,v_01,",
        "settings": "\n[Settings],,,\nDetection Threshold,5,5,",
        "results": "\n[Results],,,Average,Standard Error,",
        "dilution": "Dilution factor (concentrations adjusted for this factor),1.00e+03,1.00e+03,,,",
        "concentration": "Concentration (Particles / ml),1.6e+09,1.6e+09,1.6e+09,0,",
        "size": "\n[Size Data],,\nFilename,v_00,v_01,Average,Standard Error,",
        "summary": "\n".join(f"{name},100.0,100.0,100.0,0.0," for name in ("Mean", "Mode", "SD", "D10", "D50", "D90")),
        "bins": f"Bin centre (nm),Concentration,Concentration,Concentration average,Standard Error,\n{bins}",
        "tail": "\nPercentile,Size (nm),Size (nm),\n0,61.0,61.0,\n",
    }
    path.write_text("\n".join({**rows, **replaced}.values()))
    return path


def findings(path):
    with pytest.raises(InputError) as raised:
        read_nanosight(path)
    assert {finding.file for finding in raised.value.findings} == {str(path)}
    return raised.value.findings


def test_the_real_file_says_what_is_printed_in_it(beads):
    assert beads.reported == {"Mean": 100.5, "Mode": 95.3, "SD": 19.1, "D10": 84.7, "D50": 96.4, "D90": 113.3}
    assert beads.concentration.mean() == pytest.approx(1.47e9, rel=0.005)
    assert beads.concentration.std(ddof=1) / np.sqrt(12) == pytest.approx(1.07e8, rel=0.01)  # printed: SE
    assert (len(beads.runs), beads.runs[0], beads.runs[-1]) == (12, "std_10000_yes_2_00", "std_10000_no_1_02")
    assert beads.software == "NTA 3.2 Dev Build 3.2.16"
    assert beads.dilution is None
    assert beads.bin_centres.tolist() == [i + 0.5 for i in range(1000)]
    assert (beads.size_distribution[82, 3], round(beads.mean_distribution[82])) == (38299260, 16420005)


def test_the_size_bins_of_each_video_add_up_to_its_concentration(beads):
    assert beads.size_distribution.sum(axis=0) == pytest.approx(beads.concentration, rel=0.005)


def test_the_mean_of_the_bins_is_the_mean_that_is_printed_for_each_video(beads):
    printed = [98.7, 97.9, 99.4, 96.4, 97.2, 97.8, 109.9, 107.1, 104.5, 99.3, 98.7, 98.7]
    total = beads.size_distribution.sum(axis=0)
    assert beads.bin_centres @ beads.size_distribution / total == pytest.approx(printed, abs=0.06)


@pytest.mark.parametrize(("share", "printed"), [(0.1, "D10"), (0.5, "D50"), (0.9, "D90")])
def test_percentiles_lie_within_one_bin_of_those_printed(beads, share, printed):
    assert beads.percentile(share) == pytest.approx(
        beads.reported[printed], abs=1.0
    )  # NTA 3.2 gives the lower bin edge


def test_percentiles_of_a_flat_distribution_are_not_shifted_by_half_a_bin(tmp_path):
    flat = "\n".join(f"{d},100,100,100,0," for d in range(105, 205, 10))
    read = read_nanosight(export(tmp_path / "x.csv", bins=f"Bin centre (nm),a,b,c,d,\n{flat}"))
    assert [read.percentile(share) for share in (0.0, 0.1, 0.5, 0.9, 1.0)] == pytest.approx([100, 110, 150, 190, 200])


def test_the_interval_of_the_concentration_is_the_spread_of_the_videos(beads):
    middle, low, high = beads.concentration_interval
    logs = np.log(beads.concentration)
    assert np.log(middle) == pytest.approx(logs.mean())
    assert np.log([middle / low, high / middle]) == pytest.approx(1.645 * logs.std(ddof=1))
    assert beads.concentration.min() < middle < beads.concentration.mean(), "a geometric mean lies below the mean"


def test_mixed_camera_settings_are_said(beads):
    assert [warning.split(" differs")[0] for warning in beads.warnings] == [
        "Camera Level",
        "Slider Shutter",
        "Slider Gain",
    ]


def test_an_export_of_a_later_version_is_read_with_its_dilution(tmp_path):
    read = read_nanosight(export(tmp_path / "x.csv"))
    assert (read.runs, read.dilution, read.warnings) == (("v_00", "v_01"), 1000.0, ())
    assert read.percentile(0.5) == pytest.approx(100.5, abs=0.01), "the peak of the triangle"


def test_percentiles_that_follow_without_an_empty_row_are_no_bins(tmp_path):
    read = read_nanosight(export(tmp_path / "x.csv", tail="Percentile,Size (nm),Size (nm),\n0,61.0,61.0,\n"))
    assert read.bin_centres.tolist() == BINS


def test_a_concentration_that_the_program_doubts_is_said(tmp_path):
    doubt = "\n[Settings],,,\nValidity of concentration measurement,OK,Too dense,\nBrightness,OK,OK,"
    read = read_nanosight(export(tmp_path / "x.csv", settings=doubt))
    assert read.warnings == ("Validity of concentration measurement: Too dense.",)


def test_bins_that_do_not_add_up_to_the_concentration_are_said(tmp_path):
    read = read_nanosight(export(tmp_path / "x.csv", concentration="Concentration (Particles / ml),1.6e9,3.2e9,"))
    assert len(read.warnings) == 1
    assert read.warnings[0].startswith("v_01: the size bins add up to 1.6e+09")


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(RAW) - 1) | st.integers(RAW.index(b"\n500.5,"), TABLE_END + 40))
@example(TABLE_END - 1)
@example(TABLE_END)
@example(RAW.index(b"\n600.5,") + 1)
@example(RAW.index(b"\n120.5,") + 30)
def test_a_file_cut_anywhere_is_refused_or_gives_the_same_numbers(beads, tmp_path_factory, cut):
    path = tmp_path_factory.mktemp("cut") / "x.csv"
    path.write_bytes(RAW[:cut])
    try:
        read = read_nanosight(path)
    except InputError:
        return
    assert cut > TABLE_END
    for name in ("concentration", "bin_centres", "size_distribution"):
        assert np.array_equal(getattr(read, name), getattr(beads, name))
    assert (read.reported, read.runs, read.dilution) == (beads.reported, beads.runs, beads.dilution)


def test_a_file_that_lacks_only_its_percentiles_is_read(beads, tmp_path):
    (tmp_path / "x.csv").write_bytes(RAW[: RAW.index(b"Percentile,Size")])
    assert read_nanosight(tmp_path / "x.csv").percentile(0.9) == beads.percentile(0.9)


@pytest.mark.parametrize("cell", ["NaN", "-1", "inf", "low", "1_000", "1,470", "1.2.3", "", "1e99", "1 000"])
def test_a_cell_that_is_no_number_is_named_with_line_and_field(tmp_path, cell):
    path = export(tmp_path / "x.csv", concentration=f'Concentration (Particles / ml),1.6e9,"{cell}",1,1,')
    (finding,) = findings(path)
    assert finding.field == "Concentration (Particles / ml)"
    assert path.read_text().splitlines()[finding.line - 1].startswith(finding.field)
    assert finding.value == cell


def test_a_decimal_comma_in_quotes_is_read_and_one_without_is_refused(tmp_path):
    quoted = export(tmp_path / "quoted.csv", concentration='Concentration (Particles / ml),"1600000000,5",1.6e9,')
    assert read_nanosight(quoted).concentration[0] == 1600000000.5
    torn = "\n".join(f"{i},5,{i + 1},0,{i + 1},0,{i + 1},0,0,0," for i in range(60, 140))
    bare = findings(export(tmp_path / "bare.csv", bins=f"Bin centre (nm),a,b,c,d,\n{torn}"))
    assert bare[0].problem == "The row has 11 cells, not 6."
    (tmp_path / "semicolon.csv").write_bytes(RAW.replace(b",", b";"))
    assert "separated by commas" in findings(tmp_path / "semicolon.csv")[0].remedy


@pytest.mark.parametrize(
    ("damage", "problem", "begins"),
    [
        ({"bins": "Bin centre (nm),a,b,c,d,"}, "The size distribution holds no particles.", None),
        ({"bins": "Graph Data,"}, "The size distribution is missing.", None),
        ({"names": "Filename:,v_00,,"}, "Not every video has a name.", "Filename:"),
        ({"names": "Filename:,,v_01,"}, "Not every video has a name.", "Filename:"),
        ({"names": "Filename:,,,"}, "Not every video has a name.", "Filename:"),
        ({"names": "File,v_00,v_01,"}, "The row `Filename:` is missing.", None),
        ({"concentration": "Concentration (Particles / ml),1e9"}, "There are 1 numbers for 2 videos.", "Concentration"),
        ({"concentration": "X,1,1,"}, "The row `Concentration (Particles / ml)` is missing.", None),
        ({"summary": "Mean,1,1,x,"}, "This is not a usable number.", "Mean"),
        ({"dilution": "Dilution factor,1000,Not recorded,"}, "The videos do not have one dilution factor.", "Dilution"),
        ({"dilution": "Dilution factor,10,100,"}, "The videos do not have one dilution factor.", "Dilution"),
        ({"dilution": 'Dilution factor,"1,000","1,000",'}, "This is not a usable number.", "Dilution"),
        ({"dilution": "Dilution factor,nan,nan,"}, "This is not a usable number.", "Dilution"),
        ({"dilution": "Dilution factor,0,0,"}, "This is not a usable number.", "Dilution"),
        ({"tail": '"' + "x" * 200_000}, "This is not valid CSV: field larger than field limit (131072).", None),
    ],
)
def test_damage_is_found_and_its_line_is_named(tmp_path, damage, problem, begins):
    path = export(tmp_path / "x.csv", **damage)
    found = next(finding for finding in findings(path) if finding.problem == problem)
    if begins is not None:
        assert path.read_text().splitlines()[found.line - 1].startswith(begins)
        assert found.field


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ("100.5,NaN,1,1,0,", "This is not a usable number."),
        ("100.5,1,-4,1,0,", "This is not a usable number."),
        ("100.5,many,1,1,0,", "This is not a usable number."),
        ("NaN,1,1,1,0,", "This is not a usable number."),
        ("-100.5,1,1,1,0,", "This is not a usable number."),
        ("total,1,1,1,0,", "This is not a usable number."),
        (",1,1,1,0,", "This is not a usable number."),
        ("10.5,1,1,1,0,", "The diameters do not rise."),
        ("99.5,1,1,1,0,", "The diameters do not rise."),
        ("100.5,1,1", "The row has 3 cells, not 6."),
        ("100.5,1,1,1,0,,", "The row has 7 cells, not 6."),
    ],
)
def test_a_damaged_bin_never_ends_the_distribution_silently(tmp_path, cells, problem):
    path = export(tmp_path / "x.csv")
    lines = path.read_text().splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("100.5,"))
    path.write_text("\n".join([*lines[:at], cells, *lines[at + 1 :]]))
    assert [(finding.line, finding.problem) for finding in findings(path)] == [(at + 1, problem)]


def test_all_findings_of_a_file_come_at_once(tmp_path):
    damage = {"concentration": "Concentration (Particles / ml),x,-1,", "dilution": "Dilution factor,y,y,"}
    fields = [finding.field for finding in findings(export(tmp_path / "x.csv", names="Filename:,a,b", **damage))]
    assert fields == ["Dilution factor", "Concentration (Particles / ml)", "Concentration (Particles / ml)"]


def test_every_missing_section_is_named(tmp_path):
    path = export(tmp_path / "x.csv", settings="", results="", size="")
    assert [finding.problem.split()[2] for finding in findings(path)] == ["[Settings]", "[Results]", "[Size"]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"NTA Single Analysis Summary File,\n", "This is not a NanoSight ExperimentSummary."),
        (b"\n" + RAW, "This is not a NanoSight ExperimentSummary."),
        (b"PK\x03\x04\x00\x00" + RAW, "This is a binary file, not text."),
        (RAW.decode().encode("utf-16"), 'This is UTF-16 text ("Unicode text" in Excel).'),
        (b"", "The file is empty."),
    ],
)
def test_what_is_no_export_is_refused(tmp_path, raw, said):
    (tmp_path / "x.csv").write_bytes(raw)
    assert findings(tmp_path / "x.csv")[0].problem == said
