"""A whole study translated: three routes, honest intervals, sentences for what cannot be translated."""

import json
import time
from dataclasses import replace

import numpy as np
import pytest

import hepasome
from hepasome.evidence import trial_doses
from hepasome.files import InputError
from hepasome.translation import Interval, _given, all_indications, animal_studies, claims, translate
from hepasome.trial import load_study, study_ids

DRAWS = 100
STUDY = """\
id: mine
title: A trial of my own
subject: {species: mouse, body_weight: 22 g}
disease: {model: ccl4_acute, dose: 0.5 mL/kg}
arms:
  vehicle: {}
  first: {treatment: {product: umbilical_cord_msc_exosome, dose: DOSE, route: intravenous, schedule: {start: 3 h}}}
  second: {treatment: {product: umbilical_cord_msc_exosome, dose: 80 ug, route: portal, schedule: {start: 3 h}}}
control: vehicle
subjects_per_arm: 4
read_out: 24 h
endpoints: [ALT]
"""


@pytest.fixture(scope="module")
def li():
    return translate(load_study("li2013"), draws=DRAWS)


@pytest.fixture(scope="module")
def everything():
    return [translate(load_study(name), draws=DRAWS) for name in ("hyun2015", "li2013", "qu2017")]


@pytest.fixture
def mine(tmp_path):
    def written(dose="40 ug"):
        path = tmp_path / "study.yaml"
        path.write_text(STUDY.replace("DOSE", dose))
        return path

    return written


def test_three_routes_stand_side_by_side_with_intervals(li):
    assert {one.method for one in li.doses} == {"allometry", "Km factors", "model"}
    for one in li.doses:
        for interval in (one.dose, one.particles, one.factor):
            assert 0 < interval.low < interval.median < interval.high
    cells = [(one.route, one.cell) for one in li.by("model")]
    assert len(cells) == len(set(cells)) == 8  # four cell types by two routes
    assert li.main.chosen
    assert li.main.route == "intravenous"


def test_scaling_by_body_size_is_what_one_computes_by_hand(li):
    # 250 ug in a mouse of 18 to 25 g, 22 g in the middle: 250 x (70000/21.2)^0.75, and 250/21.2 x 70000 x 3/37
    (allometry,), (km,) = li.by("allometry"), li.by("Km factors")
    assert allometry.dose.median == pytest.approx(250 * (70_000 / 21.2) ** 0.75, rel=0.35)
    assert km.dose.median == pytest.approx(250 / 21.2 * 70_000 * 3 / 37, rel=0.1)
    assert allometry.factor.high == pytest.approx(70_000 / 21.2, rel=0.35)  # the same dose per kg at the upper end


def test_the_same_vesicles_per_cell_by_the_same_route_follow_the_number_of_cells(li):
    # 2.5e11 hepatocytes of a human of 70 kg over 1.5e8 of a mouse of 20 g, the study's mice being a little heavier
    by_cells = 2.5e11 / (1.5e8 * 21.2 / 20)
    for one in li.by("model"):
        if one.route != "intravenous":
            assert one.factor.median == pytest.approx(by_cells, rel=0.4)


def test_what_the_units_of_the_dose_say_is_kept(li):
    assert li.unit == "ug"
    assert li.animal_dose == Interval(250.0, 250.0, 250.0)
    product = load_study("li2013").products()["exosome"]
    each = product.particles_per_ug
    assert each.low < li.main.particles.median / li.main.dose.median < each.high


def test_the_cell_is_the_one_of_the_claims_or_the_one_asked_for(li, everything):
    found = {one.study: one for one in everything}
    assert (found["qu2017"].cell, found["hyun2015"].cell, li.cell) == ("stellate", "stellate", "kupffer")
    assert "miR-181-5p" in found["qu2017"].why_cell
    asked = translate(load_study("li2013"), draws=20, cell="hepatocyte")
    assert (asked.main.cell, asked.why_cell) == ("hepatocyte", "asked for")


def test_drivers_are_named_and_an_unread_dose_is_the_first_of_them(everything):
    found = {one.study: one for one in everything}
    assert found["qu2017"].drivers[0].cause == "dose of the animal"  # 4 to 400 ug
    for one in everything:
        assert 1 <= len(one.drivers) <= 5
        assert all(0 < driver.share <= 1 for driver in one.drivers)
    assert all(driver.cause != "dose of the animal" for driver in found["li2013"].drivers)  # 250 ug, confirmed


