"""Untreated galactosamine with TNF or LPS: the model beside its sources.

Run `python validation/galactosamine_tnf/run.py`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from hepasome import engine
from hepasome.biology import Structure, model_sbml
from hepasome.trial import central_values, individual, solver_settings, stream

HERE = Path(__file__).parent
DISEASE = "galactosamine_tnf"
ANIMALS = 60
BODY_WEIGHT = {"mouse": 20.0, "rat": 220.0}  # g
TIMES = np.arange(0, 97, 1.0)  # h
READ_OUTS = ("ALT", "AST", "caspase_activity", "hepatocyte_number", "TNF", "INR", "survival")
TNF_FOLDS = 10.0  # TNF over rest for 1 ug/kg, as in the disease file
# species, galactosamine (mg/kg), TNF (ug/kg), LPS (ug/kg), antibody against TNF
CONDITIONS = {
    "GalN + TNF": ("mouse", 700.0, 10.0, 0.0, False),
    "GalN + LPS": ("mouse", 800.0, 0.0, 0.2, False),
    "GalN + LPS + anti-TNF": ("mouse", 800.0, 0.0, 0.2, True),
    "TNF": ("mouse", 0.0, 10.0, 0.0, False),
    "GalN": ("mouse", 800.0, 0.0, 0.0, False),
    "GalN + LPS, rat": ("rat", 700.0, 0.0, 20.0, False),
}
COLOURS = ("#D55E00", "#CC79A7", "#009E73", "#0072B2", "#56B4E9", "#000000")


def main() -> None:
    """Simulate every condition; write conditions.csv and galactosamine_tnf.png."""
    courses = {name: simulate(*condition) for name, condition in CONDITIONS.items()}
    table = pd.DataFrame([summarised(name, course) for name, course in courses.items()])
    table.to_csv(HERE / "conditions.csv", index=False, float_format="%.4g", lineterminator="\n")
    draw(courses).savefig(HERE / "galactosamine_tnf.png", dpi=130, metadata={"Software": None})
    print(table.to_string(index=False))


def simulate(species: str, galactosamine: float, tnf: float, lps: float, antibody: bool) -> pd.DataFrame:
    """Animals that vary around the typical one: time (h), read-outs, animal."""
    model = engine.Model(model_sbml(Structure(species, disease=DISEASE)))
    central = central_values(species, DISEASE) | {"anti_tnf": float(antibody)}
    weight = BODY_WEIGHT[species]
    doses = (
        engine.Dose(0.0, "body_galactosamine_burden", galactosamine),
        engine.Dose(0.0, "zone1_inflammation_tnf", TNF_FOLDS * tnf),
        engine.Dose(0.0, "body_endotoxin_burden", lps),
    )
    subjects = []
    for i in range(ANIMALS):
        own = individual(central, species, weight, stream(1, DISEASE, i), DISEASE)
        known = {name: value for name, value in own.items() if name in model.parameters}
        subjects.append(engine.Subject(str(i), known, {}, doses))
    found = engine.simulate_ensemble(model, subjects, tuple(TIMES), READ_OUTS, solver=solver_settings(model))
    parts = [pd.DataFrame(one.values, columns=list(READ_OUTS)).assign(time=TIMES) for one in found]
    return pd.concat([part.assign(animal=i) for i, part in enumerate(parts)])


def summarised(name: str, course: pd.DataFrame) -> dict[str, object]:
    """Medians and expected shares alive."""
    median = course.groupby("time")[list(READ_OUTS)].median()
    alive = course.groupby("time")["survival"].mean()
    row: dict[str, object] = {"condition": name}
    for hour in (6.0, 8.0, 24.0):
        row[f"ALT_{hour:g}_h"] = median["ALT"][hour]
    row["AST_24_h"] = median["AST"][24.0]
    row["highest_caspase_h"] = (
        median["caspase_activity"].idxmax() if median["caspase_activity"].max() > 0.01 else np.nan
    )
    for hour in (8.0, 12.0, 24.0, 72.0):
        row[f"alive_{hour:g}_h"] = alive[hour]
    return row


def draw(courses: dict[str, pd.DataFrame]) -> Figure:
    """ALT and the share alive."""
    figure = Figure(figsize=(9.5, 3.8), layout="constrained")
    left, right = figure.subplots(1, 2)
    for (name, course), colour in zip(courses.items(), COLOURS, strict=True):
        style = "--" if "rat" in name else "-"
        alt = course.groupby("time")["ALT"].median()
        left.plot(alt.index, alt, style, color=colour, label=name)
        alive = course.groupby("time")["survival"].mean()
        right.plot(alive.index, alive, style, color=colour, label=name)
    left.axhline(2000, color="grey", linewidth=0.8)
    left.text(96, 2150, "2,000 U/L", ha="right", fontsize=8, color="grey")
    left.set(yscale="log", title="ALT, median of the animals", xlabel="hours", ylabel="U/L", xlim=(0, 96))
    right.set(title="Share alive", xlabel="hours", ylim=(0, 1.03), xlim=(0, 96))
    right.legend(fontsize=8, frameon=False)
    return figure


if __name__ == "__main__":
    main()
