"""COPASI through its own Python interface, which `copasi-basico` brings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import COPASI
import numpy as np

from hepasome.bench._contender import Contender
from hepasome.bench._sbml import with_doses
from hepasome.bench._work import Array


class Copasi(Contender):
    """LSODA in COPASI (Hoops 2006 Bioinformatics 22:3067). Doses are events; one absolute tolerance for all states."""

    def prepare(self) -> str:
        data = COPASI.CRootContainer.addDatamodel()
        if not data.importSBMLFromString(with_doses(self.workload)):
            raise RuntimeError("COPASI cannot read the model.")
        self._data, self._model, self._task = data, data.getModel(), data.getTask("Time-Course")
        problem = self._task.getProblem()
        problem.setAutomaticStepSize(False)
        problem.setOutputEvent(False)
        problem.setUseValues(True)
        problem.setValues(" ".join(repr(time) for time in self.workload.times.tolist()))
        problem.setTimeSeriesRequested(True)
        self._task.setMethodType(COPASI.CTaskEnum.Method_deterministic)
        method = self._task.getMethod()
        method.getParameter("Relative Tolerance").setDblValue(self.relative)
        method.getParameter("Absolute Tolerance").setDblValue(float((self.absolute / self.workload.sizes).min()))
        method.getParameter("Max Internal Steps").setUIntValue(1_000_000)
        values = [self._model.getModelValue(i) for i in range(self._model.getNumModelValues())]
        by_id = {value.getSBMLId(): value for value in values}
        self._parameters = [by_id[name] for name in self.workload.parameters]
        self._changed = COPASI.ObjectStdVector()
        for parameter in self._parameters:
            self._changed.append(parameter.getInitialValueReference())
        self._columns: list[int] = []
        return "doses as events, one absolute tolerance for all states"

    def simulate(self, batch: Any) -> Sequence[Array]:
        return [self._one(row) for row in batch]

    def _one(self, row: Array) -> Array:
        for parameter, value in zip(self._parameters, row.tolist(), strict=True):
            parameter.setInitialValue(value)
        self._model.updateInitialValues(self._changed)  # initial assignments follow the new parameters
        self._task.process(True)
        course = self._task.getTimeSeries()
        if not self._columns:
            place = {course.getSBMLId(i, self._data): i for i in range(course.getNumVariables())}
            self._columns = [place[state] for state in self.workload.states]
        read, steps = course.getConcentrationData, min(course.getRecordedSteps(), len(self.workload.times))
        found = np.array([[read(i, column) for column in self._columns] for i in range(steps)])
        return found.reshape(steps, len(self._columns)) * self.workload.sizes
