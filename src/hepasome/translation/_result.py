"""What a translation says."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hepasome.evidence import TrialDose
from hepasome.translation._drivers import Driver

Method = Literal["allometry", "Km factors", "model"]


@dataclass(frozen=True)
class Interval:
    """Median with the 5 % and 95 % ends over the draws."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, draws: NDArray[np.float64]) -> Interval:
        """From draws; nan everywhere if there is none."""
        there = draws[np.isfinite(draws)]
        if not len(there):
            return cls(np.nan, np.nan, np.nan)
        low, median, high = np.percentile(there, [5, 50, 95])
        return cls(float(median), float(low), float(high))

    @property
    def fold(self) -> float:
        """High end over low end."""
        return self.high / self.low


@dataclass(frozen=True)
class HumanDose:
    """One dose of one human by one route of reasoning.

    Attributes:
        method: allometry, Km factors, or model.
        route: How it is given; `as in the study` for scaling by body size, which knows no route.
        cell: Target that gets the same exposure as in the animal; empty for scaling by body size.
        dose: In the unit of the translation.
        particles: The same dose in particles; None for a product of cells.
        factor: Human dose over animal dose: the translation without what is not known about the animal's dose.
        chosen: Whether this cell is the one that the study is about.
    """

    method: Method
    route: str
    cell: str
    dose: Interval
    particles: Interval | None
    factor: Interval
    chosen: bool = False


@dataclass(frozen=True)
class Translation:
    """The human-equivalent dose of a study.

    Attributes:
        study: Id of the study.
        title: Of the study.
        system: Row of the review, or empty.
        species: The animal.
        arm: The treated arm that is translated.
        product: Its product.
        kind: Vesicles, cells or conditioned_medium.
        unit: Of doses: ug, particles, cells or cell_equivalents, as the study gives them.
        animal_weight: g.
        animal_dose: One dose of one animal.
        animal_route: How the animal got it.
        animal_exposure: Exposure of each target in the animal.
        human_weight: g.
        cell: Target that the study is about; empty where the model reaches none.
        why_cell: Why that one.
        lacking_cell: The cell that the study is about where a healthy body lacks it, as a tumour; else empty.
        doses: Every human dose.
        drivers: What makes the interval of the model's intravenous dose wide.
        trials: Doses of trials in humans with the same kind of product.
        missing: Why the model gives no dose; empty if it does.
        notes: Cautions.
        draws: Number of draws.
        seed: Their seed.
    """

    study: str
    title: str
    system: str
    species: str
    arm: str
    product: str
    kind: str
    unit: str
    animal_weight: Interval
    animal_dose: Interval
    animal_route: str
    animal_exposure: dict[str, Interval]
    human_weight: float
    cell: str
    why_cell: str
    lacking_cell: str
    doses: tuple[HumanDose, ...]
    drivers: tuple[Driver, ...]
    trials: tuple[TrialDose, ...]
    missing: str
    notes: tuple[str, ...]
    draws: int
    seed: int

    @property
    def main(self) -> HumanDose | None:
        """The model's intravenous dose for the cell that the study is about; None if there is none."""
        return next((dose for dose in self.doses if dose.chosen and dose.route == "intravenous"), None)

    @property
    def over_trials(self) -> float | None:
        """The main dose over the highest intravenous dose of any trial, in particles or cells; None without either."""
        if self.main is None:
            return None
        dose = self.main.dose if self.kind == "cells" else self.main.particles
        unit = "cells" if self.kind == "cells" else "particles"
        given = [row.value for row in self.trials if row.route == "intravenous" and row.unit == unit and row.value]
        return dose.median / max(given) if given and dose is not None else None

    def by(self, method: Method) -> list[HumanDose]:
        """The doses of one method."""
        return [dose for dose in self.doses if dose.method == method]

    def table(self) -> pd.DataFrame:
        """One row per human dose."""
        rows = []
        for one in self.doses:
            row: dict[str, Any] = {"method": one.method, "route": one.route, "cell": one.cell, "chosen": one.chosen}
            for name, interval in (("dose", one.dose), ("particles", one.particles), ("factor", one.factor)):
                for end in ("median", "low", "high"):
                    row[f"{name}_{end}"] = np.nan if interval is None else getattr(interval, end)
            rows.append(row)
        return pd.DataFrame(rows)

    def json(self) -> str:
        """Everything, as JSON; a number that does not exist is null."""
        return json.dumps(_plain(asdict(self)), indent=2, allow_nan=False, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, TrialDose):
        return value.model_dump(mode="json")
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
