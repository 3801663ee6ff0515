"""From values of the graph to functions over lanes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from hepasome.engine._graph import BOOLEAN, Graph, Level
from hepasome.engine._ir import Function, Name
from hepasome.engine._vector_math import LIBRARY

# where a value already lies: array and index, or None if it has to be computed
Place = Callable[[int], tuple[Name, int] | None]
Store = Callable[[Function, int, Name], None]
_PIECE = 1000  # values

_ARITHMETIC = {"add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv", "quotient": "fdiv"}
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


def write_values(f: Function, graph: Graph, roots: Sequence[int], place: Place, store: Store) -> None:
    """Write the computation of values into a function.

    A product that is used once, by a sum, becomes a fused multiply-add with one rounding.

    Args:
        f: The function.
        graph: Where the values are.
        roots: Values to compute.
        place: Where a value already lies.
        store: Called with the function, the index of a root and the name of its value as soon as it is known: what is
            stored early occupies no register, which makes the code faster and its compilation much faster.
    """
    work = _Work(graph, roots, place)
    writer = _Writer(f, work, {})
    for value in work.order:
        writer.write(value, store)


def write_function(
    name: str, width: int, arguments: Sequence[str], graph: Graph, roots: Sequence[int], place: Place, store: Store
) -> list[str]:
    """The same as a function of its own, in pieces if it is long: the time to compile one grows with its square.

    Args:
        name: Of the function.
        width: Lanes.
        arguments: Names of its pointers.
        graph: Where the values are.
        roots: Values to compute.
        place: Where a value already lies.
        store: As for `write_values`.
    """
    work = _Work(graph, roots, place)
    pieces = [work.order[i : i + _PIECE] for i in range(0, len(work.order), _PIECE)] or [[]]
    # values that a later piece needs are handed over in memory
    handed = {value: k for k, value in enumerate(work.handed_over(pieces))}
    pointers = [("ptr", argument) for argument in arguments]
    whole = Function(name, width, pointers, inline=False)
    scratch = whole.cell(whole.vector, max(1, len(handed)))
    given = ", ".join(f"ptr %{argument}" for argument in arguments)
    texts = []
    for k, piece in enumerate(pieces):
        f = Function(f"{name}_{k}", width, [*pointers, ("ptr", "scratch")], inline=False)
        writer = _Writer(f, work, handed)
        for value in piece:
            writer.write(value, store)
        f.line("ret void")
        texts.append(f.text())
        whole.line(f"call void @{name}_{k}({given}, ptr {scratch})")
    whole.line("ret void")
    return [*texts, whole.text()]


class _Work:
    """What has to be computed, in an order in which a value comes shortly before it is used.

    Attributes:
        asked: Value -> the places among the roots where it stands.
        order: Values to write; products that become part of a sum are left out.
    """

    def __init__(self, graph: Graph, roots: Sequence[int], place: Place) -> None:
        self.graph, self.place = graph, place
        self.asked: dict[int, list[int]] = {}
        for i, root in enumerate(roots):
            self.asked.setdefault(root, []).append(i)
        order: list[int] = []
        uses: Counter[int] = Counter()
        seen: set[int] = set()
        waiting = [(root, False) for root in reversed(roots)]
        while waiting:
            value, ready = waiting.pop()
            if ready:
                order.append(value)
            elif value not in seen:
                seen.add(value)
                waiting.append((value, True))
                if not self.is_there(value):
                    uses.update(graph.args[value])
                    waiting += [(argument, False) for argument in reversed(graph.args[value])]
        self.deferred = {
            value
            for value in order
            if graph.ops[value] == "mul" and uses[value] == 1 and value not in self.asked and not self.is_there(value)
        }
        self.order = [v for v in order if v in self.asked or not (self.is_there(v) or v in self.deferred)]

    def is_there(self, value: int) -> bool:
        """Whether a value is a constant or lies in memory."""
        return self.graph.ops[value] == "constant" or self.place(value) is not None

    def handed_over(self, pieces: Sequence[Sequence[int]]) -> list[int]:
        """Values that are computed in one piece and needed in a later one."""
        where = {value: k for k, piece in enumerate(pieces) for value in piece if not self.is_there(value)}
        found: dict[int, None] = {}
        for k, piece in enumerate(pieces):
            waiting = [argument for value in piece if not self.is_there(value) for argument in self.graph.args[value]]
            while waiting:
                value = waiting.pop()
                if value in self.deferred:
                    waiting += self.graph.args[value]
                elif where.get(value, k) < k:
                    found[value] = None
        return list(found)


class _Writer:
    def __init__(self, f: Function, work: _Work, handed: dict[int, int]) -> None:
        self.f, self.work, self.graph, self.handed = f, work, work.graph, handed
        self.names: dict[int, Name] = {}

    def name(self, value: int) -> Name:
        if value in self.names:
            return self.names[value]
        f, graph = self.f, self.graph
        if graph.ops[value] == "constant":
            return f.number(graph.number[value])
        place = self.work.place(value)
        if place is not None:
            # loaded anew at each use: the processor takes it from memory as an operand, and no register is held
            return f.load(*place)
        if value in self.work.deferred:
            a, b = (self.name(argument) for argument in graph.args[value])
            return f.float("fmul", a, b)
        loaded = f.load("%scratch", self.handed[value])
        if graph.ops[value] in BOOLEAN:
            loaded = f.compare("une", loaded, f.number(0.0))
        self.names[value] = loaded
        return loaded

    def write(self, value: int, store: Store) -> None:
        f, graph = self.f, self.graph
        if self.work.is_there(value):
            name = self.name(value)
        else:
            op, args = graph.ops[value], graph.args[value]
            fused = self._fused(op, *args) if op in ("add", "sub") else None
            name = self._operation(op, [self.name(argument) for argument in args]) if fused is None else fused
            self.names[value] = name
        if value in self.handed:
            number = f.choose(name, f.number(1.0), f.number(0.0)) if graph.ops[value] in BOOLEAN else name
            f.store(number, "%scratch", self.handed[value])
        for i in self.work.asked.get(value, ()):
            store(f, i, name)

    def _fused(self, op: str, a: int, b: int) -> Name | None:
        for product, other in ((b, a), (a, b)):
            if product not in self.work.deferred:
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
