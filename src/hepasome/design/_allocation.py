"""Who gets what: a random allocation that anybody can draw again from its seed."""

from __future__ import annotations

import pandas as pd

from hepasome.design._design import Settled
from hepasome.trial import Study, stream


def allocation(study: Study, settled: Settled, n: int) -> pd.DataFrame:
    """One row per subject in the order in which subjects come: subject, block (empty without blocks), arm.

    Blocks that hold all arms hold as many of each, in random order. Blocks of one arm, and laboratories, get their arms
    at random. Without blocks arms are dealt out in rounds of one of each, in random order, so that numbers stay even.

    Args:
        study: Whose arms.
        settled: The design.
        n: Subjects per arm.
    """
    rng, arms = stream(settled.asked.seed, "design", "allocation"), list(study.arms)
    size = settled.asked.block_size
    if size is None:
        order = [arm for _ in range(n) for arm in rng.permutation(arms).tolist()]
        blocks = [""] * len(order)
    elif settled.asked.within:
        count = n // settled.in_block
        order = [arm for _ in range(count) for arm in rng.permutation(arms * settled.in_block).tolist()]
        blocks = [f"{settled.asked.block} {1 + i // size}" for i in range(len(order))]
    else:
        order = [arm for arm in rng.permutation(arms * (n // size)).tolist() for _ in range(size)]
        blocks = [f"{settled.asked.block} {1 + i // size}" for i in range(len(order))]
    return pd.DataFrame({"subject": range(1, len(order) + 1), "block": blocks, "arm": order})
