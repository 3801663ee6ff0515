"""Derivatives by the chain rule, forwards along the graph, only where they are not zero."""

from __future__ import annotations

from collections.abc import Sequence

from hepasome.engine._graph import Graph, Level

_NO_SLOPE = frozenset({"floor", "ceil", "lt", "le", "eq", "ne", "and", "or", "xor", "not"})


def jacobian(graph: Graph, functions: Sequence[int]) -> dict[tuple[int, int], int]:
    """Derivatives of functions with respect to the states, as values of the same graph.

    Args:
        graph: The graph; the derivatives are added to it.
        functions: Values to differentiate.

    Returns:
        (function, state) -> value, for every derivative that is not zero everywhere.
    """
    slopes = _Forward(graph)
    for value in _reachable(graph, functions):
        slopes.add(value)
    return {
        (row, column): slope
        for row, function in enumerate(functions)
        for column, slope in sorted(slopes.of(function).items())
        if not graph.is_constant(slope, 0.0)
    }


def _reachable(graph: Graph, roots: Sequence[int]) -> list[int]:
    seen: set[int] = set()
    waiting = [root for root in roots if graph.level[root] is Level.STATE]
    while waiting:
        value = waiting.pop()
        if value not in seen:
            seen.add(value)
            waiting += [a for a in graph.args[value] if graph.level[a] is Level.STATE]
    return sorted(seen)


class _Forward:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._slopes: dict[int, dict[int, int]] = {}

    def of(self, value: int) -> dict[int, int]:
        return self._slopes.get(value, {})

    def add(self, value: int) -> None:
        graph, op, args = self.graph, self.graph.ops[value], self.graph.args[value]
        if op == "state":
            self._slopes[value] = {int(graph.number[value]): graph.constant(1.0)}
        elif op == "select":
            condition, a, b = args
            zero, first, second = graph.constant(0.0), self.of(a), self.of(b)
            self._slopes[value] = {
                j: graph.apply("select", condition, first.get(j, zero), second.get(j, zero))
                for j in {**first, **second}
            }
        elif op not in _NO_SLOPE:
            self._slopes[value] = self._chain(op, value, args)

    def _chain(self, op: str, value: int, args: tuple[int, ...]) -> dict[int, int]:
        """Sum over the arguments of the partial derivative times the argument's own slopes."""
        terms: dict[int, list[int]] = {}
        for place, argument in enumerate(args):
            own = self.of(argument)
            if own:
                factor = self._partial(op, value, args, place)
                for j, slope in own.items():
                    terms.setdefault(j, []).append(self.graph.apply("mul", factor, slope))
        return {j: self.graph.total(parts) for j, parts in terms.items()}

    def _partial(self, op: str, value: int, args: tuple[int, ...], place: int) -> int:
        graph, apply = self.graph, self.graph.apply
        one, a, b = graph.constant(1.0), args[0], args[-1]
        match op:
            case "add":
                return one
            case "sub":
                return one if place == 0 else graph.constant(-1.0)
            case "neg":
                return graph.constant(-1.0)
            case "mul":
                return b if place == 0 else a
            case "div" | "quotient":
                return apply("div", one, b) if place == 0 else apply("neg", apply("div", value, b))
            case "exp":
                return value
            case "log":
                return apply("div", one, a)
            case "sqrt":
                return self._unless_zero(value, apply("div", graph.constant(0.5), value))
            case "pow" if place == 0:
                return self._unless_zero(a, apply("div", apply("mul", b, value), a))
            case "pow":
                return self._unless_zero(a, apply("mul", value, apply("log", a)))
            case "abs":
                return apply("select", apply("lt", a, graph.constant(0.0)), graph.constant(-1.0), one)
            case "min" | "max":
                first = apply("le", a, b) if op == "min" else apply("le", b, a)
                chosen, other = (one, graph.constant(0.0)) if place == 0 else (graph.constant(0.0), one)
                return apply("select", first, chosen, other)
            case "tanh":
                return apply("sub", one, apply("mul", value, value))
            case "sin":
                return apply("cos", a)
            case "cos":
                return apply("neg", apply("sin", a))
            case "tan":
                return apply("add", one, apply("mul", value, value))
            case "sinh":
                return apply("cosh", a)
            case "cosh":
                return apply("sinh", a)
            case "atan":
                return apply("div", one, apply("add", one, apply("mul", a, a)))
            case "asin" | "acos":
                slope = apply("div", one, apply("sqrt", apply("sub", one, apply("mul", a, a))))
                return slope if op == "asin" else apply("neg", slope)
            case "asinh":
                return apply("div", one, apply("sqrt", apply("add", apply("mul", a, a), one)))
            case "acosh":
                return apply("div", one, apply("sqrt", apply("sub", apply("mul", a, a), one)))
            case "atanh":
                return apply("div", one, apply("sub", one, apply("mul", a, a)))
        raise AssertionError(f"no derivative of {op}")

    def _unless_zero(self, value: int, slope: int) -> int:
        """A slope that is infinite or undefined where a value is zero; there it is taken for zero."""
        zero = self.graph.constant(0.0)
        return self.graph.apply("select", self.graph.apply("eq", value, zero), zero, slope)
