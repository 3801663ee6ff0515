"""Untreated ischaemia and reperfusion in the mouse. Run `python validation/ischaemia_mouse/run.py`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from hepasome import engine
from hepasome.biology import Structure, disease_model, model_sbml, target_ids
from hepasome.trial import central_values, solver_settings

HERE = Path(__file__).parent
READ_OUTS = ("ALT", "AST", "TNF", "IL6", "HMGB1", "hepatocyte_number", "neutrophils", "survival")
MINUTES = (15, 30, 60, 90)
HALF_MAXIMUM = 34.0  # min of ischaemia at half of the injury (van Golen 2015, caption of a figure)
AFTER = (1.0, 3.0, 6.0, 12.0, 24.0, 48.0, 72.0)  # h of reperfusion in the table
HOURS = np.linspace(0, 72, 289)


def main() -> None:
    """Simulate several times of ischaemia; write courses.csv and ischaemia_mouse.png."""
    courses = {minutes: simulate(minutes) for minutes in MINUTES}
    rows = [
        {"minutes": minutes, "hours_of_reperfusion": hour, **{name: at(course, hour, name) for name in READ_OUTS}}
        for minutes, course in courses.items()
        for hour in AFTER
    ]
    table = pd.DataFrame(rows)
    table.to_csv(HERE / "courses.csv", index=False, float_format="%.4g", lineterminator="\n")
    print(table.to_string(index=False, float_format="%.3g"))
    grid = np.arange(5.0, 181.0, 5.0)
    alt = np.array([at(simulate(minutes), 6.0, "ALT") for minutes in grid])
    half = float(np.interp(alt[-1] / 2, alt, grid))
    print(
        f"ALT at 6 h is half of its largest value after {half:.0f} min of ischaemia (published {HALF_MAXIMUM:.0f} min)."
    )
    for minutes, course in courses.items():
        peak = {name: course["time"][course[name].idxmax()] for name in ("ALT", "AST")}
        print(f"{minutes} min: ALT highest at {peak['ALT']:.0f} h, AST at {peak['AST']:.0f} h of reperfusion")
    draw(courses, grid, alt, half).savefig(HERE / "ischaemia_mouse.png", dpi=130, metadata={"Software": None})


def simulate(minutes: float, share: float = 0.7) -> pd.DataFrame:
    """Columns time (h of reperfusion) and READ_OUTS of the typical mouse."""
    structure = Structure("mouse", disease="ischaemia_reperfusion")
    model = engine.Model(model_sbml(structure))
    values = central_values("mouse", "ischaemia_reperfusion")
    values = {name: value for name, value in values.items() if name in model.parameters}
    given, end = disease_model("ischaemia_reperfusion").induction, minutes / 60
    states = [name for state in given["share"].states for name in target_ids(structure, state)]
    doses = tuple(engine.Dose(0.0, name, share) for name in states)
    clamp = given["clamp"].lasts
    switches = (engine.Switch(0.0, clamp, 1.0), engine.Switch(end, clamp, 0.0))
    subject = engine.Subject("mouse", values, {}, doses, switches)
    times = tuple(end + HOURS)
    (found,) = engine.simulate_ensemble(model, [subject], times, READ_OUTS, solver=solver_settings(model))
    return pd.DataFrame(found.values, columns=list(READ_OUTS)).assign(time=HOURS)


def at(course: pd.DataFrame, hour: float, read_out: str) -> float:
    """A read-out at an hour of reperfusion."""
    return float(np.interp(hour, course["time"], course[read_out]))


def draw(courses: dict[int, pd.DataFrame], grid: np.ndarray, alt: np.ndarray, half: float) -> Figure:
    """Courses, and ALT at 6 h over the time of ischaemia."""
    figure = Figure(figsize=(11, 7), layout="constrained")
    colours = ("#0072B2", "#009E73", "#E69F00", "#D55E00")
    panels = {
        "ALT": "ALT, U/L",
        "AST": "AST, U/L",
        "hepatocyte_number": "hepatocytes over healthy",
        "TNF": "TNF over rest",
        "HMGB1": "HMGB1 over rest",
    }
    for i, (name, title) in enumerate(panels.items()):
        axes = figure.add_subplot(2, 3, i + 1)
        for colour, (minutes, course) in zip(colours, courses.items(), strict=True):
            axes.plot(course["time"], course[name], color=colour, label=f"{minutes} min")
        axes.set_title(title, loc="left", fontsize=9)
        axes.set_xlabel("hours of reperfusion")
    figure.axes[0].legend(fontsize=8, frameon=False)
    axes = figure.add_subplot(2, 3, 6)
    axes.plot(grid, alt, color="#0072B2")
    axes.axvline(HALF_MAXIMUM, color="black", linestyle=":", label="published half-maximum, 34 min")
    axes.plot([half], [alt[-1] / 2], "o", color="#D55E00", label=f"simulated, {half:.0f} min")
    axes.set_title("ALT at 6 h, U/L", loc="left", fontsize=9)
    axes.set_xlabel("minutes of ischaemia")
    axes.legend(fontsize=8, frameon=False)
    return figure


if __name__ == "__main__":
    main()
