"""A study: arms, dosing, virtual animals, running, endpoints, statistics."""

from hepasome.trial._assays import Assay, assays
from hepasome.trial._deaths import SURVIVAL, log_rank_p, survival_times
from hepasome.trial._draws import DRAWN_MODULES, at_deviate, central_values, drawn_values, individual, stream, two_piece
from hepasome.trial._giving import doses_of, particles_given, permeability_for
from hepasome.trial._plan import LADDER, Plan, Planned, Settings, Typical, make_plan, typical_subject
from hepasome.trial._protocol import ArmProtocol, GivenTreatment, Protocol, absolute_dose, settle_protocol
from hepasome.trial._run import Computing, Progress, Run, default_folder, run_study, solver_settings
from hepasome.trial._statistics import EffectSize, compare_arms, hedges_g
from hepasome.trial._study import STUDIES, Arm, EndpointAt, Study, Treatment, load_study, study_ids, study_path
from hepasome.trial._uncertain import Between, OneOf

__all__ = [
    "DRAWN_MODULES",
    "LADDER",
    "STUDIES",
    "SURVIVAL",
    "Arm",
    "ArmProtocol",
    "Assay",
    "Between",
    "Computing",
    "EffectSize",
    "EndpointAt",
    "GivenTreatment",
    "OneOf",
    "Plan",
    "Planned",
    "Progress",
    "Protocol",
    "Run",
    "Settings",
    "Study",
    "Treatment",
    "Typical",
    "absolute_dose",
    "assays",
    "at_deviate",
    "central_values",
    "compare_arms",
    "default_folder",
    "doses_of",
    "drawn_values",
    "hedges_g",
    "individual",
    "load_study",
    "log_rank_p",
    "make_plan",
    "particles_given",
    "permeability_for",
    "run_study",
    "settle_protocol",
    "solver_settings",
    "stream",
    "study_ids",
    "study_path",
    "survival_times",
    "two_piece",
    "typical_subject",
]
