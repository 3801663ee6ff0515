"""The compiled engine beside libRoadRunner, every model. Run `python validation/libroadrunner/run.py [DISEASE ...]`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from hepasome import engine
from hepasome.biology import (
    CELLS_PRESENT,
    Structure,
    disease_ids,
    disease_model,
    model_sbml,
    routes_into,
    target_ids,
)
from hepasome.trial import central_values, load_study, settle_protocol, solver_settings, study_ids

HERE = Path(__file__).parent
TIMES = (0.0, 0.5, 2.0, 12.0, 24.0, 50.0, 83.9, 84.0, 100.0, 168.0, 336.0)  # h
ZONED = (("mouse", "ccl4_fibrosis"), ("mouse", "apap"), ("rat", "resection"))  # also with three zones
SMALL = 1e-3  # of the largest value of a state: below it, an error is measured against this share of the largest
COUNTED = 1e4  # times the absolute tolerance, the same for values that are nothing but tolerance


def main(chosen: Sequence[str]) -> None:
    """Compare; write errors.csv and errors.png unless single diseases were named."""
    table = pd.DataFrame([compared(structure) for structure in structures(chosen)])
    print(table.to_string(index=False))
    worst = table.loc[table["largest_error"].idxmax()]
    print(f"{len(table)} models, {table['states'].sum()} states; largest error {worst['largest_error']:.2g}")
    if not chosen:
        table.to_csv(HERE / "errors.csv", index=False, float_format="%.2g", lineterminator="\n")
        draw(table).savefig(HERE / "errors.png", dpi=130, metadata={"Software": None})


def structures(chosen: Sequence[str] = ()) -> list[Structure]:
    """Every disease in every species with all that can be given, and three of them with three zones."""
    found = []
    for disease in chosen or disease_ids():
        model = disease_model(disease)
        cells = "circulation" in model.parts and "cells" not in model.parts
        for species in model.species:
            zones = (1, 3) if (species, disease) in ZONED else (1,)
            found += [Structure(species, zone, cells, disease, True) for zone in zones]
    return found


@cache
def protocols() -> dict[str, str]:
    """One shipped study per disease, whose protocol injures; the first by name."""
    found: dict[str, str] = {}
    for name in study_ids():
        found.setdefault(load_study(name).structure.disease, name)
    return found


def schedules(structure: Structure) -> dict[str, engine.Subject]:
    """The typical subject left alone; injured by the protocol of a study; and given all there is besides."""
    names = set(engine.Model(model_sbml(structure)).parameters)
    values = {name: v for name, v in central_values(structure.species, structure.disease).items() if name in names}
    values = {name: v for name, v in values.items() if name != "zone_share"}  # the model's own
    doses, switches = injury(structure)
    given, later = list(doses), list(switches)
    routes = routes_into(structure, "vesicles")
    if routes:
        (state,) = target_ids(structure, next(iter(routes.values())))[:1]
        given += [engine.Dose(time, state, 1e10) for time in (1.3, 100.0)]
    if structure.present.has("circulation"):
        later += [engine.Switch(30.0, "venous_infusion", 1e8), engine.Switch(36.0, "venous_infusion", 0.0)]
    if structure.cells:
        state = target_ids(structure, next(iter(routes_into(structure, "cells").values())))[0]
        given.append(engine.Dose(50.0, state, 2e6))
        later.append(engine.Switch(50.0, CELLS_PRESENT, 1.0))
    return {
        "left alone": engine.Subject("left alone", values),
        "injured": engine.Subject("injured", values, {}, tuple(doses), tuple(switches)),
        "treated": engine.Subject("treated", values, {}, tuple(given), tuple(later)),
    }


def injury(structure: Structure) -> tuple[list[engine.Dose], list[engine.Switch]]:
    """What the study of the disease gives, in one zone; with more zones the doses of the first go to all."""
    name = protocols().get(structure.disease)
    if name is None:
        return [], []
    settled = settle_protocol(load_study(name), None)
    steps = settled.arms[load_study(name).control].induction
    states = set(engine.Model(model_sbml(structure)).states)
    doses = []
    for step in (step for step in steps if step.adds):
        per_zone = [step.target.replace("zone1_", f"zone{i + 1}_", 1) for i in range(structure.zones)]
        doses += [engine.Dose(step.time, state, step.value) for state in dict.fromkeys(per_zone) if state in states]
    return doses, [engine.Switch(step.time, step.target, step.value) for step in steps if not step.adds]


def compared(structure: Structure) -> dict[str, object]:
    """The largest difference of any state at any time under any schedule, over its size, and where it is."""
    model = engine.Model(model_sbml(structure))
    solver = solver_settings(model)
    # the reference is asked for more digits: what is left between the two is the error of the compiled engine
    finer = {name: 1e-2 * tolerance for name, tolerance in solver.state_tolerances.items()}
    fine = replace(solver, relative_tolerance=1e-8, absolute_tolerance=1e-11, state_tolerances=finer)
    subjects = list(schedules(structure).values())
    ours, theirs = (
        list(engine.simulate_ensemble(model, subjects, TIMES, model.states, solver=s, simulator=name, workers=1))
        for name, s in (("compiled", solver), ("libroadrunner", fine))
    )
    absolute = np.array([solver.state_tolerances.get(name, solver.absolute_tolerance) for name in model.states])
    errors = []
    for own, reference in zip(ours, theirs, strict=True):
        for one in (own, reference):
            if one.status is not engine.Status.COMPLETED:
                raise SystemExit(f"{structure}: {one.key}: {one.reason}")
        size = np.abs(reference.values) + SMALL * np.abs(reference.values).max(axis=0) + COUNTED * absolute
        errors.append(np.abs(own.values - reference.values) / size)
    error = np.array(errors)
    subject, time, state = np.unravel_index(error.argmax(), error.shape)
    return {
        "disease": structure.disease,
        "species": structure.species,
        "zones": structure.zones,
        "states": len(model.states),
        "protocol": protocols().get(structure.disease, "none"),
        "largest_error": error.max(),
        "median_of_states": np.median(error.max(axis=(0, 1))),
        "state": model.states[state],
        "time_h": TIMES[time],
        "schedule": subjects[subject].key,
    }


def draw(table: pd.DataFrame) -> Figure:
    """Largest error of each model by its size."""
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    colours = {"mouse": "#0072B2", "rat": "#D55E00", "human": "#009E73", "pig": "#CC79A7"}
    for species, part in table.groupby("species"):
        colour = colours.get(str(species), "#999999")
        axes.plot(part["states"], part["largest_error"], "o", color=colour, label=str(species), ms=5, alpha=0.8)
    axes.axhline(1e-6, color="black", linestyle=":", label="relative tolerance of the compiled engine")
    axes.axhline(1e-4, color="black", linestyle="--", label="limit of the tests")
    axes.set(yscale="log", xlabel="states of the model", ylabel="largest error over the size of the state")
    axes.set_ylim(1e-9, 1e-3)
    axes.legend(fontsize=8, frameon=False, ncols=2)
    return figure


if __name__ == "__main__":
    main(sys.argv[1:])
