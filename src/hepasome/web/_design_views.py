"""From what is known of a design to what the API gives, and so to what the pages show."""

from __future__ import annotations

from hepasome.design import TESTS, Curve, Power, Prepared, SampleSize, Settled, is_open, regimen_of
from hepasome.files import Quantity
from hepasome.report import subjects_word
from hepasome.trial import SURVIVAL
from hepasome.web._design_models import DesignView, DoseView, SizeView
from hepasome.web._job import Job
from hepasome.web._preparation import Preparation


def design_view(job: Job, found: Preparation, prepared: Prepared | None) -> DesignView:
    """A design, and what was simulated of it so far."""
    study, settled, asked = found.study, found.settled, found.asked
    own = regimen_of(study, settled)
    regimens = () if prepared is None else prepared.regimens
    doses = {one.dose.value: one.dose for one in regimens}
    survival = settled.read_out == SURVIVAL
    return DesignView(
        name=job.name,
        study=study.id,
        title=study.title,
        state=job.state,
        message=job.message,
        arm=settled.arms[1],
        versus=settled.arms[0],
        endpoint=settled.endpoint,
        humane=asked.humane or "",
        route=asked.route or own.route,
        draws=asked.draws,
        animals=asked.animals,
        seed=asked.seed,
        ready=bool(regimens),
        doses=[_dose(doses[value]) for value in sorted(doses)],
        times=sorted({one.times for one in regimens}),
        every=max((one.every for one in regimens), default=0.0),
        own_dose=_dose(own.dose),
        own_times=own.times,
        is_open=is_open(study, settled),
        tests=[test for test in TESTS if (test == "log-rank") == survival],
        arms=settled.of_study,
        word=subjects_word(study),
        left_out=[] if prepared is None else list(prepared.left_out),
        submitted=job.submitted,
    )


def _dose(dose: Quantity) -> DoseView:
    return DoseView(value=dose.value, unit=dose.unit, written=str(dose))


def points(settled: Settled, size: SampleSize) -> list[SizeView]:
    """Every size with its assurance, and its power at the effect that was named."""
    assurance = {one.n: one for one in size.assurance.points}
    named = {} if size.named is None else {one.n: one for one in size.named.points}
    return [size_view(settled, assurance.get(n), named.get(n), n) for n in sorted(assurance | named)]


def size_view(settled: Settled, assurance: Power | None, named: Power | None, n: int = 0) -> SizeView:
    """One size."""
    n = n or (assurance.n if assurance is not None else 0)
    return SizeView(
        n=n,
        in_all=n * settled.of_study,
        assurance=None if assurance is None else assurance.found,
        low=None if assurance is None else assurance.low,
        high=None if assurance is None else assurance.high,
        wrong=None if assurance is None else assurance.wrong,
        power=None if named is None else named.found,
        power_low=None if named is None else named.low,
        power_high=None if named is None else named.high,
    )


def needed(curve: Curve | None) -> int | None:
    """The smallest size that is enough."""
    return None if curve is None or curve.needed is None else curve.needed.n
