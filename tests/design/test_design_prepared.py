"""What a comparison simulates is simulated once, and then asked about doses and analyses of all kinds."""

from dataclasses import replace

import numpy as np
import pytest

from hepasome.design import (
    Choices,
    Design,
    Sizing,
    compare,
    fine_choices,
    option_studies,
    prepare,
    read_prepared,
    regimen_of,
    sample_size,
    search,
    settle_design,
    subjects_to_simulate,
    with_regimen,
    write_prepared,
)
from hepasome.files import InputError, Quantity
from hepasome.trial import load_study

QUICK = {"draws": 10, "animals": 20, "trials": 400, "most": 20}
DOSES = Choices(doses=("5 ug", "50 ug", "500 ug"))


@pytest.fixture(scope="module")
def study():
    return load_study("lou2015")


@pytest.fixture(scope="module")
def prepared(study):
    return prepare(study, settle_design(study, Design(test="dunnett", **QUICK)), DOSES, workers=1)


def at(prepared, dose):
    return replace(prepared.regimens[0], dose=Quantity(dose, "ug"))


def test_every_analysis_of_the_same_simulation_says_what_it_says_alone(study, prepared):
    for asked in ({"alpha": 0.01}, {"test": "mann-whitney"}, {"test": "anova", "attrition": 0.3}):
        design = Design(effect="-30%", **QUICK, **asked)
        settled = settle_design(study, design)
        alone = sample_size(study, design, workers=1)
        again = Sizing(study.id, settled, prepared.analysed(settled).material()).of()
        assert again == alone


def test_options_of_a_preparation_are_those_of_a_search(study, prepared):
    design = Design(**QUICK)
    found = compare(prepared.analysed(settle_design(study, design)))
    assert found == search(study, design, DOSES, workers=1)
    (one,) = search(study, design, Choices(doses=("500 ug",)), workers=1).options
    assert one == found.options[2]


def test_a_dose_between_lies_between_in_every_draw_and_a_simulated_one_is_itself(prepared):
    low, middle, high = (prepared.effects(at(prepared, dose))[:, 1] for dose in (5, 5 * 10**0.5, 50))
    assert middle == pytest.approx((low + high) / 2)
    assert not np.allclose(low, high)
    assert [prepared.is_simulated(at(prepared, dose)) for dose in (5, 20, 50, 500)] == [True, False, True, True]


@pytest.mark.parametrize(("dose", "times"), [(4.9, 1), (501, 1), (50, 3)])
def test_what_lies_beyond_what_was_simulated_is_refused(prepared, dose, times):
    with pytest.raises(InputError, match="Nothing was simulated"):
        prepared.effects(replace(at(prepared, dose), times=times))


def test_what_is_kept_in_a_file_is_all_of_it(prepared, tmp_path):
    again = read_prepared(write_prepared(prepared, tmp_path / "one.npz"), prepared.study, prepared.settled)
    assert again.regimens == prepared.regimens
    assert compare(again) == compare(prepared)
    (tmp_path / "one.npz").write_bytes((tmp_path / "one.npz").read_bytes()[:500])
    with pytest.raises(InputError, match="damaged"):
        read_prepared(tmp_path / "one.npz", prepared.study, prepared.settled)


def test_a_preparation_that_was_stopped_goes_on_where_it_was(study, prepared, tmp_path):
    settled = prepared.settled

    def stop_in_the_second_option(done, total):
        if done > subjects_to_simulate(settled, 1) + 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare(study, settled, DOSES, parts=tmp_path, workers=1, on_progress=stop_in_the_second_option)
    kept = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert set(kept) == {"study.npz", "option0.npz"}
    again = prepare(study, settled, DOSES, parts=tmp_path, workers=1)
    assert {name: (tmp_path / name).stat().st_mtime_ns for name in kept} == kept
    assert compare(again) == compare(prepared)


def test_doses_to_slide_over_hold_those_of_the_study_and_no_schedule_that_comes_too_late():
    open_study = load_study("qu2017")
    settled = settle_design(open_study, Design())
    own = regimen_of(open_study, settled)
    study = with_regimen(open_study, settled, own.dose, own.route, 8, Quantity(3.5, "d"))
    choices = fine_choices(study, settled)
    assert str(own.dose) in choices.doses
    assert len(choices.doses) == 7
    # from week 8, read at week 12: eight doses fit, sixteen would end in week 15
    assert choices.times == (1, 4, 8)
    assert {regimen_of(one, settled).every for one in option_studies(study, settled, choices)} == {0, 84}
