"""Untreated acetaminophen in the mouse: the model beside its sources. Run `python validation/apap_mouse/run.py`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hepasome import engine
from hepasome.biology import Structure, model_sbml
from hepasome.evidence import load_evidence
from hepasome.trial import central_values, individual, solver_settings, stream

HERE = Path(__file__).parent
DISEASE = "apap"
ANIMALS = 200
BODY_WEIGHT = 20.0  # g
DOSE = 300.0  # mg/kg; not in the source at hand, usual for a mouse
DOSES = (100.0, 150.0, 200.0, 250.0, 300.0, 400.0, 600.0)  # mg/kg
TIMES = np.unique(np.concatenate([np.arange(0, 4, 0.05), np.arange(0, 97, 0.5)]).round(6))  # h
DEPOT = "body_acetaminophen_depot"
READ_OUTS = ("ALT", "AST", "glutathione", "protein_adducts", "hepatocyte_number", "INR", "survival")
# Drug per cell (fmol) -> lowest glutathione (share of rest), Reddyhoff 2015 (BIOMD0000000609), three regimes
REDDYHOFF = {13.2: 0.94, 132.0: 0.28, 500.0: 0.0014}


def main() -> None:
    """Simulate mice, doses, zones and Reddyhoff's three regimes; write agreement.csv, doses.csv and apap_mouse.png."""
    mice = pd.concat([course(values, DOSE).assign(animal=i) for i, values in enumerate(animals())])
    doses = {dose: course(central_values("mouse", DISEASE), dose) for dose in DOSES}
    table = pd.DataFrame([*agreement(mice), *thresholds()])
    table.to_csv(HERE / "agreement.csv", index=False, float_format="%.4g", lineterminator="\n")
    summary = pd.DataFrame([summarised(dose, found) for dose, found in doses.items()])
    summary.to_csv(HERE / "doses.csv", index=False, float_format="%.4g", lineterminator="\n")
    zones = course(central_values("mouse", DISEASE), DOSE, zones=3)
    draw(mice, doses, zones).savefig(HERE / "apap_mouse.png", dpi=130, metadata={"Software": None})
    print(table.to_string(index=False), summary.to_string(index=False), sep="\n\n")
    print(f"three zones: ALT at 24 h {zones.set_index('time')['ALT'][24.0]:.0f} U/L")


def animals() -> list[dict[str, float]]:
    """The typical mouse first, then mice that vary around it."""
    central = central_values("mouse", DISEASE)
    own = [individual(central, "mouse", BODY_WEIGHT, stream(1, "apap", i), DISEASE) for i in range(ANIMALS)]
    return [central, *own]


def course(
    values: dict[str, float], dose: float, zones: int = 1, initial: dict[str, float] | None = None
) -> pd.DataFrame:
    """One mouse: time (h) and read-outs, with hepatocytes of every zone."""
    model = engine.Model(model_sbml(Structure("mouse", zones, disease=DISEASE)))
    outputs = (*READ_OUTS, *(f"zone{i + 1}_hepatocytes_number" for i in range(zones)))
    known = {name: value for name, value in values.items() if name in model.parameters and name != "zone_share"}
    subject = engine.Subject("mouse", known, initial or {}, (engine.Dose(0.0, DEPOT, dose),))
    (found,) = engine.simulate_ensemble(model, [subject], tuple(TIMES), outputs, solver=solver_settings(model))
    return pd.DataFrame(found.values, columns=list(outputs)).assign(time=TIMES)


def agreement(mice: pd.DataFrame) -> list[dict[str, object]]:
    """Published ALT (geometric mean and SD of the logarithm, five mice) beside the simulated mice."""
    rows = []
    observed = load_evidence().observations_of("holland2021", "acute_apap_mouse")
    for time in sorted({one.time for one in observed}):
        values = np.log([one.value for one in observed if one.time == time])
        found = mice[(mice["time"] == time) & (mice["animal"] > 0)]["ALT"].map(np.log)
        rows.append(
            {
                "what": f"ALT at {time:g} h, U/L",
                "published": np.exp(values.mean()),
                "published_sd_of_log": values.std(ddof=1) if len(values) > 1 else np.nan,
                "simulated": np.exp(found.mean()),
                "simulated_sd_of_log": found.std(),
            }
        )
    return rows


def thresholds() -> list[dict[str, object]]:
    """Lowest glutathione when the drug is in the body at once, with the published loss of adducts: none."""
    rows = []
    central = central_values("mouse", DISEASE) | {"adduct_poisoning_rate": 0.0}
    for drug, lowest in REDDYHOFF.items():
        found = course(central, 0.0, initial={"body_acetaminophen_drug": drug})["glutathione"].min()
        rows.append({"what": f"lowest glutathione, {drug:g} fmol", "published": lowest, "simulated": found})
    return rows


def summarised(dose: float, found: pd.DataFrame) -> dict[str, float]:
    """Peaks of one dose."""
    return {
        "dose_mg_per_kg": dose,
        "lowest_glutathione": found["glutathione"].min(),
        "highest_ALT": found["ALT"].max(),
        "time_of_highest_ALT_h": found["time"][found["ALT"].argmax()],
        "lowest_hepatocytes": found["hepatocyte_number"].min(),
        "highest_INR": found["INR"].max(),
        "alive_at_96_h": found["survival"].iloc[-1],
    }


def draw(mice: pd.DataFrame, doses: dict[float, pd.DataFrame], zones: pd.DataFrame) -> Figure:
    """ALT of the mice with the published ones; glutathione, ALT by dose, and the three zones."""
    figure = Figure(figsize=(9.5, 7), layout="constrained")
    panels = figure.subplots(2, 2)
    alt: Axes = panels[0, 0]
    spread = mice[mice["animal"] > 0].groupby("time")["ALT"]
    low, high = spread.quantile(0.05), spread.quantile(0.95)
    alt.fill_between(low.index, low, high, color="#0072B2", alpha=0.2, label=f"{ANIMALS} mice, 90 %")
    typical = mice[mice["animal"] == 0]
    alt.plot(typical["time"], typical["ALT"], color="#0072B2", label="typical mouse")
    observed = load_evidence().observations_of("holland2021", "acute_apap_mouse")
    alt.plot(
        [one.time for one in observed],
        [one.value for one in observed],
        "o",
        color="#D55E00",
        markersize=4,
        label="Holland 2021, single mice",
    )
    alt.set(yscale="log", title=f"ALT after {DOSE:g} mg/kg (dose assumed)", xlim=(0, 72), ylabel="U/L")
    for dose in (150.0, 200.0, 300.0, 600.0):
        found = doses[dose]
        panels[0, 1].plot(found["time"], found["glutathione"], label=f"{dose:g} mg/kg")
        panels[1, 0].plot(found["time"], found["ALT"], label=f"{dose:g} mg/kg")
    panels[0, 1].set(title="Glutathione over rest", xlim=(0, 24))
    panels[1, 0].set(title="ALT by dose", yscale="log", ylabel="U/L")
    for i, name in enumerate(("portal", "middle", "central")):
        panels[1, 1].plot(zones["time"], zones[f"zone{i + 1}_hepatocytes_number"], label=f"{name} zone")
    panels[1, 1].set(title=f"Living hepatocytes of three zones, {DOSE:g} mg/kg", ylim=(0, 1.05))
    for axes in panels.flat:
        axes.set_xlabel("hours")
        axes.legend(fontsize=8, frameon=False)
    return figure


if __name__ == "__main__":
    main()
