"""Effects to pool: from the studies that a user added, or from one table."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field, create_model, model_validator

from hepasome.evidence._load import TABLES
from hepasome.evidence._published import Outcome, PublishedStudy
from hepasome.evidence.pooling import MEASURES, Effects, Estimate, Measure, effect_of_means, log_odds_ratio
from hepasome.files import Strict, did_you_mean, input_error, parse_table, read_text

Row = tuple[str, str, Estimate, float | None, dict[str, float | str]]
_COUNTS, _MEANS = ("events", "n", "control_events", "control_n"), ("mean", "sd", "control_mean", "control_sd")


@dataclass(frozen=True)
class Gathered:
    """Effects, and what could not be one.

    Attributes:
        effects: What can be pooled.
        left_out: What cannot, and why, as sentences.
    """

    effects: Effects
    left_out: tuple[str, ...]


class EffectRow(Strict):
    """A row of a table of effects; all other columns are moderators.

    Attributes:
        study: Study; it may have several rows.
        label: Name of the effect; default: the study.
        n: Treated subjects.
        mean: Their mean.
        sd: Their standard deviation.
        events: How many of them had the event.
        control_n: Controls.
        control_mean: Their mean.
        control_sd: Their standard deviation.
        control_events: How many of them had the event.
        effect: The effect, if it is known already (ratios as logarithms).
        variance: Its sampling variance.
    """

    study: str
    label: str = ""
    n: int | None = Field(default=None, ge=1)
    mean: float | None = None
    sd: float | None = Field(default=None, gt=0)
    events: int | None = Field(default=None, ge=0)
    control_n: int | None = Field(default=None, ge=1)
    control_mean: float | None = None
    control_sd: float | None = Field(default=None, gt=0)
    control_events: int | None = Field(default=None, ge=0)
    effect: float | None = None
    variance: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _whole(self) -> EffectRow:
        if not any(self.has(columns) for columns in (("effect", "variance"), _COUNTS, (*_MEANS, "n", "control_n"))):
            raise ValueError(
                "give effect and variance, or n, mean, sd and the same of the controls, or n, events and the same"
            )
        for events, n in ((self.events, self.n), (self.control_events, self.control_n)):
            if events is not None and n is not None and events > n:
                raise ValueError("there are more events than subjects")
        if self.has(_MEANS) and min(self.n or 0, self.control_n or 0) < 2:
            raise ValueError("a mean with spread needs two subjects or more")
        return self

    def has(self, columns: Sequence[str]) -> bool:
        """Whether all these are given."""
        return all(getattr(self, column) is not None for column in columns)

    def estimate(self, measure: Measure) -> Estimate | None:
        """The effect; None where the row does not give this measure."""
        if self.has(("effect", "variance")):
            return Estimate(np.asarray(self.effect, float), np.asarray(self.variance, float))
        if measure == "log_odds_ratio":
            return log_odds_ratio(*[getattr(self, c) for c in _COUNTS]) if self.has(_COUNTS) else None
        if not self.has((*_MEANS, "n", "control_n")):
            return None
        columns = ("mean", "sd", "n", "control_mean", "control_sd", "control_n")
        return effect_of_means(measure, *[getattr(self, column) for column in columns])


def example_effects() -> str:
    """A table of effects to try: thirteen trials of BCG against tuberculosis (Colditz 1994 JAMA 271:698)."""
    return read_text(TABLES / "bcg.csv")


def read_effects(path: Path, measure: Measure, only: Mapping[str, str] | None = None) -> Gathered:
    """Effects from a CSV table: the columns of `EffectRow`, and any others as moderators.

    Args:
        path: The table.
        measure: Which effect.
        only: Values that moderators must have.

    Raises:
        InputError: Everything that is wrong with the table, or that nothing in it gives this measure.
    """
    return parse_effects(read_text(path), measure, only, str(path))


def parse_effects(text: str, measure: Measure, only: Mapping[str, str] | None = None, file: str = "table") -> Gathered:
    """Effects from the text of a CSV table, as `read_effects`.

    Args:
        text: The table, with newlines as line ends.
        measure: Which effect.
        only: Values that moderators must have.
        file: What messages call it.

    Raises:
        InputError: As `read_effects`.
    """
    header = next(csv.reader(io.StringIO(text)), [])
    others = [name for name in dict.fromkeys(header) if name and name not in EffectRow.model_fields]
    fields: Any = {f"moderator_{i}": (str, Field(default="", alias=name)) for i, name in enumerate(others)}
    model = create_model("EffectRow", __base__=EffectRow, **fields)
    rows: list[Row] = []
    left_out, others_given = [], set[Measure]()
    for name in only or {}:
        if name not in others:
            raise input_error("--where", "There is no such moderator.", did_you_mean(name, others), value=name)
    for row in parse_table(text, model, file):
        told = {name: getattr(row, f"moderator_{i}") for i, name in enumerate(others)}
        if any(told[name] != value for name, value in (only or {}).items()):
            continue
        label = row.label or row.study
        estimate = row.estimate(measure)
        if estimate is None or not np.isfinite(estimate.effect):
            left_out.append(f"{label} gives no {measure}.")
            others_given.update(other for other in MEASURES if row.estimate(other) is not None)
            continue
        size = 1 / row.n + 1 / row.control_n if row.n and row.control_n else None
        rows.append((row.study, label, estimate, size, told))
    return _gathered(rows, left_out, measure, file, others_given)


def gather_outcomes(
    studies: Sequence[PublishedStudy], endpoint: str, measure: Measure, only: Mapping[str, str] | None = None
) -> Gathered:
    """Effects on one endpoint in the studies that a user added.

    Moderators: species, strain, sex, disease, given, source_cell, route, year, hours, dose (a number where all have one
    unit), and syrcle, ev_metric and misev, the share of their items that are answered by yes.

    Args:
        studies: From the user's folder.
        endpoint: Which.
        measure: Which effect.
        only: Values that moderators must have.

    Raises:
        InputError: If no outcome is about this endpoint, or a name is unknown.
    """
    named = dict.fromkeys(outcome.endpoint for study in studies for outcome in study.outcomes)
    if endpoint not in named:
        remedy = did_you_mean(endpoint, named) if named else "Add studies with `hepasome evidence add FILE`."
        raise input_error("--endpoint", "No study of your evidence has it.", remedy, value=endpoint)
    rows: list[Row] = []
    left_out, others_given = [], set[Measure]()
    for study in studies:
        chosen = [outcome for outcome in study.outcomes if outcome.endpoint == endpoint]
        for outcome in chosen:
            label = study.id if len(chosen) == 1 else f"{study.id} {outcome.id}"
            told = _moderators(study, outcome)
            for name, value in (only or {}).items():
                if name not in told:
                    raise input_error("--where", "There is no such moderator.", did_you_mean(name, told), value=name)
                if _written(told[name]) != value:
                    break
            else:
                estimate = outcome.estimate(measure)
                if outcome.confidence == "recalled":
                    left_out.append(f"The numbers of {label} are recalled; nobody read them.")
                elif estimate is None or not np.isfinite(estimate.effect):
                    left_out.append(f"{label} gives no {measure}.")
                    others_given.update(other for other in MEASURES if outcome.estimate(other) is not None)
                else:
                    rows.append((study.id, label, estimate, 1 / outcome.treated.n + 1 / outcome.control.n, told))
    return _gathered(rows, left_out, measure, f"your evidence on {endpoint}", others_given)


def moderator_names(studies: Sequence[PublishedStudy]) -> tuple[str, ...]:
    """What may explain differences between outcomes of these studies."""
    return next((tuple(_moderators(study, study.outcomes[0])) for study in studies), ())


def _moderators(study: PublishedStudy, outcome: Outcome) -> dict[str, float | str]:
    protocol = study.protocol
    told: dict[str, float | str] = {
        name: getattr(protocol, name)
        for name in ("species", "strain", "sex", "disease", "given", "source_cell", "route")
    }
    told |= {"year": float(study.publication.year), "hours": "" if outcome.hours is None else outcome.hours}
    told |= {"dose": "" if protocol.dose is None else str(protocol.dose)}
    for scheme in ("syrcle", "ev_metric", "misev"):
        share = study.share(scheme)
        told[scheme] = "" if share is None else share
    return told


def _gathered(rows: list[Row], left_out: list[str], measure: Measure, where: str, others: set[Measure]) -> Gathered:
    if not rows:
        remedy = f"Its numbers give {' and '.join(sorted(others))}." if others else " ".join(left_out)
        remedy = remedy or "No effect is left after --where."
        raise input_error(where, f"Nothing in it gives {measure}.", remedy)
    study, label, estimates, sizes, told = zip(*rows, strict=True)
    known = None if any(size is None for size in sizes) else np.array(sizes, float)
    moderators = {name: _numbers([row[name] for row in told]) for name in told[0]}
    effect = np.array([float(one.effect) for one in estimates])
    variance = np.array([float(one.variance) for one in estimates])
    return Gathered(Effects(measure, study, label, effect, variance, known, moderators), tuple(left_out))


def _written(value: float | str) -> str:
    """As a user writes it: a year without a decimal point."""
    return f"{value:.10g}" if isinstance(value, float) else value


def _numbers(values: list[float | str]) -> tuple[float | str, ...]:
    """As numbers, if all are numbers, or quantities in one unit."""
    parts = [value.split() if isinstance(value, str) else [value] for value in values]
    if len({tuple(part[1:]) for part in parts}) == 1 and all(parts):
        try:
            return tuple(float(part[0]) for part in parts)
        except ValueError:
            pass
    return tuple(values)
