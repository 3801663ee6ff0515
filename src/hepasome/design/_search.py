"""Other doses, routes and schedules: what each is expected to do, what it costs, and which are worth their cost."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from hepasome.biology import routes_into
from hepasome.design._design import Design, Settled, settle_design
from hepasome.design._material import Material, log_effects, simulate_material, typical_values
from hepasome.design._size import Curve, SampleSize, curve, size_of
from hepasome.design._trials import Trials
from hepasome.files import FindingList, Quantity, parse_quantity
from hepasome.trial import (
    SURVIVAL,
    GivenTreatment,
    Progress,
    Settings,
    Study,
    absolute_dose,
    make_plan,
    settle_protocol,
)

DRAWS = 40  # of what is not known, for each option
_FACTORS = (0.1, 1.0, 10.0)  # of the dose of the study, where no doses are named
_USUAL_ROUTE = "intravenous"
_MOST_OPTIONS = 60
_WORTH = 0.01  # of assurance; less is within the error of simulation

Array = NDArray[np.float64]


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


@dataclass(frozen=True)
class Choices:
    """What is to be compared; an empty list stands for the study's own. Without any: other doses, and into a vein."""

    doses: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    times: tuple[int, ...] = ()
    every: str | None = None


@dataclass(frozen=True)
class Option:
    """One way to give the product.

    Attributes:
        dose: Of one subject, each time.
        route: Where it enters.
        times: How often.
        every: Interval, h; 0 if it is given once.
        change: Median, 5 % and 95 % of the expected change over the draws, percent of the control.
        assurance: Power averaged over what is not known, by size.
        per_subject: Product that one subject gets in all, in the unit of the dose.
    """

    dose: Quantity
    route: str
    times: int
    every: float
    change: tuple[float, float, float]
    assurance: Curve
    per_subject: float


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
        draws: Draws of what is not known for each option.
    """

    size: SampleSize
    options: tuple[Option, ...]
    spots: tuple[Spot, ...]
    front: tuple[Spot, ...]
    costs: Costs
    left_out: tuple[str, ...]
    draws: int

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
    settled, costs = settle_design(study, design or Design()), costs or Costs()
    _check_costs(costs)
    options = _studies(study, settled, choices or Choices())
    draws = min(DRAWS, settled.asked.draws)
    of_study = len(settled.arms) * (settled.asked.draws + settled.asked.animals)
    total = of_study + 2 * draws * len(options)

    def report(before: int) -> Progress | None:
        return None if on_progress is None else lambda done, _: on_progress(before + done, total)

    material = simulate_material(study, settled, workers=workers, on_progress=report(0))
    size = size_of(study.id, settled, material)
    trials = Trials(material, settled, known=False)
    found, left_out = [], []
    for i, other in enumerate(options):
        late = _too_late(other, settled)
        if late:
            left_out.append(late)
            continue
        plan = make_plan(other, Settings(2, settled.asked.seed, draws))
        levels = typical_values(plan, settled.arms[:2], settled.endpoint, workers, report(of_study + 2 * draws * i))
        effects = log_effects(levels, settled.read_out == SURVIVAL)
        if not len(effects):
            left_out.append(f"{_words(_given(other, settled))}: no draw could be simulated.")
            continue
        found.append(_option(other, settled, material, trials, effects, 0.0 if settled.test == "anova" else size.side))
    spots = tuple(_spots(found, settled, costs))
    return Search(size, tuple(found), spots, _front(spots), costs, tuple(left_out), draws)


def _check_costs(costs: Costs) -> None:
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


def _studies(study: Study, settled: Settled, choices: Choices) -> list[Study]:
    """The study with each option in place of its treatment."""
    own = _given(study, settled)
    treatment = study.arms[settled.arms[1]].treatment
    if treatment is None:  # settle_design has seen to it
        return []
    found = FindingList("the search")
    known = tuple(routes_into(study.structure, "cells" if own.product.kind == "cells" else "vesicles"))
    everything = not (choices.doses or choices.routes or choices.times)
    routes = choices.routes or ((own.route, _USUAL_ROUTE) if everything and _USUAL_ROUTE in known else (own.route,))
    for route in routes:
        if route not in known:
            remedy = f"Use one of: {', '.join(known)}."
            found.add("The product cannot be given like this here.", remedy, field="--route", value=route)
    doses = [one for written in choices.doses if (one := _dose(written, own.dose, found)) is not None]
    if everything:
        doses = [Quantity(float(f"{factor * own.dose.value:.3g}"), own.dose.unit) for factor in _FACTORS]
    times = choices.times or (len(own.times),)
    every = _every(choices, own, found)
    for number in times:
        if not 1 <= number <= 1000:
            found.add("It is given 1 to 1000 times.", "Correct it.", field="--times", value=number)
        elif number > 1 and every is None:
            found.add(
                "The study gives no interval.", "Write --every, for example `3.5 d`.", field="--times", value=number
            )
    combined = list(dict.fromkeys(product(doses or [own.dose], routes, times)))
    if len(combined) > _MOST_OPTIONS:
        found.add(f"At most {_MOST_OPTIONS} options are compared.", "Name fewer.", value=len(combined))
    found.raise_if_any()

    def with_option(dose: Quantity, route: str, number: int) -> Study:
        schedule = treatment.schedule.model_copy(update={"times": number, "every": every if number > 1 else None})
        given = treatment.model_copy(update={"dose": dose, "route": route, "schedule": schedule})
        arm = study.arms[settled.arms[1]].model_copy(update={"treatment": given})
        return study.model_copy(update={"arms": study.arms | {settled.arms[1]: arm}})

    return [with_option(*one) for one in combined]


def _dose(written: str, own: Quantity, found: FindingList) -> Quantity | None:
    try:
        dose = parse_quantity(written)
    except ValueError as error:
        found.add(f"This is no dose: {error}.", f"Write for example `{own}`.", field="--dose", value=written)
        return None
    if not dose.fits(own.unit) or dose.value <= 0:
        found.add(
            "This dose cannot be compared with the study's.", f"Write it as `{own}`.", field="--dose", value=written
        )
        return None
    return Quantity(dose.to(own.unit), own.unit)


def _every(choices: Choices, own: GivenTreatment, found: FindingList) -> Quantity | None:
    if choices.every is None:
        return Quantity(own.times[1] - own.times[0], "h") if len(own.times) > 1 else None
    try:
        every = parse_quantity(choices.every)
        hours = every.to("h")
    except ValueError as error:
        found.add(f"This is no interval: {error}.", "Write for example `3.5 d`.", field="--every", value=choices.every)
        return None
    if hours <= 0:
        found.add("An interval is above zero.", "Write for example `3.5 d`.", field="--every", value=choices.every)
    return every


def _given(study: Study, settled: Settled) -> GivenTreatment:
    """The treatment with every detail in the middle of its range."""
    treatment = settle_protocol(study, None).arms[settled.arms[1]].treatment
    if treatment is None:
        raise AssertionError("the arm in question is treated")
    return treatment


def _too_late(study: Study, settled: Settled) -> str:
    protocol, given = settle_protocol(study, None), _given(study, settled)
    if given.times[-1] < protocol.endpoint_time(settled.at):
        return ""
    return f"{_words(given)}: the last dose would come when {settled.endpoint} is read, or later."


def _words(given: GivenTreatment) -> str:
    return f"{given.dose}, {given.route}, {len(given.times)} times"


def _option(study: Study, settled: Settled, material: Material, trials: Trials, effects: Array, side: float) -> Option:
    given, weight = _given(study, settled), settle_protocol(study, None).body_weight
    both = np.zeros((len(effects), len(material.arms)))
    both[:, 1] = effects[:, 1]
    if len(material.arms) > 2:
        both[:, 2:] = np.median(material.effects[:, 2:], axis=0)
    shifted = trials.unknown(both)
    low, middle, high = (100 * math.expm1(x) for x in np.percentile(effects[:, 1], [5, 50, 95]))
    return Option(
        dose=given.dose,
        route=given.route,
        times=len(given.times),
        every=given.times[1] - given.times[0] if len(given.times) > 1 else 0.0,
        change=(middle, low, high),
        assurance=curve(settled, lambda n: trials.power(n, shifted, side)),
        per_subject=absolute_dose(given.dose, weight).value * len(given.times),
    )


def _spots(options: Sequence[Option], settled: Settled, costs: Costs) -> Iterator[Spot]:
    for i, option in enumerate(options):
        for point in option.assurance.points:
            cost = point.n * (settled.of_study * costs.animal + option.per_subject * costs.product)
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
