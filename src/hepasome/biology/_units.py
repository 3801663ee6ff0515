"""Unit names of the tables -> SBML unit definitions: `mL/kg`, `1/h2`, `mg/kg/h`, built from the units below.

Vesicles, copies and donor cells are SBML items.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import libsbml

# SBML kind, scale, multiplier
_ATOMS: dict[str, tuple[int, int, float]] = {
    "h": (libsbml.UNIT_KIND_SECOND, 0, 3600.0),
    "min": (libsbml.UNIT_KIND_SECOND, 0, 60.0),
    "d": (libsbml.UNIT_KIND_SECOND, 0, 86400.0),
    "item": (libsbml.UNIT_KIND_ITEM, 0, 1.0),
    "L": (libsbml.UNIT_KIND_LITRE, 0, 1.0),
    "dL": (libsbml.UNIT_KIND_LITRE, -1, 1.0),
    "mL": (libsbml.UNIT_KIND_LITRE, -3, 1.0),
    "mm3": (libsbml.UNIT_KIND_LITRE, -6, 1.0),
    "kg": (libsbml.UNIT_KIND_KILOGRAM, 0, 1.0),
    "g": (libsbml.UNIT_KIND_GRAM, 0, 1.0),
    "mg": (libsbml.UNIT_KIND_GRAM, -3, 1.0),
    "ug": (libsbml.UNIT_KIND_GRAM, -6, 1.0),
    "ng": (libsbml.UNIT_KIND_GRAM, -9, 1.0),
    "mol": (libsbml.UNIT_KIND_MOLE, 0, 1.0),
    "mmol": (libsbml.UNIT_KIND_MOLE, -3, 1.0),
    "umol": (libsbml.UNIT_KIND_MOLE, -6, 1.0),
    "nmol": (libsbml.UNIT_KIND_MOLE, -9, 1.0),
    "fmol": (libsbml.UNIT_KIND_MOLE, -15, 1.0),
    "U": (libsbml.UNIT_KIND_KATAL, -6, 1 / 60),  # one unit of enzyme turns over one micromole per minute
    "m": (libsbml.UNIT_KIND_METRE, 0, 1.0),
    "cm": (libsbml.UNIT_KIND_METRE, -2, 1.0),
    "mm": (libsbml.UNIT_KIND_METRE, -3, 1.0),
    "um": (libsbml.UNIT_KIND_METRE, -6, 1.0),
    "nm": (libsbml.UNIT_KIND_METRE, -9, 1.0),
    "s": (libsbml.UNIT_KIND_SECOND, 0, 1.0),
    "Pa": (libsbml.UNIT_KIND_PASCAL, 0, 1.0),
    "mPa": (libsbml.UNIT_KIND_PASCAL, -3, 1.0),
    "mmHg": (libsbml.UNIT_KIND_PASCAL, 0, 133.322),
    "C": (libsbml.UNIT_KIND_KELVIN, 0, 1.0),  # differences of temperature
    "%": (libsbml.UNIT_KIND_DIMENSIONLESS, -2, 1.0),
}
_BUILT_IN = {"1": "dimensionless", "item": "item"}
_HOUR, _MILLILITRE = "h", "mL"


def sbml_unit(unit: str) -> str:
    """SBML id of a unit of the tables.

    Raises:
        KeyError: If it is not made of the units that the model may use.
    """
    _parts(unit)
    return _BUILT_IN[unit] if unit in _BUILT_IN else "unit_" + _plain(unit)


def check_unit(unit: str) -> str:
    """The unit itself.

    Raises:
        ValueError: If it is not made of the units that the model may use; the message is for the user.
    """
    try:
        _parts(unit)
    except (KeyError, ValueError):
        listed = ", ".join(_ATOMS)
        raise ValueError(f"`{unit}` is not a unit of the model; units are made of {listed}, 1, `*` and `/`") from None
    return unit


def define_units(model: libsbml.Model, units: Iterable[str]) -> None:
    """Add unit definitions and the model-wide units: hours, millilitres, items."""
    for name in sorted({*units, _HOUR, _MILLILITRE} - set(_BUILT_IN)):
        definition = model.createUnitDefinition()
        definition.setId(sbml_unit(name))
        definition.setName(name)
        for kind, exponent, scale, multiplier in _parts(name):
            unit = definition.createUnit()
            unit.setKind(kind)
            unit.setExponent(exponent)
            unit.setScale(scale)
            unit.setMultiplier(multiplier)
    model.setTimeUnits(sbml_unit(_HOUR))
    model.setVolumeUnits(sbml_unit(_MILLILITRE))
    model.setSubstanceUnits("item")
    model.setExtentUnits("item")


def _plain(unit: str) -> str:
    words = unit.replace("%", "percent").replace("/", "_per_").replace("*", "_")
    return words.removeprefix("1_")


def _parts(unit: str) -> list[tuple[int, int, int, float]]:
    """Kind, exponent, scale and multiplier of every factor; a number has none."""
    parts = []
    for sign, factor in re.findall(r"(^|[*/])([^*/]+)", unit):
        if factor == "1":
            continue
        atom, power = (factor, 1) if factor in _ATOMS else (factor.rstrip("23"), int(factor[-1:]))
        kind, scale, multiplier = _ATOMS[atom]
        parts.append((kind, -power if sign == "/" else power, scale, multiplier))
    return parts
