"""What the JSON API of the evidence takes and gives."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from hepasome.web._models import Taken

Measured = Literal["hedges_g", "log_ratio_of_means", "log_odds_ratio"]
LONGEST_QUERY = 20_000  # characters


class TableView(BaseModel):
    """A table of the evidence."""

    name: str
    about: str
    columns: list[str]
    rows: int = Field(description="Their number, with those of your own studies.")


class QueryRequest(Taken):
    """A question: SQL, or rows of one table; one of both."""

    sql: str | None = Field(None, max_length=LONGEST_QUERY, description="One SELECT or WITH in DuckDB's dialect.")
    table: str | None = None
    where: dict[str, str] = Field({}, description="Value that each named column must have, as text.")
    columns: list[str] = Field([], description="Which columns of the table to give; all if empty.")


class AnswerView(BaseModel):
    """Rows that a question found. Dates and other values that JSON lacks are text."""

    columns: list[str]
    rows: list[list[Any]]
    more: bool = Field(description="Whether there are more rows than are given; a file has all.")


class StudyEvidence(BaseModel):
    """All that is known of a study, by table."""

    id: str
    title: str
    origin: Literal["shipped", "own"]
    notes: list[str]
    tables: dict[str, AnswerView]


class PoolRequest(Taken):
    """Effects to pool: a table of effects, or an endpoint of the studies that you added; one of both."""

    table: str | None = Field(
        None, description="CSV text, one effect a row; columns that it does not know: moderators."
    )
    endpoint: str | None = Field(None, description="Endpoint of the studies in your evidence.")
    measure: Measured = "hedges_g"
    moderators: list[str] = Field([], max_length=20)
    where: dict[str, str] = Field({}, description="Value that each named moderator must have.")
    correlation: float = Field(0.5, description="Assumed between errors of effects of one study, 0 to below 1.")


class PoolChoices(BaseModel):
    """What there is to pool."""

    measures: dict[str, str] = Field(description="Names of measures, and what they are called.")
    endpoints: dict[str, int] = Field(description="Endpoints of your own studies, and how many outcomes each has.")
    moderators: list[str] = Field(description="Of your own studies.")
    example: str = Field(description="A table of effects to try.")


class EffectView(BaseModel):
    """One effect with its 95 % interval; ratios as logarithms, and in words as ratios."""

    study: str
    label: str
    effect: float
    variance: float
    low: float
    high: float
    words: str


class TermView(BaseModel):
    """The pooled effect or one coefficient; ratios as logarithms."""

    name: str
    estimate: float | None
    error: float | None
    low: float | None
    high: float | None
    df: float | None = Field(description="None where the interval is a normal one.")
    p: float | None


class WordsTable(BaseModel):
    """A table as the command prints it."""

    columns: list[str]
    rows: list[list[str]]


class PoolView(BaseModel):
    """A pooled effect: numbers, and the words of the command line about them."""

    measure: Measured
    ratio: bool = Field(description="Whether the numbers are logarithms of ratios.")
    studies: int
    effects: list[EffectView]
    left_out: list[str] = Field(description="What could not be pooled, and why.")
    terms: list[TermView]
    between: float | None = Field(description="Variance between studies, tau squared.")
    between_interval: list[float | None] | None
    within: float | None = Field(description="Variance within studies; None with one effect per study.")
    inconsistency: float | None = Field(description="I squared, 0 to 1.")
    prediction: list[float | None] | None = Field(description="95 % prediction interval; None with moderators.")
    others: dict[str, TermView] = Field(description="Pooled in other ways.")
    without: dict[str, TermView] = Field(description="Without each study.")
    egger_p: float | None = Field(description="Of Egger's test of small studies.")
    terms_table: WordsTable
    lines: list[str]
    others_table: WordsTable | None
    without_table: WordsTable | None
    robustness: list[str]
    figures: dict[str, str] = Field(description="SVG of the forest and the funnel plot; none with moderators.")
    files: list[str] = Field(description="Names of the files that can be had.")
    command: str = Field(description="The same on the command line, the table as effects.csv.")
