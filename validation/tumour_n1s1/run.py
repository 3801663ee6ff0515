"""Untreated N1S1 tumours, and drugs on HepG2. Run `python validation/tumour_n1s1/run.py`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from hepasome import engine
from hepasome.biology import Structure, model_sbml
from hepasome.evidence import load_evidence
from hepasome.trial import central_values, individual, solver_settings, stream

HERE = Path(__file__).parent
ANIMALS = 40
INOCULATED = 20.0  # mm3 of viable tumour; assumed, as in the fit
BODY_WEIGHT = 250.0  # g
GONE = 10.0  # mm3; smaller is not seen in a scan
WEEK = 168.0  # h
COURSE = np.arange(0, 6 * WEEK + 1, 12.0)
READ_OUTS = ("tumour_volume", "ADC", "tumour_NKT")
SORAFENIB_MASS = 0.4648  # mg per umol
FIRST_HOURS = np.linspace(0, 6, 361)
CULTURE = 96.0  # h
CONCENTRATIONS = (0.1, 0.4, 1.0, 2.0, 4.5, 7.5, 15.0, 30.0)  # umol/L


def main() -> None:
    """Simulate; write agreement.csv and tumour_n1s1.png."""
    tumours, plasma, viability = n1s1(), sorafenib(), pd.Series({c: viable_share(c) for c in CONCENTRATIONS})
    table = pd.DataFrame(
        [*growth_rows(tumours), *plasma_rows(plasma), *culture_rows(viability)],
        columns=["what", "simulated", "published", "source"],
    )
    table.to_csv(HERE / "agreement.csv", index=False, float_format="%.4g", lineterminator="\n")
    draw(tumours, plasma, viability).savefig(HERE / "tumour_n1s1.png", dpi=130, metadata={"Software": None})
    print(table.to_string(index=False))
    at = tumours[tumours["time"] == 2 * WEEK]
    animals = at[at["animal"] > 0]
    print(f"Volumes vary with a coefficient of {animals['tumour_volume'].std() / animals['tumour_volume'].mean():.2f};")
    ratios = tumours.pivot(index="animal", columns="time", values=["ADC", "tumour_volume"]).drop(0)
    adc = ratios["ADC"][3 * WEEK] / ratios["ADC"][WEEK]
    log_volume = np.log(ratios["tumour_volume"][3 * WEEK] / ratios["tumour_volume"][WEEK])
    r = np.corrcoef(adc, log_volume)[0, 1]
    print(f"ADC ratio against log volume ratio between weeks 1 and 3: r {r:.2f}, R2 {r * r:.2f}.")


def n1s1() -> pd.DataFrame:
    """Columns of READ_OUTS, time (h) and animal: 0 is the typical rat, the others vary around it."""
    model = engine.Model(model_sbml(Structure("rat", disease="hcc_n1s1")))
    central = central_values("rat", "hcc_n1s1")
    own = [individual(central, "rat", BODY_WEIGHT, stream(1, "validation", i), "hcc_n1s1") for i in range(ANIMALS)]
    inoculation = (engine.Dose(0.0, "body_tumour_growth_viable", INOCULATED),)
    subjects = [
        engine.Subject(str(i), {name: v for name, v in values.items() if name in model.parameters}, {}, inoculation)
        for i, values in enumerate([central, *own])
    ]
    found = engine.simulate_ensemble(model, subjects, tuple(COURSE), READ_OUTS, solver=solver_settings(model))
    parts = [pd.DataFrame(one.values, columns=list(READ_OUTS)).assign(time=COURSE) for one in found]
    return pd.concat([part.assign(animal=i) for i, part in enumerate(parts)], ignore_index=True)


def sorafenib() -> pd.Series:
    """Sorafenib in plasma, ug/mL, by time (h) after 10 mg/kg by mouth."""
    values = hepg2((engine.Dose(0.0, "body_sorafenib_depot", 10.0),), FIRST_HOURS, "sorafenib_in_plasma")
    return pd.Series(SORAFENIB_MASS * values, FIRST_HOURS)


def viable_share(concentration: float) -> float:
    """Viable HepG2 volume after 96 h at a constant concentration (umol/L), over that without the drug."""
    ends = []
    for given in (concentration, 0.0):
        doses = [engine.Dose(0.0, "body_tumour_growth_viable", 1.0)]
        doses += [engine.Dose(0.0, f"body_sorafenib_{state}", given) for state in ("plasma", "effect") if given]
        held = {"sorafenib_elimination_rate": 1e-9}
        ends.append(hepg2(tuple(doses), np.array([0.0, CULTURE]), "body_tumour_growth_viable", held)[-1])
    return float(ends[0] / ends[1])


def hepg2(
    doses: tuple[engine.Dose, ...], times: np.ndarray, output: str, changed: dict[str, float] | None = None
) -> np.ndarray:
    """One output of the HepG2 model."""
    model = engine.Model(model_sbml(Structure("mouse", disease="xenograft_hepg2")))
    subject = engine.Subject("hepg2", changed or {}, {}, doses)
    (found,) = engine.simulate_ensemble(model, [subject], tuple(times), (output,), solver=solver_settings(model))
    return np.asarray(found.values)[:, 0]


def growth_rows(tumours: pd.DataFrame) -> list[list[object]]:
    """Volumes at the published times, and how many tumours are gone."""
    rows: list[list[object]] = []
    for one in load_evidence().observations_of("n1s1_growth2012", "untreated_n1s1_rat"):
        at = tumours[tumours["time"] == one.time * WEEK].set_index("animal")["tumour_volume"]
        label = f"N1S1 volume at {one.time:g} wk, mm3"
        rows.append([f"{label}, typical rat", at[0], one.value, one.reference])
        rows.append([f"{label}, mean of {ANIMALS} rats", at.drop(0).mean(), one.value, one.reference])
    for week, published in ((3, 0.1), (6, 1.0)):
        at = tumours[(tumours["time"] == week * WEEK) & (tumours["animal"] > 0)]["tumour_volume"]
        rows.append([f"share below {GONE:g} mm3 at {week} wk", (at < GONE).mean(), published, "n1s1_growth2012"])
    return rows


def plasma_rows(plasma: pd.Series) -> list[list[object]]:
    """Sorafenib in plasma."""
    source = "mct.aacrjournals.org/highwire/markup/38644"
    area = np.trapezoid(plasma.to_numpy(), plasma.index.to_numpy())
    return [
        ["sorafenib 10 mg/kg: Cmax, ug/mL", plasma.max(), 6.9, source],
        ["sorafenib 10 mg/kg: Tmax, h", plasma.idxmax(), 1.0, source],
        ["sorafenib 10 mg/kg: AUC(0-6 h), ug h/mL", area, 24.0, source],
    ]


def culture_rows(viability: pd.Series) -> list[list[object]]:
    """HepG2 after 96 h with sorafenib."""
    hep3b = "aacrjournals.org/cancerres/article/72/8_Supplement/2825 (Hep3B)"
    return [
        ["HepG2 viability at 4.5 umol/L", viability[4.5], 0.5, "Liu 2006 Cancer Res 66:11851, recalled"],
        ["HepG2 viability at 7.5 umol/L", viability[7.5], 0.5, hep3b],
        ["HepG2 viability at 0.4 umol/L", viability[0.4], 0.9, "pubcompare.ai/protocol/ZMDHrosBwGXEOgesmidQ (Hep3B)"],
    ]


def draw(tumours: pd.DataFrame, plasma: pd.Series, viability: pd.Series) -> Figure:
    """Three panels: growth, plasma, culture."""
    figure = Figure(figsize=(11, 3.6), layout="constrained")
    growth, drug, culture = figure.subplots(1, 3)
    for animal, course in tumours.groupby("animal"):
        style = {"color": "#b03a2e", "linewidth": 2} if animal == 0 else {"color": "#999999", "linewidth": 0.5}
        growth.plot(course["time"] / WEEK, course["tumour_volume"], zorder=3 if animal == 0 else 1, **style)
    seen = load_evidence().observations_of("n1s1_growth2012", "untreated_n1s1_rat")
    growth.plot([one.time for one in seen], [one.value for one in seen], "ko", zorder=4, label="published means")
    growth.set(xlabel="weeks after inoculation", ylabel="volume, mm3", title="N1S1, untreated")
    growth.legend(frameon=False)
    drug.plot(plasma.index, plasma, color="#b03a2e", label="simulated")
    drug.plot([1.0], [6.9], "ko", label="published Cmax, Tmax")
    drug.set(xlabel="h", ylabel="ug/mL", title="sorafenib 10 mg/kg by mouth, mouse", ylim=(0, 8))
    drug.legend(frameon=False)
    culture.semilogx(viability.index, viability, "-", color="#b03a2e", label="simulated HepG2")
    culture.plot([4.5], [0.5], "ks", markerfacecolor="white", label="HepG2 (recalled)")
    culture.plot([0.4, 7.5], [0.9, 0.5], "ko", label="Hep3B")
    culture.set(xlabel="sorafenib, umol/L", ylabel="viable share after 96 h", title="culture", ylim=(0, 1.05))
    culture.legend(frameon=False)
    return figure


if __name__ == "__main__":
    main()
