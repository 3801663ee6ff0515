"""The parts of an effect: each is what its own knock-out takes away, and together they are the whole."""

import numpy as np
import pandas as pd
import pytest

from hepasome import engine
from hepasome.files import InputError
from hepasome.inference import explain, parts_of
from hepasome.trial import Computing, Settings, load_study, run_study

ONE_THREAD = Computing(workers=1)
ASS1 = ["ASS1_mRNA", "ASS1_protein"]


@pytest.fixture(scope="module")
def herrera():
    return run_study(load_study("herrera_sanchez2017"), Settings(subjects=2, draws=3), computing=ONE_THREAD)


@pytest.fixture(scope="module")
def haga():
    return run_study(load_study("haga2017"), Settings(subjects=2, draws=2), computing=ONE_THREAD)


def parts(found, arm, endpoint):
    return found.table.query("arm == @arm and endpoint == @endpoint").set_index("part")


def test_the_run_and_its_explanation_simulate_the_same_draws(herrera):
    found = explain(herrera, arm="vesicles", endpoint="ASS1_activity", workers=1)
    worlds = herrera.worlds.query("role == 'world' and variant == 'given' and endpoint == 'ASS1_activity'")
    value = worlds.pivot(index="number", columns="arm", values="value")
    change = 100 * (value["vesicles"] / value["deficient"] - 1)
    whole = parts(found, "vesicles", "ASS1_activity").loc["whole change"]
    assert whole[["change", "low", "high"]].tolist() == pytest.approx(np.percentile(change, [50, 5, 95]), rel=1e-6)
    assert whole["draws"] == 3


def test_where_named_cargo_alone_acts_its_parts_are_the_whole_effect(herrera):
    # cells that lack ASS1 are changed by the ASS1 that vesicles bring, and by nothing else in this model
    found = explain(herrera, arm="vesicles", endpoint="ASS1_activity", draws=1, workers=1)
    own = parts(found, "vesicles", "ASS1_activity")
    whole = own.loc["whole change", "change"]
    assert whole > 1e-4
    assert own.loc[ASS1, "change"].sum() == pytest.approx(whole, rel=1e-3)
    for name in ("delivery alone", "hepatocyte", "interaction"):
        assert abs(own.loc[name, "change"]) < 1e-3 * whole


def test_a_part_of_cargo_is_what_vesicles_without_it_lack(herrera):
    # the study has an arm whose vesicles were made without ASS1: it must be what the knock-outs say
    found = explain(herrera, endpoint="urea", draws=1, workers=1)
    given, without = (parts(found, arm, "urea") for arm in ("vesicles", "vesicles_without_ASS1"))
    missing = given.loc["whole change", "change"] - without.loc["whole change", "change"]
    assert given.loc[ASS1, "change"].sum() == pytest.approx(missing, rel=1e-3)
    assert not set(ASS1) & set(without.index)


def test_an_agent_beside_the_vesicles_is_not_taken_for_their_work(herrera):
    found = explain(herrera, arm="vesicles_with_MDLA", endpoint="urea", draws=2, workers=1)
    own = parts(found, "vesicles_with_MDLA", "urea")
    assert own.loc["beside the treatment", "change"] < -10  # MDLA blocks what little ASS1 the cells have left
    assert (own.loc[["delivery alone", "hepatocyte", "interaction"], ["low", "high"]].abs() < 0.01).all(axis=None)
    assert "beside the treatment" not in parts(explain(herrera, arm="vesicles", draws=1), "vesicles", "urea").index


def test_the_parts_add_up_to_the_whole_in_a_draw(haga):
    table = explain(haga, draws=1, workers=1).table
    sums = table[~table["kind"].isin(["whole", "recovery"])].groupby(["arm", "endpoint"])["change"].sum()
    whole = table[table["kind"] == "whole"].set_index(["arm", "endpoint"])["change"]
    assert len(whole) == 5 * 5  # nobody in the control has vesicles in Kupffer cells: nothing to compare
    pd.testing.assert_series_equal(sums.sort_index(), whole.sort_index(), check_names=False)


def test_y_rna_1_is_what_vesicles_without_it_lack(haga):
    found = explain(haga, endpoint="hepatocyte_apoptosis at 6 h", draws=2, workers=1)
    worlds = haga.worlds.query("role == 'world' and variant == 'given' and endpoint == 'hepatocyte_apoptosis at 6 h'")
    value = worlds.pivot(index="number", columns="arm", values="value")
    lacking = 100 * (value["human_vesicles"] - value["human_vesicles_without_y_rna_1"]) / value["vehicle"]
    own = parts(found, "human_vesicles", "hepatocyte_apoptosis at 6 h").loc["Y-RNA-1"]
    assert own["change"] == pytest.approx(lacking.median(), rel=1e-6)
    assert own["high"] < 0  # it protects hepatocytes, by next to nothing at the copies that vesicles carry
    assert own["low"] > -0.1


