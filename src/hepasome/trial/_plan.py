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
from hepasome.biology import model_sbml, read_outs
from hepasome.files import did_you_mean, input_error
from hepasome.trial._draws import central_values, drawn_values, individual, individual_body_weight, stream
from hepasome.trial._fate import fate_times
from hepasome.trial._lay_out import Knockout, Sampled, Typical, WithErrors, subject_of
from hepasome.trial._protocol import Protocol, settle_protocol
from hepasome.trial._study import Study

LADDER = tuple(float(x) for x in np.logspace(-3, 10, 27))  # copies per vesicle, two steps per decade
_AFTER_DOSE = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 12.0)  # h; vesicles leave the blood within minutes
_STEPS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 12.0, 24.0)  # h between readings of a course
_MOST_STEPS = 100  # of a course, unless even the longest step gives more
COURSES_PER_ARM = 200  # animals whose whole course is kept; enough for a band, and a large trial stays small on disk
_MIDDLE = -1
_GIVEN = "given"

Role = Literal["animal", "world", "ladder"]
_Reading = tuple[tuple[float, ...], tuple[tuple[str, str, float], ...]]  # times, endpoints as in Planned
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
        self._read: dict[int, _Reading] = {}

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
        for role, arm, number, variant in self._entries:
            if role == "world" and variant == _GIVEN:
                times |= set(self._world_times(number, arm, variant))
        if any(role == "ladder" for role, *_ in self._entries):
            times |= set(self._times(self._settled(_MIDDLE)))
        return tuple(sorted(times))

    def keys(self, start: int, stop: int) -> list[str]:
        """Unique names of some subjects."""
        return [_key(*entry) for entry in self._entries[start:stop]]

    def reading(self, place: int) -> tuple[tuple[float, ...], float]:
        """When a subject is read, h, and its body weight, g: what its results need of it."""
        role, arm, number, variant = self._entries[place]
        if role == "world":
            return self._world_times(number, arm, variant), self._settled(number).body_weight
        if role == "ladder":
            return self._times(self._settled(_MIDDLE)), self._settled(_MIDDLE).body_weight
        rng = stream(self._settings.seed, "animal", arm, number)
        weight = individual_body_weight(self._study.subject.species, self._protocol.body_weight, rng)
        return self._animal_times(number), weight

    def others(self) -> Iterator[Planned]:
        """Everybody but the animals of the trial."""
        return (self._lay_out(entry) for entry in self._entries if entry[0] != "animal")

    def protocol_of(self, draw: int) -> Protocol:
        """What is done to the typical subjects of a draw."""
        return self._settled(draw)

    def times_of(self, draw: int) -> tuple[float, ...]:
        """When the endpoints of a draw are read, h, ascending."""
        return self._times(self._settled(draw))

    def table(self) -> pd.DataFrame:
        """One row per subject: key, role, arm, number, variant."""
        table = pd.DataFrame(self._entries, columns=["role", "arm", "number", "variant"])
        table.insert(0, "key", [_key(*entry) for entry in self._entries])
        return table

    def _animals(self) -> Iterator[_Entry]:
        count = self._settings.subjects or self._protocol.subjects_per_arm
        for arm in self._protocol.arms:
            yield from (("animal", arm, number, _GIVEN) for number in range(1, count + 1))

    def _worlds(self) -> Iterator[_Entry]:
        for draw in range(1, self._settings.draws + 1):
            for arm, given in self._protocol.arms.items():
                for variant in (_GIVEN, "without_named_cargo") if given.treatment is not None else (_GIVEN,):
                    yield "world", arm, draw, variant

    def _ladders(self) -> Iterator[_Entry]:
        claims = [claim for claim in self._study.claims if claim.kind == "mechanism"]
        for arm, given in self._protocol.arms.items():
            for cargo in sorted({claim.cargo for claim in claims if claim.arm == arm and given.treatment is not None}):
                yield from (("ladder", arm, step, cargo) for step in range(len(LADDER) + 1))

    def _animal_times(self, number: int) -> tuple[float, ...]:
        return self._course if number <= COURSES_PER_ARM else self._times(self._protocol)

    def _world_times(self, number: int, arm: str, variant: str) -> tuple[float, ...]:
        protocol = self._settled(number)
        times = self._times(protocol)
        if variant != _GIVEN:
            return times
        return tuple(sorted({*times, *fate_times(protocol, arm, max(times))}))

    def _times(self, protocol: Protocol) -> tuple[float, ...]:
        return self._reading(protocol)[0]

    def _reading(self, protocol: Protocol) -> _Reading:
        """When a protocol is read, and its endpoints; the same objects for all its subjects."""
        if id(protocol) not in self._read:  # every protocol lives as long as this
            self._read[id(protocol)] = _reading(self._study, protocol)
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

    def world(self, draw: int, arm: str, without: Knockout | None = None, variant: str = _GIVEN) -> Planned:
        """The typical subject of an arm in a draw, in whole or with something taken away.

        Args:
            draw: Number of the draw, from 1; the run need not have that many.
            arm: Which arm.
            without: What is taken away; None for nothing.
            variant: Name of that.
        """
        protocol, without = self._settled(draw), without or Knockout()
        treatment = protocol.arms[arm].treatment
        values = self._values(draw, treatment.product.source_cell if treatment is not None else "none")
        values = values | dict.fromkeys(without.silenced, 0.0)
        how = Typical(self._settings.seed, draw, dict.fromkeys(without.cargo, 0.0))
        given = protocol.without_treatment(arm) if without.untreated else protocol
        return self._planned(("world", arm, draw, variant), values, given, how, self._reading(protocol))

    def sampled(
        self, key: int, arm: str, protocol: Protocol, values: dict[str, float], product: Mapping[str, float]
    ) -> Planned:
        """A typical subject at given places of what is not known.

        Args:
            key: Number of the sample.
            arm: Which arm.
            protocol: What is done.
            values: Parameters of the body.
            product: Standard normal deviates by what is not known of the product.
        """
        values, read = values | self._settings.overrides, _reading(self._study, protocol)
        return self._planned(("world", arm, key, "sampled"), values, protocol, Sampled(product), read)

    def _lay_out(self, entry: _Entry) -> Planned:
        role, arm, number, variant = entry
        seed, study = self._settings.seed, self._study
        if role == "world":
            treatment = self._settled(number).arms[arm].treatment
            cargo = treatment.product.vesicles.cargo if treatment is not None and variant != _GIVEN else ()
            return self.world(number, arm, Knockout(tuple(one.name for one in cargo)), variant)
        if role == "ladder":
            protocol, copies = self._settled(_MIDDLE), (0.0, *LADDER)[number]
            how = Typical(seed, 0, {variant: copies})
            return self._planned(entry, self._values(0, ""), protocol, how, self._reading(protocol))
        protocol, rng = self._protocol, stream(seed, "animal", arm, number)
        values = individual(self._values(0, ""), study.subject.species, protocol.body_weight, rng, study.disease.model)
        read = self._animal_times(number), self._reading(protocol)[1]
        planned = self._planned(entry, values, protocol, WithErrors(seed, arm, rng), read)
        return replace(planned, body_weight=values["body_weight"])

    def _planned(
        self, entry: _Entry, values: dict[str, float], protocol: Protocol, how: Typical, read: _Reading
    ) -> Planned:
        role, arm, number, variant = entry
        subject = subject_of(_key(*entry), values, protocol, arm, how, self._structure)
        own = {name: value for name, value in subject.parameters.items() if name in self._known}
        subject = replace(subject, parameters=own)
        return Planned(subject.key, role, arm, number, variant, subject, *read, protocol.body_weight)


