"""Pooled effects in words and tables."""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np
from rich.table import Table
from scipy import stats

from hepasome.evidence import FEW_STUDIES, MEASURES, Effects, Egger, Pooled, Robustness, Term
from hepasome.report._tables import p_value

_TOO_LARGE = 1e6
_LARGEST = math.log(sys.float_info.max)


def shown(effects: Effects, value: float) -> float:
    """An effect as readers want it: ratios as ratios, not as logarithms."""
    if not MEASURES[effects.measure][1]:
        return value
    return math.exp(value) if value < _LARGEST else math.inf


def interval(effects: Effects, estimate: float, low: float, high: float) -> str:
    """An effect with its interval."""
    middle, *ends = (written(shown(effects, value)) for value in (estimate, low, high))
    return f"{middle} [{', '.join(ends)}]"


def written(value: float) -> str:
    """A number with two decimals; one that is far too large for them in short."""
    return f"{value:.2f}" if abs(value) < _TOO_LARGE else f"{value:.3g}"


def own_interval(effects: Effects, i: int) -> tuple[float, float, float]:
    """One effect with its own 95 % interval."""
    half = float(stats.norm.ppf(0.975) * np.sqrt(effects.variance[i]))
    return float(effects.effect[i]), float(effects.effect[i]) - half, float(effects.effect[i]) + half


def effect_rows(effects: Effects) -> list[dict[str, Any]]:
    """Every effect as study, label, effect, variance, low and high, and in words."""
    rows = []
    for i, (study, label) in enumerate(zip(effects.study, effects.label, strict=True)):
        effect, low, high = own_interval(effects, i)
        row = {"study": study, "label": label, "effect": effect, "variance": float(effects.variance[i])}
        rows.append(row | {"low": low, "high": high, "words": interval(effects, effect, low, high)})
    return rows


def effects_table(effects: Effects) -> Table:
    """Every effect with its interval."""
    table = Table("study", f"{MEASURES[effects.measure][0]} [95 %]", box=None, pad_edge=False)
    for row in effect_rows(effects):
        table.add_row(row["label"], row["words"])
    return table


def terms_table(effects: Effects, pooled: Pooled) -> Table:
    """The pooled effect, or the intercept and the moderators."""
    alone = len(pooled.terms) == 1
    ratio = MEASURES[effects.measure][1]
    what = f"{'logarithm of the ' if ratio and not alone else ''}{MEASURES[effects.measure][0]}"
    table = Table("term", f"{what} [95 %]", "df", "p", box=None, pad_edge=False)
    for term in pooled.terms:
        text = interval(effects, term.estimate, term.low, term.high) if alone else _plain(term)
        df = "" if math.isinf(term.df) else f"{term.df:.3g}"
        table.add_row(term.name, text, df, p_value(term.p).removeprefix("p = ").removeprefix("p "))
    return table


def _plain(term: Term) -> str:
    return f"{term.estimate:.3g} [{term.low:.3g}, {term.high:.3g}]"


def pooled_lines(effects: Effects, pooled: Pooled) -> list[str]:
    """What else is to be said of a pooled effect, one sentence a line."""
    lines = [f"{pooled.studies} studies, {pooled.effects} effects; {_method(pooled)}."]
    if pooled.prediction is not None:
        low, high = (shown(effects, end) for end in pooled.prediction)
        ends = f"{written(low)} and {written(high)}"
        lines.append(f"A new study would find between {ends} (95 % prediction interval).")
    between = f"Between studies: tau2 = {pooled.between:.3g}"
    if pooled.between_interval is not None:
        between += f" [{pooled.between_interval[0]:.3g}, {pooled.between_interval[1]:.3g}]"
    if pooled.within is not None:
        between += f"; within studies: {pooled.within:.3g}"
    q = pooled.cochran
    lines.append(f"{between}; I2 = {pooled.inconsistency:.0%}; Q = {q.q:.1f} (df {q.df}, {p_value(q.p)}).")
    if pooled.moderators_f is not None and pooled.moderators_p is not None:
        lines.append(f"All moderators together: F = {pooled.moderators_f:.2f}, {p_value(pooled.moderators_p)}.")
    if pooled.correlation is not None:
        lines.append(f"Assumed: errors of effects of one study correlate by {pooled.correlation:g}.")
    few = [term.name for term in pooled.terms if pooled.interval == "robust" and term.df < 4]
    if few:
        lines.append(f"Fewer than 4 degrees of freedom ({', '.join(few)}): too few studies for a robust interval.")
    if pooled.narrowed:
        lines.append("The effects differ less than by chance, which made the HKSJ interval too narrow: read z.")
    return lines


def _method(pooled: Pooled) -> str:
    ways = {
        "HKSJ": "Hartung-Knapp-Sidik-Jonkman intervals",
        "normal": "normal (z) intervals",
        "robust": "robust intervals (CR2)",
        "model": "t intervals",
    }
    levels = "three levels, " if pooled.within is not None else ""
    method = "REML" if pooled.method == "REML" else "DerSimonian-Laird"
    return f"{levels}{method}, {ways[pooled.interval]}"


def comparison_table(effects: Effects, others: dict[str, Pooled]) -> Table:
    """The same effects pooled in other ways."""
    table = Table("pooled by", f"{MEASURES[effects.measure][0]} [95 %]", "tau2", box=None, pad_edge=False)
    for name, found in others.items():
        term = found.pooled
        table.add_row(name, interval(effects, term.estimate, term.low, term.high), f"{found.between:.3g}")
    return table


def robustness_lines(effects: Effects, found: Pooled, held: Robustness) -> list[str]:
    """What leaving out studies, moderators and small studies do to a pooled effect."""
    lines = left_out_lines(effects, found, held.without) if held.without else []
    if held.unexplained is not None:
        share = 0.0 if held.unexplained == 0 else max(0.0, 1 - found.between / held.unexplained)
        lines.append(f"Without moderators tau2 is {held.unexplained:.3g}; they explain {share:.0%} of it.")
    return [*lines, egger_line(effects, held.egger)]


def egger_line(effects: Effects, found: Egger | None) -> str:
    """What Egger's test says."""
    if found is None:
        return "Small studies: too few, or all of one size; not tested."
    by = "numbers of subjects" if found.by_size else "standard error"
    line = f"Small studies (Egger, by {by}): t = {found.t:.2f}, df {found.df}, {p_value(found.p)}."
    if len(effects.effect) < FEW_STUDIES:
        return f"{line} With fewer than {FEW_STUDIES} effects that says nothing."
    if len(effects.studies) < len(effects.effect):
        return f"{line} It takes all effects as independent, which those of one study are not."
    return line


def left_out_lines(effects: Effects, whole: Pooled, left: dict[str, Pooled]) -> list[str]:
    """Between which ends the pooled effect lies if one study is left out, and on which study a verdict hangs."""
    ordered = sorted(left, key=lambda study: left[study].pooled.estimate)
    ends = [
        f"{written(shown(effects, left[study].pooled.estimate))} without {study}" for study in (ordered[0], ordered[-1])
    ]
    lines = [f"One study left out: from {ends[0]} to {ends[1]}."]
    told = _tells(whole)
    turning = [study for study, found in left.items() if _tells(found) != told]
    if turning:
        verb = "would reach" if told else "would not reach"
        lines.append(f"The interval {verb} `no effect` without: {', '.join(turning)}.")
    return lines


def _tells(pooled: Pooled) -> bool:
    """Whether the interval excludes no effect."""
    return not pooled.pooled.low <= 0 <= pooled.pooled.high
