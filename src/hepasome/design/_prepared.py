"""Everything that a comparison of doses and schedules simulates, once; it can then be asked again and again."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from hepasome.design._design import Settled
from hepasome.design._material import (
    Material,
    Simulated,
    log_effects,
    log_levels,
    material_of,
    simulate,
    typical_values,
)
from hepasome.design._options import (
    Choices,
    Regimen,
    option_studies,
    regimen_of,
    regimen_words,
    too_late,
)
from hepasome.files import Quantity, input_error, write_atomically
from hepasome.trial import SURVIVAL, Progress, Settings, Study, make_plan

_SAME = 1e-9  # relative difference of two doses that are one
_ARRAYS = ("levels", "times", "values", "hazards", "killed")

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Prepared:
    """What was simulated of a study, and of other ways to give its product.

    Attributes:
        study: What is given to whom.
        settled: How the trial is done and analysed.
        simulated: The study as it stands.
        regimens: Ways to give the product, by route, number of doses and dose.
        levels: Endpoint of the typical subjects of the control and the arm in question for each, in the same draws,
            shape (regimens, draws, 2); NaN where it failed.
        left_out: Ways that could not be simulated, as sentences.
    """

    study: Study
    settled: Settled
    simulated: Simulated
    regimens: tuple[Regimen, ...]
    levels: Array
    left_out: tuple[str, ...]

    def analysed(self, settled: Settled) -> Prepared:
        """The same for another analysis; what it needs must have been simulated."""
        return replace(self, settled=settled)

    def material(self) -> Material:
        """What trials of the study as it stands are drawn from.

        Raises:
            InputError: As `material_of`.
        """
        return material_of(self.settled, self.simulated)

    def effects(self, regimen: Regimen) -> Array:
        """Logarithm of the effects in every draw if the product is given like this, shape (draws, arms).

        At a dose between two that were simulated each draw lies on the straight line between the effects at both, over
        the logarithm of the dose. Other arms are those of the study.

        Raises:
            InputError: If nothing was simulated for it, or it has a value in no draw.
        """
        below, above, share = self._between(regimen)
        pairs = log_levels(self.levels[[below, above]], self.settled.read_out == SURVIVAL)
        change = pairs[:, :, 1] - pairs[:, :, 0]
        arms = log_levels(self.simulated.of(self.settled.arms).levels, self.settled.read_out == SURVIVAL)
        arms -= arms[:, :1]
        arms[:, 1] = change[0] if below == above else (1 - share) * change[0] + share * change[1]
        effects = log_effects(arms)
        if not len(effects):
            raise input_error("--dose", "No draw has a value in both arms.", "Choose another dose or endpoint.")
        return effects

    def is_simulated(self, regimen: Regimen) -> bool:
        """Whether it is one of those that were simulated, not between two of them.

        Raises:
            InputError: If it lies beyond all of them.
        """
        below, above, _ = self._between(regimen)
        return below == above

    def _between(self, regimen: Regimen) -> tuple[int, int, float]:
        """The simulated doses below and above, and how far it lies between them, on the logarithm."""
        same = [
            (one.dose.value, place)
            for place, one in enumerate(self.regimens)
            if (one.route, one.times, one.dose.unit) == (regimen.route, regimen.times, regimen.dose.unit)
        ]
        dose = regimen.dose.value
        below = max(((d, i) for d, i in same if d <= dose * (1 + _SAME)), default=None)
        above = min(((d, i) for d, i in same if d >= dose * (1 - _SAME)), default=None)
        if below is None or above is None:
            problem = f"Nothing was simulated for {regimen_words(regimen)}."
            raise input_error("--dose", problem, "Prepare the design with it.", value=str(regimen.dose))
        if below[1] == above[1] or above[0] <= below[0]:
            return below[1], below[1], 0.0
        return below[1], above[1], math.log(dose / below[0]) / math.log(above[0] / below[0])


def subjects_to_simulate(settled: Settled, options: int) -> int:
    """Subjects of a preparation: individuals and draws of the study, and of every option the draws of two arms."""
    return len(settled.arms) * (settled.asked.draws + settled.asked.animals) + 2 * settled.asked.draws * options


def prepare(
    study: Study,
    settled: Settled,
    choices: Choices | None = None,
    *,
    parts: Path | None = None,
    workers: int = 2,
    on_progress: Progress | None = None,
) -> Prepared:
    """Simulate a study and other ways to give its product, each in the same draws of what is not known.

    Args:
        study: What is given to whom.
        settled: What is read of whom.
        choices: Doses, routes and schedules.
        parts: Folder that keeps what is finished, so that a second call goes on where the first was stopped.
        workers: Threads.
        on_progress: Called with the subjects done and all subjects.

    Raises:
        InputError: If an option cannot be given to these subjects, every reason at once; or as `simulate`.
    """
    options = option_studies(study, settled, choices or Choices())
    draws = settled.asked.draws
    of_study, total = subjects_to_simulate(settled, 0), subjects_to_simulate(settled, len(options))

    def report(before: int) -> Progress:
        return lambda done, _: None if on_progress is None else on_progress(before + done, total)

    def of_study_itself() -> dict[str, Array]:
        found = simulate(study, settled, workers=workers, on_progress=report(0))
        return {name: getattr(found, name) for name in _ARRAYS}

    def of_option(other: Study, before: int) -> dict[str, Array]:
        # with its control: where the study leaves a dose open, other details are drawn anew without it
        plan = make_plan(other, Settings(2, settled.asked.seed, draws))
        return {"levels": typical_values(plan, settled.arms[:2], settled.endpoint, workers, report(before))}

    simulated = Simulated(settled.arms, **_kept(parts, "study", of_study_itself))
    found: list[tuple[Regimen, Array]] = []
    left_out = []
    for i, other in enumerate(options):
        regimen, before = regimen_of(other, settled), of_study + 2 * draws * i
        late = too_late(other, settled)
        if late:
            left_out.append(late)
            continue
        levels = _kept(parts, f"option{i}", partial(of_option, other, before))["levels"]
        if np.isfinite(levels).all(axis=1).any():
            found.append((regimen, levels))
        else:
            left_out.append(f"{regimen_words(regimen)}: no draw could be simulated.")
        report(before)(2 * draws, total)
    table = np.array([levels for _, levels in found]).reshape(len(found), draws, 2)
    return Prepared(study, settled, simulated, tuple(regimen for regimen, _ in found), table, tuple(left_out))


def write_prepared(prepared: Prepared, path: Path | str) -> Path:
    """Keep what was simulated: one file of arrays (npz), without the study and the design; the path."""
    about = {
        "arms": prepared.simulated.arms,
        "regimens": [asdict(one) | {"dose": [one.dose.value, one.dose.unit]} for one in prepared.regimens],
        "left_out": prepared.left_out,
    }
    arrays = {name: getattr(prepared.simulated, name) for name in _ARRAYS}
    return _write(Path(path), arrays | {"regimens": prepared.levels, "about": np.array(json.dumps(about))})


def read_prepared(path: Path | str, study: Study, settled: Settled) -> Prepared:
    """What was kept, for the study and the design that it was simulated for.

    Raises:
        InputError: If the file is not there or damaged.
    """
    try:
        kept = _read(Path(path))
        about = json.loads(str(kept["about"]))
        simulated = Simulated(tuple(about["arms"]), **{name: kept[name] for name in _ARRAYS})
        regimens = tuple(Regimen(**one | {"dose": Quantity(*one["dose"])}) for one in about["regimens"])
        return Prepared(study, settled, simulated, regimens, kept["regimens"], tuple(about["left_out"]))
    except (OSError, ValueError, KeyError, TypeError, BadZipFile):
        raise input_error(str(path), "This file of simulations is not there or damaged.", "Prepare again.") from None


def _kept(folder: Path | None, name: str, make: Callable[[], dict[str, Array]]) -> dict[str, Array]:
    """A part that is finished, or made now and kept."""
    if folder is None:
        return make()
    path = folder / f"{name}.npz"
    if not path.is_file():
        _write(path, make())
    return _read(path)


def _write(path: Path, arrays: Mapping[str, NDArray[Any]]) -> Path:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return write_atomically(path, buffer.getvalue())


def _read(path: Path) -> dict[str, Array]:
    with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as found:
        return dict(found)
