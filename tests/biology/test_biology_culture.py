"""Cells in culture: conservation, dishes at rest, toxicants, transfer of ASS1, alpha-1-antitrypsin, miR-122."""

import numpy as np
import pytest
from roadrunner_for_tests import course, loaded

from hepasome.biology import Structure, disease_ids, disease_model, model_sbml, parameters, unit_findings

CULTURES = [name for name in disease_ids() if disease_model(name).setting == "culture"]
WITH_MEDIUM = [name for name in CULTURES if any(part.startswith("culture_") for part in disease_model(name).parts)]
HEPATOCYTES = [name for name in CULTURES if "cultured_hepatocytes" in disease_model(name).parts]
ADDED = {"peroxide_culture": "body_peroxide_concentration", "apap_culture": "body_apap_concentration"}


def dish(disease, times, columns, *, medium=False, **values):
    species = disease_model(disease).species[0]
    structure = Structure(species, disease=disease, conditioned_medium=medium)
    return course(loaded(structure, 1e-9, 1e-11, **values), [0.0, *times], columns)


def value(symbol, species="human"):
    return parameters(species)[symbol].value


@pytest.mark.parametrize("disease", CULTURES)
def test_units_are_consistent_with_and_without_conditioned_medium(disease):
    for species in disease_model(disease).species:
        for medium in (False, True):
            assert unit_findings(model_sbml(Structure(species, disease=disease, conditioned_medium=medium))) == []


@pytest.mark.parametrize("disease", WITH_MEDIUM)
def test_vesicles_of_a_dish_are_conserved(disease):
    cell = next(part for part in disease_model(disease).parts if part.startswith("culture_")).removeprefix("culture_")
    inside = {"hepatocyte": "vesicles_in_hepatocytes", "stellate": "vesicles_in_stellate_cells"}.get(cell)
    if inside is None:
        pytest.skip("the dish of this cell type has no read-out of what its cells took up")
    columns = ["vesicles_in_medium", "vesicles_lost_in_medium", inside]
    found = dish(disease, [0.5, 24, 168], columns, body_medium_vesicles=1e10)
    assert sum(found.values()) == pytest.approx(1e10, rel=1e-9)
    assert found[inside][-1] > 1e9


@pytest.mark.parametrize("disease", HEPATOCYTES)
def test_hepatocytes_that_were_plated_are_intact_stressed_apoptotic_or_detached(disease):
    states = [f"zone1_cultured_hepatocytes_{s}" for s in ("intact", "stressed", "apoptotic", "detached")]
    given = {ADDED.get(disease, "body_toxicant_depot"): 1.0}
    found = dish(disease, [4, 24, 96], states, **given)
    assert sum(found.values()) == pytest.approx(1, rel=1e-8)
    assert min(x.min() for x in found.values()) >= 0


def test_an_untouched_dish_loses_half_of_its_cells_in_about_five_days_and_its_proteins_stay():
    columns = ["viability", "cultured_Bcl_xL", "cultured_cyclin_D1", "cultured_PCNA", "cultured_IL6", "FGL1"]
    found = dish("peroxide_culture", [24, 120], columns)
    assert 0.4 < found.pop("viability")[-1] < 0.65
    assert all((course == 1).all() for course in found.values())


@pytest.mark.parametrize(("disease", "dose"), [("peroxide_culture", 1.0), ("apap_culture", 10.0)])  # mmol/L, recalled
def test_about_half_of_the_hepatocytes_live_at_the_dose_that_the_toxicity_was_set_by(disease, dose):
    alive = [dish(disease, [24], ["viability"], **{ADDED[disease]: x})["viability"][-1] for x in (0, dose / 10, dose)]
    assert alive[0] > alive[1] > alive[2]
    assert alive[2] == pytest.approx(0.5, abs=0.05)
    assert alive[1] > 0.75


def test_apap_hurts_little_before_glutathione_is_used_up():
    columns = ["body_apap_glutathione", "body_apap_adducts"]
    found = dish("apap_culture", np.linspace(1, 24, 24), columns, body_apap_concentration=10)
    first = np.flatnonzero(found["body_apap_glutathione"] < 0.1)[0]
    assert found["body_apap_adducts"][first] < 0.1 * found["body_apap_adducts"][-1]


