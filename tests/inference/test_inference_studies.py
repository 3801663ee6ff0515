"""Verdicts and exposures of the studies with a named cargo, from one small run of each."""

import dataclasses
import math

import pandas as pd
import pytest

from hepasome.files import InputError
from hepasome.inference import attribution, cargo_per_cell, judge, vesicles_per_cell
from hepasome.product import CEILINGS
from hepasome.trial import Computing, Settings, load_study, run_study

SMALL = Settings(subjects=2, draws=2)
TAKERS = ["kupffer_cells", "endothelial_cells", "stellate_cells", "hepatocytes"]
CELLS = ["kupffer", "endothelial", "stellate", "hepatocyte"]


@pytest.fixture(scope="module")
def qu():
    return run_study(load_study("qu2017"), SMALL, computing=Computing(workers=1))


@pytest.fixture(scope="module")
def hyun():
    return run_study(load_study("hyun2015"), SMALL, computing=Computing(workers=1))


@pytest.fixture(scope="module")
def runs(qu, hyun):
    return {"qu2017": qu, "hyun2015": hyun}


@pytest.fixture(scope="module")
def verdicts(qu, hyun):
    return {verdict.claim.id: verdict for run in (qu, hyun) for verdict in judge(run)}


STUDY = pytest.mark.parametrize("study", ["qu2017", "hyun2015"])


@pytest.mark.parametrize(
    ("claim", "required"),
    # regression values of our own simulation: no laboratory has measured them
    [
        ("hyun2015_mir125b_smo", 2.0e7),
        ("hyun2015_mir125b_gli", 2.7e7),
        ("qu2017_alpha_sma", 1.6e7),
        ("qu2017_fibronectin", 3.3e8),
        ("qu2017_stat3", 2.8e6),
        ("qu2017_bcl2", 1.2e6),
        ("qu2017_autophagy", 1.5e6),
    ],
)
def test_a_mechanism_by_mirna_would_take_far_more_copies_than_fit_into_a_vesicle(verdicts, claim, required):
    found = verdicts[claim]
    assert found.label == "conditional"
    assert required / 3 < found.required_copies < 3 * required
    assert found.required_copies > 1000 * CEILINGS.physical
    assert found.carried_copies == pytest.approx(8.25 if claim.startswith("qu") else 0.00825)
    assert f"{found.required_copies:,.3g} copies" in found.reason


@pytest.mark.parametrize("claim", ["qu2017_injury", "qu2017_collagen_1", "qu2017_vimentin"])
def test_no_number_of_copies_moves_what_stat3_of_stellate_cells_does_not_reach(verdicts, claim):
    assert (verdicts[claim].label, verdicts[claim].required_copies) == ("not reproduced", math.inf)


def test_every_published_claim_of_a_study_gets_its_verdict(verdicts):
    assert len(verdicts) == 8 + 6
    assert {verdict.label for verdict in verdicts.values()} >= {"conditional", "not reproduced"}
    directions = [verdict for verdict in verdicts.values() if verdict.claim.kind == "direction"]
    assert {verdict.required_copies for verdict in directions} == {None}
    assert {verdict.probability for verdict in verdicts.values()} <= {0.0, 0.5, 1.0}  # of two draws


def test_the_published_order_of_the_targets_of_mir_181_is_kept(verdicts):
    # STAT3 and Bcl-2 are its targets, fibronectin lies behind them, collagen behind that
    required = [
        verdicts[f"qu2017_{name}"].required_copies for name in ("stat3", "alpha_sma", "fibronectin", "collagen_1")
    ]
    assert required == sorted(required)


@STUDY
def test_exposure_is_told_for_every_treated_arm_and_cell_type(runs, study):
    table = vesicles_per_cell(runs[study])
    treated = [arm for arm, given in runs[study].plan.protocol.arms.items() if given.treatment is not None]
    assert table[["arm", "cell"]].apply(tuple, axis=1).tolist() == [(arm, cell) for arm in treated for cell in CELLS]
    assert (table[["vesicles", "low", "loaded"]] > 0).all(axis=None)
    assert (table["high"] >= table["low"]).all()
    for _, arm in table.set_index("cell").groupby("arm"):
        assert arm["vesicles"].idxmax() == "kupffer"  # phagocytes take most of what reaches the liver
        assert (arm["loaded"] < arm["vesicles"]).all()  # of all vesicles few open into the cytosol


