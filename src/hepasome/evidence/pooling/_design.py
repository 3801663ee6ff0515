"""From moderators to the columns of a regression."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hepasome.evidence.pooling._effects import Array, Effects
from hepasome.files import did_you_mean, input_error

POOLED = "pooled"


def design(effects: Effects, moderators: Sequence[str]) -> tuple[Array, tuple[str, ...]]:
    """Columns and their names: one of ones, one per number, one per word but the first in the alphabet.

    Raises:
        InputError: If a moderator is unknown, missing for an effect, or the same for all.
    """
    columns, names = [np.ones(len(effects.effect))], ["intercept" if moderators else POOLED]
    for name in moderators:
        if name not in effects.moderators:
            remedy = did_you_mean(name, effects.moderators)
            raise input_error("the moderators", "There is no such moderator.", remedy, value=name)
        values = effects.moderators[name]
        missing = [label for label, value in zip(effects.label, values, strict=True) if value in ("", None)]
        if missing:
            remedy = "Fill it in, or leave those effects out."
            raise input_error("the moderators", f"{name} is missing for {', '.join(missing)}.", remedy)
        levels = sorted({str(value) for value in values})
        if len(levels) < 2:
            problem = f"{name} is the same for all effects."
            raise input_error("the moderators", problem, "Leave it out.", value=levels[0])
        if all(isinstance(value, (int, float)) for value in values):
            columns.append(np.array(values, float))
            names.append(name)
            continue
        for level in levels[1:]:
            columns.append(np.array([str(value) == level for value in values], float))
            names.append(f"{name}: {level} (against {levels[0]})")
    return np.column_stack(columns), tuple(names)
