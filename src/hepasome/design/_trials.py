"""Trials drawn from what was simulated once, all of them at a time, and analysed as a laboratory would."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from hepasome.design._assumed import Assumption
from hepasome.design._design import Settled
from hepasome.design._material import Courses, Material
from hepasome.design._sequential import boundaries
from hepasome.design._tests import (
    OF_VALUES,
    Analysis,
    Outcome,
    blocked_between,
    blocked_within,
    log_rank,
    over_laboratories,
)
from hepasome.trial import stream

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Power:
    """How often trials of one size find a difference.

    Attributes:
        n: Subjects per arm at the start.
        found: Share of trials that find it on the side that is expected.
        low: 95 % interval of that share for the number of trials that were drawn (Wilson), low end.
        high: High end.
        wrong: Share that finds a difference on the other side.
        used: Mean of the subjects per arm that are used, where trials may stop early.
    """

    n: int
    found: float
    low: float
    high: float
    wrong: float
    used: float


class Trials:
    """Many trials of a design; a larger trial holds the subjects of a smaller one, so that power grows smoothly.

    Args:
        material: What they are drawn from.
        settled: How they are done and analysed.
        known: Whether what is assumed stands at its middle; else each trial draws it from its interval, evenly.
    """

    def __init__(self, material: Material, settled: Settled, *, known: bool) -> None:
        self._material, self._settled, self._known = material, settled, known
        asked = settled.asked
        self._count, self._most = asked.trials, settled.largest
        self._shape = (self._count, len(material.arms), self._most)
        self._sd = material.sd
        courses = material.courses
        self._individuals = material.spread.shape[1] if courses is None else len(courses.hazards)
        self._latest: tuple[Array, Callable[[int], Outcome]] | None = None

    def unknown(self, effects: Array | None = None) -> Array:
        """Logarithm of each trial's effects where nobody knows them: every draw as often as the others.

        Args:
            effects: Of every draw, shape (draws, arms); None for those of the material.
        """
        effects = self._material.effects if effects is None else effects
        order = self._rng("draws").permutation(self._count) % len(effects)
        return np.asarray(effects[order])

    def named(self, effect: float) -> Array:
        """Effects where that of the arm in question is `effect` and the other arms' are in the middle of the draws."""
        one = np.median(self._material.effects, axis=0)
        one[1] = effect
        return np.tile(one, (self._count, 1))

    def power(self, n: int, effects: Array, side: float) -> Power:
        """How often trials with `n` subjects per arm find the effects on one side.

        Args:
            n: Subjects per arm.
            effects: Of each trial, shape (trials, arms).
            side: -1 or 1, which is expected; 0 for either.
        """
        found, wrong, used = self._outcome(n, effects, side)
        interval = stats.binomtest(int(found.sum()), self._count).proportion_ci(method="wilson")
        return Power(
            n, float(found.mean()), float(interval.low), float(interval.high), float(wrong.mean()), float(used.mean())
        )

    def false_positives(self, n: int) -> float:
        """Share of trials that find a difference on either side where there is none."""
        return float(self._outcome(n, np.zeros((self._count, len(self._material.arms))), 0.0)[0].mean())

    def _outcome(self, n: int, effects: Array, side: float) -> tuple[NDArray[np.bool_], NDArray[np.bool_], Array]:
        sizes = self._looks(n)
        bounds = boundaries(self._settled.spending, self._settled.asked.alpha, tuple(k / n for k in sizes))
        levels = [2 * float(stats.norm.sf(bound)) for bound in bounds]
        stopped = np.zeros(self._count, bool)
        found, wrong = np.zeros(self._count, bool), np.zeros(self._count, bool)
        used = np.full(self._count, float(n))
        if self._latest is None or self._latest[0] is not effects:  # the subjects of all sizes are the same
            self._latest = (effects, self._analysis(effects))
        analyse = self._latest[1]
        for size, level in zip(sizes, levels, strict=True):
            p, at = analyse(size)
            now = (p < level) & ~stopped
            expected = (at == side) | (side == 0)
            found |= now & expected
            wrong |= now & ~expected
            used[now] = size
            stopped |= now
        return found, wrong, used

    def _looks(self, n: int) -> list[int]:
        """Subjects per arm at each look; a look that adds nobody is left out."""
        step, looks = self._settled.step, self._settled.asked.looks
        sizes = {max(self._settled.least, round(n * (i + 1) / looks / step) * step) for i in range(looks)}
        return sorted({min(size, n) for size in sizes} | {n})

    def _analysis(self, effects: Array) -> Callable[[int], Outcome]:
        if self._material.courses is not None:
            times, died = self._deaths(self._material.courses, effects)
            return lambda n: log_rank(times[:, :, :n], died[:, :, :n])
        values = self._noise + self._in_laboratories(effects)
        test = _test(self._settled)
        return lambda n: test(values[:, :, :n])

    def _in_laboratories(self, effects: Array) -> Array:
        """Effects as the laboratories find them, shape (trials, arms, subjects or 1)."""
        labs = self._settled.asked.labs
        if self._known and labs == 1:
            return effects[:, :, None]
        deviates = self._rng("laboratories").standard_normal((self._count, labs))
        factor = 1 + self._assumed(self._settled.between_labs, "between_labs") * deviates
        if labs == 1:
            return np.asarray(effects * factor)[:, :, None]
        dealt = np.tile(factor, self._most // labs)  # subjects are dealt out in turn
        return np.asarray(effects[:, :, None] * dealt[:, None, :])

    @cached_property
    def _noise(self) -> Array:
        """Subjects about the mean of their arm; NaN of those who are lost."""
        arms = np.arange(self._shape[1])[None, :, None]
        who = self._rng("subjects").integers(self._individuals, size=self._shape)
        noise = self._material.spread[arms, who]
        if self._material.assay:
            noise = noise + self._material.assay * self._rng("assay").standard_normal(self._shape)
        size = self._settled.in_block
        if size:
            share = self._assumed(self._settled.block_share, "block_share")[:, :, None]
            groups = 1 if self._settled.asked.within else self._shape[1]
            blocks = self._rng("blocks").standard_normal((self._count, groups, self._most // size))
            noise = np.sqrt(1 - share) * noise + np.sqrt(share) * self._sd * np.repeat(blocks, size, axis=2)
        gone = self._rng("loss").exponential(size=self._shape) <= self._material.loss[arms, who]
        gone |= self._rng("attrition").random(self._shape) < self._lost
        noise[gone] = np.nan
        return np.asarray(noise)

    @cached_property
    def _mortal(self) -> tuple[NDArray[np.int64], NDArray[np.int64], Array]:
        """Which individual each subject of survival is, subjects by individual, and its exponential deviate."""
        shape = (self._count, 2, self._most)
        who = self._rng("subjects").integers(self._individuals, size=shape)
        return who, np.argsort(who, axis=None, kind="stable"), self._rng("deaths").exponential(size=shape)

    def _deaths(self, courses: Courses, effects: Array) -> tuple[Array, NDArray[np.bool_]]:
        """When subjects of both arms die or are last seen, and whether they died; the effect multiplies hazards."""
        shape = (self._count, 2, self._most)
        who, by_individual, deviates = self._mortal
        threshold = deviates / np.exp(self._in_laboratories(effects))[:, :2]
        end = float(courses.times[-1])
        sorted_by, ends = (
            threshold.reshape(-1)[by_individual],
            np.cumsum(np.bincount(who.reshape(-1), minlength=self._individuals)),
        )
        parts = np.split(sorted_by, ends[:-1])
        times = np.empty(sorted_by.size)
        times[by_individual] = np.concatenate(
            [np.interp(part, hazard, courses.times) for part, hazard in zip(parts, courses.hazards, strict=True)]
        )
        times = times.reshape(shape)
        died = threshold <= courses.hazards[who, -1]
        censored = self._rng("attrition").random(shape) < self._lost
        last = np.where(censored, end * self._rng("censored").random(shape), end)
        died &= times <= last
        return np.minimum(times, last), died

    @property
    def _lost(self) -> Array:
        return self._assumed(self._settled.attrition, "share lost")[:, :, None]

    def _assumed(self, row: Assumption, purpose: str) -> Array:
        """An assumed input of each trial, shape (trials, 1)."""
        if self._known or row.low == row.high:
            return np.full((self._count, 1), row.value)
        return np.asarray(self._rng(purpose, "interval").uniform(row.low, row.high, size=(self._count, 1)))

    def _rng(self, *purpose: str) -> np.random.Generator:
        return stream(self._settled.asked.seed, "design", *purpose)


def _test(settled: Settled) -> Analysis:
    if settled.asked.labs > 1:
        return over_laboratories(settled.asked.labs)
    if settled.test == "mixed":
        return (blocked_within if settled.asked.within else blocked_between)(settled.in_block)
    return OF_VALUES[settled.test]


def log_effect(percent: float) -> float:
    """The logarithm of a change in percent."""
    return math.log1p(percent / 100)
