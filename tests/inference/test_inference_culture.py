"""Studies in culture: what is given reaches the model, and claims of a dish are judged in the dish."""

import math

import pytest

from hepasome.inference import judge
from hepasome.product import CEILINGS
from hepasome.trial import Computing, Settings, load_study, run_study

SMALL = Settings(subjects=2, draws=3)


def simulated(study):
    return run_study(load_study(study), SMALL, computing=Computing(workers=1))


@pytest.fixture(scope="module")
def herrera():
    return simulated("herrera_sanchez2017")


def test_ass1_removed_from_vesicles_takes_away_all_that_they_did(herrera):
    worlds = herrera.worlds.query("role == 'world' and endpoint == 'ASS1_activity'")
    given = worlds[worlds["variant"] == "given"].pivot(index="number", columns="arm", values="value")
    assert (given["vesicles"] > given["deficient"]).all()
    assert given["vesicles_without_ASS1"].to_numpy() == pytest.approx(given["deficient"].to_numpy(), rel=1e-9)
    knocked_out = worlds.query("variant == 'without_named_cargo' and arm == 'vesicles'").set_index("number")["value"]
    assert knocked_out.to_numpy() == pytest.approx(given["deficient"].to_numpy(), rel=1e-9)


def test_ass1_would_take_more_copies_than_fit_and_a_dish_is_no_animal(herrera):
    verdicts = {verdict.claim.id: verdict for verdict in judge(herrera)}
    for cargo, kind in (("mrna", "mRNA"), ("protein", "protein")):
        found = verdicts[f"herrera_sanchez2017_{cargo}"]
        assert found.label == "conditional"
        assert CEILINGS.most(kind) < found.required_copies < math.inf
        assert f"Ceiling: {CEILINGS.most(kind):g}." in found.reason
    assert not any("animal" in verdict.reason for verdict in verdicts.values())


def test_a_mimic_given_as_an_agent_lowers_p4ha1_and_leaves_proliferation():
    verdicts = {verdict.claim.endpoint: verdict for verdict in judge(simulated("li_j2013"))}
    assert verdicts["P4HA1"].change < -10
    assert verdicts["P4HA1"].label == verdicts["collagen_maturation"].label == "reproduced"
    assert verdicts["stellate_proliferation"].label == "not reproduced"
