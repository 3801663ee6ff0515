"""What the benchmark takes from hepasome's engine beyond simulating a batch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hepasome import engine
from hepasome.bench._errors import Loss
from hepasome.bench._subjects import ManySubjects, as_subjects, solver_of
from hepasome.bench._work import Array, Workload


def engine_gradient(model: engine.Model, workload: Workload, values: Array, places: Sequence[int], loss: Loss) -> Array:
    """Gradient of a loss in the logarithm of parameters, by the engine's own derivatives.

    Args:
        model: The workload's model, read before the clock starts.
        workload: Times, states and tolerances.
        values: Values of one subject, shape (parameters,).
        places: Of the parameters to differentiate with respect to.
        loss: The loss.

    Returns:
        Shape (places,).
    """
    names = [workload.parameters[place] for place in places]
    (subject,) = as_subjects(workload, values[None, :])
    solver = solver_of(workload, workload.relative, workload.absolute)
    found = engine.gradient(model, subject, workload.times.tolist(), workload.states, names, solver=solver)
    slopes: Array = found.gradient(loss.weights(found.values)) * values[list(places)]
    return slopes


def streamed_run(workload: Workload, subjects: int, workers: int) -> int:
    """Simulate any number of subjects, all their trajectories one after the other, none of them kept.

    Args:
        workload: What is simulated; its subjects are taken again and again.
        subjects: How many.
        workers: Cores.

    Returns:
        How many failed.
    """
    found = engine.simulate_ensemble(
        engine.Model(workload.sbml),
        ManySubjects(workload, subjects),
        workload.times.tolist(),
        workload.states,
        solver=solver_of(workload, workload.relative, workload.absolute),
        workers=workers,
    )
    return sum(trajectory.status is not engine.Status.COMPLETED for trajectory in found)


def reduced_run(workload: Workload, subjects: int, workers: int, folder: Path | None = None) -> int:
    """Simulate any number of subjects of which only statistics are kept; with a folder, a killed run goes on.

    Args:
        workload: What is simulated; its subjects are taken again and again.
        subjects: How many.
        workers: Cores.
        folder: Where finished parts are kept; what is there already is not simulated again.

    Returns:
        How many failed.
    """
    summary = engine.summarise_ensemble(
        engine.Model(workload.sbml),
        ManySubjects(workload, subjects),
        workload.times.tolist(),
        workload.states,
        solver=solver_of(workload, workload.relative, workload.absolute),
        workers=workers,
        folder=folder,
        name=f"benchmark {workload.id}",
    )
    return subjects - summary.completed


def operations_per_subject(workload: Workload) -> float:
    """Floating-point operations (a product and a sum are two) that the method needs for a subject, on average."""
    simulator = engine.CompiledSimulator(
        engine.Model(workload.sbml), solver_of(workload, workload.relative, workload.absolute)
    )
    found = simulator.simulate_many(
        as_subjects(workload, workload.values), workload.times[[0, -1]].tolist(), workload.states[:1]
    )
    steps = [trajectory.steps or 0 for trajectory in found]
    return simulator.description.operations * sum(steps) / len(steps)
