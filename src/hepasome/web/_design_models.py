"""What the JSON API of designs takes and gives. Names are those of the options of `hepasome design`."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]
Words = Annotated[str, Field(max_length=200)]


class _Taken(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class PrepareRequest(_Taken):
    """Ask for the simulations behind a design: what cannot be answered without them."""

    study: str = Field(description="Id of a study.")
    arm: Words | None = Field(None, description="Treated arm; without it the one that most claims are about.")
    versus: Words | None = Field(None, description="Arm that it is compared with; without it that of the claim.")
    endpoint: Words | None = Field(None, description="As the study writes it; without it the first that is claimed.")
    humane: Words | None = Field(None, description="Humane endpoint, as `relative_body_weight < 0.8`.")
    dose: list[Words] = Field(
        [], max_length=30, description="Doses to simulate; without any seven, from a tenth to ten times the study's."
    )
    route: Words | None = Field(None, description="Where it enters; without it as in the study.")
    times: list[Annotated[int, Field(ge=1, le=1000)]] = Field(
        [], max_length=30, description="Numbers of doses; without any some about that of the study."
    )
    every: Words | None = Field(None, description="Interval between doses; without it that of the study.")
    draws: int = Field(100, ge=10, le=500, description="Draws of what is not known.")
    animals: int = Field(150, ge=20, le=1000, description="Individuals of each arm; trials are drawn from them.")
    seed: int = Field(1, ge=0, le=2**63 - 1)


class DesignQuery(_Taken):
    """What needs no simulation: how a prepared trial is dosed, sized and analysed."""

    dose: Words | None = Field(None, description="As `250 ug`, within the simulated doses; without it the study's.")
    times: int | None = Field(None, ge=1, le=1000, description="How often it is given; one of the simulated numbers.")
    n: int | None = Field(None, ge=1, le=1000, description="Subjects per arm to look at; without it what is needed.")
    test: Words | None = Field(None, description="As for `hepasome design --test`.")
    alpha: float = Field(0.05, description="Two-sided error.")
    power: float = Field(0.8, description="Share of trials that are to find the difference.")
    most: int = Field(50, ge=2, le=200, description="Largest number per arm.")
    effect: Words | None = Field(None, description="Also the power at this effect, as `-30%` or `0.8 SD`.")
    attrition: float | None = Field(None, description="Share lost to causes that the model does not know.")
    block: str = Field("cage", pattern=r"^[A-Za-z]{1,30}$", description="What subjects share.")
    block_size: int | None = Field(None, ge=2, le=100, description="Subjects in one.")
    block_share: float | None = Field(None, description="Share of the variance between blocks.")
    within: bool = Field(True, description="Whether a block holds every arm.")
    labs: int = Field(1, ge=1, le=50, description="Laboratories that share the trial.")
    between_labs: float | None = Field(None, description="SD of the effect between laboratories over the effect.")
    looks: int = Field(1, ge=1, le=10, description="How often it is analysed, the end included.")
    spending: Words = Field("obrien-fleming", description="How the error is spent on looks.")
    trials: int = Field(4000, ge=200, le=4000, description="Trials that are drawn for each size.")
    animal_cost: float = Field(1.0, description="Cost of one subject; 1 counts them.")
    product_cost: float = Field(0.0, description="Cost of one unit of the product, in the unit of the dose.")


class DoseView(BaseModel):
    """A dose that was simulated."""

    value: float
    unit: str
    written: str


class DesignView(BaseModel):
    """A prepared design, or one that is being prepared."""

    name: str
    study: str
    title: str
    state: str = Field(description="queued, running, complete, failed or cancelled")
    message: str = ""
    arm: str
    versus: str
    endpoint: str
    humane: str = ""
    route: str
    draws: int
    animals: int
    seed: int
    ready: bool = Field(description="Whether it can be asked for curves.")
    doses: list[DoseView] = Field([], description="Simulated doses, ascending; those between are interpolated.")
    times: list[int] = Field([], description="Simulated numbers of doses.")
    every: float = Field(0.0, description="Interval between doses, h; 0 where all options are given once.")
    own_dose: DoseView = Field(description="The study's, a range at its middle.")
    own_times: int = Field(description="How often the study gives it, a range at its middle.")
    is_open: bool = Field(description="Whether the study leaves its dose or schedule open.")
    tests: list[str] = Field([], description="Tests that this endpoint can be analysed by.")
    arms: int = Field(description="Arms of the study, all of which get as many subjects.")
    word: str = Field(description="What the subjects are called.")
    left_out: list[str] = []
    submitted: str = ""


class SizeView(BaseModel):
    """How often trials of one size find something."""

    n: int = Field(description="Subjects per arm.")
    in_all: int
    assurance: Share | None = Field(description="Power averaged over what is not known.")
    low: float | None = Field(description="95 % interval of that for the number of trials drawn, low end.")
    high: float | None
    wrong: float | None = Field(description="Share that finds a difference on the other side.")
    power: Share | None = Field(description="Power at the effect that was named.")
    power_low: float | None
    power_high: float | None


class CurveView(BaseModel):
    """Power by the number of subjects, for one dose and schedule."""

    dose: str
    times: int
    every: float
    interpolated: bool = Field(description="Whether the dose lies between simulated ones.")
    analysis: str = Field(description="How it is analysed, in words.")
    effect: str = Field(description="The effect that was named, as it was read; empty without one.")
    target: float = Field(description="Power that is asked for.")
    least: int = Field(description="Smallest number per arm.")
    most: int = Field(description="Largest number per arm.")
    step: int = Field(description="Subjects by which an arm grows.")
    points: list[SizeView]
    at: SizeView = Field(description="The size that was asked about.")
    cost: float = Field(description="Of the trial of that size, product included.")
    needed: int | None = Field(description="Smallest number that reaches the power asked for by assurance.")
    needed_named: int | None = Field(description="The same at the effect that was named.")
    change: tuple[float, float, float] = Field(description="Expected change: median, 5 % and 95 %, percent.")
    here: str = Field(description="What a trial of that size finds, and takes.")
    sentences: list[str]
    assumptions: list[str]
    command: str = Field(description="The command that gives the same numbers.")
