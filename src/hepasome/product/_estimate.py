"""A number of a product, with its interval and where it comes from."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from hepasome.files import Strict

Status = Literal["measured", "derived", "fitted", "assumed"]


class Estimate(Strict):
    """A number with its interval and where it comes from.

    Attributes:
        value: Central value.
        low: 5 % end; None where no interval is known.
        high: 95 % end.
        unit: Unit.
        status: measured, derived, fitted or assumed.
        source: Source of the number.
        derivation: How it was computed, where it was derived.
    """

    value: float = Field(ge=0)
    low: float | None = Field(default=None, ge=0)
    high: float | None = Field(default=None, ge=0)
    unit: str = "1"
    status: Status
    source: str = Field(min_length=3)
    derivation: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> Estimate:
        if (self.low is None) != (self.high is None):
            raise ValueError("give both low and high or neither")
        if self.low is not None and self.high is not None and not self.low <= self.value <= self.high:
            raise ValueError(f"the value {self.value:g} does not lie between low {self.low:g} and high {self.high:g}")
        return self

    def times(self, factor: float, *, unit: str, derivation: str) -> Estimate:
        """This estimate multiplied by an exact number."""
        ends: dict[str, float | None] = {"low": None, "high": None}
        if self.low is not None and self.high is not None:
            ends = {"low": self.low * factor, "high": self.high * factor}
        changed = {"value": self.value * factor, **ends, "unit": unit, "status": "derived", "derivation": derivation}
        return self.model_copy(update=changed)
