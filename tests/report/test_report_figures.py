"""The figures of a report: what is drawn is what was computed, and everything drawn can be read."""

import dataclasses
import itertools
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.text import Text

from hepasome.evidence import endpoints
from hepasome.inference import attribution, cargo_per_cell, judge
from hepasome.report import figures
from hepasome.trial import Computing, Settings, load_study, run_study

UNITS = {"1": "fold of healthy", "%": "% of section"}


def treated(run):
    return [arm for arm, given in run.plan.protocol.arms.items() if given.treatment is not None]


def unit(name):
    found = next(endpoint.unit for endpoint in endpoints() if endpoint.id == name)
    return UNITS.get(found, found)


def hidden_ticks(axes):
    """Labels of ticks outside of what the axes show, which matplotlib keeps but does not draw."""
    for labels, (low, high), i in (
        (axes.get_xticklabels(which="both"), sorted(axes.get_xlim()), 0),
        (axes.get_yticklabels(which="both"), sorted(axes.get_ylim()), 1),
    ):
        yield from (label for label in labels if not low <= label.get_position()[i] <= high)


def is_title(axes, text):
    return text.get_text() != "" and text.get_text() == axes.get_title("left")


def test_each_figure_is_written_as_svg_and_png_and_stands_in_the_page(report):
    names = set(report.drawn)
    assert names == {"protocol", "time_courses", "animals", "copies", "attribution", "identifiability"} | {
        f"fate_{arm}" for arm in treated(report.run)
    }
    files = {file.name for file in report.figures.iterdir()}
    assert files == {f"{name}.{kind}" for name in names for kind in ("svg", "png", "csv")}
    for name in names:
        root = ET.parse(report.figures / f"{name}.svg").getroot()  # noqa: S314 - our own file
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert (report.figures / f"{name}.png").read_bytes().startswith(b"\x89PNG\r\n")
        assert f'aria-label="{name.replace("_", " ")}"' in report.page.html


def test_no_text_of_a_figure_is_cut_and_none_is_smaller_than_eight_points(report):
    for name, figure in report.drawn.items():
        figure.draw_without_rendering()
        out_of_view = {label for axes in figure.axes for label in hidden_ticks(axes)}
        for text in figure.findobj(Text):
            if not text.get_text() or text in out_of_view:
                continue
            box = text.get_window_extent()
            cut = box.x0 < -2 or box.y0 < -2 or box.x1 > figure.bbox.x1 + 2 or box.y1 > figure.bbox.y1 + 2
            assert not cut, (name, text.get_text())
            assert text.get_fontsize() >= 8, (name, text.get_text())
        titles = [
            text.get_window_extent() for axes in figure.axes for text in axes.findobj(Text) if is_title(axes, text)
        ]
        assert all(not a.overlaps(b) for a, b in itertools.combinations(titles, 2)), name


def test_an_arm_has_one_colour_in_all_figures_and_no_other_arm_has_it(report):
    arms = list(report.run.study.arms)
    found = {arm: set() for arm in arms}
    made = report.drawn
    for i, arm in enumerate(arms):
        lane = next(
            line for line in made["protocol"].axes[0].lines if line.get_linewidth() == 6 and i in line.get_ydata()
        )
        found[arm].add(to_hex(lane.get_color()))
    for axes in made["time_courses"].axes:
        for line in axes.lines:
            if line.get_label() in found:
                found[line.get_label()].add(to_hex(line.get_color()))
    for axes in made["animals"].axes:
        for line in axes.lines:
            if line.get_marker() == "o":
                found[arms[round(float(np.mean(line.get_xdata())))]].add(to_hex(line.get_color()))
    for axes in made["attribution"].axes:
        found[axes.get_title("left")] |= {to_hex(line.get_color()) for line in axes.lines if line.get_marker() == "o"}
    for line in made["copies"].axes[0].lines:
        if line.get_marker() in ("o", "D"):
            row = made["copies"].axes[0].get_yticklabels()[round(line.get_ydata()[0])].get_text()
            found[row.split(":")[0]].add(to_hex(line.get_color()))
    assert all(len(colours) == 1 for colours in found.values()), found
    assert len(set.union(*found.values())) == len(arms)


