"""One typed row per table of the evidence. Column names stand here and nowhere else."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from hepasome.files import Strict

# confirmed: seen in the source itself or in the review; secondary: seen in somebody else's table;
# recalled: from memory, may set a wide prior, never a target
Confidence = Literal["confirmed", "secondary", "recalled"]
# what a simulation says about a claim
Label = Literal["reproduced", "conditional", "not reproduced", "not judged"]
# what can be checked without a simulation; the functions stand in hepasome.inference
Check = Literal["size", "marker", "carries", "storage", "not_checkable"]
Cell = Literal["kupffer_cell", "endothelial_cell", "stellate_cell", "hepatocyte", "tumour_cell"]


class Endpoint(Strict):
    """What a laboratory may read out. This table is the project's one list of endpoint names."""

    id: str
    meaning: str
    unit: str
    kind: Literal[
        "serum",
        "tissue_RNA",
        "tissue_protein",
        "histology",
        "outcome",
        "imaging",
        "haemodynamics",
        "culture",
        "blood_cells",
        "kinetics",
    ]


class Reference(Strict):
    """A source."""

    id: str
    authors: str
    year: int = Field(ge=1900, le=2100)
    title: str = ""
    journal: str = ""
    doi: str = ""
    url: str = ""
    kind: Literal["review", "primary", "secondary_table", "dataset", "model_code"]
    note: str = ""


class ProtocolFact(Strict):
    """One detail of a protocol with how sure it is."""

    detail: str
    value: str
    confidence: Confidence
    reference: str
    note: str = ""


class StudyRecord(Strict):
    """What was published about a study as a whole.

    Attributes:
        id: Id, the name of its folder.
        system: Row of the review.
        title: What was studied.
        reference: The primary source.
        given: EV, CM (conditioned medium), CELL, two of them where arms differ, or mech.
        species: Whose; `none` where nothing is simulated and all claims are checks.
        protocol: Details with their confidence.
        notes: Cautions, among them corrections of the review.
    """

    id: str
    system: str
    title: str
    reference: str
    given: Literal["EV", "CM", "CELL", "EV and CELL", "EV and CM", "CELL and CM", "mech"]
    species: Literal["mouse", "rat", "rabbit", "guinea_pig", "pig", "human", "culture", "none"]
    protocol: tuple[ProtocolFact, ...]
    notes: tuple[str, ...]


class Observation(Strict):
    """One published number."""

    id: str
    study: str
    condition: str
    endpoint: str
    time: float = Field(ge=0)
    time_unit: Literal["h", "d", "wk", "mo"]
    statistic: Literal["mean", "median", "individual", "share"]
    value: float
    spread: float | None = None
    spread_kind: Literal["sd", "se", ""] = ""
    n: int | None = Field(default=None, ge=1)
    unit: str
    use: Literal["target", "prior", "context"]
    reference: str
    where: str
    confidence: Confidence
    note: str = ""

    @model_validator(mode="after")
    def _usable(self) -> Observation:
        if self.confidence == "recalled" and self.use == "target":
            raise ValueError("a recalled number may set a prior but is never a target")
        if (self.spread is None) != (self.spread_kind == ""):
            raise ValueError("give spread and spread_kind together")
        return self

    @property
    def digitised(self) -> bool:
        """Whether the value was read off a figure: `where` says so."""
        return "digitised" in self.where


class Claim(Strict):
    """One published statement about a study.

    Attributes:
        kind: direction; number (value with unit); no_difference; mechanism (this cargo did it); check (said of the
            products themselves, and looked up there instead of simulated).
        endpoint: What it is about, from the list of endpoints.
        arm: Arm of the study.
        versus: Arm it is compared with.
        direction: Which way.
        at: When, as the study file writes it (`2 d after treatment`); empty for the read-out of the study.
        value: Published change as a share (0.5 = half more), with low and high.
        check: How a check is done.
        cargo: Named cargo of a mechanism; marker or class of cargo of a check.
        target: Its target.
        cell: Cell type in which it acts.
        smallest_change: Share by which the endpoint must move for a mechanism to count.
        setting: Where it was measured.
        by_construction: Why the model could not have shown anything else; such a claim is shown and not judged.
        presupposes: Id of the claim without which this one is empty: an effect that is not there cannot be abolished.
    """

    id: str
    study: str
    statement: str
    kind: Literal["direction", "number", "no_difference", "mechanism", "check"]
    check: Check | None = None
    endpoint: str = ""
    arm: str = ""
    versus: str = ""
    direction: Literal["up", "down"] | None = None
    at: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    cargo: str = ""
    target: str = ""
    cell: Cell | None = None
    smallest_change: float = Field(default=0.2, gt=0, lt=1)
    setting: Literal["in_vivo", "in_vitro"]
    by_construction: str = ""
    presupposes: str = ""
    reference: str
    where: str
    confidence: Confidence
    note: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Claim:
        if (self.kind == "check") != (self.check is not None):
            raise ValueError("a claim of kind `check`, and no other, says which `check`")
        if self.kind == "check":
            return self
        if not (self.endpoint and self.arm and self.versus):
            raise ValueError("a claim that is not a `check` needs endpoint, arm and versus")
        if self.kind != "no_difference" and self.direction is None:
            raise ValueError("a claim that is not `no_difference` needs a direction")
        if self.kind == "number" and (self.value is None or not self.unit):
            raise ValueError("a claim of kind `number` needs value and unit")
        if self.kind == "number" and self.confidence == "recalled":
            raise ValueError("a recalled number is never a target")
        if self.kind == "mechanism" and not (self.cargo and self.target and self.cell):
            raise ValueError("a claim of kind `mechanism` needs cargo, target and cell")
        numbers = [number for number in (self.low, self.value, self.high) if number is not None]
        if numbers != sorted(numbers):
            raise ValueError("the interval does not contain the value")
        if self.arm == self.versus:
            raise ValueError("an arm is compared with itself")
        return self
