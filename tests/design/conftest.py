"""Designs whose answer is known: subjects that vary normally by one SD, and effects that a test names."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from hepasome.design import Design, Trials, settle_design, trivial_material
from hepasome.trial import load_study

NORMAL = stats.norm.ppf((np.arange(5000) + 0.5) / 5000)


@pytest.fixture(scope="session")
def settled():
    """A function from what a design asks for to the design, of arms without a study behind them."""
    study = load_study("li2013")

    def settle(arms=("control", "treated"), of_study=2, **asked):
        known = {"attrition": 0.0, "between_labs": 0.0, "trials": 3000, "most": 40} | asked
        whole = {name: value for name, value in known.items() if name != "block_size"}
        found = settle_design(study, Design(**{**whole, "test": None}))
        return replace(found, asked=Design(**known), arms=arms, of_study=of_study, test=known.get("test") or "t")

    return settle


@pytest.fixture(scope="session")
def trials(settled):
    """A function from effects (draws, arms) and a design to its trials."""

    def make(effects, known=True, spread=NORMAL, **asked):
        return Trials(trivial_material(spread, np.asarray(effects, float)), settled(**asked), known=known)

    return make
