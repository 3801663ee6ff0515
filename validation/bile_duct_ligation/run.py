"""Untreated ligation of the bile duct in rat and mouse. Run `python validation/bile_duct_ligation/run.py`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from hepasome import engine
from hepasome.biology import Structure, model_sbml
from hepasome.trial import central_values, individual, solver_settings, stream

HERE = Path(__file__).parent
DISEASE = "bile_duct_ligation"
ANIMALS = 40
BODY_WEIGHT = {"rat": 245.0, "mouse": 22.0}  # g; rats of Tarcin 2011
DAY = 24.0
TIMES = np.unique(np.concatenate([np.arange(0, 12, 0.5), np.arange(12, 42 * DAY + 1, 6.0)]))
READ_OUTS = {
    "bile_acids": "bile acids of the liver over rest",
    "bilirubin": "bilirubin, mg/dL",
    "ALT": "ALT, U/L",
    "albumin": "albumin, g/L",
    "hepatocyte_number": "hepatocytes over healthy",
    "collagen_area": "collagen area, %",
}


def main() -> None:
    """Simulate both species; write course.csv and the figure."""
    courses = {species: simulate(species) for species in BODY_WEIGHT}
    for species, course in courses.items():
        typical = course[course["animal"] == 0].set_index("time")
        print(f"{species}: bile acids {typical.loc[6.0, 'bile_acids']:.1f}-fold at 6 h")
        print(
            f"  bilirubin on days 1, 3, 5, 8: {typical.loc[[24.0, 72.0, 120.0, 192.0], 'bilirubin'].round(2).tolist()}"
        )
        print(f"  collagen highest on day {typical['collagen_area'].idxmax() / DAY:.0f} of 42")
    rows = pd.concat(
        course[(course["animal"] == 0) & course["time"].isin([DAY * d for d in (0, 1, 3, 7, 14, 21, 28, 42)])].assign(
            species=species
        )
        for species, course in courses.items()
    )
    rows = rows.assign(day=rows["time"] / DAY)[["species", "day", *READ_OUTS]]
    rows.to_csv(HERE / "course.csv", index=False, float_format="%.4g", lineterminator="\n")
    print(rows.round(2).to_string(index=False))
    draw(courses).savefig(HERE / "bile_duct_ligation.png", dpi=130, metadata={"Software": None})


def simulate(species: str) -> pd.DataFrame:
    """Columns time (h), the read-outs, and animal: 0 is the typical one, the others vary around it."""
    model = engine.Model(model_sbml(Structure(species, disease=DISEASE)))
    central = central_values(species, DISEASE)
    weight = BODY_WEIGHT[species]
    own = [individual(central, species, weight, stream(1, "validation", i), DISEASE) for i in range(1, ANIMALS + 1)]
    ligature = (engine.Switch(0.0, "bile_duct_blocked", 1.0),)
    subjects = [
        engine.Subject(str(i), {name: v for name, v in values.items() if name in model.parameters}, {}, (), ligature)
        for i, values in enumerate([central, *own])
    ]
    found = engine.simulate_ensemble(model, subjects, tuple(TIMES), tuple(READ_OUTS), solver=solver_settings(model))
    parts = [pd.DataFrame(one.values, columns=list(READ_OUTS)).assign(time=TIMES) for one in found]
    return pd.concat([part.assign(animal=i) for i, part in enumerate(parts)])


def draw(courses: dict[str, pd.DataFrame]) -> Figure:
    """The bands of the animals and the typical ones; arrows where a paper says when something happens."""
    figure = Figure(figsize=(12, 6), layout="constrained")
    for i, (name, label) in enumerate(READ_OUTS.items()):
        axes = figure.add_subplot(2, 3, i + 1)
        for (species, course), color in zip(courses.items(), ("#0072B2", "#009E73"), strict=True):
            animals = course[course["animal"] > 0].groupby("time")[name]
            low, high = animals.quantile(0.05), animals.quantile(0.95)
            typical = course[course["animal"] == 0]
            axes.fill_between(low.index / DAY, low, high, color=color, alpha=0.2)
            axes.plot(typical["time"] / DAY, typical[name], color=color, label=f"{species}, {ANIMALS} animals, 90 %")
        if name == "bile_acids":
            axes.plot([0.25], [27], "o", color="#D55E00", label="mouse, Zhang 2012")
        if name == "collagen_area":
            axes.axvline(21, color="#D55E00", linestyle="--", linewidth=1, label="peak in the rat, Tarcin 2011")
        axes.set_title(label, loc="left", fontsize=9)
        axes.set_xlabel("days since ligation")
        axes.set_ylim(bottom=0)
        if name in ("bile_acids", "collagen_area"):
            axes.legend(fontsize=7, frameon=False)
    return figure


if __name__ == "__main__":
    main()