def test_carbon_tetrachloride_poisons_hepatocytes_of_the_dish_as_those_of_the_mouse():
    hazard = "zone1_toxicant_poisoning_hazard"
    found = dish("ccl4_hepatocytes_ex_vivo", [6, 24], [hazard], body_toxicant_depot=0.5)[hazard]
    mouse = loaded(Structure("mouse", disease="ccl4_acute"), body_toxicant_depot=0.5)
    assert course(mouse, [0, 6, 24], [hazard])[hazard] == pytest.approx(found, rel=1e-4)


@pytest.mark.parametrize(("strength", "sign"), [(1.0, 1), (-1.0, -1), (0.0, 0)])
def test_an_activity_of_vesicles_on_hepatocytes_may_help_or_harm_a_dish(strength, sign):
    columns = ["viability", "cultured_Bcl_xL", "cultured_PCNA"]
    given = {"body_peroxide_concentration": 1.0, "hepatocyte_unattributed_strength": strength}
    without = dish("peroxide_culture", [48], columns, **given)
    found = dish("peroxide_culture", [48], columns, body_medium_vesicles=1e10, **given)
    for name in columns:
        change = found[name][-1] / without[name][-1] - 1
        assert np.sign(round(change, 6)) == sign, name


def test_conditioned_medium_brings_il6_first_and_fgl1_follows():
    columns = ["cultured_IL6", "FGL1"]
    given = {"body_soluble_medium_factors": 2e5, "medium": True}
    found = dish("ccl4_hepatocytes_ex_vivo", [24, 48], columns, **given)
    assert found["cultured_IL6"][0] > found["cultured_IL6"][1] > 1
    assert found["FGL1"][0] == 1
    assert found["FGL1"][2] > 1.1 > found["cultured_IL6"][2]


def test_without_what_was_given_hepatocytes_still_turn_into_oval_cells_but_fewer():
    columns = ["EpCAM_high", "OC2", "oval_colonies"]
    plain = dish("oval_conversion", [168], columns)
    given = dish("oval_conversion", [168], columns, body_medium_vesicles=1e10)
    none = dish("oval_conversion", [168], columns, oval_conversion_rate=0, zone1_oval_conversion_oval_cells=0)
    assert none["EpCAM_high"][-1] == 0
    assert all(given[name][-1] > plain[name][-1] > none[name][-1] for name in columns)


def ass1(times=(24, 96), **values):
    columns = ["ASS1_copies", "ASS1_activity", "urea"]
    return dish("ass1_deficiency", list(times), columns, body_medium_vesicles=1e10, **values)


def test_vesicles_without_ass1_do_nothing_and_each_cargo_adds_exactly_its_part():
    mrna, protein = {"ASS1_mRNA_copies_per_vesicle": 5}, {"ASS1_protein_copies_per_vesicle": 100}
    none, both = ass1(), ass1(**mrna, **protein)
    of_mrna, of_protein = ass1(**mrna), ass1(**protein)
    assert (none["ASS1_copies"] == 0).all()
    assert none["ASS1_activity"] == pytest.approx(value("residual_ass1_activity"), rel=1e-9)
    assert both["ASS1_copies"] == pytest.approx(of_mrna["ASS1_copies"] + of_protein["ASS1_copies"], rel=1e-7)
    rise = {name: one["ASS1_activity"] - none["ASS1_activity"] for name, one in (("m", of_mrna), ("p", of_protein))}
    assert both["ASS1_activity"] - none["ASS1_activity"] == pytest.approx(rise["m"] + rise["p"], rel=1e-6)
    assert both["urea"][-1] > of_mrna["urea"][-1] > none["urea"][-1]


def test_sirna_takes_away_what_mrna_does_and_leaves_protein():
    protein = ass1(ASS1_protein_copies_per_vesicle=100)["ASS1_copies"]
    silenced = ass1(ASS1_protein_copies_per_vesicle=100, ASS1_mRNA_copies_per_vesicle=5, ass1_silencing=1)
    assert silenced["ASS1_copies"] == pytest.approx(protein, rel=1e-9)
    own = ass1(times=(96, 1000), ass1_silencing=0.8)["ASS1_activity"]
    assert own[-1] == pytest.approx(0.2 * value("residual_ass1_activity"), rel=1e-3)


