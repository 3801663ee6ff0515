"""What goes into a simulation and what comes out. Times in the model's time unit."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
from numpy.typing import NDArray

_MOST_NAMED = 3


class EngineError(ValueError):
    """A simulation that cannot be started, or workers that were lost; the message says what to do."""


class Status(Enum):
    """How the simulation of one subject ended; the value is the sentence for the user."""

    COMPLETED = "The subject was simulated to the end."
    TOO_MANY_STEPS = "The solver needed too many steps. The parameters of this subject make the model too stiff."
    SOLVER_FAILED = "The solver failed. The parameters of this subject are probably far from any living animal."
    NOT_FINITE = (
        "A value became infinite or undefined: with the parameters of this subject something grew without limit or was "
        "divided by zero."
    )
    ENDLESS_EVENTS = "Events of the model trigger each other without end."


@dataclass(frozen=True)
class Dose:
    """A bolus: adds `amount` to a state at a time."""

    time: float
    state: str
    amount: float


@dataclass(frozen=True)
class Switch:
    """A change of protocol: sets a parameter at a time."""

    time: float
    parameter: str
    value: float


@dataclass(frozen=True)
class Subject:
    """One subject to simulate.

    Attributes:
        key: Name in results and messages.
        parameters: Values that replace those of the model.
        initial: Initial values of states; the others follow from the model and the parameters.
        doses: Boluses.
        switches: Changes of parameters.
    """

    key: str
    parameters: Mapping[str, float] = field(default_factory=dict)
    initial: Mapping[str, float] = field(default_factory=dict)
    doses: tuple[Dose, ...] = ()
    switches: tuple[Switch, ...] = ()


@dataclass(frozen=True)
class Solver:
    """Tolerances of the integration.

    Attributes:
        relative_tolerance: For every state.
        absolute_tolerance: For every state that is not named below.
        state_tolerances: Absolute tolerance of single states.
        maximum_steps: Steps allowed between two stops (start, dose, switch, end); libRoadRunner counts between outputs.
        method: `rodas5p`, or `rodas4` for a cross-check; libRoadRunner always uses CVODE.
    """

    relative_tolerance: float = 1e-6
    absolute_tolerance: float = 1e-9
    state_tolerances: Mapping[str, float] = field(default_factory=dict)
    maximum_steps: int = 20_000
    method: str = "rodas5p"


@dataclass(frozen=True)
class Trajectory:
    """The simulated course of one subject.

    Attributes:
        key: The subject's.
        status: How it ended.
        reason: Empty if it was completed; else one sentence with the time it failed at.
        times: Output times, shape (n,).
        values: One row per time that was reached, shape (m, outputs), m = n if completed. At the time of a dose or
            switch a row shows the state after it.
        outputs: Names of the columns.
        steps: Steps that were tried, kept or not; None if the simulator does not say.
    """

    key: str
    status: Status
    reason: str
    times: NDArray[np.float64]
    values: NDArray[np.float64]
    outputs: tuple[str, ...]
    steps: int | None = None


def failure(
    status: Status, subject: Subject, model_values: Mapping[str, float], lacking: Collection[str], when: str
) -> str:
    """A sentence or two for a subject that was not simulated to the end.

    Args:
        status: Why.
        subject: Whose simulation failed.
        model_values: Values of the model; the parameters of the subject that lie farthest from them are named.
        lacking: Parameters without a value in the model.
        when: Time, in words.
    """
    text = f"{status.value} It happened {when}."
    missing = [name for name in lacking if name not in subject.parameters]
    if missing and status is Status.NOT_FINITE:
        text += " The model gives no value for " + ", ".join(f"`{name}`" for name in missing[:_MOST_NAMED])
        text += ", and neither does the subject."
    far = {name: _distance(value, model_values.get(name, value)) for name, value in subject.parameters.items()}
    farthest = sorted((name for name in far if far[name] > 0), key=lambda name: -far[name])[:_MOST_NAMED]
    named = ", ".join(f"{n} = {subject.parameters[n]:.3g} (model: {model_values[n]:.3g})" for n in farthest)
    return text + (f" Farthest from the model: {named}." if named else "")


def _distance(value: float, usual: float) -> float:
    """Of the logarithms; endless between zero, or another sign, and anything else."""
    if value == usual or math.isnan(usual):
        return 0.0
    return abs(math.log(value / usual)) if value * usual > 0 else math.inf
