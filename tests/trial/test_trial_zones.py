"""A liver divided into zones is the same liver: its cells and its share of a dose do not multiply."""

import numpy as np
import pytest

from hepasome.engine import simulate_ensemble
from hepasome.trial import load_study, solver_settings, typical_subject

CELLS = ("kupffer", "endothelial", "stellate", "hepatocyte")


def in_cells(zones):
    """Vesicles that each cell type of the whole liver holds or has broken down a day after an intrasplenic dose."""
    study = load_study("tan2014").model_copy(update={"zones": zones})
    typical = typical_subject(study, "exosome")
    outputs = [
        f"zone{i + 1}_{cell}_{place}" for cell in CELLS for i in range(zones) for place in ("endosome", "degraded")
    ]
    solver = solver_settings(typical.model)
    (course,) = simulate_ensemble(typical.model, [typical.subject], [0.0, 24.0], outputs, solver=solver, workers=1)
    return course.values[-1].reshape(len(CELLS), -1)


def test_three_zones_take_up_what_one_does():
    one, three = in_cells(1), in_cells(3)
    # the Kupffer cells of three zones stand in a row, which catches slightly more than one stirred pool
    assert three.sum(axis=1) == pytest.approx(one.sum(axis=1), rel=0.06)
    per_zone = three.reshape(len(CELLS), 3, 2).sum(axis=2)
    assert (np.diff(per_zone, axis=1) < 0).all()  # blood comes from the portal side and brings less to each next zone


def test_a_third_of_the_liver_is_in_each_of_three_zones():
    study = load_study("li2013").model_copy(update={"zones": 3})
    assert typical_subject(study, "exosome").subject.parameters["zone_share"] == pytest.approx(1 / 3)
