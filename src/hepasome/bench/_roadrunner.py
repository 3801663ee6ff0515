"""libRoadRunner, driven as fast as its Python interface can be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import roadrunner

from hepasome.bench._contender import Contender
from hepasome.bench._work import Array, Segment, Workload


class RoadRunner(Contender):
    """CVODE behind libRoadRunner (Somogyi 2015 Bioinformatics 31:3315): one instance, one call between two doses."""

    def __init__(self, workload: Workload, tighten: float = 1.0) -> None:
        super().__init__(workload, tighten)
        self._stretches = [(segment, _points(segment, workload)) for segment in workload.segments()]

    def prepare(self) -> str:
        roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
        self._runner = roadrunner.RoadRunner(self.workload.sbml)
        executable, integrator = self._runner.model, self._runner.integrator
        tolerance = dict(zip(self.workload.states, self.absolute.tolist(), strict=True))
        integrator.relative_tolerance = self.relative
        # setIndividualTolerance of libRoadRunner 2.10 counts states in another order than the solver's vector
        order = [executable.getStateVectorId(i) for i in range(len(self.workload.states))]
        integrator.absolute_tolerance = [tolerance[state] for state in order]
        integrator.maximum_num_steps = 100_000
        self._runner.selections = list(self.workload.states)
        parameters, species = list(executable.getGlobalParameterIds()), list(executable.getFloatingSpeciesIds())
        self._places = [parameters.index(name) for name in self.workload.parameters]
        # a state is a species or a parameter with a rate rule, each with its own setter
        self._state_places = [
            (True, species.index(state)) if state in species else (False, parameters.index(state))
            for state in self.workload.states
        ]
        return "values set directly, one call between two doses"

    def simulate(self, batch: Any) -> Sequence[Array]:
        return [self._one(row) for row in batch]

    def _one(self, row: Array) -> Array:
        try:
            return self._follow(row)
        except _FirstStepError:
            # a fresh instance sometimes fails in its very first interval and works when built again
            self.prepare()
        try:
            return self._follow(row)
        except _FirstStepError:
            return self._empty()

    def _follow(self, row: Array) -> Array:
        runner, found = self._runner, self._empty()
        runner.resetAll()
        runner.model.setGlobalParameterValues(self._places, row)
        runner.reset()  # initial assignments follow the new parameters
        for segment, points in self._stretches:
            for state, amount in segment.boluses:
                self._give(state, amount)
            try:
                course = runner.simulate(times=points)
            except RuntimeError:
                if segment.begin == 0.0:
                    raise _FirstStepError from None
                break
            skipped = 0 if len(segment.rows) and self.workload.times[segment.rows[0]] == segment.begin else 1
            found[segment.rows] = course[skipped : skipped + len(segment.rows)]
        return found

    def _give(self, state: int, amount: float) -> None:
        is_species, place = self._state_places[state]
        model = self._runner.model
        if is_species:
            model.setFloatingSpeciesAmounts([place], [model.getFloatingSpeciesAmounts([place])[0] + amount])
        else:
            model.setGlobalParameterValues([place], [model.getGlobalParameterValues([place])[0] + amount])

    def _empty(self) -> Array:
        return np.full((len(self.workload.times), len(self.workload.states)), np.nan)


class _FirstStepError(RuntimeError):
    pass


def _points(segment: Segment, workload: Workload) -> list[float]:
    return sorted({segment.begin, *workload.times[segment.rows].tolist(), segment.end})
