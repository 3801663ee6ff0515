"""The occupancy model against published numbers, and what must hold for any numbers."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hepasome.biology import parameters
from hepasome.targets import copies_needed, gain_ceiling, occupancy, occupancy_gain, relative_level, repression
from hepasome.targets._tables import affinities

EFFECT = parameters("mouse")["site_effect"].value
LEVEL = parameters("mouse")["ago_reference_level"].value
POSITIVE = st.floats(-6, 6).map(lambda power: 10.0**power)


def test_a_fully_occupied_site_gives_the_published_maximum():
    # exp(0.5735) of the biochemical+ model of McGeary 2019 (kslin/miRNA_models @5b034b03): 1 - 1/(1 + 1.7745)
    lost = repression(np.array([EFFECT]), np.array([0.0]), np.array([1.0]))
    assert lost[0] == pytest.approx(1 - 1 / (1 + math.exp(0.5735)), rel=1e-4)
    assert lost[0] == pytest.approx(0.6396, abs=1e-4)


@pytest.mark.parametrize(
    ("mirna", "level", "log2"),
    [  # scanMiR form of the model at its KdModels; it subtracts 0.02 for what binds without a site, which we do not
        ("miR-122-5p", 0.007726, -1.04),
        ("miR-122-5p", 1e-3, -0.37),
        ("miR-122-5p", 1e-4, -0.05),
        ("miR-122-5p", 1e-5, -0.005),
        ("miR-125b-5p", 0.007726, -0.60),
        ("miR-181a-5p", 0.007726, -0.36),
    ],
)
def test_one_8mer_site_falls_as_the_published_model_says(mirna, level, log2):
    constant = affinities()[mirna].constants()[0]
    gain = occupancy_gain(np.array([0.0]), np.array([level]), np.array([constant]))
    lost = float(repression(np.array([EFFECT]), np.array([0.0]), gain)[0])
    assert math.log2(1 - lost) == pytest.approx(log2, abs=0.03 if level > 1e-3 else 0.01)


def test_the_copies_of_a_transfected_cell_are_its_level():
    assert relative_level(np.array([1e4]), np.array([LEVEL]), np.array([1e4]))[0] == LEVEL


@given(before=POSITIVE, added=POSITIVE, constant=POSITIVE)
def test_the_gain_is_the_difference_of_two_occupancies(before, added, constant):
    one, two, gain = (
        float(values[0])
        for values in (
            occupancy(np.array([before]), np.array([constant])),
            occupancy(np.array([before + added]), np.array([constant])),
            occupancy_gain(np.array([before]), np.array([added]), np.array([constant])),
        )
    )
    assert 0 <= gain <= 1
    assert gain == pytest.approx(two - one, rel=1e-6, abs=1e-12)


@given(before=POSITIVE, constant=POSITIVE, few=POSITIVE, more=st.floats(1.1, 1e3))
def test_more_copies_repress_more_and_copies_already_there_less(before, constant, few, more):
    def lost(own, added):
        base = np.array([own])
        gain = occupancy_gain(base, np.array([added]), np.array([constant]))
        return float(repression(np.array([EFFECT]), occupancy(base, np.array([constant])), gain)[0])

    assert lost(before, 0.0) == 0
    assert 0 < lost(before, few) <= lost(before, few * more) < EFFECT / (1 + EFFECT)
    assert lost(before * more, few) <= lost(before, few)


@given(
    free=st.floats(0, 1e6),
    more=st.floats(1e-3, 1e6),
    constants=st.tuples(*[st.floats(1, 1e5)] * 3),
    pool=st.tuples(*[st.floats(0, 1e6)] * 3).filter(lambda sites: sum(sites) > 1),
)
def test_no_site_gains_more_than_the_sites_of_the_cell_leave(free, more, constants, pool):
    # a cell in which every complex is free or on one site: solved exactly, the bound must hold
    k, sites = np.array(constants), np.array(pool)
    total = [level + float((sites * level / (level + k)).sum()) for level in (free, free + more)]
    gain = (free + more) / (free + more + k) - free / (free + k)
    bound = gain_ceiling(np.array([total[1] - total[0]]), sites[None, :], k[None, :])[0]
    assert (gain <= bound * (1 + 1e-6) + 1e-9).all()


def test_a_cell_without_known_sites_sets_no_bound():
    assert np.isinf(gain_ceiling(np.array([1.0]), np.zeros((1, 3)), np.ones((1, 3)))).all()


def test_two_copies_never_fill_a_hundred_sites():
    bound = gain_ceiling(np.array([2.0]), np.array([[100.0, 0.0, 0.0]]), np.ones((1, 3)))
    assert bound[0, 0] == pytest.approx(0.02)


@given(share=st.floats(0.01, 0.6), background=st.floats(0, 1e4), constant=st.floats(1e-3, 0.1))
def test_the_needed_copies_give_the_asked_share(share, background, constant):
    per_level = 1e4 / LEVEL
    needed = copies_needed(share, EFFECT, constant, background, per_level)
    if math.isinf(needed):
        return
    base, k = np.array([background / per_level]), np.array([constant])
    gain = occupancy_gain(base, np.array([needed / per_level]), k)
    assert repression(np.array([EFFECT]), occupancy(base, k), gain)[0] == pytest.approx(share, rel=1e-6)
