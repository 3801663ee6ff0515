"""The shipped evidence: it holds, it fits the study files, and it says what the sources say."""

import pytest
from pydantic import ValidationError

from hepasome.biology import actions, all_read_outs
from hepasome.evidence import Claim, Observation, check_evidence, endpoints, load_evidence
from hepasome.files import Quantity
from hepasome.inference import load_calibration
from hepasome.trial import Between, load_study, study_ids

EVIDENCE = load_evidence()
SIMULATED = [claim for claim in EVIDENCE.claims if claim.kind != "check"]
CLAIMS = pytest.mark.parametrize("claim", SIMULATED, ids=lambda claim: claim.id)
STUDY = pytest.mark.parametrize("name", study_ids())


def observed(name):
    return {observation.id: observation for observation in EVIDENCE.observations}[name]


def directions(study, kind="direction"):
    return {(claim.endpoint, claim.direction) for claim in EVIDENCE.claims_of(study) if claim.kind == kind}


def test_the_shipped_evidence_holds():
    assert check_evidence() == []


def test_every_study_has_its_record_and_every_record_its_study():
    # a record without a study file has only claims that are looked up instead of simulated
    assert sorted(record.id for record in EVIDENCE.records) == sorted([*study_ids(), *EVIDENCE.checked])
    assert {EVIDENCE.record(name).species for name in EVIDENCE.checked} == {"none"}


@CLAIMS
def test_a_claim_is_about_arms_and_an_endpoint_that_its_study_simulates(claim):
    study = load_study(claim.study)
    label = f"{claim.endpoint} at {claim.at}" if claim.at else claim.endpoint
    assert label in [str(endpoint) for endpoint in study.endpoints]
    assert {claim.arm, claim.versus} <= set(study.arms)
    arm, other = study.arms[claim.arm], study.arms[claim.versus]
    assert arm.treatment is not None or (arm.agents, arm.disease) != (other.agents, other.disease)


@pytest.mark.parametrize("claim", [c for c in EVIDENCE.claims if c.kind == "mechanism"], ids=lambda c: c.id)
def test_a_claimed_mechanism_is_in_the_model_and_its_cargo_in_the_product(claim):
    cell = claim.cell.removesuffix("_cell")
    known = [(row.cargo, row.target, row.cell) for row in actions()]
    known += [(f"ASS1_{kind}", "ASS1", "hepatocyte") for kind in ("mRNA", "protein")]
    assert (claim.cargo, claim.target, cell) in known
    carried = {cargo.name for cargo in load_study(claim.study).products()[claim.arm].vesicles.cargo}
    assert claim.cargo in carried


def test_the_reference_of_every_row_exists():
    rows = [*EVIDENCE.records, *EVIDENCE.claims, *EVIDENCE.observations]
    rows += [fact for record in EVIDENCE.records for fact in record.protocol]
    assert {EVIDENCE.reference(row.reference).id for row in rows} == {row.reference for row in rows}
    assert {load_study(name).reference for name in study_ids()} <= {reference.id for reference in EVIDENCE.references}


def test_an_unknown_reference_or_study_is_said():
    with pytest.raises(KeyError, match="li2014"):
        EVIDENCE.reference("li2014")
    assert EVIDENCE.record("li2014") is None
    assert EVIDENCE.claims_of("li2014") == ()


def test_every_endpoint_is_read_out_of_the_model_in_its_unit():
    units = {row.read_out: row.unit for row in all_read_outs()}
    read = [endpoint for endpoint in endpoints() if endpoint.kind != "kinetics"]
    assert {endpoint.id: endpoint.unit.replace("share", "1") for endpoint in read} == {
        endpoint.id: units[endpoint.id] for endpoint in read
    }


def test_endpoints_of_kinetics_are_computed_by_the_calibration_that_uses_them():
    computed = load_calibration("vesicle_kinetics_mouse").observables
    assert {endpoint.id for endpoint in endpoints() if endpoint.kind == "kinetics"} == set(computed)


