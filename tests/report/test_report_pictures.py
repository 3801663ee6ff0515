"""Body and lobule: every number in a picture was simulated."""

import pandas as pd
import pytest
from matplotlib.text import Text

from hepasome.files import InputError
from hepasome.inference import zone_exposure
from hepasome.report import pictures, write_pictures
from hepasome.trial import Computing, Settings, load_study, run_study


def simulate(study):
    return run_study(study, Settings(subjects=2, draws=0), computing=Computing(workers=1))


@pytest.fixture(scope="module")
def run():
    """Intravenous exosomes."""
    return simulate(load_study("nong2016"))


def test_vesicles_from_the_blood_reach_the_portal_zone_first(run):
    zones = zone_exposure(run, "exosome").pivot_table(index="zone", columns="cell", values="vesicles")
    assert list(zones.index) == [1, 2, 3]
    assert {"kupffer", "endothelial", "stellate", "hepatocyte"} <= set(zones)
    assert (zones.diff().dropna() < 0).all(axis=None)  # blood flows from the portal to the central vein
    # one zone or three: the liver as a whole takes up alike
    whole = zone_exposure(run, "exosome", zones=1).set_index("cell")["vesicles"]
    for cell in zones:
        assert zones[cell].mean() == pytest.approx(whole[cell], rel=0.03)


def test_a_depot_in_the_liver_does_not_reach_all_zones_alike():
    zones = zone_exposure(simulate(load_study("li2013")), "exosome").set_index(["cell", "zone"])["vesicles"]
    assert zones["hepatocyte", 1] > 10 * zones["hepatocyte", 3]


@pytest.mark.parametrize(("study", "arm"), [("herrera_sanchez2017", "vesicles"), ("nong2016", "vehicle")])
def test_what_has_no_zones_or_no_vesicles_is_refused(study, arm):
    with pytest.raises(InputError):
        zone_exposure(simulate(load_study(study)), arm)


def test_a_dish_has_no_picture():
    assert list(pictures(simulate(load_study("herrera_sanchez2017")))) == []


def test_pictures_say_the_numbers_of_their_tables(run, tmp_path):
    made = {name: (figure, table) for name, figure, table in pictures(run)}
    assert set(made) == {"body_exosome", "lobule_exosome"}
    figure, table = made["body_exosome"]
    assert table.drop(columns="hours after the dose").sum(axis=1).to_numpy() == pytest.approx(100)
    words = " ".join(text.get_text() for text in figure.findobj(Text))
    last = table.iloc[-1]
    liver = last[["Kupffer cells", "endothelium", "stellate cells", "hepatocytes"]].sum()
    assert f"liver\n{liver:.1f} %" in words
    figure, table = made["lobule_exosome"]
    words = [text.get_text() for text in figure.findobj(Text)]
    assert sum(f"{row.vesicles:,.0f}" in words for row in table.itertuples() if row.vesicles >= 100) >= 3
    assert write_pictures(run, tmp_path) == list(made)
    assert {path.suffix for path in tmp_path.iterdir()} == {".svg", ".png", ".csv"}
    assert len(pd.read_csv(tmp_path / "lobule_exosome.csv")) == len(table)
