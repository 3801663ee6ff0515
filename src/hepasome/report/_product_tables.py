"""The numbers behind the pictures of a preparation, one table per picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from hepasome.product import Estimate, Gated, Product

_COLUMNS = ["panel", "name", "value", "low", "high", "unit", "status"]


def product_table(product: Product) -> pd.DataFrame:
    """What the panels show. Columns: panel, name, value, low, high, unit, status (of a marker: where it was found)."""
    return pd.DataFrame(_rows(product), columns=_COLUMNS)


def _rows(product: Product) -> Iterator[tuple[Any, ...]]:
    centres, shares = product.diameters()
    for centre, share in zip(centres, shares, strict=True):
        yield "diameter", f"{centre:g} nm", 100 * share, None, None, "% of the particles", ""
    if product.particles_per_ug is not None:
        yield _number("purity", "particles per ug of protein", product.particles_per_ug)
    for marker in product.markers:
        yield "markers", marker.name, marker.found, None, None, "", marker.basis
    for cargo in product.cargo:
        yield _number("cargo", cargo.name, cargo.copies_per_vesicle)


def _number(panel: str, name: str, found: Estimate) -> tuple[Any, ...]:
    return panel, name, found.value, found.low, found.high, found.unit, found.status


def gates_table(gates: Sequence[Gated]) -> pd.DataFrame:
    """Events above each gate.

    Columns: file, channel, marker, gate (signal), events, positive, share with low and high (90 %), background (95 %
    end of the share of the control).
    """
    numbers = ("gate", "events", "positive", "share", "low", "high", "background")
    rows = [[Path(one.file).name, one.channel, one.marker, *(getattr(one, x) for x in numbers)] for one in gates]
    return pd.DataFrame(rows, columns=["file", "channel", "marker", *numbers])
