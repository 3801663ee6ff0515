"""The contract that every simulator keeps."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from hepasome.engine._model import Model
from hepasome.engine._types import Solver, Subject, Trajectory


class Simulator(ABC):
    """Simulates subjects of one model, one after the other.

    A simulator keeps to this, whatever method is behind it:

    * Doses and switches are exact break points: the integration stops there and starts anew.
    * The output grid never changes the answer: a coarse and a fine grid agree where they meet.
    * Nothing is left of one subject when the next one starts; the same subject gives the same bytes at any time.
    * Initial values follow from the parameters of the subject where the model says so.
    * A subject that cannot be simulated is a result with a status and a reason. It raises nothing.

    Args:
        model: The model.
        solver: Tolerances.
    """

    def __init__(self, model: Model, solver: Solver) -> None:
        self.model, self.solver = model, solver

    @abstractmethod
    def simulate(self, subject: Subject, times: Sequence[float], outputs: Sequence[str]) -> Trajectory:
        """Simulate one subject from time zero to the last of `times`.

        Args:
            subject: Names must have passed `Model.check`.
            times: Output times, ascending, zero or above, shape (n,).
            outputs: Observables to read.

        Returns:
            The trajectory; at the time of a dose it shows the state after the dose.
        """
