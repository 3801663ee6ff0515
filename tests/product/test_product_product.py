"""Products: their files, their rules, doses in particles, and how a study names them."""

import re
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from hepasome.files import InputError, parse_quantity
from hepasome.product import (
    CEILINGS,
    Diameter,
    Estimate,
    Product,
    load_product,
    shipped_products,
    write_product,
)

WORDS = st.text(min_size=3) | st.sampled_from(
    ["1e10", "nan", "-.inf", "008", "yes", "null", "a: b", "# no", "~~~", "a\x85b\n", "'''"]
)
NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,20}", fullmatch=True)
NUMBERS = st.floats(0, 1e300)


@st.composite
def estimates(draw, numbers=NUMBERS, unit="1"):
    low, value, high = sorted(draw(st.tuples(numbers, numbers, numbers)))
    ends = draw(st.sampled_from([{}, {"low": low, "high": high}]))
    status = draw(st.sampled_from(["measured", "derived", "fitted", "assumed"]))
    return {
        "value": value,
        **ends,
        "unit": unit,
        "status": status,
        "source": draw(WORDS),
        "derivation": draw(st.text()),
    }


@st.composite
def vesicles(draw):
    above = st.floats(1e-3, 1e6)
    bins = draw(st.lists(above, min_size=1, max_size=5))
    log_normal = {"median": draw(estimates(above, "nm")), "geometric_sd": draw(estimates(st.floats(1, 9)))}
    cargo = draw(st.lists(st.tuples(st.text(), estimates()), max_size=3, unique_by=lambda item: item[0]))
    kinds, places = st.sampled_from(["miRNA", "mRNA", "lipid"]), st.sampled_from(["cytosolic", "surface"])
    return {
        "id": draw(NAMES),
        "name": draw(st.text()),
        "kind": "vesicles",
        "source_cell": draw(NAMES),
        "particles_per_ug": draw(estimates(unit="particles/ug")),
        "diameter": draw(st.sampled_from([log_normal, {"bin_centres": bins, "counts": bins, "source": "nta.csv"}])),
        "markers": [{"name": draw(WORDS), "found": "unknown", "source": draw(WORDS)}],
        "cargo": [
            {"name": n, "kind": draw(kinds), "location": draw(places), "copies_per_vesicle": c} for n, c in cargo
        ],
        "notes": draw(st.lists(WORDS, max_size=2)),
        "assumptions": draw(st.lists(WORDS, max_size=2)),
    }


def product(**changed):
    """A product of the least that is allowed, with one changed field."""
    number = {"value": 1e10, "status": "assumed", "source": "test"}
    least = {"id": "x", "name": "X", "kind": "vesicles", "source_cell": "msc", "particles_per_ug": number}
    return Product.model_validate(least | {"diameter": {"bin_centres": [100], "counts": [1]}} | changed)


def estimate(value=1.0, **more):
    return {"value": value, "status": "measured", "source": "test", **more}


@settings(max_examples=150, deadline=None)
@given(vesicles(), st.booleans())
def test_what_is_written_is_read_back_equal(tmp_path_factory, content, living):
    given = Product.model_validate(content)
    if living:
        given = Product(id="cells_x", name="x", kind="cells", source_cell="msc", secretes=given)
    path = write_product(given, tmp_path_factory.mktemp("product") / "x.yaml")
    assert load_product(path) == given


@pytest.mark.parametrize("name", shipped_products())
def test_every_number_of_a_shipped_product_says_where_it_comes_from(name, tmp_path):
    shipped = load_product(name)
    assert shipped.id == name
    assert shipped.source_cell.endswith(("msc", "cell", "fibroblast"))
    preparation = shipped.vesicles
    numbers = [preparation.particles_per_ug, preparation.diameter.median, preparation.diameter.geometric_sd]
    numbers += [cargo.copies_per_vesicle for cargo in preparation.cargo]
    for number in numbers:
        assert re.search(r"\d{4}|\d to \d|%", number.source), "a publication or the reasoning"
        assert number.low < number.value < number.high
    assert shipped.assumptions
    assert load_product(write_product(shipped, tmp_path / "x.yaml")) == shipped


def test_shipped_vesicles_have_the_size_of_exosomes_and_a_native_load():
    for name in shipped_products():
        centres, shares = load_product(name).diameters()
        assert shares.sum() == pytest.approx(1)
        assert shares[(centres > 40) & (centres < 200)].sum() > 0.95
        for cargo in load_product(name).vesicles.cargo:
            most = CEILINGS.native if cargo.kind == "miRNA" else CEILINGS.most(cargo.kind)
            assert cargo.copies_per_vesicle.value <= most


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"value": -1}, "greater than or equal to 0"),
        ({"value": float("nan")}, "finite"),
        ({"value": float("inf")}, "finite"),
        ({"low": 0.5}, "both low and high or neither"),
        ({"low": 2, "high": 3}, "does not lie between"),
        ({"low": 0.1, "high": 0.2}, "does not lie between"),
        ({"low": -1, "high": 3}, "greater than or equal to 0"),
        ({"source": ""}, "at least 3"),
        ({"status": "guessed"}, "measured"),
        ({"median": 3}, "Extra inputs"),
    ],
)
def test_an_estimate_that_says_too_little_is_refused(bad, said):
    with pytest.raises(ValidationError, match=said):
        Estimate.model_validate(estimate() | bad)


