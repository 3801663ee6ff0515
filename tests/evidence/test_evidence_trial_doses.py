"""Doses of trials in humans: they have their sources, and say what their sources say."""

from hepasome.evidence import load_evidence, trial_doses


def test_every_row_names_a_reference_and_has_its_own_id():
    rows, known = trial_doses(), {reference.id for reference in load_evidence().references}
    assert len({row.id for row in rows}) == len(rows)
    assert {row.reference for row in rows} <= known


def test_the_trials_of_the_liver_and_the_range_of_the_others_are_those_of_the_sources():
    rows = trial_doses()
    liver = {row.trial: row for row in rows if row.indication == "liver"}
    assert set(liver) == {"NCT05940610", "NCT07409259", "NCT05871463", "Shi 2012"}
    assert {row.value for row in rows if row.trial == "NCT05940610"} == {1e10, 1e11}  # "10 E10": either reading
    assert {row.value for row in rows if row.trial == "Shi 2012"} == {3.5e7, 3.5e8}  # two tables, tenfold apart
    vein = [row.value for row in rows if row.route == "intravenous" and row.unit == "particles"]
    assert (min(vein), max(vein)) == (2e8, 3e12)