def test_hyun_2015_gives_cells_and_what_they_secrete_is_all_that_is_taken_up(hyun):
    assert hyun.study.gives_cells
    assert {product.kind for product in hyun.study.products().values()} == {"cells"}
    end = hyun.trajectories[hyun.trajectories["time"] == hyun.plan.protocol.read_out].set_index("arm")
    taken = sum(end[f"vesicles_in_{cell}"] for cell in TAKERS)
    treated = ["cells", "cells_without_miR125b"]
    assert (taken[treated] > 0).all()
    assert (taken[treated] < end.loc[treated, "vesicles_secreted"]).all()
    assert (end.drop(treated)["vesicles_secreted"] == 0).all()
    assert vesicles_per_cell(hyun)["vesicles"].max() < 1e3  # qu2017 gives up to 1e5 per Kupffer cell


def test_qu_2017_gives_vesicles(qu):
    assert not qu.study.gives_cells
    assert "vesicles_secreted" not in qu.trajectories


@STUDY
def test_what_a_cargo_delivers_and_what_it_would_need_fit_together(runs, study):
    table = cargo_per_cell(runs[study])
    loaded = vesicles_per_cell(runs[study]).set_index(["arm", "cell"])["loaded"]
    per_copy = table.set_index(["arm", "cell"]).index.map(loaded).to_numpy()
    assert table["delivered"].to_numpy() == pytest.approx(table["carried"] * per_copy)
    assert table["needed"].to_numpy() == pytest.approx(table["required"] * per_copy)
    assert (table["delivered"] < table["needed"] / 1000).all()


def test_the_table_of_cargo_lists_what_each_product_carries(qu, hyun):
    carried = cargo_per_cell(qu).drop_duplicates(["arm", "cargo"]).set_index(["arm", "cargo"])["carried"]
    fold = carried["enriched_exosome", "miR-181-5p"] / carried["control_exosome", "miR-181-5p"]
    assert fold == pytest.approx(1000)
    assert carried["enriched_exosome", "miR-122-5p"] == carried["control_exosome", "miR-122-5p"]
    removed = cargo_per_cell(hyun).set_index("arm")["carried"]
    assert removed.to_dict() == {"cells": 0.00825, "cells_without_miR125b": 0.0}


def test_overrides_of_a_run_count_for_what_is_needed(qu):
    settings = dataclasses.replace(SMALL, overrides={"STAT3_by_miR_181_background_copies": 1e6})
    crowded = dataclasses.replace(qu, plan=dataclasses.replace(qu.plan, settings=settings))
    before, after = (cargo_per_cell(run).groupby("target")["needed"].max() for run in (qu, crowded))
    assert math.isinf(after["STAT3"])
    assert before["STAT3"] < math.inf
    pd.testing.assert_series_equal(after.drop("STAT3"), before.drop("STAT3"))


def test_vesicles_without_named_cargo_owe_nothing_to_named_cargo(hyun):
    table = attribution(hyun).set_index("arm")
    assert set(table.index) == {"cells", "cells_without_miR125b"}
    none = table.loc["cells_without_miR125b", ["named_cargo", "named_cargo_low", "named_cargo_high"]]
    assert (none == 0).all(axis=None)
    assert (table.loc["cells_without_miR125b", "change"] != 0).any()  # the rest is unattributed activity


def test_named_cargo_explains_almost_nothing_of_what_the_vesicles_do(qu):
    table = attribution(qu)
    assert table.groupby("arm").size().to_dict() == {"control_exosome": 10, "enriched_exosome": 10}
    fibrosis = table[table["endpoint"].isin(["collagen_I", "alpha_SMA"])]
    assert (fibrosis["named_cargo"].abs() < 0.01 * fibrosis["change"].abs()).all()
    stat3 = table[table["endpoint"].str.startswith("STAT3")].set_index("arm")["named_cargo"]
    assert stat3["enriched_exosome"] < 100 * stat3["control_exosome"] < 0


def test_an_override_of_no_parameter_is_refused():
    wrong = dataclasses.replace(SMALL, overrides={"kupffer_appetite": 2.0, "site_effect": 2.0})
    with pytest.raises(InputError, match="no such parameter") as error:
        run_study(load_study("qu2017"), wrong)
    assert [finding.field for finding in error.value.findings] == ["kupffer_appetite"]
