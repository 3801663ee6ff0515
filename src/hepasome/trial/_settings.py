"""Whether a study can be run with what a user chose."""

from __future__ import annotations

import math

from hepasome.biology import parameters
from hepasome.files import FindingList, input_error
from hepasome.trial._plan import Settings
from hepasome.trial._study import Study

_MOST_SUBJECTS = 1_000_000  # as in a study file
_FITTING = {
    "log": "It is a number above zero.",
    "logit": "It is a share between zero and one.",
    "linear": "It is a number, zero or above.",
    "normal": "It is a finite number.",
}


def check_settings(study: Study, settings: Settings) -> None:
    """Check that a study can be run with these settings.

    Raises:
        InputError: If an override names no parameter or cannot be its value, or an arm has too few or too many animals.
    """
    table, found = parameters(study.subject.species, study.disease.model), FindingList("--set")
    for name, value in settings.overrides.items():
        if name not in table:
            found.add("The model has no such parameter.", "The model page lists them.", field=name)
        elif not (math.isfinite(value) and _fits(value, table[name].scale)):
            found.add("This parameter cannot have this value.", _FITTING[table[name].scale], field=name, value=value)
    found.raise_if_any()
    if settings.subjects is not None and not 2 <= settings.subjects <= _MOST_SUBJECTS:
        raise input_error(
            "--subjects", f"An arm has 2 to {_MOST_SUBJECTS:,} animals.", "Correct it.", value=settings.subjects
        )


def _fits(value: float, scale: str) -> bool:
    if scale == "logit":
        return 0 < value < 1
    return value > 0 if scale == "log" else value >= 0 or scale == "normal"
