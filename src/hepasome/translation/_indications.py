"""Every shipped study in animals with its human-equivalent dose, and what that says about the review's conclusion."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from hepasome.evidence import Label
from hepasome.files import InputError
from hepasome.translation._given import check_translatable
from hepasome.translation._result import Translation
from hepasome.translation._translate import translate
from hepasome.translation._words import amounts, two_digits
from hepasome.trial import Study, load_study, study_ids

WIDEST = 100.0  # fold, of a 90 % interval that still names a dose: a tenth to ten times its middle
JUDGED_FROM = 100  # draws; the ends of an interval from fewer are too rough
SYSTEM = "S29"
_DRAWS = 200

OnStudy = Callable[[int, int], None]


@dataclass(frozen=True)
class TranslationClaim:
    """What the simulation says about "a human-equivalent dose with its uncertainty exists".

    Attributes:
        id: Unique.
        system: Row of the review.
        study: Study that it is about; empty for the conclusion over all of them.
        statement: The claim.
        label: The verdict. A dose whose 90 % interval spans more than `WIDEST` fold, or that rests on body size alone,
            is conditional.
        reason: One sentence for the reader.
    """

    id: str
    system: str
    study: str
    statement: str
    label: Label
    reason: str


def animal_studies() -> list[Study]:
    """Shipped studies that give vesicles, cells or conditioned medium to animals."""
    return [study for study in map(load_study, study_ids()) if not _refusal(study)]


def translations(
    draws: int = _DRAWS, seed: int = 1, workers: int = 1, on_study: OnStudy | None = None
) -> list[Translation]:
    """Every shipped study in animals, translated.

    Args:
        draws: Draws of what is not known.
        seed: Seed of everything random.
        workers: Threads.
        on_study: Called with the studies done and all studies.
    """
    studies, found = animal_studies(), []
    for i, study in enumerate(studies):
        if on_study is not None:
            on_study(i, len(studies))
        found.append(translate(study, draws=draws, seed=seed, workers=workers))
    if on_study is not None:
        on_study(len(studies), len(studies))
    return found


def all_indications(found: Sequence[Translation] | None = None) -> pd.DataFrame:
    """One row per shipped study in animals: what the animal got, and the human dose by three routes.

    Args:
        found: What `translations` returned; without it they are made.

    Returns:
        Columns study, system, title, species, arm, product, kind, cell, unit, then median, low and high of
        animal_dose, allometry, km, model (as in the study) and intravenous (the model), intravenous_particles,
        fold (of the intravenous interval), translation_fold (of the same without what is not known about the animal's
        dose), over_trials (against the highest intravenous dose of a trial) and missing (why there is no model dose).
    """
    return pd.DataFrame([_row(one) for one in (translations() if found is None else found)])


def claims(found: Sequence[Translation] | None = None) -> list[TranslationClaim]:
    """The verdict of "a human-equivalent dose with its uncertainty exists for each indication", study by study.

    Args:
        found: What `translations` returned; without it they are made.
    """
    judged = [_judge(one) for one in (translations() if found is None else found)]
    others = [(study, why) for study in map(load_study, study_ids()) if (why := _refusal(study))]
    judged += [_claim(study.id, study.system, study.title, "not judged", why) for study, why in others]
    return [*judged, _over_all(judged)]


def _refusal(study: Study) -> str:
    try:
        check_translatable(study)
    except InputError as error:
        return error.findings[0].problem
    return ""


def _row(one: Translation) -> dict[str, object]:
    names = ("study", "system", "title", "species", "arm", "product", "kind", "cell", "unit")
    row: dict[str, object] = {name: getattr(one, name) for name in names}
    as_studied = next((dose for dose in one.by("model") if dose.chosen), None)
    intervals = {
        "animal_dose": one.animal_dose,
        "allometry": one.by("allometry")[0].dose,
        "km": one.by("Km factors")[0].dose,
        "model": as_studied and as_studied.dose,
        "intravenous": one.main and one.main.dose,
        "intravenous_particles": one.main and one.main.particles,
    }
    for name, interval in intervals.items():
        for end in ("median", "low", "high"):
            row[f"{name}_{end}"] = getattr(interval, end, None)
    row["fold"] = one.main and one.main.dose.fold
    row["translation_fold"] = one.main and one.main.factor.fold
    return row | {"over_trials": one.over_trials, "missing": one.missing}


def _judge(one: Translation) -> TranslationClaim:
    if one.draws < JUDGED_FROM:
        reason = f"{one.draws} draws are too few for the ends of an interval; {JUDGED_FROM} are enough."
        return _claim(one.study, one.system, one.title, "not judged", reason)
    if one.main is None:
        return _claim(one.study, one.system, one.title, "conditional", f"Only by body size. {one.missing}")
    dose, ratio = one.main.dose, one.over_trials
    text = f"{amounts(dose, one.unit)} intravenously"
    if ratio is not None:
        text += f", {two_digits(ratio)} times the highest intravenous dose of a trial"
    if one.lacking_cell:
        return _claim(one.study, one.system, one.title, "conditional", f"{text}; but {one.why_cell}.")
    if dose.fold > WIDEST:
        cause = (
            "the animal's own dose is not known" if one.main.factor.fold <= WIDEST else "delivery in man is not known"
        )
        reason = f"{text}: an interval of {dose.fold:.0f}-fold names no dose, as {cause} well enough."
        return _claim(one.study, one.system, one.title, "conditional", reason)
    return _claim(one.study, one.system, one.title, "reproduced", f"{text}.")


def _claim(study: str, system: str, title: str, label: Label, reason: str) -> TranslationClaim:
    statement = f"a human-equivalent dose with its uncertainty exists for: {title}"
    return TranslationClaim(f"{SYSTEM}_{study}", system, study, statement, label, reason)


def _over_all(judged: list[TranslationClaim]) -> TranslationClaim:
    counts = {label: sum(claim.label == label for claim in judged) for label in ("reproduced", "conditional")}
    rest = len(judged) - sum(counts.values())
    label: Label = "reproduced" if counts["reproduced"] == len(judged) else "conditional"
    if not judged or not counts["reproduced"]:
        label = "not reproduced"
    reason = (
        f"Of {len(judged)} studies {counts['reproduced']} have a dose, {counts['conditional']} one that is too "
        f"uncertain or rests on body size alone, and for {rest} there is nothing to translate or judge."
    )
    statement = "a human-equivalent dose with its uncertainty exists for each indication"
    return TranslationClaim(SYSTEM, SYSTEM, "", statement, label, reason)
