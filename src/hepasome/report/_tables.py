"""Tables of a run for the terminal."""

from __future__ import annotations

import math
from typing import Any

from rich.markup import escape
from rich.table import Table

from hepasome.inference import Verdict, changes
from hepasome.product import IdentityItem
from hepasome.trial import Run

_VERDICT_STYLE = {"reproduced": "green", "conditional": "yellow", "not reproduced": "red", "not judged": "dim"}


def endpoint_table(run: Run) -> Table:
    """Mean and SD of every arm, with Hedges g, p and change against the control arm."""
    arms = list(run.plan.protocol.arms)
    table = Table(
        title=escape(f"{run.study.title}: what the laboratory would find"),
        title_justify="left",
        box=None,
        pad_edge=False,
    )
    table.add_column("endpoint", overflow="fold")
    for arm in arms:
        table.add_column(arm, justify="right", no_wrap=True)
    statistics = statistics_by_arm(run)
    typical = {(row.endpoint, row.arm): row for row in changes(run).itertuples()}
    for endpoint in dict.fromkeys(str(e) for e in run.study.endpoints):
        cells = []
        for arm in arms:
            row = statistics[endpoint, arm]
            text = f"{number(row['mean'])} ± {number(row['sd'])}"
            if arm != run.study.control and not math.isnan(row["g"]):
                text += f"\ng {row['g']:+.1f}\n[{row['g_low']:+.1f}, {row['g_high']:+.1f}]\n{p_value(row['p'])}"
            elif arm != run.study.control and not math.isnan(row["p"]):
                text += f"\n{p_value(row['p'])}"
            change = typical.get((endpoint, arm))
            if change is not None:
                text += f"\n{_interval(change.change, change.low, change.high)}"
            cells.append(text)
        table.add_row(endpoint, *cells)
    counts = run.endpoints.groupby("arm")["subject"].nunique()
    table.caption = (
        f"mean ± SD of {', '.join(f'{counts.get(arm, 0)} {arm}' for arm in arms)}; Hedges g [95 %] and Dunnett's p "
        f"against {run.study.control}; % is the change of the typical subject against it, median and 90 % of the draws"
    )
    table.caption_justify = "left"
    return table


def statistics_by_arm(run: Run) -> dict[tuple[str, str], dict[str, Any]]:
    """The rows of a run's statistics by endpoint and arm; without numbers where no animal gave a value."""
    rows: list[dict[Any, Any]] = run.statistics().to_dict("records")
    nothing = dict.fromkeys(("mean", "sd", "g", "g_low", "g_high", "p"), math.nan) | {"n": 0}
    empty = {(str(e), arm): nothing for e in run.study.endpoints for arm in run.plan.protocol.arms}
    return empty | {(row["endpoint"], row["arm"]): row for row in rows}


def verdict_table(verdicts: list[Verdict]) -> Table:
    """Every published claim with its verdict; failed ones as visible as the others."""
    table = Table(box=None, pad_edge=False)
    table.add_column("claim", max_width=44)
    table.add_column("verdict")
    table.add_column("simulated change [90 %]", justify="right")
    table.add_column("why", max_width=60)
    for verdict in verdicts:
        table.add_row(
            escape(verdict.claim.statement),
            f"[{_VERDICT_STYLE[verdict.label]}]{verdict.label}[/]",
            change_text(verdict),
            escape(verdict.reason),
        )
    return table


def identity_table(items: tuple[IdentityItem, ...]) -> Table:
    """Questions about a preparation with their answers, and who asks."""
    table = Table(box=None, pad_edge=False)
    table.add_column("question", max_width=36)
    table.add_column("answer")
    table.add_column("found", max_width=60)
    table.add_column("asked by", max_width=48)
    for item in items:
        style = {"yes": "green", "no": "red"}.get(item.answer, "dim")
        cells = (escape(item.found), escape(item.criterion.source))
        table.add_row(escape(item.criterion.question), f"[{style}]{item.answer}[/]", *cells)
    return table


def change_text(verdict: Verdict) -> str:
    """Median change with its interval, in percent."""
    if verdict.change is None or verdict.change_low is None or verdict.change_high is None:
        return ""
    return f"{signed(verdict.change)} % [{signed(verdict.change_low)}, {signed(verdict.change_high)}]"


def _interval(change: Any, low: Any, high: Any) -> str:
    """A change in percent above its interval, both short: a hundredfold change needs no decimals."""
    digits = 1 if max(map(abs, (change, low, high))) < 100 else 0
    return f"{signed(change, digits)} %\n[{signed(low, digits)}, {signed(high, digits)}]"


def signed(value: float, digits: int = 1) -> str:
    """A number with its sign; none where nothing but zeros would follow."""
    text = f"{value:+.{digits}f}"
    return text if float(text) else text[1:]


def number(value: float | None) -> str:
    """A number as a reader would write it: three digits, all before the point, or two with a power of ten."""
    if value is None or math.isnan(value):
        return "-"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if value == 0:
        return "0"
    rounded = float(f"{value:.2e}")
    if 1e-3 <= abs(rounded) < 1e6:
        digits = max(0, 2 - math.floor(math.log10(abs(rounded))))
        return f"{value:,.{digits}f}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def p_value(p: float) -> str:
    """A p-value as journals print it: two digits, three below 0.1; empty if there is none."""
    if math.isnan(p):
        return ""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.0995 else f"p = {p:.2f}"
