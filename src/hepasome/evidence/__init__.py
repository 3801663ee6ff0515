"""What was published: references, studies, observations, claims, and the one list of endpoints."""

from hepasome.evidence._check import check_evidence
from hepasome.evidence._facts import Fact, facts
from hepasome.evidence._load import Evidence, endpoint_names, endpoints, load_evidence, read_evidence
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
from hepasome.evidence._trial_doses import TrialDose, trial_doses
from hepasome.evidence.pooling import (
    FEW_STUDIES,
    MEASURES,
    Effects,
    Egger,
    Estimate,
    Measure,
    Pooled,
    Term,
    egger,
    leave_one_out,
    log_odds_ratio,
    log_ratio_of_means,
    pool,
    standardised_difference,
)

__all__ = [
    "FEW_STUDIES",
    "MEASURES",
    "Claim",
    "Confidence",
    "Effects",
    "Egger",
    "Endpoint",
    "Estimate",
    "Evidence",
    "Fact",
    "Label",
    "Measure",
    "Observation",
    "Pooled",
    "ProtocolFact",
    "Reference",
    "StudyRecord",
    "Term",
    "TrialDose",
    "check_evidence",
    "egger",
    "endpoint_names",
    "endpoints",
    "facts",
    "leave_one_out",
    "load_evidence",
    "log_odds_ratio",
    "log_ratio_of_means",
    "pool",
    "read_evidence",
    "standardised_difference",
    "trial_doses",
]
