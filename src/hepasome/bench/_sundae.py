"""CVODE of SUNDIALS through scikit-sundae, as a Python user would drive it."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from typing import Any

import numpy as np
from sksundae.cvode import CVODE

from hepasome.bench._contender import Contender
from hepasome.bench._functions import equations
from hepasome.bench._work import Array


class Sundae(Contender):
    """BDF with a dense Jacobian by differences; the right-hand side compiled by numba where it is installed."""

    def prepare(self) -> str:
        compiler = None
        if importlib.util.find_spec("numba") is not None:
            from numba import njit

            compiler = njit
        self._equations = equations(self.workload, compiler=compiler)
        self._rates = self._equations.rates
        order = np.argsort(self._equations.order)
        self._solver = CVODE(
            self._right_hand_side,
            method="BDF",
            userdata=self,
            rtol=self.relative,
            atol=(self.absolute / self.workload.sizes)[order],
            max_num_steps=100_000,
        )
        self._stretches = list(self.workload.segments())
        # the first call compiles
        initial, self._constants = self._equations.start(self.workload.values[0])
        self._solver.init_step(0.0, initial)
        self._solver.step(1e-6 * self.workload.times[-1])
        written = "right-hand side by numba" if compiler else "right-hand side in NumPy, as numba is not installed"
        return f"{written}, Jacobian by differences"

    def simulate(self, batch: Any) -> Sequence[Array]:
        return [self._one(row) for row in batch]

    def _right_hand_side(self, time: float, states: Array, change: Array, _: Any) -> None:
        change[:] = self._rates(time, states, self._constants)

    def _one(self, row: Array) -> Array:
        order, times, sizes, solver = self._equations.order, self.workload.times, self.workload.sizes, self._solver
        found = np.full((len(times), len(order)), np.nan)
        states, self._constants = self._equations.start(row)
        for segment in self._stretches:
            for state, amount in segment.boluses:
                states[order[state]] += amount / sizes[state]
            start = solver.init_step(segment.begin, states)
            for i in segment.rows:
                step = solver.step(times[i]) if times[i] > segment.begin else start
                if not step.success:
                    return found
                found[i] = step.y[order] * sizes
            step = solver.step(segment.end)
            if not step.success:
                return found
            states = np.array(step.y)
        return found
