"""What an SBML model computes: rates, initial values, events and what can be read, as values of one graph."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from sbmlode import OdeSystem

from hepasome.engine._graph import Graph, Level
from hepasome.engine._mathml import MathReader
from hepasome.engine._types import EngineError

TIME = (
    "(time)"  # no id of SBML; integrated like a state where the model reads it, so that no method has to treat it apart
)


@dataclass(frozen=True)
class Change:
    """What an event sets: a state or a parameter, to value x scale / what another change of the event sets.

    Attributes:
        is_parameter: Whether it is a parameter.
        place: Of the state or parameter.
        value: Taken at the moment of the trigger or of the execution, as the event says.
        scale: Taken at the moment of the execution.
        divisor: Place among the changes of the event; None if nothing divides.
    """

    is_parameter: bool
    place: int
    value: int
    scale: int
    divisor: int | None


@dataclass(frozen=True)
class TriggeredEvent:
    """An event of the model.

    Attributes:
        name: Its id.
        holds: Value of the trigger, a condition.
        fires_at_start: Whether a trigger that holds at time zero fires.
        priority: Events that fire together are executed from the highest on.
        persistent: Whether it is executed even if its trigger no longer holds when its turn comes.
        at_trigger: Whether its values are those of the moment of the trigger, not of its turn.
        changes: What it sets, all at once.
    """

    name: str
    holds: int
    fires_at_start: bool
    priority: float
    persistent: bool
    at_trigger: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class TimeCondition:
    """A comparison of time with something that is constant between stops. Where it changes, the integration stops.

    Attributes:
        place: Of the parameter that is 1 where the condition holds and 0 elsewhere.
        threshold: Value that time is compared with.
        before: Whether it holds before the threshold; else after it.
        at_threshold: Whether it holds at the threshold itself.
    """

    place: int
    threshold: int
    before: bool
    at_threshold: bool


@dataclass
class Equations:
    """A model as values of a graph.

    Attributes:
        graph: Where all values are.
        states: What is integrated.
        parameters: What is constant between doses, switches and events, with its value in the model.
        rates: Rate of each state.
        start: Initial value of each state, from parameters alone.
        computed: Parameters that the model computes at time zero: place -> value.
        readable: Value of everything that can be read.
        volume: States and parameters that are concentrations -> the name of their volume.
        time_conditions: In the order of their places, which follow those of the parameters.
        events: In the order of execution.
    """

    graph: Graph
    states: tuple[str, ...] = ()
    parameters: dict[str, float] = field(default_factory=dict)
    rates: list[int] = field(default_factory=list)
    start: list[int] = field(default_factory=list)
    computed: dict[int, int] = field(default_factory=dict)
    readable: dict[str, int] = field(default_factory=dict)
    volume: dict[str, str] = field(default_factory=dict)
    time_conditions: tuple[TimeCondition, ...] = ()
    events: tuple[TriggeredEvent, ...] = ()


def equations_of(sbml: str) -> Equations:
    """The equations of an SBML model.

    Raises:
        EngineError: If the text is no SBML, is not well defined, has no states, or uses what cannot be simulated; every
            construct with its element.
    """
    try:
        system = OdeSystem.from_sbml(sbml)
    except ValueError as error:
        raise EngineError(f"The model cannot be read: {error}") from error
    refused = [f"{what} ({element})" for what, element in system.unsupported]
    refused += [f"event with a delay ({event.symbol.sid})" for event in system.events if event.delay is not None]
    if refused:
        raise EngineError(f"The model uses what cannot be simulated here: {', '.join(refused)}.")
    if not system.odes:
        raise EngineError("The model has no states: nothing in it changes with time.")
    return _Reader(system).read()


class _Reader:
    def __init__(self, system: OdeSystem) -> None:
        self.system, self.graph = system, Graph()
        self.states = list(system.states)
        self.parameters = {q.symbol.sid: _number(q.value) for q in system.quantities if q.role == "constant"}
        self._place = {name: i for i, name in enumerate(self.states)}
        self._parameter_place = {name: i for i, name in enumerate(self.parameters)}
        self._functions = {f.symbol.sid: (tuple(f.arguments), f.body) for f in system.functions}
        self._values: dict[str, int] = {}
        self._conditions: dict[tuple[int, bool, bool], TimeCondition] = {}
        self._reader = MathReader(self.graph, self._lookup, self._time, self._functions, self._compare)

    def read(self) -> Equations:
        for assignment in self.system.assignments:
            self._values[assignment.variable] = self._reader.number(assignment.math)
        rates = [self._reader.number(ode.rhs) for ode in self.system.odes]
        start, computed = self._start()
        events = tuple(self._event(event) for event in self.system.events)
        readable = self._readable()
        if TIME in self._place:  # some equation has asked for it
            rates.append(self.graph.constant(1.0))
            start.append(self.graph.constant(0.0))
        return Equations(
            self.graph,
            tuple(self.states),
            self.parameters,
            rates,
            start,
            computed,
            readable,
            self._volumes(),
            tuple(self._conditions.values()),
            tuple(sorted(events, key=lambda event: -event.priority)),
        )

    def _lookup(self, name: str) -> int:
        if name in self._values:
            return self._values[name]
        if name in self._place:
            return self.graph.state(self._place[name])
        return self._parameter(name)

    def _parameter(self, name: str) -> int:
        if name not in self._parameter_place:
            raise EngineError(f"The model uses `{name}`, which it does not define.")
        return self.graph.parameter(self._parameter_place[name])

    def _time(self) -> int:
        if TIME not in self._place:
            self._place[TIME] = len(self.states)
            self.states.append(TIME)
        return self.graph.state(self._place[TIME])

    def _compare(self, operation: str, a: int, b: int) -> int:
        time = self.graph.state(self._place[TIME]) if TIME in self._place else None
        threshold = b if a == time else a
        if time not in (a, b) or self.graph.level[threshold] is Level.STATE:
            return self.graph.apply(operation, a, b)
        key = (threshold, a == time, operation == "le")
        if key not in self._conditions:
            place = len(self.parameters) + len(self._conditions)
            self._conditions[key] = TimeCondition(place, *key)
        return self.graph.apply("ne", self.graph.parameter(self._conditions[key].place), self.graph.constant(0.0))

    def _start(self) -> tuple[list[int], dict[int, int]]:
        """Initial values of the states, and of the parameters that have an initial assignment."""
        values: dict[str, int] = {}
        computed: dict[int, int] = {}

        def lookup(name: str) -> int:
            return values[name] if name in values else self._parameter(name)

        reader = MathReader(self.graph, lookup, lambda: self.graph.constant(0.0), self._functions)
        for assignment in self.system.initial:
            name, value = assignment.variable, reader.number(assignment.math)
            if name in self._parameter_place:
                # not a number stands for "as the model computes it"; what the user sets is kept
                place = self._parameter_place[name]
                given = self.graph.parameter(place)
                value = self.graph.apply("select", self.graph.apply("ne", given, given), value, given)
                computed[place] = value
                self.parameters[name] = math.nan
            values[name] = value
        return [values[name] for name in self.system.states], computed

    def _event(self, event: Any) -> TriggeredEvent:
        places = {**self._parameter_place, **self._place}
        order: dict[str, int] = {}
        changes: list[Change] = []
        one = self.graph.constant(1.0)
        for assignment in event.assignments:
            name, divisor = assignment.variable, assignment.divisor
            if divisor is not None and divisor not in order:
                raise EngineError(
                    f"The event {event.symbol.sid} changes the size of {divisor} through a rule, which cannot be "
                    "simulated here."
                )
            value = one if assignment.math is None else self._reader.number(assignment.math)
            scale = one if assignment.scale is None else self._reader.number(assignment.scale)
            order[name] = len(changes)
            changes.append(
                Change(name not in self._place, places[name], value, scale, None if divisor is None else order[divisor])
            )
        priority = self.graph.constant(-math.inf) if event.priority is None else self._reader.number(event.priority)
        if not self.graph.is_constant(priority):
            raise EngineError(f"The priority of the event {event.symbol.sid} is no number.")
        return TriggeredEvent(
            event.symbol.sid,
            self._reader.truth(event.trigger),
            not event.initial_value,
            self.graph.number[priority],
            event.persistent,
            event.use_values_from_trigger_time,
            tuple(changes),
        )

    def _readable(self) -> dict[str, int]:
        found = {name: self._lookup(name) for name in (*self.states, *self.parameters, *self._values)}
        for species in self.system.species:
            name = species.symbol.sid
            if not species.amount and species.compartment is not None:
                found[name] = self.graph.apply("mul", found[name], self._lookup(species.compartment))
        return found

    def _volumes(self) -> dict[str, str]:
        return {
            species.symbol.sid: species.compartment
            for species in self.system.species
            if not species.amount and species.compartment is not None
        }


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)
