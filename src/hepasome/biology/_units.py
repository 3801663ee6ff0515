"""Unit names of the tables -> SBML unit definitions. Vesicles, copies and donor cells are SBML items."""

from __future__ import annotations

import libsbml

_HOUR = (libsbml.UNIT_KIND_SECOND, 1, 0, 3600.0)
_PER_HOUR = (libsbml.UNIT_KIND_SECOND, -1, 0, 3600.0)
_ITEM = (libsbml.UNIT_KIND_ITEM, 1, 0, 1.0)
_ML = (libsbml.UNIT_KIND_LITRE, 1, -3, 1.0)
_PER_KG = (libsbml.UNIT_KIND_KILOGRAM, -1, 0, 1.0)

# name in the tables -> (SBML id, parts as (kind, exponent, scale, multiplier))
_DEFINITIONS: dict[str, tuple[str, tuple[tuple[int, int, int, float], ...]]] = {
    "h": ("hour", (_HOUR,)),
    "1/h": ("per_hour", (_PER_HOUR,)),
    "1/h2": ("per_hour_squared", ((libsbml.UNIT_KIND_SECOND, -2, 0, 3600.0),)),
    "mL": ("millilitre", (_ML,)),
    "mL/h": ("millilitre_per_hour", (_ML, _PER_HOUR)),
    "item/h": ("item_per_hour", (_ITEM, _PER_HOUR)),
    "item/mL": ("item_per_millilitre", (_ITEM, (libsbml.UNIT_KIND_LITRE, -1, -3, 1.0))),
    "mL/kg": ("millilitre_per_kilogram", (_ML, _PER_KG)),
    # one unit of enzyme turns over one micromole per minute
    "U/L": (
        "unit_per_litre",
        ((libsbml.UNIT_KIND_KATAL, 1, -6, 1 / 60), (libsbml.UNIT_KIND_LITRE, -1, 0, 1.0)),
    ),
    "mg/dL": (
        "milligram_per_decilitre",
        ((libsbml.UNIT_KIND_GRAM, 1, -3, 1.0), (libsbml.UNIT_KIND_LITRE, -1, -1, 1.0)),
    ),
    "g/L": ("gram_per_litre", ((libsbml.UNIT_KIND_GRAM, 1, 0, 1.0), (libsbml.UNIT_KIND_LITRE, -1, 0, 1.0))),
    "%": ("percent", ((libsbml.UNIT_KIND_DIMENSIONLESS, 1, -2, 1.0),)),
}
_BUILT_IN = {"1": "dimensionless", "item": "item"}


def sbml_unit(unit: str) -> str:
    """SBML id of a unit of the tables.

    Raises:
        KeyError: If the model may not use that unit.
    """
    return _BUILT_IN[unit] if unit in _BUILT_IN else _DEFINITIONS[unit][0]


def define_units(model: libsbml.Model) -> None:
    """Add all unit definitions and the model-wide units: hours, millilitres, items."""
    for name, parts in _DEFINITIONS.values():
        definition = model.createUnitDefinition()
        definition.setId(name)
        for kind, exponent, scale, multiplier in parts:
            unit = definition.createUnit()
            unit.setKind(kind)
            unit.setExponent(exponent)
            unit.setScale(scale)
            unit.setMultiplier(multiplier)
    model.setTimeUnits("hour")
    model.setVolumeUnits("millilitre")
    model.setSubstanceUnits("item")
    model.setExtentUnits("item")
