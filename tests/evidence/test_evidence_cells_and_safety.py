"""S08, S12, S13, S25 and S27: what was given to whom, which corrections stand; recalled numbers are no targets."""

import pytest

from hepasome.evidence import load_evidence
from hepasome.trial import Between, load_study

EVIDENCE = load_evidence()


@pytest.mark.parametrize(
    ("system", "study", "given", "species"),
    [
        ("S08", "truong2016", "CELL", "mouse"),
        ("S08", "gilsanz2017", "CELL", "rat"),
        ("S08", "mohamed2016", "CELL", "rat"),
        ("S08", "motawi2014", "CELL", "rat"),
        ("S12", "shi2012", "CELL", "human"),
        ("S13", "milosavljevic2017", "CELL and CM", "mouse"),
        ("S13", "gazdic2017", "CELL and CM", "mouse"),
        ("S25", "sun2016", "EV", "rat"),
        ("S25", "sun2016_rabbit", "EV", "rabbit"),
        ("S25", "sun2016_guinea_pig", "EV", "guinea_pig"),
        ("S25", "sun2016_mouse", "EV", "mouse"),
        ("S27", "ev_versus_cells", "EV and CELL", "mouse"),
    ],
)
def test_the_systems_are_told_as_they_were_done(system, study, given, species):
    record = EVIDENCE.record(study)
    assert (record.system, record.given, record.species) == (system, given, species)


def test_the_dose_of_s12_is_the_range_between_two_tables_that_differ_tenfold():
    # 0.5e6 cells/kg in PMC7347777 table 2, 0.5e7 in s13287-025-04303-8 table 1
    treatment = load_study("shi2012").arms["cells"].treatment
    assert isinstance(treatment.dose, Between)
    assert (treatment.dose.low.to("cells/kg"), treatment.dose.high.to("cells/kg")) == (0.5e6, 0.5e7)
    assert (treatment.schedule.times, treatment.schedule.every.to("wk")) == (3, pytest.approx(4))  # Van Pham 2017


def test_the_deaths_of_s12_are_recalled_and_are_in_no_table_of_numbers():
    deaths = [fact for fact in EVIDENCE.record("shi2012").protocol if fact.detail == "deaths"]
    assert [fact.confidence for fact in deaths] == ["recalled"]
    assert EVIDENCE.observations_of("shi2012") == ()
    survival = [claim for claim in EVIDENCE.claims_of("shi2012") if claim.endpoint == "survival"]
    assert [(claim.kind, claim.direction) for claim in survival] == [("direction", "up")]


def test_claims_of_s12_are_those_of_the_review():
    found = {(claim.endpoint, claim.direction) for claim in EVIDENCE.claims_of("shi2012")}
    up = ("survival", "albumin", "cholinesterase", "prothrombin_activity", "platelets")
    assert found == {*((name, "up") for name in up), ("bilirubin", "down"), ("ALT", "down")}


def test_truong_2016_claims_that_the_routes_do_not_differ():
    same = [claim for claim in EVIDENCE.claims_of("truong2016") if claim.kind == "no_difference"]
    assert {(claim.arm, claim.versus, claim.at) for claim in same} == {
        ("portal_vein", "tail_vein", "21 d after treatment")
    }
    arms = load_study("truong2016").arms
    routes = [arms[name].treatment.route for name in ("tail_vein", "portal_vein")]
    assert routes == ["intravenous", "portal"]
    assert arms["tail_vein"].treatment.dose == arms["portal_vein"].treatment.dose


def test_arms_with_an_inhibitor_differ_from_their_control_in_the_inhibitor_alone():
    pairs = [
        ("milosavljevic2017", "cells", "cells_1_MT", "1_MT"),
        ("gazdic2017", "medium", "medium_1_MT", "1_MT"),
        ("gazdic2017", "medium", "medium_L_NMMA", "L_NMMA"),
    ]
    for study, without, inhibited, agent in pairs:
        arms = load_study(study).arms
        assert arms[without].treatment == arms[inhibited].treatment
        assert [given.agent for given in arms[inhibited].agents] == [agent]
        assert arms[without].agents == ()


def test_safety_is_claimed_as_no_difference_but_for_weight():
    claims = [claim for claim in EVIDENCE.claims if claim.study.startswith("sun2016")]
    assert [claim.endpoint for claim in claims if claim.kind != "no_difference"] == ["relative_body_weight"]
    assert {claim.endpoint for claim in claims} >= {"haemolysis", "body_temperature", "complement_activation"}


def test_what_is_no_independent_test_says_so():
    for study in ("milosavljevic2017", "gazdic2017"):
        assert "no independent test" in " ".join(load_study(study).notes)
