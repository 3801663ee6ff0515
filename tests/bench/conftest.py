"""A model with a closed form, as a workload, and a place to measure it."""

from dataclasses import replace
from pathlib import Path

import antimony
import libsbml
import numpy as np
import pytest

from hepasome.bench._effort import QUICK, Bench
from hepasome.bench._sbml import compartment_sizes
from hepasome.bench._work import Bolus, Workload

# A species in a compartment of size 2, given as concentration; a rate rule whose start follows a parameter.
TEXT = """
model toy()
  compartment c = 2; species A in c, B in c; A = 3; B = 0
  J: A -> B; c*k*A
  R' = -m*R; R = 2*start
  k = 0.1; m = 0.05; start = 1
end
"""
STATES = ("A", "B", "R")


@pytest.fixture(scope="session")
def toy():
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(TEXT) >= 0, antimony.getLastError()
    sbml = antimony.getSBMLString("toy")
    sizes = compartment_sizes(libsbml.readSBMLFromString(sbml), STATES)
    values = np.array([[0.1, 1.0], [0.2, 3.0], [0.05, 0.5], [0.4, 2.0]])
    boluses = (Bolus(7.5, "A", 4.0), Bolus(12.5, "R", 1.0))
    times = np.linspace(0, 20, 11)
    return Workload(
        "toy", "toy", "a test", sbml, ("k", "start"), values, boluses, times, STATES, sizes, 1e-7, np.full(3, 1e-10)
    )


@pytest.fixture
def bench(toy, tmp_path, monkeypatch):
    """Make a Bench with these contenders; the processes it starts find the contenders that are made for the tests."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    toy.save(tmp_path / "workloads" / toy.id)

    def make(*entries, notes=None, **effort):
        small = {"timeout": 20.0, "slice": 0.02, "streamed_subjects": 40, "kept_subjects": 8} | effort
        on_note = (lambda _: None) if notes is None else notes.append
        return Bench(replace(QUICK, **small), {entry.id: entry for entry in entries}, tmp_path, on_note)

    return make
