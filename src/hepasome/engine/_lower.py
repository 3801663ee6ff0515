"""From values of the graph to functions over lanes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from hepasome.engine._graph import BOOLEAN, Graph, Level
from hepasome.engine._ir import Function, Name
from hepasome.engine._vector_math import LIBRARY

# where a value already lies: array and index, or None if it has to be computed
Place = Callable[[int], tuple[Name, int] | None]

_ARITHMETIC = {"add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv"}
_RELATIONS = {"lt": "olt", "le": "ole", "eq": "oeq", "ne": "une"}
_INTRINSICS = {"sqrt": "sqrt", "abs": "fabs", "floor": "floor", "ceil": "ceil"}
_OWN = ("exp", "log", "pow", "tanh", *LIBRARY)


def derived_values(graph: Graph, roots: Sequence[int]) -> list[int]:
    """Values of parameters alone that the values of states need: computed once per subject instead of at every step."""
    found: set[int] = set()
    seen: set[int] = set()
    waiting = list(roots)
    while waiting:
        value = waiting.pop()
        if value in seen:
            continue
        seen.add(value)
        # conditions are no numbers that could be kept; they are computed where they are needed
        if graph.level[value] is Level.PARAMETER and graph.ops[value] not in BOOLEAN:
            if graph.ops[value] != "parameter":
                found.add(value)
        else:
            waiting += graph.args[value]
    return sorted(found)


def write_values(
    f: Function, graph: Graph, roots: Sequence[int], place: Place, store: Callable[[int, Name], None]
) -> None:
    """Write the computation of values into a function.

    A product that is used once, by a sum, becomes a fused multiply-add with one rounding.

    Args:
        f: The function.
        graph: Where the values are.
        roots: Values to compute.
        place: Where a value already lies.
        store: Called with the index of a root and the name of its value as soon as it is known: what is stored early
            occupies no register, which makes the code faster and its compilation much faster.
    """
    asked: dict[int, list[int]] = {}
    for i, root in enumerate(roots):
        asked.setdefault(root, []).append(i)
    names: dict[int, Name] = {}
    order: list[int] = []
    uses: Counter[int] = Counter()
    seen: set[int] = set()
    # depth first, so that a value is computed shortly before it is used
    waiting = [(root, False) for root in reversed(roots)]
    while waiting:
        value, ready = waiting.pop()
        if ready:
            order.append(value)
        elif value not in seen:
            seen.add(value)
            waiting.append((value, True))
            if graph.ops[value] != "constant" and place(value) is None:
                uses.update(graph.args[value])
                waiting += [(argument, False) for argument in reversed(graph.args[value])]
    uses.update(asked.keys())
    writer = _Writer(f, graph, names, uses, place)
    for value in order:
        writer.write(value, needed=value in asked)
        for i in asked.get(value, ()):
            store(i, names[value])


class _Writer:
    def __init__(self, f: Function, graph: Graph, names: dict[int, Name], uses: Counter[int], place: Place) -> None:
        self.f, self.graph, self.names, self.uses, self.place = f, graph, names, uses, place
        self.deferred: set[int] = set()

    def name(self, value: int) -> Name:
        place = self.place(value)
        if place is not None:
            # loaded anew at each use: the processor takes it from memory as an operand, and no register is held
            return self.f.load(*place)
        if value not in self.names:  # a product that was left for a sum, after all needed by itself
            a, b = (self.name(argument) for argument in self.graph.args[value])
            self.names[value] = self.f.float("fmul", a, b)
        return self.names[value]

    def write(self, value: int, *, needed: bool) -> None:
        if self.graph.ops[value] == "constant":
            self.names[value] = self.f.number(self.graph.number[value])
            return
        if self.place(value) is not None:
            if needed:
                self.names[value] = self.name(value)
            return
        op, args = self.graph.ops[value], self.graph.args[value]
        if op == "mul" and self.uses[value] == 1 and not needed:
            self.deferred.add(value)  # written where it is used
            return
        if op in ("add", "sub"):
            fused = self._fused(op, *args)
            if fused is not None:
                self.names[value] = fused
                return
        given = [self.name(argument) for argument in args]
        self.names[value] = self._operation(op, given)

    def _fused(self, op: str, a: int, b: int) -> Name | None:
        for product, other in ((b, a), (a, b)):
            if product not in self.deferred:
                continue
            x, y = (self.name(argument) for argument in self.graph.args[product])
            z = self.name(other)
            if op == "sub" and product == b:
                x = self._negated(x)
            elif op == "sub":
                z = self._negated(z)
            return self.f.fma(x, y, z)
        return None

    def _negated(self, name: Name) -> Name:
        return self.f.value(f"fneg {self.f.vector} {name}")

    def _operation(self, op: str, given: list[Name]) -> Name:
        f = self.f
        if op in _ARITHMETIC:
            return f.float(_ARITHMETIC[op], *given)
        if op == "neg":
            return self._negated(given[0])
        if op in _RELATIONS:
            return f.compare(_RELATIONS[op], *given)
        if op in ("and", "or", "xor"):
            return f.logic(op, *given)
        if op == "not":
            return f.invert(given[0])
        if op == "select":
            return f.choose(*given)
        if op in ("min", "max"):
            return f.choose(f.compare("olt" if op == "min" else "ogt", *given), *given)
        if op in _INTRINSICS:
            return f.intrinsic(_INTRINSICS[op], *given)
        if op in _OWN:
            return f.call(f"vector_{op}", *given)
        raise AssertionError(f"no code for {op}")
