"""Every figure and table carries what the draws and the animals leave open, in order, and no more than that."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from hepasome.biology import parameters
from hepasome.inference import (
    attribution,
    cargo_per_cell,
    changes,
    copies_per_cell,
    fate_intervals,
    fate_shares,
    typical_values,
    vesicles_per_cell,
)
from hepasome.report import number
from hepasome.report._fate import fate_rows
from hepasome.report._figure_tables import figure_tables
from hepasome.trial import Computing, Settings, load_study, run_study, treated_arms

ENDS = ("carried", "delivered", "needed", "required")


def ordered(table, low, middle, high):
    return (table[low] <= table[middle] + 1e-12).all() and (table[middle] <= table[high] + 1e-12).all()


def with_worlds(run, **values):
    """The run with other values of the typical treated animals: endpoint -> one per draw."""
    worlds = run.worlds.copy()
    for name, drawn in values.items():
        for draw, value in enumerate(drawn, 1):
            rows = (worlds["endpoint"] == name) & (worlds["arm"] == "exosome") & (worlds["number"] == draw)
            worlds.loc[rows, "value"] = value
    return dataclasses.replace(run, worlds=worlds)


def test_intervals_stand_around_their_middles_everywhere(report):
    run = report.run
    assert ordered(typical_values(run), "low", "median", "high")
    assert ordered(changes(run), "low", "change", "high")
    parts = attribution(run)
    assert ordered(parts, "change_low", "change", "change_high")
    assert ordered(parts, "named_cargo_low", "named_cargo", "named_cargo_high")
    for arm in {row.arm for row in cargo_per_cell(run).itertuples()}:
        found = fate_intervals(run, arm)
        assert len(found) > 0
        assert ordered(found, "low", "median", "high")
        assert found[["animals", "low", "high"]].stack().between(-1e-9, 100 + 1e-9).all()
    cells = vesicles_per_cell(run)
    assert (cells["low"] <= cells["high"]).all()
    assert (cells["loaded_low"] <= cells["loaded_high"]).all()
    assert (copies_per_cell(run)["low"] <= copies_per_cell(run)["high"]).all()
    for name in ENDS:
        assert (cargo_per_cell(run)[f"{name}_low"] <= cargo_per_cell(run)[f"{name}_high"]).all()


def test_changes_are_those_of_the_attribution_and_hold_arms_without_treatment_too(report):
    found = changes(report.run).set_index(["arm", "endpoint"])
    for row in attribution(report.run).itertuples():
        assert tuple(found.loc[(row.arm, row.endpoint)]) == pytest.approx((row.change, row.change_low, row.change_high))
    assert set(found.index.get_level_values("arm")) == set(report.run.study.arms) - {report.run.study.control}


def test_shares_of_the_typical_animal_sum_to_all_vesicles_in_every_draw(shipped):
    run = shipped("li2013").run
    one = dataclasses.replace(run, fates=run.fates[run.fates["number"] == 1])
    found = fate_intervals(one, "exosome").groupby("moment")[["animals", "median"]].sum()
    assert found.to_numpy() == pytest.approx(100)
    last = fate_shares(run, "exosome").iloc[-1]
    end = fate_intervals(run, "exosome").query("moment == 'end'").set_index("place")["animals"]
    assert end.to_numpy() == pytest.approx(last.to_numpy())


def test_the_interval_of_a_share_vanishes_when_all_draws_agree_and_widens_when_they_differ_more(shipped):
    run = shipped("li2013").run
    same = pd.concat([run.fates[run.fates["number"] == 1].assign(number=draw) for draw in (1, 2)])
    width = fate_intervals(dataclasses.replace(run, fates=same), "exosome").eval("high - low")
    assert width.to_numpy() == pytest.approx(0)
    wide = same.reset_index(drop=True)
    wide.loc[wide["number"] == 2, "vesicles_in_kupffer_cells"] *= 10
    found = fate_intervals(dataclasses.replace(run, fates=wide), "exosome").set_index(["moment", "place"])
    assert found.eval("high - low")["end", "Kupffer cells"] > 5


def test_nothing_is_left_open_where_all_draws_agree_and_more_where_they_differ_more(shipped):
    run = shipped("li2013").run
    first = run.worlds[(run.worlds["role"] == "world") & (run.worlds["number"] == 1)]
    known = dataclasses.replace(run, worlds=pd.concat([first.assign(number=draw) for draw in (1, 2)]))
    for found in (changes(known), typical_values(known), vesicles_per_cell(known)):
        assert found.eval("high - low").abs().max() == pytest.approx(0, abs=1e-9)
    cells = [
        vesicles_per_cell(with_worlds(run, vesicles_per_kupffer_cell=drawn)).query("cell == 'kupffer'")
        for drawn in ([90.0, 110.0], [10.0, 1000.0])
    ]
    assert [cell.eval("high - low").item() for cell in cells] == pytest.approx([0.9 * 20, 0.9 * 990])


def test_a_wider_range_of_a_parameter_gives_a_wider_interval_of_where_vesicles_go(monkeypatch):
    """Uptake by Kupffer cells within its range, and within none: what else is drawn is the same in both."""
    study = load_study("tan2014")
    rows = parameters("mouse", study.disease.model)
    width = {}
    monkeypatch.setattr("hepasome.trial._draws.posteriors_in", lambda species, disease: ())
    for name, high in (("none", 1.0), ("wide", 100.0)):
        row = rows["kupffer_uptake_clearance"]
        changed = row.model_copy(update={"low": row.value / high, "high": row.value * high})
        table = {
            symbol: other.model_copy(update={"low": other.value, "high": other.value}) for symbol, other in rows.items()
        }
        table["kupffer_uptake_clearance"] = changed
        monkeypatch.setattr("hepasome.trial._draws.parameters", lambda species, disease="", table=table: table)
        run = run_study(study, Settings(subjects=2, draws=4), computing=Computing(workers=1))
        found = fate_intervals(run, treated_arms(study)[0]).query("place == 'Kupffer cells' and moment == 'end'")
        width[name] = found.eval("high - low").item()
    assert width["wide"] > 5 * max(width["none"], 1.0)


def test_what_is_required_scales_with_one_over_what_arrives_in_every_draw(shipped):
    run = shipped("li2013").run
    before = cargo_per_cell(run).iloc[0]
    loaded = run.worlds["endpoint"] == "loaded_per_stellate_cell"
    worlds = run.worlds.assign(value=run.worlds["value"].where(~loaded, run.worlds["value"] / 10))
    after = cargo_per_cell(dataclasses.replace(run, worlds=worlds)).iloc[0]
    for end in ("low", "high"):
        assert after[f"required_{end}"] == pytest.approx(10 * before[f"required_{end}"])
        assert after[f"delivered_{end}"] == pytest.approx(before[f"delivered_{end}"] / 10)
        assert after[f"needed_{end}"] == pytest.approx(before[f"needed_{end}"])


def test_where_nothing_arrives_in_a_draw_no_number_suffices(shipped):
    run = with_worlds(shipped("li2013").run, loaded_per_stellate_cell=[0.0, 0.0])
    assert np.isinf(cargo_per_cell(run)[["required_low", "required_high"]]).all(axis=None)


def test_the_fate_figure_shows_interval_median_and_animals_of_every_place(report):
    run = report.run
    for arm in {row.arm for row in cargo_per_cell(run).itertuples()}:
        axes = report.drawn[f"fate_{arm}"].axes[1]
        end = fate_intervals(run, arm).query("moment == 'end'")
        bars = [tuple(line.get_xdata()) for line in axes.lines if line.get_linewidth() == 5]
        assert np.array(bars) == pytest.approx(end[["low", "high"]].to_numpy())
        dots = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "o"]
        assert dots == pytest.approx(end["median"].to_list())
        assert [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "|"] == pytest.approx(
            end["animals"].to_list()
        )
        assert [label.get_text() for label in axes.get_yticklabels()] == end["place"].to_list()


def test_the_numbers_of_the_figures_have_the_intervals_that_are_drawn(report):
    run, tables = report.run, figure_tables(report.run, [])
    ranges = typical_values(run)
    courses = tables["time_courses"].dropna(subset=["draws_median"])
    assert sorted(courses["draws_low"]) == pytest.approx(sorted(ranges["low"]))
    assert sorted(courses["draws_high"]) == pytest.approx(sorted(ranges["high"]))
    for arm in {row.arm for row in cargo_per_cell(run).itertuples()}:
        end = fate_intervals(run, arm).query("moment == 'end'").set_index("place")
        last = tables[f"fate_{arm}"].dropna(subset=["median"]).set_index("place")
        columns = ["hours", "animals", "median", "low", "high"]
        assert last.loc[end.index, columns].to_numpy() == pytest.approx(end[columns].to_numpy(dtype=float))
    named = tables["copies"].dropna(subset=["required_low"])
    assert named["required_high"].to_list() == cargo_per_cell(run)["required_high"].to_list()


def test_whiskers_of_the_draws_stand_at_the_endpoints_in_the_colour_of_their_arm(report):
    run, axes = report.run, report.drawn["time_courses"].axes
    ranges = typical_values(run)
    panels = {panel.get_title("left"): panel for panel in axes}
    for endpoint in run.study.endpoints:
        panel, own = panels[endpoint.endpoint], ranges[ranges["endpoint"] == str(endpoint)]
        whiskers = [line for line in panel.lines if line.get_linewidth() == 1.6]
        shown = {(to_hex(line.get_color()), *np.round(line.get_ydata(), 9)) for line in whiskers}
        lines = {line.get_label(): to_hex(line.get_color()) for line in panel.lines}
        assert {(lines[row.arm], round(row.low, 9), round(row.high, 9)) for row in own.itertuples()} <= shown
        unit = max(line.get_xdata().max() for line in panel.lines if line.get_label() in run.study.arms)
        places = [line.get_xdata()[0] for line in whiskers]
        assert len(set(places)) == len(places)  # side by side
        assert max(places) < 1.15 * unit
    (legend,) = axes[0].figure.legends
    assert "typical animal, 90 % of the draws" in [text.get_text() for text in legend.get_texts()]
    assert "90 % of the animals" in [text.get_text() for text in legend.get_texts()]


def test_copies_carried_and_required_have_the_bars_of_the_draws(report):
    axes, table = report.drawn["copies"].axes[0], cargo_per_cell(report.run)
    low, high = axes.get_xlim()
    bars = [tuple(line.get_xdata()) for line in axes.lines if line.get_linewidth() == 4]
    expected = [
        (max(row[f"{name}_low"], low), min(row[f"{name}_high"], high))
        for row in table.to_dict("records")
        for name in ("carried", "required")
    ]
    assert np.array(bars) == pytest.approx(np.array([bar for bar in expected if bar[0] < bar[1]]))


def test_the_page_holds_the_numbers_of_the_fates(report):
    rows = report.page.rows("place of the vesicles")
    expected = [row for arm in report.run.study.products() for row in fate_rows(report.run, arm)["rows"]]
    assert [row["place of the vesicles"] for row in rows] == [row["place"] for row in expected]
    for shown, row in zip(rows, expected, strict=True):
        last = row["cells"][-1]
        if min(last["low"], last["high"]) >= 0.001:
            assert shown["5 to 95 % of the draws"] == f"{number(last['low'])} to {number(last['high'])}"
