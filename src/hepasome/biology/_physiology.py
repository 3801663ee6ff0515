"""From the tables to one animal: body size and the wall of the sinusoids."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

_FLOWS = ("cardiac_output", "hepatic_artery_flow", "gut_flow", "spleen_flow", "kidney_flow")
_SIZES = (
    "lung_blood_volume",
    "spleen_blood_volume",
    "kidney_blood_volume",
    "gut_blood_volume",
    "sinusoid_volume",
    "disse_volume",
    "venous_blood_volume",
    "arterial_blood_volume",
    "rest_blood_volume",
    "sinusoid_wall_area",
    "hepatocyte_count",
    "kupffer_cell_count",
    "stellate_cell_count",
    "endothelial_cell_count",
    "spleen_uptake_clearance",
    "lung_uptake_clearance",
    "kidney_clearance",
    "adhesion_clearance",
    "spleen_capacity",
    "lung_capacity",
)
_BOLTZMANN = 1.380649e-23  # J/K, exact by definition of the SI
_BODY_TEMPERATURE = 310.15  # K
_M2_PER_S_IN_CM2_PER_H = 1e4 * 3600


def scaled_to_body_weight(values: Mapping[str, float], body_weight: float) -> dict[str, float]:
    """The values for an animal of another weight than the table's.

    Flows follow body weight to the power `flow_allometric_exponent`; volumes, cell numbers and whole-organ clearances
    follow body weight itself; values per cell stay.

    Args:
        values: Parameters by symbol, with `body_weight` (g) of the table.
        body_weight: Weight of the animal, g.
    """
    ratio = body_weight / values["body_weight"]
    scaled = dict(values, body_weight=body_weight)
    for name in _FLOWS:
        scaled[name] = values[name] * ratio ** values["flow_allometric_exponent"]
    for name in _SIZES:
        scaled[name] = values[name] * ratio
    return scaled


def fenestral_permeability(diameters: ArrayLike, weights: ArrayLike, values: Mapping[str, float]) -> float:
    """Permeability x area of the fenestrated wall of the whole liver for a preparation of vesicles, mL/h.

    Hindered diffusion of spheres through cylindrical pores: Renkin 1954 J Gen Physiol 38:225 for the hindrance,
    Stokes-Einstein for the diffusion, summed over the diameters. Vesicles wider than a fenestra do not pass.

    Args:
        diameters: Vesicle diameters, nm, shape (n,).
        weights: Share of the vesicles of each diameter, by number, shape (n,); normalised here.
        values: Parameters by symbol: fenestra_diameter (nm), fenestrae_per_um2, wall_thickness (um),
            plasma_viscosity (mPa*s), sinusoid_wall_area (cm2).
    """
    d, w = np.asarray(diameters, float), np.asarray(weights, float)
    diffusion = _BOLTZMANN * _BODY_TEMPERATURE / (3 * np.pi * values["plasma_viscosity"] * 1e-3 * d * 1e-9)
    x = np.clip(d / values["fenestra_diameter"], 0, 1)
    hindrance = (1 - x) ** 2 * (1 - 2.104 * x + 2.09 * x**3 - 0.95 * x**5)
    porosity = values["fenestrae_per_um2"] * np.pi * (values["fenestra_diameter"] * 1e-3 / 2) ** 2
    wall = values["wall_thickness"] * 1e-4  # cm
    permeability = diffusion * _M2_PER_S_IN_CM2_PER_H * porosity / wall * hindrance  # cm/h
    return float(np.sum(w * permeability) / np.sum(w) * values["sinusoid_wall_area"])
