"""What is said about a number: verdicts about a dose, never about a target."""

from __future__ import annotations

import math

from hepasome.product import CEILINGS
from hepasome.targets._draws import Interval

SEEN = 0.2  # share of a target's mRNA; less is hardly seen by PCR
NEGLIGIBLE = 0.01  # less is seen by nothing

NEGLIGIBLE_WORDS = "negligible at this dose"
HIDDEN_WORDS = "too little to be seen"
UNSURE_WORDS = "could be seen, if delivery is at its best"
SEEN_WORDS = "enough to be seen"


def dose_words(lost: Interval) -> str:
    """What a repression would be to a laboratory.

    Args:
        lost: Share of the target's mRNA.
    """
    if lost.high < NEGLIGIBLE:
        return NEGLIGIBLE_WORDS
    if lost.high < SEEN:
        return HIDDEN_WORDS
    return SEEN_WORDS if lost.value >= SEEN else UNSURE_WORDS


def ceiling_words(needed: float) -> str:
    """How many copies per vesicle that are, beside what vesicles can carry."""
    if math.isinf(needed):
        return "no number of copies: the cell holds so many that more change nothing"
    if needed <= CEILINGS.native:
        return "within what native vesicles carry"
    if needed <= CEILINGS.loaded_high:
        return "only vesicles that were loaded"
    if needed <= CEILINGS.physical:
        return "more than loaded vesicles were seen to carry"
    return "more than fits into a vesicle"
