"""Simulates with compiled code, several subjects at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepasome.engine._base import Simulator
from hepasome.engine._description import Description
from hepasome.engine._driver_layout import Outcome
from hepasome.engine._model import Model
from hepasome.engine._object import code_of
from hepasome.engine._pack import pack
from hepasome.engine._processor import Processor
from hepasome.engine._types import EngineError, Solver, Status, Subject, Trajectory, failure

_STATUS = {
    Outcome.COMPLETED: Status.COMPLETED,
    Outcome.TOO_MANY_STEPS: Status.TOO_MANY_STEPS,
    Outcome.STEP_TOO_SMALL: Status.SOLVER_FAILED,
    Outcome.NOT_FINITE: Status.NOT_FINITE,
    Outcome.EVENTS_WITHOUT_END: Status.ENDLESS_EVENTS,
}


class CompiledSimulator(Simulator):
    """Simulates with code compiled for the model and this processor (Rodas5P, Steinebach 2023 BIT Numer Math 63:27).

    Every lane of the processor's vectors holds one subject with its own step size. The same subject gives the same
    bytes whatever its lane and neighbours.

    Args:
        model: The model.
        solver: Method and tolerances.
        processor: What to compile for; default: this machine.
        cancel: One integer; another thread that sets it ends a simulation early.
    """

    def __init__(
        self,
        model: Model,
        solver: Solver,
        processor: Processor | None = None,
        cancel: NDArray[np.int64] | None = None,
    ) -> None:
        super().__init__(model, solver)
        self._code = code_of(model, solver.method, processor)
        tolerances = solver.state_tolerances
        states = self.description.states
        self._cancel = np.zeros(1, np.int64) if cancel is None else cancel
        self._absolute = np.array([tolerances.get(name, solver.absolute_tolerance) for name in states], float)

    @property
    def description(self) -> Description:
        """Names and places of the compiled model."""
        return self._code.description

    def simulate(self, subject: Subject, times: Sequence[float], outputs: Sequence[str]) -> Trajectory:
        return self.simulate_many([subject], times, outputs)[0]

    def simulate_many(
        self, subjects: Sequence[Subject], times: Sequence[float], outputs: Sequence[str], *, paired: bool = False
    ) -> list[Trajectory]:
        """Simulate subjects on this thread; other threads can run meanwhile.

        Args:
            subjects: Names must have passed `Model.check`.
            times: Output times, ascending, zero or above, shape (n,).
            outputs: Observables to read.
            paired: Whether each two subjects in succession share their steps, for differences between them.
        """
        grid = np.array(times, float)
        if not len(grid) or not len(subjects):
            empty = np.empty((0, len(outputs)))
            return [Trajectory(s.key, Status.COMPLETED, "", grid, empty, tuple(outputs)) for s in subjects]
        values, status, reached, rows, steps = self._run(subjects, grid, outputs, paired=paired)
        names, description = tuple(outputs), self.description
        finite = np.asarray(np.isfinite(values).all(axis=(1, 2)))
        found = []
        for i, (subject, outcome, when, own, tried) in enumerate(
            zip(subjects, status.tolist(), reached.tolist(), rows.tolist(), steps.tolist(), strict=True)
        ):
            if outcome == Outcome.COMPLETED and finite[i]:
                found.append(Trajectory(subject.key, Status.COMPLETED, "", grid, values[i], names, tried))
                continue
            how = _STATUS[Outcome(outcome)]
            whole = np.isfinite(values[i, :own]).all(axis=1)
            if not whole.all():  # a read-out is undefined where the states are not
                own = int(whole.argmin())
                how, when = Status.NOT_FINITE, float(grid[own])
            reason = failure(how, subject, description.parameters, description.lacking, f"at time {when:.6g}")
            found.append(Trajectory(subject.key, how, reason, grid, values[i, :own], names, tried))
        return found

    def _run(
        self, subjects: Sequence[Subject], grid: NDArray[np.float64], outputs: Sequence[str], *, paired: bool
    ) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
        """Values, shape (subjects, times, outputs); outcome, time and rows reached, and steps of each subject."""
        description = self.description
        packed = pack(description, subjects, float(grid[-1]))
        selection = np.array([description.outputs[name] for name in outputs], np.int64)
        values = np.full((len(subjects), len(grid), len(outputs)), np.nan)
        status, rows, steps = (np.zeros(len(subjects), np.int64) for _ in range(3))
        reached = np.zeros(len(subjects))
        workspace = _aligned(description.layout.size * description.width)
        relative = np.array([self.solver.relative_tolerance])
        given = (packed.parameters, packed.offsets, packed.time, packed.kind, packed.place, packed.volume, packed.value)
        self._code.run(
            _address(workspace),
            len(subjects),
            *map(_address, given),
            _address(grid),
            len(grid),
            _address(selection),
            len(outputs),
            *map(_address, (values, status, reached, rows, steps)),
            _address(relative),
            _address(self._absolute),
            self.solver.maximum_steps,
            int(paired),
            _address(self._cancel),
        )
        if self._cancel[0]:
            raise EngineError("The simulation was cancelled.")
        return values, status, reached, rows, steps


def _aligned(count: int) -> NDArray[np.float64]:
    """Zeros that start at a multiple of 64 bytes."""
    raw = np.zeros(8 * count + 64, np.uint8)
    start = -raw.ctypes.data % 64
    return raw[start : start + 8 * count].view(np.float64)


def _address(array: NDArray[Any]) -> int:
    return array.ctypes.data