def test_a_normal_amount_of_ass1_makes_a_normal_day_of_urea_per_day_and_mdla_stops_it():
    normal = {"residual_ass1_activity": 1.0, "zone1_urea_own_ass1": 1.0}
    assert dish("ass1_deficiency", [24], ["urea"], **normal)["urea"][-1] == pytest.approx(1, rel=1e-6)
    stopped = dish("ass1_deficiency", [24], ["urea"], zone1_urea_inhibitor=1e6, **normal)
    assert stopped["urea"][-1] < 1e-4


def test_deficient_cells_secrete_a_sixth_and_corrected_cells_neither_keep_polymers_nor_lack_secretion():
    columns = ["A1AT_secreted", "A1AT_polymers"]
    lasting = {"corrected_cell_loss_rate": 0.0}
    none = dish("a1at_deficiency", [1000], columns, **lasting)
    assert none["A1AT_secreted"] == pytest.approx(none["A1AT_secreted"][0], rel=1e-6)
    assert none["A1AT_polymers"] == pytest.approx(none["A1AT_polymers"][0], rel=1e-6)
    half = dish("a1at_deficiency", [2000], columns, body_a1at_corrected_cells=2e5, **lasting)
    all_but = dish("a1at_deficiency", [2000], columns, body_a1at_corrected_cells=2e11, **lasting)
    assert none["A1AT_secreted"][-1] / all_but["A1AT_secreted"][-1] == pytest.approx(0.16, abs=0.01)  # assumed: 16 %
    for name in columns:  # in proportion to the share of corrected cells
        assert half[name][-1] == pytest.approx((none[name][-1] + all_but[name][-1]) / 2, rel=1e-4)
    assert all_but["A1AT_polymers"][-1] < 1e-4


STELLATE = ["P4HA1", "collagen_maturation", "collagen_I", "SMO", "STAT3", "stellate_proliferation", "stellate_miR_122"]


def test_stellate_cells_stay_at_rest_until_tgf_beta_is_given():
    rest = dish("stellate_activation", [336], STELLATE)
    assert all(course[-1] == pytest.approx(course[0], rel=1e-8) for course in rest.values())
    active = dish("stellate_activation", [336], [*STELLATE, "activated_stellate_cells"], tgf_beta_in_medium=5)
    assert active["activated_stellate_cells"][-1] > 0.5
    assert active["P4HA1"][-1] > 2
    assert active["stellate_miR_122"][-1] < 0.1 * active["stellate_miR_122"][0]  # by construction


def test_a_mimic_of_mir_122_lowers_p4ha1_by_its_occupancy_and_touches_no_target_of_other_mirnas():
    given = {"tgf_beta_in_medium": 5.0}
    names = [*STELLATE, "zone1_P4HA1_by_miR_122_target_factor", "zone1_P4HA1_by_miR_122_delivered"]
    active = dish("stellate_activation", [1000], names, **given)
    mimic = dish("stellate_activation", [1000], names, miR_122_5p_transfected_copies=1e4, **given)
    factor = mimic["zone1_P4HA1_by_miR_122_target_factor"][-1]
    assert (active["zone1_P4HA1_by_miR_122_target_factor"] == 1).all()
    # biochemical model (McGeary 2019): 1/(1 + b N), N = a/(a + KD)
    level = value("ago_reference_level") * 1e4 / value("ago_reference_copies")
    occupied = level / (level + value("P4HA1_by_miR_122_dissociation_constant"))
    assert factor == pytest.approx(1 / (1 + value("site_effect") * occupied), rel=1e-6)
    assert mimic["P4HA1"][-1] / active["P4HA1"][-1] == pytest.approx(factor, rel=1e-4)
    assert mimic["collagen_maturation"][-1] < active["collagen_maturation"][-1]
    for name in ("SMO", "STAT3", "stellate_proliferation"):
        assert mimic[name][-1] == pytest.approx(active[name][-1], rel=1e-6)
