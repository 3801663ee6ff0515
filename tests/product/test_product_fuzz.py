"""Damaged laboratory files: a reading or findings, never a traceback, never another number in silence."""

import dataclasses
from dataclasses import replace
from pathlib import Path

import lab_files
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hepasome.files import InputError
from hepasome.product import (
    EXAMPLES,
    READERS,
    LabAnswers,
    LeftOut,
    load_product,
    read_lab_file,
    read_lab_files,
    write_product,
)

FILES = Path(__file__).parent / "files"


def first_lines(path, count):
    return b"\n".join(path.read_bytes().splitlines()[:count]) + b"\n"


RAW = {
    "zetaview": lab_files.zetaview().encode("latin-1"),
    "zetaview with points": lab_files.zetaview(comma=False).encode("latin-1"),
    "viewsizer": lab_files.viewsizer().encode(),
    "izon": lab_files.izon().encode(),
    "sizes": lab_files.size_table().encode(),
    "discoverer": lab_files.discoverer().encode(),
    "diann matrix": lab_files.diann_matrix().encode(),
    "diann report": lab_files.diann_report().encode(),
    "peaks proteins": lab_files.peaks_proteins().encode(),
    "pairs": lab_files.pairs().encode(),
    "maxquant": (FILES / "maxquant_proteinGroups_cut.txt").read_bytes(),
    "perseus": first_lines(EXAMPLES / "bv2_ev_proteome_perseus_log2.csv", 25),
    "peaks": first_lines(FILES / "peaks_psm_head250.csv", 40),
    "counts": first_lines(FILES / "bv2_cell_mirna_head200.csv", 40),
    "groups": (EXAMPLES / "bv2_ev_mirna_traits.csv").read_bytes() + b"\n",
    "nanosight": (EXAMPLES / "nanosight_experimentsummary_beads.csv").read_bytes(),
    "fcs": (FILES / "cyflow_cube_8.fcs").read_bytes(),
}
TEXTS = [name for name in RAW if name != "fcs"]
CLOSED = {"nanosight", "zetaview", "zetaview with points", "fcs"}  # formats that say where they end
NUMBERS = ("concentration", "dilution", "bin_centres", "size_distribution", "amounts", "events", "protein", "particles")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


@pytest.fixture(scope="module")
def whole(folder):
    return {name: read(folder, raw) for name, raw in RAW.items()}


def read(folder, raw, name="x.txt"):
    """What was read, or None where the file was refused with findings."""
    path = folder / name
    path.write_bytes(raw)
    try:
        return read_lab_file(path)
    except InputError as error:
        refused = error
    assert refused.findings
    assert str(refused)
    assert all(finding.problem.endswith(".") and finding.file for finding in refused.findings)
    return None


def same(one, other):
    """Whether two readings hold the same numbers and names."""
    if type(one) is not type(other):
        return False
    for field in dataclasses.fields(one):
        a, b = getattr(one, field.name), getattr(other, field.name)
        if field.name in ("file", "runs", "warnings"):
            continue
        if isinstance(a, np.ndarray):
            if a.shape != b.shape or not np.allclose(a, b, rtol=1e-9):
                return False
        elif a != b:
            return False
    return True


def test_every_format_has_a_file_here_that_its_reader_reads(whole):
    assert all(whole.values())
    assert len(READERS) <= len(RAW)


@pytest.mark.parametrize("name", RAW)
def test_another_name_changes_nothing(folder, whole, name):
    for other in ("data", "result.xlsx", "a b (1).csv", "ä.TXT"):
        assert same(read(folder, RAW[name], other), whole[name])


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-32", "windows line ends", "mac line ends"]
)
def test_another_encoding_changes_nothing_or_is_refused(folder, whole, name, encoding):
    text = RAW[name].decode("latin-1").replace("\r\n", "\n")
    ends = {"windows line ends": "\r\n", "mac line ends": "\r"}.get(encoding)
    raw = text.replace("\n", ends).encode("latin-1") if ends else text.encode(encoding, "replace")
    found = read(folder, raw)
    if encoding in ("utf-16", "utf-32"):
        assert found is None
    else:
        assert same(found, whole[name])


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " "])
def test_another_delimiter_gives_the_same_numbers_or_findings(folder, whole, name, delimiter):
    text = RAW[name].decode("latin-1")
    last = text.splitlines()[-1] if name == "izon" else text.splitlines()[0]
    old = max("\t;,", key=last.count)
    found = read(folder, text.replace(old, delimiter).encode("latin-1"))
    assert found is None or same(found, whole[name])


