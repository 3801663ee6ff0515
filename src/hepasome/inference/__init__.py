"""What a simulated study says: verdicts about claims, exposure of cells, attribution to cargo."""

from hepasome.inference._attribution import attribution
from hepasome.inference._checks import CHECKS
from hepasome.inference._exposure import REPRESSION, cargo_per_cell, needed_copies, vesicles_per_cell
from hepasome.inference._knockouts import NEGLIGIBLE, Explanation, explain
from hepasome.inference._parts import Part, parts_of
from hepasome.inference._sensitivity import SAMPLES, Sensitivity, check_samples, sensitivity
from hepasome.inference._sobol import sobol_indices, sobol_points
from hepasome.inference._verdicts import REPRODUCED_FROM, Verdict, judge, judge_checks, required_copies

__all__ = [
    "CHECKS",
    "NEGLIGIBLE",
    "REPRESSION",
    "REPRODUCED_FROM",
    "SAMPLES",
    "Explanation",
    "Part",
    "Sensitivity",
    "Verdict",
    "attribution",
    "cargo_per_cell",
    "check_samples",
    "explain",
    "judge",
    "judge_checks",
    "needed_copies",
    "parts_of",
    "required_copies",
    "sensitivity",
    "sobol_indices",
    "sobol_points",
    "vesicles_per_cell",
]
