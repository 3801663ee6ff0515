"""Derivatives of outputs with respect to parameters, by differences between pairs that share their steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hepasome.engine._compiled import CompiledSimulator
from hepasome.engine._model import Model
from hepasome.engine._types import EngineError, Solver, Status, Subject

_STEP = 1e-4  # of the parameter; the error of the difference is its square


@dataclass(frozen=True)
class Sensitivities:
    """Outputs of a subject and their derivatives.

    Attributes:
        times: Output times, shape (n,).
        outputs: Names of the outputs, m of them.
        parameters: Names of the parameters, k of them.
        values: Outputs, shape (n, m).
        derivatives: Derivative of every output with respect to every parameter, shape (n, m, k).
    """

    times: NDArray[np.float64]
    outputs: tuple[str, ...]
    parameters: tuple[str, ...]
    values: NDArray[np.float64]
    derivatives: NDArray[np.float64]

    def gradient(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Gradient of a loss from its derivatives with respect to the outputs.

        Args:
            weights: Derivative of the loss with respect to every output, shape (n, m).

        Returns:
            Derivative of the loss with respect to every parameter, shape (k,).
        """
        found: NDArray[np.float64] = np.einsum("tm,tmk->k", weights, self.derivatives)
        return found


def gradient(
    model: Model,
    subject: Subject,
    times: Sequence[float],
    outputs: Sequence[str],
    parameters: Sequence[str],
    *,
    solver: Solver | None = None,
) -> Sensitivities:
    """Derivatives of outputs with respect to parameters.

    Two simulations with a parameter a little above and a little below its value share every step, so that the error of
    the integration, which does not change smoothly from one step sequence to another, cancels in their difference.

    Args:
        model: The model.
        subject: Where the derivatives are taken.
        times: Output times, ascending, zero or above.
        outputs: Observables to read.
        parameters: Parameters to differentiate with respect to.
        solver: Method and tolerances.

    Raises:
        EngineError: If a name is unknown, or a simulation near the subject fails.
    """
    model.check([replace(subject, parameters={**subject.parameters, **dict.fromkeys(parameters, 1.0)})], outputs)
    simulator = CompiledSimulator(model, solver or Solver())
    known = simulator.description.parameters
    pairs = []
    widths = []
    for name in parameters:
        value = subject.parameters.get(name, known[name])
        if not np.isfinite(value):
            raise EngineError(f"The parameter `{name}` has no value of its own, so nothing can be derived for it.")
        step = _STEP * abs(value) if value else _STEP
        above, below = value + step, value - step
        widths.append(above - below)
        pairs += [replace(subject, parameters={**subject.parameters, name: at}) for at in (above, below)]
    found = simulator.simulate_many([*pairs, subject, subject], times, outputs, paired=True)
    for trajectory in found:
        if trajectory.status is not Status.COMPLETED:
            raise EngineError(f"A simulation near {subject.key} failed: {trajectory.reason}")
    values = np.stack([trajectory.values for trajectory in found[:-2]], axis=-1) if pairs else np.empty(0)
    derivatives = (values[..., 0::2] - values[..., 1::2]) / np.array(widths) if pairs else np.empty((0, 0, 0))
    return Sensitivities(found[-1].times, tuple(outputs), tuple(parameters), found[-1].values, derivatives)
