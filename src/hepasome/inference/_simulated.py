"""What the model reads under the protocols of a calibration, for many particles at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hepasome import engine
from hepasome.biology import calibrated_in
from hepasome.evidence import Observation, load_evidence
from hepasome.files import FindingList, input_error
from hepasome.inference._calibration import Calibration, Observable, Remaining
from hepasome.inference._observed import Datum, usable
from hepasome.inference._target import Target
from hepasome.trial import TypicalSubject, solver_settings, typical_subject

_LOWEST = 1e-12
_COURSE_POINTS = 200  # of an area under a course, denser at its start

Array = NDArray[np.float64]


@dataclass(frozen=True)
class _Course:
    """One arm to simulate, with the parameters that hold there and the data that are read off it."""

    typical: TypicalSubject
    columns: tuple[int, ...]
    symbols: tuple[str, ...]
    places: tuple[int, ...]
    times: tuple[float, ...]
    outputs: tuple[str, ...]


def target_of(
    calibration: Calibration, observations: Sequence[Observation] | None = None, *, workers: int = 2
) -> Target:
    """Prior and likelihood of a calibration with the model behind it.

    Args:
        calibration: What is calibrated on what.
        observations: Default: the targets of the evidence under the calibration's conditions.
        workers: Threads.

    Raises:
        InputError: If a condition has no observation, or observations cannot be used.
    """
    everything = load_evidence().observations if observations is None else observations
    rows = [one for one in everything if one.condition in calibration.experiments and one.use == "target"]
    for condition in calibration.experiments:
        if not any(one.condition == condition for one in rows):
            raise input_error(calibration.id, "No observation has this condition.", "Correct it.", value=condition)
    data = tuple(usable(rows, calibration.id))
    courses = [_course(calibration, conditions, data) for conditions in calibration.read_together()]
    _check_use(calibration, courses)

    def predict(values: Array) -> Array:
        found = np.full((len(values), len(data)), np.nan)
        for course in courses:
            found[:, course.places] = _read(calibration, course, values, data, workers)
        return found

    between = calibration.between_animals
    models = tuple(sorted({course.typical.model.hash for course in courses}))
    return Target(calibration.rows(), data, predict, (between.low, between.high), models)


def _check_use(calibration: Calibration, courses: Sequence[_Course]) -> None:
    """Refuse parameters that no experiment has: their draws would say that the observations tell nothing of them."""
    met, found = {place for course in courses for place in course.columns}, FindingList(calibration.id)
    for place, name in enumerate(calibration.parameters):
        if place not in met:
            remedy = "Take it out, or write the disease whose own row it is, as in `apap/commitment_rate`."
            found.add("No experiment of this calibration has this parameter.", remedy, field="parameters", value=name)
    found.raise_if_any()


def _course(calibration: Calibration, conditions: Sequence[str], data: Sequence[Datum]) -> _Course:
    study, arm = calibration.study(conditions[0]), calibration.experiments[conditions[0]].arm
    typical = typical_subject(study, arm)
    held = calibrated_of(calibration, study.disease.model, typical)
    places = tuple(i for i, datum in enumerate(data) if datum.observation.condition in conditions)
    times, outputs = set(), set()
    for i in places:
        observable = observable_of(calibration, data[i])
        if isinstance(observable, Remaining):
            outputs.add(observable.of)
            times |= {observable.since, data[i].time}
            continue
        outputs |= {*observable.of, *observable.over}
        times |= {data[i].time} if observable.time_course == "value" else set(_grid(data[i].time))
    return _Course(typical, tuple(held.values()), tuple(held), places, tuple(sorted(times)), tuple(sorted(outputs)))


def calibrated_of(calibration: Calibration, disease: str, typical: TypicalSubject) -> dict[str, int]:
    """What is calibrated of a model: parameter there -> place among the parameters of the calibration."""
    known = set(typical.model.parameters)
    held = calibrated_in(tuple(calibration.parameters), disease)
    return {symbol: place for symbol, place in held.items() if symbol in known}


def _read(calibration: Calibration, course: _Course, values: Array, data: Sequence[Datum], workers: int) -> Array:
    base = course.typical.subject
    subjects = [
        replace(base, key=str(i), parameters={**base.parameters, **dict(zip(course.symbols, row, strict=True))})
        for i, row in enumerate(values[:, course.columns].tolist())
    ]
    found = engine.simulate_ensemble(
        course.typical.model,
        subjects,
        course.times,
        course.outputs,
        solver=_solver(calibration, course.typical.model),
        workers=workers,
    )
    shape = (len(course.times), len(course.outputs))
    simulated = np.stack(
        [one.values if one.status is engine.Status.COMPLETED else np.full(shape, np.nan) for one in found]
    )
    read = [_value(observable_of(calibration, data[i]), simulated, course, data[i].time) for i in course.places]
    return np.log(np.maximum(np.stack(read, axis=1), _LOWEST))


def _solver(calibration: Calibration, model: engine.Model) -> engine.Solver:
    usual, long = solver_settings(model), calibration.long_courses
    if long is None:
        return usual
    return replace(usual, relative_tolerance=long.relative_tolerance, absolute_tolerance=long.absolute_tolerance)


def observable_of(calibration: Calibration, datum: Datum) -> Observable | Remaining:
    """How the endpoint of a datum is computed."""
    endpoint = datum.observation.endpoint
    return calibration.observables.get(endpoint, Observable(of=(endpoint,)))


def _value(observable: Observable | Remaining, simulated: Array, course: _Course, time: float) -> Array:
    """Shape (n,)."""
    if isinstance(observable, Remaining):
        series = simulated[:, :, course.outputs.index(observable.of)]
        return np.asarray(
            series[:, course.times.index(time)] / np.maximum(series[:, course.times.index(observable.since)], _LOWEST)
        )

    def total(names: Sequence[str]) -> Array:
        return np.asarray(simulated[:, :, [course.outputs.index(name) for name in names]].sum(axis=2))

    series = total(observable.of)
    if observable.over:
        series = series / np.maximum(total(observable.over), _LOWEST)
    series = observable.factor * series
    if observable.time_course == "value":
        return series[:, course.times.index(time)]
    grid = _grid(time)
    places = [course.times.index(one) for one in grid]
    area = np.asarray(np.trapezoid(series[:, places], grid, axis=1))
    if observable.time_course == "area":
        return area
    return np.asarray(np.trapezoid(series[:, places] * np.asarray(grid), grid, axis=1)) / area


def _grid(until: float) -> tuple[float, ...]:
    return tuple(float(time) for time in until * np.linspace(0, 1, _COURSE_POINTS) ** 3)
