"""A calibration as a PEtab problem (Schmiester 2021 PLoS Comput Biol 17:e1008646), version 1, for other programs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from hepasome.files import write_atomically
from hepasome.inference._calibration import Calibration
from hepasome.inference._observed import Datum
from hepasome.inference._petab_model import PetabModel, formula_of, petab_models
from hepasome.inference._petab_priors import PetabPrior, parameter_id, petab_priors
from hepasome.inference._petab_readme import readme
from hepasome.inference._simulated import observable_of, target_of
from hepasome.inference._target import BETWEEN_ANIMALS, DISCREPANCY, NUISANCES, Target

_PROBLEM, _PARAMETERS = "problem.yaml", "parameters.tsv"
_MODEL, _CONDITIONS, _OBSERVABLES, _MEASUREMENTS = "model.xml", "conditions.tsv", "observables.tsv", "measurements.tsv"


@dataclass(frozen=True)
class WrittenPetab:
    """What was written of a calibration.

    Attributes:
        problem: The YAML file of the whole calibration.
        parts: Problems of one model each, which together are the whole; the whole itself where there is one model.
        measurements: Number of measurements.
        constant: What the log-likelihood of the whole is lower by than that which is sampled here; no parameter
            changes it.
    """

    problem: Path
    parts: tuple[Path, ...]
    measurements: int
    constant: float


def write_petab(calibration: Calibration, folder: Path) -> WrittenPetab:
    """Write a calibration as a PEtab problem; where it has several models, each also as a problem of its own.

    Each file is written whole, the YAML file of a problem last, and the README at the very end.

    Args:
        calibration: What is written.
        folder: Where; its own folder is made within, by its id.

    Raises:
        InputError: If observations cannot be used.
        OSError: If a file cannot be written.
    """
    target = target_of(calibration)
    models = petab_models(calibration, target)
    priors = petab_priors(target)
    own = folder / calibration.id
    places = [own / model.name for model in models] if len(models) > 1 else [own]
    parts = [
        _write_model(place, model, calibration, target, priors) for place, model in zip(places, models, strict=True)
    ]
    if len(models) > 1:
        _write_table(own / _PARAMETERS, _parameters(target, priors, target.rows))
        write_atomically(own / _PROBLEM, _problem(f"{model.name}/" for model in models))
    constant = sum(datum.log_value for datum in target.data) + len(target.data) / 2 * math.log(2 * math.pi)
    write_atomically(own / "README.md", readme(calibration, target, models, priors, constant))
    return WrittenPetab(own / _PROBLEM, tuple(parts), len(target.data), constant)


def _write_model(
    folder: Path,
    model: PetabModel,
    calibration: Calibration,
    target: Target,
    priors: Mapping[str, PetabPrior],
) -> Path:
    # pyPESTO takes the conditions of measurements for those of the alphabet
    data = sorted((target.data[place] for place in model.places), key=lambda datum: datum.observation.condition)
    write_atomically(folder / _MODEL, model.sbml)
    _write_table(folder / _CONDITIONS, _conditions(model))
    _write_table(folder / _OBSERVABLES, _observables(calibration, data))
    _write_table(folder / _MEASUREMENTS, _measurements(data))
    _write_table(folder / _PARAMETERS, _parameters(target, priors, model.calibrated))
    return write_atomically(folder / _PROBLEM, _problem([""]))


def _conditions(model: PetabModel) -> list[dict[str, object]]:
    return [{"conditionId": name, **values} for name, values in sorted(model.conditions.items())]


def _observable_ids(data: Sequence[Datum]) -> list[str]:
    """One observable for every endpoint, statistic and error: programs take an error that changes in time amiss."""
    errors: dict[str, list[tuple[float, float]]] = {}
    found = []
    for datum in data:
        name = f"{datum.observation.endpoint}_{datum.observation.statistic}"
        known = errors.setdefault(name, [])
        if (error := _error(datum)) not in known:
            known.append(error)
        number = known.index(error)
        found.append(f"{name}_{number + 1}" if number else name)
    return found


def _error(datum: Datum) -> tuple[float, float]:
    """The known variance, and how much of that between animals is added."""
    known, both = (float(datum.variance(np.array([between]))[0]) for between in (0.0, 1.0))
    return known, both - known


def _observables(calibration: Calibration, data: Sequence[Datum]) -> list[dict[str, object]]:
    rows: dict[str, dict[str, object]] = {}
    for name, datum in zip(_observable_ids(data), data, strict=True):
        endpoint = datum.observation.endpoint
        formula = formula_of(endpoint, observable_of(calibration, datum))
        if datum.of_mean:  # the arithmetic mean of a log-normal spread lies above the typical animal
            formula = f"{formula} * exp({BETWEEN_ANIMALS}^2 / 2)"
        known, shared = f"noiseParameter1_{name}", f"noiseParameter2_{name}"
        rows[name] = {
            "observableId": name,
            "observableName": f"{endpoint} ({datum.observation.statistic}), {datum.observation.unit}",
            "observableFormula": formula,
            "noiseFormula": f"sqrt({known} + {shared} * {BETWEEN_ANIMALS}^2 + {DISCREPANCY}^2)",
            "observableTransformation": "log",
            "noiseDistribution": "normal",
        }
    return list(rows.values())


def _measurements(data: Sequence[Datum]) -> list[dict[str, object]]:
    return [
        {
            "observableId": name,
            "simulationConditionId": datum.observation.condition,
            "measurement": datum.observation.value,
            "time": datum.time,
            "noiseParameters": ";".join(map(repr, _error(datum))),
            "observation": datum.observation.id,
            "reference": datum.observation.reference,
        }
        for name, datum in zip(_observable_ids(data), data, strict=True)
    ]


def _parameters(target: Target, priors: Mapping[str, PetabPrior], names: Iterable[str]) -> list[dict[str, object]]:
    medians = dict(zip(target.names, target.values(np.zeros((1, target.dimension)))[0].tolist(), strict=True))
    rows: list[dict[str, object]] = []
    for name in [*(one for one in target.rows if one in set(names)), *NUISANCES]:
        key = parameter_id(name)
        row = target.rows.get(name)
        prior = priors.get(key)
        rows.append(
            {
                "parameterId": key,
                "parameterName": row.meaning if row is not None else name.replace("_", " "),
                "parameterScale": "lin" if prior is None else prior.scale,
                "lowerBound": None if prior is None else prior.lower,
                "upperBound": None if prior is None else prior.upper,
                "nominalValue": medians[name] if row is None else row.value,
                "estimate": 0 if prior is None else 1,
                "objectivePriorType": None if prior is None else "parameterScaleNormal",
                "objectivePriorParameters": None if prior is None else f"{prior.mean!r};{prior.sd!r}",
                "unit": row.unit if row is not None else "log SD",
            }
        )
    return rows


def _problem(folders: Iterable[str]) -> str:
    problems = [
        {
            "sbml_files": [f"{folder}{_MODEL}"],
            "condition_files": [f"{folder}{_CONDITIONS}"],
            "observable_files": [f"{folder}{_OBSERVABLES}"],
            "measurement_files": [f"{folder}{_MEASUREMENTS}"],
            "visualization_files": [],
        }
        for folder in folders
    ]
    whole = {"format_version": 1, "parameter_file": _PARAMETERS, "problems": problems}
    return str(yaml.safe_dump(whole, sort_keys=False))


def _write_table(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    write_atomically(path, pd.DataFrame(list(rows)).to_csv(sep="\t", index=False, lineterminator="\n"))
