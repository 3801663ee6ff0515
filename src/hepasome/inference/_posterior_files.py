"""A posterior on disk: draws as CSV, and beside them what they are worth and what they were made from."""

from __future__ import annotations

import csv
import hashlib
import importlib.metadata
import io
import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from hepasome.biology import read_posterior
from hepasome.files import write_atomically
from hepasome.inference._calibration import Calibration
from hepasome.inference._posterior import Posterior
from hepasome.inference._sampler import Effort
from hepasome.inference._simulated import target_of
from hepasome.inference._target import NUISANCES, Target

_DIGITS = 6


def is_there(calibration: Calibration, seed: int, effort: Effort, folder: Path) -> bool:
    """Whether a folder holds the draws that this calibration would find: same inputs, models, seed and effort."""
    if not (folder / f"{calibration.id}.csv").is_file():
        return False
    kept = read_posterior(folder, calibration.id).about["identity"]
    return bool(kept == identity(calibration, target_of(calibration), seed, effort))


def write_posterior(found: Posterior, folder: Path) -> list[Path]:
    """Write the draws and their diagnostics; draws that did not converge replace nothing.

    Returns:
        The files written: draws and diagnostics, or diagnostics alone, beside, where it did not converge.
    """
    name = found.calibration.id
    about = json.dumps(_about(found), indent=2) + "\n"
    if not found.converged:
        return [write_atomically(folder / f"{name}.not_converged.json", about)]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(found.target.names)
    table.writerows(_written(found))
    return [
        write_atomically(folder / f"{name}.csv", text.getvalue()),
        write_atomically(folder / f"{name}.json", about),
    ]


def write_netcdf(found: Posterior, folder: Path) -> Path:
    """Write every draw of every chain, with prior, predictions and observations, as netCDF for ArviZ and xarray.

    Returns:
        The file written, `<calibration>.nc`.
    """
    data = found.inference_data()
    data.attrs = {
        "calibration": found.calibration.id,
        "title": found.calibration.title,
        "seed": found.seed,
        "hepasome": importlib.metadata.version("hepasome"),
    }
    with tempfile.TemporaryDirectory() as own:
        path = Path(own) / "draws.nc"
        data.to_netcdf(str(path))
        return write_atomically(folder / f"{found.calibration.id}.nc", path.read_bytes())


def difference_from(found: Posterior, folder: Path) -> float | None:
    """Largest relative difference of the draws from those in a folder; None if it has none that can be compared."""
    if not (folder / f"{found.calibration.id}.csv").is_file():
        return None
    kept = read_posterior(folder, found.calibration.id).values
    ours = np.array(_written(found), dtype=float)[:, : len(found.target.rows)]
    return float(np.max(np.abs(ours / kept - 1))) if kept.shape == ours.shape else None


def _written(found: Posterior) -> list[list[str]]:
    """The draws as they stand in the file."""
    return [[f"{value:.{_DIGITS}g}" for value in row] for row in found.draws().tolist()]


def identity(calibration: Calibration, target: Target, seed: int, effort: Effort) -> str:
    """The same for the same calibration, priors, observations, models, seed and effort."""
    # draws that were found before there were long courses keep their identity
    unused = {"long_courses"} if calibration.long_courses is None else None
    inputs = {
        "calibration": calibration.model_dump(mode="json", exclude=unused),
        "priors": {name: row.model_dump() for name, row in target.rows.items()},
        "observations": [datum.observation.model_dump() for datum in target.data],
        "models": list(target.models),
        "seed": seed,
        "effort": asdict(effort),
    }
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


def _about(found: Posterior) -> dict[str, Any]:
    described = {
        name: {key: _short(value) for key, value in asdict(one).items()} | {"informed": one.informed}
        for name, one in found.marginals.items()
    }
    packages = ("emcee", "arviz", "numpy", "scipy", "llvmlite")
    return {
        "calibration": found.calibration.id,
        "title": found.calibration.title,
        "species": found.calibration.species,
        "diseases": found.calibration.diseases(),
        "scaled_to": list(found.calibration.scaled_to),
        "identity": identity(found.calibration, found.target, found.seed, found.effort),
        "converged": found.converged,
        "complaints": found.complaints,
        "seed": found.seed,
        "effort": asdict(found.effort),
        "models": list(found.target.models),
        "versions": {"hepasome": importlib.metadata.version("hepasome")}
        | {name: importlib.metadata.version(name) for name in packages},
        "observations": [datum.observation.id for datum in found.target.data],
        "down_weighted": [datum.observation.id for datum in found.target.data if datum.down_weighted],
        "notes": list(found.calibration.notes),
        "parameters": {name: one for name, one in described.items() if name not in NUISANCES},
        "nuisances": {name: one for name, one in described.items() if name in NUISANCES},
    }


def _short(value: object) -> object:
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value
