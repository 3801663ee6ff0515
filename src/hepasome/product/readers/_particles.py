"""Lists of single particles as histograms."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BIN = 5.0  # nm; bins in which a product keeps its diameters
_WIDEST = 10_000.0  # nm; nothing larger is a vesicle


def histogram(diameters: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Centres (nm) of bins of 5 nm from zero, and how many diameters (nm) lie in each; both of shape (m,)."""
    edges = np.arange(0.0, min(diameters.max(), _WIDEST) + 2 * BIN, BIN)
    counts, _ = np.histogram(diameters, edges)
    return (edges[1:] + edges[:-1]) / 2, counts.astype(float)
