"""Doses of registered and published trials of vesicles and cells in patients."""

from __future__ import annotations

from functools import cache
from typing import Literal

from pydantic import Field

from hepasome.evidence._load import TABLES
from hepasome.evidence._rows import Confidence
from hepasome.files import Strict, read_table


class TrialDose(Strict):
    """One dose of a trial in humans.

    Attributes:
        id: Unique; a trial with several doses has several rows.
        trial: Number in the registry, or the publication.
        title: Of the trial.
        product: What is given, as registered.
        value: One dose of one patient; None where none is registered.
        unit: Of that value.
        route: How it is given.
        doses: How many times, where it is known.
        registered: The dose in the words of the source.
        indication: Whether the trial treats the liver.
        reference: From the list of references.
        where: Place in it.
        confidence: How sure the number is.
        note: Cautions.
    """

    id: str
    trial: str
    title: str
    product: str
    value: float | None = Field(default=None, gt=0)
    unit: Literal["particles", "ug", "cells"]
    route: Literal["intravenous", "inhalation", "skin", "other", "not stated"]
    doses: int | None = None
    registered: str
    indication: Literal["liver", "other"]
    reference: str
    where: str
    confidence: Confidence
    note: str = ""


@cache
def trial_doses() -> tuple[TrialDose, ...]:
    """Doses of trials in humans."""
    return tuple(read_table(TABLES / "trial_doses.csv", TrialDose))
