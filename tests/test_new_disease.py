"""The page `A new disease`, followed to the letter, and the mistakes that people make on the way."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

REPOSITORY = Path(__file__).parents[1]
PAGE = (REPOSITORY / "docs" / "new-disease.md").read_text()
BLOCK = re.compile(r'^```\w+ title="(?P<title>[^"]+)"\n(?P<text>.*?)^```', re.DOTALL | re.MULTILINE)
COMMANDS = re.search(r"^```sh\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)[1].split("\n")[:-1]
APPEND = "at the end of "
BIOLOGY = "src/hepasome/biology"
NAME = "toxicant_thioacetamide"


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """A copy of hepasome in which everything that the page says was written."""
    folder = tmp_path_factory.mktemp("followed")
    shutil.copytree(REPOSITORY / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for block in BLOCK.finditer(PAGE):
        path = folder / block["title"].removeprefix(APPEND)
        if block["title"].startswith(APPEND):
            path.write_text(path.read_text() + block["text"])
        else:
            assert not path.exists(), "the page makes a file that is there already"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block["text"])
    return folder


COMMAND_LINE = "from hepasome.cli import main; main()"
# what `hepasome model check` looks at, without the time that it takes to load everything else
CHECK = """
import sys
from hepasome.biology import model_findings
from hepasome.files import InputError
try:
    raise InputError(model_findings("thioacetamide_fibrosis"))
except InputError as error:
    sys.exit(str(error))
