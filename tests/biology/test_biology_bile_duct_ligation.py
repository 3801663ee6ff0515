"""Ligated bile duct: what is held back, when, and what a ligature that is taken off leaves."""

import numpy as np
import pytest
import roadrunner

from hepasome.biology import Structure, model_sbml, unit_findings

roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
DAY = 24.0


@pytest.fixture(scope="module", params=["rat", "mouse"])
def animal(request):
    return roadrunner.RoadRunner(model_sbml(Structure(request.param, disease="bile_duct_ligation")))


def course(model, days, columns, blocked=1.0):
    model.resetAll()
    model["bile_duct_blocked"] = blocked
    found = model.simulate(times=[0, *(DAY * day for day in days)], selections=columns)
    return dict(zip(columns, np.asarray(found).T, strict=True))


@pytest.mark.parametrize("species", ["rat", "mouse"])
def test_units_hold(species):
    assert unit_findings(model_sbml(Structure(species, 3, True, "bile_duct_ligation"))) == []


def test_an_open_duct_changes_nothing(animal):
    columns = ["bile_acids", "bilirubin", "ALT", "collagen_area", "hepatocyte_number"]
    found = course(animal, [84], columns, blocked=0)
    for name in columns:
        assert found[name][1] == pytest.approx(found[name][0], rel=1e-9), name


def test_bile_acids_rise_27_fold_within_six_hours(animal):
    # mouse liver, up to 14 days: Zhang 2012 Liver Int 32:58
    found = course(animal, [0.25, 14], ["bile_acids"])["bile_acids"]
    assert found[1] == pytest.approx(27, rel=0.1)
    assert found[2] == pytest.approx(27, rel=0.02)


def test_bilirubin_rises_through_the_first_eight_days(animal):
    # rat: Dirlik 2009 Turk J Gastroenterol 20:247
    bilirubin = course(animal, [1, 3, 5, 8], ["bilirubin"])["bilirubin"]
    assert np.all(np.diff(bilirubin) > 0.5)


def test_the_animal_scars_and_a_ligature_taken_off_lets_bilirubin_go(animal):
    found = course(animal, [7, 21], ["collagen_area", "bilirubin", "ALT"])
    assert found["collagen_area"][2] > 1.2 * found["collagen_area"][0]
    assert found["ALT"][2] > 1.2 * found["ALT"][0]
    animal["bile_duct_blocked"] = 0
    after = np.asarray(animal.simulate(times=[21 * DAY, 28 * DAY], selections=["bilirubin"]))[1, 0]
    assert after < 0.1 * found["bilirubin"][2]
