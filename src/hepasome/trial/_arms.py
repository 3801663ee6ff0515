"""Which arms of a study are treated, and which of them it is about."""

from __future__ import annotations

from collections import Counter

from hepasome.files import input_error
from hepasome.trial._study import Study


def treated_arms(study: Study) -> list[str]:
    """Arms that get a product."""
    return [name for name, arm in study.arms.items() if arm.treatment is not None]


def main_arm(study: Study, asked: str | None = None) -> str:
    """The arm asked for; else the treated arm that most claims are about, or the first.

    Raises:
        InputError: If the arm asked for is not treated.
    """
    arms = treated_arms(study)
    if asked is not None:
        if asked not in arms:
            raise input_error(
                "--arm", "The study has no treated arm of this name.", f"Use one of: {', '.join(arms)}.", value=asked
            )
        return asked
    counts = Counter(claim.arm for claim in study.claims)
    return max(arms, key=lambda arm: counts[arm])  # the first of equals