@dataclass(frozen=True)
class TypicalSubject:
    """The typical subject of an arm at central values, with its model."""

    model: engine.Model
    subject: engine.Subject


def typical_subject(study: Study, arm: str) -> TypicalSubject:
    """One subject of an arm without errors, every detail of its protocol at its middle, every parameter at its centre.

    Raises:
        InputError: If the study has no such arm.
    """
    if arm not in study.arms:
        raise input_error(study.id, "The study has no such arm.", did_you_mean(arm, study.arms), value=arm)
    protocol, model = settle_protocol(study, None), engine.Model(model_sbml(study.structure))
    values = central_values(study.subject.species, study.disease.model)
    subject = subject_of(arm, values, protocol, arm, Typical(0, 0), study.structure)
    known = set(model.parameters)
    return TypicalSubject(
        model, replace(subject, parameters={n: v for n, v in subject.parameters.items() if n in known})
    )


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


def _reading(study: Study, protocol: Protocol) -> _Reading:
    return _endpoint_times(study, protocol), _endpoints(study, protocol)


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
    fates = [time for arm in protocol.arms for time in fate_times(protocol, arm, end)]
    step = next((step for step in _STEPS if end <= step * _MOST_STEPS), _STEPS[-1])
    course = np.arange(0, end, step).tolist()
    return tuple(sorted({time for time in (*course, *fine, *fates, *_endpoint_times(study, protocol)) if time <= end}))
