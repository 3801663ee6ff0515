"""Writing LLVM's intermediate language: one function over W lanes, with loops and branches that nest."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager

Name = str  # of a value in the text, such as %12, or a literal


class Function:
    """A function that is being written.

    Vectors have one double per lane; a lane is one subject. Mutable variables are cells of memory that the optimiser
    turns into registers. No reordering of arithmetic is ever allowed, so that the same text gives the same digits
    whatever the width and the processor.

    Args:
        name: Name of the function.
        width: Lanes.
        arguments: Type and name of each argument, for example `("ptr", "y")`.
        returns: Type of the result.
        inline: Whether it becomes a part of its callers.
    """

    def __init__(
        self,
        name: str,
        width: int,
        arguments: list[tuple[str, str]],
        returns: str = "void",
        *,
        inline: bool | None = None,
    ) -> None:
        self.width = width
        self.vector, self.integers, self.booleans = (f"<{width} x {kind}>" for kind in ("double", "i64", "i1"))
        self._name, self._arguments, self._returns = name, arguments, returns
        self._attributes = {None: "", True: " alwaysinline", False: " noinline"}[inline]
        self._cells: list[str] = []
        self._lines: list[str] = []
        self._count = 0

    def text(self) -> str:
        """The finished function."""
        arguments = ", ".join(f"{kind} {'noalias ' * (kind == 'ptr')}%{name}" for kind, name in self._arguments)
        head = f"define {self._returns} @{self._name}({arguments}){self._attributes} {{\nentry:"
        return "\n".join([head, *self._cells, *self._lines, "}"])

    def line(self, text: str) -> None:
        """A line without result."""
        self._lines.append(f"  {text}")

    def value(self, text: str) -> Name:
        """A line with a result."""
        self._count += 1
        name = f"%v{self._count}"
        self._lines.append(f"  {name} = {text}")
        return name

    def label(self, hint: str) -> str:
        """A new label."""
        self._count += 1
        return f"{hint}{self._count}"

    def begin(self, label: str) -> None:
        """Start the block of a label; the one before must have ended with a jump."""
        self._lines.append(f"{label}:")

    def jump(self, label: str) -> None:
        """End the block."""
        self.line(f"br label %{label}")

    def cell(self, kind: str, count: int = 1) -> Name:
        """Memory of the function for values of one type."""
        self._count += 1
        self._cells.append(f"  %c{self._count} = alloca {kind}, i64 {count}, align 64")
        return f"%c{self._count}"

    # vectors and scalars

    def number(self, number: float) -> Name:
        """A number in every lane."""
        return f"splat (double {hexadecimal(number)})"

    def integer(self, number: int) -> Name:
        """An integer in every lane."""
        return f"splat (i64 {number})"

    def float(self, op: str, a: Name, b: Name) -> Name:
        """fadd, fsub, fmul or fdiv of vectors."""
        return self.value(f"{op} {self.vector} {a}, {b}")

    def fma(self, a: Name, b: Name, c: Name) -> Name:
        """a*b + c with one rounding."""
        v = self.vector
        return self.value(f"call {v} @llvm.fma.v{self.width}f64({v} {a}, {v} {b}, {v} {c})")

    def call(self, function: str, *arguments: Name) -> Name:
        """A function of vectors."""
        given = ", ".join(f"{self.vector} {argument}" for argument in arguments)
        return self.value(f"call {self.vector} @{function}({given})")

    def intrinsic(self, name: str, *arguments: Name) -> Name:
        """One of LLVM's own functions of vectors."""
        return self.call(f"llvm.{name}.v{self.width}f64", *arguments)

    def compare(self, relation: str, a: Name, b: Name) -> Name:
        """Lane by lane: olt, ole, oeq, une and so on."""
        return self.value(f"fcmp {relation} {self.vector} {a}, {b}")

    def choose(self, condition: Name, a: Name, b: Name) -> Name:
        """Lane by lane a where the condition holds, else b."""
        return self.value(f"select {self.booleans} {condition}, {self.vector} {a}, {self.vector} {b}")

    def logic(self, op: str, a: Name, b: Name) -> Name:
        """and, or, xor of conditions."""
        return self.value(f"{op} {self.booleans} {a}, {b}")

    def invert(self, a: Name) -> Name:
        """Where a condition does not hold."""
        return self.value(f"xor {self.booleans} {a}, splat (i1 true)")

    def whole(self, op: str, a: Name, b: Name) -> Name:
        """An operation on vectors of integers."""
        return self.value(f"{op} {self.integers} {a}, {b}")

    def as_integers(self, a: Name) -> Name:
        """The bits of a vector."""
        return self.value(f"bitcast {self.vector} {a} to {self.integers}")

    def as_doubles(self, a: Name) -> Name:
        """Bits as a vector."""
        return self.value(f"bitcast {self.integers} {a} to {self.vector}")

    def mask(self, condition: Name) -> Name:
        """One bit per lane, as i64."""
        bits = self.value(f"bitcast {self.booleans} {condition} to i{self.width}")
        return self.value(f"zext i{self.width} {bits} to i64")

    def from_mask(self, bits: Name) -> Name:
        """The condition that has one bit per lane in an i64."""
        few = self.value(f"trunc i64 {bits} to i{self.width}")
        return self.value(f"bitcast i{self.width} {few} to {self.booleans}")

    def any(self, condition: Name) -> Name:
        """Whether a condition holds in any lane, as i1."""
        return self.nonzero(self.mask(condition))

    def nonzero(self, integer: Name) -> Name:
        """Whether an i64 is not zero."""
        return self.value(f"icmp ne i64 {integer}, 0")

    def whole_compare(self, relation: str, a: Name, b: Name) -> Name:
        """Lane by lane a relation of integers."""
        return self.value(f"icmp {relation} {self.integers} {a}, {b}")

    def spread(self, scalar: Name, kind: str = "double") -> Name:
        """A scalar in every lane."""
        vector = f"<{self.width} x {kind}>"
        one = self.value(f"insertelement {vector} poison, {kind} {scalar}, i64 0")
        return self.value(f"shufflevector {vector} {one}, {vector} poison, <{self.width} x i32> zeroinitializer")

    # memory

    def place(self, pointer: Name, index: Name | int, kind: str | None = None) -> Name:
        """Address of an element of an array of vectors, or of another type."""
        return self.value(f"getelementptr {kind or self.vector}, ptr {pointer}, i64 {index}")

    def load(self, pointer: Name, index: Name | int = 0, kind: str | None = None) -> Name:
        """An element of an array of vectors, or of another type."""
        at = self.place(pointer, index, kind) if index != 0 else pointer
        return self.value(f"load {kind or self.vector}, ptr {at}{self._aligned(kind)}")

    def store(self, value: Name, pointer: Name, index: Name | int = 0, kind: str | None = None) -> None:
        """Write an element of an array of vectors, or of another type."""
        at = self.place(pointer, index, kind) if index != 0 else pointer
        self.line(f"store {kind or self.vector} {value}, ptr {at}{self._aligned(kind)}")

    def _aligned(self, kind: str | None) -> str:
        return "" if kind is not None and not kind.startswith("<") else f", align {8 * self.width}"

    # control

    @contextmanager
    def loop(self, count: Name | int) -> Iterator[Name]:
        """Repeat the body for 0, 1 ... count - 1; count may be zero."""
        counter = self.cell("i64")
        self.store("0", counter, kind="i64")
        with self.repeat() as leave:
            index = self.load(counter, kind="i64")
            self.leave_if(self.value(f"icmp sge i64 {index}, {count}"), leave)
            yield index
            self.store(self.value(f"add i64 {index}, 1"), counter, kind="i64")

    @contextmanager
    def repeat(self) -> Iterator[str]:
        """Repeat the body until it jumps to the label that this gives."""
        head, leave = self.label("head"), self.label("leave")
        self.jump(head)
        self.begin(head)
        yield leave
        self.jump(head)
        self.begin(leave)

    def leave_if(self, condition: Name, label: str) -> None:
        """Jump to a label if a condition (i1) holds."""
        after = self.label("after")
        self.line(f"br i1 {condition}, label %{label}, label %{after}")
        self.begin(after)

    @contextmanager
    def when(self, condition: Name) -> Iterator[None]:
        """The body only if a condition (i1) holds."""
        inside, after = self.label("when"), self.label("after")
        self.line(f"br i1 {condition}, label %{inside}, label %{after}")
        self.begin(inside)
        yield
        self.jump(after)
        self.begin(after)

    @contextmanager
    def lanes(self, bits: Name) -> Iterator[Name]:
        """The body once for every lane whose bit is set, from the first on; gives the number of the lane."""
        left = self.cell("i64")
        self.store(bits, left, kind="i64")
        with self.repeat() as leave:
            now = self.load(left, kind="i64")
            self.leave_if(self.value(f"icmp eq i64 {now}, 0"), leave)
            yield self.value(f"call i64 @llvm.cttz.i64(i64 {now}, i1 true)")
            without = self.value(f"sub i64 {now}, 1")
            self.store(self.value(f"and i64 {now}, {without}"), left, kind="i64")


def hexadecimal(number: float) -> str:
    """A double as LLVM reads it without loss."""
    return f"0x{struct.unpack('<Q', struct.pack('<d', number))[0]:016X}"


def declarations(width: int) -> str:
    """LLVM's own functions that the others call."""
    v = f"<{width} x double>"
    lines = [f"declare {v} @llvm.{name}.v{width}f64({v})" for name in ("fabs", "sqrt", "floor", "ceil", "rint")]
    lines += [f"declare {v} @llvm.fma.v{width}f64({v}, {v}, {v})", "declare i64 @llvm.cttz.i64(i64, i1)"]
    lines += ["declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)", "declare double @llvm.fabs.f64(double)"]
    return "\n".join(lines)
