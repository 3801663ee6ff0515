"""The equations of an SBML model as a Python function, for solvers that take any right-hand side."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import FunctionType
from typing import Any, NamedTuple

import libsbml
import numpy as np
from numpy.typing import NDArray
from sbmlode import OdeSystem

from hepasome.bench._work import Array, Workload

_NOT_IN_THE_RATES = {"initial_values", "f_y"}


class Equations(NamedTuple):
    """A model as functions. A species is a concentration in them, unless the model says otherwise.

    Attributes:
        rates: (time, states, constants) -> change of every state.
        start: Values of the workload's parameters, shape (parameters,) -> initial states and all constants.
        order: Place of every state of the workload in the vector of states.
    """

    rates: Callable[[Any, Any, Any], Any]
    start: Callable[[Array], tuple[Array, Array]]
    order: NDArray[np.intp]


def equations(
    workload: Workload, *, compiler: Callable[[Any], Any] | None = None, arrays: str | None = None
) -> Equations:
    """The equations of a workload's model, as `sbmlode` writes them.

    Args:
        workload: Whose model.
        compiler: Applied to every function of the rates.
        arrays: Module to compute the rates with, whose arrays cannot be changed; they come as a list then.
    """
    code = OdeSystem.from_sbml(libsbml.readSBMLFromString(workload.sbml)).render("python", simulator=False)
    plain = _run(code)
    rates = plain["f_dxdt"]
    if arrays is not None:
        other = code.replace("import numpy as np", f"import {arrays} as np")
        rates = _run(re.sub(r"dx = np\.zeros\((\d+)\)", r"dx = [0.0] * \1", other))["f_dxdt"]
    if compiler is not None:
        compiled = _run(code)
        functions = [name for name, value in compiled.items() if isinstance(value, FunctionType)]
        # in the order of the text, so that what the rates call is compiled when they are
        compiled |= {name: compiler(compiled[name]) for name in functions if name not in _NOT_IN_THE_RATES}
        rates = compiled["f_dxdt"]
    constants, states = list(plain["PIDS"]), list(plain["XIDS"])
    places = [constants.index(name) for name in workload.parameters]

    def start(values: Array) -> tuple[Array, Array]:
        everything = np.array(plain["P0"], float)
        everything[places] = values
        initial, everything = plain["initial_values"](everything)
        return initial, everything

    return Equations(rates, start, np.array([states.index(state) for state in workload.states]))


def _run(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - what sbmlode wrote of a model that ships with an installed package
    return names
