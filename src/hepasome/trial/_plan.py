"""Everything that a run simulates, known before anything is simulated and laid out subject by subject when needed.

Three kinds of subjects share one ensemble:
* animals: the trial itself, with individual variation and errors of dose and assay;
* worlds: one typical animal per arm in each draw of what is not known, from which verdicts and intervals come; each
  treated arm stands there a second time without its named cargo (in-silico knock-out);
* ladders: one typical animal with ever more copies of a named cargo per vesicle, from which the copies that a claimed
  mechanism would require are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Literal, overload

import numpy as np
import pandas as pd

from hepasome import engine
from hepasome.biology import (
    Structure,
    copies_parameter,
    model_sbml,
    read_outs,
)
from hepasome.evidence import load_evidence
from hepasome.files import did_you_mean, input_error
from hepasome.product import Cargo, Product
from hepasome.trial._assays import INJECTION, PARTICLE_COUNT, error_factor
from hepasome.trial._draws import central_values, drawn_values, individual, individual_body_weight, stream
from hepasome.trial._giving import doses_of, number_of, particles_given, permeability_for
from hepasome.trial._protocol import GivenTreatment, Protocol, Step, absolute_dose, settle_protocol
from hepasome.trial._study import Study

LADDER = tuple(float(x) for x in np.logspace(-3, 10, 27))  # copies per vesicle, two steps per decade
_AFTER_DOSE = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 12.0)  # h; vesicles leave the blood within minutes
_STEPS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 12.0, 24.0)  # h between readings of a course
_MOST_STEPS = 100  # of a course, unless even the longest step gives more
COURSES_PER_ARM = 200  # animals whose whole course is kept; enough for a band, and a large trial stays small on disk
_MIDDLE = -1

Role = Literal["animal", "world", "ladder"]
_Entry = tuple[Role, str, int, str]  # role, arm, number, variant


@dataclass(frozen=True)
class Settings:
    """What a user may choose about a run.

    Attributes:
        subjects: Animals per arm; None for the number of the study.
        seed: Seed of everything random.
        draws: Draws of what is not known.
        overrides: Parameter values that replace those of the tables.
    """

    subjects: int | None = None
    seed: int = 1
    draws: int = 40
    overrides: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Planned:
    """One subject of a run.

    Attributes:
        key: Unique name.
        role: What it is for.
        arm: Arm it stands in.
        number: Animal, draw or step of the ladder, from 1.
        variant: `given`, `without_named_cargo`, or the cargo of a ladder.
        subject: What the engine simulates.
        times: When it is read, h.
        endpoints: Label, read-out and time (h) of each endpoint.
        body_weight: g.
    """

    key: str
    role: Role
    arm: str
    number: int
    variant: str
    subject: engine.Subject
    times: tuple[float, ...]
    endpoints: tuple[tuple[str, str, float], ...]
    body_weight: float


class PlannedSubjects(Sequence[Planned]):
    """The subjects of a run in their order; each is laid out when it is asked for, the same every time.

    A trial of a hundred thousand animals would not fit into memory all at once.
    """

    def __init__(self, study: Study, settings: Settings, protocol: Protocol, model: engine.Model) -> None:
        self._study, self._settings, self._protocol = study, settings, protocol
        self._structure = study.structure
        self._known = set(model.parameters)  # some rows of the tables describe the animal outside of the equations
        self._entries = [*self._animals(), *self._worlds(), *self._ladders()]
        self._settled = cache(self._settle)
        self._values = lru_cache(maxsize=8)(self._drawn)
        self._course = _grid(study, protocol)
        self._read: dict[int, tuple[tuple[float, ...], tuple[tuple[str, str, float], ...]]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, index: int) -> Planned: ...
    @overload
    def __getitem__(self, index: slice) -> list[Planned]: ...
    def __getitem__(self, index: int | slice) -> Planned | list[Planned]:
        if isinstance(index, slice):
            return [self._lay_out(entry) for entry in self._entries[index]]
        return self._lay_out(self._entries[index])

    @property
    def times(self) -> tuple[float, ...]:
        """All times at which any subject is read, h, ascending."""
        times = set(self._course)
        for number in {number for role, _, number, _ in self._entries if role == "world"}:
            times |= set(self._times(self._settled(number)))
        if any(role == "ladder" for role, *_ in self._entries):
            times |= set(self._times(self._settled(_MIDDLE)))
        return tuple(sorted(times))

    def keys(self, start: int, stop: int) -> list[str]:
        """Unique names of some subjects."""
        return [_key(*entry) for entry in self._entries[start:stop]]

    def reading(self, place: int) -> tuple[tuple[float, ...], float]:
        """When a subject is read, h, and its body weight, g: what its results need of it."""
        role, arm, number, _ = self._entries[place]
        if role != "animal":
            protocol = self._settled(number if role == "world" else _MIDDLE)
            return self._times(protocol), protocol.body_weight
        rng = stream(self._settings.seed, "animal", arm, number)
        weight = individual_body_weight(self._study.subject.species, self._protocol.body_weight, rng)
        return self._animal_times(number), weight

    def others(self) -> Iterator[Planned]:
        """Everybody but the animals of the trial."""
        return (self._lay_out(entry) for entry in self._entries if entry[0] != "animal")

    def table(self) -> pd.DataFrame:
        """One row per subject: key, role, arm, number, variant."""
        table = pd.DataFrame(self._entries, columns=["role", "arm", "number", "variant"])
        table.insert(0, "key", [_key(*entry) for entry in self._entries])
        return table

    def _animals(self) -> Iterator[_Entry]:
        count = self._settings.subjects or self._protocol.subjects_per_arm
        for arm in self._protocol.arms:
            yield from (("animal", arm, number, "given") for number in range(1, count + 1))

    def _worlds(self) -> Iterator[_Entry]:
        for draw in range(1, self._settings.draws + 1):
            for arm, given in self._protocol.arms.items():
                for variant in ("given", "without_named_cargo") if given.treatment is not None else ("given",):
                    yield "world", arm, draw, variant

    def _ladders(self) -> Iterator[_Entry]:
        claims = [c for c in load_evidence().claims if c.study == self._study.id and c.kind == "mechanism"]
        for arm, given in self._protocol.arms.items():
            for cargo in sorted({claim.cargo for claim in claims if claim.arm == arm and given.treatment is not None}):
                yield from (("ladder", arm, step, cargo) for step in range(len(LADDER) + 1))

    def _animal_times(self, number: int) -> tuple[float, ...]:
        return self._course if number <= COURSES_PER_ARM else self._times(self._protocol)

    def _times(self, protocol: Protocol) -> tuple[float, ...]:
        return self._reading(protocol)[0]

    def _endpoints(self, protocol: Protocol) -> tuple[tuple[str, str, float], ...]:
        return self._reading(protocol)[1]

    def _reading(self, protocol: Protocol) -> tuple[tuple[float, ...], tuple[tuple[str, str, float], ...]]:
        """When a protocol is read, and its endpoints; the same objects for all its subjects."""
        if id(protocol) not in self._read:  # every protocol lives as long as this
            self._read[id(protocol)] = _endpoint_times(self._study, protocol), _endpoints(self._study, protocol)
        return self._read[id(protocol)]

    def _settle(self, draw: int) -> Protocol:
        # ladders take the middle of every range: what a mechanism requires does not depend on the seed
        rng = None if draw == _MIDDLE else stream(self._settings.seed, "protocol", draw)
        return settle_protocol(self._study, rng)

    def _drawn(self, draw: int, source_cell: str) -> dict[str, float]:
        species, disease = self._study.subject.species, self._study.disease.model
        values = central_values(species, disease)
        if draw:
            values = drawn_values(species, self._settings.seed, draw, source_cell, disease)
        return values | self._settings.overrides

    def _lay_out(self, entry: _Entry) -> Planned:
        role, arm, number, variant = entry
        seed, study = self._settings.seed, self._study
        if role == "animal":
            protocol = self._protocol
            rng = stream(seed, "animal", arm, number)
            values = individual(
                self._values(0, ""), study.subject.species, protocol.body_weight, rng, study.disease.model
            )
            how: _Typical = _Errors(seed, arm, rng)
            times, weight = self._animal_times(number), values["body_weight"]
        elif role == "world":
            protocol = self._settled(number)
            treatment = protocol.arms[arm].treatment
            values = self._values(number, treatment.product.source_cell if treatment is not None else "none")
            how = _Typical(seed, number, keep_cargo=variant == "given")
            times, weight = self._times(protocol), protocol.body_weight
        else:
            protocol, values = self._settled(_MIDDLE), self._values(0, "")
            copies = (0.0, *LADDER)[number]
            how = _Typical(seed, 0, replaced={variant: copies})
            times, weight = self._times(protocol), protocol.body_weight
        subject = _subject(_key(*entry), values, protocol, arm, how, self._structure)
        own = {name: value for name, value in subject.parameters.items() if name in self._known}
        endpoints = self._endpoints(protocol)
        return Planned(
            subject.key, role, arm, number, variant, replace(subject, parameters=own), times, endpoints, weight
        )


@dataclass(frozen=True)
class Typical:
    """The typical subject of an arm at central values, with its model."""

    model: engine.Model
    subject: engine.Subject


def typical_subject(study: Study, arm: str) -> Typical:
    """One subject of an arm without errors, every detail of its protocol at its middle, every parameter at its centre.

    Raises:
        InputError: If the study has no such arm.
    """
    if arm not in study.arms:
        raise input_error(study.id, "The study has no such arm.", did_you_mean(arm, study.arms), value=arm)
    protocol, model = settle_protocol(study, None), engine.Model(model_sbml(study.structure))
    values = central_values(study.subject.species, study.disease.model)
    subject = _subject(arm, values, protocol, arm, _Typical(0, 0), study.structure)
    known = set(model.parameters)
    return Typical(model, replace(subject, parameters={n: v for n, v in subject.parameters.items() if n in known}))


@dataclass(frozen=True)
class Plan:
    """All subjects of a run, the protocol of its trial, and the grid on which everything is read."""

    study: Study
    settings: Settings
    protocol: Protocol
    model: engine.Model
    subjects: PlannedSubjects
    times: tuple[float, ...]
    outputs: tuple[str, ...]


def make_plan(study: Study, settings: Settings) -> Plan:
    """Lay out a run.

    Raises:
        InputError: If a product cannot be resolved.
    """
    protocol = settle_protocol(study, stream(settings.seed, "protocol", 0))
    model = engine.Model(model_sbml(study.structure))
    outputs = tuple(row.read_out for row in read_outs(study.structure))
    subjects = PlannedSubjects(study, settings, protocol, model)
    return Plan(study, settings, protocol, model, subjects, subjects.times, outputs)


def _key(role: Role, arm: str, number: int, variant: str) -> str:
    if role == "animal":
        return f"{arm}/{number}"
    return f"world {number}/{arm}/{variant}" if role == "world" else f"ladder {variant}/{arm}/{number}"


def _endpoints(study: Study, protocol: Protocol) -> tuple[tuple[str, str, float], ...]:
    return tuple((str(e), e.endpoint, protocol.endpoint_time(e)) for e in study.endpoints)


def _endpoint_times(study: Study, protocol: Protocol) -> tuple[float, ...]:
    return tuple(sorted({protocol.read_out, *(time for _, _, time in _endpoints(study, protocol))}))


def _grid(study: Study, protocol: Protocol) -> tuple[float, ...]:
    fine = [
        time + after
        for arm in protocol.arms.values()
        if arm.treatment is not None
        for time in arm.treatment.times
        for after in (0.0, *_AFTER_DOSE)
    ]
    end = max(_endpoint_times(study, protocol))
    step = next((step for step in _STEPS if end <= step * _MOST_STEPS), _STEPS[-1])
    course = np.arange(0, end, step).tolist()
    return tuple(sorted({time for time in (*course, *fine, *_endpoint_times(study, protocol)) if time <= end}))


class _Typical:
    """A subject without errors: doses as meant, cargo as drawn, replaced or removed."""

    def __init__(
        self, seed: int, draw: int, *, keep_cargo: bool = True, replaced: Mapping[str, float] | None = None
    ) -> None:
        self._seed, self._draw, self._keep, self._replaced = seed, draw, keep_cargo, dict(replaced or {})

    def injection_factor(self) -> float:
        return 1.0

    def dose_factor(self, day: int) -> float:
        return 1.0

    def amount(self, treatment: GivenTreatment, body_weight: float) -> float:
        dose = absolute_dose(treatment.dose, body_weight)
        if treatment.product.kind == "cells":
            return dose.to("cells")
        return particles_given(treatment.product, dose, self._seed, self._draw)

    def copies(self, product: Product) -> dict[str, float]:
        copies = {c.name: self._copies(product, c) for c in product.vesicles.cargo}
        return copies if self._keep else dict.fromkeys(copies, 0.0)

    def traits(self, product: Product) -> dict[str, float]:
        given = product.traits.estimates() if product.traits is not None else {}
        return {name: number_of(product, one, name, self._seed, self._draw) for name, one in given.items()}

    def _copies(self, product: Product, cargo: Cargo) -> float:
        if cargo.name in self._replaced:
            return self._replaced[cargo.name]
        return number_of(product, cargo.copies_per_vesicle, cargo.name, self._seed, self._draw)


class _Errors(_Typical):
    """An animal of the trial: every injection has its error, every prepared batch its error of counting."""

    def __init__(self, seed: int, arm: str, rng: np.random.Generator) -> None:
        super().__init__(seed, 0)
        self._arm, self._rng = arm, rng

    def injection_factor(self) -> float:
        return error_factor(INJECTION, self._rng)

    def dose_factor(self, day: int) -> float:
        batch = stream(self._seed, "batch", self._arm, day)
        return error_factor(PARTICLE_COUNT, batch) * error_factor(INJECTION, self._rng)


def _subject(
    key: str, values: Mapping[str, float], protocol: Protocol, arm: str, how: _Typical, structure: Structure
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


def _done(steps: Sequence[Step], how: _Typical) -> tuple[list[engine.Dose], list[engine.Switch]]:
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
