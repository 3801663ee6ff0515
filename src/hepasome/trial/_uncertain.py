"""Protocol details that no source confirms: a range or a choice with its reason, drawn anew in each simulated trial."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from hepasome.files import Quantity


@dataclass(frozen=True)
class Between:
    """A quantity between two ends, drawn evenly on the log scale; whole numbers, and a range from zero, evenly.

    Attributes:
        low: Lower end.
        high: Upper end.
        reason: Why it is a range and where its ends come from.
    """

    low: Any
    high: Any
    reason: str

    def draw(self, rng: np.random.Generator) -> Any:
        """One value of the range."""
        if isinstance(self.low, int):
            return int(rng.integers(self.low, self.high + 1))
        unit = self.low.unit
        if self.low.value == 0:
            return Quantity(rng.uniform(0, self.high.to(unit)), unit)
        return Quantity(math.exp(rng.uniform(math.log(self.low.value), math.log(self.high.to(unit)))), unit)

    def middle(self) -> Any:
        """The middle of the range, on the scale of the draw."""
        if isinstance(self.low, int):
            return (self.low + self.high) // 2
        unit = self.low.unit
        if self.low.value == 0:
            return Quantity(self.high.to(unit) / 2, unit)
        return Quantity(math.sqrt(self.low.value * self.high.to(unit)), unit)

    def __str__(self) -> str:
        return f"{self.low} to {self.high}"


@dataclass(frozen=True)
class OneOf:
    """One of several values, each as likely as the others.

    Attributes:
        options: The values.
        reason: Why it is a choice.
    """

    options: tuple[Any, ...]
    reason: str

    def draw(self, rng: np.random.Generator) -> Any:
        """One of the values."""
        return self.options[int(rng.integers(len(self.options)))]

    def middle(self) -> Any:
        """The first value, which stands for the others where one trial is shown."""
        return self.options[0]

    def __str__(self) -> str:
        return " or ".join(str(option) for option in self.options)


def settle(detail: Any, rng: np.random.Generator | None) -> Any:
    """The value of a protocol detail: itself, or a draw of it; without `rng`, its middle."""
    if not isinstance(detail, (Between, OneOf)):
        return detail
    return detail.middle() if rng is None else detail.draw(rng)


@dataclass(frozen=True)
class _Detail:
    """A detail that is read by a function and written to JSON as it stands in a file."""

    read: Callable[[Any], Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        back = core_schema.plain_serializer_function_ser_schema(as_written, when_used="json")
        return core_schema.no_info_before_validator_function(self.read, handler(source), serialization=back)


def as_written(detail: Any) -> Any:
    """A protocol detail as a study file writes it: text of a quantity, a range or choice with its reason."""
    if isinstance(detail, Between):
        return {"low": as_written(detail.low), "high": as_written(detail.high), "reason": detail.reason}
    if isinstance(detail, OneOf):
        return {"one_of": [as_written(option) for option in detail.options], "reason": detail.reason}
    return str(detail) if isinstance(detail, Quantity) else detail


def uncertain(check: Callable[[Any], Any]) -> _Detail:
    """For `Annotated[Any, ...]`: a value that passes `check`, `{low, high, reason}` or `{one_of, reason}`.

    Args:
        check: Takes what was written, returns the value, or raises ValueError with a sentence.
    """

    def read(written: Any) -> Any:
        if not isinstance(written, dict):
            return check(written)
        keys = set(written)
        if not str(written.get("reason", "")).strip():
            raise ValueError("a range needs its `reason`: why no source confirms one value")
        if keys == {"low", "high", "reason"}:
            low, high = check(written["low"]), check(written["high"])
            if not _number(low) < _number(high, low):
                raise ValueError("`low` must be below `high`")
            return Between(low, high, written["reason"])
        if keys == {"one_of", "reason"}:
            options = written["one_of"]
            if not isinstance(options, list) or len(options) < 2:
                raise ValueError("`one_of` needs a list of two or more values")
            return OneOf(tuple(check(option) for option in options), written["reason"])
        raise ValueError("write one value, or `{low, high, reason}`, or `{one_of, reason}`")

    return _Detail(read)


def count_check(least: int, most: int) -> Callable[[Any], int]:
    """A check for `uncertain`: a whole number from `least` to `most`."""

    def check(written: Any) -> int:
        if not isinstance(written, int) or isinstance(written, bool) or not least <= written <= most:
            raise ValueError(f"write a whole number from {least} to {most:,}")
        return written

    return check


def word_check(words: Sequence[str]) -> Callable[[Any], str]:
    """A check for `uncertain`: one of `words`."""

    def check(written: Any) -> str:
        if written not in words:
            raise ValueError(f"`{written}` is not one of: {', '.join(words)}")
        return str(written)

    return check


def _number(value: Any, like: Any = None) -> float:
    if isinstance(value, Quantity):
        return value.to(like.unit) if like is not None else value.value
    return float(value)
