"""The mathematics of SBML as values of the graph."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import reduce
from itertools import pairwise
from typing import Any

import libsbml

from hepasome.engine._graph import BOOLEAN, Graph
from hepasome.engine._types import EngineError

AVOGADRO = 6.02214179e23  # SBML L3V2 section 3.4.6

_ONE_ARGUMENT = {
    libsbml.AST_FUNCTION_ABS: "abs",
    libsbml.AST_FUNCTION_EXP: "exp",
    libsbml.AST_FUNCTION_LN: "log",
    libsbml.AST_FUNCTION_FLOOR: "floor",
    libsbml.AST_FUNCTION_CEILING: "ceil",
    libsbml.AST_FUNCTION_SIN: "sin",
    libsbml.AST_FUNCTION_COS: "cos",
    libsbml.AST_FUNCTION_TAN: "tan",
    libsbml.AST_FUNCTION_SINH: "sinh",
    libsbml.AST_FUNCTION_COSH: "cosh",
    libsbml.AST_FUNCTION_TANH: "tanh",
    libsbml.AST_FUNCTION_ARCSIN: "asin",
    libsbml.AST_FUNCTION_ARCCOS: "acos",
    libsbml.AST_FUNCTION_ARCTAN: "atan",
    libsbml.AST_FUNCTION_ARCSINH: "asinh",
    libsbml.AST_FUNCTION_ARCCOSH: "acosh",
    libsbml.AST_FUNCTION_ARCTANH: "atanh",
}
_ONE_OVER_RESULT = {
    libsbml.AST_FUNCTION_SEC: "cos",
    libsbml.AST_FUNCTION_CSC: "sin",
    libsbml.AST_FUNCTION_COT: "tan",
    libsbml.AST_FUNCTION_SECH: "cosh",
    libsbml.AST_FUNCTION_CSCH: "sinh",
    libsbml.AST_FUNCTION_COTH: "tanh",
}
_OF_ONE_OVER = {
    libsbml.AST_FUNCTION_ARCSEC: "acos",
    libsbml.AST_FUNCTION_ARCCSC: "asin",
    libsbml.AST_FUNCTION_ARCCOT: "atan",
    libsbml.AST_FUNCTION_ARCSECH: "acosh",
    libsbml.AST_FUNCTION_ARCCSCH: "asinh",
    libsbml.AST_FUNCTION_ARCCOTH: "atanh",
}
_RELATIONS = {  # operation, and whether its arguments change places
    libsbml.AST_RELATIONAL_LT: ("lt", False),
    libsbml.AST_RELATIONAL_LEQ: ("le", False),
    libsbml.AST_RELATIONAL_GT: ("lt", True),
    libsbml.AST_RELATIONAL_GEQ: ("le", True),
    libsbml.AST_RELATIONAL_EQ: ("eq", False),
    libsbml.AST_RELATIONAL_NEQ: ("ne", False),
}
_LOGIC = {libsbml.AST_LOGICAL_AND: "and", libsbml.AST_LOGICAL_OR: "or", libsbml.AST_LOGICAL_XOR: "xor"}
_NUMBERS = {
    libsbml.AST_CONSTANT_PI: math.pi,
    libsbml.AST_CONSTANT_E: math.e,
    libsbml.AST_CONSTANT_TRUE: 1.0,
    libsbml.AST_CONSTANT_FALSE: 0.0,
    libsbml.AST_NAME_AVOGADRO: AVOGADRO,
}

Function = tuple[tuple[str, ...], Any]


class MathReader:
    """Turns SBML mathematics into values.

    Args:
        graph: Where the values are made.
        lookup: Gives the value of an id.
        time: Gives the value of time.
        functions: Function definitions: arguments and body.
        compare: Gives the value of a comparison, `lt` or `le`.
    """

    def __init__(
        self,
        graph: Graph,
        lookup: Callable[[str], int],
        time: Callable[[], int],
        functions: Mapping[str, Function],
        compare: Callable[[str, int, int], int] | None = None,
    ) -> None:
        self._graph, self._lookup, self._time, self._functions = graph, lookup, time, functions
        self._compare = compare or graph.apply

    def number(self, node: Any, bound: Mapping[str, int] | None = None) -> int:
        """The value of an expression as a number; true is 1 and false is 0."""
        value = self._read(node, bound or {})
        if self._graph.ops[value] in BOOLEAN:
            return self._graph.apply("select", value, self._graph.constant(1.0), self._graph.constant(0.0))
        return value

    def truth(self, node: Any, bound: Mapping[str, int] | None = None) -> int:
        """The value of a condition; a number is true unless it is zero."""
        value = self._read(node, bound or {})
        if self._graph.ops[value] in BOOLEAN:
            return value
        return self._graph.apply("ne", value, self._graph.constant(0.0))

    def _read(self, node: Any, bound: Mapping[str, int]) -> int:
        kind, graph, apply = node.getType(), self._graph, self._graph.apply
        children = [node.getChild(i) for i in range(node.getNumChildren())]
        if kind == libsbml.AST_NAME:
            name = node.getName()
            return bound[name] if name in bound else self._lookup(name)
        if kind in (libsbml.AST_INTEGER, libsbml.AST_REAL, libsbml.AST_REAL_E, libsbml.AST_RATIONAL):
            return graph.constant(float(node.getValue()))
        if kind in _NUMBERS:
            return graph.constant(_NUMBERS[kind])
        if kind == libsbml.AST_NAME_TIME:
            return self._time()
        if kind in _RELATIONS:
            return self._relation(kind, children, bound)
        if kind in _LOGIC:
            parts = [self.truth(child, bound) for child in children]
            return reduce(lambda a, b: apply(_LOGIC[kind], a, b), parts) if parts else self._empty(kind)
        if kind == libsbml.AST_LOGICAL_NOT:
            return apply("not", self.truth(children[0], bound))
        if kind == libsbml.AST_LOGICAL_IMPLIES:
            return apply("or", apply("not", self.truth(children[0], bound)), self.truth(children[1], bound))
        if kind == libsbml.AST_FUNCTION_PIECEWISE:
            return self._piecewise(children, bound)
        if kind == libsbml.AST_FUNCTION:
            arguments, body = self._functions[node.getName()]
            given = [self.number(child, bound) for child in children]
            return self._read(body, dict(zip(arguments, given, strict=True)))
        return self._arithmetic(kind, node, [self.number(child, bound) for child in children])

    def _relation(self, kind: int, children: list[Any], bound: Mapping[str, int]) -> int:
        operation, turned = _RELATIONS[kind]
        values = [self.number(child, bound) for child in children]
        compare = self._compare if operation in ("lt", "le") else self._graph.apply
        pairs = [compare(operation, *((b, a) if turned else (a, b))) for a, b in pairwise(values)]
        return reduce(lambda a, b: self._graph.apply("and", a, b), pairs)

    def _empty(self, kind: int) -> int:
        true = kind == libsbml.AST_LOGICAL_AND
        return self._graph.apply("ne", self._graph.constant(float(true)), self._graph.constant(0.0))

    def _piecewise(self, children: list[Any], bound: Mapping[str, int]) -> int:
        pairs = [(children[i], children[i + 1]) for i in range(0, len(children) - 1, 2)]
        value = self.number(children[-1], bound) if len(children) % 2 else self._graph.constant(math.nan)
        for piece, condition in reversed(pairs):
            value = self._graph.apply("select", self.truth(condition, bound), self.number(piece, bound), value)
        return value

    def _arithmetic(self, kind: int, node: Any, values: list[int]) -> int:
        graph, apply = self._graph, self._graph.apply
        if kind == libsbml.AST_PLUS:
            return graph.total(values)
        if kind == libsbml.AST_TIMES:
            return reduce(lambda a, b: apply("mul", a, b), values, graph.constant(1.0))
        if kind == libsbml.AST_MINUS:
            return apply("neg", values[0]) if len(values) == 1 else apply("sub", *values)
        if kind == libsbml.AST_DIVIDE:
            return apply("div", *values)
        if kind in (libsbml.AST_POWER, libsbml.AST_FUNCTION_POWER):
            return apply("pow", *values)
        if kind == libsbml.AST_FUNCTION_ROOT:
            degree = values[0] if len(values) == 2 else graph.constant(2.0)
            if graph.is_constant(degree, 2.0):
                return apply("sqrt", values[-1])
            return apply("pow", values[-1], apply("div", graph.constant(1.0), degree))
        if kind == libsbml.AST_FUNCTION_LOG:
            base = values[0] if len(values) == 2 else graph.constant(10.0)
            return apply("div", apply("log", values[-1]), apply("log", base))
        if kind in (libsbml.AST_FUNCTION_MIN, libsbml.AST_FUNCTION_MAX):
            name = "min" if kind == libsbml.AST_FUNCTION_MIN else "max"
            return reduce(lambda a, b: apply(name, a, b), values)
        if kind == libsbml.AST_FUNCTION_QUOTIENT:
            return self._truncated(apply("div", *values))
        if kind == libsbml.AST_FUNCTION_REM:
            return apply("sub", values[0], apply("mul", values[1], self._truncated(apply("div", *values))))
        if kind == libsbml.AST_FUNCTION_FACTORIAL and graph.is_constant(values[0]):
            return graph.constant(math.gamma(graph.number[values[0]] + 1))
        if kind in _ONE_ARGUMENT:
            return apply(_ONE_ARGUMENT[kind], values[0])
        if kind in _ONE_OVER_RESULT:
            return apply("div", graph.constant(1.0), apply(_ONE_OVER_RESULT[kind], values[0]))
        if kind in _OF_ONE_OVER:
            return apply(_OF_ONE_OVER[kind], apply("div", graph.constant(1.0), values[0]))
        raise EngineError(f"`{libsbml.formulaToL3String(node)}` uses a function that cannot be simulated here.")

    def _truncated(self, value: int) -> int:
        apply = self._graph.apply
        negative = apply("lt", value, self._graph.constant(0.0))
        return apply("select", negative, apply("ceil", value), apply("floor", value))
