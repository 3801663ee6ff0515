"""Claims against the simulation: reproduced, conditional with what it would take, or not reproduced."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from hepasome.evidence import Claim, Label, load_evidence
from hepasome.inference._changes import by_draw
from hepasome.inference._checks import judge_check
from hepasome.product import CEILINGS, Cargo
from hepasome.trial import LADDER, SURVIVAL, Run

REPRODUCED_FROM = 0.95
_NEGLIGIBLE = 1e-3  # a change of a thousandth is below every assay and above every error of integration

Draws = NDArray[np.float64]


@dataclass(frozen=True)
class Verdict:
    """What the simulation says about one published claim.

    Attributes:
        claim: The claim.
        label: The verdict.
        probability: Share of the draws in which the claimed direction holds; None if it was not judged.
        change: Median change of the arm against the other, in percent.
        change_low: 5th percentile of that change over the draws.
        change_high: 95th percentile.
        carried_copies: Copies per vesicle that the product carries of the claimed cargo; None without a cargo.
        required_copies: Copies per vesicle that the claimed mechanism would require; infinite if no number suffices;
            None if the claim names no mechanism.
        reason: One sentence for the reader.
    """

    claim: Claim
    label: Label
    probability: float | None
    change: float | None
    change_low: float | None
    change_high: float | None
    carried_copies: float | None
    required_copies: float | None
    reason: str


def judge(run: Run) -> list[Verdict]:
    """The verdict of every published claim about the study of a run, from simulation alone.

    A direction is reproduced if it holds in at least 95 % of the draws; a number if it lies in the 90 % predictive
    interval; "no difference" if most simulated trials of that size find none. A claim that one cargo did it is, where
    it fails at the copies carried, conditional on the copies per vesicle that it would require. What the model could
    not but show is not judged, and an effect that is not there is not abolished.
    """
    verdicts = {claim.id: _judge(run, claim) for claim in run.study.claims}
    return [_weighed(verdict, verdicts) for verdict in verdicts.values()]


def _weighed(verdict: Verdict, others: dict[str, Verdict]) -> Verdict:
    """A verdict that holds, taken back where it says nothing."""
    if verdict.label != "reproduced":
        return verdict
    if verdict.claim.by_construction:
        return replace(verdict, label="not judged", reason=f"By construction: {verdict.claim.by_construction}.")
    basis = others.get(verdict.claim.presupposes)
    if basis is not None and basis.label != "reproduced":
        reason = f"It presupposes that {basis.claim.statement}, which is {basis.label}: it holds of next to nothing."
        return replace(verdict, label="not reproduced", reason=reason)
    return verdict


def judge_checks(study: str) -> list[Verdict]:
    """The verdict of every claim about a record that can be checked without a simulation."""
    return [_checked(claim) for claim in load_evidence().claims_of(study) if claim.kind == "check"]


def _judge(run: Run, claim: Claim) -> Verdict:
    if claim.kind == "check":
        return _checked(claim)
    label = _endpoint_label(run, claim)
    if label is None:
        return _not_judged(claim, "The study file has no such endpoint at that time.")
    missing = [arm for arm in (claim.arm, claim.versus) if arm not in run.study.arms]
    if missing:
        return _not_judged(claim, f"The study file has no arm `{missing[0]}`.")
    if claim.kind == "mechanism" and run.study.arms[claim.versus].treatment is None:
        return _not_judged(claim, f"`{claim.versus}` gets no vesicles: nothing shows which cargo did it.")
    ratio = _log_ratio(run, label, claim.arm, claim.versus)
    if not len(ratio):
        return _not_judged(claim, "The run has no draws of what is not known; run it with draws.")
    error, degrees = _sampling_error(run, claim, label)
    if math.isnan(error) and claim.kind in ("number", "no_difference"):
        return _not_judged(claim, "An arm has fewer than two animals with a value.")
    change, low, high = (100 * math.expm1(x) for x in np.percentile(ratio, [50, 5, 95]))
    sign = -1.0 if claim.direction == "down" else 1.0
    probability = float(np.mean(sign * ratio > _NEGLIGIBLE))
    carried = required = None
    if claim.kind == "number":
        verdict, reason = _number(claim, _predicted(run, ratio, error))
    elif claim.kind == "no_difference":
        verdict, reason, probability = _no_difference(_predicted(run, ratio, error), error, degrees)
    elif claim.kind == "mechanism":
        carried, required = _carried(run, claim), required_copies(run, claim, label)
        if math.isnan(required):
            return _not_judged(claim, f"The run has no simulation of the arm without {claim.cargo} to compare with.")
        moved = sign * float(np.median(ratio))
        verdict, reason = _mechanism(claim, probability, moved, carried, required, _kind(run, claim))
    elif probability >= REPRODUCED_FROM:
        verdict, reason = "reproduced", f"The direction holds in {probability:.0%} of the draws."
    else:
        verdict, reason = "not reproduced", f"The direction holds in {probability:.0%} of the draws; 95 % are asked."
    if claim.setting == "in_vitro" and run.study.subject.culture is None:
        reason += " It was measured in culture; the simulation gives the dose to the animal."
    return Verdict(claim, verdict, probability, change, low, high, carried, required, reason)


def required_copies(run: Run, claim: Claim, label: str) -> float:
    """Copies per vesicle from which the claimed change appears, read off the ladder of the run.

    The change is against the same vesicles without the cargo, in the typical animal at central parameter values.

    Returns:
        The number, interpolated on the log scale; infinite if no step of the ladder suffices; NaN if the step without
        the cargo was not simulated. Other steps that failed are left out.
    """
    steps = run.worlds.query(
        "role == 'ladder' and arm == @claim.arm and variant == @claim.cargo and endpoint == @label"
    )
    steps = steps.dropna(subset=["value"]).sort_values("number")
    number, value = steps["number"].to_numpy(dtype=int), steps["value"].to_numpy(dtype=float)
    if not len(number) or number[0] != 0:
        return math.nan
    copies = np.asarray((0.0, *LADDER))[number]
    relative = value / value[0] - 1
    moved = (-relative if claim.direction == "down" else relative)[1:]
    enough = np.flatnonzero(moved >= claim.smallest_change)
    if not len(enough):
        return math.inf
    i = int(enough[0])
    if i == 0:
        return float(copies[1])
    below, above = moved[i - 1], moved[i]
    share = (claim.smallest_change - below) / (above - below)
    return float(np.exp(np.log(copies[i]) + share * (np.log(copies[i + 1]) - np.log(copies[i]))))


def _mechanism(
    claim: Claim, probability: float, moved: float, carried: float, required: float, kind: str
) -> tuple[Label, str]:
    native, loaded, physical = CEILINGS.native, CEILINGS.loaded_high, CEILINGS.most(kind)
    least = math.log1p(claim.smallest_change) if claim.direction == "up" else -math.log1p(-claim.smallest_change)
    if probability >= REPRODUCED_FROM and moved >= least:
        return "reproduced", f"{claim.cargo} does it at the {carried:g} copies per vesicle that the product carries."
    if math.isinf(required):
        return "not reproduced", (
            f"No number of copies of {claim.cargo} per vesicle moves {claim.endpoint} by {claim.smallest_change:.0%}."
        )
    if required <= carried:
        return "not reproduced", (
            f"The {carried:.3g} copies per vesicle of the product suffice in the typical animal, but the direction "
            f"holds in {probability:.0%} of the draws; 95 % are asked."
        )
    times = required / physical
    beyond = f"{times:,.3g} times what fits into a vesicle" if times > 1 else "physically possible"
    ceilings = f"native {native:g}, loaded {loaded:g}, physical {physical:g}" if kind == "miRNA" else f"{physical:g}"
    return "conditional", (
        f"It would take {required:,.3g} copies of {claim.cargo} per vesicle ({beyond}); the product carries "
        f"{carried:.3g}. Ceiling{'s' if kind == 'miRNA' else ''}: {ceilings}."
    )


def _number(claim: Claim, predicted: Draws) -> tuple[Label, str]:
    low, high = np.percentile(np.expm1(predicted), [5, 95])
    inside = claim.value is not None and low <= claim.value <= high
    where = "lies in" if inside else "lies outside of"
    return ("reproduced" if inside else "not reproduced"), (
        f"The published change of {claim.value:+.0%} {where} the 90 % predictive interval {low:+.0%} to {high:+.0%}."
    )


def _no_difference(predicted: Draws, error: float, degrees: int) -> tuple[Label, str, float]:
    # where no animal differs from another, in survival for example, only what no assay sees is no difference
    share = float(np.mean(np.abs(predicted) < max(stats.t.ppf(0.975, degrees) * error, _NEGLIGIBLE)))
    return (
        ("reproduced" if share > 0.5 else "not reproduced"),
        f"{share:.0%} of simulated trials find no difference.",
        share,
    )


def _predicted(run: Run, ratio: Draws, error: float) -> Draws:
    """Log ratios as trials of this size would find them: each draw with the sampling error of the arms' means."""
    rng = np.random.default_rng([run.plan.settings.seed, len(ratio)])
    return ratio + error * rng.standard_normal(len(ratio))


