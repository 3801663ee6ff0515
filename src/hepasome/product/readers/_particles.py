"""Lists of single particles as histograms."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hepasome.files import FindingList

BIN = 5.0  # nm; bins in which a product keeps its diameters
LARGEST = 100_000.0  # nm; no instrument for vesicles sees anything larger


def histogram(diameters: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Centres (nm) of bins of 5 nm from zero, and how many diameters (nm) lie in each; both of shape (m,)."""
    edges = np.arange(0.0, float(diameters.max()) + 2 * BIN, BIN)
    counts, _ = np.histogram(diameters, edges)
    return (edges[1:] + edges[:-1]) / 2, counts.astype(float)


def refuse_giants(diameters: NDArray[np.float64], found: FindingList) -> None:
    """Note diameters (nm) that no vesicle can have: most often another unit is meant."""
    if len(diameters) and diameters.max() > LARGEST:
        found.add(
            f"A diameter of {diameters.max():.3g} nm is not that of a vesicle.",
            "Check the unit of the diameters.",
            value=float(diameters.max()),
        )
