"""A published study as somebody enters it: protocol, outcomes with spread, risk of bias, what was told of vesicles."""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from hepasome.evidence._load import TABLES
from hepasome.evidence._rows import Confidence
from hepasome.evidence.pooling import Estimate, Measure, effect_of_means, log_odds_ratio
from hepasome.files import Quantity, Strict, quantity_in, read_table

_ID = re.compile(r"[a-z][a-z0-9_]{0,63}")
Scheme = Literal["syrcle", "ev_metric", "misev"]


def _plain(word: str) -> str:
    if not _ID.fullmatch(word):
        raise ValueError("write small letters, digits and _, a letter first")
    return word


Id = Annotated[str, AfterValidator(_plain)]


class AppraisalItem(Strict):
    """One question of a tool of appraisal.

    Attributes:
        scheme: SYRCLE (risk of bias), EV-METRIC or MISEV (what of the vesicles is told).
        item: Its name in files.
        question: In words; yes is the good answer.
        source: Where it comes from.
    """

    scheme: Scheme
    item: str
    question: str
    source: str


@cache
def appraisal_items() -> tuple[AppraisalItem, ...]:
    """Every question of the tools of appraisal."""
    return tuple(read_table(TABLES / "appraisal.csv", AppraisalItem))


class Publication(Strict):
    """Where the study was published."""

    authors: str
    year: int = Field(ge=1900, le=2100)
    title: str
    journal: str = ""
    doi: str = ""
    url: str = ""


class StudyProtocol(Strict):
    """What was done; what is not told stays away."""

    species: Literal["mouse", "rat", "rabbit", "guinea_pig", "pig", "human", "culture"]
    strain: str = ""
    sex: Literal["male", "female", "both", ""] = ""
    disease: str
    induction: str = ""
    given: Literal["EV", "CM", "CELL"]
    source_cell: str = ""
    isolation: str = ""
    dose: quantity_in("ug", "particles", "cells", "cell_equivalents", "ug/kg", "particles/kg", "cells/kg") | None = None  # type: ignore[valid-type]
    route: str = ""
    schedule: str = ""
    doses: int | None = Field(default=None, ge=1)


class Group(Strict):
    """One arm of an outcome: mean with spread, or how many of how many.

    Attributes:
        arm: Its name.
        n: Subjects.
        mean: Their mean.
        spread: Standard deviation or standard error.
        spread_kind: Which of the two.
        events: Subjects of whom the endpoint is true (of survival: who live).
    """

    arm: str
    n: int = Field(ge=1)
    mean: float | None = None
    spread: float | None = Field(default=None, gt=0)
    spread_kind: Literal["sd", "se"] | None = None
    events: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _one_kind(self) -> Group:
        told = [value is not None for value in (self.mean, self.spread, self.spread_kind)]
        if self.events is None and not all(told):
            raise ValueError("give mean, spread and spread_kind, or events")
        if self.events is not None and any(told):
            raise ValueError("give either a mean or events, not both")
        if self.events is None and self.n < 2:
            raise ValueError("a mean with spread needs two subjects or more")
        if self.events is not None and self.events > self.n:
            raise ValueError("there are more events than subjects")
        return self

    @property
    def sd(self) -> float | None:
        """Standard deviation."""
        if self.spread is None:
            return None
        return self.spread * (math.sqrt(self.n) if self.spread_kind == "se" else 1.0)


class Outcome(Strict):
    """One endpoint at one time in a treated and in a control arm.

    Attributes:
        id: Unique within the study.
        endpoint: From the list of endpoints, unless `not_modelled`.
        not_modelled: Whether hepasome has no such endpoint; the name and the unit are then free.
        time: From the start of the study.
        unit: That of the endpoint.
        treated: The treated arm.
        control: The arm that it is compared with.
        where: Place in the publication, and whether it was digitised.
        confidence: How sure the numbers are; recalled ones are never pooled.
        note: Cautions.
    """

    id: Id
    endpoint: str
    not_modelled: bool = False
    time: quantity_in("h") | None = None  # type: ignore[valid-type]
    unit: str
    treated: Group
    control: Group
    where: str
    confidence: Confidence
    note: str = ""

    @model_validator(mode="after")
    def _comparable(self) -> Outcome:
        if self.treated.arm == self.control.arm:
            raise ValueError("an arm is compared with itself")
        if (self.treated.events is None) != (self.control.events is None):
            raise ValueError("one arm has a mean and the other has events")
        return self

    def estimate(self, measure: Measure) -> Estimate | None:
        """The effect of the treatment; None where the numbers do not give it."""
        a, b = self.treated, self.control
        if measure == "log_odds_ratio":
            return None if a.events is None or b.events is None else log_odds_ratio(a.events, a.n, b.events, b.n)
        if a.mean is None or b.mean is None or a.sd is None or b.sd is None:
            return None
        return effect_of_means(measure, a.mean, a.sd, a.n, b.mean, b.sd, b.n)

    @property
    def hours(self) -> float | None:
        """The time in hours."""
        return self.time.to("h") if isinstance(self.time, Quantity) else None


class Judgement(Strict):
    """Answer to a question about bias, with its reason."""

    answer: Literal["yes", "no", "unclear"]
    reason: str = ""

    @model_validator(mode="after")
    def _reasoned(self) -> Judgement:
        if self.answer != "unclear" and not self.reason:
            raise ValueError("an answer other than `unclear` needs its reason")
        return self


Told = Literal["yes", "no", "not applicable"]


class PublishedStudy(Strict):
    """A published study.

    Attributes:
        id: Its name, as `chen2024`.
        publication: Where it stands.
        protocol: What was done.
        outcomes: What was found.
        risk_of_bias: SYRCLE, item by item; yes means a low risk.
        ev_metric: EV-METRIC, item by item, where vesicles were given.
        misev: MISEV, item by item, where vesicles were given.
        notes: Cautions.
    """

    id: Id
    publication: Publication
    protocol: StudyProtocol
    outcomes: tuple[Outcome, ...] = Field(min_length=1)
    risk_of_bias: dict[str, Judgement]
    ev_metric: dict[str, Told] = Field(default_factory=dict)
    misev: dict[str, Told] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def answers(self, scheme: Scheme) -> dict[str, str]:
        """Answer to each item of a scheme."""
        if scheme == "syrcle":
            return {item: judgement.answer for item, judgement in self.risk_of_bias.items()}
        return dict(self.ev_metric if scheme == "ev_metric" else self.misev)

    def share(self, scheme: Scheme) -> float | None:
        """Share of yes among the items that apply; None if there are none."""
        given = [answer for answer in self.answers(scheme).values() if answer != "not applicable"]
        return sum(answer == "yes" for answer in given) / len(given) if given else None
