"""libRoadRunner (CVODE) behind the simulator's contract: the reference that faster engines are held against."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise

import numpy as np
import roadrunner
from numpy.typing import NDArray

from hepasome.engine._base import Simulator
from hepasome.engine._model import Model
from hepasome.engine._types import Solver, Status, Subject, Trajectory

roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)

# CVODE guesses its first step from the distance to the first output. A first output at a fixed small distance after
# each start makes the guess, and with it every digit of the answer, independent of the user's grid.
_FIRST_OUTPUT = 1e-6
_INITIAL_ASSIGNMENT = re.compile(r'<initialAssignment\b[^>]*\bsymbol="([^"]+)"')


class RoadRunnerSimulator(Simulator):
    """Simulates with libRoadRunner's CVODE (Somogyi 2015 Bioinformatics 31:3315).

    Where a subject itself gives a parameter that the model derives from others, states whose initial values are derived
    from that parameter keep those of the model: libRoadRunner has no way to tell it.
    """

    def __init__(self, model: Model, solver: Solver) -> None:
        super().__init__(model, solver)
        with _quiet():
            self._runner = roadrunner.RoadRunner(model.sbml)
        integrator = self._runner.integrator
        integrator.relative_tolerance = solver.relative_tolerance
        integrator.maximum_num_steps = solver.maximum_steps
        executable = self._runner.model
        # setIndividualTolerance of libRoadRunner 2.10 counts species first while CVODE's vector has rate rules first
        states = [executable.getStateVectorId(i) for i in range(len(model.states))]
        self._tolerances = [solver.state_tolerances.get(name, solver.absolute_tolerance) for name in states]
        integrator.absolute_tolerance = self._tolerances
        self._parameter_index = {name: i for i, name in enumerate(executable.getGlobalParameterIds())}
        self._species_index = {name: i for i, name in enumerate(executable.getFloatingSpeciesIds())}
        assigned = set(_INITIAL_ASSIGNMENT.findall(model.sbml)) & set(model.parameters)
        # what reset() computes anew are states: parameters that are assigned follow only from initial values of others
        self._initial = {
            name: self._runner[f"init({name})"] for name in model.parameters if assigned and name not in assigned
        }

    def simulate(self, subject: Subject, times: Sequence[float], outputs: Sequence[str]) -> Trajectory:
        grid = np.asarray(times, float)
        rows = np.empty((0, len(outputs)))
        status, reason = Status.COMPLETED, ""
        with _quiet():
            self._start(subject)
            for begin, end in self._segments(subject, grid[-1] if len(grid) else 0.0):
                self._apply(subject, begin)
                inside = grid[(grid >= begin) & ((grid < end) | (end == begin))]
                try:
                    found = self._integrate(begin, end, inside, outputs)
                except RuntimeError as error:
                    status, reason = _failure(str(error), begin, end)
                    break
                if not np.isfinite(found).all():
                    status, reason = Status.NOT_FINITE, _sentence(Status.NOT_FINITE, begin, end)
                    rows = np.vstack([rows, found[: int(np.isfinite(found).all(axis=1).argmin())]])
                    break
                rows = np.vstack([rows, found])
        return Trajectory(subject.key, status, reason, grid, rows, tuple(outputs))

    def _start(self, subject: Subject) -> None:
        for name in self._initial:
            self._runner[f"init({name})"] = subject.parameters.get(name, self._initial[name])
        if self._initial:
            self._runner.integrator.absolute_tolerance = self._tolerances  # setting an initial value makes them huge
        self._runner.resetAll()
        self._set_parameters(subject.parameters)
        self._runner.reset()  # initial assignments follow the new parameters
        for name, value in subject.initial.items():
            self._set_state(name, value)

    def _segments(self, subject: Subject, end: float) -> Iterator[tuple[float, float]]:
        stops = {0.0, end, *(dose.time for dose in subject.doses), *(switch.time for switch in subject.switches)}
        yield from pairwise(sorted(stop for stop in stops if 0.0 <= stop <= end))
        yield end, end  # what is given at the last output shows in it

    def _apply(self, subject: Subject, time: float) -> None:
        self._set_parameters({s.parameter: s.value for s in subject.switches if s.time == time})
        for dose in subject.doses:
            if dose.time == time:
                self._set_state(dose.state, self._state(dose.state) + dose.amount)

    def _integrate(
        self, begin: float, end: float, inside: NDArray[np.float64], outputs: Sequence[str]
    ) -> NDArray[np.float64]:
        if end == begin:
            row = [self._runner.getValue(name) for name in outputs]
            return np.asarray([row] * len(inside)).reshape(len(inside), len(outputs))
        first = begin + min(_FIRST_OUTPUT, (end - begin) / 2)
        points = np.unique([begin, first, *inside, end])
        found = np.array(self._runner.simulate(times=points.tolist(), selections=list(outputs)))
        return found[np.isin(points, inside)]

    def _set_parameters(self, values: Mapping[str, float]) -> None:
        if values:
            index = [self._parameter_index[name] for name in values]
            self._runner.model.setGlobalParameterValues(index, list(values.values()))

    def _state(self, name: str) -> float:
        if name in self._species_index:
            return float(self._runner.model.getFloatingSpeciesAmounts([self._species_index[name]])[0])
        return float(self._runner.model.getGlobalParameterValues([self._parameter_index[name]])[0])

    def _set_state(self, name: str, value: float) -> None:
        if name in self._species_index:
            self._runner.model.setFloatingSpeciesAmounts([self._species_index[name]], [value])
        else:
            self._runner.model.setGlobalParameterValues([self._parameter_index[name]], [value])


def _failure(message: str, begin: float, end: float) -> tuple[Status, str]:
    status = Status.TOO_MANY_STEPS if "TOO_MUCH_WORK" in message else Status.SOLVER_FAILED
    return status, _sentence(status, begin, end)


def _sentence(status: Status, begin: float, end: float) -> str:
    return f"{status.value} It happened between times {begin:g} and {end:g}."


@contextmanager
def _quiet() -> Iterator[None]:
    # SUNDIALS writes its warnings to the file descriptors, past every logger
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    kept = [os.dup(1), os.dup(2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        yield
    finally:
        for descriptor, target in zip(kept, (1, 2), strict=True):
            os.dup2(descriptor, target)
            os.close(descriptor)
        os.close(nowhere)
