"""Every reference has its folder, every folder says what it holds, and none gets smaller."""

import re
from pathlib import Path

import pandas as pd
import pytest

VALIDATION = Path(__file__).parents[2] / "validation"
FOLDERS = sorted(path.name for path in VALIDATION.iterdir() if path.is_dir())
# Rows of each table on the day it was written: a case may come, none may go.
ROWS = {
    "apap_mouse/agreement": 8,
    "apap_mouse/doses": 7,
    "apap_thresholds/cell": 16,
    "apap_thresholds/doses": 51,
    "apap_thresholds/published": 8,
    "apap_thresholds/thresholds": 28,
    "bile_duct_ligation/course": 16,
    "ccl4_mouse/agreement": 13,
    "calculation/seeds": 251,
    "calculation/steps": 47,
    "calculation/zones": 96,
    "culture/culture": 245,
    "galactosamine_tnf/conditions": 6,
    "hepatitis_failure_human/course": 9,
    "ischaemia_mouse/courses": 28,
    "libroadrunner/errors": 60,
    "metafor/agreement": 60,
    "metafor/data": 363,
    "metafor/numbers": 929,
    "metafor/raw": 151,
    "metafor/versions": 4,
    "nanoparticle_kinetics/U16c_61": 129,
    "nanoparticle_kinetics/doses": 3,
    "nanoparticle_kinetics/shares": 57,
    "nanoparticle_kinetics/uptake": 4,
    "petab/agreement": 24,
    "petab/pypesto": 21,
    "petab/values": 285,
    "physiology/published": 62,
    "physiology/ratios": 62,
    "power/agreement": 94,
    "power/boundaries": 22,
    "power/data": 722,
    "power/numbers": 59,
    "power/published": 13,
    "power/versions": 4,
    "regeneration_furchtgott/donors": 16,
    "regeneration_furchtgott/oversized": 5,
    "regeneration_furchtgott/rats": 49,
    "regeneration_furchtgott/rewritten": 8,
    "resection_rat/agreement": 8,
    "tumour_n1s1/agreement": 12,
    "vesicle_kinetics/blood": 13,
    "vesicle_kinetics/blood_agreement": 13,
    "vesicle_kinetics/organ_agreement": 76,
    "vesicle_kinetics/organs": 76,
}
LICENCES = {
    "nanoparticle_kinetics": "LICENSE-drug-loaded-nanoparticles",
    "vesicle_kinetics": "LICENSE-extracellular-vesicles-atlas",
}


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_has_its_readme_its_script_its_results_and_a_picture(folder):
    found = {path.suffix for path in (VALIDATION / folder).iterdir()}
    assert (VALIDATION / folder / "README.md").is_file()
    assert (VALIDATION / folder / "run.py").is_file()
    assert {".csv", ".png"} <= found


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_readme_says_how_to_run_it_again_and_names_every_file(folder):
    text = (VALIDATION / folder / "README.md").read_text(encoding="utf-8")
    assert f"python validation/{folder}/run.py" in text
    files = {path.name for path in (VALIDATION / folder).iterdir() if path.is_file()} - {"README.md", "run.py"}
    assert {name for name in files if name not in text} == set()


def test_the_readme_names_no_file_that_is_not_there():
    for folder in FOLDERS:
        text = (VALIDATION / folder / "README.md").read_text(encoding="utf-8")
        named = re.findall(r"`([\w-]+\.(?:csv|png|ant))`|\]\(([\w-]+\.png)\)", text)
        for name in (one or other for one, other in named):
            assert (VALIDATION / folder / name).is_file(), f"{folder}: {name}"


def test_the_index_has_every_folder_once_with_a_judgement():
    text = (VALIDATION / "README.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| [")
    ]
    assert sorted(row[0].removeprefix("[").split("]")[0] for row in rows) == FOLDERS
    for row in rows:
        assert re.search("agree|differ|missed|mild", row[2]), row[0]
        assert len(row[3]) > 20, row[0]


def test_no_table_has_lost_a_case():
    tables = {f"{path.parent.name}/{path.stem}": len(pd.read_csv(path)) for path in VALIDATION.glob("*/*.csv")}
    assert set(tables) == set(ROWS)
    assert {name: rows for name, rows in tables.items() if rows < ROWS[name]} == {}


@pytest.mark.parametrize(("folder", "licence"), LICENCES.items())
def test_data_of_others_come_with_their_source_and_licence(folder, licence):
    notice = (VALIDATION / folder / "NOTICE.md").read_text(encoding="utf-8")
    assert re.search(r"github\.com/\S+", notice)
    assert re.search(r"\b[0-9a-f]{40}\b", notice)
    assert licence in notice
    assert "Permission is hereby granted" in (VALIDATION / folder / licence).read_text(encoding="utf-8")
