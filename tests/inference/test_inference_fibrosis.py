"""The calibration of fibrosis: courses of months, and what its draws do together in one animal."""

from dataclasses import replace

import numpy as np
import pytest

from hepasome import engine
from hepasome.biology import parameters, posteriors
from hepasome.inference import load_calibration
from hepasome.inference._calibration import Calibration, Experiment
from hepasome.inference._simulated import target_of
from hepasome.trial import solver_settings, typical_subject

FIBROSIS = load_calibration("fibrosis_rat")
WEEK = 168.0  # h
DRAWS = 50


@pytest.fixture(scope="module")
def target():
    return target_of(FIBROSIS, workers=1)


@pytest.fixture(scope="module")
def courses():
    """Typical rats with the shipped draws, 15 weeks of CCl4 and 8 of recovery, shape (draws, times, outputs)."""
    typical = typical_subject(FIBROSIS.study("ccl4_ethanol_rat"), "recovery")
    (draws,) = (one for one in posteriors("rat") if one.calibration == FIBROSIS.id)
    base, times = typical.subject, np.arange(0, 24) * WEEK
    subjects = [
        replace(base, key=str(i), parameters=base.parameters | draws.draw(i, "ccl4_fibrosis")) for i in range(DRAWS)
    ]
    outputs = ("collagen_area", "hepatocyte_number", "activated_stellate_cells")
    found = list(
        engine.simulate_ensemble(
            typical.model, subjects, times, outputs, solver=solver_settings(typical.model), workers=1
        )
    )
    assert {one.status for one in found} == {engine.Status.COMPLETED}
    return np.stack([one.values for one in found])


def test_looser_tolerances_of_long_courses_change_next_to_nothing(target):
    exact = target_of(FIBROSIS.model_copy(update={"long_courses": None}), workers=1)
    particles = np.random.default_rng(1).standard_normal((6, target.dimension))
    loose, usual = (one.expected(particles)[0] for one in (target, exact))
    np.testing.assert_allclose(loose, usual, atol=2e-3)  # of logarithms; the surest observation has an error of 0.05
    assert not np.array_equal(loose, usual)


def test_what_is_left_of_stellate_cells_is_counted_from_the_end_of_the_injury(target):
    (place,) = (i for i, datum in enumerate(target.data) if datum.observation.study == "iredale1998")
    assert FIBROSIS.observables["activated_stellate_cells_left"].since == 4 * WEEK
    left = np.exp(target.expected(np.zeros((1, target.dimension)))[0][0, place])
    # 12-fold fewer after 28 days (Iredale 1998 J Clin Invest 102:538), to which the centre of the table was fitted
    assert 1 / left == pytest.approx(12, rel=0.1)


def test_only_a_calibration_of_long_courses_reads_conditions_off_one_course():
    experiments = {name: Experiment(study="a.yaml", arm="toxin") for name in ("early", "late")}
    short = Calibration(id="x", title="x", species="rat", experiments=experiments, parameters={"kup": {}})
    assert short.read_together() == [["early"], ["late"]]
    long = short.model_copy(update={"long_courses": FIBROSIS.long_courses})
    assert long.read_together() == [["early", "late"]]


def test_the_draws_hold_in_the_rat_alone():
    # half of the rows that matter most are of each species' own source: those of the mouse were not scaled from the rat
    for species in ("mouse", "human", "pig"):
        assert FIBROSIS.id not in {one.calibration for one in posteriors(species)}
    mouse, rat = parameters("mouse"), parameters("rat")
    assert mouse["myofibroblast_loss_rate"].source.startswith("mouse ln2/3.54 d")
    assert mouse["signal_half_activation"].value != rat["signal_half_activation"].value


def test_a_rat_of_every_draw_lives_with_a_liver_and_with_collagen(courses):
    collagen, hepatocytes = courses[:, :, 0], courses[:, :, 1]
    assert collagen.min() > 0
    assert hepatocytes.min() > 0.3
    assert hepatocytes[:, -1].min() > 0.9  # eight weeks after the last dose


def test_draws_give_the_collagen_of_published_rats(courses):
    healthy, injured, recovered = (courses[:, week, 0] for week in (0, 15, 23))
    # Braz J Med Biol Res 2008;41:992: 2.2, 12.6 and 10.4 % of the section
    assert 1 < np.median(healthy) < 3
    assert np.median(injured) == pytest.approx(12.6, rel=0.2)
    assert np.median(recovered) == pytest.approx(10.4, rel=0.2)
    assert np.mean(injured > 2 * healthy) > 0.9
