"""Numbers with units, as a laboratory writes them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from hepasome.files import Quantity, parse_quantity, quantity_in

UNITS = [
    "ug",
    "mg/kg",
    "mL/kg",
    "particles",
    "particles/mL",
    "cells",
    "cell_equivalents/kg",
    "wk",
    "h",
    "um^2",
    "copies per cell",
]


@pytest.mark.parametrize(
    ("written", "unit", "number"),
    [
        ("40 ug", "mg", 0.04),
        ("0.5 mL/kg", "uL/g", 0.5),
        ("8 wk", "h", 8 * 7 * 24),
        ("3.5 days", "h", 84),
        ("30 min", "h", 0.5),
        ("1 month", "d", 30.4375),
        ("22g", "kg", 0.022),
        ("1e10 particles", "particles", 1e10),
        ("5 µg", "ug", 5),  # the sign of the keyboard
        ("5 μg", "ug", 5),  # the Greek letter
        ("-80 °C", "C", -80),
        (".5 um", "nm", 500),
        ("+2 mg", "ug", 2000),
        ("2.5e-3 L", "mL", 2.5),
        ("3 particles per cell", "particles/cell", 3),
    ],
)
def test_a_quantity_in_another_unit(written, unit, number):
    assert parse_quantity(written).to(unit) == pytest.approx(number, rel=1e-12)


@given(st.floats(-1e100, 1e100), st.sampled_from(UNITS))
def test_what_is_stored_reads_back_to_the_last_digit(number, unit):
    quantity = Quantity(number, unit)
    assert parse_quantity(str(quantity)) == quantity


@given(st.floats(1e-30, 1e30), st.sampled_from([("ug", "kg"), ("h", "mo"), ("nm", "m"), ("uL", "L")]))
def test_there_and_back_is_the_same_amount(number, units):
    there = Quantity(number, units[0]).to(units[1])
    assert Quantity(there, units[1]).to(units[0]) == pytest.approx(number, rel=1e-12)


@given(st.text() | st.integers() | st.floats() | st.none() | st.booleans() | st.lists(st.text()))
def test_anything_is_a_finite_quantity_or_a_sentence(written):
    try:
        quantity = parse_quantity(written)
    except ValueError:
        return
    assert math.isfinite(quantity.value)
    assert quantity.fits(quantity.unit)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (40, "the unit is missing"),
        ("40", "the unit is missing"),
        ("ug", "not a number with a unit"),
        ("nan ug", "not a number with a unit"),
        ("inf ug", "not a number with a unit"),
        ("1,5 ug", "not a unit|not a number"),
        ("", "not a number with a unit"),
        (None, "not a number with a unit"),
        (True, "not a number with a unit"),
        ("40 furlongs", "`furlongs` is not a unit"),
        ("40 UG", "`UG` is not a unit"),
        ("40 ug; rm", "is not a unit"),
        ("40 ug*", "is not a unit"),
        ("5 __import__('os')", "is not a unit"),
        ("1e400 ug", "too large"),
        ("4 ug " + "x" * 200, "not a number with a unit"),
    ],
)
def test_what_is_no_quantity_is_said_in_a_sentence(written, said):
    with pytest.raises(ValueError, match=said):
        parse_quantity(written)


@pytest.mark.parametrize("unit", ["ug**9**9**9**9", "ug**(9**9**9)", "ug^999999999", "(ug)**9**9"])
def test_a_unit_is_never_computed(unit):
    with pytest.raises(ValueError, match="is not a unit"):
        parse_quantity(f"5 {unit}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ug", "particles"),
        ("particles", "cells"),
        ("cells", "cell_equivalents"),
        ("copies", "particles"),
        ("mL", "g"),
    ],
)
def test_no_dimension_becomes_another_silently(one, other):
    assert not Quantity(1, one).fits(other)
    with pytest.raises(ValueError, match=f"is not a quantity in {other}"):
        Quantity(1, one).to(other)


DOSE = TypeAdapter(quantity_in("ug", "particles"))
TIME = TypeAdapter(quantity_in("h", zero=True))


def test_a_field_takes_any_of_its_units_and_stores_what_was_written():
    assert DOSE.validate_python("0.25 mg") == Quantity(0.25, "mg")
    assert DOSE.validate_python("1e9 particles").fits("particles")
    assert DOSE.dump_python(Quantity(0.25, "mg")) == "0.25 mg"
    assert DOSE.validate_python(Quantity(0.25, "mg")) == Quantity(0.25, "mg")


@pytest.mark.parametrize(
    ("field", "written", "said"),
    [
        (DOSE, "5 mL", "does not fit here; write a number in ug or particles"),
        (DOSE, "-5 ug", "must be above zero"),
        (DOSE, "0 ug", "must be above zero"),
        (TIME, "-1 h", "must be zero or above"),
        (TIME, "5 ug", "does not fit here; write `8 wk`"),
    ],
)
def test_a_field_refuses_wrong_units_and_signs(field, written, said):
    with pytest.raises(ValidationError, match=said):
        field.validate_python(written)


def test_zero_is_a_time():
    assert TIME.validate_python("0 h").to("h") == 0
