"""What makes an interval wide: the causes that were built in are found, and noise is not."""

import numpy as np
import pytest

from hepasome.translation import drivers

RNG = np.random.default_rng(3)
DRAWS = 1000
CAUSES = {name: RNG.standard_normal(DRAWS) for name in ("strong", "weak", "none", "other")} | {"fixed": np.ones(DRAWS)}
ROUTE = RNG.choice(["vein", "spleen"], DRAWS).tolist()


def test_the_causes_stand_in_their_order_with_their_shares():
    logs = 3 * CAUSES["strong"] - 1.5 * CAUSES["weak"] + (np.array(ROUTE) == "vein")
    found = drivers(np.exp(logs), CAUSES, {"route": ROUTE})
    assert [one.cause for one in found] == ["strong", "weak", "route"]
    assert [one.share for one in found] == pytest.approx([9 / 11.5, 2.25 / 11.5, 0.25 / 11.5], abs=0.06)
    assert found[0].correlation > 0.85
    assert found[1].correlation < -0.3
    assert found[2].correlation is None


def test_pure_noise_has_few_drivers_and_a_constant_has_none():
    assert len(drivers(RNG.lognormal(size=DRAWS), CAUSES, {"route": ROUTE})) <= 1
    assert drivers(np.ones(DRAWS), CAUSES, {}) == []


def test_draws_without_a_dose_are_left_out():
    dose = np.exp(CAUSES["strong"])
    dose[:100] = np.nan
    assert drivers(dose, CAUSES, {})[0].share == pytest.approx(1.0)
    assert drivers(np.where(np.arange(DRAWS) < 5, dose, np.nan), CAUSES, {}) == []
