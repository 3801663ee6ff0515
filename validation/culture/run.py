"""Cells in culture without vesicles, and what they would need. Run `python validation/culture/run.py`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from hepasome import engine
from hepasome.biology import Structure, model_sbml
from hepasome.trial import central_values, solver_settings

HERE = Path(__file__).parent
DOSES = {"hydrogen peroxide": np.geomspace(0.05, 5, 21), "APAP": np.geomspace(0.5, 50, 21)}  # mmol/L
COPIES = np.geomspace(1e-3, 1e5, 33)  # per vesicle
SHARES = np.linspace(0, 0.95, 20)
HOURS = np.arange(0, 97, 1.0)


def main() -> None:
    """Simulate four dishes; write culture.csv and culture.png."""
    rows = []
    for toxicant, disease, state in (
        ("hydrogen peroxide", "peroxide_culture", "body_peroxide_concentration"),
        ("APAP", "apap_culture", "body_apap_concentration"),
    ):
        for dose in DOSES[toxicant]:
            found = dish("mouse", disease, {state: dose}, {}, [24.0], ["viability"])
            rows.append((toxicant, "viability at 24 h", dose, found["viability"].iloc[-1]))
    for share in SHARES:
        cells = {"body_a1at_corrected_cells": 2e5 * share / (1 - share)}
        end = dish("human", "a1at_deficiency", cells, {}, [336.0], ["A1AT_secreted", "A1AT_polymers"]).iloc[-1]
        rows += [("corrected cells", name, share, end[name]) for name in ("A1AT_secreted", "A1AT_polymers")]
    for cargo in ("ASS1_mRNA", "ASS1_protein"):
        for copies in COPIES:
            given = {f"{cargo}_copies_per_vesicle": copies}
            end = dish("human", "ass1_deficiency", {"body_medium_vesicles": 1e10}, given, [96.0], ["urea"]).iloc[-1]
            rows.append((cargo, "urea at 4 d", copies, end["urea"]))
    course = dish("mouse", "ccl4_hepatocytes_ex_vivo", {"body_toxicant_depot": 0.5}, {}, HOURS, ["annexin_V"])
    rows += [
        ("hepatocytes of CCl4 mice", "annexin V", hour, y) for hour, y in zip(HOURS, course["annexin_V"], strict=True)
    ]
    table = pd.DataFrame(rows, columns=["given", "read", "x", "value"])
    table.to_csv(HERE / "culture.csv", index=False, float_format="%.4g", lineterminator="\n")
    draw(table).savefig(HERE / "culture.png", dpi=130, metadata={"Software": None})
    for toxicant, doses in DOSES.items():
        alive = table[(table["given"] == toxicant)]["value"].to_numpy()
        half = np.exp(np.interp(-0.5, -alive, np.log(doses))) if alive.min() < 0.5 else np.nan
        print(
            f"{toxicant}: half of the cells live at 24 h with {half:.2g} mmol/L (nan: with no dose up to the highest)"
        )


def dish(
    species: str,
    disease: str,
    added: dict[str, float],
    given: dict[str, float],
    times: list[float] | np.ndarray,
    read_outs: list[str],
) -> pd.DataFrame:
    """One dish of 200,000 cells in 1 mL: what is added to states at time zero, parameters that differ, read-outs."""
    model = engine.Model(model_sbml(Structure(species, disease=disease)))
    values = central_values(species, disease) | given
    own = {name: value for name, value in values.items() if name in model.parameters}
    doses = tuple(engine.Dose(0.0, state, amount) for state, amount in added.items() if amount)
    subject = engine.Subject("dish", own, {}, doses)
    (found,) = engine.simulate_ensemble(
        model, [subject], (0.0, *[t for t in times if t > 0]), tuple(read_outs), solver=solver_settings(model)
    )
    return pd.DataFrame(found.values, columns=read_outs)


def draw(table: pd.DataFrame) -> Figure:
    """Four panels."""
    figure = Figure(figsize=(11, 7), layout="constrained")
    panels = figure.subplots(2, 2)
    for toxicant in DOSES:
        part = table[table["given"] == toxicant]
        panels[0, 0].semilogx(part["x"], part["value"], label=toxicant)
    panels[0, 0].plot([1, 10], [0.5, 0.5], "kx", label="anchors: half alive (recalled)")
    panels[0, 0].set(xlabel="mmol/L in the medium", ylabel="living cells at 24 h", ylim=(0, 1))
    part = table[table["given"] == "hepatocytes of CCl4 mice"]
    panels[0, 1].plot(part["x"], part["value"], color="C3")
    panels[0, 1].set(xlabel="h after CCl4 (0.5 mL/kg)", ylabel="annexin V-positive share")
    for name in ("A1AT_secreted", "A1AT_polymers"):
        part = table[table["read"] == name]
        panels[1, 0].plot(part["x"], part["value"] / part["value"].iloc[0], label=name)
    panels[1, 0].set(xlabel="share of corrected cells", ylabel="over deficient cells, day 14")
    for cargo, fits in (("ASS1_mRNA", 6), ("ASS1_protein", 100)):
        part = table[table["given"] == cargo]
        (line,) = panels[1, 1].semilogx(part["x"], part["value"], label=cargo)
        panels[1, 1].axvline(fits, color=line.get_color(), linestyle=":", label=f"most that fit: {fits}")
    panels[1, 1].axhline(4, color="k", linestyle="--", linewidth=0.8, label="normal cells")
    panels[1, 1].set(xlabel="copies per vesicle (1e10 vesicles)", ylabel="urea in 4 days, normal days")
    for panel in panels.flat:
        if panel.get_legend_handles_labels()[0]:
            panel.legend(frameon=False, fontsize=8)
    return figure


if __name__ == "__main__":
    main()
