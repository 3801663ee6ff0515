"""Tolerance of vesicles and cells in every species, and illness by an injury outside of the liver."""

import numpy as np
import pytest
from roadrunner_for_tests import course, loaded

from hepasome.biology import STAND_IN, Structure, disease_model, model_sbml, parameters, symbols_of, unit_findings

HEALTHY = disease_model("healthy").species
AT_REST = {"complement_activation": 1.0, "alloreaction": 1.0, "relative_body_weight": 1.0, "infusion_reaction": 1.0}
READ = ["haemolysis", "body_temperature", "urea_nitrogen", "lung_perfusion", "ALT", "albumin", "hepatocyte_number"]


def simulate(structure, times, columns, **given):
    return course(loaded(structure, **given), times, columns)


@pytest.mark.parametrize("species", HEALTHY)
def test_a_healthy_body_stays_as_it_is_for_a_year_and_its_units_hold(species):
    structure = Structure(species, disease="healthy")
    assert unit_findings(model_sbml(structure)) == []
    found = simulate(structure, [0, 8760], [*AT_REST, *READ, "survival"])
    for name in (*AT_REST, *READ):
        assert found[name][1] == pytest.approx(found[name][0], rel=1e-9), name
    assert {name: found[name][0] for name in AT_REST} == AT_REST
    assert found["survival"][1] > (0.98 if species == "human" else 0.8)


@pytest.mark.parametrize("species", sorted(STAND_IN))
def test_what_a_species_takes_from_another_says_so_and_its_sizes_are_its_own(species):
    rat, own = parameters(STAND_IN[species]), parameters(species)
    assert set(own) == set(rat)
    assert own["metabolic_load"].value == rat["metabolic_load"].value
    assert own["metabolic_load"].status == "assumed"
    assert own["metabolic_load"].source.startswith("value of the rat")
    ratio = own["body_weight"].value / rat["body_weight"].value
    assert own["hepatocyte_count"].value == pytest.approx(ratio * rat["hepatocyte_count"].value, rel=1e-3)
    assert own["cardiac_output"].value == pytest.approx(ratio**0.75 * rat["cardiac_output"].value, rel=1e-3)
    assert own["spleen_capacity"].value == pytest.approx(ratio * rat["spleen_capacity"].value, rel=1e-3)
    assert "spleen_capacity" in symbols_of("circulation", species)


def test_cells_block_lung_capillaries_and_vesicles_do_not():
    structure = Structure("mouse", cells=True, disease="healthy")
    columns = ["lung_perfusion", "infusion_reaction", "alloreaction"]
    times = [0, 1, 24, 168]
    cells = simulate(structure, times, columns, body_cells_circulating_cells=1e6, present=1, secretion_rate=0)
    vesicles = simulate(structure, times, columns, body_circulation_venous_blood=1e10)
    assert cells["lung_perfusion"][1] < 0.995
    assert vesicles["lung_perfusion"] == pytest.approx(1, abs=1e-12)
    assert cells["infusion_reaction"][1] > vesicles["infusion_reaction"][1] > 1
    assert cells["alloreaction"][3] > 1


def test_the_same_surface_activates_the_same_complement_whoever_carries_it():
    structure = Structure("mouse", disease="healthy")
    few = simulate(structure, [0, 0.2], ["complement_activation"], body_circulation_venous_blood=1e9)
    many = simulate(structure, [0, 0.2], ["complement_activation"], body_circulation_venous_blood=1e11)
    none = simulate(
        structure, [0, 0.2], ["complement_activation"], body_circulation_venous_blood=1e11, vesicle_surface_share=0
    )
    rise = [found["complement_activation"][1] - 1 for found in (few, many, none)]
    assert rise[1] == pytest.approx(100 * rise[0], rel=0.1)
    assert abs(rise[2]) < 1e-9


def test_opsonised_vesicles_go_to_kupffer_cells_faster():
    def taken_up(gain):
        structure = Structure("mouse", disease="healthy")
        column = "vesicles_in_kupffer_cells"
        return simulate(structure, [0, 0.2], [column], body_circulation_venous_blood=1e11, opsonisation_gain=gain)[
            column
        ][1]

    assert taken_up(10) > taken_up(0.001)


def test_an_injury_elsewhere_costs_weight_that_comes_back_and_leaves_the_liver_alone():
    model = loaded(Structure("rat", disease="remote_injury"), dead_tissue=1)
    columns = ["relative_body_weight", "ALT", "urea_nitrogen", "TNF"]
    ill = np.asarray(model.simulate(times=[0, 120], selections=columns))[1]
    model["dead_tissue"] = 0
    well = np.asarray(model.simulate(times=[120, 1500], selections=columns))[1]
    assert ill[0] < 0.99 < well[0]
    assert ill[3] > 1.5 > well[3]
    assert ill[1] == pytest.approx(106.6, rel=1e-6)  # healthy rat: abstract of a CCl4 series
    assert ill[2] == pytest.approx(18.0, rel=1e-6)