def test_axes_say_their_units(report):
    made, run = report.drawn, report.run
    names = list(dict.fromkeys(endpoint.endpoint for endpoint in run.study.endpoints))
    assert [axes.get_title("left") for axes in made["time_courses"].axes] == names
    assert [axes.get_ylabel() for axes in made["time_courses"].axes] == [unit(name) for name in names]
    assert made["time_courses"].get_supxlabel() == "weeks"
    assert [axes.get_ylabel() for axes in made["animals"].axes] == [unit(e.endpoint) for e in run.study.endpoints]
    titles = [axes.get_title("left").replace("\n", " ") for axes in made["animals"].axes]
    assert titles == [str(endpoint) for endpoint in run.study.endpoints]
    assert made["protocol"].axes[0].get_xlabel().startswith("weeks")
    assert made["copies"].axes[0].get_xlabel().startswith("copies per vesicle")
    assert made["attribution"].get_supxlabel().startswith(f"% change against {run.study.control}")
    for arm in treated(run):
        axes = made[f"fate_{arm}"].axes[0]
        assert (axes.get_xlabel()[:11], axes.get_ylabel()) == ("hours after", "% of the vesicles")


def test_the_shares_of_the_vesicles_sum_to_all_of_them_at_every_time(report):
    for arm in treated(report.run):
        axes = report.drawn[f"fate_{arm}"].axes[0]
        layers = [layer.get_paths()[0].vertices for layer in axes.collections]
        assert len(layers) == 9
        assert max(layer[:, 1].max() for layer in layers) == pytest.approx(100)
        hours = np.unique(layers[-1][:, 0])
        tops = [layers[-1][layers[-1][:, 0] == hour, 1].max() for hour in hours]
        assert tops == pytest.approx([100] * len(hours))


def test_the_fate_ends_before_the_second_dose(report):
    for arm in treated(report.run):
        axes, times = report.drawn[f"fate_{arm}"].axes[0], report.run.plan.protocol.arms[arm].treatment.times
        first, last = axes.get_xlim()
        assert first == pytest.approx(0.1)
        until = times[1] if len(times) > 1 else report.run.plan.protocol.read_out + 1e-6
        assert first < last < until - times[0]
        assert axes.get_xlabel() == f"hours after the {'first ' if len(times) > 1 else ''}dose"


def small(study):
    return run_study(load_study(study), Settings(subjects=2, draws=0), computing=Computing(workers=1))


def test_names_of_many_arms_stand_beside_the_panels_and_leave_them_room():
    run = small("haga2017")
    figure = figures(run, [])["animals"]
    figure.draw_without_rendering()
    assert len(run.plan.protocol.arms) > 5
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == list(run.plan.protocol.arms)
    for axes in figure.axes:
        assert list(axes.get_xticks()) == list(range(len(run.plan.protocol.arms)))
        assert not [label.get_text() for label in axes.get_xticklabels() if label.get_text()]
        assert axes.get_window_extent().height / figure.dpi > 1


def test_vesicles_of_a_dish_end_in_cells_or_are_lost_in_the_medium():
    run = small("tan2014_apap")
    axes = figures(run, [])["fate_exosome"].axes[0]
    places = {text.get_text() for text in axes.figure.findobj(Text)}
    assert {"medium", "lost in the medium", "hepatocytes"} <= places
    assert "blood" not in places
    tops = [layer.get_paths()[0].vertices[:, 1].max() for layer in axes.collections]
    assert max(tops) == pytest.approx(100)


