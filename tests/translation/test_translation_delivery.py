"""Delivery in a healthy body: nothing is lost, and sameness of bodies means sameness of doses."""

import numpy as np
import pytest

from hepasome.biology import (
    SPECIES,
    Structure,
    disease_model,
    model_sbml,
    parameters,
    scaled_to_body_weight,
    unit_findings,
)
from hepasome.engine import CompiledSimulator, Dose, Model, Subject
from hepasome.product import load_product
from hepasome.translation import SOLUBLE, Delivery, Giving, matching_factors
from hepasome.trial import solver_settings

FATES = [
    *("vesicles_in_blood", "vesicles_in_depot", "vesicles_in_lung", "vesicles_in_spleen", "vesicles_elsewhere"),
    *("vesicles_in_sinusoids", "vesicles_in_kupffer_cells", "vesicles_in_endothelial_cells"),
    *("vesicles_in_stellate_cells", "vesicles_in_hepatocytes"),
]
DIAMETERS = load_product("umbilical_cord_msc_exosome").diameters()
ROUTES = ("intravenous", "portal", "intrasplenic", "intraperitoneal", "intrahepatic")


def values(species):
    return {symbol: row.value for symbol, row in parameters(species, "vesicle_delivery").items()}


def giving(amount=1e9, route="intravenous", times=(0.0,), kind="vesicles"):
    return Giving(kind, DIAMETERS, amount, route, times, times[-1] + 200.0)


@pytest.mark.parametrize("species", disease_model("vesicle_delivery").species)
@pytest.mark.parametrize("cells", [False, True])
def test_a_healthy_body_of_every_species_has_sound_units(species, cells):
    assert unit_findings(model_sbml(Structure(species, 1, cells, "vesicle_delivery"))) == []


def test_every_species_with_a_physiology_can_be_dosed():
    assert set(disease_model("vesicle_delivery").species) == set(SPECIES)


@pytest.mark.parametrize("species", SPECIES)
def test_vesicles_given_are_vesicles_found(species):
    model = Model(model_sbml(Structure(species, 1, False, "vesicle_delivery")))
    given = [Dose(0.0, state, 1e10) for state in ("body_circulation_venous_blood", "body_circulation_liver_depot")]
    simulator = CompiledSimulator(model, solver_settings(model))
    (course,) = simulator.simulate_many([Subject("s", doses=tuple(given))], [0.01, 0.1, 1.0, 24.0, 500.0], FATES)
    assert course.values.sum(axis=1) == pytest.approx(2e10, rel=1e-5)


@pytest.mark.parametrize("route", ROUTES)
def test_a_human_with_the_body_of_the_mouse_needs_the_dose_of_the_mouse(route):
    mouse = Delivery("mouse", "vesicles")
    body, given = [values("mouse")], [giving(2.5e12, route, (0.0, 84.0))]  # enough to fill the Kupffer cells
    wanted = mouse.exposures(body, given)
    factors = matching_factors(mouse, body, given, wanted, np.array([30.0]))
    assert factors == pytest.approx(1.0, rel=2e-3)


def test_cells_in_the_same_body_are_dosed_the_same_too():
    rat = Delivery("rat", "cells")
    body, given = [values("rat")], [giving(2e6, "intravenous", kind="cells")]
    wanted = rat.exposures(body, given)
    assert rat.targets[-1] == SOLUBLE
    assert (wanted > 0).all()
    assert matching_factors(rat, body, given, wanted, np.array([5.0])) == pytest.approx(1.0, rel=2e-3)


@pytest.mark.parametrize("times", [2.0, 100.0])
def test_a_body_that_is_larger_in_every_part_needs_a_dose_that_is_larger_by_as_much(times):
    # with flows, volumes, cells and clearances in one proportion, concentrations and vesicles per cell stay
    mouse, small = Delivery("mouse", "vesicles"), values("mouse") | {"flow_allometric_exponent": 1.0}
    large = scaled_to_body_weight(small, times * small["body_weight"])
    wanted = mouse.exposures([small], [giving()])
    factors = matching_factors(mouse, [large], [giving()], wanted, np.array([1.0]))
    assert factors == pytest.approx(times, rel=2e-3)


def test_twice_the_dose_is_twice_the_exposure_while_nothing_is_full():
    human = Delivery("human", "vesicles")
    once, twice = human.exposures([values("human")] * 2, [giving(1e11), giving(2e11)])
    assert twice == pytest.approx(2 * once, rel=1e-3)


def test_full_kupffer_cells_leave_more_to_the_others():
    mouse = Delivery("mouse", "vesicles")
    little, much = mouse.exposures([values("mouse")] * 2, [giving(1e9), giving(1e14)])
    gained = dict(zip(mouse.targets, much / little / 1e5, strict=True))
    assert gained["kupffer"] < 0.5
    assert gained["hepatocyte"] > 2


def test_what_the_animal_never_got_has_no_human_dose():
    human, body = Delivery("human", "vesicles"), [values("human")]
    factors = matching_factors(human, body, [giving()], np.array([[0.0, 1.0, 1.0, np.nan]]), np.array([1.0]))
    assert np.isnan(factors[0, [0, 3]]).all()
    assert np.isfinite(factors[0, [1, 2]]).all()
