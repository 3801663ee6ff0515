"""The calibrations as PEtab problems in COPASI, beside hepasome. Run `python validation/petab/run.py [--pypesto]`."""

from __future__ import annotations

import logging
import sys
import tempfile
import warnings
from pathlib import Path

import basico
import numpy as np
import pandas as pd
from copasi_petab_importer import PEtabConverter
from matplotlib.figure import Figure

from hepasome.inference import calibration_ids, load_calibration, write_petab
from hepasome.inference._petab_priors import parameter_id
from hepasome.inference._simulated import target_of
from hepasome.inference._target import Target

try:
    import petab.v1 as petab
except ImportError:  # before 0.3
    import petab

HERE = Path(__file__).parent
POINTS = {"medians": None, "draw 1": 1, "draw 2": 2}  # seed of a draw of the prior
TOLERANCE = 1e-9  # of COPASI, relative; what is left between the two is then the error of hepasome
LIMIT = 1e-3


def main(pypesto: bool) -> None:
    """Compare everywhere; write agreement.csv, values.csv and petab.png, or pypesto.csv alone."""
    found = []
    for name in calibration_ids():
        for point in POINTS:
            with tempfile.TemporaryDirectory() as folder:
                found += compared(name, point, Path(folder), pypesto=pypesto)
            print(f"{name}, {point}: compared", flush=True)
    agreement = summary(found)
    print(agreement.to_string(index=False))
    if pypesto:
        agreement.to_csv(HERE / "pypesto.csv", index=False, float_format="%.7g", lineterminator="\n")
        return
    values = pd.concat(found)
    print(f"Largest difference of a value: {values['difference'].abs().max():.2g}")
    values.to_csv(HERE / "values.csv", index=False, float_format="%.6g", lineterminator="\n")
    agreement.to_csv(HERE / "agreement.csv", index=False, float_format="%.7g", lineterminator="\n")
    draw(values).savefig(HERE / "petab.png", dpi=130, metadata={"Software": None})


def compared(name: str, point: str, folder: Path, *, pypesto: bool = False) -> list[pd.DataFrame]:
    """Every measurement of a calibration as both compute it, one table per problem of one model.

    Args:
        name: Id of the calibration.
        point: One of `POINTS`.
        folder: Where the problems are written.
        pypesto: Whether pyPESTO counts the log-likelihoods.

    Returns:
        calibration, model, point, observation, time (h), what each computes for it (unit of the measurement), and their
        difference over that of hepasome. The log-likelihoods of the problem are in `attrs`, by program.
    """
    calibration = load_calibration(name)
    written, target = write_petab(calibration, folder), target_of(calibration)
    deviates = particle(target, POINTS[point])
    nominal = dict(zip(map(parameter_id, target.names), target.values(deviates)[0].tolist(), strict=True))
    mean, variance = (column[0] for column in target.expected(deviates))
    observed = np.array([datum.log_value for datum in target.data])
    # the density of the measurement, not of its logarithm
    density = -((observed - mean) ** 2) / variance / 2 - np.log(2 * np.pi * variance) / 2 - observed
    ours = {datum.observation.id: i for i, datum in enumerate(target.data)}
    found = []
    for part in written.parts:
        set_nominal(part, nominal)
        problem = problem_of(part)
        simulated = in_copasi(part, problem.measurement_df)
        places = [ours[one] for one in simulated["observation"]]
        table = pd.DataFrame(
            {
                "calibration": name,
                "model": part.parent.name,
                "point": point,
                "observation": simulated["observation"],
                "time_h": simulated["time"],
                "hepasome": np.exp(mean[places]),
                "copasi": simulated["simulation"],
            }
        )
        table["difference"] = table["copasi"] / table["hepasome"] - 1
        other = {"pypesto": in_pypesto(problem)} if pypesto else {"copasi": log_likelihood(problem, simulated)}
        table.attrs = {"hepasome": density[places].sum(), **other}
        found.append(table)
    return found


def particle(target: Target, seed: int | None) -> np.ndarray:
    """Deviates of all parameters, shape (1, dimension): a draw of the prior, or the medians without a seed."""
    shape = (1, target.dimension)
    return np.zeros(shape) if seed is None else np.random.default_rng(seed).standard_normal(shape)


def set_nominal(problem: Path, values: dict[str, float]) -> None:
    """Write values into the parameter table of a problem."""
    path = problem.parent / "parameters.tsv"
    table = pd.read_csv(path, sep="\t")
    table["nominalValue"] = [values[one] for one in table["parameterId"]]
    table.to_csv(path, sep="\t", index=False)


