"""What is compared: how far a trajectory or a gradient is from its reference."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hepasome.bench._work import Array

_OF_THE_PEAK = 1e-3


class Loss(NamedTuple):
    """How far a trajectory is from a target: the mean square of its differences, each state in units of its peak.

    Attributes:
        target: Shape (times, states).
        scale: Unit of every state, shape (states,).
    """

    target: Array
    scale: Array

    def of(self, course: Array) -> float:
        """The loss of a trajectory, shape (times, states)."""
        return float(np.mean(((course - self.target) / self.scale) ** 2))

    def weights(self, course: Array) -> Array:
        """Derivative of the loss with respect to every value of a trajectory, shape (times, states)."""
        weights: Array = 2 * (course - self.target) / self.scale**2 / course.size
        return weights


def trajectory_errors(found: Array, reference: Array, relative: float, absolute: Array) -> Array:
    """The largest error in every trajectory.

    The error of a value y is |y - reference| / (|reference| + the larger of 1e-3 of the state's peak and the size
    below which solvers look at the absolute tolerance alone, absolute/relative).

    Args:
        found: Trajectories, shape (subjects, times, states).
        reference: Their reference, same shape.
        relative: Relative tolerance.
        absolute: Absolute tolerance of every state, shape (states,).

    Returns:
        Shape (subjects,); NaN for a trajectory that is not complete.
    """
    peak = np.abs(reference).max(axis=1, keepdims=True)
    scale = np.abs(reference) + np.maximum(_OF_THE_PEAK * peak, absolute / relative)
    errors: Array = (np.abs(found - reference) / scale).max(axis=(1, 2), initial=0.0)
    incomplete = ~np.isfinite(found).all(axis=(1, 2)) | ~np.isfinite(reference).all(axis=(1, 2))
    errors[incomplete] = np.nan
    return errors


def gradient_error(found: Array, reference: Array) -> float:
    """Length of the difference of two gradients, in units of the length of the reference."""
    return float(np.linalg.norm(found - reference) / np.linalg.norm(reference))
