"""The command line as its user meets it: exit codes, what is printed, and what is or is not on disk afterwards."""

import os
import signal
import subprocess
import sys
import time

import antimony
import libsbml
import pytest

from hepasome.product import EXAMPLES, load_product

LAB_FILES = [str(EXAMPLES / name) for name in ("nanosight_experimentsummary_beads.csv", "bv2_ev_mirna_raw_counts.csv")]
ANSWERS = (
    *("--id", "ours", "--source-cell", "microglia", "--protein", "0.5 mg/mL", "--dilution", "1000"),
    *("--columns", "control*", "--assume-native"),
)
STUDY = """\
id: small
title: A small trial
subject: {species: mouse, body_weight: 22 g}
disease: {model: ccl4_fibrosis, dose: 0.5 mL/kg, every: 3.5 d, for: 1 wk}
arms:
  vehicle: {}
  recovery: {disease: {stop_at: treatment}}
  exosome:
    treatment: {product: umbilical_cord_msc_exosome, dose: 40 ug, route: intravenous, schedule: {start: 3 d}}
control: vehicle
subjects_per_arm: 2
read_out: 1 wk
endpoints: [ALT]
"""


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text(STUDY)
    return path


def content(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_shipped_studies_are_listed_and_shown(hepasome):
    code, listed, _ = hepasome("studies")
    assert code == 0
    assert all(name in listed for name in ("li2013", "hyun2015", "qu2017", "S01", "S02", "S03"))
    code, shown, _ = hepasome("studies", "li2013")
    assert code == 0
    assert "250 ug" in shown
    assert "intrahepatic" in shown


def test_a_run_is_kept_whole_and_the_same_command_gives_the_same_bytes(hepasome, study, tmp_path, monkeypatch):
    code, printed, _ = hepasome("run", study, "--draws", 2, "--out", "one")
    assert code == 0
    assert printed.strip().splitlines()[-1] == "Report: one/report.html"
    first = content(tmp_path / "one")
    assert {"run.json", "report.html", "endpoints.parquet", "trajectories.parquet", "figures/protocol.png"} <= set(
        first
    )
    assert hepasome("run", study, "--draws", 2, "--out", "two", "--workers", 1)[0] == 0
    other = content(tmp_path / "two")
    assert {name for name in first if first[name] != other.get(name)} == set()
    monkeypatch.setattr("hepasome.engine.simulate_ensemble", lambda *_, **__: iter(()))  # nothing is left to simulate
    assert hepasome("run", study, "--draws", 2, "--out", "one")[0] == 0
    assert content(tmp_path / "one") == first


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "li2014"], "There is no such study"),
        (["run", "li2013", "--subjects", 1], "--subjects"),
        (["run", "li2013", "--set", "effect_of_treatment=2"], "no such parameter"),
        (["run", "li2013", "--set", "poisoning_rate=nan"], "cannot have this value"),
        (["run", "li2013", "--set", "poisoning_rate"], "not PARAM=VALUE"),
        (["model", "export", "--species", "unicorn"], "no such species"),
        (["product", "read", "nothing.csv"], "nothing.csv"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence_and_writes_nothing(hepasome, tmp_path, arguments, words):
    code, _, said = hepasome(*arguments)
    assert code == 2
    assert words in said
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


BAD = {
    "an unknown key": (STUDY.replace("title", "titel"), "titel"),
    "a wrong unit": (STUDY.replace("40 ug", "40 kg/m"), "dose"),
    "a negative dose": (STUDY.replace("40 ug", "-40 ug"), "above zero"),
    "an unknown species": (STUDY.replace("mouse", "unicorn"), "species"),
    "no recovery arm": (STUDY.replace("  recovery: {disease: {stop_at: treatment}}\n", ""), "recovery"),
    "a product outside": (STUDY.replace("umbilical_cord_msc_exosome", "../../../etc/passwd"), "product"),
    "an alias": (STUDY.replace("title: A", "title: &a A") + "notes: [*a, *a]\n", "alias"),
    "a tag": (STUDY.replace("A small trial", "!!python/object:os.system x"), "tag"),
    "a binary file": ("\x00\x01\x02" * 100, "text"),
    "nothing": ("", ""),
}


@pytest.mark.parametrize("case", BAD, ids=str)
def test_a_bad_study_file_is_refused_with_its_findings(hepasome, study, tmp_path, case):
    text, words = BAD[case]
    study.write_text(text)
    code, _, said = hepasome("run", study)
    assert code == 2
    assert "study.yaml" in said
    assert words.lower() in said.lower()
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == [study]


def test_all_findings_come_in_one_message(hepasome, study):
    study.write_text(STUDY.replace("22 g", "22 mL").replace("40 ug", "-40 ug").replace("title", "titel"))
    said = hepasome("run", study)[2]
    assert all(words in said for words in ("body_weight", "above zero", "titel"))


def test_a_file_of_two_gigabytes_is_refused_at_once(hepasome, study):
    with study.open("wb") as file:
        file.truncate(2 * 2**30)
    started = time.monotonic()
    assert hepasome("run", study)[0] == 2
    assert time.monotonic() - started < 60  # it would not fit into memory: refused unread


@pytest.mark.parametrize("there", ["a file", "a foreign folder", "another run"])
def test_nothing_that_is_there_is_overwritten(hepasome, study, tmp_path, there):
    out = tmp_path / "out"
    if there == "a file":
        out.write_text("mine")
    elif there == "a foreign folder":
        out.mkdir()
        (out / "notes.txt").write_text("mine")
    else:
        hepasome("run", study, "--draws", 0, "--seed", 2, "--out", out)
    before = content(tmp_path)
    code, _, said = hepasome("run", study, "--draws", 0, "--out", out)
    assert code == 2
    assert "--out" in said
    assert content(tmp_path) == before


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=lambda s: s.name)
def test_a_run_that_was_stopped_goes_on_and_ends_with_the_same_bytes(study, tmp_path, how):
    command = [sys.executable, "-c", "from hepasome.cli import main; main()", "run", str(study), "--draws", "150"]
    environment = {**os.environ, "HOME": str(tmp_path / "home")}
    running = subprocess.Popen([*command, "--out", "stopped"], cwd=tmp_path, env=environment, text=True, stderr=-1)
    chunks = tmp_path / "stopped" / "chunks"
    while not list(chunks.glob("0*.parquet")):
        assert running.poll() is None
        time.sleep(0.02)
    running.send_signal(how)
    said = running.communicate()[1]
    if how is signal.SIGINT:
        assert running.returncode == 130
        assert "the same command continues" in said
    assert not (tmp_path / "stopped" / "report.html").exists()
    for folder in ("stopped", "whole"):
        subprocess.run([*command, "--out", folder], cwd=tmp_path, env=environment, check=True, capture_output=True)
    stopped, whole = content(tmp_path / "stopped"), content(tmp_path / "whole")
    assert {name for name in whole if stopped.get(name) != whole[name]} == set()


