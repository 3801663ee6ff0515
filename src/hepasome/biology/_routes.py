"""Where a dose enters the body: route -> state of the model."""

from __future__ import annotations

VESICLE_ROUTES = {
    "intravenous": "body_circulation_venous_blood",
    "vena_cava": "body_circulation_venous_blood",
    "portal": "body_circulation_gut_blood",
    "intrasplenic": "body_circulation_spleen_blood",
    "intraperitoneal": "body_circulation_peritoneal_depot",
    "intrahepatic": "body_circulation_liver_depot",
}
CELL_ROUTES = {
    "intravenous": "body_cells_circulating_cells",
    "vena_cava": "body_cells_circulating_cells",
    "intrahepatic": "body_cells_liver_cells",
}
CCL4_DEPOT = "body_toxicant_depot"
CELLS_PRESENT = "present"
