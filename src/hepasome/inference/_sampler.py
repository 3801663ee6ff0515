"""An ensemble sampler for the deviates of a calibration, every proposal one batch for the engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepasome.inference._target import Target

Array = NDArray[np.float64]
OnStep = Callable[[int, int], None]

# shortest and longest share of a proposal that is new: before a normal distribution was fitted, and after
_BEFORE, _AFTER = (0.03, 0.95), (0.3, 1.0)
_AT_A_TIME = 3.0  # deviates that are moved together where some are
_KEPT_STEPS = 200  # of each walker, evenly spread


@dataclass(frozen=True)
class Effort:
    """How long is sampled.

    Attributes:
        ensembles: Independent ensembles.
        walkers: Particles of each; at least twice the dimension are taken.
        steps: Steps of each ensemble; the first half is warm-up.
    """

    ensembles: int = 4
    walkers: int = 96
    steps: int = 1400


def sample(target: Target, seed: int, effort: Effort, on_step: OnStep | None = None) -> Array:
    """Draw deviates from the posterior.

    The warm-up moves walkers by proposals that keep the prior, of all deviates or of some (preconditioned
    Crank-Nicolson, Cotter 2013 Stat Sci 28:424), and by those that follow the ensemble (differential evolution, Nelson
    2014 ApJS 210:11; stretch, Goodman and Weare 2010 Commun Appl Math Comput Sci 5:65). What is kept comes after it:
    most proposals then keep the normal distribution that fits the warm-up (Rudolf and Sprungk 2018 Found Comput Math
    18:309), which is fixed from there on. Many deviates of which the data inform few do not tire this sampler.

    Args:
        target: Prior and likelihood.
        seed: Seed of everything random.
        effort: Ensembles, walkers, steps.
        on_step: Called with the steps done and all steps.

    Returns:
        Shape (ensembles * walkers, kept steps, dimension).
    """
    import emcee

    moves = emcee.moves
    of_some = moves.MHMove(_keeping_prior_of_some)
    count = max(effort.walkers, 2 * target.dimension)
    count += count % 2
    kept, done, warm_up = [], 0, effort.steps // 2

    def advance(state: Any, steps: int, chosen: list[tuple[object, float]]) -> tuple[Any, Any]:
        nonlocal done
        sampler = emcee.EnsembleSampler(count, target.dimension, target.log_probability, vectorize=True, moves=chosen)
        for after in sampler.sample(state, iterations=steps, skip_initial_state_check=True):
            state, done = after, done + 1
            if on_step is not None:
                on_step(done, effort.ensembles * effort.steps)
        return sampler, state

    for ensemble in range(effort.ensembles):
        rng = np.random.default_rng([seed, ensemble])
        state = emcee.State(_start(target, count, rng))
        state.random_state = np.random.RandomState(int(rng.integers(2**31))).get_state()
        prior = _Keeping(np.zeros(target.dimension), np.eye(target.dimension), _BEFORE)
        first = [(moves.MHMove(prior), 0.3), (of_some, 0.3), (moves.DEMove(), 0.3), (moves.StretchMove(), 0.1)]
        warm, state = advance(state, warm_up, first)
        seen = warm.get_chain(discard=warm_up // 2, flat=True)
        root: Array = np.linalg.cholesky(np.cov(seen.T) + 1e-6 * np.eye(target.dimension)).astype(float)
        fitted = _Keeping(seen.mean(axis=0), root, _AFTER)
        then = [(moves.MHMove(fitted), 0.6), (of_some, 0.2), (moves.DEMove(), 0.2)]
        rest = effort.steps - warm_up
        sampler, _ = advance(state, rest, then)
        kept.append(sampler.get_chain(thin=max(1, rest // _KEPT_STEPS)).transpose(1, 0, 2))
    return np.concatenate(kept)


def _start(target: Target, count: int, rng: np.random.Generator) -> Array:
    """Draws of the prior that can be simulated, the likeliest of many: less warm-up."""
    drawn = rng.standard_normal((4 * count, target.dimension))
    order = np.argsort(-target.log_probability(drawn), kind="stable")
    return drawn[order[:count]]


@dataclass(frozen=True)
class _Keeping:
    """Proposals that keep a normal distribution: the more of it is in a proposal, the longer its step."""

    mean: Array
    cholesky: Array
    steps: tuple[float, float]

    def __call__(self, coordinates: Array, rng: np.random.RandomState) -> tuple[Array, Array]:
        """Proposals, and the logarithm of the density of the way back over that of the way there."""
        step = _steps(len(coordinates), self.steps, rng)
        away = coordinates - self.mean
        new = rng.standard_normal(coordinates.shape) @ self.cholesky.T
        proposed = self.mean + np.sqrt(1 - step**2) * away + step * new
        return proposed, 0.5 * (self._square(proposed - self.mean) - self._square(away))

    def _square(self, away: Array) -> Array:
        return np.asarray(np.sum(np.linalg.solve(self.cholesky, away.T) ** 2, axis=0))


def _keeping_prior_of_some(coordinates: Array, rng: np.random.RandomState) -> tuple[Array, Array]:
    step = _steps(len(coordinates), _BEFORE, rng)
    chosen = rng.random_sample(coordinates.shape) < _AT_A_TIME / coordinates.shape[1]
    moved = np.sqrt(1 - step**2) * coordinates + step * rng.standard_normal(coordinates.shape)
    proposed = np.where(chosen, moved, coordinates)
    return proposed, 0.5 * np.sum(proposed**2 - coordinates**2, axis=1)


def _steps(count: int, ends: tuple[float, float], rng: np.random.RandomState) -> Array:
    """From short to long, shape (count, 1)."""
    return np.asarray(ends[0] * (ends[1] / ends[0]) ** rng.random_sample((count, 1)))