def test_points_means_and_deviations_are_those_of_the_endpoints_and_statistics(report):
    run, arms = report.run, list(report.run.study.arms)
    statistics = run.statistics().set_index(["endpoint", "arm"])
    for endpoint, axes in zip(run.study.endpoints, report.drawn["animals"].axes, strict=True):
        label = str(endpoint)
        assert len(axes.containers) == len(arms)
        assert axes.get_ylim()[0] == 0
        for arm, bar in zip(arms, axes.containers, strict=True):
            row = statistics.loc[(label, arm)]
            (_, low), (_, high) = bar[2][0].get_segments()[0]
            assert [bar[0].get_ydata()[0], low, high] == pytest.approx(
                [row["mean"], row["mean"] - row["sd"], row["mean"] + row["sd"]]
            )
        shown = np.sort(np.concatenate([line.get_ydata() for line in axes.lines if line.get_marker() == "o"]))
        measured = run.endpoints.loc[run.endpoints["endpoint"] == label, "measured"]
        assert shown == pytest.approx(np.sort(measured))
        assert axes.get_ylim()[1] > 1.02 * max(shown)  # no point is cut


def test_a_panel_does_not_blow_up_errors_of_integration(shipped):
    axes = shipped("hyun2015").drawn["time_courses"].axes[0]
    low, high = axes.get_ylim()  # of SMO, which the vesicles change by less than a millionth
    assert axes.get_title("left") == "SMO"
    assert high - low > 0.01
    assert axes.yaxis.get_offset_text().get_text() == ""


def test_ticks_of_panels_have_no_powers_of_ten(report):
    for name in ("time_courses", "animals"):
        ticks = [label.get_text() for axes in report.drawn[name].axes for label in axes.get_yticklabels()]
        assert not [text for text in ticks if not text.replace(",", "").replace(".", "").lstrip("-\u2212").isdigit()]


def test_the_forest_shows_the_changes_and_marks_what_goes_on_outside(report):
    table = attribution(report.run)
    for axes in report.drawn["attribution"].axes:
        part = table[table["arm"] == axes.get_title("left")]
        points = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "o"]
        assert points == pytest.approx(part["change"].to_list())
        named = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "+"]
        assert named == pytest.approx(part["named_cargo"].to_list())
        low, high = axes.get_xlim()
        beyond = (part["change_low"] < low).sum() + (part["change_high"] > high).sum()
        assert sum(line.get_marker() in ("<", ">") for line in axes.lines) == beyond


def test_one_wide_interval_does_not_shrink_the_others_and_gets_an_arrow(shipped):
    run = shipped("li2013").run
    wild = (run.worlds["endpoint"] == "AST") & (run.worlds["arm"] == "exosome") & (run.worlds["number"] == 1)
    worlds = run.worlds.assign(value=run.worlds["value"].where(~wild, 100 * run.worlds["value"]))
    axes = figures(dataclasses.replace(run, worlds=worlds), [])["attribution"].axes[0]
    assert axes.get_xlim()[1] < 1000  # the interval goes to about 9,000 %
    arrows = [line.get_ydata()[0] for line in axes.lines if line.get_marker() == ">"]
    assert 0 in arrows
    assert len(arrows) < len(run.study.endpoints) / 2


def test_copies_carried_and_required_are_drawn_and_what_is_missing_is_said(report):
    axes, table = report.drawn["copies"].axes[0], cargo_per_cell(report.run)
    required = [v.required_copies for v in judge(report.run) if v.required_copies is not None]
    required = [*table["required"], *required]
    shown = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "D"]
    assert shown == pytest.approx([value for value in required if np.isfinite(value)])
    low, high = axes.get_xlim()
    assert all(low < x < high for line in axes.lines if line.get_marker() in ("o", "D") for x in line.get_xdata())
    said = [text.get_text() for text in axes.texts]
    assert said.count("no number suffices") == sum(np.isinf(required))
    assert said.count("none") == (table["carried"] == 0).sum()
