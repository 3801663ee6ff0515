"""The equations of a model as functions over lanes: initial values, rates, factors, solution, read-outs, events."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hepasome.engine._derivative import jacobian
from hepasome.engine._equations import TIME, Equations
from hepasome.engine._factorise import Factors, factorise, plan_factors, solve
from hepasome.engine._graph import INPUTS, Graph, Level
from hepasome.engine._ir import Function, Name
from hepasome.engine._lower import Store, derived_values, write_function, write_values
from hepasome.engine._tableaux import Method

# a pivot that is smaller than its own terms by this factor has lost as many digits
_SMALLEST_PIVOT = 1e-8


class Kernels:
    """Writes the functions of one model.

    Arrays of vectors: `y` states; `p` parameters, then time conditions, then what was derived from both; `w` factors.

    Attributes:
        states: Number of states.
        parameters: Number of parameters and time conditions.
        derived: Number of values derived from them.
        factors: Number of factors of the matrix of a step.
        computed_outputs: Names of what can be read and is neither a state nor a parameter; amounts first.
        amounts: Names of the species among them, whose states are concentrations.
        thresholds: Where time conditions change: a number, or a place among the parameters.
        time_place: Place of time among the states; None if the model does not read time.
    """

    def __init__(self, equations: Equations, width: int) -> None:
        self.equations, self.width = equations, width
        graph = equations.graph
        entries = jacobian(graph, equations.rates)
        self.states = len(equations.states)
        self.parameters = len(equations.parameters) + len(equations.time_conditions)
        computed = [name for name, value in equations.readable.items() if graph.ops[value] not in INPUTS]
        self.amounts = tuple(name for name in computed if name in equations.volume)
        self.computed_outputs = (*self.amounts, *(name for name in computed if name not in equations.volume))
        self.time_place = equations.states.index(TIME) if TIME in equations.states else None
        self._plan: Factors = plan_factors(self.states, entries)
        self.factors = len(self._plan.entries)
        shift = graph.state(self.states)  # 1/(step x gamma), the place after the last state
        matrix = {entry: graph.apply("neg", slope) for entry, slope in entries.items()}
        for i in range(self.states):
            matrix[i, i] = graph.apply("add", shift, matrix.get((i, i), graph.constant(0.0)))
        self._factor_values, pivots = factorise(graph, self._plan, matrix)
        self._lost = {k: _lost(graph, *pivot) for k, pivot in enumerate(pivots) if pivot[0] != pivot[1]}
        roots = [*equations.rates, *self._factor_values, *self._lost.values(), *equations.readable.values()]
        for event in equations.events:
            roots += [event.holds, *(value for change in event.changes for value in (change.value, change.scale))]
        thresholds = [condition.threshold for condition in equations.time_conditions]
        self._derived = derived_values(graph, [*roots, *thresholds])
        self._derived_place = {value: self.parameters + k for k, value in enumerate(self._derived)}
        self.derived = len(self._derived)
        self.thresholds = [self._constant_or_place(value) for value in thresholds]

    def texts(self) -> list[str]:
        """All functions."""
        texts = [
            self._start(),
            *self._derived_values(),
            self._derive("derive", exact=False),
            *self._values("rates", self.equations.rates),
            *self._factorise(),
            *self._solve(),
            *self._values("read_amounts", [self.equations.readable[name] for name in self.amounts]),
            *self._values(
                "read_rules", [self.equations.readable[n] for n in self.computed_outputs[len(self.amounts) :]]
            ),
        ]
        if self.equations.events:
            changes = [change for event in self.equations.events for change in event.changes]
            values = [*(change.value for change in changes), *(change.scale for change in changes)]
            texts += [*self._triggers(), *self._values("event_values", values)]
        if self.equations.events or self.equations.time_conditions:
            texts.append(self._derive("derive_exactly", exact=True))
        return texts

    def operations(self, method: Method) -> int:
        """Additions and multiplications of one step, per lane; a division counts as one."""
        graph = self.equations.graph
        once = _arithmetic(graph, [*self.equations.rates, *self._factor_values])
        rates, solving = _arithmetic(graph, self.equations.rates), 2 * self.factors
        combined = 2 * self.states * int(np.count_nonzero(method.a) + np.count_nonzero(method.c))
        return once + (method.stages - 1) * rates + method.stages * solving + combined

    def _constant_or_place(self, value: int) -> float | int:
        place = self._place(value)
        return self.equations.graph.number[value] if place is None else place[1]

    def _place(self, value: int) -> tuple[Name, int] | None:
        graph = self.equations.graph
        if graph.ops[value] == "state":
            place = int(graph.number[value])
            return ("%shift", 0) if place == self.states else ("%y", place)
        return ("%p", self._derived_place[value]) if value in self._derived_place else self._parameter_place(value)

    def _parameter_place(self, value: int) -> tuple[Name, int] | None:
        """Where a value lies before anything was derived."""
        graph = self.equations.graph
        return ("%p", int(graph.number[value])) if graph.ops[value] == "parameter" else None

    def _write(self, name: str, arguments: Sequence[str], roots: Sequence[int], store: Store) -> list[str]:
        return write_function(name, self.width, arguments, self.equations.graph, roots, self._place, store)

    def _values(self, name: str, values: Sequence[int]) -> list[str]:
        """A function that computes values from states and parameters, one after the other into `out`."""
        return self._write(name, ("y", "p", "out"), values, lambda f, i, value: f.store(value, "%out", i))

    def _start(self) -> str:
        """Initial values from parameters alone, and the parameters that the model computes, where `new` is not zero."""
        f = Function("start", self.width, [("ptr", "p"), ("ptr", "y"), ("ptr", "new")], inline=False)
        new = f.compare("une", f.load("%new"), f.number(0.0))
        computed = list(self.equations.computed)
        roots = [*self.equations.computed.values(), *self.equations.start]
        for i, value in self._from_parameters(f, roots).items():  # only now: the parameters are read above
            array, place = ("%p", computed[i]) if i < len(computed) else ("%y", i - len(computed))
            f.store(f.choose(new, value, f.load(array, place)), array, place)
        f.line("ret void")
        return f.text()

    def _from_parameters(self, f: Function, roots: Sequence[int]) -> dict[int, Name]:
        """Names of values that need nothing but parameters, before anything was derived."""
        found: dict[int, Name] = {}
        graph = self.equations.graph
        write_values(f, graph, roots, self._parameter_place, lambda _, i, value: found.__setitem__(i, value))
        return found

    def _derived_values(self) -> list[str]:
        """Everything that is derived from parameters and time conditions."""
        return write_function(
            "derived_values",
            self.width,
            ("p",),
            self.equations.graph,
            self._derived,
            self._parameter_place,
            lambda f, i, value: f.store(value, "%p", self._derived_place[self._derived[i]]),
        )

    def _derive(self, name: str, *, exact: bool) -> str:
        """Time conditions at the start of the lane's segment, then everything derived from parameters.

        A condition is that of the moment after its threshold, or, where `exact`, that of the threshold itself.
        """
        f = Function(name, self.width, [("ptr", "p"), ("ptr", "segment")], inline=False)
        one, zero = f.number(1.0), f.number(0.0)
        for condition in self.equations.time_conditions:
            threshold = self._from_parameters(f, [condition.threshold])[0]
            strictly = not exact or condition.before != condition.at_threshold
            before = f.compare("olt" if strictly else "ole", f.load("%segment"), threshold)
            holds = (one, zero) if condition.before else (zero, one)
            f.store(f.choose(before, *holds), "%p", condition.place)
        f.line("call void @derived_values(ptr %p)")
        f.line("ret void")
        return f.text()

    def _factorise(self) -> list[str]:
        """Rates and the factors of shift - Jacobian; `bad` becomes 1 in lanes with a pivot that lost its digits."""
        targets = [("%out", i) for i in range(self.states)]
        roots = list(self.equations.rates)
        # the check of a pivot stands beside it, so that nothing waits in a register for the end
        for k, (entry, value) in enumerate(zip(self._plan.entries, self._factor_values, strict=True)):
            targets.append(("%w", k))
            roots.append(value)
            if entry[0] == entry[1] and entry[0] in self._lost:
                targets.append(("%bad", 0))
                roots.append(self._lost[entry[0]])

        def store(f: Function, i: int, value: Name) -> None:
            array, place = targets[i]
            if array == "%bad":
                value = f.choose(value, f.number(1.0), f.load("%bad"))
            f.store(value, array, place)

        return self._write("factorise", ("y", "p", "shift", "out", "w", "bad"), roots, store)

    def _solve(self) -> list[str]:
        """Solution `out` of the factorised system with the right side `b`."""
        graph = Graph()
        factors = [graph.parameter(k) for k in range(self.factors)]
        solution = solve(graph, self._plan, factors, [graph.state(i) for i in range(self.states)])
        return write_function(
            "solve",
            self.width,
            ("w", "b", "out"),
            graph,
            solution,
            lambda value: _input(graph, value, state="%b", parameter="%w"),
            lambda f, i, value: f.store(value, "%out", i),
        )

    def _triggers(self) -> list[str]:
        """1 for every event whose trigger holds, else 0."""
        holds = [event.holds for event in self.equations.events]

        def store(f: Function, i: int, value: Name) -> None:
            always = self.equations.graph.is_constant(holds[i])
            f.store(value if always else f.choose(value, f.number(1.0), f.number(0.0)), "%out", i)

        return self._write("triggers", ("y", "p", "out"), holds, store)


def _input(graph: Graph, value: int, **arrays: Name) -> tuple[Name, int] | None:
    array = arrays.get(graph.ops[value])
    return None if array is None else (array, int(graph.number[value]))


def _lost(graph: Graph, before: int, after: int) -> int:
    """Whether a pivot is so much smaller than before its elimination that it has lost its digits, or is no number."""
    least = graph.apply("mul", graph.constant(_SMALLEST_PIVOT), graph.apply("abs", before))
    return graph.apply("not", graph.apply("le", least, graph.apply("abs", after)))


def _arithmetic(graph: Graph, roots: Sequence[int]) -> int:
    """Operations on states that a set of values takes."""
    seen: set[int] = set()
    waiting = list(roots)
    while waiting:
        value = waiting.pop()
        if value not in seen and graph.level[value] is Level.STATE:
            seen.add(value)
            waiting += graph.args[value]
    return sum(graph.ops[value] not in INPUTS for value in seen)
