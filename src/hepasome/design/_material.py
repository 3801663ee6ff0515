"""What trials are drawn from: effects in the typical subject of every draw, and individuals about their mean.

Everything is simulated once. A trial of any size is then drawn in no time: one draw of what is not known sets the
effect; its subjects vary about it as individuals do at central values. How much individuals vary is taken to be the
same in every draw, and the error of counting a batch of vesicles to be part of the draws.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hepasome import engine
from hepasome.design._design import Humane, Settled
from hepasome.files import did_you_mean, input_error
from hepasome.inference import endpoint_values
from hepasome.trial import (
    CUMULATIVE_HAZARD,
    SURVIVAL,
    Plan,
    Planned,
    Progress,
    Settings,
    Study,
    assays,
    make_plan,
    solver_settings,
)

_READINGS = 60  # of a course: deaths and humane endpoints are read off it
_NOBODY = 0.01  # share of deaths in the control arm below which survival cannot be compared

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Courses:
    """Cumulative hazards of individuals of the control arm.

    Attributes:
        times: h, shape (times,).
        hazards: Shape (animals, times).
    """

    times: Array
    hazards: Array


@dataclass(frozen=True)
class Material:
    """What trials are drawn from.

    Attributes:
        arms: Control, arm in question, others.
        effects: Logarithm of the typical subject over that of the control, shape (draws, arms); for survival of their
            hazards.
        spread: Logarithm of individuals about the mean of those of their arm that are read, shape (arms, animals).
        assay: SD of the logarithm that the assay adds.
        loss: Hazard of an individual to be gone before it is read, infinite beyond a humane endpoint, shape (arms,
            animals).
        courses: For survival.
        level: Median of the typical subject of the control arm; share alive for survival.
    """

    arms: tuple[str, ...]
    effects: Array
    spread: Array
    assay: float
    loss: Array
    courses: Courses | None = None
    level: float = math.nan

    @property
    def sd(self) -> float:
        """SD of the logarithm between measured subjects of the two arms that are compared."""
        return math.sqrt(float(self.spread[:2].var(axis=1, ddof=1).mean()) + self.assay**2)


@dataclass(frozen=True)
class Simulated:
    """What was simulated of a study. Nothing in it depends on how the trial is analysed.

    Attributes:
        arms: Control, arm in question, others.
        levels: Endpoint of the typical subject, shape (draws, arms); NaN where it failed.
        times: h, shape (times,).
        values: Endpoint of each individual, shape (arms, animals).
        hazards: Its cumulative hazard, shape (arms, animals, times).
        killed: When it reaches its humane endpoint, h; infinite where it does not, shape (arms, animals).
    """

    arms: tuple[str, ...]
    levels: Array
    times: Array
    values: Array
    hazards: Array
    killed: Array

    def of(self, arms: Sequence[str]) -> Simulated:
        """The same of some arms."""
        places = [self.arms.index(arm) for arm in arms]
        own = (self.values[places], self.hazards[places], self.killed[places])
        return Simulated(tuple(arms), self.levels[:, places], self.times, *own)


def simulate_material(
    study: Study, settled: Settled, *, workers: int = 2, on_progress: Progress | None = None
) -> Material:
    """Simulate typical subjects in every draw, and individuals at central values: material for trials.

    Raises:
        InputError: As `simulate` and `material_of`.
    """
    return material_of(settled, simulate(study, settled, workers=workers, on_progress=on_progress))


def simulate(study: Study, settled: Settled, *, workers: int = 2, on_progress: Progress | None = None) -> Simulated:
    """Simulate typical subjects in every draw, and individuals at central values.

    Args:
        study: Whose arms.
        settled: What is read of whom.
        workers: Threads.
        on_progress: Called with the subjects done and all subjects.

    Raises:
        InputError: If the model has no read-out of the humane endpoint.
    """
    asked = settled.asked
    plan = make_plan(study, Settings(asked.animals, asked.seed, asked.draws))
    if settled.humane is not None and settled.humane.read_out not in plan.outputs:
        remedy = did_you_mean(settled.humane.read_out, plan.outputs)
        raise input_error("--humane", "The model does not read this out.", remedy, value=settled.humane.read_out)
    total = len(settled.arms) * (asked.draws + asked.animals)
    typical = asked.draws * len(settled.arms)

    def of_typical(done: int, _: int) -> None:
        if on_progress is not None:
            on_progress(done, total)

    def of_animals(done: int, _: int) -> None:
        if on_progress is not None:
            on_progress(typical + done, total)

    levels = typical_values(plan, settled.arms, settled.endpoint, workers, of_typical)
    hazardous = CUMULATIVE_HAZARD in plan.outputs
    return Simulated(settled.arms, levels, *_readings(plan, settled, hazardous, workers, of_animals))


def material_of(settled: Settled, simulated: Simulated) -> Material:
    """Material for trials of a design, from what was simulated of its arms and perhaps of others.

    Raises:
        InputError: If the endpoint is zero in some subject, nobody dies where survival is asked for, or every subject
            reaches the humane endpoint.
    """
    own = simulated.of(settled.arms)
    return _of_survival(settled, own) if settled.read_out == SURVIVAL else _of_values(settled, own)


def typical_values(
    plan: Plan, arms: Sequence[str], endpoint: str, workers: int, on_done: Progress | None = None
) -> Array:
    """An endpoint of the typical subject of each arm in every draw, shape (draws, arms); NaN where it failed."""
    subjects = [plan.subjects.world(i, arm) for i in range(1, plan.settings.draws + 1) for arm in arms]
    return endpoint_values(plan.model, subjects, [endpoint], workers, on_done).reshape(-1, len(arms))


def log_levels(levels: Array, survival: bool) -> Array:
    """Logarithm of levels; of hazards for survival. NaN where there is none.

    Args:
        levels: Any shape.
        survival: Whether they are shares alive.
    """
    if survival:
        levels = -np.log(np.clip(levels, 1e-12, 1 - 1e-12))
    return np.asarray(np.log(np.where(np.isfinite(levels) & (levels > 0), levels, np.nan)))


def log_effects(logs: Array) -> Array:
    """Effects of draws in which every arm has a value: differences of logarithms to the first arm.

    Args:
        logs: Shape (draws, arms).
    """
    usable = logs[np.isfinite(logs).all(axis=1)]
    return np.asarray(usable - usable[:, :1])


def _readings(
    plan: Plan, settled: Settled, hazardous: bool, workers: int, on_done: Progress
) -> tuple[Array, Array, Array, Array]:
    """Times, and of every individual: the endpoint, cumulative hazards, and the time of its humane endpoint."""
    places = {arm: i for i, arm in enumerate(plan.protocol.arms)}
    count = settled.asked.animals
    starts = [places[arm] * count for arm in settled.arms]
    subjects = [plan.subjects[start + i] for start in starts for i in range(count)]
    end = _endpoint_time(subjects[0], settled.endpoint)
    times = np.linspace(0, end, _READINGS + 1)
    humane = settled.humane
    outputs = [settled.read_out, *([CUMULATIVE_HAZARD] if hazardous else []), *([humane.read_out] if humane else [])]
    outputs = list(dict.fromkeys(outputs))
    found = engine.simulate_ensemble(
        plan.model,
        [one.subject for one in subjects],
        times.tolist(),
        outputs,
        solver=solver_settings(plan.model),
        workers=workers,
        on_done=on_done,
    )
    shape = (len(times), len(outputs))
    values = np.stack([one.values if one.values.shape == shape else np.full(shape, np.nan) for one in found])
    hazards = values[:, :, outputs.index(CUMULATIVE_HAZARD)] if hazardous else np.zeros(values.shape[:2])
    killed = np.full(len(values), np.inf) if humane is None else _killed(values, times, outputs, humane)
    arms = len(settled.arms)
    return (
        times,
        values[:, -1, outputs.index(settled.read_out)].reshape(arms, count),
        hazards.reshape(arms, count, len(times)),
        killed.reshape(arms, count),
    )


def _endpoint_time(one: Planned, label: str) -> float:
    return next(time for name, _, time in one.endpoints if name == label)


def _killed(values: Array, times: Array, outputs: list[str], humane: Humane) -> Array:
    course = values[:, :, outputs.index(humane.read_out)]
    beyond = course < humane.limit if humane.below else course > humane.limit
    return np.where(beyond.any(axis=1), times[beyond.argmax(axis=1)], np.inf)


def _of_values(settled: Settled, own: Simulated) -> Material:
    times, values, hazards, killed = own.times, own.values, own.hazards, own.killed
    usable = np.isfinite(values).all(axis=0) & np.isfinite(hazards).all(axis=(0, 2))
    effects = log_effects(log_levels(own.levels, survival=False))
    values, loss = values[:, usable], hazards[:, usable, -1]
    if values.shape[1] < 2 or (values <= 0).any() or not len(effects):
        problem = "Some subjects have none of it, or could not be simulated: effects are told as ratios."
        raise input_error("--endpoint", problem, "Choose another endpoint.", value=settled.endpoint)
    logs = np.log(values)
    loss = np.where(np.isfinite(killed[:, usable]) & (killed[:, usable] < times[-1]), np.inf, loss)
    if np.isinf(loss).all(axis=1).any():
        problem = "Every subject of an arm reaches it before it is read: there is nothing to compare."
        raise input_error("--humane", problem, "Set it further out, or read earlier.", value=str(settled.humane))
    # about the mean of those that are read, or a few more deaths in the individuals of one arm would pass for an effect
    spread = logs - np.average(logs, axis=1, weights=np.exp(-loss), keepdims=True)
    level = float(np.nanmedian(own.levels[:, 0]))
    return Material(settled.arms, effects, spread, assays()[settled.read_out].cv, loss, None, level)


def _of_survival(settled: Settled, own: Simulated) -> Material:
    times, hazards, killed = own.times, own.hazards, own.killed
    usable = np.isfinite(hazards[0]).all(axis=1)
    course = np.maximum.accumulate(hazards[0, usable], axis=1)
    course = np.where(times[None, :] >= killed[0, usable][:, None], 1e9, course)
    dying = float(np.mean(-np.expm1(-course[:, -1]))) if len(course) else 0.0
    if dying < _NOBODY:
        problem = f"{dying:.1%} of the subjects of {settled.arms[0]} die: there is nothing to compare."
        raise input_error("--endpoint", problem, "Choose another endpoint, or a stronger injury.")
    effects = log_effects(log_levels(own.levels, survival=True))
    if not len(effects):
        raise input_error("--endpoint", "No draw has a value in both arms.", "Choose another endpoint.")
    nothing = np.zeros((len(settled.arms), len(course)))
    return Material(settled.arms, effects, nothing, 0.0, nothing, Courses(times, course), 1 - dying)


def trivial_material(spread: Array, effects: Array, arms: Sequence[str] = ("control", "treated")) -> Material:
    """Material that nobody simulated: subjects that vary as they are said to, and nobody lost.

    Args:
        spread: Shape (animals,), the same in every arm.
        effects: Shape (draws, arms).
        arms: Names.
    """
    own = np.tile(spread, (effects.shape[1], 1))
    return Material(tuple(arms), effects, own, 0.0, np.zeros_like(own))


def with_course(material: Material, times: Array, hazards: Array) -> Material:
    """The same with cumulative hazards: survival of subjects that nobody simulated."""
    return replace(material, courses=Courses(times, hazards))