def test_the_same_seed_gives_the_same_result_and_another_seed_a_similar_one(li):
    study = load_study("li2013")
    assert translate(study, draws=DRAWS, workers=2).json() == li.json()
    other = translate(study, draws=DRAWS, seed=2)
    assert other.json() != li.json()
    assert other.main.dose.median == pytest.approx(li.main.dose.median, rel=0.5)


def test_a_study_takes_less_than_twenty_seconds(li):
    started = time.process_time()  # of one core, however busy the machine is
    translate(load_study("hyun2015"))
    assert time.process_time() - started < 20


def test_cells_are_translated_with_their_soluble_factors(everything):
    found = next(one for one in everything if one.study == "hyun2015")
    assert found.unit == "cells"
    assert {one.cell for one in found.by("model")} >= {"soluble", "kupffer", "stellate", "hepatocyte", "endothelial"}
    assert all(one.particles is None for one in found.doses)
    assert {row.trial for row in found.trials} == {"Shi 2012"}


@pytest.mark.parametrize("dose", ["40 ug", "2 mg/kg", "1e10 particles", "5e11 particles/kg"])
def test_a_users_own_study_is_translated_whatever_the_unit(mine, dose):
    found = hepasome.translate(mine(dose), draws=20).translation
    assert found.arm == "first"
    assert found.unit == ("particles" if "particles" in dose else "ug")
    assert found.main.factor.median > 100
    assert len(found.by("model")) == 4  # the study's route is the vein already


def test_vesicles_lost_in_storage_are_not_in_the_human_dose_either(mine):
    path = mine("1e10 particles")
    product = "{base: umbilical_cord_msc_exosome, stored: {temperature: 4 C, for: 48 h}}"
    fresh = hepasome.translate(path, draws=20).translation.main
    path.write_text(path.read_text().replace("product: umbilical_cord_msc_exosome", f"product: {product}", 1))
    cold = hepasome.translate(path, draws=20).translation.main
    assert fresh.particles.median == pytest.approx(fresh.dose.median)
    # Evtushenko 2020: 49 % left, 46 to 52 % within the error
    assert cold.particles.median / cold.dose.median == pytest.approx(0.49, abs=0.03)


def test_a_dose_per_kg_is_the_dose_of_the_animal(mine):
    found = hepasome.translate(mine("2 mg/kg"), draws=20).translation
    assert found.animal_dose.median == pytest.approx(44.0)  # 22 g


def test_another_arm_may_be_asked_for_and_a_wrong_one_is_answered(mine):
    assert hepasome.translate(mine(), draws=20, arm="second").translation.animal_route == "portal"
    with pytest.raises(InputError, match="first, second"):
        hepasome.translate(mine(), arm="vehicle")


def test_what_has_no_animal_dose_is_refused_with_the_reason():
    study = load_study("li2013")
    template = type(study.subject)
    dish = template.model_validate({"species": "mouse", "culture": {"cells": "2e5 cells", "medium": "1 mL"}})
    patient = template.model_validate({"species": "human", "body_weight": "70 kg"})
    untreated = {name: arm for name, arm in study.arms.items() if arm.treatment is None}
    for update, words in (
        ({"subject": dish}, "in culture"),
        ({"subject": patient}, "to humans already"),
        ({"arms": untreated}, "there is no dose to translate"),
    ):
        with pytest.raises(InputError, match=words):
            translate(study.model_copy(update=update))


@pytest.mark.parametrize(("asked", "words"), [({"cell": "neuron"}, "kupffer"), ({"draws": 3}, "20 to 20,000")])
def test_what_cannot_be_asked_is_answered_with_what_can(asked, words):
    with pytest.raises(InputError, match=words):
        translate(load_study("li2013"), **asked)


def test_soluble_factors_cannot_be_asked_of_vesicles():
    with pytest.raises(InputError, match="does not act there"):
        translate(load_study("li2013"), draws=20, cell="soluble")


def test_progress_only_grows_and_ends_at_its_total():
    seen = []
    translate(load_study("li2013"), draws=20, on_progress=lambda done, total: seen.append((done, total)))
    done = [one for one, _ in seen]
    assert done == sorted(done)
    assert seen[-1][0] == seen[-1][1] > 0
    assert all(one <= total for one, total in seen)


