"""How a study names a product: by id, by a path beside it, enriched, or with a cargo removed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hepasome.files import InputError
from hepasome.product import CEILINGS, ProductReference, by_name, load_product, write_product

BASE = "adipose_msc_exosome"
NATIVE = 0.00825


def resolve(**more):
    return ProductReference(**{"base": BASE, **more}).resolve()


def copies(product):
    return {cargo.name: cargo.copies_per_vesicle for cargo in product.vesicles.cargo}


def test_a_bare_name_is_the_shipped_product_itself():
    assert ProductReference(**by_name(BASE)).resolve() == load_product(BASE)


@pytest.mark.parametrize(
    ("amount", "number"),
    [
        ("1000x", 8.25),
        ("1x", NATIVE),
        ("0.5 x", NATIVE / 2),
        ("1e3x", 8.25),
        ("5 copies", 5),
        ("5copies", 5),
        ("0 copies", 0),
    ],
)
def test_an_enriched_cargo_has_what_was_asked_and_the_others_what_they_had(amount, number):
    enriched = copies(resolve(enrich={"miR-122-5p": amount}))
    assert enriched["miR-122-5p"].value == pytest.approx(number)
    assert enriched["miR-122-5p"].high == (pytest.approx(number * 0.03 / NATIVE) if amount.endswith("x") else None)
    assert amount in enriched["miR-122-5p"].derivation
    native = copies(load_product(BASE))
    assert {name: enriched[name] for name in ("miR-181-5p", "miR-125b-5p")} == {
        name: native[name] for name in ("miR-181-5p", "miR-125b-5p")
    }


@pytest.mark.parametrize("amount", ["60000x", "451 copies", "1e9 copies", "1e400x", "1e400 copies"])
def test_more_than_fits_into_a_vesicle_is_refused_with_the_ceiling(amount):
    with pytest.raises(InputError, match=f"about {CEILINGS.physical:g} fit into it") as raised:
        resolve(enrich={"miR-122-5p": amount})
    assert raised.value.findings[0].field == "enrich.miR-122-5p"


@pytest.mark.parametrize(("amount", "noted"), [("79 copies", False), ("81 copies", True), ("450 copies", True)])
def test_more_than_loaded_vesicles_were_seen_to_hold_is_an_assumption(amount, noted):
    more = [line for line in resolve(enrich={"miR-122-5p": amount}).assumptions if "loaded vesicles" in line]
    assert len(more) == noted
    assert all("(5 to 80)" in line for line in more)


@pytest.mark.parametrize(
    "amount", ["lots", "5", "-5 copies", "nan copies", "infx", "5 ug", "x", "", "5 copies x", "1,000x"]
)
def test_an_amount_that_is_none_is_refused(amount):
    with pytest.raises(ValidationError, match="is not an amount; write `1000x` or `5 copies`"):
        ProductReference(base=BASE, enrich={"miR-122-5p": amount})


@given(st.text(max_size=10) | st.from_regex(r"[0-9.e]{1,8} ?(x|copies)", fullmatch=True))
def test_any_amount_is_refused_or_gives_finite_copies(amount):
    try:
        number = copies(resolve(enrich={"miR-122-5p": amount}))["miR-122-5p"].value
    except (InputError, ValidationError):
        return
    assert 0 <= number <= CEILINGS.physical


def test_a_removed_cargo_has_no_copies_and_says_why():
    removed = copies(resolve(remove=["miR-122-5p"]))
    gone = removed["miR-122-5p"]
    assert (gone.value, gone.low, gone.high, gone.derivation) == (0, 0, 0, "removed in the study file")
    assert removed["miR-125b-5p"].value == NATIVE


@pytest.mark.parametrize("how", [{"remove": ["miR-21-5p"]}, {"enrich": {"miR-21-5p": "10x"}}, {"remove": ["miR-122"]}])
def test_cargo_that_is_not_there_is_answered_with_what_there_is(how):
    with pytest.raises(InputError, match=r"It carries: miR-181-5p, miR-122-5p, miR-125b-5p\."):
        resolve(**how)


def test_cargo_without_copies_is_enriched_by_a_number_only(tmp_path):
    write_product(resolve(remove=["miR-122-5p"]), tmp_path / "silenced.yaml")
    silenced = {"base": "silenced.yaml", "folder": str(tmp_path)}
    for amount in ("10x", "1e400x"):
        with pytest.raises(InputError, match="carries no copies of this cargo"):
            resolve(**silenced, enrich={"miR-122-5p": amount})
    assert copies(resolve(**silenced, enrich={"miR-122-5p": "5 copies"}))["miR-122-5p"].value == 5


def test_a_cargo_is_not_enriched_and_removed():
    with pytest.raises(ValidationError, match="miR-122-5p cannot be enriched and removed"):
        ProductReference(base=BASE, enrich={"miR-122-5p": "10x"}, remove=["miR-122-5p"])


def test_what_cells_secrete_is_enriched_and_they_stay_cells():
    cells = resolve(base="chorionic_plate_msc", enrich={"miR-125b-5p": "100x"})
    assert cells.kind == "cells"
    assert copies(cells)["miR-125b-5p"].value == pytest.approx(0.825)


def test_a_product_beside_the_study_is_found_and_a_folder_below_it_too(tmp_path):
    (tmp_path / "lab").mkdir()
    for place in ("mine.yaml", "lab/mine.yaml", "lab/mine"):
        write_product(load_product(BASE), tmp_path / place)
        assert resolve(base=place, folder=str(tmp_path)) == load_product(BASE)


@pytest.mark.parametrize(
    "base",
    [
        "../../etc/passwd",
        "../secret.yaml",
        "/etc/passwd",
        "{}/secret.yaml",
        "a/../../secret.yaml",
        "link.yaml",
        "out/secret.yaml",
    ],
)
def test_no_path_leads_out_of_the_folder_of_the_study(tmp_path, base):
    write_product(load_product(BASE), tmp_path / "secret.yaml")
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (tmp_path / "study" / "out").symlink_to(tmp_path)
    with pytest.raises(InputError) as raised:
        resolve(base=base.format(tmp_path), folder=str(tmp_path / "study"))
    assert raised.value.findings[0].problem == "A path leaves the folder of the file that names it."


def test_an_unknown_key_of_a_reference_is_refused():
    with pytest.raises(ValidationError, match="Extra inputs"):
        ProductReference(base=BASE, enriched={"miR-122-5p": "10x"})


def test_an_unknown_id_is_answered_with_those_there_are():
    with pytest.raises(InputError, match=r"adipose_msc_exosome, .*chorionic_plate_msc, "):
        resolve(base="adipose_exosome")
