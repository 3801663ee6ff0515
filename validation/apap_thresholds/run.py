"""Thresholds of acetaminophen beside published ones. Run `python validation/apap_thresholds/run.py`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import antimony
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from hepasome import engine
from hepasome.biology import Structure, disease_model, model_sbml, target_ids
from hepasome.trial import central_values, solver_settings

HERE = Path(__file__).parent
DAY = 24.0  # h
DRUG = np.array([5, 10, 13.2, 20, 50, 100, 132, 150, 200, 250, 300, 400, 500, 700, 1000, 2000], float)  # fmol per cell
DOSES = np.array([10, 25, 50, 75, 100, 125, 150, 175, 200, 225, 250, 300, 400, 500, 600, 800, 1000], float)  # mg/kg
CONCENTRATIONS = np.array([0.5, 1, 2, 3, 4, 6, 8, 10, 12, 15, 20, 30, 50], float)  # mmol/L
SHARES = (0.5, 0.1, 0.01)  # of the glutathione at rest
# 1,000 U/L is the usual sign of a hepatotoxic intake in man
INJURIES = {"ALT 1,000 U/L": ("ALT", 1000.0), "5 % of hepatocytes lost": ("lost", 0.05), "half lost": ("lost", 0.5)}
READ_OUTS = ("glutathione", "ALT", "hepatocyte_number", "survival")
# Close-set at first, where glutathione is lowest; to the end of all adducts
HOURS = np.unique(np.concatenate([np.geomspace(0.01, 96, 400), np.linspace(0, 480, 241)]).round(4))


def main() -> None:
    """Simulate all three comparisons; write cell.csv, doses.csv, thresholds.csv and thresholds.png."""
    doses = pd.concat([course(species, zones) for species, zones in (("mouse", 1), ("mouse", 3), ("human", 1))])
    tables = {"cell": cell(DRUG), "doses": doses, "thresholds": thresholds(doses)}
    for name, table in tables.items():
        table.to_csv(HERE / f"{name}.csv", index=False, float_format="%.4g", lineterminator="\n")
        print(f"{name}\n{table.to_string(index=False)}\n")
    draw(tables["cell"], doses).savefig(HERE / "thresholds.png", dpi=130, metadata={"Software": None})


@cache
def reference() -> engine.Model:
    """The published equations, for libRoadRunner."""
    antimony.clearPreviousLoads()
    if antimony.loadAntimonyFile(str(HERE / "reddyhoff.ant")) < 0:
        raise SystemExit(antimony.getLastError())
    return engine.Model(antimony.getSBMLString("reddyhoff"))


@cache
def own(species: str, disease: str, zones: int) -> tuple[Structure, engine.Model]:
    """Our model of a species under acetaminophen."""
    structure = Structure(species, zones, disease=disease)
    return structure, engine.Model(model_sbml(structure))


def cell(drug: np.ndarray) -> pd.DataFrame:
    """One hepatocyte that holds drug (fmol): published equations beside ours without loss of adducts or cells."""
    tight = engine.Solver(relative_tolerance=1e-9, absolute_tolerance=1e-14)
    theirs = [engine.Subject("published", {}, {"drug": one}) for one in drug]
    _, model = own("human", "apap", 1)  # the clock of man is that of the published model
    values = known(model, "human", "apap") | {"adduct_loss_rate": 0.0, "adduct_poisoning_rate": 0.0}
    ours = [engine.Subject("ours", values, {"body_acetaminophen_drug": one}) for one in drug]
    fine = engine.Solver(relative_tolerance=1e-8, absolute_tolerance=1e-12)
    times = list(HOURS)
    found = [
        engine.simulate_ensemble(
            *(reference(), theirs, list(HOURS / DAY), ("glutathione_share", "adducts")),
            solver=tight,
            simulator="libroadrunner",
            workers=1,
        ),
        engine.simulate_ensemble(model, ours, times, ("glutathione", "protein_adducts"), solver=fine, workers=1),
    ]
    rows = [
        (one, a.values[:, 0].min(), b.values[:, 0].min(), a.values[-1, 1], b.values[-1, 1])
        for one, a, b in zip(drug, *found, strict=True)
    ]
    names = ["lowest_glutathione", "adducts_fmol"]
    columns = ["drug_fmol", *(f"{name}_{who}" for name in names for who in ("published", "ours"))]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(
        glutathione_ratio=table["lowest_glutathione_ours"] / table["lowest_glutathione_published"],
        adducts_ratio=table["adducts_fmol_ours"] / table["adducts_fmol_published"],
    )


def known(model: engine.Model, species: str, disease: str) -> dict[str, float]:
    """Central values that the model has."""
    central = central_values(species, disease)
    return {name: v for name, v in central.items() if name in model.parameters and name != "zone_share"}


def course(species: str, zones: int) -> pd.DataFrame:
    """Peaks of the typical animal by dose (mg/kg): lowest glutathione, highest ALT, hepatocytes lost, alive."""
    structure, model = own(species, "apap", zones)
    (state,) = target_ids(structure, disease_model("apap").induction["dose"].states[0])
    values = known(model, species, "apap")
    glutathione = [name for name in model.states if name.endswith("_glutathione")]  # one a zone
    subjects = [engine.Subject(f"{dose:g}", values, {}, (engine.Dose(0.0, state, dose),)) for dose in DOSES]
    outputs = (*READ_OUTS, *glutathione)
    found = engine.simulate_ensemble(model, subjects, list(HOURS), outputs, solver=solver_settings(model), workers=1)
    rows = []
    for dose, one in zip(DOSES, found, strict=True):
        at = dict(zip(outputs, one.values.T, strict=True))
        pericentral = min((at[name] / at[name][0]).min() for name in glutathione)
        lost = 1 - at["hepatocyte_number"].min()
        survived = at["survival"][np.searchsorted(HOURS, 96.0)]
        rows.append((species, zones, dose, at["glutathione"].min(), pericentral, at["ALT"].max(), lost, survived))
    names = ["glutathione", "glutathione_of_worst_zone", "ALT", "lost", "alive_at_96_h"]
    return pd.DataFrame(rows, columns=["species", "zones", "dose", *names])


def viability(species: str) -> dict[str, np.ndarray]:
    """Living hepatocytes after 24 h in culture, by concentration: of those plated, and over a dish without the drug."""
    structure, model = own(species, "apap_culture", 1)
    (state,) = target_ids(structure, disease_model("apap_culture").induction["dose"].states[0])
    values = known(model, species, "apap_culture")
    given = [0.0, *CONCENTRATIONS]
    subjects = [engine.Subject(f"{dose:g}", values, {}, (engine.Dose(0.0, state, dose),)) for dose in given]
    found = engine.simulate_ensemble(
        model, subjects, [0.0, 24.0], ("viability",), solver=solver_settings(model), workers=1
    )
    ends = np.array([one.values[-1, 0] for one in found])
    return {"of those plated": ends[1:], "over an untouched dish": ends[1:] / ends[0]}


def thresholds(doses: pd.DataFrame) -> pd.DataFrame:
    """Where each limit is crossed: fmol per cell, mg/kg and mmol/L."""
    rows: list[tuple[object, ...]] = []
    drug = np.geomspace(5, 2000, 80)
    fine = cell(drug)
    for share in SHARES:
        crossed = [crossing(drug, fine[f"lowest_glutathione_{who}"], share) for who in ("published", "ours")]
        rows.append(("any", 1, f"glutathione at {100 * share:g} %", "fmol per cell", *crossed))
    steepest = [drug[np.gradient(np.log(fine[f"adducts_fmol_{who}"]), np.log(drug)).argmax()] for who in WHO]
    rows.append(("any", 1, "adducts rise most steeply with the drug", "fmol per cell", *steepest))
    for (species, zones), found in doses.groupby(["species", "zones"], sort=False):
        column = "glutathione_of_worst_zone"
        for share in SHARES:
            crossed = [np.nan, crossing(DOSES, found[column], share)]
            rows.append((species, zones, f"glutathione at {100 * share:g} %", "mg/kg", *crossed))
        for name, (column, limit) in INJURIES.items():
            rows.append((species, zones, name, "mg/kg", np.nan, crossing(DOSES, found[column], limit)))
    for species, published in {"mouse": 3.8, "rat": 7.6, "human": 28.2}.items():
        for basis, living in viability(species).items():
            name = f"half of hepatocytes alive, 24 h in culture, {basis}"
            rows.append((species, 1, name, "mmol/L", published, crossing(CONCENTRATIONS, living, 0.5)))
    return pd.DataFrame(rows, columns=["species", "zones", "threshold", "unit", "published", "ours"])


WHO = ("published", "ours")


def crossing(given: np.ndarray, found: pd.Series | np.ndarray, limit: float) -> float:
    """The dose at which a rising or falling read-out crosses a limit, between two doses on log scales."""
    values = np.maximum(np.asarray(found, float), 1e-12)
    above = values > limit
    if above.all() or not above.any():
        return float("nan")
    i = int(np.argmax(above[1:] != above[:-1]))
    share = (np.log(limit) - np.log(values[i])) / (np.log(values[i + 1]) - np.log(values[i]))
    return float(np.exp(np.log(given[i]) + share * (np.log(given[i + 1]) - np.log(given[i]))))


def draw(cells: pd.DataFrame, doses: pd.DataFrame) -> Figure:
    """The cell, then animals and man by dose."""
    figure = Figure(figsize=(12, 4), layout="constrained")
    one, glutathione, injury = figure.subplots(1, 3)
    for name, colour in (("lowest_glutathione", "#0072B2"), ("adducts_fmol", "#D55E00")):
        one.plot(cells["drug_fmol"], cells[f"{name}_published"], "o", color=colour, label=f"{name}, published", ms=4)
        one.plot(cells["drug_fmol"], cells[f"{name}_ours"], color=colour, label="ours")
    one.set(xscale="log", yscale="log", xlabel="drug, fmol per hepatocyte", title="one hepatocyte", ylim=(1e-5, 1e3))
    one.legend(fontsize=7, frameon=False)
    draws: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
        "lowest glutathione over rest": lambda t: t["glutathione_of_worst_zone"],
        "hepatocytes lost": lambda t: t["lost"],
    }
    for axes, (title, column) in zip((glutathione, injury), draws.items(), strict=True):
        styles = zip(("#0072B2", "#56B4E9", "#009E73"), doses.groupby(["species", "zones"], sort=False), strict=True)
        for colour, ((species, zones), found) in styles:
            label = f"{species}, {zones} zone{'s, worst' if zones > 1 else ''}"
            axes.plot(found["dose"], column(found), color=colour, marker=".", label=label)
        axes.axvspan(75, 200, color="#009E73", alpha=0.12, label="man: may injure (75 to 200)")
        for dose in (300, 600):
            axes.axvline(
                dose, color="#0072B2", linestyle=":", label="mouse: injury, lasting injury" if dose == 300 else None
            )
        axes.set(xscale="log", xlabel="dose, mg/kg", title=title)
    glutathione.set_yscale("log")
    glutathione.set_ylim(1e-4, 2)
    glutathione.legend(fontsize=7, frameon=False)
    return figure


if __name__ == "__main__":
    main()
