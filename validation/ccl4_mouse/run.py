"""Untreated CCl4 in the mouse: the model beside Holland 2021. Run `python validation/ccl4_mouse/run.py`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from hepasome import engine
from hepasome.biology import Structure, model_sbml, target_ids
from hepasome.evidence import Observation, load_evidence
from hepasome.trial import central_values, individual, solver_settings, stream

HERE = Path(__file__).parent
ANIMALS = 40
BODY_WEIGHT = 20.0  # g
READ_OUTS = ("ALT", "AST")
DAY = 24.0  # h
HOURS = {"h": 1.0, "mo": 30.4 * DAY}
# Doses in mL/kg, their times and the read-outs in h. Neither dose is in the source at hand: 1 mL/kg is usual for a
# single dose, 0.5 for two a week. How long after the last dose chronic animals were read is not stated: here 8 days.
CONDITIONS = {
    "acute_ccl4_mouse": (1.0, (0.0,), np.arange(0, 73, 1.0)),
    "chronic_ccl4_mouse": (0.5, tuple(84.0 * i for i in range(16)), np.arange(0, 61 * DAY, 4.0)),
}


def main() -> None:
    """Simulate both conditions; write agreement.csv and ccl4_mouse.png."""
    courses = {name: simulate(*protocol) for name, protocol in CONDITIONS.items()}
    observed = {name: load_evidence().observations_of("holland2021", name) for name in CONDITIONS}
    rows = [agreement(one, courses[name]) for name in CONDITIONS for one in observed[name]]
    table = pd.DataFrame(rows)
    table.to_csv(HERE / "agreement.csv", index=False, float_format="%.4g", lineterminator="\n")
    draw(courses, observed).savefig(HERE / "ccl4_mouse.png", dpi=130, metadata={"Software": None})
    print(table.to_string(index=False))
    acute, chronic = (course[course["animal"] == 0].set_index("time")["ALT"] for course in courses.values())
    last = CONDITIONS["chronic_ccl4_mouse"][1][-1]
    print(f"ALT of the typical mouse: highest at {acute.idxmax():.0f} h, {acute[72.0]:.0f} U/L at 72 h; after repeated")
    print(f"doses {chronic[last + 84]:.0f} U/L 3.5 days after the last and {chronic[last + 168]:.0f} U/L after 7 days.")


def simulate(dose: float, dose_times: tuple[float, ...], times: np.ndarray) -> pd.DataFrame:
    """Columns time (h), ALT, AST (U/L) and animal: 0 is the typical mouse, the others vary around it."""
    structure = Structure("mouse")
    model = engine.Model(model_sbml(structure))
    (depot,) = target_ids(structure, structure.model.induction["dose"].states[0])
    central = central_values("mouse")
    own = [individual(central, "mouse", BODY_WEIGHT, stream(1, "validation", i)) for i in range(ANIMALS)]
    doses = tuple(engine.Dose(time, depot, dose) for time in dose_times)
    subjects = [
        engine.Subject(str(i), {name: v for name, v in values.items() if name in model.parameters}, {}, doses)
        for i, values in enumerate([central, *own])
    ]
    found = engine.simulate_ensemble(model, subjects, tuple(times), READ_OUTS, solver=solver_settings(model))
    parts = [pd.DataFrame(one.values, columns=list(READ_OUTS)).assign(time=times) for one in found]
    return pd.concat([part.assign(animal=i) for i, part in enumerate(parts)])


def agreement(observed: Observation, course: pd.DataFrame) -> dict[str, object]:
    """One observation beside what is simulated at the nearest time."""
    time = min(observed.time * HOURS[observed.time_unit], course["time"].max())
    nearest = course["time"].iloc[(course["time"] - time).abs().argmin()]
    values = course[course["time"] == nearest].set_index("animal")[observed.endpoint]
    animals = values.drop(0)
    return {
        "condition": observed.condition,
        "endpoint": observed.endpoint,
        "time": f"{observed.time:g} {observed.time_unit}",
        "observed": observed.value,
        "standard_error": observed.spread,
        "typical_mouse": values[0],
        "mean_of_animals": animals.mean(),
        "animals_5_percent": animals.quantile(0.05),
        "animals_95_percent": animals.quantile(0.95),
        "ratio": animals.mean() / observed.value,
    }


def draw(courses: dict[str, pd.DataFrame], observed: dict[str, tuple[Observation, ...]]) -> Figure:
    """The band of the animals, the typical mouse and the published points."""
    figure = Figure(figsize=(9, 6), layout="constrained")
    for row, (name, course) in enumerate(courses.items()):
        unit, scale = ("hours", 1.0) if "acute" in name else ("days", DAY)
        for column, read_out in enumerate(READ_OUTS):
            axes = figure.add_subplot(2, 2, 2 * row + column + 1)
            typical = course[course["animal"] == 0]
            animals = course[course["animal"] > 0].groupby("time")[read_out]
            low, high = animals.quantile(0.05), animals.quantile(0.95)
            axes.fill_between(low.index / scale, low, high, color="#0072B2", alpha=0.2, label=f"{ANIMALS} mice, 90 %")
            axes.plot(typical["time"] / scale, typical[read_out], color="#0072B2", label="typical mouse")
            points = [one for one in observed[name] if one.endpoint == read_out]
            axes.errorbar(
                [one.time * HOURS[one.time_unit] / scale for one in points],
                [one.value for one in points],
                [one.spread or 0.0 for one in points],
                fmt="o",
                color="#D55E00",
                capsize=3,
                label="Holland 2021, n = 5, ± SE",
            )
            axes.set_yscale("log")
            axes.set_title(f"{name}: {read_out}", loc="left", fontsize=9)
            axes.set_xlabel(unit)
            axes.set_ylabel("U/L")
    figure.axes[0].legend(fontsize=8, frameon=False)
    return figure


if __name__ == "__main__":
    main()
