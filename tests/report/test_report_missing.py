"""A report of a run in which something is missing says what, and still shows the rest."""

import dataclasses
import re

import pandas as pd
import pytest

from hepasome import engine
from hepasome.report import figures, render_report

FAILED = engine.Status.TOO_MANY_STEPS
REASON = "The solver needed too many steps at 30.1 h."


def failing(run, *keys):
    """The run as it would be had these animals failed before the first reading."""
    subjects = run.subjects.assign(
        status=run.subjects["status"].where(~run.subjects["key"].isin(keys), FAILED.name),
        reason=run.subjects["reason"].where(~run.subjects["key"].isin(keys), REASON),
    )
    return dataclasses.replace(
        run,
        subjects=subjects,
        trajectories=run.trajectories[~run.trajectories["subject"].isin(keys)],
        endpoints=run.endpoints[~run.endpoints["subject"].isin(keys)],
    )


def without_draws(run):
    settings = dataclasses.replace(run.plan.settings, draws=0)
    given = run.worlds[run.worlds["role"] != "world"]
    return dataclasses.replace(
        run, plan=dataclasses.replace(run.plan, settings=settings), worlds=given, fates=run.fates[:0]
    )


@pytest.fixture(scope="module")
def overridden(mine, parse):
    settings = dataclasses.replace(mine.run.plan.settings, overrides={"site_effect": 0.1 + 0.2, "AST_half_life": 7.0})
    return parse(
        render_report(dataclasses.replace(mine.run, plan=dataclasses.replace(mine.run.plan, settings=settings)))
    )


def test_a_run_without_draws_shows_the_trial_and_says_what_draws_would_add(mine, parse):
    study = mine.run.study.model_copy(update={"id": "li2013"})  # so that there are claims about it
    run = without_draws(mine.run)
    page = parse(render_report(dataclasses.replace(run, plan=dataclasses.replace(run.plan, study=study))))
    assert page.faults == []
    claims = page.rows("claim")
    assert {row["verdict"] for row in claims} == {"not judged"}
    why = {row["claim"].split(" exosome against")[0]: row["why"] for row in claims}
    assert why["collagen I falls"] == "The run has no draws of what is not known; run it with draws."
    assert why["AST recovers"] == "The study file has no such endpoint at that time."
    assert "Nothing can be said: the run has no draws of what is not known." in page.text
    assert {row["5 to 95 % of the draws"] for row in page.rows("arm") if "cell type" in row} == {"no draws"}
    without = [{arm: cell.split(" draws ")[0] for arm, cell in row.items()} for row in mine.page.rows("endpoint")]
    assert page.rows("endpoint") == without
    (last,) = {row["5 to 95 % of the draws"] for row in page.rows("place of the vesicles")}
    assert last == "no draws"
    assert "the draws of this run vary 0 within the intervals of their tables" in page.text
    assert "nan" not in page.text.lower().split()


def test_a_study_that_treats_nobody_has_no_section_about_vesicles(untreated, parse):
    page = parse(render_report(untreated))
    links = {value[1:] for tag, _, value in page.attributes if tag == "a" and value.startswith("#")}
    assert links == {"protocol", "courses", "endpoints", "assumed", "identifiability", "provenance"}
    assert links <= set(page.ids)
    assert page.faults == []
    assert not {"vesicles", "attribution", "claims"} & set(page.ids)
    assert [row["endpoint"] for row in page.rows("endpoint")] == ["collagen_I fold of healthy", "ALT at 10 d U/L"]
    assert page.headings[-2:] == ["Parameters of the model", "Provenance"]


def test_a_subject_that_failed_is_named_with_its_reason_and_left_out_of_the_numbers(mine, parse):
    page = parse(render_report(failing(mine.run, "exosome/2")))
    assert "2 to 3 mice per arm were simulated" in page.text
    assert "1 of 12 animals did not complete and are left out." in page.text
    assert re.search(rf"1 of \d+ simulated subjects did not complete: exosome/2: {re.escape(REASON)}", page.text)
    assert "1 not completed" in page.text
    for row in page.rows("endpoint"):
        assert "n = 2" in row["exosome"]
        assert "n = 3" in row["vehicle"]


def test_an_arm_of_which_nobody_completed_leaves_gaps_and_not_a_crash(mine, parse):
    page = parse(render_report(failing(mine.run, *(f"exosome/{i}" for i in (1, 2, 3)))))
    assert page.faults == []
    assert "0 to 3 mice per arm" in page.text
    assert "exosome: collagen_I cannot be compared with vehicle; an arm has no value." in page.text
    assert "No animal of exosome has a reading between the first dose and what follows it." in page.text
    # the draws are there all the same: they are typical animals, and none of the trial
    assert [row["exosome"].split(" draws ")[0] for row in page.rows("endpoint")] == ["- ± - n = 0"] * 2
    assert {row["vesicles per cell, until the read-out"] for row in page.rows("arm") if "cell type" in row} == {"-"}


def test_one_animal_of_an_arm_has_a_mean_and_neither_deviation_nor_test(mine, parse):
    page = parse(render_report(failing(mine.run, "exosome/1", "exosome/3")))
    mean = mine.run.endpoints.query("subject == 'exosome/2' and endpoint == 'collagen_I'")["measured"].item()
    assert page.rows("endpoint")[0]["exosome"].split(" draws ")[0] == f"{mean:.3g} ± - n = 1"
    assert re.search(r"exosome: collagen_I was (\d+ % (lower|higher) than|the same as) in vehicle\. ", page.text)


def test_a_subject_that_stopped_half_way_is_drawn_until_there(mine):
    run = failing(mine.run, "vehicle/1", "vehicle/2", "vehicle/3")
    half = mine.run.trajectories.query("arm != 'vehicle' or (subject == 'vehicle/1' and time < 100)")
    endpoints = pd.concat([run.endpoints, mine.run.endpoints.query("subject == 'vehicle/2'")])
    axes = figures(dataclasses.replace(run, trajectories=half, endpoints=endpoints), [])["time_courses"].axes[0]
    ends = {line.get_label(): line.get_xdata().max() for line in axes.lines if line.get_label() in run.study.arms}
    assert ends == {"healthy": 14, "vehicle": pytest.approx(96 / 24), "recovery": 14, "exosome": 14}  # days


def test_overrides_are_marked_as_set_by_the_user_beside_the_value_of_the_table(mine, overridden):
    rows = {row["parameter"].split()[-1]: row for row in overridden.rows("parameter")}
    before = {row["parameter"].split()[-1]: row for row in mine.page.rows("parameter")}
    marked = {name for name, row in rows.items() if "set by the user" in row["value"]}
    assert marked == {"site_effect"} | ({"AST_half_life"} & set(rows))
    assert rows["site_effect"]["value"] == f"0.300 set by the user, table: {before['site_effect']['value']}"
    assert "set by the user" not in mine.page.text


def test_the_summary_and_the_command_tell_the_overrides_to_the_last_digit(overridden):
    assert "the values of the parameter tables, 2 of them set by the user, and the central value" in overridden.text
    assert "--set site_effect=0.30000000000000004 --set AST_half_life=7.0" in overridden.text
