"""Prior and likelihood of a calibration, for many particles at once.

A particle holds one standard-normal deviate per parameter, from the 5 % and 95 % of its prior, and two more: of the
variation between animals, and of what the model itself misses. On this scale every prior is the same and no parameter
needs a step size of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from hepasome.biology import Parameter
from hepasome.inference._observed import Datum
from hepasome.trial import quantiles

BETWEEN_ANIMALS = "between_animals"
DISCREPANCY = "model_discrepancy"
NUISANCES = (BETWEEN_ANIMALS, DISCREPANCY)
_NINETY_PERCENT = float(special.ndtri(0.95))
DISCREPANCY_SD = 0.3  # log SD, half-normal: a third up or down is what a model of this kind may miss; assumed

Array = NDArray[np.float64]
Predict = Callable[[Array], Array]  # values (n, parameters) -> logarithm of what each datum should read (n, data)


@dataclass(frozen=True)
class Target:
    """What is sampled.

    Attributes:
        rows: Priors by name.
        data: Observations.
        predict: The model: values of shape (n, parameters) to the logarithm of what the typical animal reads, shape
            (n, data); NaN where it could not be simulated.
    """

    rows: dict[str, Parameter]
    data: tuple[Datum, ...]
    predict: Predict
    between: tuple[float, float] = (0.2, 0.6)
    models: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Parameters, then the nuisances."""
        return (*self.rows, *NUISANCES)

    @property
    def dimension(self) -> int:
        """Deviates of a particle."""
        return len(self.names)

    def values(self, particles: Array) -> Array:
        """Parameters and nuisances of particles, both of shape (n, dimension), in their units."""
        columns = [quantiles(row, particles[:, i]) for i, row in enumerate(self.rows.values())]
        between, discrepancy = self._nuisances(particles)
        return np.column_stack([*columns, between, discrepancy])

    def log_probability(self, particles: Array) -> Array:
        """Log prior plus log likelihood up to a constant, shape (n,)."""
        prior: Array = -0.5 * np.sum(particles**2, axis=1)
        mean, variance = self.expected(particles)
        observed = np.array([datum.log_value for datum in self.data])
        with np.errstate(invalid="ignore"):
            likelihood = -0.5 * np.sum((observed - mean) ** 2 / variance + np.log(variance), axis=1)
        total = prior + likelihood
        return np.where(np.isfinite(total), total, -np.inf)

    def expected(self, particles: Array) -> tuple[Array, Array]:
        """Mean and variance of every log observation given particles, both of shape (n, data)."""
        between, discrepancy = self._nuisances(particles)
        mean = self.predict(self.values(particles)[:, : len(self.rows)])
        above = np.array([0.5 if datum.of_mean else 0.0 for datum in self.data])
        mean = mean + above * between[:, None] ** 2
        variance = np.stack([datum.variance(between) for datum in self.data], axis=1) + discrepancy[:, None] ** 2
        return mean, variance

    def replicate(self, particles: Array, rng: np.random.Generator) -> Array:
        """Log observations as other laboratories would make them, one row per particle, shape (n, data)."""
        mean, variance = self.expected(particles)
        return mean + np.sqrt(variance) * rng.standard_normal(mean.shape)

    def _nuisances(self, particles: Array) -> tuple[Array, Array]:
        low, high = np.log(self.between)
        between = np.exp((low + high) / 2 + (high - low) / 2 * particles[:, -2] / _NINETY_PERCENT)
        # the half-normal at the deviate's own percentile
        return between, DISCREPANCY_SD * special.ndtri(0.5 + 0.5 * special.ndtr(particles[:, -1]))
