"""A workload in the words of hepasome's engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import overload

from hepasome.bench._work import Array, Workload
from hepasome.engine import Dose, Solver, Subject


def solver_of(workload: Workload, relative: float, absolute: Array) -> Solver:
    """Tolerances as the engine takes them."""
    return Solver(
        relative_tolerance=relative,
        absolute_tolerance=float(absolute.max()),
        state_tolerances=dict(zip(workload.states, absolute.tolist(), strict=True)),
        maximum_steps=100_000,
    )


def as_subjects(workload: Workload, values: Array) -> list[Subject]:
    """One subject per row of values, shape (subjects, parameters), with the workload's doses."""
    doses = tuple(Dose(*bolus) for bolus in workload.boluses)
    return [
        Subject(str(number), dict(zip(workload.parameters, row, strict=True)), {}, doses)
        for number, row in enumerate(values.tolist())
    ]


class ManySubjects(Sequence[Subject]):
    """Any number of subjects in the memory of a few: after the last of the workload comes the first again.

    Args:
        workload: Whose subjects.
        count: How many.
    """

    def __init__(self, workload: Workload, count: int) -> None:
        self._different = as_subjects(workload, workload.values)
        self._count = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Subject: ...
    @overload
    def __getitem__(self, index: slice) -> list[Subject]: ...
    def __getitem__(self, index: int | slice) -> Subject | list[Subject]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._count))]
        if not -self._count <= index < self._count:
            raise IndexError(index)
        index %= self._count
        return replace(self._different[index % len(self._different)], key=str(index))
