"""Steps in the loop over lanes: each lane tries one of its own size, keeps it or repeats it shorter."""

from __future__ import annotations

import math

from hepasome.engine._driver_lanes import Lanes
from hepasome.engine._driver_layout import Outcome
from hepasome.engine._ir import Name

_SAFETY, _REJECTED_SAFETY = 0.93, 0.9
_GROW, _SHRINK, _REJECTED_SHRINK, _PIVOT_SHRINK = 6.0, 0.2, 0.1, 0.25


class Steps(Lanes):
    """Writes the steps into the function of the loop."""

    def _step(self, active: Name, restart: Name) -> None:
        f, cell = self.f, self.cell
        t, h, stop = f.load(cell["t"]), f.load(cell["h"]), f.load(cell["stop"])
        left = f.float("fsub", stop, t)
        reaches = f.compare("oge", h, f.float("fmul", left, f.number(1 - 1e-12)))
        half = f.float("fmul", left, f.number(0.5))
        step = f.choose(reaches, left, f.choose(f.compare("ogt", h, half), half, h))
        step = f.choose(active, step, f.number(1.0))
        f.store(step, cell["hv"])
        arguments = [self.y, self.p, cell["hv"], self.w, self.between, self.k, self.u, cell["shift"], cell["bad"]]
        f.line(f"call void @step({', '.join(f'ptr {argument}' for argument in arguments)})")
        error_of = f.place(self.k, (self.method.stages - 1) * self.kernels.states)
        error = self._norm(lambda i: f.load(error_of, i), self.y, self.u)
        pivots_bad = f.compare("une", f.load(cell["bad"]), f.number(0.0))
        error, pivots_bad = self._shared(active, error, pivots_bad)
        good = f.logic("and", f.compare("ole", error, f.number(1.0)), f.invert(pivots_bad))
        accepted = f.logic("and", active, good)
        self._next_step_size(active, accepted, error, pivots_bad, step)
        new_t = f.choose(reaches, stop, f.float("fadd", t, step))
        f.store(new_t, cell["new_t"])
        halts = f.logic("and", accepted, reaches)
        moved = self.events.locate(accepted, reaches, self._at, cell["new_t"], t, step)
        if moved is not None:
            halts = f.logic("or", halts, moved)
        self._outputs_within(accepted, halts)
        self._advance(accepted, halts, moved)
        self._end_hopeless(active, accepted, error)
        f.store(f.mask(f.logic("and", halts, self._active())), restart, kind="i64")

    def _shared(self, active: Name, error: Name, bad: Name) -> tuple[Name, Name]:
        """The larger error of a pair for both, as long as both are simulated."""
        f = self.f
        both = f.logic("and", active, self._partner(active, f.booleans))
        other = self._partner(error)
        # not a number counts as larger
        larger = f.choose(f.logic("and", both, f.compare("uge", other, error)), other, error)
        either = f.logic("or", bad, f.logic("and", both, self._partner(bad, f.booleans)))
        paired = f.value("icmp ne i64 %paired, 0")
        return (
            f.value(f"select i1 {paired}, {f.vector} {larger}, {f.vector} {error}"),
            f.value(f"select i1 {paired}, {f.booleans} {either}, {f.booleans} {bad}"),
        )

    def _next_step_size(self, active: Name, accepted: Name, error: Name, pivots_bad: Name, step: Name) -> None:
        f, cell = self.f, self.cell
        least = f.choose(f.compare("ogt", error, f.number(1e-10)), error, f.number(1e-10))
        factor = f.call("vector_pow", least, f.number(-1.0 / self.method.order))
        was_rejected = f.compare("une", f.load(cell["rejected"]), f.number(0.0))
        most = f.choose(was_rejected, f.number(1.0), f.number(_GROW))
        grown = f.float("fmul", factor, f.number(_SAFETY))
        grown = f.choose(f.compare("olt", grown, most), grown, most)
        grown = f.choose(f.compare("ogt", grown, f.number(_SHRINK)), grown, f.number(_SHRINK))
        shrunk = f.float("fmul", factor, f.number(_REJECTED_SAFETY))
        shrunk = f.choose(f.compare("ogt", shrunk, f.number(_REJECTED_SHRINK)), shrunk, f.number(_REJECTED_SHRINK))
        shrunk = f.choose(f.compare("olt", error, f.number(math.inf)), shrunk, f.number(_REJECTED_SHRINK))
        shrunk = f.choose(pivots_bad, f.number(_PIVOT_SHRINK), shrunk)
        f.store(f.float("fmul", step, f.choose(accepted, grown, shrunk)), cell["h"])
        f.store(f.choose(accepted, f.number(0.0), f.number(1.0)), cell["rejected"])

    def _end_hopeless(self, active: Name, accepted: Name, error: Name) -> None:
        """Count steps; end lanes that take too many or whose step no longer moves the time."""
        f = self.f
        counts = f.load(self.ints["count"], kind=f.integers)
        counts = f.whole("add", counts, f.integer(1))
        f.store(counts, self.ints["count"], kind=f.integers)
        with f.lanes(f.mask(active)) as lane:
            subject = f.load(self.ints["id"], lane, "i64")
            total = f.load("%steps", subject, "i64")
            f.store(f.value(f"add i64 {total}, 1"), "%steps", subject, "i64")
        rejected = f.logic("and", active, f.invert(accepted))
        t = f.load(self.cell["t"])
        still = f.compare("oeq", f.float("fadd", t, f.load(self.cell["h"])), t)
        stuck = f.logic("and", rejected, still)
        finite = f.compare("olt", error, f.number(math.inf))
        self._end_lanes(f.logic("and", stuck, f.invert(finite)), Outcome.NOT_FINITE)
        self._end_lanes(stuck, Outcome.STEP_TOO_SMALL)
        most = f.spread("%most_steps", "i64")
        many = f.logic("and", active, f.whole_compare("sgt", counts, most))
        self._end_lanes(many, Outcome.TOO_MANY_STEPS)

    def _outputs_within(self, accepted: Name, halts: Name) -> None:
        """Outputs before the end of the step, and at its end unless the lane halts there."""
        f, cell = self.f, self.cell
        end = f.load(cell["new_t"])

        def due() -> Name:
            following = f.load(cell["next_out"])
            at_end = f.logic("and", f.compare("oeq", following, end), f.invert(halts))
            return f.logic("and", accepted, f.logic("or", f.compare("olt", following, end), at_end))

        with f.when(f.any(due())):
            t, step = f.load(cell["t"]), f.load(cell["hv"])
            with f.repeat() as leave:
                pending = due()
                f.leave_if(f.value(f"xor i1 {f.any(pending)}, true"), leave)
                theta = f.float("fdiv", f.float("fsub", f.load(cell["next_out"]), t), step)
                self._at(theta)
                self._write_rows(f.mask(pending))

    def _advance(self, accepted: Name, halts: Name, moved: Name | None) -> None:
        f, cell = self.f, self.cell
        if moved is not None:
            self._at(self.events.place_of_event())
        with f.loop(self.kernels.states) as i:
            new = f.load(self.u, i)
            if moved is not None:
                new = f.choose(moved, f.load(self.between, i), new)
            f.store(f.choose(accepted, new, f.load(self.y, i)), self.y, i)
        t = f.choose(accepted, f.load(cell["new_t"]), f.load(cell["t"]))
        f.store(t, cell["t"])
        if self.kernels.time_place is not None:
            place = self.kernels.time_place
            f.store(f.choose(accepted, t, f.load(self.y, place)), self.y, place)
        reached = halts if moved is None else f.logic("and", halts, f.invert(moved))
        counts = f.load(self.ints["count"], kind=f.integers)
        fresh = f.value(f"select {f.booleans} {reached}, {f.integers} {f.integer(0)}, {f.integers} {counts}")
        f.store(fresh, self.ints["count"], kind=f.integers)
