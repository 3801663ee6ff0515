"""What happens in the body: modules in Antimony, parameter tables, and their assembly into one SBML model."""

from hepasome.biology._agents import Agent, agents
from hepasome.biology._assembly import (
    CELL_TYPES,
    Structure,
    antimony_text,
    cell_types,
    instances,
    module_texts,
    read_outs,
)
from hepasome.biology._diseases import DiseaseModel, Induction, disease_ids, disease_model
from hepasome.biology._equations import equations_page, state_count
from hepasome.biology._findings import model_findings
from hepasome.biology._physiology import fenestral_permeability, scaled_to_body_weight
from hepasome.biology._posteriors import POSTERIORS, PosteriorDraws, calibrated_in, posteriors, read_posterior
from hepasome.biology._routes import (
    CELLS_PRESENT,
    SOLUBLE_FACTORS,
    has_target,
    routes,
    routes_into,
    target_ids,
)
from hepasome.biology._sbml import model_sbml, unit_findings
from hepasome.biology._tables import (
    SPECIES,
    STAND_IN,
    Action,
    Activity,
    Parameter,
    ReadOut,
    actions,
    activities,
    all_read_outs,
    copies_parameter,
    from_scale,
    parameter_rows,
    parameters,
    symbols_of,
    to_scale,
    variables,
)

__all__ = [
    "CELLS_PRESENT",
    "CELL_TYPES",
    "POSTERIORS",
    "SOLUBLE_FACTORS",
    "SPECIES",
    "STAND_IN",
    "Action",
    "Activity",
    "Agent",
    "DiseaseModel",
    "Induction",
    "Parameter",
    "PosteriorDraws",
    "ReadOut",
    "Structure",
    "actions",
    "activities",
    "agents",
    "all_read_outs",
    "antimony_text",
    "calibrated_in",
    "cell_types",
    "copies_parameter",
    "disease_ids",
    "disease_model",
    "equations_page",
    "fenestral_permeability",
    "from_scale",
    "has_target",
    "instances",
    "model_findings",
    "model_sbml",
    "module_texts",
    "parameter_rows",
    "parameters",
    "posteriors",
    "read_outs",
    "read_posterior",
    "routes",
    "routes_into",
    "scaled_to_body_weight",
    "state_count",
    "symbols_of",
    "target_ids",
    "to_scale",
    "unit_findings",
    "variables",
]
