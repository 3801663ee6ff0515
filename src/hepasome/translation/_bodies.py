"""Draws of what is not known about an animal and a human at once, and what each draw took."""

from __future__ import annotations

from dataclasses import dataclass, field

from hepasome.biology import Parameter, parameter_rows, parameters, scaled_to_body_weight, to_scale
from hepasome.translation._scaling import constants
from hepasome.trial import DRAWN_MODULES, drawn_values, stream, two_piece

DISEASE = "vesicle_delivery"
HUMAN = "human"
MAN = "man"  # what the human is called to readers
# Measured in the mouse and scaled to other species by cell or organ: whether that holds in man is not known.
TRANSFERRED = (
    "kupffer_uptake_clearance",
    "endothelial_uptake_clearance",
    "stellate_uptake_clearance",
    "hepatocyte_uptake_clearance",
    "spleen_uptake_clearance",
    "lung_uptake_clearance",
    "kidney_clearance",
    "adhesion_clearance",
)
_DELIVERY = ("circulation", "sinusoid", "delivery", "cells", "soluble")  # modules of a body without injury
_OF_THE_LIVER = ("hepatic_artery_flow", "gut_flow", "spleen_flow", "kidney_flow")
_MOST_OF_THE_OUTPUT = 0.9  # of cardiac output; something must be left for the rest of the body
_NOT_DRAWN = ("body_weight", "flow_allometric_exponent")  # the first is the protocol's, the second is one law for both


@dataclass(frozen=True)
class Bodies:
    """An animal and a human in one draw.

    Attributes:
        animal: Parameters by symbol, scaled to the body weight of the study.
        human: Parameters by symbol.
        drawn: What was drawn, by its name for readers: deviation from the central value on the scale of the draw.
    """

    animal: dict[str, float]
    human: dict[str, float]
    drawn: dict[str, float] = field(default_factory=dict)


def draw_bodies(species: str, body_weight: float, seed: int, draw: int, source_cell: str) -> Bodies:
    """One draw of an animal and a human.

    What is not known about vesicles and cells deviates alike in both; their physiology deviates in each by itself; and
    the step of uptake and loss from the animal to man has an uncertainty of its own.

    Args:
        species: The animal.
        body_weight: Of the animal, g.
        seed: Seed.
        draw: Number of the draw.
        source_cell: Source of the vesicles.
    """
    drawn: dict[str, float] = {}
    animal = drawn_values(species, seed, draw, source_cell, DISEASE)
    human = drawn_values(HUMAN, seed, draw, source_cell, DISEASE)
    table = parameters(HUMAN, DISEASE)
    for module in DRAWN_MODULES:
        for symbol in dict.fromkeys(row.symbol for row in parameter_rows(module)) if module in _DELIVERY else ():
            drawn[table[symbol].meaning] = _deviation(table[symbol], human[symbol])
    exponent = table["flow_allometric_exponent"]
    rng = stream(seed, "translation", draw, exponent.symbol)
    power = two_piece(exponent.value, exponent.low, exponent.high, "normal", rng)
    drawn[exponent.meaning] = power - exponent.value
    for name, values in ((species, animal), (HUMAN, human)):
        values["flow_allometric_exponent"] = power
        _draw_physiology(name, values, seed, draw, drawn)
    fold = constants()["between_species_fold"]
    for symbol in TRANSFERRED:
        rng = stream(seed, "translation", draw, symbol, fold.symbol)
        factor = two_piece(fold.value, fold.low, fold.high, fold.scale, rng)
        human[symbol] *= factor
        drawn[f"{table[symbol].meaning}, {MAN} against {species}"] = _deviation(fold, factor)
    return Bodies(scaled_to_body_weight(animal, body_weight), human, drawn)


def _draw_physiology(species: str, values: dict[str, float], seed: int, draw: int, drawn: dict[str, float]) -> None:
    for row in parameter_rows(species):
        if row.symbol in _NOT_DRAWN:
            continue
        rng = stream(seed, "physiology", draw, species, row.symbol)
        values[row.symbol] = two_piece(row.value, row.low, row.high, row.scale, rng)
        drawn[f"{row.meaning} of the {species}"] = _deviation(row, values[row.symbol])
    to_organs = sum(values[name] for name in _OF_THE_LIVER)
    allowed = _MOST_OF_THE_OUTPUT * values["cardiac_output"]
    if to_organs > allowed:  # flows are drawn one by one; the heart gives no more than it has
        values |= {name: values[name] * allowed / to_organs for name in _OF_THE_LIVER}


def _deviation(row: Parameter, value: float) -> float:
    if row.scale in ("log", "logit") and value > 0:
        return to_scale(value, row.scale) - to_scale(row.value, row.scale)
    return value - row.value
