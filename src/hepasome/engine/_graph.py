"""Arithmetic as a graph without duplicates: every value once, constants folded, what depends on states told apart."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from enum import IntEnum

Args = tuple[int, ...]

_COMMUTATIVE = frozenset({"add", "mul", "min", "max", "and", "or", "xor", "eq", "ne"})
_STEPS = frozenset({"floor", "ceil", "lt", "le", "eq", "ne"})  # functions that jump
# read from the subject's arrays: parameters and what was derived from them, or state and time
INPUTS = frozenset({"parameter", "state"})
BOOLEAN = frozenset({"lt", "le", "eq", "ne", "and", "or", "xor", "not"})


class Level(IntEnum):
    """What a value depends on: nothing, the subject's parameters, or its state."""

    CONSTANT = 0
    PARAMETER = 1
    STATE = 2


def _power(base: float, exponent: float) -> float:
    return math.pow(base, exponent) if base or exponent >= 0 else math.inf


FOLD: dict[str, Callable[..., float]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "quotient": lambda a, b: a / b,
    "neg": lambda a: -a,
    "abs": abs,
    "min": min,
    "max": max,
    "sqrt": math.sqrt,
    "exp": math.exp,
    "log": math.log,
    "tanh": math.tanh,
    "floor": math.floor,
    "ceil": math.ceil,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "asinh": math.asinh,
    "acosh": math.acosh,
    "atanh": math.atanh,
    "pow": _power,
    "lt": lambda a, b: float(a < b),
    "le": lambda a, b: float(a <= b),
    "eq": lambda a, b: float(a == b),
    "ne": lambda a, b: float(a != b),
    "and": lambda a, b: float(bool(a) and bool(b)),
    "or": lambda a, b: float(bool(a) or bool(b)),
    "xor": lambda a, b: float(bool(a) != bool(b)),
    "not": lambda a: float(not a),
    "select": lambda c, a, b: a if c else b,
}


