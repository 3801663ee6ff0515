"""What a run says before it is finished."""

import pandas as pd
import pytest

from hepasome.trial import Computing, Settings, SoFar, load_study, run_study


@pytest.mark.parametrize("study", ["herrera_sanchez2017", "isobe2012"], ids=["dish", "with deaths"])
def test_what_is_finished_says_what_the_whole_says_of_it(study, tmp_path):
    loaded, settings = load_study(study), Settings(subjects=40, draws=1)
    folder = tmp_path / "run"
    before = SoFar(loaded, settings, folder)
    assert before.endpoints().empty
    whole = run_study(loaded, settings, folder=folder, computing=Computing(workers=1)).endpoints
    chunks = sorted((folder / "chunks").iterdir())
    assert len(chunks) >= 2
    second = chunks[1].read_bytes()
    chunks[1].unlink()
    part = before.endpoints()
    assert 0 < part["subject"].nunique() < whole["subject"].nunique()
    expected = whole[whole["subject"].isin(part["subject"])]
    by = ["subject", "endpoint"]
    pd.testing.assert_frame_equal(
        part.sort_values(by).reset_index(drop=True), expected.sort_values(by).reset_index(drop=True)
    )
    chunks[1].write_bytes(second)
    assert before.endpoints()["subject"].nunique() == whole["subject"].nunique()
