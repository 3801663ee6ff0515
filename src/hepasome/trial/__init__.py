"""A study: arms, dosing, virtual animals, running, endpoints, statistics."""

from hepasome.trial._archive import StudyArchive, study_archive
from hepasome.trial._arms import main_arm, treated_arms
from hepasome.trial._assays import Assay, assays
from hepasome.trial._deaths import CUMULATIVE_HAZARD, SURVIVAL, log_rank_p, survival_times
from hepasome.trial._draws import DRAWN_MODULES, central_values, drawn_values, individual, quantiles, stream, two_piece
from hepasome.trial._giving import doses_of, particles_given, permeability_for
from hepasome.trial._lay_out import Knockout
from hepasome.trial._load import load_run
from hepasome.trial._plan import (
    LADDER,
    Plan,
    Planned,
    PlannedSubjects,
    Settings,
    TypicalSubject,
    make_plan,
    typical_subject,
)
from hepasome.trial._protocol import ArmProtocol, GivenTreatment, Protocol, absolute_dose, settle_protocol
from hepasome.trial._run import Computing, Progress, Run, default_folder, run_study, solver_settings
from hepasome.trial._settings import check_settings
from hepasome.trial._so_far import SoFar
from hepasome.trial._statistics import EffectSize, compare_arms, hedges_g
from hepasome.trial._study import (
    STUDIES,
    Arm,
    EndpointAt,
    Study,
    Treatment,
    check_study,
    load_study,
    study_ids,
    study_path,
)
from hepasome.trial._subject import DiseaseOfArm
from hepasome.trial._uncertain import Between, OneOf
from hepasome.trial._unknowns import DISEASE, GROUPS, KINETICS, PROTOCOL, Unknowns

__all__ = [
    "CUMULATIVE_HAZARD",
    "DISEASE",
    "DRAWN_MODULES",
    "GROUPS",
    "KINETICS",
    "LADDER",
    "PROTOCOL",
    "STUDIES",
    "SURVIVAL",
    "Arm",
    "ArmProtocol",
    "Assay",
    "Between",
    "Computing",
    "DiseaseOfArm",
    "EffectSize",
    "EndpointAt",
    "GivenTreatment",
    "Knockout",
    "OneOf",
    "Plan",
    "Planned",
    "PlannedSubjects",
    "Progress",
    "Protocol",
    "Run",
    "Settings",
    "SoFar",
    "Study",
    "StudyArchive",
    "Treatment",
    "TypicalSubject",
    "Unknowns",
    "absolute_dose",
    "assays",
    "central_values",
    "check_settings",
    "check_study",
    "compare_arms",
    "default_folder",
    "doses_of",
    "drawn_values",
    "hedges_g",
    "individual",
    "load_run",
    "load_study",
    "log_rank_p",
    "main_arm",
    "make_plan",
    "particles_given",
    "permeability_for",
    "quantiles",
    "run_study",
    "settle_protocol",
    "solver_settings",
    "stream",
    "study_archive",
    "study_ids",
    "study_path",
    "survival_times",
    "treated_arms",
    "two_piece",
    "typical_subject",
]
