"""Facts of the literature: each has its source, and each number stands in one table only."""

from collections import Counter

import pytest
from pydantic import ValidationError

from hepasome.evidence import Fact, facts, load_evidence

EVIDENCE = load_evidence()
ROWS = {fact.id: fact for fact in facts()}


def test_all_facts_are_there_with_their_confidence():
    assert len(ROWS) == len(facts()) == 153
    assert Counter(fact.confidence for fact in facts()) == {"confirmed": 123, "secondary": 23, "recalled": 7}


def test_the_references_of_every_fact_exist():
    for fact in facts():
        assert [EVIDENCE.reference(name).id for name in fact.references] == list(fact.references)


def test_what_nobody_read_is_recalled_and_what_stands_in_tables_of_others_is_secondary():
    for fact in facts():
        assert (fact.where == "memory of the paper") == (fact.confidence == "recalled"), fact.id
        kinds = {EVIDENCE.reference(name).kind for name in fact.references}
        assert kinds != {"secondary_table"} or fact.confidence == "secondary", fact.id


def test_a_fact_that_another_table_holds_is_as_sure_as_it_is_there():
    # recalled here means recalled there; otherwise a paper and a table may both tell it
    claims = {claim.id: claim for claim in EVIDENCE.claims}
    for fact in facts():
        held = [claims[name.removeprefix("claim:")] for name in fact.held if name.startswith("claim:")]
        if fact.confidence == "recalled" and held:
            assert {claim.confidence for claim in held} == {"recalled"}, fact.id
        for claim in held:
            if fact.direction in ("up", "down") and len(fact.held) == 1 and claim.direction:
                assert claim.direction == fact.direction, fact.id


def test_the_pooled_effect_behind_the_unattributed_activities_is_there():
    # docs/credibility.md names it: Dai 2025, AST, -2.79 (-3.64 to -1.94)
    row = ROWS["dai2025_1"]
    assert (row.outcome, row.value, row.low, row.high) == ("AST", -2.79, -3.64, -1.94)
    assert (row.unit, row.direction, row.confidence) == ("standardised mean difference", "down", "confirmed")


def test_deaths_under_a_medium_of_no_stem_cells_are_kept():
    # Chang 2015 World J Gastroenterol 21:4184, figure 4: 9 of 13 without, 3 and 7 of 13 with
    assert [(ROWS[name].control, ROWS[name].value) for name in ("chang2015_1", "chang2015_2")] == [(9, 3), (9, 7)]


def test_a_number_of_another_table_cannot_stand_here_too():
    row = {"id": "a", "study": "a", "outcome": "ALT", "reference": "li2013", "where": "text", "confidence": "confirmed"}
    assert Fact(**row, held_in="claim:li2013_ast").held == ("claim:li2013_ast",)
    with pytest.raises(ValidationError, match="no numbers of its own"):
        Fact(**row, held_in="claim:li2013_ast", value=1, unit="U/L")
    with pytest.raises(ValidationError, match="needs its unit"):
        Fact(**row, value=1)