def test_what_the_laboratory_files_do_not_say_is_asked_all_at_once(hepasome, tmp_path):
    code, printed, asked = hepasome("product", "read", *LAB_FILES)
    assert code == 2
    assert "Derived" in printed
    for option in ("--dilution", "--protein", "--columns", "--assume-native", "--id", "--source-cell"):
        assert option in asked
    assert list(tmp_path.iterdir()) == []


def test_laboratory_files_run_through_to_a_report_that_names_what_was_assumed(hepasome, study, tmp_path):
    assert hepasome("product", "read", *LAB_FILES, *ANSWERS)[0] == 0
    product = load_product(tmp_path / "ours.yaml")
    assert product.assumptions
    study.write_text(STUDY.replace("umbilical_cord_msc_exosome", "ours.yaml"))
    assert hepasome("run", study, "--draws", 2, "--out", "run")[0] == 0
    page = (tmp_path / "run" / "report.html").read_text()
    for words in ("told by the user, not in the file", "accepted by the user", "no bias of library preparation"):
        assert words in page


def test_the_model_is_exported_as_valid_sbml(hepasome, tmp_path):
    assert hepasome("model", "export", "--species", "rat", "--zones", 2, "--cells", "--out", "m")[0] == 0
    document = libsbml.readSBMLFromFile(str(tmp_path / "m" / "ccl4_fibrosis_rat_2zone_cells.xml"))
    assert document.checkConsistency() == 0
    antimony.clearPreviousLoads()
    antimony.addDirectory(str(tmp_path / "m"))
    assert antimony.loadAntimonyFile(str(tmp_path / "m" / "ccl4_fibrosis_rat_2zone_cells.ant")) >= 0, (
        antimony.getLastError()
    )
    assert "## delivery" in (tmp_path / "m" / "model.md").read_text()


def test_the_scoreboard_counts_every_claim_once(hepasome, tmp_path):
    code, printed, _ = hepasome("reproduce", "li2013", "--draws", 2, "--page", "board.md")
    assert code == 0
    (row,) = [line for line in printed.splitlines() if line.startswith("S01") and "li2013" in line]
    total, *labels = [int(cell) for cell in row.split()[2:]]
    assert sum(labels) == total == 11
    page = (tmp_path / "board.md").read_text()
    assert sum(line.startswith("| ") and "% of the draws" in line for line in page.splitlines()) == 11


def test_a_full_disk_is_one_sentence_unless_the_traceback_is_asked_for(hepasome, study, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device", "run.json")

    monkeypatch.setattr("hepasome.trial._run.write_atomically", full)
    code, _, said = hepasome("run", study, "--draws", 0)
    assert code == 1
    assert "No space left on device" in said
    assert "Traceback" not in said
    with pytest.raises(OSError, match="No space left"):
        hepasome("--debug", "run", study, "--draws", 0)


def test_a_product_is_checked_and_what_is_missing_is_listed(hepasome, tmp_path):
    code, printed, _ = hepasome("product", "check", "umbilical_cord_msc_exosome")
    assert code == 0
    for words in ("CD63", "not measured here", "Told of what MISEV asks for: 2 of 13", "method of isolation"):
        assert words in printed
    hepasome("product", "read", *LAB_FILES, *ANSWERS)
    assert hepasome("product", "check", tmp_path / "ours.yaml")[0] == 0
    code, _, said = hepasome("product", "check", "nobody")
    assert (code, "no such product" in said) == (2, True)


def test_claims_that_are_looked_up_are_counted_without_a_simulation(hepasome, tmp_path):
    code, printed, _ = hepasome("reproduce", "exosome_identity")
    assert code == 0
    (row,) = [line.split() for line in printed.splitlines() if line.startswith("S26") and " exosome_" in line]
    assert (row[2], sum(map(int, row[3:]))) == ("11", 11)
    assert list(tmp_path.iterdir()) == []