@STUDY
def test_a_study_of_repeated_injury_has_an_untreated_arm_in_which_it_is_stopped(name):
    study = load_study(name)
    if not study.disease.modelled.natural_recovery:
        assert not study.disease.modelled.repeats  # what is done once is over when it is done
        return
    stopped = [a for a in study.arms.values() if getattr(a.disease, "stop_at", None) == "treatment"]
    assert [arm.treatment for arm in stopped] == [None]


@STUDY
def test_record_and_study_file_agree_on_what_was_given_to_whom(name):
    study, record = load_study(name), EVIDENCE.record(name)
    kinds = {product.kind for product in study.products().values()}
    agents = {given.agent for arm in study.arms.values() for given in arm.agents}
    given = {"EV": "vesicles", "CELL": "cells", "CM": "conditioned_medium"}
    if record.given == "mech":
        assert (kinds, bool(agents)) == (set(), True)
    elif record.given == "CELL" and not kinds:
        assert agents == {"gene_corrected_cells"}
    else:
        assert kinds >= {given[one] for one in record.given.split(" and ")}
    assert (study.subject.species, study.system, study.reference) == (record.species, record.system, record.reference)


@STUDY
def test_a_dose_that_no_source_confirms_is_a_range_with_its_reason(name):
    facts = {fact.detail: fact for fact in EVIDENCE.record(name).protocol}
    seen = "dose" in facts and facts["dose"].confidence != "recalled"
    for arm in load_study(name).arms.values():
        if arm.treatment is not None:
            assert isinstance(arm.treatment.dose, Quantity if seen else Between)


@pytest.mark.parametrize(
    ("system", "study", "given", "species"),
    [("S01", "li2013", "EV", "mouse"), ("S02", "hyun2015", "CELL", "rat"), ("S03", "qu2017", "EV", "mouse")],
)
def test_the_systems_of_the_review_are_told_as_they_were_done(system, study, given, species):
    record = EVIDENCE.record(study)
    assert (record.system, record.given, record.species) == (system, given, species)


@pytest.mark.parametrize(
    ("study", "words"),
    [
        ("li2013", "the model is chronic"),  # the review: "acutely fibrotic livers" (PMC9021384, table 4)
        ("li2013", "625-fold"),  # 250 ug against 0.4 ug of Tan 2014
        ("hyun2015", "the animals got living cells"),  # the review's Table I: exosomes (abstract of Hyun 2015)
        ("hyun2015", "in culture (LX2) only"),
        ("qu2017", "hepatic stellate cells, not on stem cells"),  # the review: stem cells (PMC3619187)
    ],
)
def test_corrections_of_the_review_stand_in_the_notes(study, words):
    assert words in " ".join(EVIDENCE.record(study).notes)


def test_the_corrections_of_s01_and_s02_also_reach_the_report():
    assert "chronic" in " ".join(load_study("li2013").notes)
    assert "living cells" in " ".join(load_study("hyun2015").notes)


def test_claims_of_s01_are_those_of_the_review_and_its_later_table():
    # Van Pham 2017, fibrosis section; EMT, hyaluronic acid and apoptosis: PMC9021384, table 4
    down = ["AST", "collagen_I", "collagen_III", "TGF_beta1", "collagen_area", "macrophages"]
    down += ["N_cadherin", "vimentin", "hyaluronic_acid", "hepatocyte_apoptosis"]
    assert directions("li2013") == {("E_cadherin", "up"), *((name, "down") for name in down)}


def test_claims_of_s02_are_those_of_the_abstract():
    assert directions("hyun2015") == {(n, "down") for n in ("SMO", "GLI", "progenitor_cells", "collagen_area")}
    blocked = [claim for claim in EVIDENCE.claims_of("hyun2015") if claim.kind == "mechanism"]
    assert {(c.cargo, c.cell, c.setting) for c in blocked} == {("miR-125b-5p", "stellate_cell", "in_vitro")}
    removed = load_study("hyun2015").products()[blocked[0].versus]
    assert {cargo.copies_per_vesicle.value for cargo in removed.vesicles.cargo if "125b" in cargo.name} <= {0.0}


