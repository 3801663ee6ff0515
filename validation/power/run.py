"""Power and tests of `hepasome design` beside published tables and R. Run `python validation/power/run.py`."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy import optimize, stats

from hepasome import load_study
from hepasome.design import (
    Design,
    Material,
    Settled,
    Trials,
    anova,
    blocked_between,
    blocked_within,
    boundaries,
    contrast,
    crossing,
    dunnett_critical,
    log_rank,
    mann_whitney,
    settle_design,
    t_test,
    trivial_material,
    with_course,
)

HERE = Path(__file__).parent
TRIALS = 40_000
ALPHA = 0.05
EXACT = 1e-6  # of a p, beside R
END = 40.0  # of a trial of survival, in lives of the control: nobody outlives it

Array = NDArray[np.float64]


def main() -> None:
    """Compare everything and write agreement.csv and power.png."""
    found = agreement(TRIALS)
    found.to_csv(HERE / "agreement.csv", index=False, float_format="%.6g")
    picture(found).savefig(HERE / "power.png", dpi=120)
    print(found[~found["agrees"]].to_string() if not found["agrees"].all() else f"All {len(found)} agree.")


def agreement(trials: int) -> pd.DataFrame:
    """One row per number: case, ours, reference, difference, allowed, agrees, source."""
    rows = []
    for row in pd.read_csv(HERE / "published.csv").to_dict("records"):
        ours = published(row, trials)
        # a published number is rounded to whole subjects; three errors of the simulation come on top
        allowed = row["tolerance"] + 3 * math.sqrt(0.16 / trials)
        rows.append((f"published {row['case']}", ours, row["power"], allowed, row["source"]))
    for row in pd.read_csv(HERE / "boundaries.csv").to_dict("records"):
        rows.append((f"boundary {row['case']}", boundary(row), row["value"], row["tolerance"], row["source"]))
    for case, value in pd.read_csv(HERE / "numbers.csv").itertuples(index=False):
        kind = case.split()[0]
        ours = p_of(case.removeprefix("p ")) if kind == "p" else power_of(case, trials)
        allowed = EXACT if kind == "p" else 3.5 * math.sqrt(max(value * (1 - value), 1e-4) / trials)
        rows.append((case, ours, value, allowed, "reference.R"))
    table = pd.DataFrame(rows, columns=["case", "ours", "reference", "allowed", "source"])
    table.insert(3, "difference", table["ours"] - table["reference"])
    table.insert(5, "agrees", table["difference"].abs() <= table["allowed"])
    return table


def published(row: dict[str, Any], trials: int) -> float:
    """Power of the trial that a published table names, by simulation."""
    spending = row["spending"] if isinstance(row["spending"], str) else "obrien-fleming"
    design = Design(most=row["per_arm"], trials=trials, looks=row["looks"], spending=spending, attrition=0.0)
    if row["test"] == "log-rank":
        return _survival(design, row["effect"])
    effects = _means(row["test"], row["arms"], row["effect"], row["effect_unit"])
    return power(design, row["test"], effects)


def power_of(case: str, trials: int) -> float:
    """Power of a trial that R names, by simulation."""
    words = dict(word.split("=") for word in case.split()[2:])
    design = Design(most=int(words["n"]), trials=trials, attrition=0.0)
    if case.split()[1] == "t":
        return power(design, "t", _means("t", 2, float(words["d"]), "SD"))
    return power(design, "anova", _means("anova", int(words["k"]), float(words["f"]), "f"))


def power(design: Design, test: str, effects: Array) -> float:
    """Share of trials that find a difference, on either side, where subjects vary by one and nobody is lost."""
    settled = _settled(design, test, len(effects))
    material = trivial_material(stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000), effects[None, :], settled.arms)
    return _found(material, settled, design)


def _survival(design: Design, ratio: float) -> float:
    settled = _settled(design, "log-rank", 2)
    times = np.linspace(0, END, 40_001)
    nothing = trivial_material(np.zeros(2), np.array([[0.0, math.log(ratio)]]), settled.arms)
    return _found(with_course(nothing, times, times[None, :]), settled, design)


def _found(material: Material, settled: Settled, design: Design) -> float:
    drawn = Trials(material, settled, known=True)
    return drawn.power(design.most, drawn.unknown(), 0.0).found


def _settled(design: Design, test: str, arms: int) -> Settled:
    """A design of which only what it asks for counts; the study lends it the rest."""
    names = ("control", "treated", *(f"other_{i}" for i in range(arms - 2)))
    return replace(settle_design(load_study("li2013").study, design), arms=names, test=test)  # type: ignore[arg-type]


def _means(test: str, arms: int, effect: float, unit: str) -> Array:
    means = np.zeros(arms)
    if unit == "f":  # two groups at the ends, the others between them
        means[:2] = effect * math.sqrt(arms / 2) * np.array([-1.0, 1.0])
    else:
        means[1] = math.sqrt(2) * stats.norm.ppf(effect) if test == "mann-whitney" else effect
    return means


def boundary(row: dict[str, Any]) -> float:
    """A published number of group-sequential or many-to-one tests, ours."""
    kind, _, name = row["kind"].partition(" ")
    if kind == "dunnett":
        return dunnett_critical(int(row["looks"]), float(row["look"]), ALPHA)
    looks = int(row["looks"])
    share = tuple((i + 1) / looks for i in range(looks))
    if kind == "spending":
        return boundaries(name, ALPHA, share)[int(row["look"]) - 1]  # type: ignore[arg-type]
    shape = np.ones(looks) if name == "pocock" else np.sqrt(1 / np.array(share))
    constant = _solve(lambda c: float(crossing((c * shape).tolist(), share, 0.0).sum()), ALPHA, 1.5, 4.0)
    if kind == "constant":
        return constant
    fixed = stats.norm.isf(ALPHA / 2) + stats.norm.isf(0.2)
    bounds = (constant * shape).tolist()
    return _solve(lambda r: float(crossing(bounds, share, fixed * math.sqrt(r)).sum()), 0.8, 0.9, 1.6)


def _solve(function: Callable[[float], float], target: float, low: float, high: float) -> float:
    return float(optimize.brentq(lambda x: function(x) - target, low, high, xtol=1e-8))


def p_of(case: str) -> float:
    """Our p of one data set."""
    rows = pd.read_csv(HERE / "data.csv")
    rows = rows[rows["case"] == case]
    kind, size = case.split()[0], int(rows.groupby(["arm", "block"]).size().max())
    values = _by_arm(rows, "value")
    if kind == "log-rank":
        return float(log_rank(values, _by_arm(rows, "event") > 0)[0][0])
    tests = {"t": t_test, "mann-whitney": mann_whitney, "anova": anova, "contrast": contrast}
    tests |= {"within": blocked_within(size), "between": blocked_between(size)}
    return float(tests[kind](values)[0][0])


def _by_arm(rows: pd.DataFrame, column: str) -> Array:
    """Shape (1, arms, subjects), blocks in their order, NaN behind an arm that is smaller."""
    arms = [part.sort_values("block", kind="stable")[column].to_numpy(float) for _, part in rows.groupby("arm")]
    most = max(map(len, arms))
    return np.stack([np.pad(arm, (0, most - len(arm)), constant_values=np.nan) for arm in arms])[None]


def make_data() -> pd.DataFrame:
    """The data sets of data.csv: small, of known seed; not run again, since R has answered to them."""
    rng, rows = np.random.default_rng(20240607), []

    def add(case: str, arm: int, block: int, value: float, event: int = 1) -> None:
        rows.append((case, arm, block, round(value, 4), event))

    for kind, arms in (("t", 2), ("mann-whitney", 2), ("anova", 4), ("contrast", 4)):
        for name, n, effect in (("a", 6, 1.0), ("b", 12, 0.6), ("c", 15, 0.3)):
            for arm in range(arms):
                for i in range(n + arm):
                    add(f"{kind} {name}", arm, i, effect * (arm == 1) + 0.3 * (arm > 1) + rng.normal())
    for name, blocks, size, sd in (("a", 6, 2, 1.0), ("b", 8, 1, 0.8), ("c", 5, 3, 1.5)):
        for block in range(blocks):
            own = sd * rng.normal()
            for arm in (0, 1):
                for _ in range(size):
                    add(f"within {name}", arm, block, own + 0.8 * arm + rng.normal())
        for block in range(2 * blocks):
            own = sd * rng.normal()
            for _ in range(size + 1):
                add(f"between {name}", block % 2, block, own + 0.8 * (block % 2) + rng.normal())
    for name, n, ratio in (("a", 8, 0.4), ("b", 15, 0.6), ("c", 30, 1.0)):
        for arm in (0, 1):
            for i in range(n):
                time = rng.exponential() / (ratio if arm else 1)
                add(f"log-rank {name}", arm, i, min(time, 1.5), int(time < 1.5))
    return pd.DataFrame(rows, columns=["case", "arm", "block", "value", "event"])


def picture(found: pd.DataFrame) -> Figure:
    """Simulated power beside R's, and beside published tables case by case."""
    figure = Figure(figsize=(9, 4), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    own = found[found["case"].str.startswith("power")]
    left.errorbar(own["reference"], own["difference"], own["allowed"], fmt=".", color="#0072B2", lw=0.8)
    left.set_xlabel("power by pwr of R")
    left.set_ylabel("simulated less reference\nbars: what is allowed")
    own = found[found["case"].str.startswith("published")]
    names = own["case"].str.removeprefix("published ").str.replace("_", " ")
    right.errorbar(range(len(own)), own["difference"], own["allowed"], fmt="o", color="#D55E00", lw=0.8, markersize=4)
    right.set_xticks(range(len(own)), names, rotation=60, ha="right", fontsize=8)
    right.set_xlabel("published tables and formulas, all 0.80")
    for axes in (left, right):
        axes.axhline(0, color="#777777", lw=0.8)
    return figure


if __name__ == "__main__":
    main()
