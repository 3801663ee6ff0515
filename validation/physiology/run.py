"""Bodies of the species beside tables that they were not taken from. Run `python validation/physiology/run.py`."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from hepasome.biology import parameters

HERE = Path(__file__).parent
# A liver, spleen, lung, kidney and gut hold this share of blood in our tables (their sources say so); it gives back the
# volume of the organ, which the tables themselves do not hold.
BLOOD_SHARE = {"liver": 0.31, "spleen": 0.17, "lung": 0.5, "kidney": 0.24, "gut": 0.05}
POOLS = ("lung", "spleen", "kidney", "gut", "venous", "arterial", "rest")
LIVER_DENSITY = 1.05  # g/mL, default of httk 2.7.4
AGREES, DIFFERS = 1.25, 2.0  # factors


def main() -> None:
    """Compare every published row; write ratios.csv and physiology.png."""
    table = ratios()
    table.to_csv(HERE / "ratios.csv", index=False, float_format="%.4g", lineterminator="\n")
    draw(table).savefig(HERE / "physiology.png", dpi=130, metadata={"Software": None})
    print(table.drop(columns="source").to_string(index=False))
    print(table["judgement"].value_counts().to_string())


def ratios() -> pd.DataFrame:
    """The published rows with our value, its interval where our tables give one, the ratio and a judgement."""
    published = pd.read_csv(HERE / "published.csv")
    rows = []
    for _, row in published.iterrows():
        ours = quantities(row["species"])[row["quantity"]]
        ratio = ours / row["published"]
        off = max(ratio, 1 / ratio)
        inside = row["low"] <= ours <= row["high"]
        judgement = "agree" if off <= AGREES or inside else "differ" if off <= DIFFERS else "disagree"
        rows.append({"ours": ours, "ratio": ratio, "judgement": judgement})
    found = pd.concat([published, pd.DataFrame(rows)], axis=1)
    return found[["species", "quantity", "published", "low", "high", "unit", "ours", "ratio", "judgement", "source"]]


def quantities(species: str) -> dict[str, float]:
    """What a physiologist would read off the table of a species; volumes in mL per kg of body weight."""
    v = {symbol: row.value for symbol, row in parameters(species).items()}
    kilograms = v["body_weight"] / 1000
    blood = {organ: v[f"{organ}_blood_volume"] for organ in POOLS} | {"liver": v["sinusoid_volume"]}
    volume = {organ: blood[organ] / share for organ, share in BLOOD_SHARE.items()}
    liver_flow = v["hepatic_artery_flow"] + v["gut_flow"] + v["spleen_flow"]
    cells = {kind: v[f"{kind}_cell_count"] for kind in ("kupffer", "endothelial", "stellate")}
    hepatocytes, others = v["hepatocyte_count"], sum(cells.values())
    flows = {"liver": liver_flow, "spleen": v["spleen_flow"], "gut": v["gut_flow"], "kidney": v["kidney_flow"]}
    return {
        "cardiac output": v["cardiac_output"],
        "liver flow": liver_flow,
        "hepatic artery share of liver flow": v["hepatic_artery_flow"] / liver_flow,
        "blood volume": sum(blood.values()) / kilograms,
        "hepatocytes per g of liver": hepatocytes / volume["liver"] / LIVER_DENSITY,
        "other cells per g of liver": others / volume["liver"] / LIVER_DENSITY,
        "other cells per hepatocyte": others / hepatocytes,
        "other share of liver cells": others / (others + hepatocytes),
        "Kupffer share of other cells": cells["kupffer"] / others,
        "endothelial share of other cells": cells["endothelial"] / others,
        "stellate share of other cells": cells["stellate"] / others,
        **{f"{organ} share of cardiac output": flow / v["cardiac_output"] for organ, flow in flows.items()},
        **{f"{organ} volume": one / kilograms for organ, one in volume.items()},
        **{f"blood share of {organ}": share for organ, share in BLOOD_SHARE.items()},
    }


def draw(table: pd.DataFrame) -> Figure:
    """One point per published row: our value over the published one."""
    figure = Figure(figsize=(9, 8), layout="constrained")
    axes = figure.subplots()
    names = list(dict.fromkeys(table["quantity"]))
    colours = {"mouse": "#0072B2", "rat": "#D55E00", "human": "#009E73", "pig": "#CC79A7"}
    axes.axvspan(1 / DIFFERS, DIFFERS, color="#000000", alpha=0.06, label="within a factor of 2")
    axes.axvspan(1 / AGREES, AGREES, color="#000000", alpha=0.10, label="within a factor of 1.25")
    axes.axvline(1, color="black", linewidth=0.8)
    for shift, (species, rows) in zip((-0.2, 0.0, 0.2, 0.3), table.groupby("species", sort=False), strict=True):
        places = [names.index(name) + shift for name in rows["quantity"]]
        axes.plot(rows["ratio"], places, "o", color=colours[str(species)], label=str(species), markersize=5)
    axes.set_xscale("log")
    ticks = (0.25, 0.5, 1, 2, 4)
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlabel("ours over published")
    axes.legend(fontsize=8, loc="lower left", framealpha=0.9)
    return figure


if __name__ == "__main__":
    main()
