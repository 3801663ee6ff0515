"""Meta-analysis: effect sizes, pooling by REML, what explains the differences, and what small studies do to it.

Written here, since no kept library of Python has Hartung-Knapp intervals, several effects per study and robust
variances together; the numbers are held against metafor and clubSandwich of R in `validation/metafor`.
"""

from hepasome.evidence.pooling._effects import (
    MEASURES,
    Effects,
    Estimate,
    Measure,
    effect_of_means,
    log_odds_ratio,
    log_ratio_of_means,
    standardised_difference,
)
from hepasome.evidence.pooling._pool import Pooled, Term, leave_one_out, pool
from hepasome.evidence.pooling._robustness import Robustness, robustness
from hepasome.evidence.pooling._small_studies import FEW_STUDIES, Egger, egger

__all__ = [
    "FEW_STUDIES",
    "MEASURES",
    "Effects",
    "Egger",
    "Estimate",
    "Measure",
    "Pooled",
    "Robustness",
    "Term",
    "effect_of_means",
    "egger",
    "leave_one_out",
    "log_odds_ratio",
    "log_ratio_of_means",
    "pool",
    "robustness",
    "standardised_difference",
]
