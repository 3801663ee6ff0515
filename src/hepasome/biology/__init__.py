"""What happens in the body: modules in Antimony, parameter tables, and their assembly into one SBML model."""

from hepasome.biology._assembly import CELL_TYPES, Structure, antimony_text, module_texts
from hepasome.biology._equations import equations_page, state_count
from hepasome.biology._physiology import fenestral_permeability, scaled_to_body_weight
from hepasome.biology._routes import CCL4_DEPOT, CELL_ROUTES, CELLS_PRESENT, VESICLE_ROUTES
from hepasome.biology._sbml import model_sbml, unit_findings
from hepasome.biology._tables import (
    SPECIES,
    Action,
    Activity,
    Parameter,
    ReadOut,
    Species,
    actions,
    activities,
    copies_parameter,
    from_scale,
    parameter_rows,
    parameters,
    read_outs,
    to_scale,
    variables,
)

__all__ = [
    "CCL4_DEPOT",
    "CELLS_PRESENT",
    "CELL_ROUTES",
    "CELL_TYPES",
    "SPECIES",
    "VESICLE_ROUTES",
    "Action",
    "Activity",
    "Parameter",
    "ReadOut",
    "Species",
    "Structure",
    "actions",
    "activities",
    "antimony_text",
    "copies_parameter",
    "equations_page",
    "fenestral_permeability",
    "from_scale",
    "model_sbml",
    "module_texts",
    "parameter_rows",
    "parameters",
    "read_outs",
    "scaled_to_body_weight",
    "state_count",
    "to_scale",
    "unit_findings",
    "variables",
]
