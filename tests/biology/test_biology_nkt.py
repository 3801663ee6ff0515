"""Hepatitis by NKT cells, and the two named soluble factors of donor cells: each inhibitor removes exactly its part."""

import numpy as np
import pytest
import roadrunner

from hepasome.biology import Structure, agents, model_sbml, unit_findings

roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
STRUCTURE = Structure("mouse", disease="nkt_hepatitis", conditioned_medium=True)
COLUMNS = ["ALT", "NKT17", "NKT_regulatory", "NKT17_over_NKTreg", "TNF", "hepatocyte_number"]


@pytest.fixture(scope="module")
def mouse():
    model = roadrunner.RoadRunner(model_sbml(STRUCTURE))
    model.integrator.relative_tolerance = 1e-8
    return model


def at_24_h(model, agonist=100.0, medium=0.0, **parameters):
    model.resetAll()
    for name in model.model.getGlobalParameterIds():
        if name.endswith("unattributed_strength"):
            model[name] = 0
    for name, value in parameters.items():
        model[name] = value
    model["body_nkt_agonist"], model["body_soluble_medium_factors"] = agonist, medium
    found = np.asarray(model.simulate(times=[0, 12, 24], selections=COLUMNS))
    return dict(zip(COLUMNS, found[-1], strict=True))


def test_units_hold():
    assert unit_findings(model_sbml(STRUCTURE)) == []
    assert unit_findings(model_sbml(Structure("mouse", 3, True, "nkt_hepatitis"))) == []


def test_without_the_agonist_nothing_happens_whatever_is_given(mouse):
    found = at_24_h(mouse, agonist=0, medium=1e7)
    assert found["NKT17"] == pytest.approx(1, rel=1e-9)
    assert found["ALT"] == pytest.approx(31.8, rel=1e-6)  # healthy mouse, Holland 2021


def test_the_agonist_makes_a_hepatitis_that_the_mouse_survives(mouse):
    found = at_24_h(mouse)
    assert found["NKT17_over_NKTreg"] > 2
    assert 300 < found["ALT"] < 10_000
    assert found["hepatocyte_number"] > 0.8


def test_factors_of_donor_cells_turn_the_ratio(mouse):
    # direction: Milosavljevic 2017 Liver Transpl 23:1040
    without, treated = at_24_h(mouse), at_24_h(mouse, medium=1e6)
    assert treated["NKT17"] < without["NKT17"]
    assert treated["NKT_regulatory"] > without["NKT_regulatory"]
    assert treated["ALT"] < without["ALT"]


def test_both_inhibitors_together_take_everything_away_and_each_takes_its_part(mouse):
    # direction of each: Gazdic 2018 J Tissue Eng Regen Med 12:e1173
    without, treated = at_24_h(mouse), at_24_h(mouse, medium=1e6)
    no_ido, no_inos = at_24_h(mouse, medium=1e6, ido_activity=0), at_24_h(mouse, medium=1e6, inos_activity=0)
    neither = at_24_h(mouse, medium=1e6, ido_activity=0, inos_activity=0)
    for one in (no_ido, no_inos):
        assert treated["ALT"] < one["ALT"] < without["ALT"]
    assert neither["ALT"] == pytest.approx(without["ALT"], rel=1e-5)
    all_nitric_oxide = at_24_h(mouse, medium=1e6, ido_activity=0, nitric_oxide_weight=1)
    assert all_nitric_oxide["ALT"] == pytest.approx(at_24_h(mouse, medium=1e6, nitric_oxide_weight=1)["ALT"], rel=1e-6)


def test_the_agents_act_on_donor_cells_and_on_nothing_of_an_untreated_mouse(mouse):
    assert {agents()[name].target for name in ("1_MT",)} == {"ido_activity"}
    assert {agents()[name].target for name in ("L_NMMA", "1400W")} == {"inos_activity"}
    assert at_24_h(mouse, ido_activity=0, inos_activity=0) == pytest.approx(at_24_h(mouse), rel=1e-6)
