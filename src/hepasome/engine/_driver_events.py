"""Events of the model in the loop over lanes: finding where a trigger turns true, and executing what it asks for."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

from hepasome.engine._ir import Function, Name
from hepasome.engine._kernels import Kernels

_PARTS = 4  # of a step at which triggers are looked at
_HALVINGS = 50
_MOST_ROUNDS = 1000  # executions at one moment before events are taken to trigger each other for ever


class EventWriter:
    """Writes what events need into the function of the loop; nothing if the model has none.

    Args:
        f: The function of the loop.
        kernels: The model.
        y: Address of the states.
        p: Address of the parameters.
        memory: Address of room for the events.
    """

    def __init__(self, f: Function, kernels: Kernels, y: Name, p: Name, memory: Name) -> None:
        self.f, self.kernels, self.y, self.p = f, kernels, y, p
        self.events = kernels.equations.events
        count, changes = len(self.events), sum(len(event.changes) for event in self.events)
        if count:
            self.before, self.now, self.seen, self.waiting = (f.place(memory, k * count) for k in range(4))
            self.saved, self.values, self.scales = (f.place(memory, 4 * count + k * changes) for k in range(3))
            self.found, self.low, self.high = f.cell(f.vector), f.cell(f.vector), f.cell(f.vector)

    def thresholds(self) -> list[Name]:
        """Times at which a time condition changes, for every lane."""
        return [
            self.f.number(at) if isinstance(at, float) else self.f.load(self.p, at) for at in self.kernels.thresholds
        ]

    def begin(self, new: Name, segment: Name) -> None:
        """At time zero: which triggers hold before anything happens."""
        if not self.events:
            return
        f = self.f
        f.line(f"call void @derive_exactly(ptr {self.p}, ptr {segment})")
        self._triggers(self.y, self.now)
        for e, event in enumerate(self.events):
            first = f.number(0.0) if event.fires_at_start else f.load(self.now, e)
            f.store(f.choose(new, first, f.load(self.before, e)), self.before, e)

    def fire(self, stopped: Name, segment: Name) -> Name:
        """Execute every event whose trigger has turned true, the one with the highest priority first.

        Returns:
            Lanes in which events trigger each other without end.
        """
        f = self.f
        if not self.events:
            return f.value(f"xor {f.booleans} {stopped}, {stopped}")
        endless, round_ = f.cell(f.vector), f.cell("i64")
        f.store(f.number(0.0), endless)
        f.store("0", round_, kind="i64")
        for e in range(len(self.events)):
            f.store(f.number(0.0), self.waiting, e)
        with f.repeat() as leave:
            waiting = self._update(stopped)
            f.leave_if(f.value(f"xor i1 {f.any(waiting)}, true"), leave)
            rounds = f.load(round_, kind="i64")
            with f.when(f.value(f"icmp sge i64 {rounds}, {_MOST_ROUNDS}")):
                f.store(f.choose(waiting, f.number(1.0), f.number(0.0)), endless)
                f.jump(leave)
                f.begin(f.label("unreached"))
            f.store(f.value(f"add i64 {rounds}, 1"), round_, kind="i64")
            self._execute_one(stopped)
            f.line(f"call void @derive(ptr {self.p}, ptr {segment})")
        return self._true(endless)

    def locate(
        self,
        accepted: Name,
        reaches: Name,
        at: Callable[[Name], Name],
        new_t: Name,
        t: Name,
        step: Name,
    ) -> Name | None:
        """Where within a step a trigger turns true first; the step of such a lane ends there.

        Returns:
            Lanes whose step ends at an event; None if the model has none.
        """
        if not self.events:
            return None
        f = self.f
        f.store(f.number(0.0), self.found)
        f.store(f.number(0.0), self.low)
        f.store(f.number(1.0), self.high)
        for e in range(len(self.events)):
            f.store(f.load(self.before, e), self.seen, e)
        for part in range(1, _PARTS + 1):
            self._look(accepted, at, part / _PARTS)
        found = self._true(self.found)
        with f.when(f.any(found)), f.loop(_HALVINGS):
            low, high = f.load(self.low), f.load(self.high)
            middle = f.float("fmul", f.number(0.5), f.float("fadd", low, high))
            self._triggers(at(middle), self.now)
            rising = self._rising(self.seen)
            f.store(f.choose(rising, middle, high), self.high)
            f.store(f.choose(rising, low, middle), self.low)
        for e in range(len(self.events)):
            f.store(f.choose(accepted, f.load(self.seen, e), f.load(self.before, e)), self.before, e)
        high = f.load(self.high)
        at_stop = f.logic("and", reaches, f.compare("oge", high, f.number(1.0)))
        moved = f.logic("and", found, f.invert(at_stop))
        f.store(f.choose(moved, f.fma(high, step, t), f.load(new_t)), new_t)
        return moved

    def place_of_event(self) -> Name:
        """The part of the step at which the lane's event lies."""
        return self.f.load(self.high)

    def _look(self, accepted: Name, at: Callable[[Name], Name], part: float) -> None:
        f = self.f
        self._triggers(at(f.number(part)), self.now)
        searching = f.logic("and", accepted, f.invert(self._true(self.found)))
        rising = f.logic("and", searching, self._rising(self.seen))
        f.store(f.choose(rising, f.number(1.0), f.load(self.found)), self.found)
        f.store(f.choose(rising, f.number(part - 1 / _PARTS), f.load(self.low)), self.low)
        f.store(f.choose(rising, f.number(part), f.load(self.high)), self.high)
        passed = f.logic("and", searching, f.invert(rising))
        for e in range(len(self.events)):
            f.store(f.choose(passed, f.load(self.now, e), f.load(self.seen, e)), self.seen, e)

    def _update(self, stopped: Name) -> Name:
        """Which events wait for their execution now; lanes in which any does."""
        f = self.f
        self._triggers(self.y, self.now)
        f.line(f"call void @event_values(ptr {self.y}, ptr {self.p}, ptr {self.values})")
        waiting: list[Name] = []
        change = 0
        for e, event in enumerate(self.events):
            holds = self._true(self.now, e)
            rising = f.logic("and", stopped, f.logic("and", holds, f.invert(self._true(self.before, e))))
            waits = f.logic("or", rising, self._true(self.waiting, e))
            if not event.persistent:
                waits = f.logic("and", waits, holds)
            f.store(f.choose(waits, f.number(1.0), f.number(0.0)), self.waiting, e)
            f.store(f.choose(stopped, f.load(self.now, e), f.load(self.before, e)), self.before, e)
            for _ in event.changes:
                keeps = rising if event.at_trigger else waits
                f.store(f.choose(keeps, f.load(self.values, change), f.load(self.saved, change)), self.saved, change)
                change += 1
            waiting.append(waits)
        return reduce(lambda a, b: f.logic("or", a, b), waiting)

    def _execute_one(self, stopped: Name) -> None:
        """In every lane the first event that waits, in the order of priority."""
        f = self.f
        free, change = stopped, 0
        for e, event in enumerate(self.events):
            now = f.logic("and", free, self._true(self.waiting, e))
            values: list[Name] = []
            for k, target in enumerate(event.changes, change):
                value = f.float("fmul", f.load(self.saved, k), f.load(self.scales, k))
                values.append(value if target.divisor is None else f.float("fdiv", value, values[target.divisor]))
            for value, target in zip(values, event.changes, strict=True):
                array = self.p if target.is_parameter else self.y
                f.store(f.choose(now, value, f.load(array, target.place)), array, target.place)
            change += len(event.changes)
            f.store(f.choose(now, f.number(0.0), f.load(self.waiting, e)), self.waiting, e)
            free = f.logic("and", free, f.invert(now))

    def _triggers(self, states: Name, out: Name) -> None:
        self.f.line(f"call void @triggers(ptr {states}, ptr {self.p}, ptr {out})")

    def _rising(self, before: Name) -> Name:
        """Lanes in which any trigger holds that did not."""
        f = self.f
        rising = [
            f.logic("and", self._true(self.now, e), f.invert(self._true(before, e))) for e in range(len(self.events))
        ]
        return reduce(lambda a, b: f.logic("or", a, b), rising)

    def _true(self, array: Name, index: int = 0) -> Name:
        return self.f.compare("une", self.f.load(array, index), self.f.number(0.0))
