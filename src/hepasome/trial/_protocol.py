"""A study with every detail settled: what one simulated trial does, in hours and model units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from hepasome.biology import Species
from hepasome.files import Quantity
from hepasome.product import Product
from hepasome.trial._study import AT_TREATMENT, Disease, DiseaseOfArm, EndpointAt, Study, Treatment
from hepasome.trial._uncertain import settle


@dataclass(frozen=True)
class GivenTreatment:
    """A treatment with its details settled: product, dose, route, and times (h) at which it is given."""

    product: Product
    dose: Quantity
    route: str
    times: tuple[float, ...]


@dataclass(frozen=True)
class ArmProtocol:
    """What the animals of one arm get: times of CCl4 (h), and the treatment if there is one."""

    toxin_times: tuple[float, ...]
    treatment: GivenTreatment | None


@dataclass(frozen=True)
class Protocol:
    """What one simulated trial does.

    Attributes:
        species: Whose parameters.
        body_weight: Mean body weight, g.
        toxin_dose: CCl4 per dose, mL/kg.
        read_out: Time at which the animals are read out, h.
        subjects_per_arm: Animals in each arm.
        arms: By name.
    """

    species: Species
    body_weight: float
    toxin_dose: float
    read_out: float
    subjects_per_arm: int
    arms: dict[str, ArmProtocol]

    def endpoint_time(self, endpoint: EndpointAt) -> float:
        """When an endpoint is read, h."""
        if endpoint.at is None:
            return self.read_out
        doses = [time for arm in self.arms.values() if arm.treatment is not None for time in arm.treatment.times]
        return endpoint.at.to("h") + (max(doses, default=0.0) if endpoint.after_treatment else 0.0)

    @property
    def treatment_start(self) -> float | None:
        """When the first treatment of any arm is given, h; None if the study treats nobody."""
        starts = [arm.treatment.times[0] for arm in self.arms.values() if arm.treatment is not None]
        return min(starts, default=None)


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

    def hours(detail: object) -> float:
        return float(one(detail).to("h"))

    products = study.products()
    treatments = {}
    for name, arm in study.arms.items():
        if arm.treatment is not None:
            dose, route = one(arm.treatment.dose), one(arm.treatment.route)
            times = _treatment_times(arm.treatment, hours, one(arm.treatment.schedule.times))
            treatments[name] = GivenTreatment(products[name], dose, str(route), times)
    start = min((given.times[0] for given in treatments.values()), default=None)
    arms = {}
    for name, arm in study.arms.items():
        stop = _stop(arm.disease, start, hours)
        arms[name] = ArmProtocol(_toxin_times(study.disease, stop, hours), treatments.get(name))
    return Protocol(
        species=study.subject.species,
        body_weight=one(study.subject.body_weight).to("g"),
        toxin_dose=one(study.disease.dose).to("mL/kg"),
        read_out=hours(study.read_out),
        subjects_per_arm=one(study.subjects_per_arm),
        arms=arms,
    )


def _stop(disease: DiseaseOfArm | str | None, treatment_start: float | None, hours: Callable[[object], float]) -> float:
    if disease == "none":
        return 0.0
    if isinstance(disease, DiseaseOfArm):
        return (treatment_start or 0.0) if disease.stop_at == AT_TREATMENT else hours(disease.stop_at)
    return float("inf")


def _toxin_times(disease: Disease, stop: float, hours: Callable[[object], float]) -> tuple[float, ...]:
    every, end = hours(disease.every), min(hours(disease.duration), stop)
    count = int(np.ceil(end / every - 1e-9))
    return tuple(every * i for i in range(count))


def _treatment_times(treatment: Treatment, hours: Callable[[object], float], count: int) -> tuple[float, ...]:
    schedule = treatment.schedule
    start = hours(schedule.start)
    every = hours(schedule.every) if schedule.every is not None else 0.0
    return tuple(start + every * i for i in range(count))
