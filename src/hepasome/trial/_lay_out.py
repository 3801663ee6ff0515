"""One subject of a protocol as the engine simulates it: parameters, doses, switches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hepasome import engine
from hepasome.biology import Structure, copies_parameter
from hepasome.product import Cargo, Estimate, Product
from hepasome.trial._assays import INJECTION, PARTICLE_COUNT, error_factor
from hepasome.trial._draws import at_deviate, stream
from hepasome.trial._giving import acting_particles, doses_of, number_of, permeability_for
from hepasome.trial._protocol import GivenTreatment, Protocol, Step, absolute_dose


@dataclass(frozen=True)
class Knockout:
    """What is taken away from a treated subject in silico; only what is given or acts changes, never an outcome.

    Attributes:
        cargo: Named cargo of which the vesicles carry no copy.
        silenced: Parameters that are zero, such as strengths of unattributed activities.
        untreated: Whether the product is not given at all; agents beside it are.
    """

    cargo: tuple[str, ...] = ()
    silenced: tuple[str, ...] = ()
    untreated: bool = False


class Typical:
    """A subject without errors: doses as meant, numbers of the product as drawn, copies of a cargo replaced."""

    def __init__(self, seed: int, draw: int, replaced: Mapping[str, float] | None = None) -> None:
        self._seed, self._draw, self._replaced = seed, draw, dict(replaced or {})

    def injection_factor(self) -> float:
        return 1.0

    def dose_factor(self, day: int) -> float:
        return 1.0

    def amount(self, treatment: GivenTreatment, body_weight: float) -> float:
        dose = absolute_dose(treatment.dose, body_weight)
        if treatment.product.kind == "cells":
            return dose.to("cells")
        return acting_particles(treatment.product, dose, self.number)

    def copies(self, product: Product) -> dict[str, float]:
        return {c.name: self._copies(product, c) for c in product.vesicles.cargo}

    def traits(self, product: Product) -> dict[str, float]:
        given = product.traits.estimates() if product.traits is not None else {}
        return {name: self.number(product, one, name) for name, one in given.items()}

    def number(self, product: Product, estimate: Estimate, what: str) -> float:
        return number_of(product, estimate, what, self._seed, self._draw)

    def _copies(self, product: Product, cargo: Cargo) -> float:
        if cargo.name in self._replaced:
            return self._replaced[cargo.name]
        return self.number(product, cargo.copies_per_vesicle, cargo.name)


class Sampled(Typical):
    """A typical subject whose product lies where it is said: standard normal deviates by what is not known of it."""

    def __init__(self, deviates: Mapping[str, float]) -> None:
        super().__init__(0, 0)
        self._deviates = deviates

    def number(self, product: Product, estimate: Estimate, what: str) -> float:
        return at_deviate(estimate.value, estimate.low, estimate.high, "log", self._deviates.get(what, 0.0))


class WithErrors(Typical):
    """An animal of the trial: every injection has its error, every prepared batch its error of counting."""

    def __init__(self, seed: int, arm: str, rng: np.random.Generator) -> None:
        super().__init__(seed, 0)
        self._arm, self._rng = arm, rng

    def injection_factor(self) -> float:
        return error_factor(INJECTION, self._rng)

    def dose_factor(self, day: int) -> float:
        batch = stream(self._seed, "batch", self._arm, day)
        return error_factor(PARTICLE_COUNT, batch) * error_factor(INJECTION, self._rng)


def subject_of(
    key: str, values: Mapping[str, float], protocol: Protocol, arm: str, how: Typical, structure: Structure
) -> engine.Subject:
    given = protocol.arms[arm]
    parameters = dict(values) | protocol.culture
    doses, switches = _done(given.induction, how)
    treatment = given.treatment
    if treatment is not None:
        product = treatment.product
        wall = permeability_for(product.diameters(), values, protocol.species, protocol.disease)
        parameters["fenestral_permeability"] = wall
        parameters |= {copies_parameter(cargo): copies for cargo, copies in how.copies(product).items()}
        parameters["rnase"] = float("RNase" in product.vesicles.treated_with)
        parameters |= how.traits(product)
        amount = how.amount(treatment, values["body_weight"])
        amounts = [amount * how.dose_factor(day) for day in range(len(treatment.times))]
        medium = product.kind == "conditioned_medium"
        equivalents = treatment.dose.to("cell_equivalents") / amount if medium else 0.0
        own = doses_of(structure, product.kind, treatment.route, treatment.times, amounts, equivalents)
        doses, switches = doses + own[0], switches + own[1]
    beside = _done(given.agents, how)
    doses, switches = doses + beside[0], switches + beside[1]
    return engine.Subject(
        key, parameters, {}, tuple(sorted(doses, key=lambda d: d.time)), tuple(sorted(switches, key=lambda s: s.time))
    )


def _done(steps: Sequence[Step], how: Typical) -> tuple[list[engine.Dose], list[engine.Switch]]:
    """What is done beside the treatment; an injection that reaches every zone has one error."""
    factors: dict[tuple[float, float], float] = {}
    doses, switches = [], []
    for step in steps:
        if not step.adds:
            switches.append(engine.Switch(step.time, step.target, step.value))
            continue
        at = (step.time, step.value)
        if at not in factors:
            factors[at] = 1.0 if step.exact else how.injection_factor()
        doses.append(engine.Dose(step.time, step.target, step.value * factors[at]))
    return doses, switches
