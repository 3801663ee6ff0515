"""What a simulated study says: verdicts about claims, exposure of cells, attribution to cargo."""

from hepasome.inference._attribution import attribution
from hepasome.inference._calibration import CALIBRATIONS, Calibration, calibration_ids, load_calibration
from hepasome.inference._checks import CHECKS
from hepasome.inference._coverage import LeftOut, coverage
from hepasome.inference._exposure import REPRESSION, cargo_per_cell, needed_copies, vesicles_per_cell
from hepasome.inference._posterior import Marginal, Posterior, calibrate, difference_from, write_posterior
from hepasome.inference._sampler import Effort
from hepasome.inference._verdicts import REPRODUCED_FROM, Verdict, judge, judge_checks, required_copies

__all__ = [
    "CALIBRATIONS",
    "CHECKS",
    "REPRESSION",
    "REPRODUCED_FROM",
    "Calibration",
    "Effort",
    "LeftOut",
    "Marginal",
    "Posterior",
    "Verdict",
    "attribution",
    "calibrate",
    "calibration_ids",
    "cargo_per_cell",
    "coverage",
    "difference_from",
    "judge",
    "judge_checks",
    "load_calibration",
    "needed_copies",
    "required_copies",
    "vesicles_per_cell",
    "write_posterior",
]
