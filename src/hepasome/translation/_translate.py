"""From the dose of an animal to that of a human, by three routes side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hepasome.biology import parameters
from hepasome.evidence import trial_doses
from hepasome.files import input_error
from hepasome.translation._bodies import HUMAN, Bodies, draw_bodies
from hepasome.translation._delivery import SOLUBLE, Delivery, Giving, OnStep, matching_factors
from hepasome.translation._drivers import Driver, drivers
from hepasome.translation._given import (
    AnimalDose,
    animal_doses,
    cell_of_interest,
    check_translatable,
    unit_of,
)
from hepasome.translation._result import HumanDose, Interval, Method, Translation
from hepasome.translation._scaling import allometric_dose, constants, km_dose
from hepasome.trial import Study, main_arm, stream, two_piece

DRAWS = 300
FEWEST_DRAWS = 20
MOST_DRAWS = 20_000
INTRAVENOUS = "intravenous"
AS_STUDIED = "as in the study"
CELL_WORDS = {
    "kupffer": "Kupffer cells",
    "endothelial": "endothelium",
    "stellate": "stellate cells",
    "hepatocyte": "hepatocytes",
    SOLUBLE: "soluble factors",
}
_NOTES = (
    "The liver is healthy on both sides: injury changes uptake in animal and human alike and is left out.",
    "The same vesicles per cell is taken for the same effect; whether human cells answer alike is not known.",
)

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]


def translate(
    study: Study,
    *,
    arm: str | None = None,
    cell: str | None = None,
    draws: int = DRAWS,
    seed: int = 1,
    workers: int = 1,
    on_progress: Progress | None = None,
) -> Translation:
    """The human-equivalent dose of one arm of a study: by body size, by Km factors, and by delivery to cells.

    Args:
        study: A study in animals.
        arm: Which treated arm; default: the one that most claims are about.
        cell: Which cell must get the same; default: the one that the claims name, else the one that gets most.
        draws: Draws of what is not known.
        seed: Seed of everything random; the same seed gives the same result.
        workers: Threads.
        on_progress: Called with the simulations done and all that are known to be needed.

    Raises:
        InputError: If the study gives no dose to animals, or there is no such arm or cell.
    """
    check_translatable(study)
    if not FEWEST_DRAWS <= draws <= MOST_DRAWS:
        raise input_error("--draws", f"Give {FEWEST_DRAWS} to {MOST_DRAWS:,} draws.", "Correct it.", value=draws)
    if cell is not None and cell not in CELL_WORDS:
        raise input_error("--cell", "There is no such cell.", f"Use one of: {', '.join(CELL_WORDS)}.", value=cell)
    arm = main_arm(study, arm)
    counter = _Counter(on_progress)
    counter.expect(draws)
    work = _Work(study, arm, draws, seed, workers, counter)
    sized, causes = work.by_body_size()
    missing = work.why_not()
    delivered: list[HumanDose] = []
    found: list[Driver] = []
    exposure: dict[str, Interval] = {}
    chosen, why, lacking = "", "", ""
    notes: tuple[str, ...] = _NOTES
    if not missing:
        animal, factors = work.by_delivery()
        exposure = {name: Interval.of(animal[:, i]) for i, name in enumerate(work.targets)}
        chosen, why, lacking = _choose(study, cell, exposure)
        delivered = [work.human_dose(route, name, column, name == chosen) for route, name, column in factors]
        lost = max(int(np.isnan(column).sum()) for _, _, column in factors)
        if lost:
            notes += (f"In up to {lost} of {draws} draws no human dose brings the same; they are left out.",)
        main = next(column for route, name, column in factors if route == INTRAVENOUS and name == chosen)
        found = drivers(main * work.doses, causes | work.causes(), work.choices())
    unit = work.unit
    return Translation(
        study=study.id,
        title=study.title,
        system=study.system,
        species=study.subject.species,
        arm=arm,
        product=work.product.id,
        kind=work.product.kind,
        unit=unit,
        animal_weight=Interval.of(work.weights),
        animal_dose=Interval.of(work.doses),
        animal_route=work.route_words,
        animal_exposure=exposure,
        human_weight=work.human_weight,
        cell=chosen,
        why_cell=why,
        lacking_cell=lacking,
        doses=(*sized, *delivered),
        drivers=tuple(found),
        trials=tuple(row for row in trial_doses() if (row.unit == "cells") == (unit == "cells")),
        missing=missing,
        notes=notes,
        draws=draws,
        seed=seed,
    )


def _choose(study: Study, asked: str | None, exposure: dict[str, Interval]) -> tuple[str, str, str]:
    """The cell that must get the same, why, and the cell that the claims name but a healthy body lacks."""
    if asked is not None:
        if asked not in exposure:
            listed = ", ".join(exposure)
            raise input_error("--cell", "This product does not act there.", f"Use one of: {listed}.", value=asked)
        return asked, "asked for", ""
    most = max((name for name in exposure if name != SOLUBLE), key=lambda name: exposure[name].median)
    named = cell_of_interest(study)
    if named is None:
        return most, "no claim names a cell; these meet the most vesicles", ""
    cell, why = named
    if cell not in exposure:
        return most, f"{why}, which a healthy body lacks; these meet the most vesicles", cell
    return cell, why, ""


@dataclass
class _Counter:
    """Simulations done and known to be needed, over all rounds."""

    report: Progress | None
    done: int = 0
    total: int = 0

    def expect(self, total: int) -> None:
        self.total = total
        if self.report is not None:
            self.report(self.done, self.total)

    def round(self, size: int) -> OnStep:
        before = self.done
        self.total = max(self.total, before + size)

        def step(done: int, _: int) -> None:
            self.done = before + done
            if self.report is not None:
                self.report(self.done, self.total)

        return step

    def finish(self) -> None:
        if self.report is not None and self.done:
            self.report(self.done, self.done)


class _Work:
    """One translation in its steps. Everything is drawn before anything is simulated."""

    def __init__(self, study: Study, arm: str, draws: int, seed: int, workers: int, counter: _Counter) -> None:
        self._study, self._seed, self._workers, self._counter = study, seed, workers, counter
        self.species, self.unit = study.subject.species, unit_of(study, arm)
        self.human_weight = parameters(HUMAN)["body_weight"].value
        self.product = study.products()[arm]
        self._given: list[AnimalDose] = animal_doses(study, arm, seed, draws)
        self.weights = np.array([one.weight for one in self._given])
        self.doses = np.array([one.dose for one in self._given])
        self._per_unit = np.array([one.particles_per_unit for one in self._given])
        self._animal = Delivery(self.species, self.product.kind)
        self._bodies: list[Bodies] = []
        self.targets: tuple[str, ...] = ()

    @property
    def route_words(self) -> str:
        """The animal's route, or all that it may have been."""
        return " or ".join(dict.fromkeys(one.giving.route for one in self._given))

    def by_body_size(self) -> tuple[list[HumanDose], dict[str, Array]]:
        """Allometry and Km factors, with what they drew."""
        power, agreement = self._constant("allometric_exponent"), self._constant("km_agreement")
        grown = allometric_dose_each(self.doses, self.weights, self.human_weight, power)
        per_kg = self.doses / self.weights * 1000
        by_km = np.array([km_dose(dose, self.species) for dose in per_kg]) * self.human_weight / 1000 * agreement
        both = [self._by_size("allometry", grown), self._by_size("Km factors", by_km)]
        return both, {"dose of the animal": np.log(self.doses), "body weight of the animal": np.log(self.weights)}

    def _by_size(self, method: Method, dose: Array) -> HumanDose:
        ratio = Interval.of(dose / self.doses)
        return HumanDose(method, AS_STUDIED, "", Interval.of(dose), self._particles(dose), ratio)

    def why_not(self) -> str:
        """Why the model cannot follow this treatment; empty if it can."""
        unknown = sorted({one.giving.route for one in self._given} - set(self._animal.routes))
        if unknown:
            return (
                f"The animals got it by a route that ends where a healthy body has nothing ({', '.join(unknown)}): the "
                "model of delivery cannot follow it, and scaling by body size alone is left."
            )
        return ""

    def by_delivery(self) -> tuple[Array, list[tuple[str, str, Array]]]:
        """Exposure of the animals, and factors of the human dose by route and target."""
        human = Delivery(HUMAN, self.product.kind)
        source = self.product.source_cell
        self._bodies = [draw_bodies(self.species, w, self._seed, i + 1, source) for i, w in enumerate(self.weights)]
        self.targets = self._animal.targets
        given = [one.giving for one in self._given]
        routes: dict[str, list[Giving]] = {AS_STUDIED: given}
        if any(one.route != INTRAVENOUS for one in given):
            routes[INTRAVENOUS] = [replace(one, route=INTRAVENOUS) for one in given]
        count, kinds = len(given), len(routes)
        self._counter.expect(count * (1 + kinds * (1 + 2 * len(self.targets))))
        got = self._animal.exposures(
            [one.animal for one in self._bodies], given, self._workers, self._counter.round(count)
        )
        start = np.array([one.human["hepatocyte_count"] / one.animal["hepatocyte_count"] for one in self._bodies])
        humans = [one.human for one in self._bodies]
        found = []
        for route, doses in routes.items():
            factors = matching_factors(human, humans, doses, got, start, self._workers, self._counter.round)
            name = INTRAVENOUS if kinds == 1 else route
            found += [(name, target, factors[:, i]) for i, target in enumerate(self.targets)]
        self._counter.finish()
        return got, found

    def human_dose(self, route: str, target: str, factors: Array, chosen: bool) -> HumanDose:
        """The model's dose from its factors."""
        dose = factors * self.doses
        return HumanDose("model", route, target, Interval.of(dose), self._particles(dose), Interval.of(factors), chosen)

    def causes(self) -> dict[str, Array]:
        """Everything that was drawn for the model, by name."""
        names = self._bodies[0].drawn
        drawn = {name: np.array([one.drawn[name] for one in self._bodies]) for name in names}
        times = np.array([len(one.giving.times) for one in self._given], float)
        if self._per_unit.any():
            drawn["particles per unit of the dose"] = np.log(self._per_unit)
        return drawn | {"number of doses": times}

    def choices(self) -> dict[str, list[str]]:
        """Choices of the protocol that were drawn."""
        return {"route of the animal": [one.giving.route for one in self._given]}

    def _particles(self, dose: Array) -> Interval | None:
        return Interval.of(dose * self._per_unit) if self._per_unit.any() else None

    def _constant(self, symbol: str) -> Array:
        row = constants()[symbol]
        draws = range(1, len(self._given) + 1)
        rngs = [stream(self._seed, "translation", draw, symbol) for draw in draws]
        return np.array([two_piece(row.value, row.low, row.high, row.scale, rng) for rng in rngs])


def allometric_dose_each(doses: Array, animal_weights: Array, human_weight: float, powers: Array) -> Array:
    """`allometric_dose` of each draw."""
    rows = zip(doses, animal_weights, powers, strict=True)
    return np.array([allometric_dose(dose, weight, human_weight, power) for dose, weight, power in rows])
