"""What was published: references, studies, observations, claims, and the one list of endpoints."""

from hepasome.evidence._answer import ANSWER_FILES, Answer
from hepasome.evidence._check import check_evidence
from hepasome.evidence._facts import Fact, facts
from hepasome.evidence._gather import EffectRow, Gathered, gather_outcomes, parse_effects, read_effects
from hepasome.evidence._load import Evidence, endpoint_names, endpoints, load_evidence, read_evidence
from hepasome.evidence._own import add_published, check_published, evidence_folder, own_studies, read_published
from hepasome.evidence._prisma import Prisma, read_prisma
from hepasome.evidence._published import (
    AppraisalItem,
    Group,
    Outcome,
    PublishedStudy,
    appraisal_items,
)
from hepasome.evidence._query import EvidenceTables
from hepasome.evidence._rows import (
    Claim,
    Confidence,
    Endpoint,
    Label,
    Observation,
    ProtocolFact,
    Reference,
    StudyRecord,
)
from hepasome.evidence._template import study_template
from hepasome.evidence._trial_doses import TrialDose, trial_doses
from hepasome.evidence.pooling import (
    FEW_STUDIES,
    MEASURES,
    Effects,
    Egger,
    Estimate,
    Measure,
    Pooled,
    Robustness,
    Term,
    egger,
    leave_one_out,
    log_odds_ratio,
    log_ratio_of_means,
    pool,
    robustness,
    standardised_difference,
)

__all__ = [
    "ANSWER_FILES",
    "FEW_STUDIES",
    "MEASURES",
    "Answer",
    "AppraisalItem",
    "Claim",
    "Confidence",
    "EffectRow",
    "Effects",
    "Egger",
    "Endpoint",
    "Estimate",
    "Evidence",
    "EvidenceTables",
    "Fact",
    "Gathered",
    "Group",
    "Label",
    "Measure",
    "Observation",
    "Outcome",
    "Pooled",
    "Prisma",
    "ProtocolFact",
    "PublishedStudy",
    "Reference",
    "Robustness",
    "StudyRecord",
    "Term",
    "TrialDose",
    "add_published",
    "appraisal_items",
    "check_evidence",
    "check_published",
    "egger",
    "endpoint_names",
    "endpoints",
    "evidence_folder",
    "facts",
    "gather_outcomes",
    "leave_one_out",
    "load_evidence",
    "log_odds_ratio",
    "log_ratio_of_means",
    "own_studies",
    "parse_effects",
    "pool",
    "read_effects",
    "read_evidence",
    "read_prisma",
    "read_published",
    "robustness",
    "standardised_difference",
    "study_template",
    "trial_doses",
]
