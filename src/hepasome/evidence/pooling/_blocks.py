"""Covariances that are zero between studies, inverted study by study: faster and more exact than as a whole."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hepasome.evidence.pooling._effects import Array

Blocks = list[NDArray[np.intp]]


def blocks_of(study: tuple[str, ...]) -> Blocks:
    """Positions of the effects of each study."""
    return [np.flatnonzero([one == name for one in study]) for name in dict.fromkeys(study)]


def inverse(covariance: Array, blocks: Blocks) -> tuple[Array, float]:
    """The inverse and the logarithm of the determinant."""
    if len(blocks) == len(covariance):
        diagonal = covariance.diagonal()
        return np.diag(1 / diagonal), float(np.log(diagonal).sum())
    weight, log_determinant = np.zeros_like(covariance), 0.0
    for own in blocks:
        block = np.ix_(own, own)
        weight[block] = np.linalg.inv(covariance[block])
        log_determinant += float(np.linalg.slogdet(covariance[block])[1])
    return weight, log_determinant