def test_an_estimate_is_scaled_with_its_interval():
    scaled = Estimate.model_validate(estimate(2, low=1, high=4)).times(10, unit="particles", derivation="x 10")
    assert (scaled.value, scaled.low, scaled.high) == (20, 10, 40)
    assert (scaled.unit, scaled.status, scaled.derivation, scaled.source) == ("particles", "derived", "x 10", "test")


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"median": estimate(100)},
        {"bin_centres": [100.0]},
        {"median": estimate(100), "geometric_sd": estimate(1.3), "bin_centres": [1.0], "counts": [1.0]},
        {"median": estimate(100), "bin_centres": [1.0], "counts": [1.0]},
        {"median": estimate(0), "geometric_sd": estimate(1.3)},
        {"median": estimate(0.1, unit="um"), "geometric_sd": estimate(1.3)},
        {"median": estimate(100), "geometric_sd": estimate(0.8)},
        {"bin_centres": [100.0, 110.0], "counts": [1.0]},
        {"bin_centres": [0.0], "counts": [1.0]},
        {"bin_centres": [100.0], "counts": [-1.0]},
        {"bin_centres": [100.0], "counts": [0.0]},
        {"bin_centres": [], "counts": []},
        {"bin_centres": [float("nan")], "counts": [1.0]},
    ],
)
def test_diameters_take_one_whole_form_that_is_physical(bad):
    with pytest.raises(ValidationError):
        Diameter.model_validate(bad)


def test_a_log_normal_has_its_median_and_spread():
    centres, shares = Diameter(median=estimate(100), geometric_sd=estimate(1.3)).weights()
    assert np.interp(0.5, shares.cumsum() - shares / 2, centres) == pytest.approx(100)
    assert np.exp(np.sqrt(shares @ np.log(centres / 100) ** 2)) == pytest.approx(1.3, rel=0.001)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"particles_per_ug": None}, "needs `particles_per_ug` and `diameter`"),
        ({"particles_per_ug": estimate(1e13, unit="particles/mg")}, "not in particles/mg"),
        ({"kind": "cells"}, "needs `secretes`"),
        ({"secretes": "adipose_msc_exosome"}, "only a product of cells"),
        ({"kind": "cells", "secretes": "../../etc/passwd"}, "id of a shipped product"),
        ({"kind": "cells", "secretes": "/etc/passwd"}, "id of a shipped product"),
        ({"id": "../x"}, "letters, digits"),
        ({"source_cell": "a b"}, "letters, digits"),
        (
            {"cargo": 2 * [{"name": "a", "kind": "lipid", "location": "surface", "copies_per_vesicle": estimate()}]},
            "one cargo stands twice",
        ),
    ],
)
def test_a_product_that_is_incomplete_or_contradicts_itself_is_refused(bad, said):
    with pytest.raises(ValidationError, match=said):
        product(**bad)


def test_cells_that_secrete_cells_or_an_unknown_product_are_refused():
    for secreted in ("chorionic_plate_msc", "no_such_product"):
        with pytest.raises(InputError):
            product(kind="cells", secretes=secreted).diameters()


@pytest.mark.parametrize(
    ("dose", "particles"), [("40 ug", 4e11), ("0.04 mg", 4e11), ("5e9 particles", 5e9), ("1 particle", 1)]
)
def test_a_dose_becomes_particles(dose, particles):
    given = product().particles(parse_quantity(dose))
    assert given.value == pytest.approx(particles)
    assert given.unit == "particles"


def test_the_interval_of_particles_per_ug_is_that_of_the_dose_too():
    given = load_product("adipose_msc_exosome").particles(parse_quantity("10 ug"))
    assert (given.low, given.value, given.high) == pytest.approx((2e10, 1e11, 3e11))
    assert "10 ug x 1e+10 particles per ug" in given.derivation


@pytest.mark.parametrize(
    ("name", "dose"),
    [("adipose_msc_exosome", "1e6 cells"), ("adipose_msc_exosome", "1 mL"), ("chorionic_plate_msc", "1 ug")],
)
def test_a_dose_in_another_unit_is_refused(name, dose):
    with pytest.raises(ValueError, match=f"{name} does not say how many particles"):
        load_product(name).particles(parse_quantity(dose))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id: &a [x]\nname: *a", "Anchors and aliases"),
        ("id: x\nkind: vesicles\ncolour: red", "There is no such field."),
        ("id: x\nparticles_per_ug: {value: .nan, status: measured, source: abc}", "missing or infinite"),
        ("id: x\nparticles_per_ug: {value: '1e10 per ug', status: measured, source: abc}", "This is not a number."),
        ("- id", "`key: value` lines"),
        ("id: x", "This field is missing."),
    ],
)
def test_what_is_no_product_file_is_refused(tmp_path, text, said):
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(InputError, match=re.escape(said)):
        load_product(tmp_path / "x.yaml")


def test_a_file_of_two_gigabytes_is_refused_unread(tmp_path):
    with (tmp_path / "x.yaml").open("wb") as file:
        file.truncate(2_000_000_000)
    start = time.perf_counter()
    with pytest.raises(InputError, match="never has more than 1 MB"):
        load_product(tmp_path / "x.yaml")
    assert time.perf_counter() - start < 1


def test_only_living_cells_have_traits():
    cells = load_product("ipsc_hepatocyte_like_cell")
    assert set(cells.traits.estimates()) == {"hepatocyte_function_per_donor_cell"}
    with pytest.raises(ValueError, match="traits"):
        Product.model_validate(cells.vesicles.model_dump(exclude_defaults=True) | {"traits": cells.traits.model_dump()})