CONDITIONED = """\
id: medium
name: Medium that cells conditioned
kind: conditioned_medium
source_cell: adipose_msc
secretes: adipose_msc_exosome
particles_per_cell_equivalent: {value: 1500, low: 500, high: 5000, unit: particles, status: assumed, source: test}
"""


def test_conditioned_medium_is_translated_with_vesicles_and_soluble_factors(tmp_path, mine):
    (tmp_path / "medium.yaml").write_text(CONDITIONED)
    path = mine("2e6 cell_equivalents")
    text = path.read_text().replace("umbilical_cord_msc_exosome", "medium.yaml")
    path.write_text(text.replace("dose: 80 ug", "dose: 1e6 cell_equivalents"))
    found = hepasome.translate(path, draws=20).translation
    assert found.unit == "cell_equivalents"
    factors = {one.cell: one.factor for one in found.by("model")}
    # what lies in the medium meets the hepatocytes of either body alike: their numbers are all that differs
    assert factors["soluble"].median == pytest.approx(2.5e11 / (1.5e8 * 22 / 20), rel=0.3)
    assert factors["kupffer"].median > 100


def test_a_route_that_a_healthy_body_lacks_leaves_body_size_alone_and_says_so(monkeypatch, mine):
    monkeypatch.setattr("hepasome.translation._delivery.routes_into", lambda *_: ("portal",))
    found = hepasome.translate(mine(), draws=20).translation
    assert "intravenous" in found.missing
    assert {one.method for one in found.doses} == {"allometry", "Km factors"}
    assert found.main is found.over_trials is None
    (verdict, *_) = claims([replace(found, draws=DRAWS)])
    assert (verdict.label, "body size" in verdict.reason) == ("conditional", True)


def test_a_tumour_is_not_taken_for_a_liver_cell(monkeypatch, mine):
    monkeypatch.setattr(_given, "cell_types", lambda structure: ("kupffer", "tumour"))
    found = hepasome.translate(mine(), draws=20).translation
    assert found.lacking_cell == "tumour"
    assert "a healthy body lacks" in found.why_cell
    assert claims([found])[0].label == "not judged"  # of 20 draws
    assert claims([replace(found, draws=DRAWS)])[0].label == "conditional"


def test_a_dose_in_either_of_two_units_is_refused(mine):
    path = mine("{one_of: [40 ug, 1e10 particles], reason: the paper says both}")
    with pytest.raises(InputError, match="choice between units"):
        hepasome.translate(path)


def test_every_translated_study_has_its_row(everything):
    table = all_indications(everything)
    assert table["study"].tolist() == [one.study for one in everything]
    assert (table["intravenous_median"] > 0).all()


def test_every_shipped_study_is_one_of_animals_or_has_a_reason_why_not(everything):
    animals = {study.id for study in animal_studies()}
    assert {"hyun2015", "li2013", "qu2017"} <= animals <= set(study_ids())
    refused = {claim.study: claim for claim in claims(everything) if claim.label == "not judged"}
    assert set(refused) == set(study_ids()) - animals
    assert all(claim.reason.endswith(".") for claim in refused.values())


def test_the_claim_is_judged_study_by_study_and_over_all(everything):
    judged = {claim.study: claim for claim in claims(everything)}
    assert judged["li2013"].label == "reproduced"
    assert judged["qu2017"].label == "conditional"  # a dose of 4 to 400 ug in the animal names none in man
    assert "animal's own dose" in judged["qu2017"].reason
    whole = judged[""]
    assert whole.id == whole.system == "S29"
    assert whole.label == "conditional"


def test_the_doses_of_vesicles_lie_beyond_those_of_trials(li):
    highest = max(row.value for row in trial_doses() if row.route == "intravenous" and row.unit == "particles")
    assert highest == 3e12
    assert li.over_trials == pytest.approx(li.main.particles.median / highest)
    assert li.over_trials > 10


def test_json_holds_everything_and_only_numbers_that_exist(li):
    read = json.loads(li.json())
    assert len(read["doses"]) == len(li.doses)
    assert read["doses"][0]["particles"]["low"] == li.doses[0].particles.low
    assert read["trials"][0]["reference"] == "chaudhari2026"


def test_the_interval_of_nothing_is_no_number():
    assert np.isnan(Interval.of(np.array([np.nan])).median)
