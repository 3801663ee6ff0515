"""SBML in, trajectories out. Knows no biology and nothing else of hepasome."""

from typing import TYPE_CHECKING, Any

from hepasome.engine._base import Simulator
from hepasome.engine._cache import cache_folder
from hepasome.engine._compiled import CompiledSimulator
from hepasome.engine._ensemble import simulate_ensemble
from hepasome.engine._gradient import Sensitivities, gradient
from hepasome.engine._job import SIMULATORS, SimulatorName
from hepasome.engine._model import Model
from hepasome.engine._processor import PROCESSORS, Processor, runnable_processors, this_processor
from hepasome.engine._protocols import add_event, sbml_with_protocols
from hepasome.engine._summary import Summary, summarise_ensemble
from hepasome.engine._types import Dose, EngineError, Solver, Status, Subject, Switch, Trajectory

if TYPE_CHECKING:
    from hepasome.engine._roadrunner import RoadRunnerSimulator

__all__ = [
    "PROCESSORS",
    "SIMULATORS",
    "CompiledSimulator",
    "Dose",
    "EngineError",
    "Model",
    "Processor",
    "RoadRunnerSimulator",
    "Sensitivities",
    "Simulator",
    "SimulatorName",
    "Solver",
    "Status",
    "Subject",
    "Summary",
    "Switch",
    "Trajectory",
    "add_event",
    "cache_folder",
    "gradient",
    "runnable_processors",
    "sbml_with_protocols",
    "simulate_ensemble",
    "summarise_ensemble",
    "this_processor",
]


def __getattr__(name: str) -> Any:
    if name == "RoadRunnerSimulator":  # only where it is asked for: it takes longer to import than all the rest
        from hepasome.engine._roadrunner import RoadRunnerSimulator

        return RoadRunnerSimulator
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
