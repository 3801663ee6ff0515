"""Which part of a treatment explains an effect: the study simulated again, each time with one part taken away."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hepasome.files import did_you_mean, input_error
from hepasome.inference._parts import Kind, blank, parts_of
from hepasome.inference._typical import endpoint_values
from hepasome.trial import Arm, DiseaseOfArm, Knockout, Planned, Progress, Run, main_arm, treated_arms

NEGLIGIBLE = 0.1  # % of the control arm; below every assay, and above every error of integration
_PERCENTILES = (50, 5, 95)
_GIVEN = "given"
_UNTREATED = "untreated"
_BLANK = "blank"
_START = "first dose"
_MOST_DRAWS = 10_000

Draws = NDArray[np.float64]
_Row = tuple[str, Kind, float, float, float, int]


@dataclass(frozen=True)
class Explanation:
    """What explains the effects of a run.

    Attributes:
        run: The run.
        draws: Draws of what is not known.
        arms: Treated arms that are explained.
        endpoints: Endpoints, as the study writes them.
        table: One row per arm, endpoint and part: arm, endpoint, part, kind, change, low, high (median, 5 % and 95 %
            over the draws, percent of the control arm), draws (that count). In every draw the rows of an arm and an
            endpoint from `beside` to `interaction` add up to `whole`; `recovery` is for comparison.
        recovery: What natural recovery is compared with here, in words.
    """

    run: Run
    draws: int
    arms: tuple[str, ...]
    endpoints: tuple[str, ...]
    table: pd.DataFrame
    recovery: str


def explain(
    run: Run,
    *,
    arm: str | None = None,
    endpoint: str | None = None,
    draws: int | None = None,
    workers: int = 2,
    on_progress: Progress | None = None,
) -> Explanation:
    """Split the change of endpoints by treatments into the parts that make it, by in-silico knock-out.

    In each draw of what is not known, the same as in the run, typical subjects are simulated: the control; the arm as
    given; without its treatment; with blank vesicles, which carry no named cargo and have no unattributed activity; and
    with each part alone taken away. What a part does is the difference between as given and without it. Blank against
    without treatment is delivery alone. What the parts do not add up to is interaction.

    Args:
        run: A run, simulated or read back.
        arm: Which treated arm; None for all.
        endpoint: Which endpoint, as the study writes it; None for all.
        draws: How many draws; None for those of the run.
        workers: Threads.
        on_progress: Called with the subjects done and all subjects.

    Raises:
        InputError: If there is no such arm or endpoint, nobody is treated, or there are no draws.
    """
    arms, labels, count = arms_to_explain(run, arm), endpoint_labels(run, endpoint), _count(run, draws)
    knocked_out = _KnockedOut(run, arms)
    subjects = list(knocked_out.subjects(count))
    values = endpoint_values(run.plan.model, subjects, labels, workers, on_progress)
    rows = []
    for name in arms:
        for j, label in enumerate(labels):
            found: dict[tuple[str, str], list[float]] = {}
            for one, value in zip(subjects, values[:, j].tolist(), strict=True):
                found.setdefault((one.arm, one.variant), []).append(value)
            by_draw = {key: np.asarray(column) for key, column in found.items()}
            rows += [[name, label, *row] for row in knocked_out.rows(by_draw, name)]
    columns = ["arm", "endpoint", "part", "kind", "change", "low", "high", "draws"]
    return Explanation(run, count, arms, labels, pd.DataFrame(rows, columns=columns), knocked_out.recovery)


def arms_to_explain(run: Run, arm: str | None) -> tuple[str, ...]:
    """The treated arms beside the control, or the one that is asked for.

    Raises:
        InputError: If there is none, or the one asked for is not treated.
    """
    found = tuple(name for name in treated_arms(run.study) if name != run.study.control)
    if not found:
        raise input_error(run.study.id, "No arm is treated: there is no effect to explain.", "Explain another run.")
    return found if arm is None else (main_arm(run.study, arm),)


def endpoint_labels(run: Run, endpoint: str | None) -> tuple[str, ...]:
    """The endpoints, or the one that is asked for.

    Raises:
        InputError: If the study has no such endpoint.
    """
    labels = tuple(str(one) for one in run.study.endpoints)
    if endpoint is not None and endpoint not in labels:
        problem = "The study does not read this out."
        raise input_error("--endpoint", problem, did_you_mean(endpoint, labels), value=endpoint)
    return labels if endpoint is None else (endpoint,)


def _count(run: Run, draws: int | None) -> int:
    count = run.plan.settings.draws if draws is None else draws
    if draws is None and count < 1:
        raise input_error("--draws", "The run has no draws of what is not known.", "Say how many, for example 20.")
    if not 1 <= count <= _MOST_DRAWS:
        raise input_error("--draws", f"Write 1 to {_MOST_DRAWS:,}.", "Correct it.", value=draws)
    return count


class _KnockedOut:
    """Who is simulated, and how the results make up the parts."""

    def __init__(self, run: Run, arms: Sequence[str]) -> None:
        self._run, self._arms, self._control = run, arms, run.study.control
        self._parts = {arm: parts_of(run, arm) for arm in arms}
        self._stopped = next((name for name, arm in run.study.arms.items() if _recovers(arm)), None)
        self.recovery = f"{self._stopped} against {self._control}"
        if self._stopped is None:
            self.recovery = f"{self._control} at the read-out against itself at the first dose"

    def subjects(self, count: int) -> Iterator[Planned]:
        """Everybody, draw by draw."""
        make = self._run.plan.subjects.world
        for draw in range(1, count + 1):
            control = make(draw, self._control)
            yield control
            if self._stopped is None:
                yield self._at_first_dose(control)
            else:
                yield make(draw, self._stopped)
            for arm in self._arms:
                yield make(draw, arm)
                yield make(draw, arm, Knockout(untreated=True), _UNTREATED)
                yield make(draw, arm, blank(self._run, arm), _BLANK)
                for part in self._parts[arm]:
                    if part.without is not None:
                        yield make(draw, arm, part.without, part.name)

    def rows(self, values: dict[tuple[str, str], Draws], arm: str) -> Iterator[_Row]:
        """The parts of one arm at one endpoint; none where no draw can be compared.

        Args:
            values: One per draw, by arm and variant.
            arm: Which arm.
        """
        control, given = values[self._control, _GIVEN], values[arm, _GIVEN]
        whole = _percent(given - control, control)
        parts: list[tuple[str, Kind, Draws]] = []
        untreated = control
        if self._has_others(arm):
            untreated = values[arm, _UNTREATED]
            parts.append(("beside the treatment", "beside", _percent(untreated - control, control)))
        parts.append(("delivery alone", "delivery", _percent(values[arm, _BLANK] - untreated, control)))
        for part in self._parts[arm]:
            without = given if part.without is None else values[arm, part.name]
            parts.append((part.name, part.kind, _percent(given - without, control)))
        parts.append(("interaction", "interaction", whole - np.sum([own for *_, own in parts], axis=0)))
        there = np.isfinite(parts[-1][-1])  # which needs all the others
        for name, kind, own in [("whole change", "whole", whole), *parts, *self._recovered(values)]:
            kept = own[there & np.isfinite(own)]
            if len(kept):
                middle, low, high = (float(x) for x in np.percentile(kept, _PERCENTILES))
                yield name, kind, middle, low, high, len(kept)

    def _at_first_dose(self, control: Planned) -> Planned:
        """The control read when the first dose of any arm is given; endpoints before that have no such value."""
        start = self._run.plan.subjects.protocol_of(control.number).treatment_start
        earlier = math.nan if start is None else start
        read = [(label, name, earlier if time > earlier else math.nan) for label, name, time in control.endpoints]
        return replace(control, variant=_START, endpoints=tuple(read))

    def _has_others(self, arm: str) -> bool:
        """Whether an arm differs from the control in more than its treatment."""
        arms = self._run.plan.protocol.arms
        own, control = arms[arm], arms[self._control]
        same = (own.induction, own.agents) == (control.induction, control.agents)
        return not same or control.treatment is not None

    def _recovered(self, values: dict[tuple[str, str], Draws]) -> Iterator[tuple[str, Kind, Draws]]:
        """What happens without treatment, percent of what it is compared with."""
        control = values[self._control, _GIVEN]
        if self._stopped is not None:
            yield "natural recovery", "recovery", _percent(values[self._stopped, _GIVEN] - control, control)
        else:
            start = values[self._control, _START]
            yield "natural course", "recovery", _percent(control - start, start)


def _recovers(arm: Arm) -> bool:
    return isinstance(arm.disease, DiseaseOfArm) and arm.treatment is None and not arm.agents


def _percent(difference: Draws, base: Draws) -> Draws:
    """Of the base; NaN where there is none of it."""
    found: Draws = np.full_like(difference, np.nan)
    np.divide(100 * difference, base, out=found, where=base > 0)
    return found
