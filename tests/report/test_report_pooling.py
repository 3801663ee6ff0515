"""Figures and sentences say what was pooled."""

from dataclasses import replace

import numpy as np
import pytest

from hepasome.evidence import Effects, Prisma, egger, leave_one_out, pool
from hepasome.report import (
    egger_line,
    forest_plot,
    funnel_plot,
    left_out_lines,
    pooled_file,
    pooled_files,
    pooled_lines,
    prisma_flow,
    write_pooled,
    write_prisma_flow,
)

RATIOS = Effects(
    "log_odds_ratio",
    ("a", "b", "c", "d"),
    ("a", "b", "c", "a label that is much too long for the margin of a forest plot"),
    np.log([0.5, 0.25, 1.2, 0.4]),
    np.array([0.1, 0.3, 0.2, 0.15]),
)
NESTED = Effects(
    "hedges_g", ("a", "a", "b", "c"), ("a 1", "a 2", "b", "c"), np.array([-1.0, -1.4, -0.2, -2.0]), np.full(4, 0.2)
)
NUMBERS = Prisma({"database": 8, "register": 2}, 1, 9, 1, 8, 1, 7, {"no control": 2, "no vesicles": 1}, 4, 3, 0)


def texts(figure):
    axes = figure.axes[0]
    return [text.get_text() for text in (*axes.texts, *axes.get_yticklabels())]


def test_a_forest_plot_shows_ratios_as_ratios_with_their_intervals():
    found = pool(RATIOS)
    figure = forest_plot(RATIOS, found)
    axes = figure.axes[0]
    assert axes.get_xscale() == "log"
    shown = texts(figure)
    low, high = np.exp([found.pooled.low, found.pooled.high])
    assert f"{np.exp(found.pooled.estimate):.2f} [{low:.2f}, {high:.2f}]" in shown
    assert "0.50 [0.27, 0.93]" in shown  # exp(log 0.5 -+ 1.96 sqrt 0.1)
    assert {"a", "b", "c", "pooled", "prediction for a new study"} <= set(shown)
    (diamond,) = axes.patches
    assert diamond.get_xy()[:, 0].min() == pytest.approx(low)
    assert diamond.get_xy()[:, 0].max() == pytest.approx(high)


def test_a_funnel_plot_has_a_point_for_each_effect_and_large_studies_on_top():
    axes = funnel_plot(RATIOS, pool(RATIOS), egger(RATIOS)).axes[0]
    points = np.asarray(axes.collections[-1].get_offsets())
    assert points[:, 0] == pytest.approx(np.exp(RATIOS.effect))
    assert points[:, 1] == pytest.approx(np.sqrt(RATIOS.variance))
    bottom, top = axes.get_ylim()
    assert bottom > top == 0


def test_the_files_are_written_and_read_back(tmp_path):
    written = write_pooled(RATIOS, pool(RATIOS), tmp_path)
    assert sorted(path.name for path in written) == [
        "effects.csv",
        "forest.png",
        "forest.svg",
        "funnel.png",
        "funnel.svg",
        "terms.csv",
    ]
    assert (tmp_path / "forest.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "forest.svg").read_text().startswith("<svg")
    assert (tmp_path / "effects.csv").read_text().split("\n")[1].startswith("a,a,-0.693")


def test_nothing_is_said_with_more_certainty_than_there_is():
    lines = " ".join(pooled_lines(NESTED, pool(NESTED)))
    assert "three levels, REML, robust intervals (CR2)" in lines
    assert "correlate by 0.5" in lines
    assert "too few studies for a robust interval" in lines
    assert "With fewer than 10 effects that says nothing" in egger_line(RATIOS, egger(RATIOS))
    alike = Effects("hedges_g", ("a", "b", "c"), ("a", "b", "c"), np.array([1.0, 1.01, 0.99]), np.full(3, 0.2))
    assert "read z" in " ".join(pooled_lines(alike, pool(alike)))
    assert "not tested" in egger_line(alike, egger(alike))


def test_the_study_on_which_the_answer_hangs_is_named():
    def lines(*values):
        effects = Effects("hedges_g", tuple("abcde"), tuple("abcde"), np.array(values), np.full(5, 0.05))
        return left_out_lines(effects, pool(effects), leave_one_out(effects))

    one_large = lines(-0.1, 0.1, 0.0, 0.0, 3.0)
    assert one_large == ["One study left out: from 0.00 without e to 0.78 without a."]
    against = lines(1.0, 1.2, 0.9, 1.1, -0.8)
    assert against[1] == "The interval would not reach `no effect` without: e."
    assert len(lines(1.0, 1.2, 0.9, 1.1, 0.8)) == 1


def test_the_flow_of_prisma_shows_its_numbers(tmp_path):
    shown = "\n".join(text.get_text() for text in prisma_flow(NUMBERS).axes[0].texts)
    for part in (
        "identified: 10",
        "screened: 9",
        "not retrieved: 1",
        "excluded: 3\nno control: 2",
        "included: 3\nin 4 reports",
    ):
        assert part in shown
    assert write_prisma_flow(NUMBERS, tmp_path / "flow.svg").read_text().startswith("<svg")
    assert write_prisma_flow(NUMBERS, tmp_path / "flow.png").read_bytes().startswith(b"\x89PNG")


def test_an_interval_without_end_and_a_label_like_a_formula_are_drawn(tmp_path):
    wide = Effects("log_odds_ratio", ("a", "b"), ("$\\frac$", "$x$"), np.array([-90.0, 95.0]), np.full(2, 1e-3))
    found = pool(wide)
    assert r"\$\frac\$" in texts(forest_plot(wide, found))
    assert np.isfinite(forest_plot(wide, found).axes[0].get_xlim()).all()
    assert "inf" in "".join(pooled_lines(wide, found))  # and not a crash
    assert len(write_pooled(wide, found, tmp_path)) == 6


def test_the_axis_of_a_funnel_is_that_of_the_effects_however_far_the_line_goes():
    names = tuple("abcdef")
    near = Effects("log_odds_ratio", names, names, np.linspace(0.5, 2, 6), np.linspace(0.68, 0.8, 6))
    test = egger(near)
    assert np.exp(test.limit) < 1e-3  # the line leaves the axis
    low, high = funnel_plot(near, pool(near), test).axes[0].get_xlim()
    assert 1e-2 < low < np.exp(0.5)
    assert np.exp(2) < high < 1e3


def test_one_file_is_made_at_a_time():
    found = pool(RATIOS)
    assert pooled_file(RATIOS, found, "effects.csv").splitlines()[0] == "study,label,effect,variance"
    nested = pool(NESTED)
    assert "forest.svg" in pooled_files(nested)
    with_moderator = pool(replace(NESTED, moderators={"x": (1.0, 2.0, 3.0, 4.0)}), moderators=["x"])
    assert pooled_files(with_moderator) == ("terms.csv", "effects.csv")
