"""The loop over lanes: every lane has its own subject, time and step; a lane whose subject ends takes the next one.

Nothing that a lane computes depends on another lane, except that the two of a pair share their steps where paired
differences are asked for.
"""

from __future__ import annotations

import math

from hepasome.engine._driver_layout import Action, Layout, Outcome
from hepasome.engine._driver_steps import Steps
from hepasome.engine._ir import Name, hexadecimal
from hepasome.engine._kernels import Kernels
from hepasome.engine._tableaux import Method


def run_text(kernels: Kernels, method: Method, layout: Layout) -> str:
    """The function `run`, which simulates subjects over all lanes."""
    return _Driver(kernels, method, layout).text()


class _Driver(Steps):
    def text(self) -> str:
        f = self.f
        for name in self.cell:
            f.store(f.number(1.0 if name in ("h", "hv") else 0.0), self.cell[name])
        for name in self.ints:
            f.store(f.integer(-1), self.ints[name], kind=f.integers)
        f.store("0", self.next, kind="i64")
        self._look_at_selection()
        restart = f.cell("i64")
        f.store("0", restart, kind="i64")
        with f.repeat() as leave:
            f.leave_if(f.nonzero(f.value("load volatile i64, ptr %cancel")), leave)
            self._fill(restart)
            with f.when(f.nonzero(f.load(restart, kind="i64"))):
                self._restart(f.load(restart, kind="i64"))
                f.store("0", restart, kind="i64")
            active = self._active()
            idle = f.value(f"icmp eq i64 {f.mask(active)}, 0")
            left = f.value(f"icmp slt i64 {f.load(self.next, kind='i64')}, %subjects")
            none_left = f.value(f"xor i1 {left}, true")
            f.leave_if(f.value(f"and i1 {idle}, {none_left}"), leave)
            with f.when(f.value(f"xor i1 {idle}, true")):
                self._step(active, restart)
        f.line("ret void")
        return f.text()

    def _look_at_selection(self) -> None:
        """What has to be computed for the outputs that were asked for, if anything."""
        f = self.f
        rules = self.layout.r + len(self.kernels.amounts)
        for cell in (self.reads_amounts, self.reads_rules):
            f.store("0", cell, kind="i64")
        with f.loop("%selected") as i:
            place = f.load("%selection", i, "i64")
            for cell, first, end in (
                (self.reads_amounts, self.layout.r, rules),
                (self.reads_rules, rules, self.layout.between),
            ):
                above = f.value(f"icmp sge i64 {place}, {first}")
                below = f.value(f"icmp slt i64 {place}, {end}")
                with f.when(f.value(f"and i1 {above}, {below}")):
                    f.store("1", cell, kind="i64")

    # lanes

    def _fill(self, restart: Name) -> None:
        """Give the next subjects to the lanes that have none."""
        f = self.f
        idle = f.invert(self._active())
        alone = f.logic("and", idle, self._partner(idle, f.booleans))
        paired = f.value("icmp ne i64 %paired, 0")
        idle = f.value(f"select i1 {paired}, {f.booleans} {alone}, {f.booleans} {idle}")
        fresh = f.cell("i64")
        f.store("0", fresh, kind="i64")
        with f.lanes(f.mask(idle)) as lane:
            following = f.load(self.next, kind="i64")
            with f.when(f.value(f"icmp slt i64 {following}, %subjects")):
                f.store(f.value(f"add i64 {following}, 1"), self.next, kind="i64")
                self._take(lane, following)
                bit = f.value(f"shl i64 1, {lane}")
                f.store(f.value(f"or i64 {f.load(fresh, kind='i64')}, {bit}"), fresh, kind="i64")
        bits = f.load(fresh, kind="i64")
        with f.when(f.nonzero(bits)):
            new = f.from_mask(bits)
            for name in ("t", "segment", "rejected"):
                f.store(f.choose(new, f.number(0.0), f.load(self.cell[name])), self.cell[name])
            f.store(f.choose(new, f.number(1.0), f.number(0.0)), self.cell["theta"])
            f.line(f"call void @start(ptr {self.p}, ptr {self.y}, ptr {self.cell['theta']})")
            with f.lanes(bits) as lane:
                self._actions(lane, initial=True)
            self.events.begin(new, self.cell["segment"])
            f.store(f.value(f"or i64 {f.load(restart, kind='i64')}, {bits}"), restart, kind="i64")

    def _take(self, lane: Name, subject: Name) -> None:
        f = self.f
        count = len(self.kernels.equations.parameters)
        f.store(subject, self.ints["id"], lane, "i64")
        for name in ("row", "count"):
            f.store("0", self.ints[name], lane, "i64")
        f.store(f.load("%offsets", subject, "i64"), self.ints["action"], lane, "i64")
        after = f.value(f"add i64 {subject}, 1")
        f.store(f.load("%offsets", after, "i64"), self.ints["actions"], lane, "i64")
        first = f.place("%parameters", f.value(f"mul i64 {subject}, {count}"), "double")
        with f.loop(count) as j:
            f.store(f.load(first, j, "double"), self.p, self._element(j, lane), "double")

    # stops

    def _restart(self, bits: Name) -> None:
        """At the start and at stops: what is given, what follows from it, outputs of this moment, and a first step."""
        f = self.f
        with f.lanes(bits) as lane:
            self._actions(lane)
        stopped = f.from_mask(bits)
        now = f.load(self.cell["t"])
        f.store(f.choose(stopped, now, f.load(self.cell["segment"])), self.cell["segment"])
        f.line(f"call void @derive(ptr {self.p}, ptr {self.cell['segment']})")
        endless = self.events.fire(stopped, self.cell["segment"])
        self._end_lanes(endless, Outcome.EVENTS_WITHOUT_END)
        self._next_stop(bits)
        f.line(f"call void @rates(ptr {self.y}, ptr {self.p}, ptr {self.k})")
        finite = f.compare("olt", self._first_step(stopped), f.number(math.inf))
        done = f.compare("oge", f.load(self.cell["t"]), self._last_time())
        lost = f.logic("and", f.invert(finite), f.invert(done))
        self._end_lanes(f.logic("and", stopped, lost), Outcome.NOT_FINITE)
        self._outputs_now(stopped)
        self._end_lanes(f.logic("and", stopped, done), Outcome.COMPLETED)

    def _last_time(self) -> Name:
        f = self.f
        return f.spread(f.load("%times", f.value("sub i64 %number, 1"), "double"))

    def _actions(self, lane: Name, *, initial: bool = False) -> None:
        """Everything that is due at the lane's time, in its order; or only the subject's own initial values."""
        f = self.f
        now = f.load(self.cell["t"], lane, "double")
        with f.repeat() as leave:
            action = f.load(self.ints["action"], lane, "i64")
            f.leave_if(f.value(f"icmp sge i64 {action}, {f.load(self.ints['actions'], lane, 'i64')}"), leave)
            f.leave_if(f.value(f"fcmp ogt double {f.load('%action_time', action, 'double')}, {now}"), leave)
            kind = f.load("%action_kind", action, "i64")
            if initial:
                f.leave_if(f.value(f"icmp ne i64 {kind}, {int(Action.SET_STATE)}"), leave)
            place = f.load("%action_place", action, "i64")  # among states, then parameters
            volume = f.load("%action_volume", action, "i64")
            value = f.cell("double")
            f.store(f.load("%action_value", action, "double"), value, kind="double")
            with f.when(f.value(f"icmp sge i64 {volume}, 0")):
                size = f.load("%work", self._element(volume, lane), "double")
                f.store(f.value(f"fdiv double {f.load(value, kind='double')}, {size}"), value, kind="double")
            target = self._element(place, lane)
            with f.when(f.value(f"icmp eq i64 {kind}, {int(Action.ADD_TO_STATE)}")):
                total = f.value(f"fadd double {f.load('%work', target, 'double')}, {f.load(value, kind='double')}")
                f.store(total, value, kind="double")
            f.store(f.load(value, kind="double"), "%work", target, "double")
            f.store(f.value(f"add i64 {action}, 1"), self.ints["action"], lane, "i64")

    def _next_stop(self, bits: Name) -> None:
        """The next action, threshold of a time condition, or the end."""
        f = self.f
        with f.lanes(bits) as lane:
            f.store(f.load("%times", f.value("sub i64 %number, 1"), "double"), self.cell["stop"], lane, "double")
            action = f.load(self.ints["action"], lane, "i64")
            with f.when(f.value(f"icmp slt i64 {action}, {f.load(self.ints['actions'], lane, 'i64')}")):
                f.store(f.load("%action_time", action, "double"), self.cell["stop"], lane, "double")
        now = f.load(self.cell["t"])
        stop = f.load(self.cell["stop"])
        for threshold in self.events.thresholds():
            ahead = f.logic("and", f.compare("ogt", threshold, now), f.compare("olt", threshold, stop))
            stop = f.choose(ahead, threshold, stop)
        f.store(stop, self.cell["stop"])

    def _first_step(self, stopped: Name) -> Name:
        """Hairer, Norsett & Wanner, Solving Ordinary Differential Equations I, section II.4; rates lie in `k`.

        Returns:
            Size of the rates in units of the tolerance; not a number or infinite where a rate is.
        """
        f, order = self.f, self.method.order
        size, slope = self._norm(lambda i: f.load(self.y, i), self.y), self._norm(lambda i: f.load(self.k, i), self.y)
        span = f.float("fsub", f.load(self.cell["stop"]), f.load(self.cell["t"]))
        short = f.float("fmul", span, f.number(1e-6))  # where nothing says better
        flat = f.logic("or", f.compare("olt", size, f.number(1e-5)), f.compare("olt", slope, f.number(1e-5)))
        guess = f.choose(flat, short, f.float("fmul", f.number(0.01), f.float("fdiv", size, slope)))
        guess = f.choose(f.compare("olt", guess, span), guess, span)
        with f.loop(self.kernels.states) as i:
            f.store(f.fma(guess, f.load(self.k, i), f.load(self.y, i)), self.between, i)
        later = f.place(self.k, self.kernels.states)
        f.line(f"call void @rates(ptr {self.between}, ptr {self.p}, ptr {later})")
        bend = self._norm(lambda i: f.float("fsub", f.load(later, i), f.load(self.k, i)), self.y)
        bend = f.float("fdiv", bend, guess)
        larger = f.choose(f.compare("ogt", bend, slope), bend, slope)
        second = f.call("vector_pow", f.float("fdiv", f.number(0.01), larger), f.number(1.0 / (order + 1)))
        second = f.choose(f.compare("ole", larger, f.number(1e-15)), f.float("fmul", guess, f.number(1e3)), second)
        farthest = f.float("fmul", guess, f.number(100.0))
        step = f.choose(f.compare("olt", second, farthest), second, farthest)
        step = f.choose(f.compare("ogt", step, f.number(0.0)), step, short)
        paired = f.value("icmp ne i64 %paired, 0")
        other = self._partner(step)
        both = f.choose(f.compare("olt", other, step), other, step)
        step = f.value(f"select i1 {paired}, {f.vector} {both}, {f.vector} {step}")
        f.store(f.choose(stopped, step, f.load(self.cell["h"])), self.cell["h"])
        return slope

    # outputs

    def _outputs_now(self, stopped: Name) -> None:
        """Outputs at the very moment of a stop."""
        f = self.f
        due = f.logic("and", self._active(), f.compare("ole", self._next_output(), f.load(self.cell["t"])))
        due = f.logic("and", stopped, due)
        with f.when(f.any(due)):
            with f.loop(self.kernels.states) as i:
                f.store(f.load(self.y, i), self.between, i)
            if self.kernels.equations.time_conditions:  # as they are at this very moment, not after it
                f.line(f"call void @derive_exactly(ptr {self.p}, ptr {self.cell['t']})")
            self._write_rows(f.mask(due))
            if self.kernels.equations.time_conditions:
                f.line(f"call void @derive(ptr {self.p}, ptr {self.cell['segment']})")

    def _next_output(self) -> Name:
        """Time of the next output of every lane; infinite after the last."""
        f = self.f
        with f.loop(f.width) as lane:
            row = f.load(self.ints["row"], lane, "i64")
            f.store(hexadecimal(math.inf), self.cell["next_out"], lane, "double")
            inside = f.value(f"icmp ult i64 {row}, %number")
            with f.when(inside):
                f.store(f.load("%times", row, "double"), self.cell["next_out"], lane, "double")
        return f.load(self.cell["next_out"])
