"""What the report says about parameters and data is what the calibrations found and what the run does."""

import dataclasses

import numpy as np
import pytest
from matplotlib.colors import to_hex

from hepasome.biology import parameters, posteriors
from hepasome.report import figures, render_report
from hepasome.report._identifiability import INFORMED, accounted, identifiability
from hepasome.report._style import STATUS_COLOURS, STATUS_MARKERS, STATUS_SIGNS
from hepasome.trial import Settings, load_study, make_plan


def planned(run, study, **settings):
    """The run with the plan of another one: the page needs no more of it here."""
    return dataclasses.replace(run, plan=make_plan(load_study(study), Settings(**settings)))


def test_every_calibrated_parameter_of_the_model_stands_there_once_with_the_numbers_of_its_calibration(report):
    run = report.run
    rows = identifiability(run)
    assert rows
    assert len({row["symbol"] for row in rows}) == len(rows)
    for row in rows:
        assert row["symbol"] in run.plan.model.parameters
        assert row["prior_low"] <= row["prior"] <= row["prior_high"]
        assert row["low"] <= row["median"] <= row["high"]
        species = run.study.subject.species
        (draws,) = (one for one in posteriors(species) if one.calibration == row["calibration"])
        found = draws.about["parameters"][row["symbol"]]
        assert row["informed"] == found["informed"]
        assert row["contraction"] == found["contraction"]
        place, ratio = draws.names.index(row["symbol"]), row["prior"] / found["prior"]
        assert row["high"] == pytest.approx(ratio * found["high"])
        assert ratio == 1 or species not in draws.about["species"]
        # the draws that ship are a few of those that the numbers are of
        assert np.mean(draws.values[:, place] < row["median"]) == pytest.approx(0.5, abs=0.1)


def test_what_was_scaled_to_another_species_is_shown_in_its_numbers(mine):
    rat = planned(mine.run, "elbaz2017")
    scaled = [d for d in posteriors("rat") if d.about["species"] != "rat"]
    rows = {(row["calibration"], row["symbol"]): row for row in identifiability(rat)}
    assert scaled
    for draws in scaled:
        for name in set(draws.names) & {symbol for _, symbol in rows}:
            row = rows[draws.calibration, name]
            theirs, ours = parameters("mouse")[name].value, parameters("rat")[name].value
            assert row["prior"] / draws.about["parameters"][name]["prior"] == pytest.approx(ours / theirs)
            assert row["low"] < row["high"]
    assert any(parameters("mouse")[n].value != parameters("rat")[n].value for d in scaled for n in d.names)


def test_the_account_adds_up_and_says_what_the_draws_of_the_run_vary(mine):
    run, told = mine.run, accounted(mine.run)
    assert told["calibrated"] == sum(told["counts"].values()) == len(identifiability(run))
    assert told["parameters"] == told["calibrated"] + told["drawn"] + told["fixed"]
    assert set(told["counts"]) == set(INFORMED)
    worlds = [run.plan.subjects.world(draw, "vehicle").subject.parameters for draw in range(1, 5)]
    varied = {name for name in worlds[0] if len({world[name] for world in worlds}) > 1}
    others = set(parameters("mouse")) - {row["symbol"] for row in identifiability(run)}
    assert told["drawn"] == len(varied & others & set(parameters("mouse", run.study.disease.model)))
    none = accounted(dataclasses.replace(run, plan=dataclasses.replace(run.plan, settings=Settings(draws=0))))
    assert none["drawn"] == 0
    assert none["taken"] == []


def test_a_posterior_counts_as_taken_only_when_a_draw_of_the_run_is_one_of_its_draws(mine, monkeypatch):
    run = mine.run
    (draws,) = (one for one in posteriors("mouse") if one.calibration == "vesicle_kinetics_mouse")
    central = parameters("mouse", run.study.disease.model)
    outside = {name: row.value for name, row in central.items()}
    monkeypatch.setattr("hepasome.report._identifiability._drawn", lambda run, draw: outside)
    assert accounted(run)["taken"] == []
    inside = outside | draws.draw(7, run.study.disease.model)
    monkeypatch.setattr("hepasome.report._identifiability._drawn", lambda run, draw: inside)
    assert accounted(run)["taken"] == ["vesicle_kinetics_mouse"]


def test_what_the_user_set_is_not_said_to_be_informed(mine):
    settings = dataclasses.replace(mine.run.plan.settings, overrides={"detachment_rate": 0.3})
    run = dataclasses.replace(mine.run, plan=dataclasses.replace(mine.run.plan, settings=settings))
    assert "detachment_rate" in {row["symbol"] for row in identifiability(mine.run)}
    assert "detachment_rate" not in {row["symbol"] for row in identifiability(run)}


def test_the_figure_shows_before_after_and_contraction_of_each(mine):
    rows = identifiability(mine.run)
    axes, bars = figures(mine.run, [])["identifiability"].axes
    before = [line.get_xdata() for line in axes.lines if line.get_linewidth() == 6]
    after = [line.get_xdata() for line in axes.lines if line.get_linewidth() == 2.4]
    assert len(before) == len(after) == len(rows)
    assert np.array(before) == pytest.approx(np.array([[-1.645, 1.645]] * len(rows)), abs=1e-3)
    width = np.diff(np.array(after), axis=1).ravel()
    informed = np.array([row["informed"] == "informed" for row in rows])
    assert width[informed].max() < 2 * 1.645  # narrower than before
    assert width[informed].mean() < width[~informed].mean()
    assert [bar.get_width() for bar in bars.patches] == pytest.approx([max(row["contraction"], 0) for row in rows])
    marks = [
        (line.get_marker(), to_hex(line.get_color()).upper()) for line in axes.lines if line.get_markersize() == 5.5
    ]
    assert marks == [(STATUS_MARKERS[row["status"]], STATUS_COLOURS[row["status"]]) for row in rows]


def test_statuses_differ_by_shape_as_well_as_by_colour(mine):
    for looks in (STATUS_COLOURS, STATUS_MARKERS, STATUS_SIGNS):
        assert len(set(looks.values())) == len(looks) == 4
    assert set(STATUS_COLOURS) == set(STATUS_MARKERS) == set(STATUS_SIGNS)
    for status, sign in STATUS_SIGNS.items():
        assert f">{sign} " in mine.page.html
        assert f"{sign} {status}" in mine.page.text or f"{status} (" in mine.page.text


def test_the_page_holds_the_table_and_the_account(mine):
    rows, told = mine.page.rows("calibrated parameter"), accounted(mine.run)
    assert [row["calibrated parameter"].split()[-1] for row in rows] == [
        row["symbol"] for row in identifiability(mine.run)
    ]
    assert f"The model of this run has {told['parameters']} parameters" in mine.page.text
    assert f"inform {told['counts']['informed']}, barely inform {told['counts']['barely informed']}" in mine.page.text


def test_without_calibrations_the_page_says_so(mine, parse, monkeypatch):
    monkeypatch.setattr("hepasome.report._identifiability.posteriors_in", lambda species, disease: ())
    page = parse(render_report(mine.run))
    assert page.faults == []
    assert "None of them was calibrated on untreated subjects of this species and disease." in page.text
    assert page.rows("calibrated parameter") == []
    assert "identifiability" not in figures(mine.run, [])
