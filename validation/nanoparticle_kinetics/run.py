"""PEG-PLA nanoparticles in the mouse beside vesicles. Run `python validation/nanoparticle_kinetics/run.py`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from hepasome import engine
from hepasome.biology import Structure, model_sbml, target_ids
from hepasome.trial import central_values, drawn_values, solver_settings

HERE = Path(__file__).parent
SPECIES, DISEASE = "mouse", "healthy"
DRAWS = 100  # of what is not known about delivery
HAEMATOCRIT = 0.45
BLOOD = 92.1  # mL/kg; fitted blood of the published model and the blood of its organs
BLOOD_SHARE = {"liver": 0.141, "spleen": 0.153, "kidney": 0.0858, "lung": 0.223}  # of an organ; fitted, published model
PUBLISHED_UPTAKE = {"liver": 2.14e-2, "spleen": 2.02e-3, "kidney": 9.27e-4, "lung": 1.22e-4}  # mL of plasma per hour
DIAMETER, DENSITY = 100.0, 1.25  # nm, g/mL; neither is in the source at hand, both usual for such particles
CELLS = ("kupffer", "endothelial", "stellate", "hepatocyte")
# The drug stays in the particle (93 % after 48 h in the published model), so that it is seen in a cell that took one up
TISSUE = {
    "liver": [f"zone1_{cell}_{place}" for cell in CELLS for place in ("bound", "endosome", "degraded")],
    "spleen": ["body_circulation_spleen_taken_up", "body_circulation_spleen_degraded"],
    "lung": ["body_circulation_lung_taken_up", "body_circulation_lung_degraded"],
}
POOLS = [f"body_circulation_{pool}_blood" for pool in ("venous", "arterial", "lung", "gut", "spleen", "kidney", "rest")]
HOURS = np.unique(np.concatenate([[0.0], np.geomspace(0.02, 50, 150), [2.0, 6.0, 24.0, 48.0]]))
BINS = {2.0: (1, 4), 6.0: (4, 12), 24.0: (20, 30), 48.0: (40, 50)}  # h
ORGANS = ("blood", "liver", "spleen", "kidney", "lung")


def main() -> None:
    """Compare shares of the dose; write shares.csv, uptake.csv and nanoparticles.png."""
    seen, simulated = observed(), {dose: simulate(dose) for dose in ("trace", "low", "middle", "high")}
    shares, uptake = share_table(seen, simulated), uptake_table(seen, simulated["trace"])
    for name, table in (("shares", shares), ("uptake", uptake)):
        table = table.round(6)  # what is below is the error of the solver
        table.to_csv(HERE / f"{name}.csv", index=False, float_format="%.4g", lineterminator="\n")
        print(f"{table.to_string(index=False)}\n")
    draw(seen, simulated).savefig(HERE / "nanoparticles.png", dpi=130, metadata={"Software": None})


def observed() -> pd.DataFrame:
    """Columns dose, time_h, organ, share: % of the dose in all blood, or in the tissue of an organ less its blood."""
    data = pd.read_csv(HERE / "U16c_61.csv").merge(pd.read_csv(HERE / "doses.csv"), on="dose")
    data["given"] = data["drug_ug_per_g"] * data["body_weight_g"]
    plasma = data[data["organ"] == "plasma"].assign(organ="blood")
    blood = plasma["concentration_ug_per_mL"] * (1 - HAEMATOCRIT)
    parts = [plasma.assign(share=100 * blood * BLOOD / 1000 * plasma["body_weight_g"] / plasma["given"])]
    for organ, share in BLOOD_SHARE.items():
        part = data[data["organ"] == organ]
        in_blood = np.empty(len(part))
        for i, (dose, time) in enumerate(zip(part["dose"], part["time_h"], strict=True)):
            same = (plasma["dose"] == dose).to_numpy()
            order = np.argsort(plasma["time_h"].to_numpy()[same])
            known = plasma["time_h"].to_numpy()[same][order], np.log(blood.to_numpy()[same][order])
            in_blood[i] = np.exp(np.interp(time, *known))
        tissue = part["concentration_ug_per_mL"] - share * in_blood
        parts.append(part.assign(share=100 * tissue * part[f"{organ}_share"] * part["body_weight_g"] / part["given"]))
    return pd.concat(parts)[["dose", "time_h", "organ", "share", "given", "concentration_ug_per_mL"]]


def particles(dose: str) -> float:
    """Particles of a dose, from their mass, diameter and density; a trace is far from every capacity."""
    if dose == "trace":
        return 1e8
    row = pd.read_csv(HERE / "doses.csv").set_index("dose").loc[dose]
    mass = DENSITY * np.pi / 6 * (DIAMETER * 1e-7) ** 3 * 1e6  # ug
    return float(row["particles_ug_per_g"] * row["body_weight_g"] / mass)


def simulate(dose: str) -> list[pd.DataFrame]:
    """Shares of the dose (%) by organ and time, of the typical mouse and of draws, as if particles were vesicles."""
    structure = Structure(SPECIES, disease=DISEASE)
    model = engine.Model(model_sbml(structure))
    (vein,) = target_ids(structure, "BODY.circulation.venous_blood")
    bodies = [central_values(SPECIES), *(drawn_values(SPECIES, 1, i, "any") for i in range(DRAWS))]
    amount = particles(dose)
    subjects = [
        engine.Subject(
            str(i),
            {name: v for name, v in body.items() if name in model.parameters and name != "zone_share"},
            {},
            (engine.Dose(0.0, vein, amount),),
        )
        for i, body in enumerate(bodies)
    ]
    outputs = tuple(model.states)
    found = engine.simulate_ensemble(model, subjects, HOURS.tolist(), outputs, solver=solver_settings(model), workers=1)
    courses = []
    for one in found:
        states = pd.DataFrame(100 * one.values / amount, columns=list(outputs), index=HOURS)
        organs = {organ: states[names].sum(axis=1) for organ, names in TISSUE.items()}
        blood = states[[*POOLS, "zone1_sinusoid_plasma"]].sum(axis=1)
        courses.append(pd.DataFrame({"blood": blood, **organs, "kidney": 0.0}))
    return courses


def share_table(seen: pd.DataFrame, simulated: dict[str, list[pd.DataFrame]]) -> pd.DataFrame:
    """Mean of the mice of each dose and time beside the simulated share, with 90 % of the draws."""
    rows = []
    for dose in ("low", "middle", "high"):
        for organ in ORGANS:
            for time, (start, end) in BINS.items():
                part = seen[(seen["dose"] == dose) & (seen["organ"] == organ) & seen["time_h"].between(start, end)]
                if part.empty:
                    continue
                values = np.array([course.at[time, organ] for course in simulated[dose]])
                low, high = np.quantile(values[1:], [0.05, 0.95])
                trace = simulated["trace"][0].at[time, organ]
                rows.append((dose, organ, time, len(part), part["share"].mean(), values[0], low, high, trace))
    columns = ["dose", "organ", "time_h", "points", "observed", "simulated", "draws_5_percent", "draws_95_percent"]
    return pd.DataFrame(rows, columns=[*columns, "simulated_trace"])


def uptake_table(seen: pd.DataFrame, simulated: list[pd.DataFrame]) -> pd.DataFrame:
    """Uptake clearances (mL of plasma per hour) from tissue over the area of plasma, and relative to the liver."""
    areas, given = {}, {}
    for dose, part in seen[seen["organ"] == "blood"].groupby("dose"):
        mean = part.groupby("time_h")["concentration_ug_per_mL"].mean()
        times = np.concatenate([[0.0], mean.index.to_numpy()])
        areas[dose] = float(np.trapezoid(np.concatenate([[mean.iloc[0]], mean.to_numpy()]), times))
        given[dose] = float(part["given"].iloc[0])
    rows: dict[str, list[float]] = {}
    for organ in ("liver", "spleen", "kidney", "lung"):
        part = seen[(seen["organ"] == organ) & (seen["time_h"] > BINS[48.0][0])]
        means = part.groupby("dose")["share"].mean()
        found = [means[dose] / 100 * given[dose] / areas[str(dose)] for dose in means.index]
        rows[organ] = [min(found), max(found), float(np.exp(np.mean(np.log(found)))), PUBLISHED_UPTAKE[organ]]
    table = pd.DataFrame(rows, index=["lowest", "highest", "observed", "published_fit"]).T.rename_axis("organ")
    draws = np.array([[one.at[48.0, organ] for organ in rows] for one in simulated])
    relative = draws / draws[:, [0]]
    low, high = np.quantile(relative[1:], [0.05, 0.95], axis=0)
    return table.assign(
        observed_over_liver=table["observed"] / table["observed"]["liver"],
        simulated_over_liver=relative[0],
        draws_5_percent=low,
        draws_95_percent=high,
        ratio=relative[0] / (table["observed"] / table["observed"]["liver"]),
    ).reset_index()


def draw(seen: pd.DataFrame, simulated: dict[str, list[pd.DataFrame]]) -> Figure:
    """Shares of the dose by time, one panel per organ."""
    figure = Figure(figsize=(12, 3.6), layout="constrained")
    colours = {"low": "#56B4E9", "middle": "#0072B2", "high": "#D55E00"}
    for axes, organ in zip(figure.subplots(1, 5), ORGANS, strict=True):
        for dose, colour in colours.items():
            part = seen[(seen["organ"] == organ) & (seen["dose"] == dose)]
            axes.plot(part["time_h"], part["share"], "o", color=colour, ms=4, label=f"particles, {dose} dose")
            if organ != "kidney":
                axes.plot(HOURS, simulated[dose][0][organ], color=colour, label=f"vesicles, {dose} dose")
        if organ != "kidney":
            axes.plot(HOURS, simulated["trace"][0][organ], color="black", ls=":", label="vesicles, trace")
        axes.set(title=organ, xlabel="hours", yscale="log", ylim=(0.01, 200), xlim=(0, 50))
    figure.axes[0].set_ylabel("% of the dose")
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.axes[3].legend(handles, labels, fontsize=6, frameon=False, loc="upper left")
    return figure


if __name__ == "__main__":
    main()