def test_blank_vesicles_do_nothing_to_the_liver(haga):
    table = explain(haga, workers=1).table
    delivery = table[table["kind"] == "delivery"]
    assert len(delivery) == 5 * 5
    assert (delivery[["low", "high"]].abs() < 1e-3).all(axis=None)
    beside = table[table["part"] == "beside the treatment"]
    assert set(beside["arm"]) == {"healthy_mouse_vesicles"}  # the only arm without the injury of the control


def test_unattributed_activity_is_told_cell_by_cell(haga):
    own = parts(explain(haga, arm="mouse_vesicles", endpoint="TNF at 6 h", workers=1), "mouse_vesicles", "TNF at 6 h")
    cells = own[own["kind"] == "unattributed"]
    assert set(cells.index) == {"kupffer", "endothelial", "stellate", "hepatocyte"}
    assert cells["change"].abs().idxmax() == "kupffer"  # they make the TNF, and meet most vesicles
    assert own.loc["natural course", "draws"] == 2


def test_living_cells_have_soluble_factors_and_recovery_is_beside_them():
    run = run_study(load_study("hyun2015"), Settings(subjects=2, draws=1), computing=ONE_THREAD)
    found = explain(run, endpoint="collagen_area", workers=1)
    (arm,) = found.arms[:1]
    own = parts(found, arm, "collagen_area")
    assert {"soluble", "natural recovery"} <= set(own.index)
    worlds = run.worlds.query("variant == 'given' and endpoint == 'collagen_area'").set_index("arm")["value"]
    healed = 100 * (worlds["recovery"] / worlds[run.study.control] - 1)
    assert own.loc["natural recovery", "change"] == pytest.approx(healed, rel=1e-6)


def test_a_tumour_answers_by_its_own_activities():
    run = run_study(load_study("bruno2013_hepg2"), Settings(subjects=2, draws=1), computing=ONE_THREAD)
    (arm, *_) = [name for name, given in run.plan.protocol.arms.items() if given.treatment is not None]
    (tumour,) = [part for part in parts_of(run, arm) if part.name == "tumour"]
    assert "tumour_apoptosis_activity" in tumour.without.silenced
    found = explain(run, arm=arm, workers=1).table
    assert found.loc[found["part"] == "tumour", "change"].abs().max() > 0.1
    assert found.loc[found["kind"] == "delivery", "change"].abs().max() < 1e-3


def test_a_knock_out_changes_what_is_given_or_strengths_and_nothing_else(haga):
    world = haga.plan.subjects.world
    given = world(1, "mouse_vesicles").subject
    for part in parts_of(haga, "mouse_vesicles"):
        without = world(1, "mouse_vesicles", part.without, part.name).subject
        changed = {name for name, value in without.parameters.items() if value != given.parameters[name]}
        assert changed
        assert all(without.parameters[name] == 0 for name in changed)
        assert all(name.endswith(("_strength", "_copies_per_vesicle")) for name in changed)
        assert (without.doses, without.switches) == (given.doses, given.switches)


def test_what_the_solver_does_not_resolve_is_none_of_an_endpoint(herrera, monkeypatch):
    # hepatocyte death weeks after the toxin can be 1e-20: a ratio of two such numbers is one of errors of integration
    sizes = {"deficient": 1e-20, "vesicles": 1e-21}

    def tiny(model, subjects, times, outputs, **_):
        for one in subjects:
            arm = one.key.split("/")[1]
            rows = np.full((len(times), len(outputs)), sizes[arm])
            yield engine.Trajectory(one.key, engine.Status.COMPLETED, "", np.asarray(times), rows, tuple(outputs))

    monkeypatch.setattr(engine, "simulate_ensemble", tiny)
    assert explain(herrera, arm="vesicles", workers=1).table.empty
    sizes["deficient"] = 1e-6
    whole = parts(explain(herrera, arm="vesicles", workers=1), "vesicles", "urea").loc["whole change"]
    assert whole[["change", "draws"]].tolist() == [-100, 3]


def test_more_draws_than_the_run_has_begin_with_its_own(haga):
    one, few = (explain(haga, arm="mouse_vesicles", endpoint="TNF at 6 h", draws=n, workers=1) for n in (1, 4))
    assert few.table["draws"].eq(4).all()
    again = explain(haga, arm="mouse_vesicles", endpoint="TNF at 6 h", draws=1, workers=1)
    pd.testing.assert_frame_equal(one.table, again.table, check_exact=True)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"arm": "vehicle"}, "no treated arm"),
        ({"endpoint": "ALT"}, "ALT at 6 h"),
        ({"draws": 0}, "1 to 10,000"),
        ({"draws": -1}, "1 to 10,000"),
    ],
)
def test_what_cannot_be_explained_is_said(haga, asked, words):
    with pytest.raises(InputError, match=words):
        explain(haga, **asked)


def test_a_run_without_draws_needs_some():
    run = run_study(load_study("herrera_sanchez2017"), Settings(subjects=2, draws=0), computing=ONE_THREAD)
    with pytest.raises(InputError, match="no draws"):
        explain(run)
    assert len(explain(run, draws=1, arm="vesicles", workers=1).table)
