"""A calibration whose model is one line of algebra: decay from a start, seen at some times by groups of animals."""

import numpy as np

from hepasome.biology import Parameter
from hepasome.evidence import Observation
from hepasome.inference._observed import usable
from hepasome.inference._target import Target

TIMES = (1.0, 2.0, 4.0, 8.0, 16.0)


def row(symbol, value, low, high):
    return Parameter(
        symbol=symbol,
        meaning=symbol,
        value=value,
        low=low,
        high=high,
        scale="log",
        unit="1",
        species="any",
        status="assumed",
        source="of this test",
    )


ROWS = {"start": row("start", 100, 30, 300), "rate": row("rate", 0.1, 0.03, 0.3)}


def observation(time, value, **more):
    given = {"spread": None, "spread_kind": "", "n": 5, "unit": "U/L", "statistic": "median", **more}
    return Observation(
        id=f"at_{time:g}_{value:.6g}",
        study="test",
        condition="test",
        endpoint="ALT",
        time=time,
        time_unit="h",
        value=value,
        use="target",
        reference="test",
        where="text",
        confidence="confirmed",
        **given,
    )


def predict(values):
    """Logarithm of the decaying value at the times."""
    return np.log(values[:, :1]) - values[:, 1:2] * np.array(TIMES)


def target(log_values):
    rows = [observation(time, float(np.exp(value))) for time, value in zip(TIMES, log_values, strict=True)]
    return Target(ROWS, tuple(usable(rows, "test")), predict)


def drawn(rng):
    """A truth from the prior, shape (1, dimension), and a target with what laboratories would see of it."""
    truth = rng.standard_normal((1, len(ROWS) + 2))
    return truth, target(target(np.zeros(len(TIMES))).replicate(truth, rng)[0])
