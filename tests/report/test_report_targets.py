"""Tables and picture of what delivered miRNAs could repress."""

import csv
import io

import pytest
from rich.console import Console

from hepasome.product import load_product
from hepasome.report import dose_table, target_notes, target_table, targets_figure, verdict_counts, write_targets
from hepasome.targets import Exposure, find_targets

NATIVE = load_product("adipose_msc_exosome")


@pytest.fixture(scope="module")
def found():
    return find_targets(NATIVE, [Exposure("stellate", 2000.0), Exposure("kupffer", 0.0)], draws=40)


def printed(table):
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(table)
    return console.export_text()


def test_the_dose_table_says_what_arrives_what_is_there_and_what_it_would_need(found):
    text = printed(dose_table(found, found.exposures[0]))
    for words in ("2,000 vesicles per cell", "miR-122-5p", "0.0165", "2,447", "negligible", "native 0.0083"):
        assert words in text


def test_the_target_table_has_both_lanes_and_never_hides_what_the_model_acts_on(found):
    text = printed(target_table(found, found.exposures[0], most=1))
    for words in ("PREDICTED", "MEASURED", "> SLC7A1", "> P4HA1*", "> SMO*", "none listed", "> STAT3*", "> BCL2*"):
        assert words in text
    assert "> CCNG1" not in text  # the second


def test_verdicts_are_counted_for_every_cell(found):
    lines = verdict_counts(found)
    assert len(lines) == 2
    assert all("negligible at this dose" in line for line in lines)
    total = sum(int(part.split()[0]) for part in lines[0].split(": ", 1)[1].split("; "))
    assert total == (found.targets["cell"] == "stellate").sum()


def test_the_notes_name_the_proxies_and_the_sources(found):
    text = " ".join(target_notes(found))
    for words in ("HHSteC", "THP-1", "TargetScan 7.2", "miRTarBase", "no record is no proof of absence"):
        assert words in text
    assert "hepatocyte:" not in text


def test_the_files_hold_every_number(found, tmp_path):
    names = {path.name for path in write_targets(found, tmp_path)}
    assert names == {"doses.csv", "targets.csv", "notes.txt", "targets.png", "targets.svg"}
    with (tmp_path / "targets.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(found.targets)
    p4ha1 = next(row for row in rows if (row["cell"], row["target"]) == ("stellate", "P4HA1"))
    assert 0 < float(p4ha1["repressed_percent"]) < 0.001
    assert (p4ha1["in_the_model"], p4ha1["pmids"]) == ("P4HA1_by_miR_122", "23178710")


def test_the_picture_has_a_panel_for_each_cell_and_draws_what_is_repressed_most(found):
    figure = targets_figure(found)
    stellate, kupffer = figure.axes
    assert stellate.get_title(loc="left") == "stellate cell: 2,000 vesicles"
    labels = [label.get_text() for label in stellate.get_yticklabels()]
    assert labels[0] == "miR-122-5p > SLC7A1"
    assert "miR-181-5p > BCL2" not in labels  # not expressed in the proxy
    assert kupffer.get_xlim()[0] > 0  # nothing is repressed there, and the logarithmic axis survives it
