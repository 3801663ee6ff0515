"""The rules of the verdicts, on worlds and animals that are written down instead of simulated."""

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest

from hepasome.evidence import Claim, Evidence
from hepasome.inference import attribution, judge
from hepasome.trial import LADDER, Run, Settings, load_study, make_plan

ARM, VERSUS, CARGO = "enriched_exosome", "control_exosome", "miR-181-5p"
WORLDS = ["role", "arm", "number", "variant", "endpoint", "time", "value"]


@pytest.fixture(scope="module")
def plan():
    return make_plan(load_study("qu2017"), Settings(subjects=2, draws=0))


@pytest.fixture
def verdict(plan, monkeypatch):
    """The verdict about one claim from given worlds and animals."""

    def judge_one(claim, worlds=(), animals=None):
        everything = Evidence((), (), (), (claim, claim.model_copy(update={"study": "li2013"})))
        monkeypatch.setattr("hepasome.trial._study.load_evidence", lambda: everything)
        (found,) = judge(run_of(plan, worlds, animals))
        return found

    return judge_one


@pytest.fixture
def verdicts(plan, monkeypatch):
    """The verdicts about several claims of one study from given worlds."""

    def judge_all(claims, worlds):
        monkeypatch.setattr("hepasome.trial._study.load_evidence", lambda: Evidence((), (), (), tuple(claims)))
        return {found.claim.id: found for found in judge(run_of(plan, worlds))}

    return judge_all


def run_of(plan, worlds=(), animals=None):
    animals = animals or {ARM: [1.0, 1.1, 1.2], VERSUS: [1.0, 1.1, 1.2]}
    measured = [("ALT", arm, value) for arm, values in animals.items() for value in values]
    endpoints = pd.DataFrame(measured, columns=["endpoint", "arm", "measured"])
    frame = pd.DataFrame(list(worlds), columns=WORLDS)
    nothing = pd.DataFrame()
    return Run(plan, None, {}, nothing, nothing, endpoints, frame, nothing)


def draws(endpoint="ALT", variant="given", **arms):
    return [
        ("world", arm, number, variant, endpoint, 1.0, value)
        for arm, values in arms.items()
        for number, value in enumerate(values, 1)
    ]


def ratios(values, endpoint="ALT"):
    """Draws in which ARM is so many times VERSUS."""
    return draws(endpoint, **{ARM: values, VERSUS: np.ones(len(values))})


def ladder(moved, endpoint="ALT"):
    """Steps at which the endpoint has moved by a share."""
    return [("ladder", ARM, step, CARGO, endpoint, 1.0, 50 * (1 + share)) for step, share in enumerate((0.0, *moved))]


def claim(kind="direction", direction="down", **more):
    mechanism = {"cargo": CARGO, "target": "STAT3", "cell": "stellate_cell"} if kind == "mechanism" else {}
    place = {"id": "c", "study": "qu2017", "arm": ARM, "versus": VERSUS, "reference": "qu2017", "where": "text"}
    said = {"statement": "it moves", "endpoint": "ALT", "setting": "in_vivo", "confidence": "confirmed"}
    return Claim(**{**place, **said, **mechanism, "kind": kind, "direction": direction, **more})


@pytest.mark.parametrize(("direction", "step"), [("down", 0.9), ("up", 1.1)])
@pytest.mark.parametrize(("hits", "label"), [(100, "reproduced"), (95, "reproduced"), (94, "not reproduced")])
def test_a_direction_must_hold_in_95_of_100_draws(verdict, direction, step, hits, label):
    found = verdict(claim(direction=direction), ratios([step] * hits + [1 / step] * (100 - hits)))
    assert (found.label, found.probability) == (label, hits / 100)
    assert f"{hits}%" in found.reason


