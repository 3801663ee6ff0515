"""A run in a line, for who looks through those of a laboratory."""

import pytest

from hepasome import load_study
from hepasome.web._in_short import given, headline


@pytest.mark.parametrize(
    ("study", "words"),
    [
        ("li2013", "umbilical_cord_msc_exosome, 250 ug, intrahepatic"),
        (
            "qu2017",  # its dose and route are not known
            "adipose_msc_exosome, 4 ug to 400 ug, intravenous or intrasplenic or intraperitoneal; "
            "adipose_msc_exosome (miR-181-5p 1000x), 4 ug to 400 ug, intravenous or intrasplenic or intraperitoneal",
        ),
        (
            "herrera_sanchez2017",  # three arms get the same vesicles
            "human_liver_stem_cell_vesicle, 1e+10 particles, into medium; "
            "human_liver_stem_cell_vesicle (without ASS1_mRNA, without ASS1_protein), 1e+10 particles, into medium; "
            "fibroblast_exosome, 1e+10 particles, into medium",
        ),
    ],
)
def test_what_is_given_is_said_once_with_dose_and_route(study, words):
    assert given(load_study(study).study.as_written()) == words


def test_what_came_out_is_the_mean_of_the_first_endpoint():
    arms = {"vehicle": {"mean": 211.6}, "exosome": {"mean": None}}  # all animals of that arm died
    rows = [{"label": "ALT", "unit": "U/L", "arms": arms}, {"label": "AST", "unit": "U/L", "arms": arms}]
    assert headline({"endpoints": rows}) == "ALT (U/L): vehicle 212, exosome -"
    assert headline({"endpoints": []}) == ""
