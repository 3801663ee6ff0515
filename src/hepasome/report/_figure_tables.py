"""The numbers behind the figures of a report, one table per figure."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hepasome.inference import Verdict, attribution, cargo_per_cell, fate_shares
from hepasome.report._identifiability import identifiability
from hepasome.report._panels import unit_of
from hepasome.report._survival import has_deaths
from hepasome.trial import Run, survival_times, treated_arms


def figure_tables(run: Run, verdicts: list[Verdict]) -> dict[str, pd.DataFrame]:
    """What each figure of a run shows, by the name of the figure; times in hours."""
    made = {"protocol": _protocol(run), "time_courses": _courses(run), "animals": _animals(run)}
    for arm in treated_arms(run.study):
        shares = fate_shares(run, arm)
        if len(shares):
            made[f"fate_{arm}"] = _fate(shares)
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
    """Columns: endpoint, unit, arm, time, and median, low and high (5 % and 95 %) of the animals."""
    parts = []
    for name in dict.fromkeys(endpoint.endpoint for endpoint in run.study.endpoints):
        at = run.trajectories.groupby(["arm", "time"], sort=False)[name]
        part = pd.DataFrame({end: at.quantile(q) for end, q in (("median", 0.5), ("low", 0.05), ("high", 0.95))})
        parts.append(part.reset_index().assign(endpoint=name, unit=unit_of(name)))
    return pd.concat(parts, ignore_index=True)[["endpoint", "unit", "arm", "time", "median", "low", "high"]]


def _animals(run: Run) -> pd.DataFrame:
    """Columns: subject, arm, endpoint, time, measured."""
    return run.endpoints[["subject", "arm", "endpoint", "time", "measured"]]


def _fate(shares: pd.DataFrame) -> pd.DataFrame:
    """Columns: hours after the dose, and a share (%) for each place."""
    return shares.rename_axis("hours after the dose").reset_index()


def _copies(run: Run, verdicts: list[Verdict]) -> pd.DataFrame:
    """Columns: arm, cargo, target, cell, and copies per vesicle carried and required; last those of claims."""
    rows = cargo_per_cell(run)[["arm", "cargo", "target", "cell", "carried", "required"]]
    claimed = [
        (v.claim.arm, v.claim.cargo, f"claim on {v.claim.endpoint}", "", v.carried_copies, v.required_copies)
        for v in verdicts
        if v.required_copies is not None
    ]
    return pd.concat([rows, pd.DataFrame(claimed, columns=rows.columns)]) if claimed else rows


def _survival(run: Run) -> pd.DataFrame:
    """Columns: arm, time of a death or of the end, animals at risk before it, deaths at it, share alive after it."""
    end, rows = run.plan.protocol.read_out, []
    for arm in run.plan.protocol.arms:
        if not len(survival_times(run.subjects, arm, end)):
            continue
        own = (run.subjects["arm"] == arm) & (run.subjects["role"] == "animal")
        death = run.subjects.loc[own, "death"].dropna().to_numpy()
        alive = 1.0
        for time in (0.0, *np.unique(death[death <= end]), end):
            risk, dead = int((death >= time).sum()), int((death == time).sum())
            alive *= 1 - dead / risk if risk else 1.0
            rows.append((arm, time, risk, dead, alive))
    return pd.DataFrame(rows, columns=["arm", "time", "at_risk", "deaths", "share_alive"]).drop_duplicates()
