"""Whether what was left out of a calibration lies where the calibration without it predicts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepasome.inference._calibration import Calibration
from hepasome.inference._observed import Datum
from hepasome.inference._sampler import Effort, OnStep, sample
from hepasome.inference._simulated import target_of
from hepasome.inference._target import Target

_ENSEMBLES, _STEPS = 2, 800
_PREDICTIONS = 1000

Array = NDArray[np.float64]


@dataclass(frozen=True)
class LeftOut:
    """One study that was left out, and what the others predict for it.

    Attributes:
        calibration: Id.
        study: Study and condition that were left out.
        kept: Observations that were left for the calibration; with none, the prior predicts.
        data: Observations that were left out.
        low: 5 % of the prediction of each, in its unit; the next laboratory's error is in it.
        high: 95 %.
    """

    calibration: str
    study: str
    kept: int
    data: tuple[Datum, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    @property
    def inside(self) -> int:
        """How many observations lie in their 90 % predictive interval."""
        rows = zip(self.data, self.low, self.high, strict=True)
        return sum(low <= datum.observation.value <= high for datum, low, high in rows)


def coverage(
    calibration: Calibration,
    *,
    seed: int = 1,
    effort: Effort | None = None,
    workers: int = 2,
    on_step: OnStep | None = None,
) -> list[LeftOut]:
    """Leave out the observations of one study under one condition at a time and predict them from the others.

    Args:
        calibration: What is calibrated on what.
        seed: Seed of everything random.
        effort: How long is sampled each time; default: 2 ensembles of 800 steps, of long courses of half as many as a
            calibration takes.
        workers: Threads.
        on_step: Called with the steps done and all steps.
    """
    steps = _STEPS if calibration.long_courses is None else calibration.long_courses.steps // 2
    effort = effort or Effort(ensembles=_ENSEMBLES, steps=steps)
    target = target_of(calibration, workers=workers)
    groups = dict.fromkeys(_group(datum) for datum in target.data)
    total, found = len(groups) * effort.ensembles * effort.steps, []
    for number, group in enumerate(groups):
        kept = [i for i, datum in enumerate(target.data) if _group(datum) != group]
        out = [i for i, datum in enumerate(target.data) if _group(datum) == group]
        rng = np.random.default_rng([seed, number])
        if kept:
            before = number * effort.ensembles * effort.steps
            chains = sample(only(target, kept), seed, effort, _shifted(on_step, before, total))
            flat = chains.reshape(-1, target.dimension)
            particles = flat[rng.choice(len(flat), size=_PREDICTIONS)]
        else:
            particles = rng.standard_normal((_PREDICTIONS, target.dimension))
        predicted = np.exp(only(target, out).replicate(particles, rng))
        low, high = np.nanpercentile(predicted, [5, 95], axis=0)
        data = tuple(target.data[i] for i in out)
        found.append(
            LeftOut(calibration.id, " / ".join(group), len(kept), data, tuple(low.tolist()), tuple(high.tolist()))
        )
    return found


def only(target: Target, places: list[int]) -> Target:
    """The same target with some of its observations."""

    def predict(values: Array) -> Array:
        return np.asarray(target.predict(values)[:, places])

    return replace(target, data=tuple(target.data[i] for i in places), predict=predict)


def _group(datum: Datum) -> tuple[str, str]:
    return datum.observation.study, datum.observation.condition


def _shifted(on_step: OnStep | None, before: int, total: int) -> Callable[[int, int], Any] | None:
    return None if on_step is None else lambda done, _: on_step(before + done, total)
