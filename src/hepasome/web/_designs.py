"""Designs that are asked about: answers from what was simulated, in the server itself, one at a time.

Nothing is simulated here. Trials are drawn again from what a job has kept, by the functions of the command line.
"""

from __future__ import annotations

import contextlib
import io
import threading
import zipfile
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from hepasome.design import (
    Costs,
    Design,
    Power,
    Prepared,
    Regimen,
    SampleSize,
    Settled,
    Sizing,
    check_costs,
    is_open,
    regimen_of,
    settle_design,
    with_regimen,
)
from hepasome.files import InputError, Quantity, input_error, parse_quantity
from hepasome.report import (
    analysis_words,
    assumption_lines,
    design_files,
    sample_size_sentences,
    size_sentence,
)
from hepasome.trial import Study
from hepasome.web._design_command import design_command
from hepasome.web._design_models import CurveView, DesignQuery, DesignView, PrepareRequest
from hepasome.web._design_views import design_view, needed, points, size_view
from hepasome.web._job import Job
from hepasome.web._library import STUDY_FILE, Library
from hepasome.web._names import MissingError, RefusedError
from hepasome.web._preparation import REQUEST, Preparation, kept_preparation, read_preparation, settle_preparation
from hepasome.web._queue import RunQueue

ALL = "design.zip"
_MOST_LISTED = 10_000
_MOST_KEPT = {"asked": 1000, "prepared": 4, "sizing": 2}  # in memory; drawn trials are large


@dataclass(frozen=True)
class Place:
    """One dose and schedule of a prepared design, analysed in one way."""

    study: Study
    settled: Settled
    regimen: Regimen
    interpolated: bool
    is_own: bool
    size: SampleSize
    power: Callable[[int], tuple[Power, Power | None]]


class Designs:
    """Everything about designs that the API and the pages ask for."""

    def __init__(self, library: Library, queue: RunQueue) -> None:
        self._library, self._queue, self._lock = library, queue, threading.Lock()
        self._kept: dict[str, dict[Hashable, Any]] = {kind: {} for kind in _MOST_KEPT}

    def ask(self, asked: PrepareRequest) -> Job:
        """Queue the simulations behind a design. The same ones are not made twice.

        Raises:
            MissingError: If there is no such study.
            InputError: If it cannot be designed like this, or is larger than allowed.
            RefusedError: If too many jobs wait.
        """
        entry = self._library.get(asked.study)
        found = settle_preparation(entry.checked(), asked)
        job = Job(
            found.name,
            found.study.id,
            found.study.title,
            asked.animals,
            asked.seed,
            asked.draws,
            total=found.subjects,
            task="design",
        )
        return self._queue.add(job, entry, {REQUEST: found.asked.model_dump_json(indent=2)})

    def jobs(self) -> list[Job]:
        """All of them, the latest first."""
        return [job for job in self._queue.index.find(limit=_MOST_LISTED) if job.task == "design"]

    def get(self, name: str) -> tuple[Job, Preparation]:
        """One of them, and what it asks for.

        Raises:
            MissingError: If there is none.
            InputError: If what is kept of it is damaged.
        """
        job = self._queue.get(name)
        if job.task != "design":
            raise MissingError("There is no design of this name.")
        found: Preparation = self._once("asked", name, lambda: kept_preparation(self._queue.job_folder(name)))
        return job, found

    def view(self, name: str) -> DesignView:
        """One of them and how far it is.

        Raises:
            MissingError: If there is none.
            InputError: If what is kept of it is damaged.
        """
        return design_view(*self.get(name), self.prepared(name))

    def views(self) -> list[DesignView]:
        """All of them, the latest first; what is damaged is left out."""
        found = []
        for job in self.jobs():
            with contextlib.suppress(InputError):
                found.append(self.view(job.name))
        return found

    def prepared(self, name: str) -> Prepared | None:
        """What was simulated; None while it is not, or if another version simulated it.

        Raises:
            MissingError: If there is no such design.
            InputError: If what is kept of it is damaged.
        """
        job, _ = self.get(name)
        if not self._queue.is_whole(job):
            return None
        folders = (self._queue.job_folder(name), self._queue.folder(name))
        found: Prepared | None = self._once("prepared", (name, job.finished), lambda: read_preparation(*folders))
        return found

    def curve(self, name: str, asked: DesignQuery) -> CurveView:
        """Power by size for a dose, a schedule and an analysis.

        Raises:
            MissingError: If there is no such design.
            RefusedError: If it is not prepared yet.
            InputError: If it cannot be asked like this.
        """
        with self._lock:
            place = self._place(name, asked)
            size, settled = place.size, place.settled
            n = _n(asked.n, settled, size)
            at = place.power(n)
            costs = _costs(asked)
            cost = costs.of(settled, place.regimen, n)
        own_costs = costs != Costs()
        return CurveView(
            dose=str(place.regimen.dose),
            times=place.regimen.times,
            every=place.regimen.every,
            interpolated=place.interpolated,
            analysis=analysis_words(size),
            effect="" if settled.effect is None else str(settled.effect),
            target=settled.asked.power,
            least=settled.least,
            most=settled.largest,
            step=settled.step,
            points=points(settled, size),
            at=size_view(settled, *at),
            cost=cost,
            needed=needed(size.assurance),
            needed_named=needed(size.named),
            change=size.change,
            here=size_sentence(place.study, size, at, cost if own_costs else None),
            sentences=sample_size_sentences(place.study, size),
            assumptions=assumption_lines(size),
            command=design_command(self._written(name), settled.asked, None if place.is_own else place.regimen, costs),
        )

    def file(self, name: str, asked: DesignQuery, file: str) -> bytes:
        """A file as `hepasome design --out` writes it, or all of them as a zip.

        Raises:
            MissingError: If there is no such design or file.
            RefusedError: If it is not prepared yet.
            InputError: If it cannot be asked like this.
        """
        with self._lock:
            place = self._place(name, asked)
            files = design_files(place.study, place.size)
            if file == ALL:
                return _zip({one: _bytes(make()) for one, make in files.items()})
            if file not in files:
                raise MissingError("There is no such file of a design.")
            return _bytes(files[file]())

    def _place(self, name: str, asked: DesignQuery) -> Place:
        prepared = self.prepared(name)
        if prepared is None:
            raise RefusedError("This is not prepared, or another version of hepasome prepared it. Prepare it again.")
        check_costs(_costs(asked))
        settled = settle_design(prepared.study, _design(prepared.settled, asked))
        analysed = prepared.analysed(settled)
        study, regimen = _regimen(prepared, asked)
        interpolated = not analysed.is_simulated(regimen)
        is_own = regimen == regimen_of(prepared.study, settled) and not is_open(prepared.study, settled)
        sizing: Sizing = self._once(
            "sizing", (name, settled.asked), lambda: Sizing(study.id, settled, analysed.material())
        )
        effects = None if is_own else analysed.effects(regimen)
        return Place(
            prepared.study if is_own else study,
            settled,
            regimen,
            interpolated,
            is_own,
            sizing.of(effects),
            lambda n: sizing.at(n, effects),
        )

    def _written(self, name: str) -> str:
        """The study as the command line names it."""
        study = self._queue.get(name).study
        try:
            own = self._library.get(study).own
        except MissingError:
            own = True
        return f"studies/{study}/{STUDY_FILE}" if own else study

    def _once(self, kind: str, key: Hashable, make: Callable[[], Any]) -> Any:
        """What was made lately, or is made now."""
        kept = self._kept[kind]
        found = kept.pop(key, None) or make()
        kept[key] = found
        while len(kept) > _MOST_KEPT[kind]:
            kept.pop(next(iter(kept)), None)
        return found


