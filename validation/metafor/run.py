"""Our pooling beside metafor and clubSandwich of R, number by number. The R side: reference.R."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from hepasome.evidence import (
    Effects,
    Pooled,
    egger,
    leave_one_out,
    log_odds_ratio,
    log_ratio_of_means,
    pool,
    standardised_difference,
)

HERE = Path(__file__).parent
MODERATORS = {
    "bcg": "moderator_a",
    "raudenbush": "moderator_a",
    "konstantopoulos": "moderator_a",
    "assink": "moderator_a",
}
INTERVALS = {"knha": "HKSJ", "z": "normal"}


def effects_of(dataset: str) -> Effects:
    """The effects of a data set as R wrote them."""
    rows = pd.read_csv(HERE / "data.csv", dtype={"study": str})
    rows = rows[rows["dataset"] == dataset]
    several = rows["study"].duplicated().any() and dataset in ("curtis", "konstantopoulos", "assink")
    moderators = {
        name: tuple(pd.to_numeric(rows[name]) if name == "moderator_a" else rows[name])
        for name in ("moderator_a", "moderator_b")
        if rows[name].notna().all()
    }
    label = tuple(rows["effect"].astype(str))
    study = tuple(rows["study"]) if several else label  # authors of two studies of one year are two studies
    return Effects("hedges_g", study, label, rows["yi"].to_numpy(), rows["vi"].to_numpy(), None, moderators)


def answers(dataset: str, model: str) -> dict[str, float]:
    """Our numbers for a data set and a model, by the names that reference.R uses."""
    effects, words = effects_of(dataset), model.split()
    if model == "Egger":
        found = egger(effects, by_size=False)
        return (
            {}
            if found is None
            else {"egger_t": found.t, "egger_df": found.df, "egger_p": found.p, "egger_limit": found.limit}
        )
    if model == "leave one out":
        out = {}
        for i, left in enumerate(leave_one_out(effects).values(), start=1):
            out |= {f"without_{i}": left.pooled.estimate, f"tau2_without_{i}": left.between}
            out |= {f"low_without_{i}": left.pooled.low, f"high_without_{i}": left.pooled.high}
        return out
    if words[0] == "three":
        moderators = ("moderator_a",) if "moderators" in words else ()
        correlation = float(words[words.index("rho") + 1]) if "rho" in words else 0.0
        how = "robust" if words[-1] == "CR2" else "model"
        return numbers(pool(effects, moderators=moderators, interval=how, correlation=correlation))
    moderators = {"moderators": ("moderator_a",), "allocation": ("moderator_b",)}.get(words[-1], ())
    return numbers(pool(effects, method=words[0], interval=INTERVALS[words[1]], moderators=moderators))


def numbers(found: Pooled) -> dict[str, float]:
    """Everything about a pooled effect by the names that reference.R uses."""
    out: dict[str, float] = {}
    for i, term in enumerate(found.terms):
        name = "pooled" if len(found.terms) == 1 else f"b{i}"
        out |= {name: term.estimate, f"{name}_se": term.error, f"{name}_low": term.low, f"{name}_high": term.high}
        out |= {f"{name}_p": term.p, f"{name}_df": term.df}
    out |= {"tau2": found.between, "omega2": found.within, "q": found.cochran.q, "q_p": found.cochran.p}
    out |= {"i2": 100 * found.inconsistency, "h2": 1 / (1 - found.inconsistency)}
    out |= {"qm": found.moderators_f, "qm_p": found.moderators_p}
    if found.prediction is not None:
        out |= dict(zip(("prediction_low", "prediction_high"), found.prediction, strict=True))
    if found.between_interval is not None:
        out |= dict(zip(("tau2_low", "tau2_high"), found.between_interval, strict=True))
    return out


def compared() -> pd.DataFrame:
    """Every number of R with ours and how far they are apart: against the number, or against 1 if that is larger."""
    rows = pd.read_csv(HERE / "numbers.csv")
    for (dataset, model), group in rows.groupby(["dataset", "model"], sort=False):
        found = answers(str(dataset), str(model))
        rows.loc[group.index, "ours"] = [found[quantity] for quantity in group["quantity"]]
    rows["apart"] = (rows["ours"] - rows["value"]).abs() / np.maximum(1, rows["value"].abs())
    return rows


def effect_sizes() -> pd.DataFrame:
    """Every effect computed from its groups, with how far it and its variance are from those of R."""
    raw = pd.read_csv(HERE / "raw.csv")
    for measure, group in raw.groupby("measure"):
        if measure == "log_odds_ratio":
            found = log_odds_ratio(group["e1"], group["n1"], group["e2"], group["n2"])
        else:
            size = standardised_difference if measure == "hedges_g" else log_ratio_of_means
            found = size(group["m1"], group["s1"], group["n1"], group["m2"], group["s2"], group["n2"])
        raw.loc[group.index, "apart"] = (found.effect - group["yi"]).abs() + (found.variance - group["vi"]).abs()
    return raw


def summary(rows: pd.DataFrame, raw: pd.DataFrame) -> pd.DataFrame:
    """Largest difference by data set and model."""
    sizes = raw.assign(model=raw["measure"]).groupby(["dataset", "model"], sort=False)["apart"]
    models = rows.groupby(["dataset", "model"], sort=False)["apart"]
    both = [part.agg(numbers="size", largest_difference="max").reset_index() for part in (sizes, models)]
    return pd.concat(both, ignore_index=True)


def main() -> None:
    """Write agreement.csv and agreement.png."""
    rows, raw = compared(), effect_sizes()
    table = summary(rows, raw)
    written = table.assign(largest_difference=table["largest_difference"].map("{:.0e}".format))
    written.to_csv(HERE / "agreement.csv", index=False, lineterminator="\n")
    print(written.to_string(index=False))
    draw(rows).savefig(HERE / "agreement.png", dpi=130, metadata={"Software": None})


def draw(rows: pd.DataFrame) -> Figure:
    """How far each number is from that of R, by data set."""
    figure = Figure(figsize=(7.5, 3.6), layout="constrained")
    axes = figure.add_subplot()
    names = list(dict.fromkeys(rows["dataset"]))
    jitter = np.random.default_rng(1).uniform(-0.25, 0.25, len(rows))
    axes.scatter(np.maximum(rows["apart"], 1e-17), [names.index(n) for n in rows["dataset"]] + jitter, s=6, alpha=0.5)
    axes.axvline(1e-6, color="firebrick", linewidth=1)
    axes.text(8e-7, 0.0, "limit of the test", color="firebrick", ha="right", va="center", fontsize=8)
    axes.set(xscale="log", xlabel="difference from R, relative to numbers above 1", yticks=range(len(names)))
    axes.set_yticklabels(names)
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    return figure


if __name__ == "__main__":
    main()