def problem_of(path: Path) -> petab.Problem:
    """A problem as the library of PEtab reads it."""
    with warnings.catch_warnings():  # petab 0.2 was written for pandas 2
        warnings.simplefilter("ignore")
        problem = petab.Problem.from_yaml(str(path))
    for name in ("measurement_df", "condition_df", "observable_df", "parameter_df"):
        table = getattr(problem, name)  # nor does it know the strings of pandas 3
        texts = [column for column in table if isinstance(table[column].dtype, pd.StringDtype)]
        setattr(problem, name, table.astype(dict.fromkeys(texts, object)))
    return problem


def complaints(path: Path) -> list[str]:
    """What the linter of PEtab finds wrong with a problem."""
    said: list[str] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger(petab.lint.__name__)
    logger.addHandler(handler)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            wrong = petab.lint_problem(problem_of(path))
    finally:
        logger.removeHandler(handler)
    return said or ["It is not valid."] * wrong


def in_copasi(path: Path, measurements: pd.DataFrame) -> pd.DataFrame:
    """The measurements of a problem with what COPASI computes for them in the column `simulation`.

    COPASI's own importer reads the files, its LSODA simulates. It holds the logarithms, as the scale of the errors is.
    """
    with tempfile.TemporaryDirectory() as folder:
        PEtabConverter.from_yaml(str(path), out_dir=folder, out_name="copasi").convert()
        model = basico.load_model(str(Path(folder) / "copasi.cps"))
        exact = {"Relative Tolerance": TOLERANCE, "Absolute Tolerance": TOLERANCE * 1e-3}
        basico.set_task_settings("Time-Course", {"method": exact}, model=model)
        solution = basico.run_parameter_estimation(model=model)  # nothing is estimated: it evaluates once
        tables = basico.get_simulation_results(values_only=True, solution=solution, model=model)[1]
        courses = dict(zip(basico.get_experiment_names(model=model), tables, strict=True))
        basico.remove_datamodel(model)
    at = {condition: table.groupby("Time").first() for condition, table in courses.items()}
    simulated = [
        float(np.exp(at[condition].loc[time, f"Values[{observable}]"]))
        for condition, observable, time in zip(
            measurements["simulationConditionId"], measurements["observableId"], measurements["time"], strict=True
        )
    ]
    return measurements.assign(simulation=simulated)


def log_likelihood(problem: petab.Problem, simulated: pd.DataFrame) -> float:
    """As the library of PEtab counts it, from simulated values."""
    return float(petab.calculate_llh(problem.measurement_df, simulated, problem.observable_df, problem.parameter_df))


def in_pypesto(problem: petab.Problem) -> float:
    """The log-likelihood of pyPESTO, which simulates with libRoadRunner; NaN where it fails."""
    from pypesto.objective.roadrunner import PetabImporterRR

    objective = PetabImporterRR(problem).create_objective()
    try:
        return -float(objective(problem.x_nominal_free_scaled))
    except RuntimeError as error:
        print(f"pyPESTO: {error}")
        return np.nan


def summary(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """One row per problem and point: number of measurements, and the log-likelihoods with their difference."""
    rows = []
    for table in tables:
        first, (ours, theirs) = table.iloc[0], table.attrs.values()
        named = {name: first[name] for name in ("calibration", "model", "point")}
        rows.append({**named, "measurements": len(table), **table.attrs, "difference": theirs - ours})
    return pd.DataFrame(rows)


def draw(values: pd.DataFrame) -> Figure:
    """The difference of every value, by calibration."""
    figure = Figure(figsize=(7, 3.6), layout="constrained")
    axes = figure.subplots()
    names = list(dict.fromkeys(values["calibration"]))
    for point, colour in zip(POINTS, ("#000000", "#0072B2", "#D55E00"), strict=True):
        part = values[values["point"] == point]
        places = [names.index(one) for one in part["calibration"]]
        away = np.maximum(part["difference"].abs(), 1e-9)
        axes.plot(away, places, "o", color=colour, ms=5, alpha=0.5, label=point)
    axes.axvline(LIMIT, color="black", linestyle="--", label="limit of the tests")
    axes.set(
        xscale="log", yticks=range(len(names)), yticklabels=names, xlabel="|COPASI / hepasome - 1| of a measurement"
    )
    axes.legend(fontsize=8, frameon=False)
    return figure


if __name__ == "__main__":
    main("--pypesto" in sys.argv[1:])
