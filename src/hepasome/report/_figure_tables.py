"""The numbers behind the figures of a report, one table per figure."""

from __future__ import annotations

import pandas as pd

from hepasome.inference import Verdict, attribution, cargo_per_cell, fate_intervals, fate_shares
from hepasome.report._courses import typical_at_endpoints
from hepasome.report._identifiability import identifiability
from hepasome.report._panels import unit_of
from hepasome.report._survival import has_deaths, kaplan_meier
from hepasome.trial import Run, survival_times, treated_arms


def figure_tables(run: Run, verdicts: list[Verdict]) -> dict[str, pd.DataFrame]:
    """What each figure of a run shows, by the name of the figure; times in hours."""
    made = {"protocol": _protocol(run), "time_courses": _courses(run), "animals": _animals(run)}
    for arm in treated_arms(run.study):
        shares = fate_shares(run, arm)
        if len(shares):
            made[f"fate_{arm}"] = _fate(run, arm, shares)
    if treated_arms(run.study) and len(cargo_per_cell(run)):
        made["copies"] = _copies(run, verdicts)
    if has_deaths(run):
        made["survival"] = _survival(run)
    if len(attribution(run)):
        made["attribution"] = attribution(run)
    if informed := identifiability(run):
        made["identifiability"] = pd.DataFrame(informed)
    return made


def _protocol(run: Run) -> pd.DataFrame:
    """Columns: arm, what (injury, treatment, read-out), time, dose, route."""
    plan, rows = run.plan.protocol, []
    for arm, given in plan.arms.items():
        rows += [(arm, "injury", time, "", "") for time in given.induction_times]
        if given.treatment is not None:
            dose, route = str(given.treatment.dose), given.treatment.route
            rows += [(arm, "treatment", time, dose, route) for time in given.treatment.times]
        rows.append((arm, "read-out", plan.read_out, "", ""))
    return pd.DataFrame(rows, columns=["arm", "what", "time", "dose", "route"])


def _courses(run: Run) -> pd.DataFrame:
    """Columns: endpoint, unit, arm, time; median, low and high (5 % and 95 %) of the animals, and of the draws."""
    ends, parts = {"median": 0.5, "low": 0.05, "high": 0.95}, []
    for name in dict.fromkeys(endpoint.endpoint for endpoint in run.study.endpoints):
        at = run.trajectories.groupby(["arm", "time"], sort=False)[name]
        part = pd.DataFrame({end: at.quantile(q) for end, q in ends.items()})
        parts.append(part.reset_index().assign(endpoint=name, unit=unit_of(name)))
    of_draws = typical_at_endpoints(run).drop(columns="endpoint").rename(columns={"read_out": "endpoint"})
    of_draws = of_draws.rename(columns={end: f"draws_{end}" for end in ends})
    place = ["endpoint", "arm", "time"]
    # a course need not be read at the time of an endpoint
    table = pd.concat(parts).merge(of_draws, "outer", place, sort=False)
    table["unit"] = table["endpoint"].map(unit_of)
    return table[["endpoint", "unit", "arm", "time", *ends, *(f"draws_{end}" for end in ends)]]


def _animals(run: Run) -> pd.DataFrame:
    """Columns: subject, arm, endpoint, time, measured."""
    return run.endpoints[["subject", "arm", "endpoint", "time", "measured"]]


def _fate(run: Run, arm: str, shares: pd.DataFrame) -> pd.DataFrame:
    """Columns: hours after the dose, place, share (%): mean of the animals; median, low and high of the draws."""
    long = shares.rename_axis("hours").reset_index().melt("hours", var_name="place", value_name="animals")
    found = fate_intervals(run, arm)
    last = found.loc[found["moment"] == "end", ["hours", "place", "median", "low", "high"]]
    return long.merge(last, "left", ["hours", "place"])


def _copies(run: Run, verdicts: list[Verdict]) -> pd.DataFrame:
    """Columns: arm, cargo, target, cell, and copies per vesicle carried and required; last those of claims."""
    numbers = [f"{what}{end}" for what in ("carried", "required") for end in ("", "_low", "_high")]
    rows = cargo_per_cell(run)[["arm", "cargo", "target", "cell", *numbers]]
    claimed = [
        {
            "arm": v.claim.arm,
            "cargo": v.claim.cargo,
            "target": f"claim on {v.claim.endpoint}",
            "carried": v.carried_copies,
            "required": v.required_copies,
        }
        for v in verdicts
        if v.required_copies is not None
    ]
    return pd.concat([rows, pd.DataFrame(claimed)])[rows.columns] if claimed else rows


def _survival(run: Run) -> pd.DataFrame:
    """Columns: arm, time, share (alive after it), low, high (95 %), at_risk (before it), deaths (at it)."""
    end, parts = run.plan.protocol.read_out, []
    for arm in run.plan.protocol.arms:
        times = survival_times(run.subjects, arm, end)
        if not len(times):
            continue
        curve = kaplan_meier(times, end)
        own = (run.subjects["arm"] == arm) & (run.subjects["role"] == "animal")
        death = run.subjects.loc[own, "death"].dropna().to_numpy()[:, None]
        at = curve["time"].to_numpy()
        parts.append(curve.assign(arm=arm, at_risk=(death >= at).sum(0), deaths=(death == at).sum(0)))
    return pd.concat(parts)[["arm", "time", "share", "low", "high", "at_risk", "deaths"]]
