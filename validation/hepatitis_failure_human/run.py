"""Untreated failure by a flare of hepatitis B in man. Run `python validation/hepatitis_failure_human/run.py`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from hepasome import engine
from hepasome.biology import Structure, model_sbml
from hepasome.trial import central_values, individual, solver_settings, stream

HERE = Path(__file__).parent
DISEASE = "hepatitis_failure"
PATIENTS = 60
BODY_WEIGHT = 70_000.0  # g
WEEK = 168.0  # h
FLARE = 3 * WEEK
TIMES = np.arange(0, 48 * WEEK + 1, WEEK / 2)
# what is read, its axis, and what the definition of acute-on-chronic failure asks for (Sarin 2009 Hepatol Int 3:269)
READ_OUTS = {
    "bilirubin": ("bilirubin, mg/dL", 5.0),
    "prothrombin_activity": ("prothrombin activity, %", 40.0),
    "ALT": ("ALT, U/L", None),
    "albumin": ("albumin, g/L", None),
    "cholinesterase": ("cholinesterase, U/L", None),
    "platelets": ("platelets, 1/L", None),
    "hepatocyte_number": ("hepatocytes over healthy", None),
    "survival": ("alive without treatment", None),
}


def main() -> None:
    """Simulate healthy and ill patients; write course.csv and the figure."""
    healthy = simulate(ill=False, patients=0)
    ill = simulate(ill=True, patients=PATIENTS)
    drift = healthy.groupby("patient")[list(READ_OUTS)].agg(lambda x: x.max() / x.min() - 1).max()
    print(f"healthy for 48 weeks: largest relative change {drift.drop('survival').max():.1e}")
    shown = ill[ill["time"].isin([WEEK * w for w in (0, 2, 3, 4, 6, 8, 12, 24, 48)])]
    rows = shown[shown["patient"] == 0].set_index("time")[list(READ_OUTS)]
    rows["mean_survival"] = shown[shown["patient"] > 0].groupby("time")["survival"].mean()
    rows.index = pd.Index(rows.index / WEEK, name="week")
    rows.to_csv(HERE / "course.csv", float_format="%.4g", lineterminator="\n")
    print(rows.round(2).to_string())
    worst = ill[ill["patient"] > 0].groupby("patient").agg({"bilirubin": "max", "prothrombin_activity": "min"})
    meets = (worst["bilirubin"] >= 5) & (worst["prothrombin_activity"] < 40)
    print(f"{meets.mean():.0%} of {PATIENTS} patients meet the definition of acute-on-chronic failure at their worst")
    draw(ill).savefig(HERE / "hepatitis_failure.png", dpi=130, metadata={"Software": None})


def simulate(*, ill: bool, patients: int) -> pd.DataFrame:
    """Columns time (h), the read-outs, and patient: 0 is the typical one, the others vary around it."""
    model = engine.Model(model_sbml(Structure("human", disease=DISEASE)))
    central = central_values("human", DISEASE)
    own = [
        individual(central, "human", BODY_WEIGHT, stream(1, "validation", i), DISEASE) for i in range(1, patients + 1)
    ]
    flare = (engine.Switch(0.0, "immune_flare", 1.0), engine.Switch(FLARE, "immune_flare", 0.0)) if ill else ()
    subjects = [
        engine.Subject(str(i), {name: v for name, v in values.items() if name in model.parameters}, {}, (), flare)
        for i, values in enumerate([central, *own])
    ]
    found = engine.simulate_ensemble(model, subjects, tuple(TIMES), tuple(READ_OUTS), solver=solver_settings(model))
    parts = [pd.DataFrame(one.values, columns=list(READ_OUTS)).assign(time=TIMES) for one in found]
    return pd.concat([part.assign(patient=i) for i, part in enumerate(parts)])


def draw(course: pd.DataFrame) -> Figure:
    """The band of the patients, the typical one, and the threshold of the definition."""
    figure = Figure(figsize=(12, 6), layout="constrained")
    for i, (name, (label, threshold)) in enumerate(READ_OUTS.items()):
        axes = figure.add_subplot(2, 4, i + 1)
        typical = course[course["patient"] == 0]
        patients = course[course["patient"] > 0].groupby("time")[name]
        low, high = patients.quantile(0.05), patients.quantile(0.95)
        axes.fill_between(low.index / WEEK, low, high, color="#0072B2", alpha=0.2, label=f"{PATIENTS} patients, 90 %")
        axes.plot(typical["time"] / WEEK, typical[name], color="#0072B2", label="typical patient")
        if name == "survival":
            axes.plot(low.index / WEEK, patients.mean(), color="#D55E00", label="mean of the patients")
            axes.legend(fontsize=7, frameon=False)
        if threshold is not None:
            axes.axhline(threshold, color="#D55E00", linestyle="--", linewidth=1, label="definition of failure")
        axes.set_ylim(bottom=0)
        axes.set_title(label, loc="left", fontsize=9)
        axes.set_xlabel("weeks since the flare began")
    figure.axes[0].legend(fontsize=7, frameon=False)
    return figure


if __name__ == "__main__":
    main()
