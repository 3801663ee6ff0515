"""The unit of work: a chunk of subjects, simulated on any thread, process or machine with the same result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hepasome.engine._base import Simulator
from hepasome.engine._compiled import CompiledSimulator
from hepasome.engine._model import Model
from hepasome.engine._types import EngineError, Solver, Subject, Trajectory

SimulatorName = Literal["compiled", "libroadrunner"]
SIMULATORS: tuple[SimulatorName, ...] = ("compiled", "libroadrunner")
_roadrunners: dict[tuple[str, str], Simulator] = {}


@dataclass(frozen=True)
class Job:
    """What is done with every chunk of subjects.

    Attributes:
        model: The model.
        solver: Method and tolerances.
        simulator: `compiled`, or `libroadrunner` as the reference and where the model needs it.
        times: Output times.
        outputs: Observables to read.
        cancel: Not zero once the work is no longer wanted.
    """

    model: Model
    solver: Solver
    simulator: SimulatorName
    times: tuple[float, ...]
    outputs: tuple[str, ...]
    cancel: NDArray[np.int64] = field(default_factory=lambda: np.zeros(1, np.int64), compare=False)

    def simulate(self, subjects: Sequence[Subject]) -> list[Trajectory]:
        """Simulate a chunk on this thread."""
        if self.simulator == "compiled":
            compiled = CompiledSimulator(self.model, self.solver, cancel=self.cancel)
            return compiled.simulate_many(subjects, self.times, self.outputs)
        simulator = self._roadrunner()
        return [simulator.simulate(subject, self.times, self.outputs) for subject in subjects]

    def check(self) -> None:
        """Compile or load the model here, so that what is wrong with it is said before any work is handed out."""
        if self.simulator not in SIMULATORS:
            raise EngineError(f"There is no simulator `{self.simulator}`. Use one of: {', '.join(SIMULATORS)}.")
        if self.simulator == "compiled":
            CompiledSimulator(self.model, self.solver)

    def _roadrunner(self) -> Simulator:
        """One per process: it takes longer to build than a subject to simulate."""
        from hepasome.engine._roadrunner import RoadRunnerSimulator  # slow to import, and rarely needed

        key = self.model.hash, repr(self.solver)
        if key not in _roadrunners:
            _roadrunners.clear()
            _roadrunners[key] = RoadRunnerSimulator(self.model, self.solver)
        return _roadrunners[key]
