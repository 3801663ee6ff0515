"""Facts of the literature that no study file, claim or observation holds, and where the others stand."""

from __future__ import annotations

from functools import cache
from typing import Literal

from pydantic import Field, model_validator

from hepasome.evidence._load import TABLES
from hepasome.evidence._rows import Confidence
from hepasome.files import Strict, read_table

HELD_TABLES = ("claim", "observation", "record", "trial_dose")


class Fact(Strict):
    """One published outcome, dose or number.

    A fact that another table holds only points there: its numbers stand in one place.

    Attributes:
        id: Unique.
        study: Study, or what stands for it where no study file exists.
        subject: Whose.
        setting: Disease or question, and how it was induced.
        given: What was given.
        cargo: What it was loaded with, or is said to act by.
        dose: One dose, in `dose_unit`.
        dose_unit: Its unit.
        route: By which way.
        schedule: When.
        n: Subjects, in the words of the source.
        outcome: What was read out.
        time: When, in the words of the source.
        arm: Whether `value` is of treated or of untreated subjects; empty where neither is meant.
        control: Value of the controls, in `unit`.
        control_spread: Its standard deviation or error, as published.
        value: The number.
        spread: Its standard deviation or error, as published.
        low: Lower end of an interval or range.
        high: Upper end.
        unit: Of all these.
        direction: Which way it went with the treatment, or in the disease.
        reference: Ids of references, with semicolons between.
        where: Place in them.
        confidence: How sure it is.
        held_in: Rows of other tables that hold it, as `claim:li2013_ast; record:li2013/dose`.
        note: Cautions.
    """

    id: str
    study: str
    subject: str = ""
    setting: str = ""
    given: str = ""
    cargo: str = ""
    dose: float | None = Field(default=None, gt=0)
    dose_unit: str = ""
    route: str = ""
    schedule: str = ""
    n: str = ""
    outcome: str
    time: str = ""
    arm: Literal["treated", "untreated", ""] = ""
    control: float | None = None
    control_spread: float | None = Field(default=None, ge=0)
    value: float | None = None
    spread: float | None = Field(default=None, ge=0)
    low: float | None = None
    high: float | None = None
    unit: str = ""
    direction: Literal["up", "down", "improved", "no difference", ""] = ""
    reference: str
    where: str
    confidence: Confidence
    held_in: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _in_one_place(self) -> Fact:
        numbers = (self.control, self.value, self.low, self.high, self.dose)
        if self.held and any(number is not None for number in numbers):
            raise ValueError("a fact that another table holds has no numbers of its own")
        if any(number is not None for number in numbers[:4]) and not self.unit:
            raise ValueError("a number needs its unit")
        if (self.dose is None) != (self.dose_unit == ""):
            raise ValueError("give dose and dose_unit together")
        ends = [number for number in (self.low, self.high) if number is not None]
        if ends != sorted(ends):
            raise ValueError("low is above high")
        return self

    @property
    def references(self) -> tuple[str, ...]:
        """Ids of the references."""
        return tuple(part.strip() for part in self.reference.split(";"))

    @property
    def held(self) -> tuple[str, ...]:
        """Rows that hold it."""
        return tuple(part.strip() for part in self.held_in.split(";") if part.strip())


@cache
def facts() -> tuple[Fact, ...]:
    """The facts, in the order of the table."""
    return tuple(read_table(TABLES / "facts.csv", Fact))
