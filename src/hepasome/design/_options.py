"""Ways to give the product: what may be asked for, and the study with each of them in place of its own."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from hepasome.biology import routes_into
from hepasome.design._design import Settled
from hepasome.files import FindingList, Quantity, parse_quantity
from hepasome.trial import Between, GivenTreatment, OneOf, Study, absolute_dose, settle_protocol

_FACTORS = (0.1, 1.0, 10.0)  # of the dose of the study, where no doses are named
_FINE_FACTORS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)  # the same where doses between them are asked about too
_USUAL_ROUTE = "intravenous"
_MOST_OPTIONS = 60


@dataclass(frozen=True)
class Choices:
    """What is to be compared; an empty list stands for the study's own. Without any: other doses, and into a vein."""

    doses: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    times: tuple[int, ...] = ()
    every: str | None = None


@dataclass(frozen=True)
class Regimen:
    """One way to give the product.

    Attributes:
        dose: Of one subject, each time.
        route: Where it enters.
        times: How often.
        every: Interval, h; 0 if it is given once.
        per_subject: Product that one subject gets in all, in the unit of the dose.
    """

    dose: Quantity
    route: str
    times: int
    every: float
    per_subject: float


def regimen_of(study: Study, settled: Settled) -> Regimen:
    """How the study gives the product, every detail in the middle of its range."""
    given, weight = _given(study, settled), settle_protocol(study, None).body_weight
    return Regimen(
        dose=given.dose,
        route=given.route,
        times=len(given.times),
        every=_interval(given),
        per_subject=absolute_dose(given.dose, weight).value * len(given.times),
    )


def with_regimen(
    study: Study, settled: Settled, dose: Quantity, route: str, times: int, every: Quantity | None
) -> Study:
    """The study with another treatment of the arm in question."""
    arm = study.arms[settled.arms[1]]
    if arm.treatment is None:
        raise AssertionError("the arm in question is treated")
    schedule = arm.treatment.schedule.model_copy(update={"times": times, "every": every if times > 1 else None})
    given = arm.treatment.model_copy(update={"dose": dose, "route": route, "schedule": schedule})
    return study.model_copy(
        update={"arms": study.arms | {settled.arms[1]: arm.model_copy(update={"treatment": given})}}
    )


def is_open(study: Study, settled: Settled) -> bool:
    """Whether the study leaves dose, number of doses or interval open: every draw then takes its own."""
    given = study.arms[settled.arms[1]].treatment
    details = () if given is None else (given.dose, given.schedule.times, given.schedule.every)
    return any(isinstance(one, (Between, OneOf)) for one in details)


def fine_choices(study: Study, settled: Settled) -> Choices:
    """Doses from a tenth to ten times that of the study; given once, half as often, as often and twice as often.

    Numbers of doses of which the last would come too late are left out.
    """
    own = _given(study, settled)
    doses = tuple(str(_times_as_much(own.dose, factor)) for factor in _FINE_FACTORS)
    number = len(own.times)
    if number == 1:
        return Choices(doses, (own.route,), (1,))
    every = Quantity(_interval(own), "h")
    numbers = sorted({1, (number + 1) // 2, number, 2 * number})
    others = {one: with_regimen(study, settled, own.dose, own.route, one, every) for one in numbers}
    return Choices(doses, (own.route,), tuple(one for one in numbers if not too_late(others[one], settled)))


def option_studies(study: Study, settled: Settled, choices: Choices) -> list[Study]:
    """The study with each option in place of its treatment.

    Raises:
        InputError: If an option cannot be given to these subjects; every reason at once.
    """
    own = _given(study, settled)
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
        doses = [_times_as_much(own.dose, factor) for factor in _FACTORS]
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
    return [with_regimen(study, settled, *one, every) for one in combined]


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
        return Quantity(_interval(own), "h") if len(own.times) > 1 else None
    try:
        every = parse_quantity(choices.every)
        hours = every.to("h")
    except ValueError as error:
        found.add(f"This is no interval: {error}.", "Write for example `3.5 d`.", field="--every", value=choices.every)
        return None
    if hours <= 0:
        found.add("An interval is above zero.", "Write for example `3.5 d`.", field="--every", value=choices.every)
    return every


def _interval(given: GivenTreatment) -> float:
    """Between doses, h; 0 for one dose. Without the last digits, which differences of times leave."""
    return round(given.times[1] - given.times[0], 6) if len(given.times) > 1 else 0.0


def _times_as_much(dose: Quantity, factor: float) -> Quantity:
    """Rounded as one writes a dose; the study's own stays as it is written."""
    written = float(f"{dose.value:.6g}") == dose.value  # not the middle of a range
    return dose if factor == 1 and written else Quantity(float(f"{factor * dose.value:.3g}"), dose.unit)


def _given(study: Study, settled: Settled) -> GivenTreatment:
    """The treatment with every detail in the middle of its range."""
    treatment = settle_protocol(study, None).arms[settled.arms[1]].treatment
    if treatment is None:
        raise AssertionError("the arm in question is treated")
    return treatment


def too_late(study: Study, settled: Settled) -> str:
    """Why an option cannot be compared: its last dose comes after the read-out; empty if it can."""
    protocol, given = settle_protocol(study, None), _given(study, settled)
    if given.times[-1] < protocol.endpoint_time(settled.at):
        return ""
    words = regimen_words(regimen_of(study, settled))
    return f"{words}: the last dose would come when {settled.endpoint} is read, or later."


def regimen_words(regimen: Regimen) -> str:
    """In short."""
    return f"{regimen.dose}, {regimen.route}, {regimen.times} times"