def _sampling_error(run: Run, claim: Claim, label: str) -> tuple[float, int]:
    """Of the log ratio of the arms' means, with its degrees of freedom; NaN if an arm has fewer than two values."""
    rows = run.endpoints[run.endpoints["endpoint"] == label]
    if claim.endpoint == SURVIVAL:
        shares = [rows.loc[rows["arm"] == arm, "measured"].dropna() for arm in (claim.arm, claim.versus)]
        counts = [(len(alive), max(alive.mean(), 0.5 / len(alive))) for alive in shares if len(alive)]
        if len(counts) < 2:
            return math.nan, 0
        return math.sqrt(sum((1 - share) / (n * share) for n, share in counts)), sum(n for n, _ in counts) - 2
    rows = rows[rows["measured"] > 0]
    groups = [
        np.log(rows.loc[rows["arm"] == arm, "measured"].to_numpy(dtype=float)) for arm in (claim.arm, claim.versus)
    ]
    if min(len(group) for group in groups) < 2:
        return math.nan, 0
    error = math.sqrt(sum(group.var(ddof=1) / len(group) for group in groups))
    return error, sum(len(group) for group in groups) - 2


def _log_ratio(run: Run, label: str, arm: str, versus: str) -> Draws:
    """Of the draws in which both arms have a value; a value of zero has no ratio."""
    values = by_draw(run, label)[[arm, versus]]
    both = values[values > 0].dropna().to_numpy(dtype=float)
    ratio: Draws = np.log(both[:, 0] / both[:, 1])
    return ratio


def _carried(run: Run, claim: Claim) -> float:
    return next((c.copies_per_vesicle.value for c in _cargo(run, claim) if c.name == claim.cargo), 0.0)


def _kind(run: Run, claim: Claim) -> str:
    return next((c.kind for c in _cargo(run, claim) if c.name == claim.cargo), "miRNA")


def _cargo(run: Run, claim: Claim) -> tuple[Cargo, ...]:
    given = run.plan.protocol.arms[claim.arm].treatment
    return () if given is None else given.product.vesicles.cargo


def _endpoint_label(run: Run, claim: Claim) -> str | None:
    label = f"{claim.endpoint} at {claim.at}" if claim.at else claim.endpoint
    return label if label in [str(endpoint) for endpoint in run.study.endpoints] else None


def _checked(claim: Claim) -> Verdict:
    label, reason = judge_check(claim)
    return Verdict(claim, label, None, None, None, None, None, None, reason)


def _not_judged(claim: Claim, reason: str) -> Verdict:
    return Verdict(claim, "not judged", None, None, None, None, None, None, reason)
