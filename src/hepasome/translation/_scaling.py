"""From animal to man by body size alone: a power of body weight, or the Km factors of the FDA."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

from pydantic import Field

from hepasome.biology import Parameter
from hepasome.files import Strict, input_error, read_table

FOLDER = Path(str(resources.files("hepasome.translation")))


class KmFactor(Strict):
    """Body weight over body surface of a species, kg/m2."""

    species: str
    km: float = Field(gt=0)
    source: str


@cache
def constants() -> dict[str, Parameter]:
    """What scaling assumes, by symbol: value, interval and source."""
    return {row.symbol: row for row in read_table(FOLDER / "constants.csv", Parameter)}


@cache
def km_factors() -> dict[str, KmFactor]:
    """Km factors by species."""
    return {row.species: row for row in read_table(FOLDER / "km_factors.csv", KmFactor)}


def allometric_dose(dose: float, animal_weight: float, human_weight: float, exponent: float = 0.75) -> float:
    """The dose of one human: the dose of one animal times the ratio of body weights to a power.

    Args:
        dose: Of one animal, in any unit that is not per weight.
        animal_weight: In the unit of `human_weight`.
        human_weight: Body weight of the human.
        exponent: 0.75 for metabolic rate, 0.67 for body surface, 1 for the same dose per kg.
    """
    return float(dose * (human_weight / animal_weight) ** exponent)


def km_dose(dose_per_kg: float, species: str) -> float:
    """The human-equivalent dose per kg by Km factors, in the unit of `dose_per_kg` (FDA 2005).

    Raises:
        InputError: If the species has no Km factor here.
    """
    factors = km_factors()
    if species not in factors:
        listed = ", ".join(name for name in factors if name != "human")
        raise input_error("species", "There is no Km factor of this species.", f"Use one of: {listed}.", value=species)
    return dose_per_kg * factors[species].km / factors["human"].km