@pytest.mark.parametrize(("step", "label"), [(0.9, "not judged"), (1.1, "not reproduced")])
def test_what_the_model_could_not_but_show_is_no_success_and_its_failure_stays(verdict, step, label):
    found = verdict(claim(by_construction="an activity is read from this very claim"), ratios([step] * 40))
    assert found.label == label
    assert (found.reason == "By construction: an activity is read from this very claim.") is (label == "not judged")


@pytest.mark.parametrize(
    ("fall", "labels"),
    [(0.8, ("reproduced", "reproduced")), (1.0, ("not reproduced", "not reproduced"))],
)
def test_an_effect_that_is_not_there_is_not_abolished(verdicts, fall, labels):
    # `later` asks that the arm lies below; it does, and says nothing unless the effect itself is there
    worlds = ratios([fall] * 40) + ratios([0.9] * 40, "AST")
    effect, later = claim(), claim(id="later", endpoint="AST", presupposes="c")
    found = verdicts([effect, later], worlds)
    assert (found["c"].label, found["later"].label) == labels
    assert ("It presupposes that it moves" in found["later"].reason) is (fall == 1.0)


def test_a_change_of_less_than_a_thousandth_is_no_change(verdict):
    assert verdict(claim(), ratios([0.9995] * 40)).probability == 0
    assert verdict(claim(), ratios([0.9985] * 40)).label == "reproduced"


@pytest.mark.parametrize("lost", [math.nan, 0.0])
def test_draws_without_a_value_in_either_arm_are_left_out(verdict, lost):
    worlds = draws(**{ARM: [0.9] * 19 + [1.1, lost, 2.0], VERSUS: [1.0] * 21 + [lost]})
    found = verdict(claim(), worlds)
    assert (found.label, found.probability) == ("reproduced", 0.95)
    assert found.change == pytest.approx(-10)


def test_the_change_is_the_median_of_the_draws_with_its_90_percent(verdict):
    found = verdict(claim(), ratios(np.exp(np.linspace(-1, 0, 101))[::-1]))
    wanted = [100 * math.expm1(x) for x in (-0.5, -0.95, -0.05)]
    assert [found.change, found.change_low, found.change_high] == pytest.approx(wanted)


def around(median, spread, n=8):
    return (median * np.exp(spread * np.linspace(-1, 1, n))).tolist()


@pytest.mark.parametrize(
    ("value", "spread", "label"),
    [(-0.3, 0.1, "reproduced"), (-0.6, 0.1, "not reproduced"), (-0.05, 0.1, "not reproduced"), (-0.6, 2, "reproduced")],
)
def test_a_number_must_lie_where_trials_of_this_size_would_find_it(verdict, value, spread, label):
    animals = {ARM: around(0.7, spread), VERSUS: around(1, spread)}
    found = verdict(claim("number", value=value, unit="share"), ratios([0.7] * 200), animals)
    assert found.label == label
    assert f"{value:+.0%}" in found.reason


@pytest.mark.parametrize(("ratio", "label"), [(1.0, "reproduced"), (1.02, "reproduced"), (0.5, "not reproduced")])
def test_no_difference_is_reproduced_if_most_trials_would_find_none(verdict, ratio, label):
    found = verdict(claim("no_difference", None), ratios([ratio] * 400), {ARM: around(1, 0.2), VERSUS: around(1, 0.2)})
    assert found.label == label
    assert (found.probability > 0.9) is (label == "reproduced")


@pytest.mark.parametrize("left", [[], [1.0], [1.0, math.nan], [1.0, 0.0]])
@pytest.mark.parametrize("kind", ["number", "no_difference"])
def test_a_trial_of_one_animal_has_no_error_and_no_verdict(verdict, kind, left):
    asked = claim(kind, value=-0.3, unit="share")
    found = verdict(asked, ratios([0.7] * 40), {ARM: left, VERSUS: around(1, 0.1)})
    assert (found.label, found.probability) == ("not judged", None)
    assert "fewer than two animals" in found.reason


