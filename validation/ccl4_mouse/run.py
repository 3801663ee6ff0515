"""Untreated CCl4 in the mouse: the model against Holland 2021. Run: python validation/ccl4_mouse/run.py"""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from hepasome import engine
from hepasome.biology import CCL4_DEPOT, Structure, model_sbml, parameters
from hepasome.evidence import untreated_observations
from hepasome.trial import individual_animals, solver_settings

HERE = Path(__file__).parent
SINGLE_DOSE, REPEATED_DOSE = 1.0, 0.5  # mL/kg; the publication gives the first, the second is usual (assumed)
ANIMALS = 40


def main() -> None:
    """Simulate 40 mice per condition, write agreement.csv and ccl4_mouse.png."""
    data = untreated_observations("holland2021")
    acute = simulate([0.0], SINGLE_DOSE, np.arange(0, 73, 1.0))
    chronic = simulate([84.0 * i for i in range(16)], REPEATED_DOSE, np.arange(0, 61 * 24 + 1, 4.0))
    table = pd.concat([agreement(data, "CCl4_acute_mouse", acute), agreement(data, "CCl4_chronic_mouse", chronic)])
    table.to_csv(HERE / "agreement.csv", index=False, float_format="%.4g", lineterminator="\n")
    plot(data, acute, chronic)
    print(table.to_string(index=False))


def simulate(doses: list[float], amount: float, times: np.ndarray) -> pd.DataFrame:
    """Animals with their own parameters: columns time, ALT, AST, animal."""
    structure = Structure("mouse")
    model = engine.Model(model_sbml(structure))
    central = {symbol: row.value for symbol, row in parameters("mouse").items()}
    subjects = [
        engine.Subject(f"mouse {i}", own, {}, tuple(engine.Dose(t, CCL4_DEPOT, amount) for t in doses))
        for i, own in enumerate([central, *individual_animals("mouse", 20.0, ANIMALS, seed=1)])
    ]
    parts = []
    for i, found in enumerate(
        engine.simulate_ensemble(model, subjects, times, ("ALT", "AST"), solver=solver_settings(model))
    ):
        part = pd.DataFrame(found.values, columns=["ALT", "AST"])
        parts.append(part.assign(time=found.times[: len(part)], animal=i))
    return pd.concat(parts)
