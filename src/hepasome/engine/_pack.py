"""Subjects as the arrays that compiled code reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hepasome.engine._description import Description
from hepasome.engine._driver_layout import Action
from hepasome.engine._types import EngineError, Subject

_Row = tuple[float, Action, int, int, float]


@dataclass(frozen=True)
class Packed:
    """Subjects as arrays.

    Attributes:
        parameters: One row per subject, shape (subjects, parameters).
        offsets: First action of each subject, and the end, shape (subjects + 1,).
        time: When each action happens.
        kind: What it is.
        place: What it changes: place among states and then parameters.
        volume: Place of the volume that turns its amount into a concentration; -1 if there is none.
        value: Amount or value.
    """

    parameters: NDArray[np.float64]
    offsets: NDArray[np.int64]
    time: NDArray[np.float64]
    kind: NDArray[np.int64]
    place: NDArray[np.int64]
    volume: NDArray[np.int64]
    value: NDArray[np.float64]


def pack(description: Description, subjects: Sequence[Subject], end: float) -> Packed:
    """Lay out subjects; what happens before time zero or after the end is left out.

    Raises:
        EngineError: If a dose is given into a compartment whose size the model computes by a rule.
    """
    places = {name: i for i, name in enumerate(description.parameters)}
    # a species that takes part in no reaction is constant between doses: it lies among the parameters
    everything = {name: i for i, name in enumerate((*description.states, *description.parameters))}
    values = np.tile(np.fromiter(description.parameters.values(), float, len(places)), (len(subjects), 1))
    rows: list[_Row] = []
    offsets = [0]

    def state_row(time: float, action: Action, name: str, value: float) -> _Row:
        if name in description.ruled_volumes:
            raise EngineError(f"The size of the compartment of `{name}` follows a rule: it cannot be dosed here.")
        return time, action, everything[name], description.volumes.get(name, -1), value

    columns: dict[tuple[str, ...], list[int]] = {}  # most subjects bring the same parameters
    for row, subject in zip(values, subjects, strict=True):
        if subject.parameters:
            names = tuple(subject.parameters)
            if names not in columns:
                columns[names] = [places[name] for name in names]
            row[columns[names]] = list(subject.parameters.values())
        own = [state_row(0.0, Action.SET_STATE, name, value) for name, value in subject.initial.items()]
        own += [
            (switch.time, Action.SET_PARAMETER, everything[switch.parameter], -1, switch.value)
            for switch in subject.switches
        ]
        own += [state_row(dose.time, Action.ADD_TO_STATE, dose.state, dose.amount) for dose in subject.doses]
        if own:
            rows += sorted((action for action in own if 0.0 <= action[0] <= end), key=lambda action: action[0])
        offsets.append(len(rows))
    transposed = list(zip(*rows, strict=True)) if rows else [()] * 5
    time, kind, place, volume, value = (
        np.array(column, float if i in (0, 4) else np.int64) for i, column in enumerate(transposed)
    )
    return Packed(values, np.array(offsets, np.int64), time, kind, place, volume, value)