@pytest.mark.parametrize(("direction", "ratio"), [("down", 0.79), ("up", 1.21)])
def test_a_mechanism_that_works_at_the_copies_carried_is_reproduced(verdict, direction, ratio):
    found = verdict(claim("mechanism", direction), ratios([ratio] * 40) + ladder([0.0] * 27))
    assert found.label == "reproduced"
    assert found.carried_copies == pytest.approx(1000 * 0.00825)  # enriched a thousand-fold


@pytest.mark.parametrize(("direction", "ratio"), [("down", 0.81), ("up", 1.19)])
def test_a_mechanism_that_moves_too_little_is_not_reproduced(verdict, direction, ratio):
    found = verdict(claim("mechanism", direction), ratios([ratio] * 40) + ladder([0.0] * 27))
    assert (found.label, found.probability, found.required_copies) == ("not reproduced", 1.0, math.inf)
    assert found.reason.startswith(f"No number of copies of {CARGO} per vesicle moves ALT by 20%.")


LOGS = np.log10(LADDER)


@pytest.mark.parametrize("direction", ["down", "up"])
@pytest.mark.parametrize(
    ("smallest", "required"),
    # moved by 5 % per decade above 0.001 copies, so 20 % at 10 copies and between the steps at 10^1.25
    [(0.2, 10.0), (0.2125, 10**1.25), (0.45, 10**6), (0.5125, 10**7.25), (0.645, 10**9.9)],
)
def test_the_copies_required_are_read_between_the_steps_of_the_ladder(verdict, direction, smallest, required):
    moved = 0.05 * (LOGS + 3) * (-1 if direction == "down" else 1)
    asked = claim("mechanism", direction, smallest_change=smallest)
    found = verdict(asked, ratios([1.0] * 40) + ladder(moved))
    assert found.label == "conditional"
    assert found.required_copies == pytest.approx(required, rel=1e-6)
    fits = required < 450  # copies that fit into a vesicle
    assert ("physically possible" in found.reason) is fits
    assert ("times what fits into a vesicle" in found.reason) is not fits
    assert "carries 8.25" in found.reason


def test_what_the_smallest_step_does_already_needs_no_more_than_that_step(verdict):
    found = verdict(claim("mechanism"), ratios([1.0] * 40) + ladder([-0.9] * 27))
    assert found.required_copies == LADDER[0]


def test_a_move_the_wrong_way_never_suffices(verdict):
    found = verdict(claim("mechanism"), ratios([1.0] * 40) + ladder([0.9] * 27))
    assert (found.label, found.required_copies) == ("not reproduced", math.inf)


def test_a_step_that_failed_is_left_out_of_the_ladder(verdict):
    steps = ladder(-0.05 * (LOGS + 3))
    steps[9] = (*steps[9][:-1], math.nan)  # the step at 10 copies
    found = verdict(claim("mechanism"), ratios([1.0] * 40) + steps)
    assert found.required_copies == pytest.approx(10)


@pytest.mark.parametrize(("cargo", "carried"), [("miR-122-5p", 0.00825), ("miR-21-5p", 0.0)])
def test_the_copies_carried_are_those_of_the_claimed_cargo(verdict, cargo, carried):
    steps = [(*step[:3], cargo, *step[4:]) for step in ladder([-0.9] * 27)]
    assert verdict(claim("mechanism", cargo=cargo), ratios([1.0] * 40) + steps).carried_copies == carried


