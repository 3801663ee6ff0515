"""Everything that a run simulates, laid out before anything is simulated.

Three kinds of subjects share one ensemble:
* animals: the trial itself, with individual variation and errors of dose and assay;
* worlds: one typical animal per arm in each draw of what is not known, from which verdicts and intervals come; each
  treated arm stands there a second time without its named cargo (in-silico knock-out);
* ladders: one typical animal with ever more copies of a named cargo per vesicle, from which the copies that a claimed
  mechanism would require are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from hepasome import engine
from hepasome.biology import (
    CCL4_DEPOT,
    CELL_ROUTES,
    CELLS_PRESENT,
    VESICLE_ROUTES,
    actions,
    copies_parameter,
    fenestral_permeability,
    model_sbml,
    read_outs,
)
from hepasome.biology import parameters as parameter_table
from hepasome.evidence import load_evidence
from hepasome.product import Cargo, Product
from hepasome.trial._assays import INJECTION, PARTICLE_COUNT, error_factor
from hepasome.trial._draws import central_values, drawn_values, individual, stream, two_piece
from hepasome.trial._protocol import GivenTreatment, Protocol, settle_protocol
from hepasome.trial._study import Study

LADDER = tuple(float(x) for x in np.logspace(-3, 10, 27))  # copies per vesicle, two steps per decade
_AFTER_DOSE = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 12.0)  # h; vesicles leave the blood within minutes
_STEP = 24.0  # h


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
    role: Literal["animal", "world", "ladder"]
    arm: str
    number: int
    variant: str
    subject: engine.Subject
    times: tuple[float, ...]
    endpoints: tuple[tuple[str, str, float], ...]
    body_weight: float


@dataclass(frozen=True)
class Plan:
    """All subjects of a run, the protocol of its trial, and the grid on which everything is read."""

    study: Study
    settings: Settings
    protocol: Protocol
    model: engine.Model
    subjects: tuple[Planned, ...]
    outputs: tuple[str, ...]

    @property
    def times(self) -> tuple[float, ...]:
        """All times at which any subject is read, h, ascending."""
        return tuple(sorted({time for planned in self.subjects for time in planned.times}))


def make_plan(study: Study, settings: Settings) -> Plan:
    """Lay out a run.

    Raises:
        InputError: If a product cannot be resolved.
    """
    protocol = settle_protocol(study, stream(settings.seed, "protocol", 0))
    model = engine.Model(model_sbml(study.structure))
    outputs = tuple(row.read_out for row in read_outs(cells=study.gives_cells))
    subjects = (*_animals(study, settings, protocol), *_worlds(study, settings), *_ladders(study, settings))
    known = set(model.parameters)  # some rows describe the animal outside of the equations
    subjects = tuple(replace(planned, subject=_only(planned.subject, known)) for planned in subjects)
    return Plan(study, settings, protocol, model, subjects, outputs)


def _only(subject: engine.Subject, known: set[str]) -> engine.Subject:
    return replace(subject, parameters={name: value for name, value in subject.parameters.items() if name in known})


def _endpoints(study: Study, protocol: Protocol) -> tuple[tuple[str, str, float], ...]:
    return tuple((str(e), e.endpoint, protocol.endpoint_time(e)) for e in study.endpoints)


def _endpoint_times(study: Study, protocol: Protocol) -> tuple[float, ...]:
    return tuple(sorted({protocol.read_out, *(time for _, _, time in _endpoints(study, protocol))}))


def _animals(study: Study, settings: Settings, protocol: Protocol) -> Iterator[Planned]:
    count = settings.subjects or protocol.subjects_per_arm
    times, endpoints = _grid(study, protocol), _endpoints(study, protocol)
    population = central_values(study.subject.species) | settings.overrides
    for arm in protocol.arms:
        for number in range(1, count + 1):
            rng = stream(settings.seed, "animal", arm, number)
            own = individual(population, study.subject.species, protocol.body_weight, rng)
            subject = _subject(f"{arm}/{number}", own, protocol, arm, _Errors(settings.seed, arm, rng))
            yield Planned(subject.key, "animal", arm, number, "given", subject, times, endpoints, own["body_weight"])


def _worlds(study: Study, settings: Settings) -> Iterator[Planned]:
    for draw in range(1, settings.draws + 1):
        protocol = settle_protocol(study, stream(settings.seed, "protocol", draw))
        times, endpoints = _endpoint_times(study, protocol), _endpoints(study, protocol)
        for arm, given in protocol.arms.items():
            source = given.treatment.product.source_cell if given.treatment is not None else "none"
            values = drawn_values(study.subject.species, settings.seed, draw, source) | settings.overrides
            for variant in ("given", "without_named_cargo") if given.treatment is not None else ("given",):
                typical = _Typical(settings.seed, draw, keep_cargo=variant == "given")
                subject = _subject(f"world {draw}/{arm}/{variant}", values, protocol, arm, typical)
                yield Planned(subject.key, "world", arm, draw, variant, subject, times, endpoints, protocol.body_weight)


def _ladders(study: Study, settings: Settings) -> Iterator[Planned]:
    protocol = settle_protocol(study, None)  # the middle of every range: what is required does not depend on the seed
    times, endpoints = _endpoint_times(study, protocol), _endpoints(study, protocol)
    values = central_values(study.subject.species) | settings.overrides
    claims = [claim for claim in load_evidence().claims if claim.study == study.id and claim.kind == "mechanism"]
    for arm, given in protocol.arms.items():
        for cargo in sorted({claim.cargo for claim in claims if claim.arm == arm and given.treatment is not None}):
            for step, copies in enumerate((0.0, *LADDER)):
                typical = _Typical(settings.seed, 0, replaced={cargo: copies})
                subject = _subject(f"ladder {cargo}/{arm}/{step}", values, protocol, arm, typical)
                yield Planned(subject.key, "ladder", arm, step, cargo, subject, times, endpoints, protocol.body_weight)


def _grid(study: Study, protocol: Protocol) -> tuple[float, ...]:
    fine = [
        time + after
        for arm in protocol.arms.values()
        if arm.treatment is not None
        for time in arm.treatment.times
        for after in (0.0, *_AFTER_DOSE)
    ]
    end = max(_endpoint_times(study, protocol))
    days = np.arange(0, end, _STEP).tolist()
    return tuple(sorted({time for time in (*days, *fine, *_endpoint_times(study, protocol)) if time <= end}))


class _Typical:
    """A subject without errors: doses as meant, cargo as drawn, replaced or removed."""

    def __init__(
        self, seed: int, draw: int, *, keep_cargo: bool = True, replaced: Mapping[str, float] | None = None
    ) -> None:
        self._seed, self._draw, self._keep, self._replaced = seed, draw, keep_cargo, dict(replaced or {})

    def toxin_factor(self) -> float:
        return 1.0

    def dose_factor(self, day: int) -> float:
        return 1.0

    def amount(self, treatment: GivenTreatment) -> float:
        if treatment.product.kind == "cells":
            return treatment.dose.to("cells")
        estimate = treatment.product.particles(treatment.dose)
        return two_piece(
            estimate.value, estimate.low, estimate.high, "log", self._stream(treatment.product, "particles")
        )

    def copies(self, product: Product) -> dict[str, float]:
        known = {row.cargo for row in actions()}
        copies = {c.name: self._copies(product, c) for c in product.vesicles.cargo if c.name in known}
        return copies if self._keep else dict.fromkeys(copies, 0.0)

    def _copies(self, product: Product, cargo: Cargo) -> float:
        if cargo.name in self._replaced:
            return self._replaced[cargo.name]
        copies = cargo.copies_per_vesicle
        return two_piece(copies.value, copies.low, copies.high, "log", self._stream(product, cargo.name))

    def _stream(self, product: Product, what: str) -> np.random.Generator | None:
        return stream(self._seed, "product", self._draw, product.source_cell, what) if self._draw else None


class _Errors(_Typical):
    """An animal of the trial: every injection has its error, every prepared batch its error of counting."""

    def __init__(self, seed: int, arm: str, rng: np.random.Generator) -> None:
        super().__init__(seed, 0)
        self._arm, self._rng = arm, rng

    def toxin_factor(self) -> float:
        return error_factor(INJECTION, self._rng)

    def dose_factor(self, day: int) -> float:
        batch = stream(self._seed, "batch", self._arm, day)
        return error_factor(PARTICLE_COUNT, batch) * error_factor(INJECTION, self._rng)


def _subject(key: str, values: Mapping[str, float], protocol: Protocol, arm: str, how: _Typical) -> engine.Subject:
    given = protocol.arms[arm]
    doses = [engine.Dose(time, CCL4_DEPOT, protocol.toxin_dose * how.toxin_factor()) for time in given.toxin_times]
    parameters = dict(values)
    switches: tuple[engine.Switch, ...] = ()
    treatment = given.treatment
    if treatment is not None:
        product = treatment.product
        # the table's row shows one preparation: replace it by this product's, keep how far the draw lies from the row
        row = parameter_table(protocol.species)["fenestral_permeability"]
        wall = fenestral_permeability(*product.diameters(), values)
        parameters["fenestral_permeability"] *= wall / row.value
        parameters |= {copies_parameter(cargo): copies for cargo, copies in how.copies(product).items()}
        amount = how.amount(treatment)
        state = (CELL_ROUTES if product.kind == "cells" else VESICLE_ROUTES)[treatment.route]
        doses += [engine.Dose(time, state, amount * how.dose_factor(day)) for day, time in enumerate(treatment.times)]
        if product.kind == "cells":
            switches = (engine.Switch(treatment.times[0], CELLS_PRESENT, 1.0),)
    return engine.Subject(key, parameters, {}, tuple(sorted(doses, key=lambda dose: dose.time)), switches)
