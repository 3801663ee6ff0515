"""Claims that are looked up instead of simulated."""

from typing import get_args, get_type_hints

import pytest

from hepasome.evidence import Claim, load_evidence
from hepasome.inference import CHECKS, judge_checks
from hepasome.product import load_product

S26 = {verdict.claim.id.removeprefix("identity_"): verdict for verdict in judge_checks("exosome_identity")}


def test_every_check_that_a_claim_can_name_exists():
    (allowed, _) = get_args(get_type_hints(Claim)["check"])
    assert set(get_args(allowed)) == set(CHECKS)


def test_every_claim_of_the_records_without_a_study_gets_a_verdict_with_a_reason():
    for name in load_evidence().checked:
        verdicts = judge_checks(name)
        assert [verdict.claim.id for verdict in verdicts] == [c.id for c in load_evidence().claims_of(name)]
        assert all(verdict.reason.endswith(".") for verdict in verdicts)


def test_the_claims_of_the_review_about_exosomes_are_all_there():
    # Van Pham 2017, section on exosomes and figure 1
    said = {"size", "cd63", "cd81", "cd9", "origin", "protein", "mrna", "mirna", "lipid"}
    assert set(S26) == said | {"mirna_length", "mirna_function"}


@pytest.mark.parametrize("claim", ["origin", "mirna_length", "mirna_function"])
def test_what_no_preparation_can_tell_is_not_judged(claim):
    assert S26[claim].label == "not judged"


def test_the_review_is_no_evidence_for_its_own_claims():
    markers = load_product("umbilical_cord_msc_exosome").markers
    assert {m.basis for m in markers if m.name == "CD9"} == {"exosomes in general"}
    assert {m.basis for m in markers if m.name == "CD63"} == {"same kind of cell"}
    assert (S26["cd9"].label, S26["cd63"].label) == ("not judged", "reproduced")
    assert "3 donors" in S26["cd63"].reason


def test_a_range_that_nobody_measured_confirms_no_claim_about_storage():
    verdicts = {verdict.claim.id: verdict for verdict in judge_checks("vesicle_storage")}
    assert verdicts["storage_vesicles"].label == "not judged"
    assert "assumed" in verdicts["storage_vesicles"].reason


def test_a_study_has_no_checks_of_its_own():
    assert judge_checks("li2013") == []
