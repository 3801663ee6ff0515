"""Tables and figures of what explains an effect show its numbers, and say where they mean little."""

import dataclasses
import io
import re
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from hepasome.inference import explain, sensitivity
from hepasome.report import part_tables, sensitivity_notes, sensitivity_table
from hepasome.report._explanation import part_words
from hepasome.report._explanation_figures import dependence_figure, parts_figure
from hepasome.trial import Computing, Settings, load_study, run_study


@pytest.fixture(scope="module")
def run():
    settings = Settings(subjects=2, draws=2)
    return run_study(load_study("herrera_sanchez2017"), settings, computing=Computing(workers=1))


@pytest.fixture(scope="module")
def found(run):
    return explain(run, arm="vesicles", workers=1)


@pytest.fixture(scope="module")
def dependence(run):
    return sensitivity(run, arm="vesicles", samples=8, workers=1)


def shown(table, width=200):
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(table)
    return console.export_text()


def with_parts(found, **changes):
    """The explanation with other numbers of some parts."""
    table = found.table.copy()
    for part, (change, low, high) in changes.items():
        table.loc[table["part"] == part, ["change", "low", "high"]] = change, low, high
    return dataclasses.replace(found, table=table)


def test_small_parts_stand_in_one_line_and_interaction_is_never_hidden(found):
    (table,) = part_tables(with_parts(found, ASS1_mRNA=(5.0, 1.0, 9.0), interaction=(0.0, 0.0, 0.0)))
    text = shown(table)
    assert "+5.00 [+1.00, +9.00]" in text
    assert "interaction" in text
    assert "below 0.1 % each: delivery alone" in text
    assert "unattributed: hepatocytes" in text


def test_the_worked_example_of_the_docs_is_what_is_printed():
    page = (Path(__file__).parents[2] / "docs" / "explain.md").read_text()
    (block,) = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    run = run_study(load_study("li2013"), Settings(subjects=2), computing=Computing(workers=2))
    (table,) = part_tables(explain(run, endpoint="collagen_area"))
    table.caption = None
    assert [line.split() for line in shown(table).splitlines()] == [line.split() for line in block.splitlines()]


def test_an_endpoint_that_the_control_has_none_of_is_said(found):
    (table,) = part_tables(dataclasses.replace(found, table=found.table[found.table["endpoint"] == "urea"]))
    assert "nothing to compare" in shown(table)


def test_the_forest_has_every_part_with_its_interval_and_arrows_where_it_leaves_the_panel(found):
    changed = with_parts(found, **{"whole change": (1.0, -2.0, 4.0), "natural course": (900.0, 500.0, 1000.0)})
    figure = parts_figure(changed, "vesicles", part_words)
    axes = figure.axes[1]
    assert figure.axes[0].get_yticklabels()[0].get_text() == "whole change"
    bars = [line.get_xdata() for line in axes.lines if line.get_linewidth() == 3]
    assert [-2.0, 4.0] in [list(bar) for bar in bars]
    assert ">" in [line.get_marker() for line in axes.lines]
    assert axes.get_xlim()[1] < 10  # what happens without treatment does not shrink the parts


def test_the_bars_are_the_indices_with_their_errors(dependence):
    table = dependence.table.assign(first=0.25, first_error=0.1, total=0.5, total_error=0.2)
    figure = dependence_figure(dataclasses.replace(dependence, table=table))
    widths = [bar.get_width() for bar in figure.axes[0].patches]
    assert widths == [0.25] * table["group"].nunique() + [0.5] * table["group"].nunique()
    assert "*" in figure.axes[0].get_title(loc="left")  # eight samples are too few


def test_without_an_effect_no_bars_are_drawn_and_the_reason_is_told(run):
    found = sensitivity(run, arm="fibroblast_vesicles", samples=4, workers=1)
    figure = dependence_figure(found)
    assert figure.axes == []
    assert "without indices" in figure.get_supxlabel()
    notes = sensitivity_notes(found)
    assert len(notes) == 2
    assert all("below 0.1 %" in note for note in notes)
    assert "urea" not in shown(sensitivity_table(found)).split("share of the variance")[0]


def test_indices_are_printed_with_their_errors_the_largest_first(dependence):
    groups = dependence.table["group"].unique()
    table = pd.concat(
        dependence.table[dependence.table["group"] == group].assign(
            first=0.1 * i, first_error=0.01, total=0.2 * i, total_error=0.02
        )
        for i, group in enumerate(groups)
    )
    text = shown(sensitivity_table(dataclasses.replace(dependence, table=table)))
    places = [text.index(group) for group in reversed(groups)]
    assert places == sorted(places)
    assert "0.10 ± 0.01" in text
