"""What a calibration found: draws, and diagnostics that say whether and for what they can be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from hepasome.inference._arviz import arviz
from hepasome.inference._calibration import Calibration
from hepasome.inference._sampler import Effort, OnStep, sample
from hepasome.inference._simulated import target_of
from hepasome.inference._target import Target

SHIPPED_DRAWS = 400
_RHAT = 1.05  # between ensembles and halves of them
_LEAST_EFFECTIVE = 400  # draws, as Vehtari 2021 (Bayesian Anal 16:667) asks for intervals
INFORMED_FROM = 0.5  # contraction
_BARELY_FROM = 0.1
_BINS = 20  # of the overlap

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Marginal:
    """One parameter after a calibration.

    Attributes:
        median: Of the draws.
        low: 5 %.
        high: 95 %.
        prior: Central value of the prior.
        prior_low: 5 %.
        prior_high: 95 %.
        unit: Of all of these.
        contraction: One minus the variance after over the variance before, on the scale of the prior.
        overlap: Share that the densities before and after have in common.
        rhat: Rank-normalised split R-hat between independent ensembles (Vehtari 2021).
        effective: Effective number of draws (bulk), walkers as chains.
    """

    median: float
    low: float
    high: float
    prior: float
    prior_low: float
    prior_high: float
    unit: str
    contraction: float
    overlap: float
    rhat: float
    effective: float

    @property
    def informed(self) -> str:
        """Whether the observations say anything about it: `informed`, `barely informed` or `not informed`."""
        if self.contraction >= INFORMED_FROM:
            return "informed"
        return "barely informed" if self.contraction >= _BARELY_FROM else "not informed"


@dataclass(frozen=True)
class Posterior:
    """Draws of one calibration and what they are worth.

    Attributes:
        calibration: What was calibrated.
        target: Prior, observations and model.
        chains: Deviates after the warm-up, shape (walkers of all ensembles, steps, dimension).
        marginals: By name, nuisances last.
        seed: Seed of everything random.
        effort: How long was sampled.
    """

    calibration: Calibration
    target: Target
    chains: Array
    marginals: dict[str, Marginal]
    seed: int
    effort: Effort

    @property
    def converged(self) -> bool:
        """Whether every R-hat is at most 1.05 and every effective number of draws at least 400."""
        return not self.complaints

    @property
    def complaints(self) -> list[str]:
        """Why the draws cannot be used, in sentences."""
        far = [name for name, one in self.marginals.items() if not one.rhat <= _RHAT]
        few = [name for name, one in self.marginals.items() if not one.effective >= _LEAST_EFFECTIVE]
        said = [f"Ensembles disagree about {', '.join(far)} (R-hat above {_RHAT})."] if far else []
        return said + ([f"Fewer than {_LEAST_EFFECTIVE} effective draws of {', '.join(few)}."] if few else [])

    def deviates(self, count: int = SHIPPED_DRAWS) -> Array:
        """Some draws as deviates, shape (count, dimension): the same ones every time."""
        flat = self.chains.reshape(-1, self.chains.shape[-1])
        chosen = np.random.default_rng([self.seed, len(flat)]).choice(
            len(flat), size=min(count, len(flat)), replace=False
        )
        return flat[chosen]

    def draws(self, count: int = SHIPPED_DRAWS) -> Array:
        """Some draws of parameters and nuisances in their units, shape (count, dimension)."""
        return self.target.values(self.deviates(count))

    def inference_data(self) -> Any:
        """As an ArviZ InferenceData: posterior, prior, log observations and what the posterior predicts for them."""
        import xarray

        shape = self.chains.shape
        natural = self.target.values(self.chains.reshape(-1, shape[-1])).reshape(shape)
        rng = np.random.default_rng([self.seed, 1])
        before = self.target.values(rng.standard_normal((1000, shape[-1])))[None]
        names = self.target.names
        observed = [datum.log_value for datum in self.target.data]
        ids = [datum.observation.id for datum in self.target.data]
        predicted = self.target.replicate(self.deviates(), rng)
        dims = ("chain", "draw", "observation")
        return arviz().InferenceData(
            posterior=_dataset({name: natural[:, :, i] for i, name in enumerate(names)}),
            prior=_dataset({name: before[:, :, i] for i, name in enumerate(names)}),
            posterior_predictive=xarray.Dataset({"log_observation": (dims, predicted[None])}, {"observation": ids}),
            observed_data=xarray.Dataset({"log_observation": ("observation", observed)}, {"observation": ids}),
        )


def calibrate(
    calibration: Calibration,
    *,
    seed: int = 1,
    effort: Effort | None = None,
    workers: int = 2,
    on_step: OnStep | None = None,
) -> Posterior:
    """Bayesian calibration of a part of the model on observations of subjects that got no vesicles.

    Args:
        calibration: What is calibrated on what.
        seed: Seed; the same seed gives the same draws.
        effort: How long is sampled.
        workers: Threads.
        on_step: Called with the steps done and all steps.

    Raises:
        InputError: If observations cannot be used.
    """
    effort = effort or Effort()
    target = target_of(calibration, workers=workers)
    chains = sample(target, seed, effort, on_step)
    return Posterior(calibration, target, chains, marginals(target, chains, effort.ensembles), seed, effort)


def marginals(target: Target, chains: Array, ensembles: int) -> dict[str, Marginal]:
    """Every parameter and nuisance of chains of deviates, shape (walkers of all ensembles, steps, dimension)."""
    names, (count, steps, dimension) = target.names, chains.shape
    # within an ensemble walkers know of each other: as one chain in the order of time they are held against the others
    by_ensemble = chains.reshape(ensembles, count // ensembles, steps, dimension)
    whole = by_ensemble.transpose(0, 2, 1, 3).reshape(ensembles, -1, dimension)
    rhat = arviz().rhat(_dataset({name: whole[:, :, i] for i, name in enumerate(names)}))
    effective = arviz().ess(_dataset({name: chains[:, :, i] for i, name in enumerate(names)}))
    flat = chains.reshape(-1, dimension)
    after = np.percentile(target.values(flat), [50, 5, 95], axis=0)
    ends = np.zeros((3, dimension)) + np.array([0, -1, 1])[:, None] * stats.norm.ppf(0.95)
    before = target.values(ends)
    found = {}
    for i, name in enumerate(names):
        row = target.rows.get(name)
        share = np.histogram(stats.norm.cdf(flat[:, i]), bins=_BINS, range=(0, 1))[0] / len(flat)
        median, low, high = after[:, i].tolist()
        prior, prior_low, prior_high = before[:, i].tolist()
        found[name] = Marginal(
            median,
            low,
            high,
            prior,
            prior_low,
            prior_high,
            unit=row.unit if row is not None else "log SD",
            contraction=float(1 - flat[:, i].var()),
            overlap=float(np.minimum(share, 1 / _BINS).sum()),
            rhat=float(rhat[name]),
            effective=float(effective[name]),
        )
    return found


def _dataset(columns: dict[str, Array]) -> Any:
    import xarray

    return xarray.Dataset({name: (("chain", "draw"), values) for name, values in columns.items()})
