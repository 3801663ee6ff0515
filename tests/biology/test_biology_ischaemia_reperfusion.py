"""Warm ischaemia and reperfusion: what is clamped, how long, and what S1P and its blockers do."""

import numpy as np
import pytest
from roadrunner_for_tests import FATES, course, loaded

from hepasome.biology import Structure, model_sbml, unit_findings

DISEASE = "ischaemia_reperfusion"


def reperfused(hours, after, columns, species="mouse", share=0.7, zones=1, **values):
    """Read-outs at hours of reperfusion after a clamp of some hours; `values` are set before."""
    shares = {f"zone{i + 1}_ischaemia_clamped_share": share for i in range(zones)}
    model = loaded(Structure(species, zones, disease=DISEASE), **shares, **values)
    model["clamped"] = 1
    if hours:
        model.simulate(0, hours, 2)
    model["clamped"] = 0
    found = course(model, [hours, *(hours + np.asarray(after, float))], columns)
    return {name: values[1:] for name, values in found.items()}


@pytest.mark.parametrize("species", ["mouse", "rat"])
def test_units_hold_and_an_animal_that_is_not_clamped_stays_healthy(species):
    assert unit_findings(model_sbml(Structure(species, 3, cells=True, disease=DISEASE))) == []
    columns = ["ALT", "TNF", "IL6", "HMGB1", "S1P", "sphingosine_kinase", "hepatocyte_number"]
    rest = reperfused(0, [0.001], columns, species, share=0.0)
    later = reperfused(0, [2016], columns, species, share=0.0)
    for name in columns:
        assert later[name][0] == pytest.approx(rest[name][0], rel=1e-9), name


def test_a_clamp_of_no_time_and_a_clamp_of_nothing_do_no_harm():
    nothing = reperfused(1.0, [6], ["ALT"], share=0.0)["ALT"][0]
    no_time = reperfused(0, [6], ["ALT"])["ALT"][0]
    assert nothing == pytest.approx(31.8, rel=1e-6)
    assert no_time == pytest.approx(31.8, rel=1e-6)


def test_half_of_the_injury_comes_at_34_minutes():
    # half-maximum of the injury in the time of ischaemia: 34 min (van Golen 2015, caption of a figure)
    minutes = np.arange(10.0, 130.0, 5.0)
    alt = [reperfused(m / 60, [6], ["ALT"])["ALT"][0] for m in minutes]
    most = reperfused(5.0, [6], ["ALT"])["ALT"][0]
    assert np.interp(most / 2, alt, minutes) == pytest.approx(34, abs=4)


def test_enzymes_peak_early_as_in_reperfusion_and_fall_within_days():
    hours = np.arange(1, 97)
    found = reperfused(1.0, hours, ["ALT", "AST"])
    assert 4 <= hours[found["AST"].argmax()] <= 8
    assert found["ALT"][-1] < 0.05 * found["ALT"].max()


def test_only_hepatocytes_of_the_clamped_share_die():
    # even at an endless hazard nobody outside of the clamped share may die
    found = reperfused(
        2.0, [24], ["hepatocyte_number", "zone1_ischaemia_clamped_share"], share=0.4, radical_hazard=50.0
    )
    assert found["hepatocyte_number"][0] == pytest.approx(0.6, abs=0.03)
    assert found["zone1_ischaemia_clamped_share"][0] < 0.05


def test_shares_of_living_cells_add_up():
    # without repair the unclamped hepatocytes stay whole
    columns = ["hepatocyte_number", "zone1_ischaemia_clamped_share"]
    found = reperfused(1.0, [3], columns, poisoned_recovery_rate=0.0, renewal_rate=0.0, turnover_rate=0.0)
    untouched = found["hepatocyte_number"][0] * (1 - found["zone1_ischaemia_clamped_share"][0])
    assert untouched == pytest.approx(0.3, abs=1e-4)


def test_vesicles_are_conserved_through_a_wall_without_endothelium():
    found = reperfused(1.0, [0.1, 4, 24], FATES, body_circulation_venous_blood=1e11)
    assert np.abs(sum(found.values()) - 1e11).max() < 1e-8 * 1e11


def test_large_vesicles_pass_only_where_the_endothelium_is_gone():
    model = loaded(Structure("mouse", disease=DISEASE), 1e-6, 1e-12)
    model["fenestral_permeability"] = 0
    model["body_circulation_venous_blood"] = 1e11
    healthy = model.simulate(times=[0, 4], selections=["vesicles_in_hepatocytes"])[-1][0]
    model.resetToOrigin()
    model["fenestral_permeability"] = 0
    model["zone1_ischaemia_clamped_share"] = 0.7
    model["clamped"] = 1
    model.simulate(0, 1, 2)
    model["clamped"] = 0
    model.simulate(1, 3, 2)
    model["body_circulation_venous_blood"] = 1e11
    denuded = model.simulate(times=[3, 7], selections=["vesicles_in_hepatocytes"])[-1][0]
    assert healthy == 0
    assert denuded > 1e6


ACTIVE = {
    "hepatocyte_unattributed_strength": 1.0,
    "hepatocyte_half_maximal_exposure": 0.01,
    "kupffer_unattributed_strength": 0.0,
    "endothelial_unattributed_strength": 0.0,
    "body_circulation_liver_depot": 1e12,
}


def test_blockers_alone_do_nothing_and_act_only_through_s1p():
    alone = reperfused(1.0, [6], ["ALT", "S1P"])
    for blocker in ("sphingosine_kinase_inhibition", "s1p_receptor_block"):
        assert reperfused(1.0, [6], ["ALT"], **{blocker: 1.0})["ALT"][0] == pytest.approx(alone["ALT"][0], rel=1e-6)


def test_a_blocker_takes_away_exactly_the_part_of_the_protection_that_goes_through_s1p():
    columns = ["ALT", "S1P", "sphingosine_kinase", "hepatocyte_number"]
    treated = reperfused(1.0, [6], columns, **ACTIVE)
    assert treated["sphingosine_kinase"][0] > 1.5
    assert treated["S1P"][0] > 1.5
    inhibited = reperfused(1.0, [6], columns, sphingosine_kinase_inhibition=1.0, **ACTIVE)
    blocked = reperfused(1.0, [6], columns, s1p_receptor_block=1.0, **ACTIVE)
    unlinked = reperfused(1.0, [6], columns, s1p_protection=0.0, s1p_mitogenicity=0.0, **ACTIVE)
    assert treated["ALT"][0] < 0.9 * blocked["ALT"][0]
    assert blocked["ALT"][0] == pytest.approx(unlinked["ALT"][0], rel=1e-6)
    assert inhibited["ALT"][0] == pytest.approx(unlinked["ALT"][0], rel=1e-6)
    assert inhibited["S1P"][0] < 0.1 < 1.5 < blocked["S1P"][0]


def test_cytokines_and_hmgb1_rise_with_the_injury():
    columns = ["TNF", "IL6", "HMGB1", "neutrophils"]
    short, long = (reperfused(hours, [6], columns) for hours in (0.25, 1.0))
    for name in columns:
        assert long[name][0] > short[name][0] > 0, name
    assert long["HMGB1"][0] > 5
