"""Other doses, routes and schedules: what each is expected to do, what it costs, and which are worth their cost."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from hepasome.design._design import Design, Settled, settle_design
from hepasome.design._options import Choices, Regimen
from hepasome.design._prepared import Prepared, prepare
from hepasome.design._size import Curve, SampleSize, Sizing
from hepasome.files import FindingList
from hepasome.trial import Progress, Study

_WORTH = 0.01  # of assurance; less is within the error of simulation


@dataclass(frozen=True)
class Costs:
    """What a trial costs, in any currency.

    Attributes:
        animal: One subject, its keeping included; 1 counts subjects.
        product: One unit of the product, in the unit of the study's dose.
        budget: What nobody goes beyond; None for no limit.
    """

    animal: float = 1.0
    product: float = 0.0
    budget: float | None = None

    def of(self, settled: Settled, regimen: Regimen, n: int) -> float:
        """What a trial with `n` subjects in every arm costs."""
        return n * (settled.of_study * self.animal + regimen.per_subject * self.product)


@dataclass(frozen=True)
class Option(Regimen):
    """A way to give the product, and what is expected of it.

    Attributes:
        change: Median, 5 % and 95 % of the expected change over the draws, percent of the control.
        assurance: Power averaged over what is not known, by size.
    """

    change: tuple[float, float, float]
    assurance: Curve


@dataclass(frozen=True)
class Spot:
    """One option at one size.

    Attributes:
        option: Place of the option.
        n: Subjects per arm.
        subjects: In all arms.
        cost: Of the trial.
        assurance: Power averaged over what is not known.
    """

    option: int
    n: int
    subjects: int
    cost: float
    assurance: float


@dataclass(frozen=True)
class Search:
    """What was compared.

    Attributes:
        size: Number of subjects for the study as it stands.
        options: Ways to give the product.
        spots: Every option at every size within the budget.
        front: Those that nothing beats: none has as much assurance (to 0.01) for less; ascending in cost.
        costs: What a trial costs.
        left_out: Options that could not be compared, as sentences.
    """

    size: SampleSize
    options: tuple[Option, ...]
    spots: tuple[Spot, ...]
    front: tuple[Spot, ...]
    costs: Costs
    left_out: tuple[str, ...]

    @property
    def chosen(self) -> Spot | None:
        """The cheapest that reaches the power asked for; None if none does."""
        target = self.size.settled.asked.power
        enough = [spot for spot in self.spots if spot.assurance >= target]
        return min(enough, key=lambda spot: (spot.cost, spot.option), default=None)


def search(
    study: Study,
    design: Design | None = None,
    choices: Choices | None = None,
    costs: Costs | None = None,
    *,
    workers: int = 2,
    on_progress: Progress | None = None,
) -> Search:
    """Compare doses, routes and schedules of the arm in question.

    Each option is simulated in the same draws of what is not known. Individuals are taken to vary as in the study.

    Args:
        study: What is given to whom.
        design: How the trial would be done.
        choices: What is to be compared.
        costs: What a trial costs.
        workers: Threads.
        on_progress: Called with the subjects done and all subjects.

    Raises:
        InputError: If an option cannot be given to these subjects; every reason at once.
    """
    settled = settle_design(study, design or Design())
    check_costs(costs or Costs())
    return compare(prepare(study, settled, choices, workers=workers, on_progress=on_progress), costs)


def compare(prepared: Prepared, costs: Costs | None = None) -> Search:
    """The same, from what was simulated already.

    Raises:
        InputError: If nothing can be costed like this, or trials cannot be drawn from what was simulated.
    """
    costs = costs or Costs()
    check_costs(costs)
    material = prepared.material()
    sizing = Sizing(prepared.study.id, prepared.settled, material)
    found = []
    for regimen in prepared.regimens:
        effects = prepared.effects(regimen)
        low, middle, high = (100 * math.expm1(x) for x in np.percentile(effects[:, 1], [5, 50, 95]))
        found.append(Option(**vars(regimen), change=(middle, low, high), assurance=sizing.assurance(effects)))
    spots = tuple(_spots(found, prepared.settled, costs))
    return Search(sizing.of(), tuple(found), spots, _front(spots), costs, prepared.left_out)


def check_costs(costs: Costs) -> None:
    """Check what a trial costs.

    Raises:
        InputError: If a cost is none.
    """
    found = FindingList("the costs")
    for field, value in (
        ("--animal-cost", costs.animal),
        ("--product-cost", costs.product),
        ("--budget", costs.budget),
    ):
        if value is not None and not (math.isfinite(value) and value >= 0):
            found.add("A cost is zero or above.", "Correct it.", field=field, value=value)
    if not costs.animal:
        found.add("Subjects cost something.", "Write 1 to count them.", field="--animal-cost", value=costs.animal)
    found.raise_if_any()


def _spots(options: Sequence[Option], settled: Settled, costs: Costs) -> Iterator[Spot]:
    for i, option in enumerate(options):
        for point in option.assurance.points:
            cost = costs.of(settled, option, point.n)
            if costs.budget is None or cost <= costs.budget:
                yield Spot(i, point.n, point.n * settled.of_study, cost, point.found)


def _front(spots: Sequence[Spot]) -> tuple[Spot, ...]:
    best, front = -1.0, []
    for spot in sorted(spots, key=lambda one: (one.cost, -one.assurance, one.option)):
        if spot.assurance > best + _WORTH:
            best = spot.assurance
            front.append(spot)
    return tuple(front)


def within(search: Search, option: int) -> tuple[Spot, ...]:
    """The sizes of one option within the budget, ascending."""
    return tuple(spot for spot in search.spots if spot.option == option)
