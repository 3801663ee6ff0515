"""SBML in, trajectories out. Knows no biology and nothing else of hepasome."""

from hepasome.engine._base import Simulator
from hepasome.engine._compiled import CompiledSimulator
from hepasome.engine._ensemble import simulate_ensemble
from hepasome.engine._model import Model
from hepasome.engine._roadrunner import RoadRunnerSimulator
from hepasome.engine._types import Dose, EngineError, Solver, Status, Subject, Switch, Trajectory

__all__ = [
    "CompiledSimulator",
    "Dose",
    "EngineError",
    "Model",
    "RoadRunnerSimulator",
    "Simulator",
    "Solver",
    "Status",
    "Subject",
    "Switch",
    "Trajectory",
    "simulate_ensemble",
]
