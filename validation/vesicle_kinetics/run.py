"""Vesicles in the mouse beside published kinetics, by label. Run `python validation/vesicle_kinetics/run.py`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from hepasome import engine
from hepasome.biology import Structure, agents, model_sbml, target_ids
from hepasome.trial import central_values, drawn_values, solver_settings

HERE = Path(__file__).parent
SPECIES, DISEASE = "mouse", "healthy"
DRAWS = 100  # of what is not known about delivery
HAEMATOCRIT = (
    0.45  # mouse, Davies & Morris 1993 as tabulated in httk 2.7.4; not in the model, which counts in whole blood
)
DOSES = {"NanoLuc": 1e11, "99mTc": 2e9, "DiD": 2e9}  # particles, as published (99mTc: 0.1 mL of 2e10 assumed)
USUAL_DOSE = 1e10  # where none is published in particles
HOURS = np.unique(np.concatenate([[0.0], np.geomspace(1 / 60, 120, 300), [1 / 12, 0.25, 0.5, 1, 2, 3, 4, 5, 6]]))
FIRST_PHASE = (1.0, 10.0)  # min; between which the first half-life is read
LAST_PHASE = (4.0, 12.0)  # h
DEPLETED = agents()["clodronate_liposomes"].value  # share of the macrophages of liver and spleen
# Where the signal of an organ is: what cells hold intact, and what they have degraded. A reporter and iodide are gone
# when the vesicle is degraded; a dye and a radiometal stay in the cell.
BLOOD = [f"body_circulation_{pool}_blood" for pool in ("venous", "arterial", "lung", "gut", "spleen", "kidney", "rest")]
CELLS = ("kupffer", "endothelial", "stellate", "hepatocyte")
INTACT = {
    "liver": ["zone1_sinusoid_plasma", "zone1_sinusoid_disse"]
    + [f"zone1_{cell}_{place}" for cell in CELLS for place in ("bound", "endosome")],
    "spleen": ["body_circulation_spleen_blood", "body_circulation_spleen_taken_up"],
    "lung": ["body_circulation_lung_blood", "body_circulation_lung_taken_up"],
    "kidney": ["body_circulation_kidney_blood"],
    "blood": [*BLOOD, "zone1_sinusoid_plasma"],
}
DEGRADED = {
    "liver": [f"zone1_{cell}_degraded" for cell in CELLS],
    "spleen": ["body_circulation_spleen_degraded"],
    "lung": ["body_circulation_lung_degraded"],
}


def main() -> None:
    """Simulate the typical mouse and draws of it; write blood_agreement.csv, organ_agreement.csv and vesicles.png."""
    bodies = [central_values(SPECIES, DISEASE), *(drawn_values(SPECIES, 1, i, "any", DISEASE) for i in range(DRAWS))]
    blood, organs = blood_agreement(bodies), organ_agreement(bodies)
    for name, table in (("blood_agreement", blood), ("organ_agreement", organs)):
        table.to_csv(HERE / f"{name}.csv", index=False, float_format="%.4g", lineterminator="\n")
        print(f"{table.drop(columns=['source', 'doi'], errors='ignore').to_string(index=False)}\n")
    ratios = organs.assign(independent=organs["used_in_fit"] == "no", off=np.abs(np.log(organs["ratio"])))
    print(
        np.exp(ratios[ratios["organ"] != "liver"].groupby(["independent", "label", "organ"])["off"].mean()).to_string()
    )
    draw(bodies[:1], organs).savefig(HERE / "vesicles.png", dpi=130, metadata={"Software": None})


@cache
def model() -> engine.Model:
    """The healthy mouse."""
    return engine.Model(model_sbml(Structure(SPECIES, disease=DISEASE)))


def given(bodies: Sequence[dict[str, float]], dose: float, depleted: float = 0.0) -> list[pd.DataFrame]:
    """Vesicles by state and time (h, the index) as shares of an intravenous dose, one table per body."""
    (vein,) = target_ids(Structure(SPECIES, disease=DISEASE), "BODY.circulation.venous_blood")
    known = model().parameters
    subjects = [
        engine.Subject(
            str(i),
            {name: v for name, v in body.items() if name in known}
            | {"macrophage_depletion": depleted, "zone_share": 1.0},
            {},
            (engine.Dose(0.0, vein, dose),),
        )
        for i, body in enumerate(bodies)
    ]
    outputs = tuple(model().states)
    found = engine.simulate_ensemble(
        model(), subjects, HOURS.tolist(), outputs, solver=solver_settings(model()), workers=1
    )
    return [pd.DataFrame(one.values / dose, columns=list(outputs), index=HOURS) for one in found]


def kinetics(course: pd.DataFrame, body: dict[str, float]) -> dict[str, float]:
    """What a pharmacokineticist reads from plasma of the vein: all labels that are read in blood alike."""
    concentration = (
        100 * course[BLOOD[0]] / body["venous_blood_volume"] / (1 - HAEMATOCRIT)
    )  # % of dose per mL of plasma
    area = float(np.trapezoid(concentration, HOURS))
    residence = float(np.trapezoid(concentration * HOURS, HOURS)) / area
    clearance = 100 / area
    return {
        "half-life of the first phase": half_life(concentration, FIRST_PHASE[0] / 60, FIRST_PHASE[1] / 60) * 60,
        "half-life of the last phase": half_life(concentration, *LAST_PHASE) * 60,
        "AUC": area,
        "clearance": clearance,
        "mean residence time": residence,
        "steady-state volume": clearance * residence,
        "volume of distribution": clearance * half_life(concentration, *LAST_PHASE) / np.log(2),
    }


def half_life(concentration: pd.Series, start: float, end: float) -> float:
    """From the fall between two times, h."""
    first, last = np.log(np.maximum(np.interp([start, end], HOURS, concentration), 1e-300))
    return float(np.log(2) * (end - start) / (first - last))


def blood_agreement(bodies: Sequence[dict[str, float]]) -> pd.DataFrame:
    """Each published range beside the typical mouse and the 90 % interval of the draws."""
    published = pd.read_csv(HERE / "blood.csv")
    found = {
        depleted: pd.DataFrame(
            [kinetics(c, b) for c, b in zip(given(bodies, USUAL_DOSE, depleted), bodies, strict=True)]
        )
        for depleted in (0.0, DEPLETED)
    }
    rows = []
    for _, row in published.iterrows():
        values = found[DEPLETED if "depleted" in row["animal"] else 0.0][row["quantity"]]
        low, high = values[1:].quantile([0.05, 0.95])
        middle = float(np.sqrt(row["low"] * row["high"]))
        met = low <= row["high"] and high >= row["low"]
        rows.append([values[0], low, high, values[0] / middle, "yes" if met else "no"])
    columns = ["simulated", "simulated_5_percent", "simulated_95_percent", "ratio_to_middle", "intervals_meet"]
    return pd.concat([published, pd.DataFrame(rows, columns=columns)], axis=1)


def signals(course: pd.DataFrame, kept: bool) -> pd.DataFrame:
    """Signal by organ and time, over that of liver and spleen together = 100, as the published values are."""
    parts = {organ: states + (DEGRADED.get(organ, []) if kept else []) for organ, states in INTACT.items()}
    organs = pd.DataFrame({organ: course[states].sum(axis=1) for organ, states in parts.items()})
    return 100 * organs.div(organs["liver"] + organs["spleen"], axis=0)


def organ_agreement(bodies: Sequence[dict[str, float]]) -> pd.DataFrame:
    """Each published value beside the typical mouse and 90 % of the draws; and what the other kind sees."""
    rows = []
    published = pd.read_csv(HERE / "organs.csv")
    for (label, signal), part in published.groupby(["label", "signal"], sort=False):
        courses = given(bodies, DOSES.get(str(label), USUAL_DOSE))
        seen = [signals(one, signal == "kept") for one in courses]
        otherwise = signals(courses[0], signal != "kept")
        for _, row in part.iterrows():
            time = HOURS[np.abs(HOURS - row["time_h"]).argmin()]
            values = np.array([one.at[time, row["organ"]] for one in seen])
            low, high = np.quantile(values[1:], [0.05, 0.95])
            inside = "yes" if low <= row["published"] <= high else "no"
            ratio = values[0] / row["published"]
            rows.append([*row, values[0], low, high, ratio, inside, otherwise.at[time, row["organ"]]])
    added = ["simulated", "simulated_5_percent", "simulated_95_percent", "ratio", "inside", "seen_by_the_other_kind"]
    return pd.DataFrame(rows, columns=[*published.columns, *added])


def draw(typical: Sequence[dict[str, float]], organs: pd.DataFrame) -> Figure:
    """Blood, the reporter, and labels that stay."""
    figure = Figure(figsize=(12, 4.2), layout="constrained")
    blood, reporter, kept = figure.subplots(1, 3)
    for depleted, colour in ((0.0, "#0072B2"), (DEPLETED, "#D55E00")):
        (course,) = given(typical, USUAL_DOSE, depleted)
        label = "macrophages depleted" if depleted else "mouse"
        blood.plot(HOURS, 100 * course[INTACT["blood"]].sum(axis=1), color=colour, label=label)
    blood.set(
        title="all blood, % of dose", xlabel="hours", xscale="log", yscale="log", ylim=(1e-2, 200), xlim=(1 / 60, 24)
    )
    for minutes in (2, 8, 20):
        blood.axvline(minutes / 60, color="grey", linestyle=":", linewidth=0.8)
        blood.text(minutes / 60, 130, f"{minutes} min", fontsize=7)
    blood.legend(fontsize=8, frameon=False)
    colours = {"spleen": "#0072B2", "lung": "#E69F00", "kidney": "#009E73", "blood": "#D55E00"}
    markers = {"NanoLuc": "o", "125I": "*", "99mTc": "s", "111In": "^", "DiD": "v", "DiR": "x"}
    for axes, signal in ((reporter, "lost"), (kept, "kept")):
        (course,) = given(typical, DOSES["NanoLuc"] if signal == "lost" else USUAL_DOSE)
        simulated = signals(course, signal == "kept")
        for organ, colour in colours.items():
            axes.plot(HOURS, simulated[organ], color=colour, label=organ)
        for (label, organ), part in organs[organs["signal"] == signal].groupby(["label", "organ"]):
            if organ in colours:
                marker = markers[str(label)]
                axes.plot(part["time_h"], part["published"], marker, color=colours[str(organ)], fillstyle="none", ms=5)
        for label in organs[organs["signal"] == signal]["label"].unique():
            axes.plot([], [], markers[label], color="grey", fillstyle="none", label=label)
        axes.set(xscale="log", yscale="log", xlabel="hours", xlim=(1 / 15, 8), ylim=(0.05, 200))
        axes.legend(fontsize=7, frameon=False, ncols=2, loc="lower right")
    reporter.set_title("label gone with the vesicle (liver + spleen = 100)", fontsize=10)
    kept.set_title("label stays in the cell (liver + spleen = 100)", fontsize=10)
    return figure


if __name__ == "__main__":
    main()
