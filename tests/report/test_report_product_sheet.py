"""The sheet of a preparation: one page that loads nothing and shows what is known and what is not."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from hepasome.product import EXAMPLES, LabAnswers, check_product, load_product, read_lab_files, shipped_products
from hepasome.report import render_product_sheet, write_product_sheet


@pytest.fixture(scope="module")
def reading():
    told = LabAnswers(
        id="ours",
        name="<b>Ours</b>",
        source_cell="microglia",
        dilution=1000,
        protein="0.5 mg/mL",
        columns="Control",
        protein_columns="*control*",
        assume_native=True,
    )
    return read_lab_files(sorted(EXAMPLES.glob("*.csv")), told)


def test_the_sheet_opens_from_disk_and_loads_nothing(reading, tmp_path):
    path = write_product_sheet(reading.product, tmp_path / "x.html", reading)
    page = path.read_text(encoding="utf-8")
    assert not re.search(r"(?:src|href)=[\"'](?!#)", page)
    assert not re.search(r"@import|url\((?!#)", page)
    assert "<script" not in page
    assert "&lt;b&gt;Ours&lt;/b&gt;" in page
    assert "<b>Ours" not in page
    for drawing in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        ElementTree.fromstring(drawing)  # noqa: S314 # ours
    assert render_product_sheet(reading.product, reading) == page, "the same product gives the same bytes"


def test_the_sheet_names_what_is_missing_doubtful_and_assumed(reading):
    page = render_product_sheet(reading.product, reading)
    check = check_product(reading.product)
    assert f"{len(check.part('report')) - len(check.missing)} of 13" in page
    for item in check.missing:
        assert item.criterion.question in page
    for words in (
        "Camera Level differs",
        "told by the user",
        "bovine albumin",
        "Few reads",
        "Known proteins",
        "0.00825",
    ):
        assert words in page


@pytest.mark.parametrize("name", [*shipped_products()[:6], "umbilical_cord_msc_exosome"])
def test_shipped_products_have_a_sheet(name):
    page = render_product_sheet(load_product(name))
    assert page.count("<svg") == 1
    assert "nan" not in re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL).lower().replace("nanometre", "").split()


def test_replicates_are_drawn_each(reading):
    from hepasome.report._product_figures import product_figure

    lines = product_figure(reading.product, reading).axes[0].lines
    assert len(lines) == 1, "one file has no replicates"
    centres, shares = reading.product.diameters()
    assert np.allclose(lines[0].get_ydata(), 100 * shares)
    assert np.allclose(lines[0].get_xdata(), centres)
