"""Study files: the shipped ones hold, bad ones are refused with every finding and its line."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hepasome.files import InputError
from hepasome.trial import Between, load_study, study_ids

GOOD = """\
id: my_trial
title: A trial
subject: {species: mouse, body_weight: 22 g}
disease: {model: ccl4_fibrosis, dose: 0.5 mL/kg, every: 3.5 d, for: 2 wk}
arms:
  vehicle: {}
  recovery: {disease: {stop_at: 1 wk}}
  exosome:
    treatment:
      product: umbilical_cord_msc_exosome
      dose: 40 ug
      route: intravenous
      schedule: {start: 1 wk}
control: vehicle
subjects_per_arm: 3
read_out: 2 wk
endpoints: [AST, ALT at 1 wk]
"""


def write(folder, text):
    path = folder / "study.yaml"
    path.write_text(text)
    return path


def test_the_example_is_a_study(tmp_path):
    study = load_study(write(tmp_path, GOOD))
    assert [str(endpoint) for endpoint in study.endpoints] == ["AST", "ALT at 1 wk"]
    assert study.arms["exosome"].treatment.dose.to("ug") == 40


@pytest.mark.parametrize("name", ["li2013", "hyun2015", "qu2017"])
def test_shipped_studies_hold_and_have_a_recovery_arm(name):
    study = load_study(name)
    assert study.id == name
    assert study.arms["recovery"].disease.stop_at == "treatment"
    assert study.arms["recovery"].treatment is None
    assert name in study_ids()


def test_li_2013_fixes_only_what_is_confirmed():
    study = load_study("li2013")
    treatment = study.arms["exosome"].treatment
    assert (str(treatment.dose), treatment.route) == ("250 ug", "intrahepatic")  # PMC9021384 Table 4
    for detail in (study.disease.dose, study.disease.every, study.disease.duration, study.read_out):
        assert isinstance(detail, Between)
        assert len(detail.reason) > 10


def test_hyun_2015_gives_cells_not_vesicles():
    assert {product.kind for product in load_study("hyun2015").products().values()} == {"cells"}


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("title: A trial", "titel: A trial", 2, "Did you mean `title`"),
        ("species: mouse", "species: unicorn", 3, "mouse"),
        ("body_weight: 22 g", "body_weight: 22 mL", 3, "does not fit"),
        ("body_weight: 22 g", "body_weight: -22 g", 3, "above zero"),
        ("dose: 0.5 mL/kg", "dose: 0.5", 4, "unit is missing"),
        ("dose: 0.5 mL/kg", "dose: .nan", 4, "missing or infinite"),
        ("dose: 40 ug", "dose: -40 ug", 11, "above zero"),
        ("dose: 40 ug", "dose: 40 furlong", 11, "not a unit"),
        ("dose: 40 ug", "dose: 1e6 cells", 11, "vesicles in ug or particles"),
        ("dose: 40 ug", "dose: {low: 4 ug, high: 1 ug, reason: x}", 11, "below `high`"),
        ("dose: 40 ug", "dose: {low: 4 ug, high: 10 ug}", 11, "reason"),
        ("route: intravenous", "route: telepathic", 12, "not one of"),
        ("product: umbilical_cord_msc_exosome", "product: ../../../etc/passwd", 10, ""),
        ("product: umbilical_cord_msc_exosome", "product: no_such_product", 10, "no_such_product"),
        ("control: vehicle", "control: placebo", None, "placebo"),
        ("  recovery: {disease: {stop_at: 1 wk}}\n", "", None, "natural recovery"),
        ("endpoints: [AST, ALT at 1 wk]", "endpoints: [AST, charisma]", 17, "charisma"),
        ("subjects_per_arm: 3", "subjects_per_arm: 1", 15, "whole number"),
        ("schedule: {start: 1 wk}", "schedule: {start: 1 wk, times: 3}", 13, "every"),
        ("id: my_trial", "id: ../evil", 1, "small letters"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path, old, new, line, words):
    assert old in GOOD
    with pytest.raises(InputError) as error:
        load_study(write(tmp_path, GOOD.replace(old, new)))
    assert words.lower() in str(error.value).lower()
    if line is not None:
        assert line in [finding.line for finding in error.value.findings]


def test_all_mistakes_come_at_once(tmp_path):
    text = (
        GOOD.replace("22 g", "22 mL").replace("mouse", "unicorn").replace("40 ug", "-40 ug").replace("title", "titel")
    )
    with pytest.raises(InputError) as error:
        load_study(write(tmp_path, text))
    assert len(error.value.findings) >= 4
    assert re.match(r"\d+ problems in ", str(error.value))


def test_an_unknown_study_is_answered_with_those_that_exist():
    with pytest.raises(InputError, match="li2013"):
        load_study("li2014")


@given(st.text(max_size=300))
def test_any_text_is_a_study_or_a_finding(tmp_path_factory, text):
    path = Path(tmp_path_factory.mktemp("any")) / "study.yaml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    with pytest.raises(InputError):
        load_study(path)


@pytest.mark.parametrize(
    ("endpoints", "problem"),
    [("[AST, AST]", "`AST` stands twice"), ("[AST at 3 wk]", "comes after the read-out at 2 wk")],
)
def test_an_endpoint_is_read_once_and_while_the_animals_live(tmp_path, endpoints, problem):
    with pytest.raises(InputError) as error:
        load_study(write(tmp_path, GOOD.replace("[AST, ALT at 1 wk]", endpoints)))
    assert problem in str(error.value)


def test_a_changed_copy_is_held_against_the_claims_about_the_original(tmp_path):
    assert load_study(write(tmp_path, GOOD)).claims == ()
    copy = load_study(write(tmp_path, GOOD + "claims_of: li2013\n"))
    assert copy.claims == load_study("li2013").claims != ()


def test_claims_of_a_study_that_nobody_published_are_refused_with_a_suggestion(tmp_path):
    with pytest.raises(InputError, match=r"Nothing is claimed of `li2031`. Did you mean `li2013`\? ") as found:
        load_study(write(tmp_path, GOOD + "claims_of: li2031\n"))
    assert found.value.findings[0].field == "claims_of"
