"""How many subjects a trial needs, and what the largest trial that is allowed could find."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hepasome.design._design import Design, Effect, Settled, settle_design
from hepasome.design._material import Material, simulate_material
from hepasome.design._trials import Power, Trials, log_effect
from hepasome.inference import NEGLIGIBLE
from hepasome.trial import Progress, Study

_GROWTH = 1.35  # from one size of the curve to the next
_BISECTIONS = 12
_LARGEST = 5.0  # logarithm of an effect that is looked for

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """How often trials find an effect, by their size.

    Attributes:
        points: Sizes in ascending order.
        needed: Smallest number per arm that reaches the power; None if none does up to the cap.
    """

    points: tuple[Power, ...]
    needed: Power | None

    @property
    def at_cap(self) -> Power:
        """The largest trial."""
        return self.points[-1]


@dataclass(frozen=True)
class SampleSize:
    """How many subjects the trial needs.

    Attributes:
        study: Id of the study.
        settled: How it is done and analysed.
        change: Median, 5 % and 95 % of the expected change over the draws, percent of the control.
        in_sd: The median in standard deviations between measured subjects; NaN for survival.
        toward: Share of the draws in which the effect lies on the expected side, by 0.1 % or more; NaN without one.
        side: -1 or 1, which is expected; 0 where nothing is claimed and the model expects next to nothing.
        sd: SD between measured subjects of the logarithm; NaN for survival.
        level: Median of the typical subject of the control arm; share alive for survival.
        assurance: Power averaged over what is not known.
        alike: Assurance at the cap if all laboratories found the same effect.
        named: Power at the effect that the user named; None without one.
        smallest: Change (percent) that the trial at the cap finds with the power asked for; NaN if there is none.
        false_positives: Share of trials at the cap that find a difference where there is none.
        lost: Share of subjects that give no value, the model's deaths and humane endpoints included.
    """

    study: str
    settled: Settled
    change: tuple[float, float, float]
    in_sd: float
    toward: float
    side: float
    sd: float
    level: float
    assurance: Curve
    alike: Power
    named: Curve | None
    smallest: float
    false_positives: float
    lost: float

    @property
    def best(self) -> Power | None:
        """The size to plan with: for the named effect where there is one, else by assurance; None if none suffices."""
        return self.assurance.needed if self.named is None else self.named.needed


def sample_size(
    study: Study, design: Design | None = None, *, workers: int = 2, on_progress: Progress | None = None
) -> SampleSize:
    """Find how many subjects per arm a study needs, by simulating the trial as it would be analysed.

    Args:
        study: What is given to whom.
        design: How it would be done; default: a t test at 5 % with 80 % power.
        workers: Threads.
        on_progress: Called with the subjects done and all subjects.

    Raises:
        InputError: If the study cannot be designed this way; every reason at once.
    """
    settled = settle_design(study, design or Design())
    material = simulate_material(study, settled, workers=workers, on_progress=on_progress)
    return Sizing(study.id, settled, material).of()


class Sizing:
    """Sizes of a trial, from what was simulated already.

    The side that is looked for is that of the material. What does not depend on what the product does is computed once
    for all effects that are asked about.

    Args:
        study: Id of the study.
        settled: The design.
        material: What trials are drawn from.
    """

    def __init__(self, study: str, settled: Settled, material: Material) -> None:
        self._study, self._settled, self._material = study, settled, material
        middle = float(np.median(material.effects[:, 1]))
        self._side = settled.direction or (0.0 if abs(100 * middle) < NEGLIGIBLE else math.copysign(1.0, middle))
        self._sd = math.nan if material.courses is not None else material.sd
        alike = {"value": 0.0, "low": 0.0, "high": 0.0}
        self._unknown, self._known = Trials(material, settled, known=False), Trials(material, settled, known=True)
        self._alike = Trials(
            material, replace(settled, between_labs=settled.between_labs.model_copy(update=alike)), known=False
        )

    def of(self, effects: Array | None = None) -> SampleSize:
        """How many subjects the trial needs.

        Args:
            effects: Logarithms in every draw, shape (draws, arms); None for those of the material.
        """
        own = (self._material.effects if effects is None else effects)[:, 1]
        low, middle, high = (float(x) for x in np.percentile(own, [5, 50, 95]))
        assurance = self.assurance(effects)
        cap = assurance.at_cap.n
        return SampleSize(
            study=self._study,
            settled=self._settled,
            change=(100 * math.expm1(middle), 100 * math.expm1(low), 100 * math.expm1(high)),
            in_sd=middle / self._sd,
            toward=float(np.mean(100 * own * self._side > NEGLIGIBLE)) if self._side else math.nan,
            side=self._side,
            sd=self._sd,
            level=self._material.level,
            assurance=assurance,
            alike=self._alike.power(cap, self._alike.unknown(effects), self._looked_for),
            named=self._named,
            smallest=self._smallest_change,
            false_positives=self._false_positives,
            lost=_lost(self._settled, self._material),
        )

    def assurance(self, effects: Array | None = None) -> Curve:
        """Power averaged over what is not known, by size."""
        drawn = self._unknown.unknown(effects)
        return curve(self._settled, lambda n: self._unknown.power(n, drawn, self._looked_for))

    def at(self, n: int, effects: Array | None = None) -> tuple[Power, Power | None]:
        """Assurance of one size, and its power at the effect that the user named, if there is one."""
        return (
            self._unknown.power(n, self._unknown.unknown(effects), self._looked_for),
            None if self._power_named is None else self._power_named(n),
        )

    @property
    def _looked_for(self) -> float:
        return 0.0 if self._settled.test == "anova" else self._side  # an F test knows no side

    @cached_property
    def _named(self) -> Curve | None:
        return None if self._power_named is None else curve(self._settled, self._power_named)

    @cached_property
    def _power_named(self) -> Callable[[int], Power] | None:
        if self._settled.effect is None:
            return None
        effect, side = _log(self._settled.effect, self._sd, self._side)
        drawn = self._known.named(effect)
        return lambda n: self._known.power(n, drawn, 0.0 if self._settled.test == "anova" else side)

    @cached_property
    def _smallest_change(self) -> float:
        settled = self._settled
        found = _smallest(self._known, settled.largest, self._side, self._looked_for, settled.asked.power)
        return 100 * math.expm1(found)

    @cached_property
    def _false_positives(self) -> float:
        return self._known.false_positives(self._settled.largest)


def curve(settled: Settled, power: Callable[[int], Power]) -> Curve:
    """Power by size, and the smallest size that reaches the power asked for.

    Args:
        settled: The design.
        power: Of a size.
    """
    points: dict[int, Power] = {}

    def at(n: int) -> Power:
        if n not in points:
            points[n] = power(n)
        return points[n]

    sizes = list(_sizes(settled))
    for n in sizes:
        at(n)
    target = settled.asked.power
    enough = next((i for i, n in enumerate(sizes) if points[n].found >= target), None)
    needed = None
    if enough is not None:
        low, high = sizes[enough - 1] if enough else sizes[0] - settled.step, sizes[enough]
        while high - low > settled.step:
            middle = (low + high) // (2 * settled.step) * settled.step
            low, high = (low, middle) if at(middle).found >= target else (middle, high)
        needed = points[high]
    return Curve(tuple(points[n] for n in sorted(points)), needed)


def _sizes(settled: Settled) -> Iterator[int]:
    step, most = settled.step, settled.largest
    n = settled.least
    while n < most:
        yield n
        n = max(n + step, round(n * _GROWTH / step) * step)
    yield most


def _log(effect: Effect, sd: float, side: float) -> tuple[float, float]:
    """An effect as logarithm, and its side; standard deviations lie on the side that is expected."""
    if effect.unit == "%":
        found = log_effect(effect.value)
        return found, math.copysign(1.0, found)
    return (side or 1.0) * abs(effect.value) * sd, side


def _smallest(trials: Trials, n: int, side: float, looked_for: float, target: float) -> float:
    """Logarithm of the smallest effect that trials of a size find with a power; NaN if there is none."""
    toward = side or 1.0

    def enough(size: float) -> bool:
        return trials.power(n, trials.named(toward * size), looked_for).found >= target

    low, high = 0.0, _LARGEST
    if not enough(high):
        return math.nan
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return toward * high


def _lost(settled: Settled, material: Material) -> float:
    """Share that gives no value; of survival, those that are censored."""
    dying = 0.0 if material.courses is not None else float(-np.expm1(-material.loss[:2]).mean())
    return 1 - (1 - dying) * (1 - settled.attrition.value)