"""


def hepasome(folder, *arguments, code=COMMAND_LINE):
    command = [sys.executable, "-c", code, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(folder / "src"), "COLUMNS": "200"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def ran(followed):
    """What the commands of the page print."""
    printed = {}
    for line in COMMANDS:
        program, *arguments = line.split()
        assert program == "hepasome"
        done = hepasome(followed, *arguments)
        assert done.returncode == 0, done.stderr
        printed[arguments[0], arguments[1]] = done.stdout
    return printed


def test_the_new_disease_holds_units_included(ran):
    assert ran["model", "check"].splitlines() == ["thioacetamide_fibrosis: looked at in rat", "Nothing is wrong."]


def test_the_new_study_is_shown_and_its_claims_are_judged(ran):
    assert "fibrosis by repeated thioacetamide" in ran["studies", "mardpour2018"]
    (row,) = [line.split() for line in ran["reproduce", "mardpour2018"].splitlines() if " mardpour2018 " in line]
    total, *labels = (int(cell) for cell in row if cell.isdigit())
    assert total == sum(labels) == 4


def test_the_model_of_the_new_disease_is_exported_with_its_equations(ran, followed):
    assert "thioacetamide_binding_rate*burden" in (followed / "thioacetamide_model" / "model.md").read_text()
    assert (followed / "thioacetamide_model" / "thioacetamide_fibrosis_rat_1zone.xml").is_file()


def test_the_poison_injures_scars_and_its_stop_heals(ran, followed):
    run = followed / "thioacetamide"
    assert (run / "report.html").is_file()
    table = pd.read_parquet(run / "endpoints.parquet").groupby(["endpoint", "arm"])["true"].mean()
    assert table["protein_adducts", "healthy"] == 0
    assert table["protein_adducts", "vehicle"] > 1 > table["protein_adducts", "recovery"]
    for endpoint in ("ALT", "collagen_area", "collagen_I", "alpha_SMA", "macrophages"):
        assert table[endpoint, "vehicle"] > 1.2 * table[endpoint, "healthy"], endpoint
    assert table["ALT", "recovery"] < table["ALT", "vehicle"]
    assert table["alpha_SMA", "recovery"] < table["alpha_SMA", "vehicle"]


MODULE, WIRING = f"{BIOLOGY}/modules/{NAME}.ant", f"{BIOLOGY}/wiring/{NAME}.ant"
VARIABLES, PARAMETERS = f"{BIOLOGY}/variables/{NAME}.csv", f"{BIOLOGY}/parameters/{NAME}.csv"
DISEASE = f"{BIOLOGY}/diseases/thioacetamide_fibrosis.yaml"
RENEWAL = "adduct_renewal_rate,replacement of bound protein,0.03,0.015,0.06,log,0.1,1/h,any,assumed,no value read\n"
MISTAKES = {
    # what it is: file, what stands there, what it becomes, and the words of the message
    "no row of a state": (
        VARIABLES, "thioacetamide_zone,adducts,state,mg/kg,thioacetamide bound to protein,\n", "",
        (f"variables/{NAME}.csv", "adducts", "The module thioacetamide_zone computes this", "kind state"),
    ),
    "no row of a read-out": (
        VARIABLES, "thioacetamide_zone,poisoning_hazard,read-out,1/h,hazard of poisoning of a hepatocyte,\n", "",
        (f"variables/{NAME}.csv", "poisoning_hazard", "kind read-out"),
    ),
    "no row of a parameter": (
        PARAMETERS, RENEWAL, "",
        (f"parameters/{NAME}.csv", "adduct_renewal_rate", "no table has a row for it"),
    ),
    "a parameter of another species": (
        PARAMETERS, RENEWAL, RENEWAL.replace("any", "mouse"),
        (f"parameters/{NAME}.csv", "adduct_renewal_rate", "no row for rat, only for mouse", "`any`"),
    ),
    "an unknown instance": (
        WIRING, "ZONE.hepatocytes.poisoning", "ZONE.hepatocites.poisoning",
        (f"wiring/{NAME}.ant", "line 6", "ZONE.hepatocites", "Did you mean `hepatocytes`?"),
    ),
    "an instance of the body taken for one of a zone": (
        WIRING, "BODY.thioacetamide.burden;", "ZONE.function.liver_mass;",
        (f"wiring/{NAME}.ant", "line 4", "Write `BODY.function`."),
    ),
    "an unknown symbol": (
        WIRING, "hepatocytes.poisoning_hazard +=", "hepatocytes.poisoning_hazzard +=",
        (f"wiring/{NAME}.ant", "line 6", "poisoning_hazzard", "Did you mean `poisoning_hazard`?"),
    ),
    "an unknown module": (
        WIRING, "ZONE.thioacetamide: thioacetamide_zone()", "ZONE.thioacetamide: thioacetamide_zome()",
        ("No file here has this module.", "thioacetamide_zome"),
    ),
    "an input that nothing gives": (
        WIRING, "ZONE.thioacetamide.burden := BODY.thioacetamide.burden;\n", "",
        (f"variables/{NAME}.csv", "burden", "gives this input", "ZONE.thioacetamide.burden := ...;"),
    ),
    "an input given twice": (
        WIRING, "ZONE.hepatocytes.poisoning_hazard +=", "ZONE.hepatocytes.tnf :=",
        ("hepatocytes.tnf", "Two lines give this.", "+="),
    ),
    "a unit that is none": (
        PARAMETERS, "kg/mg/h", "kgg/mg/h",
        (f"parameters/{NAME}.csv", "line 6", "`kgg/mg/h` is not a unit of the model"),
    ),
    "a unit that does not fit": (
        PARAMETERS, "kg/mg/h", "kg/mg",
        ("diseases/thioacetamide_fibrosis.yaml", "zone1_thioacetamide.poisoning_hazard", "does not fit its formula"),
    ),
    "a missing semicolon": (
        MODULE, "model thioacetamide_zone()\n  adducts = 0;", "model thioacetamide_zone()\n  adducts = 0 +;",
        ("Antimony cannot read the modules", "Look for a missing"),
    ),
    "an unknown part": (
        DISEASE, "function, toxicant", "functions, toxicant",
        ("thioacetamide_fibrosis.yaml", "line 6", "There is no such part.", "functions"),
    ),
    "a dose into nowhere": (
        DISEASE, "BODY.thioacetamide.depot", "BODY.thioacetamide.deposit",
        ("thioacetamide_fibrosis.yaml", "induction.dose", "no such state", "BODY.thioacetamide.deposit"),
    ),
}  # fmt: skip


@pytest.fixture
def mistaken(followed):
    """Makes one mistake and mends it afterwards."""
    undo = []

    def make(file, old, new):
        path = followed / file
        text = path.read_text()
        assert text.count(old) == 1
        undo.append((path, text))
        path.write_text(text.replace(old, new))
        return followed

    yield make
    for path, text in undo:
        path.write_text(text)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_the_model_is_a_sentence_with_its_file_and_symbol(mistaken, mistake):
    file, old, new, words = MISTAKES[mistake]
    done = hepasome(mistaken(file, old, new), code=CHECK)
    assert "Traceback" not in done.stderr
    assert [word for word in words if word not in done.stderr] == [], done.stderr


@pytest.mark.parametrize("mistake", ["no row of a state", "an unknown part"])
def test_the_command_line_refuses_a_model_with_a_mistake(mistaken, mistake):
    file, old, new, words = MISTAKES[mistake]
    done = hepasome(mistaken(file, old, new), "model", "check", "thioacetamide_fibrosis")
    assert done.returncode == 2, done.stderr
    assert words[0] in done.stderr
    assert "Traceback" not in done.stderr


def test_every_sentence_of_the_page_about_mistakes_is_one_of_the_program():
    source = "".join(path.read_text() for path in sorted((REPOSITORY / BIOLOGY).glob("*.py")))
    rows = re.findall(r"^\| (.*?) \| .*?\|$", PAGE.split("## When something is wrong")[1], re.MULTILINE)[1:]
    said = [part.strip(" .`") for row in rows for part in row.split("...") if len(part) > 12]
    assert len(said) >= 10
    for part in said:
        pattern = re.escape(part).replace("rat", r"\{.*?\}").replace("mouse", r"\{.*?\}")
        assert re.search(pattern, source), part
