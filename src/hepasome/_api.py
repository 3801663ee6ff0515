"""The one way to run a study, for Python, the command line and the web application."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from hepasome import report as reports
from hepasome.design import Choices, Costs, Design, SampleSize, Search, sample_size
from hepasome.design import search as search_options
from hepasome.engine import SimulatorName
from hepasome.inference import SAMPLES, Explanation, Sensitivity, Verdict, judge, sensitivity
from hepasome.inference import explain as explain_run
from hepasome.translation import DRAWS, Translation
from hepasome.translation import translate as translate_study
from hepasome.trial import (
    Computing,
    Progress,
    Run,
    Settings,
    Study,
    default_folder,
    run_study,
    study_archive,
    study_path,
)
from hepasome.trial import load_run as read_run
from hepasome.trial import load_study as read_study

RUNS = Path("runs")


@dataclass(frozen=True)
class SimulatedStudy:
    """A study that was run, with what it says.

    Attributes:
        run: Inputs, animals and their endpoints.
    """

    run: Run

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """The verdict of every published claim about the study."""
        return judge(self.run)

    def report(self, path: Path | str | None = None) -> Path:
        """Write the report and its figures; without a path, into the folder of the run.

        Raises:
            ValueError: If the run has no folder and no path is given.
        """
        if path is not None:
            return reports.write_report(self.run, path)
        if self.run.folder is None:
            raise ValueError("this run is only in memory; give the path of the report")
        return reports.write_report(self.run, self.run.folder / "report.html", self.run.folder / "figures")

    def explain(
        self,
        arm: str | None = None,
        endpoint: str | None = None,
        *,
        draws: int | None = None,
        workers: int = 2,
        on_progress: Progress | None = None,
    ) -> ExplainedStudy:
        """Split the effects into the parts of the treatment that make them, by in-silico knock-out.

        Args:
            arm: Which treated arm; None for all.
            endpoint: Which endpoint, as the study writes it; None for all.
            draws: Draws of what is not known; None for those of the run.
            workers: Threads.
            on_progress: Called with the subjects done and all subjects.

        Raises:
            InputError: If there is no such arm or endpoint, nobody is treated, or there are no draws.
        """
        found = explain_run(self.run, arm=arm, endpoint=endpoint, draws=draws, workers=workers, on_progress=on_progress)
        return ExplainedStudy(found, arm, endpoint)


@dataclass(frozen=True)
class ExplainedStudy:
    """What explains the effects of a run.

    Attributes:
        explanation: The parts of each effect.
        arm: The arm that was asked for; None for all.
        endpoint: The endpoint that was asked for; None for all.
        sensitivity: What the effects of one arm depend on, where that was asked for.
    """

    explanation: Explanation
    arm: str | None = None
    endpoint: str | None = None
    sensitivity: Sensitivity | None = None

    def table(self) -> pd.DataFrame:
        """One row per arm, endpoint and part: median, 5 % and 95 % of the change, percent of the control arm."""
        return self.explanation.table

    def with_sensitivity(
        self, samples: int = SAMPLES, *, workers: int = 2, on_progress: Progress | None = None
    ) -> ExplainedStudy:
        """The same with Sobol' indices: which groups of what is not known the effects of one arm depend on.

        Args:
            samples: Base samples, a power of two.
            workers: Threads.
            on_progress: Called with the subjects done and all subjects.

        Raises:
            InputError: If the samples are no power of two.
        """
        run = self.explanation.run
        found = sensitivity(
            run, arm=self.arm, endpoint=self.endpoint, samples=samples, workers=workers, on_progress=on_progress
        )
        return replace(self, sensitivity=found)

    def report(self, folder: Path | str | None = None) -> list[Path]:
        """Write tables and figures, by default into `explain` in the folder of the run; the files written.

        Raises:
            ValueError: If the run has no folder and none is given.
        """
        run = self.explanation.run
        if folder is None and run.folder is None:
            raise ValueError("this run is only in memory; give a folder")
        return reports.write_explanation(
            self.explanation, folder or Path(run.folder or "") / "explain", self.sensitivity
        )


@dataclass(frozen=True)
class DesignedStudy:
    """A study whose trial was designed.

    Attributes:
        study: What is given to whom.
        size: How many subjects the trial needs, and what the largest one could find.
        search: Other doses, routes and schedules, where they were compared.
    """

    study: Study
    size: SampleSize
    search: Search | None = None

    def table(self) -> pd.DataFrame:
        """One row per question and size, with the share of trials that find a difference."""
        return reports.power_table(self.size)

    def options(self) -> pd.DataFrame:
        """One row per option and size; empty where nothing was compared."""
        return pd.DataFrame() if self.search is None else reports.option_table(self.search)

    def protocol(self) -> str:
        """A draft of the protocol after ARRIVE 2.0, as Markdown."""
        return reports.protocol_draft(self.study, self.size)

    def report(self, folder: Path | str) -> list[Path]:
        """Write protocol draft, allocation, tables and pictures into a folder; the files written."""
        return reports.write_design(self.study, self.size, folder, self.search)


@dataclass(frozen=True)
class LoadedStudy:
    """A checked study, ready to run.

    Attributes:
        study: What the file says.
        path: The file; None for a study that was made in Python.
    """

    study: Study
    path: Path | None = None

    def run(
        self,
        subjects: int | None = None,
        seed: int = 1,
        draws: int = 40,
        *,
        overrides: dict[str, float] | None = None,
        out: Path | str | None = None,
        keep: bool = False,
        workers: int = 2,
        simulator: SimulatorName = "compiled",
        scheduler: str | None = None,
        on_progress: Progress | None = None,
    ) -> SimulatedStudy:
        """Simulate the study.

        Args:
            subjects: Animals per arm; None for the number of the study.
            seed: Seed of everything random; the same seed gives the same bytes.
            draws: Draws of what is not known, from which verdicts and intervals come.
            overrides: Parameter values that replace those of the tables.
            out: Folder of the run.
            keep: Whether to keep the run in its own folder below `runs` where `out` is not given.
            workers: Threads; processes for libRoadRunner and a local cluster.
            simulator: `compiled`, or `libroadrunner` as the reference.
            scheduler: Address of a Dask scheduler whose workers simulate, or `local` for processes started here.
            on_progress: Called with the subjects done and all subjects.

        Raises:
            InputError: If an override names no parameter or the folder holds another run.
        """
        settings = Settings(subjects, seed, draws, overrides or {})
        folder = Path(out) if out is not None else self._folder(settings, simulator) if keep else None
        computing = Computing(workers, simulator, scheduler)
        run = run_study(self.study, settings, folder=folder, computing=computing, on_progress=on_progress)
        return SimulatedStudy(run)

    def design(
        self,
        design: Design | None = None,
        *,
        choices: Choices | None = None,
        costs: Costs | None = None,
        workers: int = 2,
        on_progress: Progress | None = None,
    ) -> DesignedStudy:
        """Find how many subjects a trial needs, by simulating it as it would be analysed.

        Args:
            design: How it would be done; default: a t test at 5 % with 80 % power.
            choices: Doses, routes and schedules to compare; None to compare none.
            costs: What a trial costs; only where choices are compared.
            workers: Threads.
            on_progress: Called with the subjects done and all subjects.

        Raises:
            InputError: If the study cannot be designed this way; every reason at once.
        """
        if choices is None:
            size = sample_size(self.study, design, workers=workers, on_progress=on_progress)
            return DesignedStudy(self.study, size)
        found = search_options(self.study, design, choices, costs, workers=workers, on_progress=on_progress)
        return DesignedStudy(self.study, found.size, found)

    def archive(self, folder: Path | str) -> Path:
        """Write the study as an OMEX archive, `ID.omex`, which other programs simulate; the path.

        Raises:
            InputError: If the folder is a file, or holds another file of that name.
            ValueError: If the study has no file.
        """
        if self.path is None:
            raise ValueError("this study has no file; write one and load it")
        return study_archive(self.study, self.path).write(folder)

    def _folder(self, settings: Settings, simulator: str) -> Path:
        return default_folder(self.study, settings, RUNS, simulator)


@dataclass(frozen=True)
class TranslatedStudy:
    """A study whose dose was translated to humans.

    Attributes:
        translation: Every human dose with its interval, and what drives it.
    """

    translation: Translation

    def table(self) -> pd.DataFrame:
        """One row per human dose: method, route, cell, and median, low and high of dose, particles and factor."""
        return self.translation.table()

    def report(self, folder: Path | str) -> list[Path]:
        """Write JSON and a picture into a folder; the files written."""
        return reports.write_translation(self.translation, folder)


def translate(
    study: str | Path | LoadedStudy,
    *,
    arm: str | None = None,
    cell: str | None = None,
    draws: int = DRAWS,
    seed: int = 1,
    workers: int = 1,
    on_progress: Progress | None = None,
) -> TranslatedStudy:
    """The human-equivalent dose of a study in animals, by three routes side by side.

    Args:
        study: Id of a shipped study, path of a study file, or a loaded study.
        arm: Which treated arm; default: the one that most claims are about.
        cell: Which cell must get the same; default: the one that the claims name, else the one that gets most.
        draws: Draws of what is not known.
        seed: Seed of everything random; the same seed gives the same result.
        workers: Threads.
        on_progress: Called with the simulations done and all that are known to be needed.

    Raises:
        InputError: If the study gives no dose to animals, or there is no such arm or cell.
    """
    read = study.study if isinstance(study, LoadedStudy) else read_study(study)
    found = translate_study(read, arm=arm, cell=cell, draws=draws, seed=seed, workers=workers, on_progress=on_progress)
    return TranslatedStudy(found)


def load_study(name: str | Path) -> LoadedStudy:
    """A shipped study by its id, or a study file by its path.

    Raises:
        InputError: Every finding about the file.
    """
    return LoadedStudy(read_study(name), study_path(name))


def load_run(folder: Path | str) -> SimulatedStudy:
    """A finished run, read back from its folder.

    Raises:
        InputError: If there is no run, it is unfinished or damaged, or another hepasome or model made it.
    """
    return SimulatedStudy(read_run(folder))
