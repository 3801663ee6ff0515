"""hepasome's own engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hepasome import engine
from hepasome.bench._adapters import engine_gradient
from hepasome.bench._contender import Contender
from hepasome.bench._errors import Loss
from hepasome.bench._subjects import as_subjects, solver_of
from hepasome.bench._work import Array

_AT_ONCE = 512  # subjects whose trajectories fit the processor's cache, as in an ensemble


class Compiled(Contender):
    """The compiled engine on the calling thread."""

    def prepare(self) -> str:
        self._model = engine.Model(self.workload.sbml)
        self._simulator = engine.CompiledSimulator(self._model, solver_of(self.workload, self.relative, self.absolute))
        return "Rodas5P, a subject in every lane of one core, exact sparse Jacobian"

    def batch(self, values: Array) -> Any:
        return as_subjects(self.workload, values)

    def simulate(self, batch: Any) -> Sequence[Array]:
        times, states = self.workload.times.tolist(), self.workload.states
        parts = (batch[first : first + _AT_ONCE] for first in range(0, len(batch), _AT_ONCE))
        return [course.values for part in parts for course in self._simulator.simulate_many(part, times, states)]

    def gradient(self, values: Array, places: Sequence[int], loss: Loss, step: float) -> Array:
        if self.relative < self.workload.relative:  # a reference is made by other means than what is measured
            return super().gradient(values, places, loss, step)
        return engine_gradient(self._model, self.workload, values, places, loss)
