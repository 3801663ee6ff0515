"""What the JSON API of products takes and gives."""

from __future__ import annotations

from typing import Any

from fastapi import UploadFile
from pydantic import BaseModel, ConfigDict, Field, field_validator

from hepasome.web._models import FindingView, Taken

_LONGEST = 2_000  # signs of one answer
LISTS = {"stain": "stains", "gate": "gates"}  # as the command calls them, and as `LabAnswers` does


class LabUpload(BaseModel):
    """Laboratory files of one preparation, and the answers that `hepasome product read` takes as options."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    files: list[UploadFile] = Field(description="In any order, under their own names.")
    control: UploadFile | None = Field(None, description="FCS file of an unstained or buffer control.")
    id: str | None = Field(None, description="Short name of the product.")
    name: str | None = Field(None, description="Name for readers.")
    source_cell: str | None = Field(None, description="Cell that made the vesicles, for example adipose_msc.")
    species: str | None = Field(None, description="Species of that cell: human, mouse or rat.")
    isolation: str = Field("", description="How the vesicles were isolated.")
    imaging: str = Field("", description="Which microscope showed them.")
    dilution: float | None = Field(None, description="Dilution of the counted sample, where no file records it.")
    concentration: float | None = Field(None, description="Particles per mL undiluted, where no file says.")
    protein: str | None = Field(None, description="Protein of the undiluted sample, for example 0.5 mg/mL.")
    columns: str | None = Field(None, description="Pattern of the count columns to use, or of a group.")
    protein_columns: str | None = Field(None, description="Pattern of the samples of protein tables.")
    total_copies: float | None = Field(None, description="All miRNA copies per vesicle, if measured.")
    assume_native: bool = Field(False, description="Accept the published native copy number instead.")
    mirna: list[str] = Field([], description="What an old name means: miR-378=miR-378a-3p.")
    stain: list[str] = Field([], description="What a channel shows: FL1=CD63; or none.")
    gate: list[str] = Field([], description="Signal from which an event is positive: FL1=120.")

    @field_validator("*")
    @classmethod
    def _plain(cls, value: Any) -> Any:
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and not (len(text) <= _LONGEST and text.isprintable()):
                raise ValueError(f"write one line of up to {_LONGEST:,} signs")
        return value

    def answers(self) -> dict[str, Any]:
        """Fields of `LabAnswers`, but the control."""
        told = self.model_dump(exclude={"files", "control"})
        return {LISTS.get(name, name): value for name, value in told.items()}


class QuestionView(BaseModel):
    """Something that the files do not say."""

    text: str
    why: str
    fields: list[str] = Field(description="Fields of which one answers it; `files` for one more file.")


class ProductSummary(BaseModel):
    """A product in a list."""

    id: str
    name: str
    own: bool = Field(description="Whether it is the user's; shipped ones do not change.")
    kind: str = ""
    source_cell: str = ""
    species: str = ""
    cargo: int = Field(0, description="Named cargo.")
    told: int = Field(0, description="How much of what MISEV asks to tell is told.")
    asked: int = 0
    problem: str = Field("", description="Why it cannot be used; empty if it can.")


class AnswerView(BaseModel):
    """A question about a preparation, and its answer."""

    question: str
    answer: str
    found: str
    remedy: str
    source: str


class ProteinView(BaseModel):
    """A known protein in a proteomics table."""

    protein: str
    expected: bool = Field(description="Whether vesicles should have it.")
    samples: int
    of: int
    share: float = Field(description="Of the amounts of all proteins.")
    file: str


class ProductView(ProductSummary):
    """A product in whole: its sheet in parts."""

    text: str = Field(description="The product file.")
    purity: dict[str, Any] | None = Field(None, description="Particles per ug of protein, with interval and status.")
    identity: list[AnswerView] = Field([], description="What an exosome is, question by question.")
    missing: list[AnswerView] = Field([], description="What MISEV asks to tell and the product does not.")
    kept: float = Field(1.0, description="Share that is left after storage.")
    stored: bool = Field(False, description="Whether it says how it was stored.")
    findings: list[str] = []
    assumptions: list[str] = []
    derivations: list[str] = []
    proteins: list[ProteinView] = []
    files: list[str] = Field([], description="Laboratory files that it was read from.")
    command: str = Field("", description="The command that makes the same file from them.")
    pictures: list[str] = Field([], description="Names of its pictures.")


class ReadingView(BaseModel):
    """What laboratory files and answers gave."""

    problems: list[FindingView] = Field([], description="What is wrong with files and answers.")
    questions: list[QuestionView] = Field([], description="What must be answered before there is a product.")
    findings: list[str] = Field([], description="What is doubtful about the measurements.")
    derivations: list[str] = Field([], description="How derived numbers were computed.")
    assumptions: list[str] = Field([], description="What was assumed.")
    product: ProductView | None = Field(None, description="The product, if nothing is open.")
    preview: str = Field("", description="Its sheet as the page of a product shows it, HTML.")


class UseRequest(Taken):
    """Use a product in a study."""

    study: str = Field(description="Id of an own study.")


class ProductBeside(BaseModel):
    """A product file beside a study."""

    base: str = Field(description="What the study calls it in the field `product`.")
