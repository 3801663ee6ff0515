"""Scaling by body size against published, hand-computed examples."""

import pytest

from hepasome.evidence import load_evidence
from hepasome.files import InputError
from hepasome.translation import allometric_dose, constants, km_dose, km_factors


@pytest.mark.parametrize(
    ("dose", "species", "human"),
    [
        (22.4, "mouse", 1.82),  # Reagan-Shaw 2008 FASEB J 22:659: resveratrol, 22.4 mg/kg x 3/37, 109 mg for 60 kg
        (50, "rat", 8.1),  # 50 mg/kg x 0.162: Nair & Jacob 2016 J Basic Clin Pharm 7:27
    ],
)
def test_km_factors_give_the_published_examples(dose, species, human):
    assert km_dose(dose, species) == pytest.approx(human, rel=0.005)


@pytest.mark.parametrize(
    ("species", "factor"),  # FDA 2005, table 1: multiply the animal's dose in mg/kg by
    [("mouse", 0.08), ("rat", 0.16), ("guinea_pig", 0.22), ("rabbit", 0.32), ("pig", 0.73), ("human", 1.0)],
)
def test_km_factors_are_those_of_the_guidance(species, factor):
    assert round(km_dose(1.0, species), 2) == factor


def test_a_species_without_km_factor_is_told_which_have_one():
    with pytest.raises(InputError, match="guinea_pig"):
        km_dose(1.0, "axolotl")


def test_allometry_gives_the_published_example():
    # Nair & Jacob 2016: a rat of 150 g at 18 mg/kg is a human of 60 kg at 2.5 mg/kg, with the exponent 0.67
    human = allometric_dose(18 * 0.150, 0.150, 60.0, 0.67)
    assert human / 60 == pytest.approx(2.5, rel=0.01)


@pytest.mark.parametrize(("weight", "factor"), [(0.025, 0.14), (0.25, 0.24)])
def test_three_quarters_give_the_factors_of_the_environmental_agency(weight, factor):
    # EPA 2011, Recommended use of body weight 3/4: dosimetric adjustment factors of mouse and rat for 70 kg
    assert allometric_dose(weight, weight, 70.0) / 70 == pytest.approx(factor, abs=0.005)


def test_an_exponent_of_one_keeps_the_dose_per_kg_and_zero_keeps_the_dose():
    assert allometric_dose(5.0, 20.0, 70_000.0, 1.0) / 70_000 == pytest.approx(5.0 / 20)
    assert allometric_dose(5.0, 20.0, 70_000.0, 0.0) == 5.0


def test_every_constant_has_an_interval_and_a_source():
    rows = constants()
    assert rows["allometric_exponent"].value == 0.75
    assert all(row.low < row.value <= row.high or row.low <= row.value < row.high for row in rows.values())
    assert all(len(row.source) >= 8 for row in [*rows.values(), *km_factors().values()])
    assert load_evidence().reference("fda2005").year == 2005
