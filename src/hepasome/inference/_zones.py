"""Where along the sinusoid the vesicles of an arm went: the typical subject, simulated once more with zones."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from hepasome import engine
from hepasome.biology import all_read_outs, cell_types
from hepasome.files import input_error
from hepasome.inference._exposure import NAMES
from hepasome.trial import Run, central_values, make_plan, solver_settings

ZONES = 3  # as histology counts them (Rappaport 1954); a study that asks for more has its own


def zone_exposure(run: Run, arm: str, zones: int = ZONES) -> pd.DataFrame:
    """Vesicles per cell of each type in every zone of the liver, from the portal (1) to the central vein.

    The typical subject of the arm gets what the subjects of the run get, errors aside. Its liver has zones also where
    that of the run has one, so that its mean over the zones may differ from the number of the run.

    Args:
        run: The run.
        arm: A treated arm.
        zones: How many zones; those of the study if it has more.

    Returns:
        One row per zone and cell type: zone, cell, vesicles (per cell, until the read-out), loaded (peak of copies on
        AGO per cell for a cargo of one copy per vesicle).

    Raises:
        InputError: If the subjects are cultures, which have no zones, or the arm gets nothing.
        EngineError: If the subject cannot be simulated.
    """
    given = run.plan.protocol.arms.get(arm)
    if given is None or given.treatment is None:
        raise input_error(run.study.id, "This is no treated arm.", "Name an arm that gets a product.", value=arm)
    if run.study.subject.culture is not None:
        raise input_error(run.study.id, "Cells in culture have no zones along a sinusoid.", value=arm)
    study = run.study.model_copy(update={"zones": max(zones, run.study.zones)}, deep=True)
    for name, one in study.arms.items():  # products as they were when the run was made
        treated = run.plan.protocol.arms[name].treatment
        if one.treatment is not None and treated is not None:
            one.treatment.product.remember(treated.product)
    plan = make_plan(study, replace(run.plan.settings, subjects=2, draws=0))
    values = central_values(study.subject.species, study.disease.model)
    subject = plan.subjects.sampled(0, arm, plan.protocol, values, {}).subject
    rows = {row.read_out: row for row in all_read_outs()}
    wanted = {
        (zone, cell, what): f"{zone}_{row.instance}_{row.symbol}"
        for zone in study.structure.zone_names
        for cell in cell_types(study.structure)
        for what in ("vesicles", "loaded")
        if (row := rows[f"{what}_per_{NAMES[cell]}"]).over_zones != "body"
    }
    outputs = list(wanted.values())
    solver = solver_settings(plan.model)
    (course,) = engine.simulate_ensemble(plan.model, [subject], plan.times, outputs, solver=solver, workers=1)
    if course.status.name != "COMPLETED":
        raise engine.EngineError(f"The typical subject of {arm} could not be simulated with zones: {course.reason}")
    values_at = dict(zip(wanted, course.values.T, strict=True))
    found = [
        (number, cell, values_at[zone, cell, "vesicles"][-1], values_at[zone, cell, "loaded"].max())
        for number, zone in enumerate(study.structure.zone_names, 1)
        for cell in cell_types(study.structure)
        if (zone, cell, "vesicles") in values_at
    ]
    return pd.DataFrame(found, columns=["zone", "cell", "vesicles", "loaded"])
