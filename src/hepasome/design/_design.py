"""How a trial would be done and analysed, as a user asks for it, and as it is settled for one study."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from hepasome.design._assumed import ATTRITION, BETWEEN_LABS, BLOCK_SHARE, Assumption, given
from hepasome.design._sequential import MOST_LOOKS, SPENDINGS, Spending
from hepasome.evidence import Claim
from hepasome.files import FindingList, did_you_mean, input_error
from hepasome.trial import SURVIVAL, EndpointAt, Study, main_arm, treated_arms

Test = Literal["t", "mann-whitney", "anova", "contrast", "dunnett", "mixed", "log-rank"]
TESTS: dict[str, Test] = {name: name for name in get_args(Test)}
OF_ALL_ARMS = ("anova", "contrast", "dunnett")
ONE_BY_ONE = ("mixed", "log-rank")  # tests that are not looked at before the end
MOST_ANIMALS = 1000
_MOST_DRAWN = 1e8
_EFFECT = re.compile(r"\s*([-+]?\d+(?:\.\d+)?)\s*(%|percent|SD)\s*")
_HUMANE = re.compile(r"\s*(\w+)\s*([<>])\s*(\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)\s*")


@dataclass(frozen=True)
class Effect:
    """A difference that somebody wants to find: percent of the control, or standard deviations between subjects."""

    value: float
    unit: Literal["%", "SD"]

    def __str__(self) -> str:
        return f"{self.value:+g} %" if self.unit == "%" else f"{self.value:g} SD"


@dataclass(frozen=True)
class Humane:
    """When a subject is killed for its own sake: a read-out beyond a number."""

    read_out: str
    below: bool
    limit: float

    def __str__(self) -> str:
        return f"{self.read_out} {'<' if self.below else '>'} {self.limit:g}"


@dataclass(frozen=True)
class Design:
    """How the trial would be done and analysed.

    Attributes:
        arm: Treated arm; None for the one that most claims are about.
        versus: Arm that it is compared with; None for the one that it is claimed to differ from, else the control.
        endpoint: As the study writes it; None for the first that is claimed to change.
        test: How it is analysed; None for the t test, and for survival the log-rank test.
        alpha: Two-sided error.
        power: Share of trials that are to find the difference.
        most: Subjects per arm that nobody goes beyond.
        effect: `-30%` or `0.8 SD`: also the power at this effect. None for what the model expects alone.
        attrition: Share lost to causes that the model does not know; None for the assumed interval.
        humane: `relative_body_weight < 0.8` for example: when a subject is killed for its own sake.
        block: What subjects share: a cage, a litter.
        block_size: Subjects in one; None where subjects share nothing.
        block_share: Share of the variance that lies between blocks; None for the assumed interval.
        within: Whether a block holds subjects of every arm.
        labs: Laboratories that share the trial.
        between_labs: SD of the effect between laboratories over the effect; None for the interval of the evidence.
        looks: How often the trial is analysed, the end included.
        spending: How the error is spent on looks.
        draws: Draws of what is not known.
        animals: Individual subjects of each arm that are simulated; trials are drawn from them.
        trials: Trials that are drawn for each number of subjects.
        seed: Seed of everything random.
    """

    arm: str | None = None
    versus: str | None = None
    endpoint: str | None = None
    test: str | None = None
    alpha: float = 0.05
    power: float = 0.8
    most: int = 50
    effect: str | None = None
    attrition: float | None = None
    humane: str | None = None
    block: str = "cage"
    block_size: int | None = None
    block_share: float | None = None
    within: bool = True
    labs: int = 1
    between_labs: float | None = None
    looks: int = 1
    spending: str = "obrien-fleming"
    draws: int = 100
    animals: int = 150
    trials: int = 4000
    seed: int = 1


@dataclass(frozen=True)
class Settled:
    """A design with every choice made, for one study.

    Attributes:
        asked: What was asked for.
        arms: Arms that are simulated: the control, the arm in question, and where a test needs them the others with the
            injury.
        of_study: Arms of the study, all of which get as many subjects.
        endpoint: Label of the endpoint.
        read_out: What is read.
        at: When, as the study writes it.
        direction: -1 or 1 where a claim says so, of survival that of the hazard; None to take the side that the model
            expects, if it does.
        claim: That claim.
        test: How it is analysed.
        effect: The effect that was named.
        humane: When a subject is killed for its own sake.
        spending: How the error is spent on looks.
        attrition: Share lost to other causes.
        block_share: Share of the variance between blocks.
        between_labs: SD between laboratories over the effect.
    """

    asked: Design
    arms: tuple[str, ...]
    of_study: int
    endpoint: str
    read_out: str
    at: EndpointAt
    direction: float | None
    claim: Claim | None
    test: Test
    effect: Effect | None
    humane: Humane | None
    spending: Spending
    attrition: Assumption
    block_share: Assumption
    between_labs: Assumption

    @property
    def in_block(self) -> int:
        """Subjects of one arm in a block; 0 without blocks."""
        size = self.asked.block_size or 0
        return size // self.of_study if self.asked.within else size

    @property
    def step(self) -> int:
        """Subjects by which an arm grows: whole blocks, and as many in every laboratory."""
        return max(self.in_block, 1) * self.asked.labs

    @property
    def largest(self) -> int:
        """The largest arm that is allowed, in whole steps."""
        return self.asked.most // self.step * self.step

    @property
    def least(self) -> int:
        """The smallest arm that can be analysed."""
        two_blocks = 2 if self.test == "mixed" and not self.asked.within else 1
        return max(self.step * two_blocks, math.ceil(2 / self.step) * self.step)


def settle_design(study: Study, design: Design) -> Settled:
    """Make every choice that a design leaves open.

    Raises:
        InputError: Everything that cannot be done, at once.
    """
    if not treated_arms(study):
        raise input_error(study.id, "No arm is treated: there is nothing to find.", "Design another study.")
    arm = main_arm(study, design.arm)
    claim = _claim(study, arm, design.versus, design.endpoint)
    versus = design.versus or (claim.versus if claim is not None else study.control)
    found = FindingList("the design")
    if versus not in study.arms or versus == arm:
        remedy = did_you_mean(versus, [name for name in study.arms if name != arm])
        found.add("This arm cannot be compared with.", remedy, field="--versus", value=versus)
    labels = {str(one): one for one in study.endpoints}
    label = design.endpoint or (_label(claim) if claim is not None else next(iter(labels)))
    read_out = labels[label].endpoint if label in labels else ""
    if not read_out:
        found.add("The study does not read this out.", did_you_mean(label, labels), field="--endpoint", value=label)
    test = design.test or ("log-rank" if read_out == SURVIVAL else "t")
    _check_numbers(design, found)
    _check_test(design, test, read_out, found)
    effect = None if design.effect is None else _read_effect(design.effect, read_out, found)
    humane = None if design.humane is None else _read_humane(design.humane, found)
    found.raise_if_any()
    settled = Settled(
        asked=design,
        arms=(versus, arm, *(_injured(study, arm, versus) if test in OF_ALL_ARMS else ())),
        of_study=len(study.arms),
        endpoint=label,
        read_out=read_out,
        at=labels[label],
        direction=_side(claim),
        claim=claim,
        test=TESTS[test],
        effect=effect,
        humane=humane,
        spending=SPENDINGS[design.spending],
        attrition=given(ATTRITION, design.attrition),
        block_share=given(BLOCK_SHARE, design.block_share),
        between_labs=given(BETWEEN_LABS, design.between_labs),
    )
    _check_sizes(settled)
    return settled


def _claim(study: Study, arm: str, versus: str | None, endpoint: str | None) -> Claim | None:
    """The first claim that this arm moves an endpoint, or the one asked for; one against the control before others."""
    labels = [str(one) for one in study.endpoints]
    found = []
    for claim in study.claims:
        about = claim.kind in ("direction", "number") and claim.arm == arm and claim.versus in study.arms
        if about and versus in (None, claim.versus) and _label(claim) in labels and endpoint in (None, _label(claim)):
            found.append(claim)
    return min(found, key=lambda claim: claim.versus != study.control, default=None)


def _injured(study: Study, *compared: str) -> Iterator[str]:
    """The other arms with the injury: healthy subjects differ from all of them, and vary otherwise."""
    return (name for name, arm in study.arms.items() if name not in compared and arm.disease != "none")


def _side(claim: Claim | None) -> float | None:
    """Of a claim: where survival goes up, the hazard goes down."""
    if claim is None:
        return None
    up = -1.0 if claim.endpoint == SURVIVAL else 1.0
    return -up if claim.direction == "down" else up


def _label(claim: Claim) -> str:
    return f"{claim.endpoint} at {claim.at}" if claim.at else claim.endpoint


def _check_numbers(design: Design, found: FindingList) -> None:
    limits: dict[str, tuple[float, float, str]] = {
        "alpha": (1e-6, 0.5, "Write for example 0.05."),
        "power": (0.05, 0.999, "Write for example 0.8."),
        "most": (2, MOST_ANIMALS, f"Write 2 to {MOST_ANIMALS}."),
        "attrition": (0, 0.9, "Write a share from 0 to 0.9."),
        "block_size": (2, 100, "Write 2 to 100 subjects."),
        "block_share": (0, 0.95, "Write a share from 0 to 0.95."),
        "labs": (1, 50, "Write 1 to 50."),
        "between_labs": (0, 3, "Write a share of the effect from 0 to 3."),
        "looks": (1, MOST_LOOKS, f"Write 1 to {MOST_LOOKS}."),
        "draws": (10, 2000, "Write 10 to 2000."),
        "animals": (20, 5000, "Write 20 to 5000."),
        "trials": (200, 100_000, "Write 200 to 100000."),
    }
    for name, (low, high, remedy) in limits.items():
        value = getattr(design, name)
        if value is not None and not (math.isfinite(value) and low <= value <= high):
            found.add("This number cannot be used.", remedy, field=f"--{name.replace('_', '-')}", value=value)
    if design.spending not in SPENDINGS:
        remedy = f"Use one of: {', '.join(SPENDINGS)}."
        found.add("There is no such way to spend the error.", remedy, field="--spending", value=design.spending)


def _check_test(design: Design, test: str, read_out: str, found: FindingList) -> None:
    def add(problem: str, remedy: str) -> None:
        found.add(problem, remedy, field="--test", value=test)

    if test not in TESTS:
        add("There is no such test.", f"Use one of: {', '.join(TESTS)}.")
        return
    if read_out and (test == "log-rank") != (read_out == SURVIVAL):
        add("Survival is analysed by the log-rank test, and nothing else is.", "Choose another --endpoint or --test.")
    if test == "mixed" and design.block_size is None:
        add("A mixed model needs to know what subjects share.", "Add --block-size, and --block cage or litter.")
    if design.looks > 1 and test in ONE_BY_ONE:
        add("This test is not looked at before the end here.", "Leave out --looks, or use another test.")
    if design.labs == 1:
        return
    if test != "t":
        add("A trial in several laboratories is compared by the t test of their differences.", "Leave out --test.")
    if design.labs < 3:
        found.add("Two laboratories cannot say how much laboratories differ.", "Write 3 or more.", field="--labs")
    if design.block_size is not None or design.looks > 1:
        found.add("Blocks or looks in several laboratories are not simulated.", "Leave out one.", field="--labs")


def _check_sizes(settled: Settled) -> None:
    asked, found = settled.asked, FindingList("the design")
    arms = settled.of_study
    if asked.block_size is not None and asked.within and asked.block_size % arms:
        problem, remedy = (
            f"It cannot hold as many of each of {arms} arms.",
            f"Write a multiple of {arms}, or --between.",
        )
        found.add(problem, remedy, field="--block-size", value=asked.block_size)
    elif asked.most < settled.least:
        remedy = f"Write at least {settled.least}."
        found.add("Fewer subjects than can be analysed.", remedy, field="--most", value=asked.most)
    if asked.most * asked.trials * len(settled.arms) > _MOST_DRAWN:
        found.add("This many trials of this size do not fit into memory.", "Write a smaller number.", field="--trials")
    found.raise_if_any()


def _read_effect(written: str, read_out: str, found: FindingList) -> Effect | None:
    match = _EFFECT.fullmatch(written)
    effect = None if match is None else Effect(float(match[1]), "SD" if match[2] == "SD" else "%")
    if effect is None or not effect.value or (effect.unit == "%" and effect.value <= -100) or abs(effect.value) > 1e4:
        found.add("This is no effect.", "Write `-30%` or `0.8 SD`.", field="--effect", value=written)
        return None
    if effect.unit == "SD" and read_out == SURVIVAL:
        remedy = "Write the change of the hazard in percent, for example `-50%`."
        found.add("Survival has no standard deviation.", remedy, field="--effect", value=written)
    return effect


def _read_humane(written: str, found: FindingList) -> Humane | None:
    match = _HUMANE.fullmatch(written)
    if match is None:
        remedy = "Write for example `relative_body_weight < 0.8`."
        found.add("This is no humane endpoint.", remedy, field="--humane", value=written)
        return None
    return Humane(match[1], match[2] == "<", float(match[3]))
