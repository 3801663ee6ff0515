"""What every part of the loop over lanes uses: where things lie, norms, the course of a step, ends of subjects."""

from __future__ import annotations

import math
from collections.abc import Callable

from hepasome.engine._driver_events import EventWriter
from hepasome.engine._driver_layout import ARGUMENTS, Layout, Outcome
from hepasome.engine._ir import Function, Name, hexadecimal
from hepasome.engine._kernels import Kernels
from hepasome.engine._tableaux import Method


class Lanes:
    """The function of the loop with its variables; one lane per subject.

    Args:
        kernels: The model.
        method: The integration method.
        layout: Places of the arrays.
    """

    def __init__(self, kernels: Kernels, method: Method, layout: Layout) -> None:
        self.kernels, self.method, self.layout = kernels, method, layout
        self.f = f = Function("run", kernels.width, ARGUMENTS)
        self.y, self.p, self.u, self.k, self.w, self.r, self.between = (
            f.place("%work", place)
            for place in (layout.y, layout.p, layout.u, layout.k, layout.w, layout.r, layout.between)
        )
        # one vector each: time, step, next stop, start of the segment, and so on
        cells = ("t", "h", "stop", "segment", "rejected", "next_out", "hv", "theta", "shift", "bad", "new_t")
        self.cell = {name: f.cell(f.vector) for name in cells}
        self.ints = {name: f.cell("i64", kernels.width) for name in ("id", "row", "action", "actions", "count")}
        self.next, self.reads_amounts, self.reads_rules = (f.cell("i64") for _ in range(3))
        self.events = EventWriter(f, kernels, self.y, self.p, f.place("%work", layout.events))

    def _active(self) -> Name:
        return self.f.whole_compare("sge", self.f.load(self.ints["id"], kind=self.f.integers), self.f.integer(0))

    def _partner(self, vector: Name, kind: str | None = None) -> Name:
        """The same vector with the lanes of every pair exchanged."""
        order = ", ".join(f"i32 {lane ^ 1}" for lane in range(self.f.width))
        kind = kind or self.f.vector
        mask = f"<{self.f.width} x i32> <{order}>"
        return self.f.value(f"shufflevector {kind} {vector}, {kind} poison, {mask}")

    def _element(self, place: Name, lane: Name) -> Name:
        return self.f.value(f"add i64 {self.f.value(f'mul i64 {place}, {self.f.width}')}, {lane}")

    def _norm(self, value: Callable[[Name], Name], reference: Name, other: Name | None = None) -> Name:
        """Root mean square over the states in units of the tolerance."""
        f = self.f
        total = f.cell(f.vector)
        f.store(f.number(0.0), total)
        relative = f.spread(f.load("%relative", kind="double"))
        with f.loop(self.kernels.states) as i:
            size = f.intrinsic("fabs", f.load(reference, i))
            if other is not None:
                new = f.intrinsic("fabs", f.load(other, i))
                size = f.choose(f.compare("ogt", size, new), size, new)
            tolerance = f.fma(relative, size, f.spread(f.load("%absolute", i, "double")))
            part = f.float("fdiv", value(i), tolerance)
            f.store(f.fma(part, part, f.load(total)), total)
        return f.intrinsic("sqrt", f.float("fmul", f.load(total), f.number(1.0 / self.kernels.states)))

    def _at(self, theta: Name) -> Name:
        """States at a part of the step; the value is their array."""
        f, cell = self.f, self.cell
        f.store(theta, cell["theta"])
        arguments = [self.y, self.u, self.k, cell["theta"], cell["t"], cell["hv"], self.between]
        f.line(f"call void @between({', '.join(f'ptr {argument}' for argument in arguments)})")
        return self.between

    def _write_rows(self, bits: Name) -> None:
        """The selected outputs of lanes, from the states in `between`, into their next rows."""
        f = self.f
        amounts = len(self.kernels.amounts)
        with f.when(f.nonzero(f.load(self.reads_amounts, kind="i64"))):
            f.line(f"call void @read_amounts(ptr {self.between}, ptr {self.p}, ptr {self.r})")
        with f.when(f.nonzero(f.load(self.reads_rules, kind="i64"))):
            rules = f.place(self.r, amounts)
            f.line(f"call void @read_rules(ptr {self.between}, ptr {self.p}, ptr {rules})")
        with f.lanes(bits) as lane:
            row = f.load(self.ints["row"], lane, "i64")
            before = f.value(f"mul i64 {f.load(self.ints['id'], lane, 'i64')}, %number")
            start = f.value(f"mul i64 {f.value(f'add i64 {before}, {row}')}, %selected")
            target = f.place("%out", start, "double")
            with f.loop("%selected") as i:
                place = f.load("%selection", i, "i64")
                f.store(f.load("%work", self._element(place, lane), "double"), target, i, "double")
            f.store(f.value(f"add i64 {row}, 1"), self.ints["row"], lane, "i64")
            following = f.value(f"add i64 {row}, 1")
            f.store(hexadecimal(math.inf), self.cell["next_out"], lane, "double")
            with f.when(f.value(f"icmp ult i64 {following}, %number")):
                f.store(f.load("%times", following, "double"), self.cell["next_out"], lane, "double")

    def _end_lanes(self, ended: Name, outcome: Outcome) -> None:
        """Lanes whose subjects have ended, and have not been ended by a test before this one."""
        f = self.f
        with f.lanes(f.mask(f.logic("and", ended, self._active()))) as lane:
            subject = f.load(self.ints["id"], lane, "i64")
            f.store(str(int(outcome)), "%status", subject, "i64")
            f.store(f.load(self.cell["t"], lane, "double"), "%reached", subject, "double")
            f.store(f.load(self.ints["row"], lane, "i64"), "%rows", subject, "i64")
            f.store("-1", self.ints["id"], lane, "i64")
