"""Observations as a likelihood takes them: on the log scale, with every error that a laboratory and a reader make."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hepasome.evidence import Observation
from hepasome.files import FindingList, Quantity
from hepasome.trial import assays

_DIGITISED = 0.03  # log SD of reading a value off a figure; assumed, about the size of a plotted symbol
_DOWN_WEIGHT = 2.0  # factor on the error of an observation without spread or number of animals


@dataclass(frozen=True)
class Datum:
    """One observation.

    Attributes:
        observation: As published.
        time: h.
        log_value: Logarithm of the value.
        known_variance: Squared errors that do not depend on the variation between animals: published standard error,
            assay, digitisation.
        animals: Number of animals, by which their variation is divided; 0 where a published spread holds it.
        weight: Factor on the whole error, above 1 where spread or number of animals is missing.
    """

    observation: Observation
    time: float
    log_value: float
    known_variance: float
    animals: int
    weight: float

    @property
    def down_weighted(self) -> bool:
        """Whether it counts less, because its source gives no spread or no number of animals."""
        return self.weight > 1

    def variance(self, between: NDArray[np.float64]) -> NDArray[np.float64]:
        """Squared error on the log scale for variations between animals (log SD), without the model's own error."""
        own = between**2 / self.animals if self.animals else np.zeros(between.shape)
        return self.weight**2 * (self.known_variance + own)

    @property
    def of_mean(self) -> bool:
        """Whether it is an arithmetic mean, which lies above the typical animal."""
        return self.observation.statistic == "mean"


def usable(observations: list[Observation], where: str) -> list[Datum]:
    """Observations of a calibration on the log scale.

    Raises:
        InputError: All those without a unit, or not above zero.
    """
    found, data = FindingList(where), []
    for one in observations:
        if not one.unit:
            found.add("An observation needs its unit.", "Add it to the row.", field="unit", value=one.id)
        elif one.value <= 0:
            found.add("An observation must be above zero here.", "Correct its row.", field="value", value=one.id)
        else:
            data.append(_datum(one))
    found.raise_if_any()
    return data


def _datum(one: Observation) -> Datum:
    animals = one.n or 1
    known = _DIGITISED**2 if one.digitised else 0.0
    assay = assays()[one.endpoint].cv if one.endpoint in assays() else 0.0
    if one.spread is not None:
        error = one.spread / math.sqrt(animals) if one.spread_kind == "sd" else one.spread
        known += math.log1p((error / one.value) ** 2)  # the assay is in the published spread
    else:
        known += assay**2 / animals
    single = one.statistic == "individual"
    weak = not single and (one.spread is None or one.n is None)
    return Datum(
        one,
        Quantity(one.time, one.time_unit).to("h"),
        math.log(one.value),
        known,
        0 if one.spread is not None else animals,
        _DOWN_WEIGHT if weak else 1.0,
    )