def test_claims_of_s03_compare_enriched_vesicles_with_control_vesicles():
    claims = EVIDENCE.claims_of("qu2017")
    assert {(claim.arm, claim.versus, claim.cargo) for claim in claims} == {
        ("enriched_exosome", "control_exosome", "miR-181-5p")
    }
    down = ["ALT", "collagen_I", "vimentin", "alpha_SMA", "fibronectin", "STAT3", "BCL2"]
    assert directions("qu2017", "mechanism") == {("autophagy", "up"), *((name, "down") for name in down)}
    cultured = {claim.endpoint for claim in claims if claim.setting == "in_vitro"}
    assert cultured == {"STAT3", "BCL2", "autophagy"}  # HST-T6 cells (abstract, PMC5618698)


@pytest.mark.parametrize(
    ("study", "detail", "value", "confidence"),
    [
        ("li2013", "dose", "250 ug in 330 uL PBS", "secondary"),  # s13287-017-0576-4, table 1
        ("li2013", "route", "intrahepatic", "secondary"),  # PMC9021384, table 4
        ("li2013", "induction", "CCl4 0.6 mL/kg i.p. twice weekly for 6 weeks", "recalled"),
        ("hyun2015", "treatment", "chorionic-plate MSC against saline", "confirmed"),  # abstract
        ("hyun2015", "dose", "2e6 cells directly into the liver", "recalled"),
        ("qu2017", "control vesicles", "exosomes of adipose MSC with miR-67 of C. elegans", "confirmed"),  # abstract
    ],
)
def test_a_protocol_fact_says_how_sure_it_is(study, detail, value, confidence):
    (fact,) = [fact for fact in EVIDENCE.record(study).protocol if fact.detail == detail]
    assert (fact.value, fact.confidence) == (value, confidence)


@pytest.mark.parametrize(
    ("name", "value", "spread", "n"),
    [
        # male Wistar rats, CCl4 2 mL/kg i.p. once: abstract at discovery.researcher.life
        ("ccl4_rat_ALT_0h", 106.6, None, None),
        ("ccl4_rat_ALT_24h", 693.1, None, None),
        ("ccl4_rat_AST_0h", 113.8, None, None),
        ("ccl4_rat_AST_24h", 693.9, None, None),
        ("ccl4_rat_bilirubin_0h", 0.119, None, None),
        ("ccl4_rat_bilirubin_24h", 0.42, None, None),
        # mice, CCl4 once, mean and SE of five: Holland 2021 Hepatol Commun, figure digitised
        ("holland2021_acute_ALT_24h", 21160, 2970, 5),
        ("holland2021_acute_AST_24h", 16856, 1556, 5),
    ],
)
def test_a_published_number_is_as_published(name, value, spread, n):
    row = observed(name)
    assert (row.value, row.spread, row.n, row.use) == (value, spread, n, "target")


def test_observations_are_found_by_study_and_condition():
    acute = EVIDENCE.observations_of("holland2021", "acute_ccl4_mouse")
    assert len(acute) == 9
    assert (
        len(EVIDENCE.observations_of("holland2021")) == 9 + 4 + 2 + 15 + 12
    )  # acute, chronic, acetaminophen: two medians; resection
    assert {row.time_unit for row in acute} == {"h"}


@pytest.mark.parametrize("row", [*EVIDENCE.observations, *EVIDENCE.claims], ids=lambda row: row.id)
def test_a_recalled_number_is_never_a_target(row):
    target = row.use == "target" if isinstance(row, Observation) else row.kind == "number"
    if target:
        assert row.confidence != "recalled"
    with pytest.raises(ValidationError, match="recalled"):
        type(row).model_validate({**row.model_dump(), "confidence": "recalled", **_as_target(row)})


def _as_target(row):
    if not isinstance(row, Claim):
        return {"use": "target"}
    arms = {"check": None, "endpoint": "ALT", "arm": "treated", "versus": "vehicle", "direction": "down"}
    return {"kind": "number", "value": -0.5, "unit": "share", **arms}


@pytest.mark.parametrize("name", ["li2013", "hyun2015", "qu2017"])
def test_what_was_seen_in_no_source_has_no_number(name):
    # of the treatment studies that the review cites, no control, disease and treated value could be read
    assert EVIDENCE.observations_of(name) == ()
    assert [claim.value for claim in EVIDENCE.claims_of(name) if claim.value is not None] == []
