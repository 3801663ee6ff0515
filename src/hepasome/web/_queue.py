"""The queue: runs one after the other, each in a process of its own, kept on disk so that a restart goes on."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from hepasome.files import InputError, input_error, read_text, write_atomically
from hepasome.trial import Between, OneOf, Settings, Study, check_settings, default_folder
from hepasome.web._in_short import given, headline
from hepasome.web._index import JOBS, Index
from hepasome.web._job import Job, moment, write_job
from hepasome.web._library import STUDY_FILE, Entry, product_files
from hepasome.web._made import made_elsewhere, study_of_run
from hepasome.web._names import RUN, MissingError, RefusedError, named
from hepasome.web._preparation import PREPARED
from hepasome.web._process import RunProcess
from hepasome.web._progress import Progress
from hepasome.web._settings import MISSING, Serving
from hepasome.web._worker import RESULTS, SO_FAR

if TYPE_CHECKING:
    from hepasome.web._laboratory import Laboratory

_CANCELLED = "Stopped. What is finished of it is kept."
_GOES_ON = "The server was stopped; it goes on where it was."


class RunQueue:
    """All runs of a folder: those asked for here, and those that the command line left."""

    def __init__(self, serving: Serving) -> None:
        self._serving, self._changed = serving, threading.Condition()
        self._now: tuple[str, RunProcess] | None = None
        self._thread: threading.Thread | None = None
        self._ending = False
        self.index = Index(serving.runs)
        try:
            self.laboratory = _laboratory(serving, self.index)
        except InputError:
            self.index.close()
            raise

    def start(self) -> None:
        """Begin to compute what waits; what an earlier server was computing comes first."""
        for job in self.index.find(state="running", limit=1000):
            self._keep(job.now("queued", _GOES_ON))
        self.look()
        self._thread = threading.Thread(target=self._work, daemon=True, name="runs")
        self._thread.start()
        if self.laboratory is not None:
            self.laboratory.start()

    def stop(self) -> None:
        """End what is computed, so that the next start goes on with it."""
        with self._changed:
            self._ending = True
            if self._now is not None:
                self._now[1].stop(_GOES_ON)
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
        if self.laboratory is not None:
            self.laboratory.stop()
        self.index.close()

    def look(self) -> None:
        """Take up runs that were made elsewhere since."""
        found = list(made_elsewhere(self._serving.runs, self.index.names()))
        if found:
            self.index.put(found)
            self._tell()

    def get(self, name: str) -> Job:
        """A run by its name.

        Raises:
            MissingError: If there is none.
        """
        job = self.index.get(name)
        if job is None:
            raise MissingError("There is no run of this name.")
        return job

    def folder(self, name: str) -> Path:
        """Folder of a run; it need not be there yet."""
        return named(self._serving.runs, name, RUN)

    def has_results(self, name: str) -> bool:
        """Whether there is something to show of a run."""
        return (self.folder(name) / RESULTS).is_file()

    def is_whole(self, job: Job) -> bool:
        """Whether all that was asked for is there."""
        made = PREPARED if job.task == "design" else RESULTS
        return job.state == "complete" and (self.folder(job.name) / made).is_file()

    def so_far(self, name: str) -> list[dict[str, Any]]:
        """Mean, SD and number of each endpoint and arm over the animals that are finished; none before the first."""
        try:
            found: list[dict[str, Any]] = json.loads((self.job_folder(name) / SO_FAR).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []
        return found

    def progress(self, job: Job) -> Progress:
        """How far a run is."""
        now = self._now
        if now is not None and now[0] == job.name:
            return now[1].measured.progress
        done = job.total if job.state == "complete" else 0
        return Progress(job.state, done, job.total)

    def process(self, name: str) -> int | None:
        """Number of the process of a run, if it is computed now."""
        now = self._now
        return now[1].pid if now is not None and now[0] == name else None

    def place(self, name: str) -> int | None:
        """How many runs come before one that waits; None if it does not wait."""
        names = [job.name for job in self.index.waiting()]
        return names.index(name) + (self._now is not None) if name in names else None

    def submit(self, entry: Entry, settings: Settings) -> Job:
        """Queue a run. The same study with the same settings is the same run, and is not computed twice.

        Raises:
            InputError: If the study or the settings do not hold.
            RefusedError: If it is larger than allowed, or too many wait.
        """
        study = entry.checked()
        check_settings(study, settings)
        total = _total(study, settings)
        name = default_folder(study, settings, self._serving.runs).name
        chosen = (settings.subjects, settings.seed, settings.draws, settings.overrides)
        return self.add(Job(name, study.id, study.title, *chosen, total=total), entry)

    def add(self, job: Job, entry: Entry, files: Mapping[str, str] = MappingProxyType({})) -> Job:
        """Queue a job about a study, unless it is in the queue or done; the job as it is then.

        Args:
            job: What is to be computed.
            entry: The study; it is kept with the job, for it may change.
            files: What else is kept with it, by name.

        Raises:
            InputError: If it is larger than allowed.
            RefusedError: If too many wait.
        """
        most = self._serving.limits.subjects
        if job.total > most:
            problem = f"This would be {job.total:,} subjects; the server takes up to {most:,} in one run."
            raise input_error("run", problem, "Ask for fewer animals or draws, or use the command line.")
        with self._changed:
            known = self.index.get(job.name)
            if known is not None and (known.is_live or self.is_whole(known)):
                return known
            if len(self.index.waiting()) >= self._serving.limits.queued:
                raise RefusedError("Too many runs wait already. Wait until some are finished, or stop some.")
            folder = self.job_folder(job.name)
            for file in product_files(entry):
                write_atomically(folder / file.name, read_text(file))
            for name, text in {STUDY_FILE: entry.text, **files}.items():
                write_atomically(folder / name, text)
            job = replace(job, submitted=moment(), given=given(entry.checked().as_written()))
            self._keep(job)
            self._changed.notify_all()
        return job

    def cancel(self, name: str) -> Job:
        """Stop a run that waits or is computed.

        Raises:
            MissingError: If there is none.
            RefusedError: If it is neither.
        """
        with self._changed:
            job = self.get(name)
            if not job.is_live:
                raise RefusedError("This run is not in the queue.")
            if self._now is not None and self._now[0] == name:
                self._now[1].stop(_CANCELLED)
            job = job.now("complete" if job.task == "explain" else "cancelled", _CANCELLED)
            self._keep(job)
        return job

    def explain(self, name: str) -> Job:
        """Queue what explains the effects of a finished run: knock-outs, and what the main effect depends on.

        Raises:
            MissingError: If there is no such run.
            RefusedError: If it is not finished, or has no draws of what is not known.
        """
        with self._changed:
            job = self.get(name)
            if job.state != "complete" or not self.has_results(name):
                raise RefusedError("Only a finished run can be explained.")
            if not job.draws:
                raise RefusedError("This run has no draws of what is not known. Run the study with draws.")
            job = replace(job, task="explain", submitted=moment()).now("queued")
            self._keep(job)
            self._changed.notify_all()
        return job

    def resume(self, name: str) -> Job:
        """Go on with a run that was stopped or failed, or write the pages of one that the command line made.

        Raises:
            MissingError: If there is none.
            RefusedError: If there is nothing to go on with.
        """
        with self._changed:
            job = self.get(name)
            if job.is_live or self.is_whole(job):
                raise RefusedError("There is nothing to go on with: the run is in the queue, or finished.")
            if not (self.job_folder(name) / STUDY_FILE).is_file():
                write_atomically(self.job_folder(name) / STUDY_FILE, study_of_run(self.folder(name)))
            if job.task != "design":
                job = replace(job, task="report" if job.state == "complete" else "run")
            job = replace(job, submitted=moment()).now("queued")
            self._keep(job)
            self._changed.notify_all()
        return job

    def remove(self, name: str) -> None:
        """Delete a run with all its files.

        Raises:
            MissingError: If there is none.
            RefusedError: If it waits or is computed.
        """
        with self._changed:
            if self.get(name).is_live or self.process(name) is not None:
                raise RefusedError("The run is in the queue. Stop it first.")
            for folder in (self.folder(name), self.job_folder(name)):
                if folder.is_dir():
                    shutil.rmtree(folder)
            self.index.remove([name])
            self._tell()

    def _work(self) -> None:
        while True:
            with self._changed:
                waiting = self.index.waiting()
                if self._ending:
                    return
                if not waiting:
                    self._changed.wait()
                    continue
                job = waiting[0].now("running")
                self._keep(job)
                limits, workers = self._serving.limits, self._serving.workers
                process = RunProcess(self.job_folder(job.name), self.folder(job.name), workers, limits)
                self._now = (job.name, process)
            why = process.wait()
            with self._changed:
                self._now = None
                self._end(job, process, why)

    def _end(self, job: Job, process: RunProcess, why: str) -> None:
        latest = self.get(job.name)
        # it was cancelled, perhaps even asked for again; what is computed when the server stops stays `running`
        if latest.state != "running" or self._ending:
            return
        total = process.measured.progress.total or job.total
        if latest.task == "explain":  # whatever became of it, the run itself is whole
            self._keep(latest.now("complete", why))
        else:
            ended = replace(latest, total=total, headline=self._headline(job.name))
            self._keep(ended.now("failed" if why else "complete", why))

    def _headline(self, name: str) -> str:
        try:
            return headline(json.loads((self.folder(name) / RESULTS).read_text(encoding="utf-8")))
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            return ""  # it failed and left none

    def _keep(self, job: Job) -> None:
        write_job(self.job_folder(job.name), job)
        self.index.put([job])
        self._tell()

    def _tell(self) -> None:
        if self.laboratory is not None:
            self.laboratory.tell()

    def job_folder(self, name: str) -> Path:
        """Where what was asked for is kept."""
        return named(self._serving.runs / JOBS, name, RUN)


def _laboratory(serving: Serving, index: Index) -> Laboratory | None:
    if not serving.store:
        return None
    try:
        from hepasome.web._laboratory import Laboratory  # psycopg is there only with the extra `web`
    except ImportError:
        raise input_error("--store", MISSING) from None
    return Laboratory(serving.store, serving.place, index.all)


def _total(study: Study, settings: Settings) -> int:
    """How many subjects will be simulated at most, ladders aside."""
    arms = len(study.arms)
    treated = sum(arm.treatment is not None for arm in study.arms.values())
    return (settings.subjects or _most(study.subjects_per_arm)) * arms + settings.draws * (arms + treated)


def _most(count: object) -> int:
    if isinstance(count, Between):
        return int(count.high)
    return max(count.options) if isinstance(count, OneOf) else int(str(count))
