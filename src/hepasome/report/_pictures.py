"""Pictures of where the vesicles went, body and lobule, with their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from hepasome.engine import EngineError
from hepasome.files import write_atomically
from hepasome.inference import cargo_per_cell, fate_shares, zone_exposure
from hepasome.report._body import body
from hepasome.report._lobule import lobule
from hepasome.report._style import png, svg
from hepasome.trial import Run, treated_arms


def pictures(run: Run) -> Iterator[tuple[str, Figure, pd.DataFrame]]:
    """Name, drawing and numbers of every picture that makes sense for a run.

    The lobule is simulated for it: the typical subject of every treated arm, once more with zones. A subject that
    cannot be simulated so has no picture.
    """
    if run.study.subject.culture is not None:
        return
    for arm in treated_arms(run.study):
        shares = fate_shares(run, arm)
        if len(shares):
            yield f"body_{arm}", body(shares, arm), shares.rename_axis("hours after the dose").reset_index()
        try:
            zones = zone_exposure(run, arm)
        except EngineError:
            continue
        copies = _carried(run, arm)
        table = zones.assign(**{f"{name} per cell": zones["loaded"] * each for name, each in copies.items()})
        yield f"lobule_{arm}", lobule(zones, arm, copies), table


def _carried(run: Run, arm: str) -> dict[str, float]:
    """Copies per vesicle of every named cargo of an arm that acts in the model."""
    cargo = cargo_per_cell(run)
    rows = cargo[cargo["arm"] == arm].drop_duplicates("cargo")
    return {str(name): float(copies) for name, copies in zip(rows["cargo"], rows["carried"], strict=True)}


def write_pictures(run: Run, folder: Path | str) -> list[str]:
    """Write the pictures of a run as SVG and PNG, and their numbers as CSV; the names of the pictures."""
    names = []
    for name, figure, table in pictures(run):
        path = Path(folder) / name
        write_atomically(path.with_suffix(".svg"), svg(figure))
        write_atomically(path.with_suffix(".png"), png(figure))
        write_atomically(path.with_suffix(".csv"), table.to_csv(index=False, lineterminator="\n"))
        names.append(name)
    return names
