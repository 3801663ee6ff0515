"""What a simulated study says: verdicts about claims, exposure of cells, attribution to cargo."""

from hepasome.inference._attribution import attribution
from hepasome.inference._calibration import CALIBRATIONS, Calibration, calibration_ids, load_calibration
from hepasome.inference._changes import changes, typical_values
from hepasome.inference._checks import CHECKS
from hepasome.inference._coverage import LeftOut, coverage
from hepasome.inference._exposure import REPRESSION, cargo_per_cell, copies_per_cell, needed_copies, vesicles_per_cell
from hepasome.inference._fate import PLACES, fate_intervals, fate_shares
from hepasome.inference._knockouts import NEGLIGIBLE, Explanation, explain
from hepasome.inference._parts import Part, parts_of
from hepasome.inference._petab import WrittenPetab, write_petab
from hepasome.inference._posterior import Marginal, Posterior, calibrate, usual_steps
from hepasome.inference._posterior_files import difference_from, is_there, write_netcdf, write_posterior
from hepasome.inference._sampler import Effort
from hepasome.inference._sensitivity import SAMPLES, Sensitivity, check_samples, sensitivity
from hepasome.inference._sobol import sobol_indices, sobol_points
from hepasome.inference._typical import endpoint_values
from hepasome.inference._verdicts import REPRODUCED_FROM, Verdict, judge, judge_checks, required_copies
from hepasome.inference._zones import ZONES, zone_exposure

__all__ = [
    "CALIBRATIONS",
    "CHECKS",
    "NEGLIGIBLE",
    "PLACES",
    "REPRESSION",
    "REPRODUCED_FROM",
    "SAMPLES",
    "ZONES",
    "Calibration",
    "Effort",
    "Explanation",
    "LeftOut",
    "Marginal",
    "Part",
    "Posterior",
    "Sensitivity",
    "Verdict",
    "WrittenPetab",
    "attribution",
    "calibrate",
    "calibration_ids",
    "cargo_per_cell",
    "changes",
    "check_samples",
    "copies_per_cell",
    "coverage",
    "difference_from",
    "endpoint_values",
    "explain",
    "fate_intervals",
    "fate_shares",
    "is_there",
    "judge",
    "judge_checks",
    "load_calibration",
    "needed_copies",
    "parts_of",
    "required_copies",
    "sensitivity",
    "sobol_indices",
    "sobol_points",
    "typical_values",
    "usual_steps",
    "vesicles_per_cell",
    "write_netcdf",
    "write_petab",
    "write_posterior",
    "zone_exposure",
]
