"""The measures of error on arrays whose error is known."""

import numpy as np
import pytest

from hepasome.bench._errors import Loss, gradient_error, trajectory_errors

ABSOLUTE = np.array([1e-9, 1e-9])
# one subject, three times, two states with peaks 100 and 1
REFERENCE = np.array([[[0.0, 1.0], [50.0, 0.5], [100.0, 0.25]]])


def found(time, state, value):
    course = REFERENCE.copy()
    course[0, time, state] = value
    return course


def test_the_reference_itself_has_no_error():
    assert trajectory_errors(REFERENCE, REFERENCE, 1e-6, ABSOLUTE).tolist() == [0.0]


@pytest.mark.parametrize(
    ("course", "error"),
    [
        (found(1, 0, 51.0), 1 / 50.1),  # difference over value plus a thousandth of the peak
        (found(0, 0, 0.05), 0.05 / 0.1),  # where the value is zero the peak alone counts
        (found(2, 1, 0.0), 0.25 / 0.251),
    ],
)
def test_the_error_is_the_largest_difference_relative_to_value_and_peak(course, error):
    assert trajectory_errors(course, REFERENCE, 1e-6, ABSOLUTE) == pytest.approx([error])


def test_every_subject_has_its_own_error():
    both = np.concatenate([REFERENCE, found(1, 0, 51.0)])
    errors = trajectory_errors(both, np.concatenate([REFERENCE, REFERENCE]), 1e-6, ABSOLUTE)
    assert errors == pytest.approx([0, 1 / 50.1])


def test_below_absolute_over_relative_tolerance_the_absolute_one_is_the_measure():
    # 1/1e-6: what lies below a million is read to one, as the solver was told
    assert trajectory_errors(found(2, 1, 9.0), REFERENCE, 1e-6, np.array([1e-9, 1.0])) == pytest.approx(
        [8.75 / 1000000.25]
    )
    nothing = np.zeros((1, 3, 2))
    assert trajectory_errors(nothing + 1e-30, nothing, 1e-6, ABSOLUTE) == pytest.approx([0])


def test_an_incomplete_trajectory_has_no_error():
    assert np.isnan(trajectory_errors(found(2, 0, np.nan), REFERENCE, 1e-6, ABSOLUTE)).all()


def test_the_weights_of_a_loss_are_its_slopes():
    loss = Loss(REFERENCE[0], np.array([100.0, 1.0]))
    course = REFERENCE[0] + np.arange(6).reshape(3, 2)
    weights = loss.weights(course)
    for place in np.ndindex(course.shape):
        step = np.zeros_like(course)
        step[place] = 1e-6
        slope = (loss.of(course + step) - loss.of(course - step)) / 2e-6
        assert weights[place] == pytest.approx(slope, rel=1e-6, abs=1e-12)
    assert loss.of(REFERENCE[0]) == 0


def test_the_error_of_a_gradient_is_relative_to_its_length():
    assert gradient_error(np.array([3.0, 4.5]), np.array([3.0, 4.0])) == pytest.approx(0.1)
