"""Where the vesicles went, cell by cell, and what a miRNA would need there."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from hepasome.biology import actions, cell_types
from hepasome.targets import SEEN, copies_needed
from hepasome.trial import Run, central_values

NAMES = {
    "kupffer": "kupffer_cell",
    "endothelial": "endothelial_cell",
    "stellate": "stellate_cell",
    "hepatocyte": "hepatocyte",
    "tumour": "tumour_cell",
}
REPRESSION = SEEN


def vesicles_per_cell(run: Run) -> pd.DataFrame:
    """Vesicles taken up per cell of each type until the last reading.

    Returns:
        One row per treated arm and cell type: arm, cell, vesicles (mean of the animals), low and high (5 % and 95 %
        over the draws), loaded (peak of copies on AGO per cell for a cargo of one copy per vesicle).
    """
    rows, cells = [], cell_types(run.study.structure)
    for arm, given in run.plan.protocol.arms.items():
        if given.treatment is None:
            continue
        animals = run.trajectories[run.trajectories["arm"] == arm]
        peak = animals.groupby("subject")[[f"loaded_per_{NAMES[cell]}" for cell in cells]].max().mean()
        end = animals[animals["time"] == animals["time"].max()]
        for cell in cells:
            name = f"vesicles_per_{NAMES[cell]}"
            worlds = run.worlds.query("role == 'world' and variant == 'given' and arm == @arm")
            draws = worlds.loc[worlds["endpoint"] == name, "value"].dropna()
            low, high = np.percentile(draws, [5, 95]) if len(draws) else (math.nan, math.nan)
            rows.append(
                {
                    "arm": arm,
                    "cell": cell,
                    "vesicles": end[name].mean(),
                    "low": low,
                    "high": high,
                    "loaded": peak[f"loaded_per_{NAMES[cell]}"],
                }
            )
    return pd.DataFrame(rows, columns=["arm", "cell", "vesicles", "low", "high", "loaded"])


def cargo_per_cell(run: Run) -> pd.DataFrame:
    """Copies of each named cargo that reach AGO per cell, beside what 20 % repression of its target would need.

    Returns:
        One row per treated arm and action: arm, cargo, target, cell, carried (copies per vesicle), delivered (peak
        copies per cell), needed (copies per cell), required (copies per vesicle; infinite where nothing suffices).
    """
    values = central_values(run.study.subject.species, run.study.disease.model)
    values |= dict(run.plan.settings.overrides)
    loaded = vesicles_per_cell(run).set_index(["arm", "cell"])["loaded"]
    rows = []
    for arm, given in run.plan.protocol.arms.items():
        if given.treatment is None:
            continue
        carried = {cargo.name: cargo.copies_per_vesicle.value for cargo in given.treatment.product.vesicles.cargo}
        for action in actions():
            if action.form != "occupancy":
                continue  # without a target model there is no occupancy to solve for: the ladder of the run tells
            acts = run.study.structure.present.has(action.module)
            if not acts or action.cargo not in carried or (arm, action.cell) not in loaded.index:
                continue
            per_copy = float(loaded[arm, action.cell])
            needed = needed_copies(values, action.action)
            rows.append(
                {
                    "arm": arm,
                    "cargo": action.cargo,
                    "target": action.target,
                    "cell": action.cell,
                    "carried": carried[action.cargo],
                    "delivered": carried[action.cargo] * per_copy,
                    "needed": needed,
                    "required": needed / per_copy if per_copy > 0 else math.inf,
                }
            )
    return pd.DataFrame(rows, columns=["arm", "cargo", "target", "cell", "carried", "delivered", "needed", "required"])


def needed_copies(values: dict[str, float], action: str, repression: float = REPRESSION) -> float:
    """Delivered copies on AGO per cell that repress a target by a share: the occupancy model, solved for the copies.

    Args:
        values: Parameters by symbol.
        action: Id of the action, for example `SMO_by_miR_125b`.
        repression: Share of the target's mRNA that is lost.

    Returns:
        Copies per cell; infinite if even full occupancy of the sites is not enough.
    """
    effect, level, reference = values["site_effect"], values["ago_reference_level"], values["ago_reference_copies"]
    constant, sites = values[f"{action}_dissociation_constant"], values[f"{action}_sites"]
    background = values[f"{action}_background_copies"]
    return copies_needed(repression, effect, constant, background, reference / level, sites)
