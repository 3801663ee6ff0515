"""diffrax on JAX: many subjects at once through `vmap`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import diffrax
import jax
import jax.numpy as jnp
import numpy as np

from hepasome.bench._contender import Contender
from hepasome.bench._functions import equations
from hepasome.bench._work import Array


class Diffrax(Contender):
    """Kvaerno5 (Kidger 2021, diffrax) in double precision on one core, compiled once for a fixed number of subjects."""

    lanes = 4  # more wait longer for the slowest of them

    def prepare(self) -> str:
        jax.config.update("jax_enable_x64", True)
        self._equations = equations(self.workload, arrays="jax.numpy")
        boluses, ends, slots, self._read = self._plan()
        rates, order = self._equations.rates, jnp.asarray(self._equations.order)

        def field(time: Any, states: Any, constants: Any) -> Any:
            return jnp.stack([jnp.asarray(change, float) for change in rates(time, states, constants)])

        absolute = (self.absolute / self.workload.sizes)[np.argsort(self._equations.order)]
        controller = diffrax.PIDController(rtol=self.relative, atol=jnp.asarray(absolute))

        def stretch(states: Any, given: Any, constants: Any) -> Any:
            bolus, (begin, end), save = given
            solution = diffrax.diffeqsolve(
                diffrax.ODETerm(field),
                diffrax.Kvaerno5(),
                begin,
                end,
                None,
                states + bolus,
                constants,
                stepsize_controller=controller,
                saveat=diffrax.SaveAt(ts=save, t1=True),
                max_steps=100_000,
                throw=False,
            )
            return solution.ys[-1], solution.ys[:-1, order]

        def course(states: Any, constants: Any) -> Any:
            given = (jnp.asarray(boluses), jnp.asarray(ends), jnp.asarray(slots))
            return jax.lax.scan(lambda now, one: stretch(now, one, constants), states, given)[1]

        (one,), _ = self.batch(self.workload.rows(0, self.lanes))
        self._compiled = jax.jit(jax.vmap(course)).lower(*one).compile()
        return f"Kvaerno5, {self.lanes} subjects at once, double precision"

    def batch(self, values: Array) -> Any:
        parts = []
        for i in range(0, len(values), self.lanes):
            rows = values[np.minimum(np.arange(i, i + self.lanes), len(values) - 1)]
            states, constants = zip(*(self._equations.start(row) for row in rows), strict=True)
            parts.append((np.array(states), np.array(constants)))
        return parts, len(values)

    def simulate(self, batch: Any) -> Sequence[Array]:
        parts, count = batch
        found = [np.asarray(self._compiled(*part)) for part in parts]
        return [
            course.reshape(-1, course.shape[-1])[self._read] * self.workload.sizes for part in found for course in part
        ][:count]

    def _plan(self) -> tuple[Array, Array, Array, Any]:
        """Every stretch with the same number of output times, as a scan needs it; the end fills what is free."""
        stretches = list(self.workload.segments())
        slots = max(len(segment.rows) for segment in stretches)
        save = np.array([[segment.end] * slots for segment in stretches])
        boluses = np.zeros((len(stretches), len(self.workload.states)))
        read = np.zeros(len(self.workload.times), int)
        for i, segment in enumerate(stretches):
            save[i, : len(segment.rows)] = self.workload.times[segment.rows]
            read[segment.rows] = i * slots + np.arange(len(segment.rows))
            for state, amount in segment.boluses:
                boluses[i, self._equations.order[state]] += amount / self.workload.sizes[state]
        return boluses, np.array([(s.begin, s.end) for s in stretches]), save, read
