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


def test_a_calibration_is_written_for_other_programs_and_nothing_is_sampled(hepasome, tmp_path):
    code, out, _ = hepasome("calibrate", "tumour_n1s1_rat", "--petab", "taken")
    assert code == 0
    assert "taken/tumour_n1s1_rat/problem.yaml: 2 measurements, 1 model" in out
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
    names = {path.name for path in (tmp_path / "taken" / "tumour_n1s1_rat").iterdir()}
    tables = {f"{name}.tsv" for name in ("conditions", "observables", "measurements", "parameters")}
    assert names == {"problem.yaml", "model.xml", "README.md", *tables}


def test_what_cannot_go_with_petab_or_be_written_is_answered_in_a_sentence(hepasome, tmp_path):
    code, _, err = hepasome("calibrate", "--petab", "taken", "--coverage")
    assert code == 2
    assert "Leave out --coverage." in err
    code, _, err = hepasome("calibrate", "tumour", "--petab", "taken")
    assert code == 2
    assert "tumour_n1s1_rat" in err
    (tmp_path / "file").write_text("not a folder")
    code, _, err = hepasome("calibrate", "tumour_n1s1_rat", "--petab", "file")
    assert code == 1
    assert "Cannot read or write (file/tumour_n1s1_rat): Not a directory." in err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
