"""Untreated resection in the rat beside published courses. Run `python validation/resection_rat/run.py`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from hepasome import engine
from hepasome.biology import Structure, disease_model, model_sbml, target_ids
from hepasome.trial import central_values, solver_settings

HERE = Path(__file__).parent
DAY = 24.0  # h
DAYS = np.linspace(0, 14, 15 * 8 - 7)
READ_OUTS = (
    "hepatocyte_number",
    "relative_volume",
    "hepatocyte_proliferation",
    "portal_pressure",
    "creatinine",
    "hepatocyte_lipid",
    "ALT",
    "bilirubin",
    "survival",
)
REMNANTS = (1 / 3, 0.3, 0.25, 0.2, 0.1)
# Furchtgott 2009 Biophys J 96:3926, simulated again from the code at github.com/nihcompmed/PePMDT: rat, remnant 1/3
FURCHTGOTT = {1: 0.374, 2: 0.517, 3: 0.685, 5: 0.909, 7: 0.979}
# Rats of 238 g (Int J Surg 2013;11:903): 6.3 g of 8.9 g are taken out, about 9 g are there on days 5 to 8
AARHUS = {0: (8.9 - 6.3) / 8.9, 5: 9.0 / 8.9, 8: 9.0 / 8.9}


def main() -> None:
    """Simulate every remnant; write agreement.csv and resection_rat.png."""
    courses = {remnant: simulate("rat", 1 - remnant) for remnant in REMNANTS}
    table = agreement(courses)
    table.to_csv(HERE / "agreement.csv", index=False, float_format="%.4g", lineterminator="\n")
    draw(courses).savefig(HERE / "resection_rat.png", dpi=130, metadata={"Software": None})
    print(table.to_string(index=False))
    for remnant, course in courses.items():
        print(f"remnant {remnant:.2f}: survival {course['survival'].iloc[-1]:.2f}, highest portal pressure ", end="")
        print(f"{course['portal_pressure'].max():.1f} mmHg, highest ALT {course['ALT'].max():.0f} U/L")
    human = simulate("human", 0.61)
    print(f"human, 61 % resected: volume {at(human, 10, 'relative_volume'):.2f} on day 10 (published 0.74)")


def simulate(species: str, share: float) -> pd.DataFrame:
    """Columns time (d) and READ_OUTS of the typical animal after a resection."""
    structure = Structure(species, disease="resection")
    model = engine.Model(model_sbml(structure))
    values = {name: v for name, v in central_values(species, "resection").items() if name in model.parameters}
    given = disease_model("resection").induction["share"]
    doses = tuple(
        engine.Dose(0.0, name, given.factor * share) for state in given.states for name in target_ids(structure, state)
    )
    subject = engine.Subject("rat", values, {}, doses)
    (found,) = engine.simulate_ensemble(model, [subject], tuple(DAYS * DAY), READ_OUTS, solver=solver_settings(model))
    return pd.DataFrame(found.values, columns=list(READ_OUTS)).assign(time=DAYS)


def at(course: pd.DataFrame, day: float, read_out: str) -> float:
    """A read-out on a day."""
    return float(np.interp(day, course["time"], course[read_out]))


def agreement(courses: dict[float, pd.DataFrame]) -> pd.DataFrame:
    """Published values beside the simulated ones."""
    third, tenths = courses[1 / 3], courses[0.3]
    rows = [
        ("Furchtgott 2009", "hepatocyte_number", d, v, at(third, d, "hepatocyte_number")) for d, v in FURCHTGOTT.items()
    ]
    rows += [
        ("Int J Surg 2013;11:903", "relative_volume", d, v, at(tenths, d, "relative_volume")) for d, v in AARHUS.items()
    ]
    table = pd.DataFrame(rows, columns=["source", "read_out", "day", "published", "simulated"])
    return table.assign(ratio=table["simulated"] / table["published"])


def draw(courses: dict[float, pd.DataFrame]) -> Figure:
    """Courses of all remnants and the published points."""
    figure = Figure(figsize=(11, 7), layout="constrained")
    colours = ("#0072B2", "#56B4E9", "#009E73", "#E69F00", "#D55E00")
    panels = {
        "hepatocyte_number": "hepatocytes over healthy",
        "relative_volume": "liver volume over healthy",
        "hepatocyte_proliferation": "new hepatocytes per hepatocyte and hour",
        "portal_pressure": "portal pressure, mmHg",
        "ALT": "ALT, U/L",
        "survival": "probability of being alive",
    }
    for i, (name, title) in enumerate(panels.items()):
        axes = figure.add_subplot(2, 3, i + 1)
        for colour, (remnant, course) in zip(colours, courses.items(), strict=True):
            axes.plot(course["time"], course[name], color=colour, label=f"remnant {remnant:.2f}")
        axes.set_title(title, loc="left", fontsize=9)
        axes.set_xlabel("days after the resection")
        if name == "portal_pressure":
            axes.set_ylim(0, 40)
    first, second = figure.axes[0], figure.axes[1]
    first.plot(list(FURCHTGOTT), list(FURCHTGOTT.values()), "o", color="black", label="Furchtgott 2009, remnant 1/3")
    second.plot(list(AARHUS), list(AARHUS.values()), "s", color="black", label="rats, 70 % resected")
    first.legend(fontsize=7, frameon=False)
    second.legend(fontsize=7, frameon=False)
    return figure


if __name__ == "__main__":
    main()
