"""The simulations behind a design: asked for, made in a process of their own, and kept beside the runs."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict, replace
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from hepasome import load_study
from hepasome.design import (
    Choices,
    Design,
    Prepared,
    Settled,
    fine_choices,
    option_studies,
    prepare,
    read_prepared,
    regimen_of,
    settle_design,
    subjects_to_simulate,
    write_prepared,
)
from hepasome.files import input_error, read_text
from hepasome.trial import SURVIVAL, Progress, Settings, Study, default_folder
from hepasome.web._design_models import PrepareRequest
from hepasome.web._library import STUDY_FILE

REQUEST = "design.json"
PREPARED = "prepared.npz"
_PARTS = "parts"
_FORMAT = 1  # of the kept file; another one is prepared anew


class Preparation(NamedTuple):
    """What is to be simulated.

    Attributes:
        study: What is given to whom.
        asked: What was asked for, nothing left open.
        settled: For the test that needs most arms, so that every test can be asked about.
        choices: Doses and schedules.
    """

    study: Study
    asked: PrepareRequest
    settled: Settled
    choices: Choices

    @property
    def name(self) -> str:
        """The same for the same study, settings, model and version."""
        regimens = [asdict(regimen_of(one, self.settled)) for one in option_studies(*self._options)]
        options = sorted(regimens, key=json.dumps)
        settings = Settings(self.asked.animals, self.asked.seed, self.asked.draws)
        of_study = default_folder(self.study, settings, Path()).name
        key = [_FORMAT, of_study, self.settled.arms, self.settled.endpoint, self.asked.humane, options]
        return f"{self.study.id}-design-{hashlib.sha256(json.dumps(key).encode()).hexdigest()[:10]}"

    @property
    def subjects(self) -> int:
        """How many will be simulated."""
        return subjects_to_simulate(self.settled, len(option_studies(*self._options)))

    @property
    def _options(self) -> tuple[Study, Settled, Choices]:
        return self.study, self.settled, self.choices


def settle_preparation(study: Study, asked: PrepareRequest) -> Preparation:
    """Make every choice that is left open.

    Raises:
        InputError: Everything that cannot be done.
    """
    numbers = Design(draws=asked.draws, animals=asked.animals, seed=asked.seed, humane=asked.humane)
    first = settle_design(study, replace(numbers, arm=asked.arm, versus=asked.versus, endpoint=asked.endpoint))
    versus, arm = first.arms[:2]
    widest = "log-rank" if first.read_out == SURVIVAL else "dunnett"
    whole = replace(numbers, arm=arm, versus=versus, endpoint=first.endpoint, test=widest)
    settled = settle_design(study, whole)
    usual = fine_choices(study, settled)
    choices = Choices(
        tuple(asked.dose) or usual.doses,
        usual.routes if asked.route is None else (asked.route,),
        tuple(asked.times) or usual.times,
        asked.every,
    )
    option_studies(study, settled, choices)
    known = {"arm": arm, "versus": versus, "endpoint": first.endpoint, "route": choices.routes[0]}
    return Preparation(study, asked.model_copy(update=known), settled, choices)


def make_preparation(job_folder: Path, run_folder: Path, workers: int, on_progress: Progress) -> None:
    """Simulate what a job asks for; what is finished of it is kept on the way.

    Raises:
        InputError: If it cannot be simulated, or trials cannot be drawn from it.
    """
    asked = kept_preparation(job_folder)
    parts = run_folder / _PARTS
    prepared = prepare(asked.study, asked.settled, asked.choices, parts=parts, workers=workers, on_progress=on_progress)
    versus, arm = asked.settled.arms[:2]
    two = replace(asked.settled.asked, arm=arm, versus=versus, test=None)
    prepared.analysed(settle_design(asked.study, two)).material()
    write_prepared(prepared, run_folder / PREPARED)
    shutil.rmtree(parts)


def kept_preparation(job_folder: Path) -> Preparation:
    """What a job asks for.

    Raises:
        InputError: If what is kept of it is damaged.
    """
    try:
        asked = PrepareRequest.model_validate_json(read_text(job_folder / REQUEST))
    except ValidationError:
        raise input_error(REQUEST, "This file is damaged.", "Prepare the design again.") from None
    return settle_preparation(load_study(job_folder / STUDY_FILE).study, asked)


def read_preparation(job_folder: Path, run_folder: Path) -> Prepared | None:
    """What was simulated for a job; None where another version of hepasome or of the model made it.

    Raises:
        InputError: If it is damaged.
    """
    asked = kept_preparation(job_folder)
    if asked.name != run_folder.name:
        return None
    return read_prepared(run_folder / PREPARED, asked.study, asked.settled)
