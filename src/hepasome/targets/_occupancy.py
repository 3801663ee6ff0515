"""How much a miRNA represses: the biochemical occupancy model of McGeary 2019, as the module `rna_action` has it.

Copies on AGO become a relative free level a; a site of dissociation constant K is occupied to the share a/(a + K); a
target whose sites hold N complexes on average is left with 1/(1 + e N) of its mRNA, where e is the effect of one.
Arrays broadcast: draws along the first axis, kinds of sites along the last.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def relative_level(copies: Array, level: Array, reference_copies: Array) -> Array:
    """Relative free level of a miRNA with these copies on AGO per cell.

    Args:
        copies: Copies per cell.
        level: Relative level of a transfected cell.
        reference_copies: Copies per cell that this level stands for.
    """
    return level * copies / reference_copies


def occupancy(relative: Array, constant: Array) -> Array:
    """Share of the time that a site is occupied."""
    return relative / (relative + constant)


def occupancy_gain(before: Array, added: Array, constant: Array) -> Array:
    """Occupancy at level `before + added` less that at `before`, exact also where both are nearly the same."""
    return added * constant / ((before + added + constant) * (before + constant))


def repression(effect: Array, bound_before: Array, bound_gain: Array) -> Array:
    """Share of a target's mRNA that is lost because its sites hold more complexes than before.

    Args:
        effect: Effect of one occupied site.
        bound_before: Complexes on all sites of the target together, before.
        bound_gain: By how many they rise.
    """
    return effect * bound_gain / (1 + effect * (bound_before + bound_gain))


def gain_ceiling(delivered: Array, pool: Array, constants: Array) -> Array:
    """Most that the occupancy of one site can rise, because each complex sits on one site of the whole cell only.

    Written as sites of the same strength, the sites of a cell are at least sum_j S_j min(K_k/K_j, K_j/K_k): per complex
    that binds, site j gains at least this share of what site k gains, at any level. So occupancy k cannot rise by more
    than the delivered copies over that number.

    Args:
        delivered: Copies per cell, shape (n,).
        pool: Sites in the cell by kind, shape (n, kinds).
        constants: Dissociation constants by kind, shape (n, kinds).

    Returns:
        Shape (n, kinds); infinite where the cell has no known site.
    """
    ratio = constants[:, :, None] / constants[:, None, :]
    alike = (pool[:, None, :] * np.minimum(ratio, 1 / ratio)).sum(axis=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(alike > 0, delivered[:, None] / alike, np.inf)


def copies_needed(
    share: float,
    effect: float,
    constant: float,
    background: float,
    copies_per_level: float,
    sites: float = 1.0,
) -> float:
    """Delivered copies on AGO per cell that repress a target by a share: the model solved for the copies.

    Args:
        share: Share of the target's mRNA that is to be lost.
        effect: Effect of one occupied site.
        constant: Dissociation constant of the sites.
        background: Copies that the cell holds already.
        copies_per_level: Copies per cell over the relative level that they stand for.
        sites: Sites of the target.

    Returns:
        Copies per cell; infinite if even full occupancy of the sites is not enough.
    """
    relative = background / copies_per_level
    occupied = sites * relative / (relative + constant)
    target = ((1 + effect * occupied) / (1 - share) - 1) / effect
    if target >= sites:
        return np.inf
    return copies_per_level * constant * target / (sites - target) - background


def kinds_of(numbers: Sequence[float]) -> Array:
    """Numbers by kind of site as a row that broadcasts over draws."""
    return np.asarray(numbers, float)[None, :]
