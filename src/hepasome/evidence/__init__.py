"""What was published: references, studies, observations, claims, and the one list of endpoints."""

from hepasome.evidence._check import check_evidence
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

__all__ = [
    "Claim",
    "Confidence",
    "Endpoint",
    "Evidence",
    "Label",
    "Observation",
    "ProtocolFact",
    "Reference",
    "StudyRecord",
    "TrialDose",
    "check_evidence",
    "endpoint_names",
    "endpoints",
    "load_evidence",
    "read_evidence",
    "trial_doses",
]
