"""Where the numbers of a body come from."""

import re

import pytest

from hepasome.biology import SPECIES, parameters

IN_HTTK = {"mouse", "rat", "human"}  # whose table of Davies & Morris 1993 we took from httk 2.7.4


@pytest.mark.parametrize("species", SPECIES)
def test_no_number_is_said_to_come_from_a_table_of_other_species(species):
    rows = [row for row in parameters(species).values() if row.species == species]
    assert rows
    wrong = [row.symbol for row in rows if "Davies & Morris" in row.source and species not in IN_HTTK]
    assert wrong == []


@pytest.mark.parametrize("species", SPECIES)
def test_a_measured_number_is_no_gap_in_its_source(species):
    rows = [row for row in parameters(species).values() if row.status == "measured"]
    assert [row.symbol for row in rows if re.search("nothing read|are gaps", row.source)] == []


def test_brown_1997_beside_the_cardiac_output_of_rodents():
    # 16.5 and 15 L/h/kg^0.75 (Brown 1997, as written in UFPBPK model code) over ours: what our sources say of them
    for species, per_weight, times in (("mouse", 16.5, 1.8), ("rat", 15.0, 1.2)):
        rows = parameters(species)
        brown = 1000 * per_weight * (rows["body_weight"].value / 1000) ** 0.75
        assert brown / rows["cardiac_output"].value == pytest.approx(times, abs=0.05)
        assert f"Brown 1997 gives {times:g} times as much" in rows["cardiac_output"].source
