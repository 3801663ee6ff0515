"""What steps, zones and draws do to a result. Run `python validation/calculation/run.py [PART ...]`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from hepasome import engine
from hepasome.inference import judge
from hepasome.trial import (
    Computing,
    Settings,
    Study,
    load_study,
    run_study,
    settle_protocol,
    solver_settings,
    study_ids,
    typical_subject,
)

HERE = Path(__file__).parent
FINER = 1e-2  # times every tolerance
NEXT_TO_NOTHING = 1e4  # times the absolute tolerance: below it an endpoint is nothing but tolerance
ZONES = (1, 3, 6)
ZONED = ("herrera2010", "li2013", "tan2014")
SEEDS, DRAWS = (1, 2), 100


def main(parts: Sequence[str]) -> None:
    """Compute the parts named, or all; write their tables, and the figure where all were computed."""
    tables = {name: make() for name, make in PARTS.items() if name in (parts or PARTS)}
    for name, table in tables.items():
        print(f"\n{name}\n{table.to_string(index=False, max_rows=60)}")
        table.to_csv(HERE / f"{name}.csv", index=False, float_format="%.4g", lineterminator="\n")
    if len(tables) == len(PARTS):
        draw(tables).savefig(HERE / "calculation.png", dpi=130, metadata={"Software": None})


def steps() -> pd.DataFrame:
    """Every study: how much endpoints and effects change when all tolerances are 100 times smaller."""
    rows = []
    for study in map(load_study, study_ids()):
        usual, fine = values(study), values(study, FINER)
        level = np.abs(usual / fine - 1)
        effect = np.abs(effects(study, usual) - effects(study, fine))
        rows.append([study.id, usual.notna().sum().sum(), np.nanmax(level), np.nanmax(effect, initial=0.0)])
    return pd.DataFrame(rows, columns=["study", "endpoints", "largest_change", "largest_change_of_effect"])


def zones() -> pd.DataFrame:
    """Three studies: each endpoint and effect of the typical animal with more zones, over that with one."""
    rows = []
    for study in map(load_study, ZONED):
        found = {count: values(study.model_copy(update={"zones": count})) for count in ZONES}
        changed = {count: effects(study, table) for count, table in found.items()}
        for arm in study.arms:
            for label in found[1].columns:
                level = [found[count].loc[arm, label] / found[1].loc[arm, label] for count in ZONES[1:]]
                effect = [100 * np.expm1(changed[count].loc[arm, label]) for count in ZONES]
                rows.append([study.id, arm, label, found[1].loc[arm, label], *level, *effect])
    ratios = [f"ratio_{count}_zones" for count in ZONES[1:]]
    percent = [f"effect_{count}_zones" for count in ZONES]
    return pd.DataFrame(rows, columns=["study", "arm", "endpoint", "one_zone", *ratios, *percent]).dropna(
        subset=["one_zone"]
    )


def seeds() -> pd.DataFrame:
    """Every simulated claim: its verdict and probability at two seeds."""
    rows = []
    for study in map(load_study, study_ids()):
        found = [
            judge(run_study(study, Settings(draws=DRAWS, seed=seed), computing=Computing(workers=2))) for seed in SEEDS
        ]
        for one, other in zip(*found, strict=True):
            if one.probability is not None:
                rows.append([study.id, one.claim.id, one.label, other.label, one.probability, other.probability])
        print(study.id, file=sys.stderr)
    columns = [f"{what}_seed_{seed}" for what in ("verdict", "probability") for seed in SEEDS]
    return pd.DataFrame(rows, columns=["study", "claim", *columns])


def values(study: Study, finer: float = 1.0) -> pd.DataFrame:
    """Endpoints of the typical subject of each arm, central values; NaN where one is nothing but tolerance."""
    protocol = settle_protocol(study, None)
    found = {}
    for arm in study.arms:
        typical = typical_subject(study, arm)
        solver = solver_settings(typical.model)
        tolerances = {name: finer * one for name, one in solver.state_tolerances.items()}
        solver = replace(
            solver,
            relative_tolerance=finer * solver.relative_tolerance,
            absolute_tolerance=finer * solver.absolute_tolerance,
            state_tolerances=tolerances,
        )
        when = {str(e): protocol.endpoint_time(e) for e in study.endpoints}
        times = sorted(set(when.values()))
        outputs = list(dict.fromkeys(e.endpoint for e in study.endpoints))
        (course,) = engine.simulate_ensemble(typical.model, [typical.subject], times, outputs, solver=solver, workers=1)
        found[arm] = {
            str(e): course.values[times.index(when[str(e)]), outputs.index(e.endpoint)] for e in study.endpoints
        }
    table = pd.DataFrame(found).T
    return table.where(table.abs() > NEXT_TO_NOTHING * 1e-9)


def effects(study: Study, table: pd.DataFrame) -> pd.DataFrame:
    """Log ratio of every arm to the control."""
    return np.log(table / table.loc[study.control])


def draw(tables: dict[str, pd.DataFrame]) -> Figure:
    """Changes by smaller steps, by zones, and probabilities at two seeds."""
    figure = Figure(figsize=(11, 3.4), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    changes = tables["steps"][["largest_change", "largest_change_of_effect"]].clip(lower=1e-10)
    for name, label in (("largest_change", "endpoint"), ("largest_change_of_effect", "effect")):
        left.plot(np.sort(changes[name]), np.arange(1, len(changes) + 1), drawstyle="steps-post", label=label)
    left.set_xscale("log")
    left.set_xlabel("largest change at tolerances 100 times smaller")
    left.set_ylabel("studies")
    left.legend(frameon=False)
    for place, (study, rows) in enumerate(tables["zones"].groupby("study")):
        for marker, count in zip("os", ZONES[1:], strict=True):
            ratio = rows[f"ratio_{count}_zones"]
            middle.plot(
                np.full(len(ratio), place), ratio, marker, alpha=0.4, label=f"{count} zones", color=COLOURS[count]
            )
        middle.text(place, 0.02, study, transform=middle.get_xaxis_transform(), ha="center", fontsize=8)
    middle.set_yscale("log")
    middle.set_xticks([])
    middle.axhline(1, color="#777777", linewidth=0.8)
    middle.set_ylabel("endpoint over that with one zone")
    handles, labels = middle.get_legend_handles_labels()
    middle.legend(handles[:2], labels[:2], frameon=False)
    seeds = tables["seeds"]
    right.plot(seeds["probability_seed_1"], seeds["probability_seed_2"], ".", alpha=0.5)
    right.plot([0, 1], [0, 1], color="#777777", linewidth=0.8)
    right.set_xlabel("probability of the claim, seed 1")
    right.set_ylabel("seed 2")
    return figure


COLOURS = {3: "#0072B2", 6: "#D55E00"}
PARTS = {"steps": steps, "zones": zones, "seeds": seeds}

if __name__ == "__main__":
    main(sys.argv[1:])
