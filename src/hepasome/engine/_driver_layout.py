"""What the compiled loop is given and where it keeps its arrays."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

ARGUMENTS = [
    *(("ptr", "work"), ("i64", "subjects"), ("ptr", "parameters"), ("ptr", "offsets"), ("ptr", "action_time")),
    *(("ptr", "action_kind"), ("ptr", "action_place"), ("ptr", "action_volume"), ("ptr", "action_value")),
    *(("ptr", "times"), ("i64", "number"), ("ptr", "selection"), ("i64", "selected"), ("ptr", "out")),
    *(("ptr", "status"), ("ptr", "reached"), ("ptr", "rows"), ("ptr", "steps"), ("ptr", "relative")),
    *(("ptr", "absolute"), ("i64", "most_steps"), ("i64", "paired"), ("ptr", "cancel")),
]


class Outcome(IntEnum):
    """How a subject ended, as the compiled code writes it."""

    RUNNING = 0
    COMPLETED = 1
    TOO_MANY_STEPS = 2
    STEP_TOO_SMALL = 3
    NOT_FINITE = 4
    EVENTS_WITHOUT_END = 5


class Action(IntEnum):
    """What happens to a subject at a stop."""

    ADD_TO_STATE = 0
    SET_PARAMETER = 1
    SET_STATE = 2


@dataclass(frozen=True)
class Layout:
    """Where the arrays lie in the workspace, in vectors of W doubles.

    Attributes:
        y: States.
        p: Parameters, time conditions, derived values.
        u: States at the end of the step.
        k: Stages.
        w: Factors.
        r: Computed outputs.
        between: States within the step.
        events: Room for the events.
        size: Of the whole.
    """

    y: int
    p: int
    u: int
    k: int
    w: int
    r: int
    between: int
    events: int
    size: int