class Graph:
    """Values in the order in which they were made; a value is the number of its place.

    Attributes:
        ops: Name of the operation of each value; `constant`, `parameter` and `state` have no arguments.
        args: Arguments of each value.
        number: Number of a constant, index of an input; 0 elsewhere.
        level: What each value depends on.
    """

    def __init__(self) -> None:
        self.ops: list[str] = []
        self.args: list[Args] = []
        self.number: list[float] = []
        self.level: list[Level] = []
        self._known: dict[tuple[str, Args, float | str], int] = {}
        self._divisors: dict[int, int] = {}  # reciprocal -> what it is the reciprocal of

    def constant(self, number: float) -> int:
        """The value of a number."""
        return self._new("constant", (), float(number), Level.CONSTANT)

    def parameter(self, index: int) -> int:
        """The value of a parameter of the subject."""
        return self._new("parameter", (), float(index), Level.PARAMETER)

    def state(self, index: int) -> int:
        """The value of a state."""
        return self._new("state", (), float(index), Level.STATE)

    def is_constant(self, value: int, number: float | None = None) -> bool:
        """Whether a value is a constant, and this one if a number is given."""
        return self.ops[value] == "constant" and (number is None or self.number[value] == number)

    def apply(self, op: str, *args: int) -> int:
        """The value of an operation; simplified where that changes no digit of a finite result."""
        if op in _STEPS:
            args = tuple(self._quotient(a) for a in args)
        if op in _COMMUTATIVE:
            args = tuple(sorted(args))
        if all(self.ops[a] == "constant" for a in args):
            folded = self._fold(op, args)
            if folded is not None:
                return self.constant(folded)
        simpler = self._simplify(op, args)
        if simpler is not None:
            return simpler
        return self._new(op, args, 0.0, max(self.level[a] for a in args))

    def _quotient(self, value: int) -> int:
        """A value whose last digit decides: a division is rounded once, so that 49/49 is 1."""
        if self.ops[value] == "mul":
            for dividend, reciprocal in (self.args[value], self.args[value][::-1]):
                if reciprocal in self._divisors:
                    args = dividend, self._divisors[reciprocal]
                    return self._new("quotient", args, 0.0, max(self.level[a] for a in args))
        return value

    def total(self, terms: Iterable[int]) -> int:
        """The sum of values; zero if there are none."""
        terms = list(terms)
        value = terms[0] if terms else self.constant(0.0)
        for term in terms[1:]:
            negated = self.ops[term] == "neg"
            value = self.apply("sub", value, self.args[term][0]) if negated else self.apply("add", value, term)
        return value

    def _fold(self, op: str, args: Args) -> float | None:
        try:
            folded = float(FOLD[op](*(self.number[a] for a in args)))
        except (ArithmeticError, ValueError):
            return None
        return folded if math.isfinite(folded) else None

    def _simplify(self, op: str, args: Args) -> int | None:
        a, b = args[0], args[-1]
        match op:
            case "add":
                if self.is_constant(a, 0.0) or self.is_constant(b, 0.0):
                    return b if self.is_constant(a, 0.0) else a
                for one, other in ((a, b), (b, a)):
                    if self.ops[other] == "neg":
                        return self.apply("sub", one, self.args[other][0])
            case "sub":
                if self.is_constant(b, 0.0):
                    return a
                if self.is_constant(a, 0.0):
                    return self.apply("neg", b)
                if a == b:
                    return self.constant(0.0)
                if self.ops[b] == "neg":
                    return self.apply("add", a, self.args[b][0])
            case "mul":
                for one, other in ((a, b), (b, a)):
                    if self.is_constant(one, 0.0):
                        return one
                    if self.is_constant(one, 1.0):
                        return other
                    if self.is_constant(one, -1.0):
                        return self.apply("neg", other)
                    if self.ops[one] == "neg":
                        return self.apply("neg", self.apply("mul", self.args[one][0], other))
            case "div":
                if self.is_constant(b, 1.0) or self.is_constant(a, 0.0):
                    return a
                if not self.is_constant(a, 1.0):  # one reciprocal serves all that is divided by the same value
                    reciprocal = self.apply("div", self.constant(1.0), b)
                    self._divisors[reciprocal] = b
                    return self.apply("mul", a, reciprocal)
            case "neg":
                if self.ops[a] == "neg":
                    return self.args[a][0]
            case "pow":
                return self._power(a, b)
            case "and" | "or" | "xor":
                return self._logic(op, a, b)
            case "select":
                if self.is_constant(a):
                    return args[1] if self.number[a] else b
                if args[1] == b:
                    return b
        return None

    def _logic(self, op: str, a: int, b: int) -> int | None:
        if not (self.is_constant(a) or self.is_constant(b)):
            return None
        known, other = (a, b) if self.is_constant(a) else (b, a)
        true = bool(self.number[known])
        if op == "xor":
            return self.apply("not", other) if true else other
        return other if true == (op == "and") else known

    def _power(self, base: int, exponent: int) -> int | None:
        if not self.is_constant(exponent):
            return None
        number = self.number[exponent]
        if number < 0:
            return self.apply("div", self.constant(1.0), self.apply("pow", base, self.constant(-number)))
        if number > 16 or not (2 * number).is_integer():
            return None
        value = self.apply("sqrt", base) if not number.is_integer() else self.constant(1.0)
        square, left = base, int(number)
        while left:
            value = self.apply("mul", value, square) if left % 2 else value
            left //= 2
            square = self.apply("mul", square, square) if left else square
        return value

    def _new(self, op: str, args: Args, number: float, level: Level) -> int:
        # zero and minus zero are different constants
        key = (op, args, repr(number) if op == "constant" else number)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = len(self.ops)
            self.ops.append(op)
            self.args.append(args)
            self.number.append(number)
            self.level.append(level)
        return found