@pytest.mark.parametrize("name", RAW)
@settings(max_examples=40, deadline=None)
@given(part=st.floats(0, 1, exclude_max=True))
def test_a_file_that_is_cut_off_is_refused_or_says_so_or_has_lost_whole_rows(folder, whole, name, part):
    raw = RAW[name]
    cut = int(part * len(raw))
    found = read(folder, raw[:cut])
    if found is None or isinstance(found, LeftOut) or same(found, whole[name]):
        return
    assert name not in CLOSED
    assert raw[cut - 1 : cut] in (b"\n", b"\r") or any("no line end" in warning for warning in found.warnings)


@pytest.mark.parametrize("name", RAW)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_changed_bytes_never_end_in_a_traceback_or_in_impossible_numbers(folder, name, data):
    raw = bytearray(RAW[name])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, min(len(raw), 4000) - 1) | st.integers(0, len(raw) - 1))
        kind = data.draw(st.sampled_from(["change", "remove", "double", "insert"]))
        if kind == "change":
            raw[at] = data.draw(st.integers(0, 255))
        elif kind == "remove":
            del raw[at : at + data.draw(st.integers(1, 40))]
        elif kind == "double":
            raw[at:at] = raw[at : at + data.draw(st.integers(1, 200))]
        else:
            raw[at:at] = data.draw(
                st.sampled_from([b"NaN", b"1e999", b"-", b'"', b",", b"\t", b"\n", b"inf", b"9" * 40])
            )
        if not raw:
            break
    found = read(folder, bytes(raw))
    for field in NUMBERS:
        values = getattr(found, field, None)
        if isinstance(values, np.ndarray):
            assert np.isfinite(values).all()
            assert field == "events" or (values >= 0).all()


CELL = st.text('ab1-,.;"\t_ e', max_size=6) | st.sampled_from(
    [
        "Diameter (nm)",
        "particles/mL",
        "Protein (ug/mL)",
        "Accession",
        "Peptide",
        "-10lgP",
        "Protein IDs",
        "LFQ intensity a",
        "Gene names",
        "miR-122-5p",
        "12",
        "-1",
        "NaN",
        "1e400",
        "1,5",
        "ZetaView",
        "Size / nm",
        "#!{Type}E",
        "Magnitude",
    ]
)


@settings(max_examples=300, deadline=None)
@given(
    st.text()
    | st.builds(
        lambda rows, sign: "\n".join(sign.join(row) for row in rows),
        st.lists(st.lists(CELL, min_size=1, max_size=5), min_size=1, max_size=7),
        st.sampled_from([",", "\t", ";"]),
    )
)
def test_any_text_is_a_reading_or_findings(folder, text):
    read(folder, text.encode("utf-8", "surrogatepass"))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_behind_the_mark_of_a_cytometer_are_refused(folder, tail):
    assert read(folder, b"FCS3.0    " + tail, "x.fcs") is None


@pytest.mark.parametrize("name", RAW)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_what_a_damaged_file_still_says_makes_a_product_or_findings(folder, name, data):
    raw = bytearray(RAW[name])
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at : at + data.draw(st.integers(0, 3))] = data.draw(
        st.sampled_from([b"", b"9", b"0", b"e9", b"e-9", b"\t", b","])
    )
    (folder / "good.txt").write_bytes(RAW["zetaview with points"].replace(b"2023-04-19", b"2023-04-20"))
    (folder / "x.txt").write_bytes(raw)
    told = LabAnswers("ours", source_cell="msc", protein="1 mg/mL", assume_native=True, columns="*", stains=("none",))
    try:
        reading = read_lab_files([folder / "good.txt", folder / "x.txt"], replace(told, dilution=10.0))
    except InputError:
        return
    assert reading.product or reading.questions
    if reading.product:
        assert load_product(write_product(reading.product, folder / "x.yaml")) == reading.product
