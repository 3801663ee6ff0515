"""A small part of each comparison, computed again, gives what is committed."""

import numpy as np
import pytest

from hepasome.biology import Structure, state_count
from hepasome.trial import load_study

FOUR_DIGITS = 2e-3  # what is left of a number that is written with four digits, twice


def test_physiology_is_what_the_tables_of_the_species_say(run_of, committed):
    found, kept = run_of("physiology").ratios(), committed("physiology", "ratios")
    assert found["ours"].to_numpy() == pytest.approx(kept["ours"].to_numpy(), rel=FOUR_DIGITS)
    assert found["judgement"].tolist() == kept["judgement"].tolist()


def test_libroadrunner_is_compared_with_every_disease_in_every_species(run_of, committed):
    run, kept = run_of("libroadrunner"), committed("libroadrunner", "errors")
    grid = {(s.disease, s.species, s.zones) for s in run.structures()}
    assert grid == set(zip(kept["disease"], kept["species"], kept["zones"], strict=True))
    assert kept["largest_error"].max() < 1e-4


def test_endpoints_do_not_depend_on_the_steps_of_the_solver(run_of, committed):
    run, study = run_of("calculation"), load_study("ko2015")
    change = (run.values(study) / run.values(study, run.FINER) - 1).abs().max(axis=None)
    kept = committed("calculation", "steps").set_index("study")["largest_change"]
    assert kept.idxmax() == study.id
    assert kept.max() < 1e-5
    assert change == pytest.approx(kept.max(), rel=0.5)


@pytest.mark.parametrize("structure", [Structure("mouse", 1, False, "oval_conversion", True)], ids=lambda s: s.disease)
def test_one_small_model_agrees_with_libroadrunner_as_committed(run_of, committed, structure):
    found, kept = run_of("libroadrunner").compared(structure), committed("libroadrunner", "errors")
    row = kept[(kept["disease"] == structure.disease) & (kept["species"] == structure.species)].iloc[0]
    assert found["states"] == row["states"] == state_count(structure)
    assert found["largest_error"] < 1e-5
    assert found["largest_error"] == pytest.approx(row["largest_error"], rel=0.5)


@pytest.mark.parametrize("remnant", [1 / 3, 0.2])
def test_regeneration_of_one_rat_as_published_and_as_ours(run_of, committed, remnant):
    run, kept = run_of("regeneration_furchtgott"), committed("regeneration_furchtgott", "rats")
    rows = kept[np.isclose(kept["remnant"], remnant, atol=1e-3)]
    days = np.array(run.DAYS)
    assert len(rows) == len(days)
    for column, simulate in (("published", run.published), ("hepatocytes_alone", run.hepatocytes_alone)):
        found = simulate(remnant, days)["N"].to_numpy()
        assert found == pytest.approx(rows[column].to_numpy(), rel=FOUR_DIGITS, abs=2e-6), column


def test_the_published_equations_are_written_rightly(run_of):
    # N of the published code (LiverRegenModel.m at github.com/nihcompmed/PePMDT) at a remnant of 1/3
    found = run_of("regeneration_furchtgott").published(1 / 3, np.array([0.0, 1.0, 2.0, 3.0, 5.0, 7.0]))["N"].tolist()
    assert found[1:] == pytest.approx([0.374, 0.517, 0.685, 0.909, 0.979], abs=5.1e-4)


def test_donors_are_still_missed(run_of, committed):
    run, kept = run_of("regeneration_furchtgott"), committed("regeneration_furchtgott", "donors")
    row = kept[(kept["donors"] == "Aoki 2011, right lobe given") & (kept["day"] == 91)].iloc[0]
    found = run.at(run.resected(0.42, np.array([0.0, 91.0]), "human"), 91, "volume")
    assert found == pytest.approx(row["ours"], rel=FOUR_DIGITS)
    assert row["ours_over_observed"] > 1.3


def test_the_threshold_of_glutathione_in_one_hepatocyte(run_of, committed):
    run, kept = run_of("apap_thresholds"), committed("apap_thresholds", "cell")
    drug = np.array([132.0, 200.0])
    found, rows = run.cell(drug), kept[kept["drug_fmol"].isin(drug)]
    for name in ("lowest_glutathione", "adducts_fmol"):
        for who in ("published", "ours"):
            column = f"{name}_{who}"
            assert found[column].to_numpy() == pytest.approx(rows[column].to_numpy(), rel=FOUR_DIGITS), column
    assert found["glutathione_ratio"].to_numpy() == pytest.approx(1, abs=1e-4)


def test_vesicles_by_label_in_the_typical_mouse(run_of, committed):
    run, kept = run_of("vesicle_kinetics"), committed("vesicle_kinetics", "organ_agreement")
    body = run.central_values(run.SPECIES, run.DISEASE)
    (course,) = run.given([body], run.USUAL_DOSE)
    for label, stays in (("125I", False), ("111In", True)):
        seen = run.signals(course, stays)
        for _, row in kept[kept["label"] == label].iterrows():
            assert seen.at[row["time_h"], row["organ"]] == pytest.approx(row["simulated"], rel=FOUR_DIGITS)
    blood = committed("vesicle_kinetics", "blood_agreement").set_index(["label", "quantity"])["simulated"]
    found = run.kinetics(course, body)
    for quantity in ("clearance", "mean residence time", "steady-state volume"):
        assert found[quantity] == pytest.approx(blood["125I", quantity], rel=FOUR_DIGITS), quantity


def test_nanoparticles_as_observed_and_vesicles_in_the_typical_mouse(run_of, committed, monkeypatch):
    run = run_of("nanoparticle_kinetics")
    monkeypatch.setattr(run, "DRAWS", 1)
    kept = {name: committed("nanoparticle_kinetics", name) for name in ("shares", "uptake")}
    seen, simulated = run.observed(), {dose: run.simulate(dose) for dose in ("trace", "high")}
    found = {"uptake": run.uptake_table(seen, simulated["trace"])}
    found["shares"] = run.share_table(seen, simulated | {"low": simulated["high"], "middle": simulated["high"]})
    for name, column in (("uptake", "observed"), ("uptake", "simulated_over_liver"), ("shares", "observed")):
        expected = kept[name][column].to_numpy()
        assert found[name][column].to_numpy() == pytest.approx(expected, rel=FOUR_DIGITS, abs=2e-6), column
    high = kept["shares"]["dose"] == "high"
    expected = kept["shares"].loc[high, "simulated"].to_numpy()
    assert found["shares"].loc[high, "simulated"].to_numpy() == pytest.approx(expected, rel=FOUR_DIGITS, abs=2e-6)


def test_every_pooled_number_agrees_with_metafor_to_a_millionth(run_of, committed):
    run = run_of("metafor")
    rows = run.compared()
    assert len(rows) == len(committed("metafor", "numbers"))
    assert rows["ours"].notna().all()
    assert rows["apart"].max() < 1e-6


def test_every_effect_size_agrees_with_metafor(run_of, committed):
    raw = run_of("metafor").effect_sizes()
    assert set(raw["measure"]) == {"hedges_g", "log_ratio_of_means", "log_odds_ratio"}
    assert len(raw) == len(committed("metafor", "raw"))
    assert raw["apart"].max() < 1e-12
