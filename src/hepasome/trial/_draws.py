"""Random numbers of a trial: one independent stream per purpose, so that nothing depends on the order of work."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from hepasome.biology import (
    Parameter,
    from_scale,
    parameters,
    posteriors_in,
    scaled_to_body_weight,
    symbols_of,
    to_scale,
)

# Modules whose parameters are drawn one by one from their priors. Those of the disease modules are drawn jointly, from
# the posteriors of what was calibrated on untreated animals. What was not calibrated stays at its centre, because
# drawing it alone would break what the others were fitted to.
_PER_SOURCE_CELL = ("unattributed_activity", "tumour_activity")
_PER_DISEASE = ("tumour_sensitivity",)  # what one tumour feels says nothing about another
DRAWN_MODULES = (
    *("circulation", "sinusoid", "culture", "delivery", "rna_action", "rna_response", "protein_transfer"),
    *("cells", "soluble", "tumour_site", "immunity", "immunomodulators", "sphingosine"),
    *_PER_SOURCE_CELL,
    *_PER_DISEASE,
)
_NINETY_PERCENT = 1.6448536269514722  # standard normal deviate of the 95th percentile
_SHARES = (
    ("liver_depot_share_disse", "liver_depot_share_venous"),
    ("peritoneal_share_portal", "peritoneal_share_lymph"),
)


def stream(seed: int, *purpose: object) -> np.random.Generator:
    """A generator that depends on the seed and the purpose alone."""
    digest = hashlib.sha256("\x1f".join(str(part) for part in purpose).encode()).digest()
    return np.random.default_rng([seed, *np.frombuffer(digest, np.uint32).tolist()])


def central_values(species: str, disease: str = "") -> dict[str, float]:
    """The central value of every parameter of a species, in a disease."""
    return {symbol: row.value for symbol, row in parameters(species, disease).items()}


def drawn_values(species: str, seed: int, draw: int, source_cell: str, disease: str = "") -> dict[str, float]:
    """One draw of what is not known: the parameters of delivery and action, activities, and what a tumour feels.

    What was calibrated on untreated subjects comes from its posterior, all parameters of one calibration together. The
    activities of a source cell are the same in every study with that source at the same seed and draw, the
    sensitivities of a tumour in every study of that tumour.

    Args:
        species: Whose parameters.
        seed: Seed of the run.
        draw: Number of the draw.
        source_cell: Source of the vesicles.
        disease: Whose table replaces rows of the modules.
    """
    values, table = central_values(species, disease), parameters(species, disease)
    calibrated: dict[str, float] = {}
    for posterior in posteriors_in(species, disease):
        order = stream(seed, "posterior", posterior.calibration).permutation(len(posterior.values))
        calibrated |= posterior.draw(int(order[draw % len(order)]), disease)
    for module in DRAWN_MODULES:
        own = (source_cell,) if module in _PER_SOURCE_CELL else (disease,) if module in _PER_DISEASE else ()
        for symbol in (symbol for symbol in symbols_of(module, species) if symbol not in calibrated):
            row = table[symbol]
            rng = stream(seed, "population", draw, symbol, *own)
            values[symbol] = two_piece(row.value, row.low, row.high, row.scale, rng)
    return _shares_below_one(values | calibrated)


def tables_hash(species: str, disease: str) -> str:
    """SHA-256 of everything that is drawn from: the rows of the parameter tables, and the posterior draws."""
    rows = "".join(row.model_dump_json() for row in parameters(species, disease).values())
    found = hashlib.sha256(rows.encode())
    for posterior in posteriors_in(species, disease):
        found.update(repr(posterior.names).encode() + posterior.values.tobytes())
    return found.hexdigest()


def values_at(species: str, disease: str, deviates: Mapping[str, float]) -> dict[str, float]:
    """Every parameter of a species at its place: standard normal deviates by symbol, the others at the centre."""
    values, table = central_values(species, disease), parameters(species, disease)
    for symbol, deviate in deviates.items():
        row = table[symbol]
        values[symbol] = at_deviate(row.value, row.low, row.high, row.scale, deviate)
    return _shares_below_one(values)


def two_piece(
    value: float, low: float | None, high: float | None, scale: str, rng: np.random.Generator | None
) -> float:
    """A draw around a central value whose 5th and 95th percentiles are `low` and `high`, on a scale.

    Without `rng`, without an interval, or where there is none of it, it is the central value.
    """
    if rng is None or low is None or high is None or low == value == high:
        return value
    return at_deviate(value, low, high, scale, float(rng.standard_normal()))


def at_deviate(value: float, low: float | None, high: float | None, scale: str, deviate: float) -> float:
    """The quantile function of `two_piece`, at a standard normal deviate; without an interval the central value."""
    if low is None or high is None or deviate == 0:
        return value
    middle, end = to_scale(value, scale), to_scale(high if deviate > 0 else low, scale)
    return from_scale(middle + abs(deviate) / _NINETY_PERCENT * (end - middle), scale)


def quantiles(row: Parameter, deviates: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values of a parameter at standard normal deviates: `low` at the 5th percentile, `high` at the 95th."""
    return np.array([at_deviate(row.value, row.low, row.high, row.scale, deviate) for deviate in deviates.tolist()])


def individual(
    values: dict[str, float], species: str, body_weight: float, rng: np.random.Generator, disease: str = ""
) -> dict[str, float]:
    """One animal: the values of the population with the spread between subjects, scaled to its own body weight.

    Args:
        values: Values of the population.
        species: Whose tables say the spread.
        body_weight: Mean body weight of the study, g.
        rng: Stream of this animal.
        disease: Whose table replaces rows of the modules.
    """
    table = parameters(species, disease)
    weight = individual_body_weight(species, body_weight, rng)
    own = scaled_to_body_weight(values, weight)
    for deviate, (symbol, row) in zip(rng.standard_normal(len(table)), table.items(), strict=True):
        if row.between_subject > 0 and symbol != "body_weight" and own[symbol] != 0:
            own[symbol] = from_scale(to_scale(own[symbol], row.scale) + row.between_subject * deviate, row.scale)
    return _shares_below_one(own)


def individual_body_weight(species: str, body_weight: float, rng: np.random.Generator) -> float:
    """Body weight of one animal, g: the first number of its stream.

    Args:
        species: Whose table says the spread.
        body_weight: Mean body weight of the study, g.
        rng: Stream of this animal, unused so far.
    """
    return body_weight * float(np.exp(parameters(species)["body_weight"].between_subject * rng.standard_normal()))


def _shares_below_one(values: dict[str, float]) -> dict[str, float]:
    # the shares of a depot are drawn one by one; what is left is lost, and cannot be negative
    for names in _SHARES:
        total = sum(values[name] for name in names)
        if total > 1:
            values |= {name: values[name] / total for name in names}
    return values
