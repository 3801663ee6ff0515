"""Where the vesicles went, cell by cell, and what a miRNA would need there."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hepasome.biology import Action, actions, cell_types, copies_parameter
from hepasome.targets import SEEN, copies_needed
from hepasome.trial import PlannedSubjects, Run, central_values

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
        over the draws), loaded (peak of copies on AGO per cell for a cargo of one copy per vesicle, mean of the
        animals), loaded_low and loaded_high.
    """
    rows, cells = [], cell_types(run.study.structure)
    for arm, given in run.plan.protocol.arms.items():
        if given.treatment is None:
            continue
        animals = run.trajectories[run.trajectories["arm"] == arm]
        peak = animals.groupby("subject")[[f"loaded_per_{NAMES[cell]}" for cell in cells]].max().mean()
        end = animals[animals["time"] == animals["time"].max()]
        for cell in cells:
            name, loaded = f"vesicles_per_{NAMES[cell]}", f"loaded_per_{NAMES[cell]}"
            low, high = _interval(_draws(run, arm, name).to_numpy(float))
            loaded_low, loaded_high = _interval(_draws(run, arm, loaded).to_numpy(float))
            rows.append((arm, cell, end[name].mean(), low, high, peak[loaded], loaded_low, loaded_high))
    columns = ["arm", "cell", "vesicles", "low", "high", "loaded", "loaded_low", "loaded_high"]
    return pd.DataFrame(rows, columns=columns)


def cargo_per_cell(run: Run) -> pd.DataFrame:
    """Copies of each named cargo that reach AGO per cell, beside what 20 % repression of its target would need.

    Returns:
        One row per treated arm and action: arm, cargo, target, cell, carried (copies per vesicle), delivered (peak
        copies per cell), needed (copies per cell), required (copies per vesicle; infinite where nothing suffices), at
        the values of the tables. Each of the four has its 5 % and 95 % over the draws in `_low` and `_high`: the
        typical animal, with the copies, the uptake and the action of that draw.
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
            row: dict[str, object] = {"arm": arm, "cargo": action.cargo, "target": action.target, "cell": action.cell}
            row |= {
                "carried": carried[action.cargo],
                "delivered": carried[action.cargo] * per_copy,
                "needed": needed,
                "required": needed / per_copy if per_copy > 0 else math.inf,
            }
            rows.append(row | _over_draws(run, arm, action))
    numbers = [
        f"{name}{end}" for name in ("carried", "delivered", "needed", "required") for end in ("", "_low", "_high")
    ]
    return pd.DataFrame(rows, columns=["arm", "cargo", "target", "cell", *numbers])


def copies_per_cell(run: Run) -> pd.DataFrame:
    """Copies on AGO per cell of each named cargo that has an action, in every cell type.

    Returns:
        One row per treated arm, cell type and such cargo: arm, cell, cargo, copies (peak, at the values of the tables),
        low and high (5 % and 95 % over the draws of the typical animal, with the copies per vesicle of that draw).
    """
    cargo, rows = cargo_per_cell(run), []
    for cell in vesicles_per_cell(run).to_dict("records"):
        arm = cell["arm"]
        own = cargo[cargo["arm"] == arm].drop_duplicates("cargo")
        per_copy = _draws(run, arm, f"loaded_per_{NAMES[cell['cell']]}")
        for name, carried in zip(own["cargo"], own["carried"], strict=True):
            values = [_drawn(run.plan.subjects, arm, number)[copies_parameter(name)] for number in per_copy.index]
            low, high = _interval(np.array(values) * per_copy.to_numpy(float))
            rows.append((arm, cell["cell"], name, carried * cell["loaded"], low, high))
    return pd.DataFrame(rows, columns=["arm", "cell", "cargo", "copies", "low", "high"])


@lru_cache(maxsize=1024)
def _drawn(subjects: PlannedSubjects, arm: str, draw: int) -> dict[str, float]:
    """Parameters of the typical treated animal of a draw."""
    return dict(subjects.world(draw, arm).subject.parameters)


def _over_draws(run: Run, arm: str, action: Action) -> dict[str, float]:
    """The ends of what is carried, delivered, needed and required over the draws of the typical animal."""
    loaded = _draws(run, arm, f"loaded_per_{NAMES[action.cell]}")
    per_copy = loaded.to_numpy(float)
    drawn = [_drawn(run.plan.subjects, arm, number) for number in loaded.index]
    carried = np.array([values[action.copies_parameter] for values in drawn])
    needed = np.array([needed_copies(values, action.action) for values in drawn])
    with np.errstate(divide="ignore"):
        # by their inverses, because what nothing suffices for is infinite and has no place between two numbers
        inverse = {"needed": 1 / needed, "required": per_copy / needed}
    found = {"carried": _interval(carried), "delivered": _interval(carried * per_copy)}
    for name, values in inverse.items():
        low, high = _interval(values)
        found[name] = (1 / high if high else math.inf, 1 / low if low else math.inf)
    return {
        f"{name}{end}": value
        for name, ends in found.items()
        for end, value in zip(("_low", "_high"), ends, strict=True)
    }


def _draws(run: Run, arm: str, read_out: str) -> pd.Series[float]:
    """A read-out of exposure of the typical treated animal, by draw."""
    worlds = run.worlds.query("role == 'world' and variant == 'given' and arm == @arm and endpoint == @read_out")
    return worlds.set_index("number")["value"].dropna()


def _interval(values: NDArray[Any]) -> tuple[float, float]:
    """5 % and 95 %; NaN of nothing."""
    if not len(values):
        return math.nan, math.nan
    low, high = np.percentile(values, [5, 95]).tolist()
    return low, high


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
