"""A study with every detail settled: what one simulated trial does, in hours and model units."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hepasome.biology import Structure, agents, parameters, target_ids
from hepasome.files import Quantity, input_error
from hepasome.product import Product
from hepasome.trial._study import Arm, EndpointAt, GivenAgent, Schedule, Study
from hepasome.trial._subject import AT_TREATMENT, DiseaseOfArm
from hepasome.trial._uncertain import settle

Settle = Callable[[object], Any]
_MOST_REPEATS = 10_000


@dataclass(frozen=True)
class GivenTreatment:
    """A treatment with its details settled: product, dose, route, and times (h) at which it is given."""

    product: Product
    dose: Quantity
    route: str
    times: tuple[float, ...]


@dataclass(frozen=True)
class Step:
    """One thing that is done to a subject at a time, beside the treatment.

    Attributes:
        time: h.
        target: State or parameter of the flat model.
        value: What is added to a state, or what a parameter is set to.
        adds: Whether it is added to a state.
        exact: Whether it has no error of injection.
    """

    time: float
    target: str
    value: float
    adds: bool
    exact: bool


@dataclass(frozen=True)
class ArmProtocol:
    """What the subjects of one arm get.

    Attributes:
        induction: What injures, in the order of time.
        treatment: The treatment, if there is one.
        agents: Drugs and inhibitors beside it.
    """

    induction: tuple[Step, ...]
    treatment: GivenTreatment | None
    agents: tuple[Step, ...] = ()

    @property
    def induction_times(self) -> tuple[float, ...]:
        """When something injures, h."""
        return tuple(sorted({step.time for step in self.induction if step.value}))


@dataclass(frozen=True)
class Protocol:
    """What one simulated trial does.

    Attributes:
        species: Whose parameters.
        disease: Id of the disease.
        body_weight: Mean body weight, g.
        amounts: What induces the disease, by the names of the disease file, in its units.
        culture: Parameters of a dish: number of cells and mL of medium; empty for animals.
        read_out: Time at which the subjects are read out, h.
        subjects_per_arm: Subjects in each arm.
        arms: By name.
    """

    species: str
    disease: str
    body_weight: float
    amounts: dict[str, float]
    culture: dict[str, float]
    read_out: float
    subjects_per_arm: int
    arms: dict[str, ArmProtocol]

    def endpoint_time(self, endpoint: EndpointAt) -> float:
        """When an endpoint is read, h."""
        if endpoint.at is None:
            return self.read_out
        doses = [time for arm in self.arms.values() if arm.treatment is not None for time in arm.treatment.times]
        return endpoint.at.to("h") + (max(doses, default=0.0) if endpoint.after_treatment else 0.0)

    def without_treatment(self, arm: str) -> Protocol:
        """The same without the treatment of one arm; what is given beside it stays."""
        return replace(self, arms=self.arms | {arm: replace(self.arms[arm], treatment=None)})

    @property
    def treatment_start(self) -> float | None:
        """When the first treatment of any arm is given, h; None if the study treats nobody."""
        starts = [arm.treatment.times[0] for arm in self.arms.values() if arm.treatment is not None]
        return min(starts, default=None)


def absolute_dose(dose: Quantity, body_weight: float) -> Quantity:
    """A dose per body weight as the dose of one subject; any other as it is.

    Args:
        dose: The dose as the study gives it.
        body_weight: Of the subject, g.
    """
    for unit in ("ug", "particles", "cells"):
        if dose.fits(f"{unit}/kg"):
            return Quantity(dose.to(f"{unit}/kg") * body_weight / 1000, unit)
    return dose


def settle_protocol(study: Study, rng: np.random.Generator | None) -> Protocol:
    """Settle every uncertain detail of a study.

    A range that stands in several arms with the same ends and reason is one unknown and gets one value in all of them.

    Args:
        study: The study.
        rng: Draws the details; without it each takes the middle of its range.
    """
    drawn: dict[str, Any] = {}

    def one(detail: object) -> Any:
        return drawn.setdefault(repr(detail), settle(detail, rng))

    products = study.products()
    treatments = {}
    for name, arm in study.arms.items():
        if arm.treatment is not None:
            dose, route = one(arm.treatment.dose), one(arm.treatment.route)
            times = _times(arm.treatment.schedule, one)
            treatments[name] = GivenTreatment(products[name], dose, str(route), times)
    start = min((given.times[0] for given in treatments.values()), default=None)
    structure, disease, subject = study.structure, study.disease, study.subject
    # amounts before arms: the order in which details are settled decides what each of them draws
    repeats = _repeats(study, one)
    amounts = {name: one(value).to(disease.modelled.induction[name].unit) for name, value in disease.amounts.items()}
    arms = {
        name: ArmProtocol(
            tuple(_induction(study, structure, amounts, repeats, _stop(arm, start, one))),
            treatments.get(name),
            tuple(step for given in arm.agents for step in _agent(structure, given, one)),
        )
        for name, arm in study.arms.items()
    }
    culture = {}
    if subject.culture is not None:
        culture = {"cultured_cells": one(subject.culture.cells).to("cells")}
        culture["medium_volume"] = one(subject.culture.medium).to("mL")
        body_weight = parameters(subject.species)["body_weight"].value
    else:
        body_weight = one(subject.body_weight).to("g")
    return Protocol(
        species=subject.species,
        disease=disease.model,
        body_weight=body_weight,
        amounts=amounts,
        culture=culture,
        read_out=one(study.read_out).to("h"),
        subjects_per_arm=one(study.subjects_per_arm),
        arms=arms,
    )


def _stop(arm: Arm, treatment_start: float | None, one: Settle) -> float:
    if arm.disease == "none":
        return -math.inf
    if isinstance(arm.disease, DiseaseOfArm):
        if arm.disease.stop_at == AT_TREATMENT:
            return treatment_start or 0.0
        return float(one(arm.disease.stop_at).to("h"))
    return math.inf


def _repeats(study: Study, one: Settle) -> tuple[float, ...]:
    """Times at which the disease is induced in an arm that is not stopped, h."""
    disease = study.disease
    start = one(disease.start).to("h")
    if disease.every is None or disease.duration is None:
        return (start,)
    every, length = one(disease.every).to("h"), one(disease.duration).to("h")
    if length / every > _MOST_REPEATS:
        problem = f"The injury would be repeated {length / every:,.0f} times."
        raise input_error(study.id, problem, f"Up to {_MOST_REPEATS:,} are possible.", field="disease.every")
    return tuple(start + every * i for i in range(math.ceil(length / every - 1e-9)))


def _induction(
    study: Study, structure: Structure, amounts: dict[str, float], times: tuple[float, ...], stop: float
) -> Iterator[Step]:
    given = study.disease.modelled.induction
    for time in times:
        if time >= stop:
            continue
        for name, amount in amounts.items():
            row, value = given[name], amount * given[name].factor
            for state in row.states if row.adds_to else ():
                yield from (Step(time, i, value, True, row.exact) for i in target_ids(structure, state))
            if row.sets:
                yield Step(time, row.sets, value, False, True)
            if row.lasts:
                yield Step(time, row.lasts, 1.0, False, True)
                yield Step(time + amount, row.lasts, 0.0, False, True)


def _agent(structure: Structure, given: GivenAgent, one: Settle) -> Iterator[Step]:
    agent = agents()[given.agent]
    for time in _times(given.schedule, one):
        if agent.acts == "adds":
            amount = one(given.dose).to(agent.unit) * agent.value
            yield from (Step(time, i, amount, True, False) for i in target_ids(structure, agent.target))
        else:
            yield Step(time, agent.target, agent.value, False, True)
            if given.duration is not None:
                yield Step(time + one(given.duration).to("h"), agent.target, 0.0, False, True)


def _times(schedule: Schedule, one: Settle) -> tuple[float, ...]:
    count = one(schedule.times)
    start = one(schedule.start).to("h")
    every = one(schedule.every).to("h") if schedule.every is not None else 0.0
    return tuple(start + every * i for i in range(count))