@pytest.mark.parametrize("steps", [[], ladder([-0.9] * 27)[1:]])
def test_a_mechanism_without_the_arm_without_cargo_is_not_judged(verdict, steps):
    found = verdict(claim("mechanism"), ratios([1.0] * 40) + steps)
    assert (found.label, found.required_copies) == ("not judged", None)
    assert f"without {CARGO}" in found.reason


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"endpoint": "bilirubin"}, "no such endpoint"),
        ({"endpoint": "STAT3"}, "no such endpoint at that time"),
        ({"endpoint": "STAT3", "at": "3 d after treatment"}, "no such endpoint at that time"),
        ({"arm": "hepatocytes"}, "no arm `hepatocytes`"),
        ({"versus": "placebo"}, "no arm `placebo`"),
    ],
)
def test_a_claim_that_the_study_file_does_not_cover_is_not_judged(verdict, changed, words):
    found = verdict(claim(**changed), ratios([0.5] * 40))
    assert (found.label, found.probability, found.change) == ("not judged", None, None)
    assert words in found.reason


def test_an_endpoint_at_its_own_time_is_judged_there(verdict):
    worlds = ratios([2.0] * 40) + ratios([0.5] * 40, "STAT3 at 2 d after treatment")
    assert verdict(claim(endpoint="STAT3", at="2 d after treatment"), worlds).change == pytest.approx(-50)


@pytest.mark.parametrize("kind", ["direction", "number", "no_difference", "mechanism"])
def test_without_draws_nothing_is_judged(verdict, kind):
    found = verdict(claim(kind, value=-0.3, unit="share"), ladder([-0.9] * 27))
    assert dataclasses.astuple(found)[1:-1] == ("not judged", *[None] * 6)
    assert "run it with draws" in found.reason


@pytest.mark.parametrize(("setting", "said"), [("in_vitro", True), ("in_vivo", False)])
def test_the_reader_is_told_when_it_was_measured_in_culture(verdict, setting, said):
    assert ("in culture" in verdict(claim(setting=setting), ratios([0.5] * 40)).reason) is said


def test_the_change_of_an_arm_is_its_named_cargo_plus_the_rest(plan):
    # in percent of the vehicle: 40 % lost, of which cargo 10 and what is left without cargo 30
    given = draws(vehicle=[100.0, 200.0], **{ARM: [60.0, 120.0]})
    without = draws(variant="without_named_cargo", **{ARM: [70.0, 140.0]})
    (row,) = attribution(run_of(plan, given + without)).to_dict("records")
    assert (row["arm"], row["endpoint"]) == (ARM, "ALT")
    assert [row["change"], row["change_low"], row["change_high"]] == pytest.approx([-40] * 3)
    assert [row["named_cargo"], row["named_cargo_low"], row["named_cargo_high"]] == pytest.approx([-10] * 3)


def test_only_draws_that_ran_through_in_all_three_count_for_the_attribution(plan):
    given = draws(vehicle=[1.0, 1.0, math.nan, 1.0], **{ARM: [0.5, math.nan, 9.0, 9.0]})
    without = draws(variant="without_named_cargo", **{ARM: [0.5, 9.0, 9.0, math.nan]})
    table = attribution(run_of(plan, given + without))
    assert table[["change", "named_cargo"]].to_numpy().tolist() == [[-50.0, 0.0]]
    assert attribution(run_of(plan)).empty


def test_a_mechanism_needs_an_arm_with_other_vesicles_to_compare_with(verdict):
    found = verdict(claim("mechanism", versus="vehicle"), ratios([0.5] * 40))
    assert found.label == "not judged"
    assert "vehicle" in found.reason


def test_enough_copies_whose_effect_is_too_uncertain_are_no_condition(verdict):
    moved = [-0.5] * len(LADDER)  # the smallest step suffices
    found = verdict(claim("mechanism"), ratios([0.5] * 20 + [2.0] * 20) + ladder(moved))
    assert found.label == "not reproduced"
    assert "50%" in found.reason


def test_a_copy_simulates_and_is_judged_like_the_original_and_says_whose_claims_they_are(plan):
    study = plan.study.model_copy(update={"id": "mine", "claims_of": "qu2017"})
    copy = make_plan(study, plan.settings)
    assert [one.key for one in copy.subjects] == [one.key for one in plan.subjects]
    assert judge(run_of(copy)) == judge(run_of(plan))