def _design(prepared: Settled, asked: DesignQuery) -> Design:
    versus, arm = prepared.arms[:2]
    of_query = asked.model_dump(exclude={"dose", "times", "n", "animal_cost", "product_cost"})
    known = prepared.asked
    return Design(
        arm=arm,
        versus=versus,
        endpoint=prepared.endpoint,
        humane=known.humane,
        draws=known.draws,
        animals=known.animals,
        seed=known.seed,
        **of_query,
    )


def _regimen(prepared: Prepared, asked: DesignQuery) -> tuple[Study, Regimen]:
    """The study with what is asked for in place of its treatment, and what that is."""
    known, own = prepared.regimens, regimen_of(prepared.study, prepared.settled)
    if not known:
        raise input_error("--dose", "No dose could be simulated.", "Prepare the design with other doses.")
    times = asked.times or min({one.times for one in known}, key=lambda number: abs(number - own.times))
    doses = [one.dose for one in known if one.times == times] or [own.dose]
    if asked.dose is not None:
        dose = _dose(asked.dose, own.dose)
    else:
        dose = min(doses, key=lambda one: abs(one.value - own.dose.value))
    every = max(one.every for one in known)
    interval = Quantity(every, "h") if every else None
    study = with_regimen(prepared.study, prepared.settled, dose, known[0].route, times, interval)
    return study, regimen_of(study, prepared.settled)


def _dose(written: str, own: Quantity) -> Quantity:
    try:
        dose = parse_quantity(written)
        value = dose.to(own.unit)
    except ValueError as error:
        remedy = f"Write for example `{own}`."
        raise input_error("the design", f"This is no dose: {error}.", remedy, field="--dose", value=written) from None
    if value <= 0:
        raise input_error("the design", "A dose is above zero.", "Correct it.", field="--dose", value=written)
    return Quantity(value, own.unit)


def _costs(asked: DesignQuery) -> Costs:
    return Costs(asked.animal_cost, asked.product_cost)


def _n(asked: int | None, settled: Settled, size: SampleSize) -> int:
    """The size to look at: a whole number of steps."""
    if asked is None:
        return settled.largest if size.best is None else size.best.n
    return min(max(round(asked / settled.step) * settled.step, settled.least), settled.largest)


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def _zip(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)  # without the time: the same files are the same bytes
    return buffer.getvalue()
