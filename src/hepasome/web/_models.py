"""What the JSON API takes and gives."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from hepasome.web._names import STUDY


class Taken(BaseModel):
    """What is taken: no field that is not known, no number that is none."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


# described, and checked elsewhere, which says what to do
_STUDY_ID = Field(description="Id of a study.", json_schema_extra={"pattern": STUDY})


class FindingView(BaseModel):
    """One thing that is wrong with an input: where, what, and what to do about it."""

    problem: str
    remedy: str = ""
    field: str = Field(
        "", description="Dotted path of the field, as `arms.exosome.treatment.dose`; empty for the whole."
    )
    line: int | None = None
    value: str | None = None


class Problem(BaseModel):
    """Why a request was not done."""

    sentence: str
    findings: list[FindingView] = []


class StudySummary(BaseModel):
    """A study in a list."""

    id: str
    title: str
    own: bool = Field(description="Whether it is the user's; shipped ones do not change.")
    system: str = ""
    species: str = ""
    disease: str = ""
    arms: list[str] = []
    claims: dict[str, int] = Field({}, description="Published claims by verdict, from the scoreboard that ships.")
    problem: str = Field("", description="Why it cannot be used; empty if it can.")


class StudyView(StudySummary):
    """A study in whole."""

    study: dict[str, Any] | None = Field(
        None, description="As its file has it, with defaults; None if it does not hold."
    )
    text: str = Field(description="The file.")
    timeline: dict[str, Any] | None = Field(None, description="Who gets what when, h, every range at its middle.")
    verdicts: list[dict[str, str]] = Field([], description="Claims with their verdict, from the scoreboard that ships.")


class CopyRequest(Taken):
    """Copy a study."""

    copy_of: str = _STUDY_ID
    id: str = _STUDY_ID
    title: str = Field("", max_length=300)


class StudyContent(Taken):
    """A study as data, or as the text of its file: one of both."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["study"]}, {"required": ["text"]}]})

    study: dict[str, Any] | None = None
    text: str | None = None


class Checked(BaseModel):
    """What a check of a study found."""

    ok: bool
    findings: list[FindingView] = []
    timeline: dict[str, Any] | None = None
    text: str = Field("", description="The file that would be written.")


class RunRequest(Taken):
    """Ask for a run."""

    study: str = _STUDY_ID
    subjects: int | None = Field(None, description="Animals per arm, 2 or more; without it the number of the study.")
    seed: int = Field(1, ge=0, le=2**63 - 1)
    draws: int = Field(40, ge=0, le=10_000, description="Draws of what is not known.")
    overrides: dict[str, float] = Field({}, description="Parameter values that replace those of the tables.")


class RunView(BaseModel):
    """A run and how far it is."""

    name: str
    study: str
    title: str
    state: str = Field(description="queued, running, complete, failed or cancelled")
    message: str = ""
    subjects: int | None
    seed: int
    draws: int
    overrides: dict[str, float]
    submitted: str
    started: str
    finished: str
    phase: str
    done: int
    total: int
    remaining: float | None = Field(description="Seconds until all subjects are simulated, at the measured speed.")
    place: int | None = Field(description="Runs that come before it, if it waits.")
    has_results: bool
    task: str = Field(description="What is computed: run, report, explain, or design: what a design is asked about.")


class SoFarRow(BaseModel):
    """An endpoint of an arm over the animals that are finished."""

    endpoint: str
    arm: str
    mean: float | None
    std: float | None = Field(description="Standard deviation between animals; none of a single one.")
    count: int
