"""Sobol' indices of groups of inputs: shares of a variance, with their sampling error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

CONFIDENCE = 0.95
_RESAMPLES = 1000

Array = NDArray[np.float64]


def sobol_points(groups: Mapping[str, int], samples: int, seed: int) -> Array:
    """Where a function is to be evaluated: Saltelli's scheme on a scrambled Sobol' sequence (Saltelli 2010).

    Args:
        groups: Number of inputs of each group.
        samples: Base samples, a power of two.
        seed: Seed of the scrambling.

    Returns:
        Shares between zero and one, shape (samples * (groups + 2), inputs); inputs stand group after group.
    """
    from SALib.sample import sobol  # heavy, and needed by few

    points: Array = sobol.sample(_problem(groups), samples, calc_second_order=False, scramble=True, seed=seed)
    return points


def sobol_indices(groups: Mapping[str, int], values: Array, seed: int) -> pd.DataFrame:
    """First-order and total indices of each group.

    The first-order index is the share of the variance that would go if the group were known; the total index the share
    that would stay if everything else were known. Estimators of Saltelli 2010 and Jansen 1999, as SALib has them; the
    errors are bootstrapped.

    Args:
        groups: As for `sobol_points`.
        values: Of the function at those points; base samples in which one is not finite are left out.
        seed: Seed of the bootstrap.

    Returns:
        One row per group: group, first, first_error, total, total_error (half of a 95 % interval); NaN where the
        values do not vary, or fewer than two base samples are left.
    """
    from SALib.analyze import sobol

    blocks = values.reshape(-1, len(groups) + 2)
    kept = blocks[np.isfinite(blocks).all(axis=1)]
    columns = {"first": "S1", "first_error": "S1_conf", "total": "ST", "total_error": "ST_conf"}
    found: dict[str, Any] = {"group": list(groups)}
    if len(kept) < 2 or np.ptp(kept) == 0:
        return pd.DataFrame(found | dict.fromkeys(columns, np.nan))
    indices = sobol.analyze(
        _problem(groups),
        kept.ravel(),
        calc_second_order=False,
        num_resamples=_RESAMPLES,
        conf_level=CONFIDENCE,
        seed=seed + 1,  # a seed of zero is none for SALib
    )
    return pd.DataFrame(found | {name: np.asarray(indices[key]) for name, key in columns.items()})


def _problem(groups: Mapping[str, int]) -> dict[str, Any]:
    members = [group for group, count in groups.items() for _ in range(count)]
    names = [f"{group} {i}" for i, group in enumerate(members)]
    return {"num_vars": len(names), "names": names, "groups": members, "bounds": [[0.0, 1.0]] * len(names)}
