"""The posterior draws that ship: parameters that calibrations on untreated subjects have informed, jointly."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepasome.biology._tables import FOLDER, disease_rows, parameters
from hepasome.files import input_error, read_text

POSTERIORS = FOLDER / "posteriors"
_OF_DISEASE = "/"  # `apap/commitment_rate` is the row of that disease's own table


@dataclass(frozen=True)
class PosteriorDraws:
    """Draws of one calibration.

    Attributes:
        calibration: Id of the calibration.
        species: Whose parameters.
        names: Parameters; `disease/symbol` for a row of a disease's own table.
        values: Shape (draws, parameters), in the units of the tables.
        nuisances: Shape (draws, 2): log SD between animals, and of what the model itself misses.
        about: Everything else that was kept: diagnostics of every parameter, seed, versions, observations.
    """

    calibration: str
    species: str
    names: tuple[str, ...]
    values: NDArray[np.float64]
    nuisances: NDArray[np.float64]
    about: dict[str, Any]

    def holds_in(self, disease: str) -> bool:
        """Whether the draws hold in a disease: that of the experiments, or any where healthy subjects were observed.

        The same rows mean something else in another disease: what its own rows were fitted to would break, for example
        fibrosis in mice whose acute injury is drawn as weak with much enzyme per cell.
        """
        return not self.about["diseases"] or disease in self.about["diseases"]

    def draw(self, number: int, disease: str = "") -> dict[str, float]:
        """One draw, of the parameters that hold in a disease.

        Args:
            number: Row of the draws.
            disease: Id of the disease; empty for none.
        """
        row = self.values[number].tolist()
        return {symbol: row[place] for symbol, place in calibrated_in(self.names, disease).items()}


def calibrated_in(names: Sequence[str], disease: str = "") -> dict[str, int]:
    """Which calibrated parameters hold in a disease: symbol -> place among the names.

    A row of the disease's own table keeps what was calibrated under that disease alone.

    Args:
        names: `symbol`, or `disease/symbol` for a row of that disease's own table.
        disease: Id of the disease; empty for none.
    """
    own = {row.symbol for row in disease_rows(disease)}
    split = ((place, *name.rpartition(_OF_DISEASE)) for place, name in enumerate(names))
    return {symbol: place for place, of, _, symbol in split if of == (disease if symbol in own else "")}


def read_posterior(folder: Path, calibration: str) -> PosteriorDraws:
    """The draws that a calibration wrote into a folder.

    Raises:
        InputError: If there are none, or the two files do not belong together.
    """
    about = json.loads(read_text(folder / f"{calibration}.json"))
    rows = list(csv.reader(io.StringIO(read_text(folder / f"{calibration}.csv"))))
    names = tuple(about["parameters"])
    if tuple(rows[0][: len(names)]) != names:
        raise input_error(str(folder), "Draws and diagnostics have other parameters.", "Calibrate again.")
    values = np.array(rows[1:], dtype=float).reshape(-1, len(rows[0]))
    return PosteriorDraws(calibration, about["species"], names, values[:, : len(names)], values[:, len(names) :], about)


@cache
def posteriors(species: str) -> tuple[PosteriorDraws, ...]:
    """The shipped posterior draws of a species, by calibration.

    Where the rows of a species were derived from those of the calibrated one by scaling, so are its draws: each keeps
    its ratio to the central value.
    """
    shipped = (read_posterior(POSTERIORS, path.stem) for path in sorted(POSTERIORS.glob("*.csv")))
    own = ((draws, species in draws.about["scaled_to"]) for draws in shipped)
    return tuple(_scaled(d, species) if scaled else d for d, scaled in own if scaled or d.species == species)


def posteriors_in(species: str, disease: str) -> tuple[PosteriorDraws, ...]:
    """The shipped posterior draws that hold in a species under a disease, by calibration."""
    return tuple(draws for draws in posteriors(species) if draws.holds_in(disease))


def _scaled(draws: PosteriorDraws, species: str) -> PosteriorDraws:
    theirs, ours = parameters(draws.species), parameters(species)
    ratios = np.array([ours[name].value / theirs[name].value for name in draws.names])
    return replace(draws, species=species, values=draws.values * ratios)
