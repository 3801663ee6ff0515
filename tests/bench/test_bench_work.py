"""Workloads: what is simulated, and that every process sees the same."""

import libsbml
import numpy as np
import pytest

from hepasome.bench import _published
from hepasome.bench._own import OWN, own_workload
from hepasome.bench._published import PUBLISHED, published_workload, why_unavailable
from hepasome.bench._subjects import ManySubjects, as_subjects
from hepasome.bench._work import OUTPUTS, load_workload
from hepasome.engine import Dose, Model


def test_a_workload_is_the_same_after_saving(toy, tmp_path):
    toy.save(tmp_path)
    loaded = load_workload(tmp_path)
    for name in ("values", "times", "sizes", "absolute"):
        np.testing.assert_array_equal(getattr(loaded, name), getattr(toy, name))
    for name in ("id", "title", "source", "sbml", "parameters", "boluses", "states", "relative"):
        assert getattr(loaded, name) == getattr(toy, name)


def test_stretches_hold_every_output_once_and_every_dose_at_its_begin(toy):
    segments = list(toy.segments())
    assert [(s.begin, s.end) for s in segments] == [(0, 7.5), (7.5, 12.5), (12.5, 20)]
    assert np.concatenate([s.rows for s in segments]).tolist() == list(range(len(toy.times)))
    assert [s.boluses for s in segments] == [(), ((0, 4.0),), ((2, 1.0),)]


def test_subjects_come_again_after_the_last(toy):
    np.testing.assert_array_equal(toy.rows(3, 3), toy.values[[3, 0, 1]])
    many = ManySubjects(toy, 1_000_000)
    assert len(many) == 1_000_000
    assert many[999_999].parameters == as_subjects(toy, toy.values)[999_999 % 4].parameters
    assert [subject.key for subject in many[8:10]] == ["8", "9"]
    assert many[0].doses == (Dose(7.5, "A", 4.0), Dose(12.5, "R", 1.0))
    with pytest.raises(IndexError):
        many[1_000_000]


@pytest.mark.parametrize("name", OWN)
def test_animals_of_hepasome_differ_and_are_read_between_doses(name):
    workload = own_workload(name, 3)
    assert len(workload.times) == OUTPUTS
    assert workload.times[0] == 0
    assert workload.times[-1] == 2016
    assert len(workload.boluses) == 27
    assert not set(workload.times) & {bolus.time for bolus in workload.boluses}
    model = Model(workload.sbml)
    model.check(as_subjects(workload, workload.values), workload.states)
    assert workload.states == model.states
    differing = (np.ptp(workload.values, axis=0) > 0).sum()
    assert differing > 100
    np.testing.assert_array_equal(workload.values, own_workload(name, 3).values)


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_models_are_read_from_their_package_and_varied(name):
    if reason := why_unavailable(name):
        pytest.skip(reason)
    workload = published_workload(name, 200)
    assert PUBLISHED[name].package in workload.source
    assert PUBLISHED[name].citation in workload.source
    assert len(workload.states) >= 6
    assert not workload.boluses
    assert (workload.values > 0).all()
    spread = np.log(workload.values).std(axis=0)
    np.testing.assert_allclose(spread, PUBLISHED[name].spread, rtol=0.25)
    assert (workload.absolute == 1e-9 * workload.sizes).all()


def test_a_volume_turns_the_tolerance_of_a_concentration_into_one_of_an_amount():
    pytest.importorskip("COPASI")
    # Huang 1996 in COPASI: a compartment of 4 pl
    assert published_workload("mapk", 1).sizes == pytest.approx(np.full(22, 4e-12))


def test_exponents_are_not_varied():
    sbml = """<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model>
      <listOfFunctionDefinitions><functionDefinition id="hill"><math xmlns="http://www.w3.org/1998/Math/MathML"><lambda>
        <bvar><ci>x</ci></bvar><bvar><ci>h</ci></bvar>
        <apply><power/><ci>x</ci><ci>h</ci></apply></lambda></math></functionDefinition></listOfFunctionDefinitions>
      <listOfParameters>
        <parameter id="y" value="1" constant="false"/><parameter id="v" value="2" constant="true"/>
        <parameter id="n" value="4" constant="true"/><parameter id="q" value="2" constant="true"/>
        <parameter id="zero" value="0" constant="true"/></listOfParameters>
      <listOfRules><rateRule variable="y"><math xmlns="http://www.w3.org/1998/Math/MathML"><apply><plus/>
        <apply><power/><ci>v</ci><apply><plus/><ci>q</ci><cn>1</cn></apply></apply>
        <apply><ci>hill</ci><ci>v</ci><ci>n</ci></apply></apply></math></rateRule></listOfRules></model></sbml>"""
    document = libsbml.readSBMLFromString(sbml)
    varied = _published._varied(document.getModel(), ("v", "n", "q", "zero"))
    assert varied == {"v": 2.0}
