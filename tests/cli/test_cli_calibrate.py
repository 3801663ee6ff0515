"""`hepasome calibrate` as a user types it."""

from hepasome.inference import calibration_ids


def test_the_calibrations_are_listed(hepasome):
    code, out, _ = hepasome("calibrate", "--list")
    assert code == 0
    assert [line.split(":")[0] for line in out.splitlines()] == list(calibration_ids())


def test_too_few_steps_write_no_draws_and_say_so(hepasome, tmp_path):
    asked = ("--steps", 20, "--ensembles", 2, "--out", "found")
    code, _, err = hepasome("calibrate", "toxic_injury_mouse", *asked)
    assert code == 1
    assert "No draws were written; take more --steps." in err
    assert [path.name for path in (tmp_path / "found").iterdir()] == ["toxic_injury_mouse.not_converged.json"]


def test_an_unknown_calibration_is_answered_in_a_sentence(hepasome, tmp_path):
    code, _, err = hepasome("calibrate", "toxic_injury_mous", "--out", "found")
    assert code == 2
    assert "toxic_injury_mouse" in err
    assert not (tmp_path / "found").exists()
