"""The log-likelihood of a PEtab problem from its files alone: libRoadRunner simulates, `petab` counts, no hepasome."""

import math
import warnings
from collections import defaultdict

import pandas as pd
import petab
import roadrunner
import sympy
from sympy.abc import _clash


def problem_of(path):
    """A problem as read by `petab`."""
    with warnings.catch_warnings():  # petab 0.2 knows pandas 2
        warnings.filterwarnings("ignore", "The 'float_precision' argument")
        problem = petab.Problem.from_yaml(path)
    # nor does it know the strings of pandas 3
    for name in ("measurement_df", "condition_df", "observable_df", "parameter_df"):
        table = getattr(problem, name)
        texts = [column for column in table if isinstance(table[column].dtype, pd.StringDtype)]
        setattr(problem, name, table.astype(dict.fromkeys(texts, object)))
    return problem


def simulated(problem, values=None):
    """The simulation table of a problem, and its parameter table with these values as nominal ones."""
    parameters = problem.parameter_df.copy()
    for name, value in (values or {}).items():
        if name in parameters.index:
            parameters.loc[name, "nominalValue"] = value
    nominal = parameters["nominalValue"].to_dict()
    formulas = {
        name: sympy.sympify(formula, locals=_clash)
        for name, formula in problem.observable_df["observableFormula"].items()
    }
    read = sorted({str(symbol) for one in formulas.values() for symbol in one.free_symbols} - set(nominal))
    runner = roadrunner.RoadRunner(problem.sbml_document.toSBML())
    runner.integrator.relative_tolerance = 1e-9
    runner.integrator.absolute_tolerance = 1e-12
    rows = []
    for condition, given in problem.condition_df.iterrows():
        wanted = problem.measurement_df.query("simulationConditionId == @condition")
        runner.resetAll()
        inside = set(runner.model.getGlobalParameterIds())
        setting = {name: value for name, value in nominal.items() if name in inside}
        setting |= {name: nominal.get(value, value) for name, value in given.items() if name != "conditionName"}
        for name, value in setting.items():
            runner[name] = float(value)
        runner.reset()  # initial assignments follow
        courses = _courses(runner, sorted({0.0, *wanted["time"]}), read)
        for name, time in set(zip(wanted["observableId"], wanted["time"], strict=True)):
            value = float(formulas[name].subs({**nominal, **courses[time]}))
            rows.append({"observableId": name, "simulationConditionId": condition, "time": time, "simulation": value})
    return pd.DataFrame(rows), parameters


def _courses(runner, times, read):
    found = defaultdict(dict)
    if len(times) == 1:
        found[times[0]] = {name: float(runner.getValue(name)) for name in read}
        return found
    # CVODE chooses its first step from the distance to the first output: a near one keeps it honest
    points = [times[0], times[0] + 1e-6, *times[1:]]
    table = runner.simulate(times=points, selections=["time", *read])
    for point, row in zip(points, table.tolist(), strict=True):
        found[point] = dict(zip(read, row[1:], strict=True))
    return found


def log_likelihood(problem, values=None):
    table, parameters = simulated(problem, values)
    found = petab.calculate_llh(problem.measurement_df, table, problem.observable_df, parameters)
    assert math.isfinite(found)
    return found


def residuals(problem, values=None):
    """Simulation less measurement over its error, both on the scale of the noise, in the order of the measurements."""
    table, parameters = simulated(problem, values)
    (found,) = petab.calculate_residuals(problem.measurement_df, table, problem.observable_df, parameters)
    return found["residual"].to_numpy(float)
