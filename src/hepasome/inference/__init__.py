"""What a simulated study says: verdicts about claims, exposure of cells, attribution to cargo."""

from hepasome.inference._attribution import attribution
from hepasome.inference._checks import CHECKS
from hepasome.inference._exposure import REPRESSION, cargo_per_cell, needed_copies, vesicles_per_cell
from hepasome.inference._verdicts import REPRODUCED_FROM, Verdict, judge, judge_checks, required_copies

__all__ = [
    "CHECKS",
    "REPRESSION",
    "REPRODUCED_FROM",
    "Verdict",
    "attribution",
    "cargo_per_cell",
    "judge",
    "judge_checks",
    "needed_copies",
    "required_copies",
    "vesicles_per_cell",
]
