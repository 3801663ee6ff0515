"""Numbers with units: `40 ug`, `0.5 mL/kg`, `8 wk`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

import pint
from pydantic import BeforeValidator, PlainSerializer

# Particles, cells and cell equivalents are dimensions of their own: a Product says how one becomes another.
_DEFINITIONS = """
    hour = [time] = h
    minute = hour / 60 = min
    day = 24 * hour = d
    week = 7 * day = wk
    month = 30.4375 * day = mo
    gram = [mass] = g
    microgram = 1e-6 * gram = ug
    milligram = 1e-3 * gram = mg
    kilogram = 1e3 * gram = kg
    nanogram = 1e-9 * gram = ng
    litre = [volume] = L
    millilitre = 1e-3 * litre = mL = ml
    microlitre = 1e-6 * litre = uL
    metre = [length] = m
    millimetre = 1e-3 * metre = mm
    nanometre = 1e-9 * metre = nm
    micrometre = 1e-6 * metre = um
    mole = [substance] = mol
    millimole = 1e-3 * mole = mmol
    micromole = 1e-6 * mole = umol
    celsius = [temperature] = C
    particle = [particle] = particle = particles
    cell = [cell] = cell = cells
    cell_equivalent = [cell_equivalent] = cell_equivalent = cell_equivalents
    copy = [copy] = copy = copies
    share = [share] = share
    percent = 0.01 * share = percent
"""

_WRITTEN = re.compile(r"\s*([-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?)\s*([^\d\s.+-].*?)?\s*")
# pint computes what it is given (`ug**9**9**9` for hours), so it is only given units joined by * and /
_FACTOR = r"[^\W\d]+(?:(?:\^|\*\*)-?[1-9])?"
_UNIT = re.compile(rf"{_FACTOR}(?:(?:\s*[*/]\s*|\s+){_FACTOR})*")
_LARGEST = 1e100
_DIMENSION_EXAMPLES = {
    "h": "`8 wk`, `3.5 d` or `30 min`",
    "g": "`22 g`",
    "mL/kg": "`0.5 mL/kg`",
    "nm": "`100 nm`",
}


@cache
def _registry() -> Any:
    lines = [line.strip() for line in _DEFINITIONS.strip().splitlines()]
    return pint.UnitRegistry(lines, autoconvert_offset_to_baseunit=False)


@dataclass(frozen=True)
class Quantity:
    """A number with its unit, as it was written.

    Attributes:
        value: Finite number.
        unit: Unit as written, for example `mL/kg`.
    """

    value: float
    unit: str

    def to(self, unit: str) -> float:
        """The number in another unit of the same dimension.

        Raises:
            ValueError: If the dimensions differ, with a sentence for the user.
        """
        try:
            return float(_registry().Quantity(self.value, self.unit).to(unit).magnitude)
        except pint.DimensionalityError:
            raise ValueError(f"`{self}` is not a quantity in {unit}") from None

    def fits(self, unit: str) -> bool:
        """Whether this quantity has the dimension of `unit`."""
        return bool(_registry().Unit(self.unit).is_compatible_with(unit))

    def __str__(self) -> str:
        short = f"{self.value:g}"  # every digit is kept: a stored run must read back as it was
        return f"{short if float(short) == self.value else repr(self.value).removesuffix('.0')} {self.unit}"


def parse_quantity(written: Any) -> Quantity:
    """Read a number with a unit.

    Args:
        written: Text such as `40 ug`, or a Quantity.

    Raises:
        ValueError: If it is no number, has no unit, or the unit is unknown; the message is for the user.
    """
    if isinstance(written, Quantity):
        return written
    if isinstance(written, (int, float)) and not isinstance(written, bool):
        raise ValueError("the unit is missing; write it behind the number, for example `40 ug`")
    match = _WRITTEN.fullmatch(str(written)) if len(str(written)) < 100 else None
    if match is None:
        raise ValueError("this is not a number with a unit; write for example `40 ug` or `8 wk`")
    value, unit = float(match[1]), (match[2] or "").replace("µ", "u").replace("μ", "u").removeprefix("°")
    if not unit:
        raise ValueError("the unit is missing; write it behind the number, for example `40 ug`")
    if abs(value) > _LARGEST:
        raise ValueError("the number is too large")
    try:
        known = _UNIT.fullmatch(unit) and _registry().Unit(unit)
    except Exception:  # pint raises a dozen kinds for text that is no unit
        known = None
    if known is None:
        raise ValueError(f"`{unit}` is not a unit that hepasome knows")
    return Quantity(value, unit)


def quantity_check(*units: str, zero: bool = False) -> Callable[[Any], Quantity]:
    """A check of what a user wrote: a quantity that has the dimension of one of `units`.

    Args:
        units: Allowed units, for example ("ug", "particles").
        zero: Whether zero is allowed; what is below never is.
    """

    def check(written: Any) -> Quantity:
        quantity = parse_quantity(written)
        if not any(quantity.fits(unit) for unit in units):
            example = _DIMENSION_EXAMPLES.get(units[0], f"a number in {' or '.join(units)}")
            raise ValueError(f"the unit `{quantity.unit}` does not fit here; write {example}")
        if quantity.value < 0 or (quantity.value == 0 and not zero):
            raise ValueError(f"the number must be {'zero or above' if zero else 'above zero'}")
        return quantity

    return check


def quantity_in(*units: str, zero: bool = False) -> Any:
    """A pydantic type: what `quantity_check` lets through, written back as text."""
    return Annotated[Quantity, BeforeValidator(quantity_check(*units, zero=zero)), PlainSerializer(str)]
