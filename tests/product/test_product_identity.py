"""A preparation held against what an exosome is, and against what laboratories agreed to tell."""

import re
from pathlib import Path

import pytest

from hepasome.files import parse_yaml
from hepasome.product import (
    EXAMPLES,
    LabAnswers,
    Product,
    ProductReference,
    check_product,
    known_markers,
    load_product,
    read_lab_files,
    share_of_exosome_size,
    shipped_products,
)


def ratio(value, status="measured"):
    return {"value": value, "unit": "particles/ug", "status": status, "source": "test"}


def product(**changed):
    least = {"id": "x", "name": "X", "kind": "vesicles", "source_cell": "msc", "particles_per_ug": ratio(4e10)}
    return Product.model_validate(least | {"diameter": {"bin_centres": [100], "counts": [1]}} | changed)


def marker(name, found="positive", **more):
    return {"name": name, "found": found, "source": "test", **more}


def answer(criterion, **changed):
    return check_product(product(**changed))[criterion].answer


COMPLETE = {
    "source_species": "human",
    "isolation": "size-exclusion chromatography",
    "imaging": "cryo-electron microscopy",
    "particles_per_cell_equivalent": {"value": 1000, "status": "measured", "source": "test"},
    "markers": [marker(name) for name in ("CD63", "cd81", "CD-9", "PDCD6IP")]
    + [marker(name, "negative") for name in ("albumin", "GM130")],
    "storage": {"temperature": "-80 C", "for": "3 mo"},
}


def test_a_preparation_that_tells_everything_misses_nothing():
    check = check_product(product(**COMPLETE))
    assert check.missing == ()
    assert check.completeness == 1
    assert {i.answer for i in check.part("identity")} == {"yes", "not stated", "cannot be told"}


@pytest.mark.parametrize(
    ("gone", "missed"),
    [
        ("isolation", {"isolation"}),
        ("storage", {"storage"}),
        ("imaging", {"imaging"}),
        ("source_species", {"source_species"}),
        ("particles_per_cell_equivalent", {"yield"}),
        (
            "markers",
            {"three_markers", "membrane_marker", "cytosolic_marker", "contaminant_tested", "compartment_tested"},
        ),
    ],
)
def test_what_is_missing_is_named_with_who_asks_for_it(gone, missed):
    check = check_product(product(**{name: value for name, value in COMPLETE.items() if name != gone}))
    assert {item.criterion.criterion for item in check.missing} == missed
    assert check.completeness == pytest.approx(1 - len(missed) / 13)
    assert all("MISEV20" in item.criterion.source and item.criterion.remedy for item in check.missing)


@pytest.mark.parametrize(
    ("centres", "share", "said"),
    [([40, 150], 1, "yes"), ([39, 151], 0, "no"), ([100, 200, 300], 1 / 3, "no"), ([50, 100, 200], 2 / 3, "yes")],
)
def test_the_size_is_the_share_of_the_vesicles_between_40_and_150_nm(centres, share, said):
    given = product(diameter={"bin_centres": centres, "counts": [1] * len(centres)})
    assert share_of_exosome_size(given) == pytest.approx(share)
    assert check_product(given)["size"].answer == said


@pytest.mark.parametrize(
    ("particles", "word", "said"),
    # Webber & Clayton 2013 J Extracell Vesicles 2:19861, thresholds recalled
    [(3e10, "pure", "yes"), (1e10, "low purity", "no"), (1.7e9, "between", "no"), (1e9, "impure", "no")],
)
def test_purity_is_particles_per_ug_of_protein(particles, word, said):
    item = check_product(product(particles_per_ug=ratio(particles)))["purity"]
    assert (item.answer, word in item.found) == (said, True)
    assert "recalled" in item.criterion.source
    assert answer("purity", particles_per_ug=ratio(particles, "assumed")) == "not measured here"


@pytest.mark.parametrize(
    ("markers", "cd63", "contaminants"),
    [
        ([], "not stated", "not stated"),
        ([marker("CD63")], "yes", "not stated"),
        ([marker("CD63", "unknown")], "not stated", "not stated"),
        ([marker("LAMP-3", "negative")], "no", "not stated"),
        ([marker("CD63", basis="exosomes in general")], "not measured here", "not stated"),
        ([marker("calnexin", "negative")], "not stated", "yes"),
        ([marker("APOB"), marker("CANX", "negative")], "not stated", "no"),
        ([marker("ALB", basis="same kind of cell")], "not stated", "not measured here"),
    ],
)
def test_a_marker_counts_where_it_was_looked_for_in_this_preparation(markers, cd63, contaminants):
    assert answer("CD63", markers=markers) == cd63
    assert answer("contaminants", markers=markers) == contaminants


def test_cargo_that_was_counted_shows_its_class():
    copies = {"value": 0.01, "status": "derived", "source": "counts"}
    cargo = [{"name": "miR-21-5p", "kind": "miRNA", "location": "cytosolic", "copies_per_vesicle": copies}]
    assert answer("miRNA", cargo=cargo) == "yes"
    assert answer("miRNA", cargo=[{**cargo[0], "copies_per_vesicle": copies | {"status": "assumed"}}]) == "not stated"
    assert answer("lipid", carries=[marker("lipid")]) == "yes"


@pytest.mark.parametrize("criterion", ["origin", "mirna_length"])
def test_what_no_preparation_can_tell_is_said(criterion):
    assert answer(criterion, **COMPLETE) == "cannot be told"


@pytest.mark.parametrize("name", shipped_products())
def test_a_shipped_preparation_claims_no_measurement_that_nobody_made(name):
    vesicles = load_product(name).vesicles
    for entry in (*vesicles.markers, *vesicles.carries):
        assert (entry.basis == "exosomes in general") == ("in general" in entry.source)
    check = check_product(load_product(name))
    diameter = vesicles.diameter
    measured = diameter.bin_centres or diameter.median.status != "assumed"  # of a histogram, or published
    assert "yes" not in {item.answer for item in check.part("identity")} or measured
    assert 0 < check.completeness < 1


def test_a_preparation_read_from_laboratory_files_has_its_size_and_its_mirna():
    files = [EXAMPLES / name for name in ("nanosight_experimentsummary_beads.csv", "bv2_ev_mirna_raw_counts.csv")]
    answers = LabAnswers(
        id="ours",
        source_cell="microglia",
        dilution=1000,
        protein="0.5 mg/mL",
        columns="control*",
        assume_native=True,
    )
    check = check_product(read_lab_files(files, answers).product)
    assert check["size"].answer == "yes"  # 100 nm beads
    assert check["miRNA"].answer == "yes"


def test_every_known_marker_has_its_source():
    assert {known.expected for known in known_markers() if known.group in ("membrane", "cytosolic")} == {"positive"}
    assert {known.expected for known in known_markers() if known.group.startswith(("cont", "other"))} == {"negative"}
    assert all(known.source for known in known_markers())


def test_the_product_of_the_documentation_is_one(tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "products.md").read_text()
    whole, arms = re.findall(r"^```yaml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    (tmp_path / "ours.yaml").write_text(whole)
    check = check_product(load_product(tmp_path / "ours.yaml"))
    assert [item.criterion.criterion for item in check.missing] == ["yield"]
    assert {check[name].answer for name in ("size", "CD63", "CD81", "contaminants", "protein")} == {"yes"}
    assert check["CD9"].answer == "not measured here"
    written = parse_yaml(arms, "page").value["frozen"]["treatment"]["product"]
    assert ProductReference.model_validate(written).resolve().storage == check.product.storage.model_copy(
        update={"tube": "not stated"}
    )
