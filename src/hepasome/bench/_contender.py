"""The contract that every contender keeps, so that all are timed by the same clock around the same work."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from hepasome.bench._errors import Loss
from hepasome.bench._work import Array, Workload


class Contender(ABC):
    """A solver of SBML models, made for one workload. It lives in a process of its own.

    * `prepare` is everything from SBML to something that can simulate; its time is the compile time.
    * `batch` brings the values of subjects into the form that the contender takes; it is not timed.
    * `simulate` is timed. Between two doses it chooses its steps freely; a dose is an exact break point. It reads all
      states at all output times of the workload, in amounts, at the tolerances of the workload.
    * A subject that cannot be simulated is NaN from its failure on. It raises nothing.

    Attributes:
        lanes: Subjects that it simulates at once; it is timed with multiples of this.
        workload: What is simulated.
        relative: Relative tolerance.
        absolute: Absolute tolerance of every state, shape (states,).

    Args:
        workload: What is simulated.
        tighten: Factor on all tolerances; 1e-4 for a reference.
    """

    lanes: ClassVar[int] = 1

    def __init__(self, workload: Workload, tighten: float = 1.0) -> None:
        self.workload = workload
        self.relative: float = workload.relative * tighten
        self.absolute: Array = workload.absolute * tighten

    @abstractmethod
    def prepare(self) -> str:
        """Compile the model.

        Returns:
            How the contender is driven, in a few words for the notes of the table.
        """

    def batch(self, values: Array) -> Any:
        """What `simulate` takes for subjects with these values, shape (subjects, parameters)."""
        return values

    @abstractmethod
    def simulate(self, batch: Any) -> Sequence[Array]:
        """Simulate every subject of a batch.

        Returns:
            One array per subject, shape (times, states); fewer times if it failed.
        """

    def gradient(self, values: Array, places: Sequence[int], loss: Loss, step: float) -> Array:
        """Gradient of a loss in the logarithm of some parameters, by central differences unless there is better.

        Args:
            values: Values of one subject, shape (parameters,).
            places: Of the parameters to differentiate with respect to, k of them.
            loss: The loss.
            step: Of the logarithm, for differences.

        Returns:
            Shape (k,).
        """
        rows = np.repeat(values[None, :], 2 * len(places), axis=0)
        for i, place in enumerate(places):
            rows[2 * i, place] *= np.exp(step)
            rows[2 * i + 1, place] *= np.exp(-step)
        losses = np.array([loss.of(course) for course in self.simulate(self.batch(rows))])
        slopes: Array = (losses[0::2] - losses[1::2]) / (2 * step)
        return slopes
