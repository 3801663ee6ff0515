"""Executes the SED-ML of COMBINE archives: libCOMBINE, libSEDML and libRoadRunner alone, nothing of hepasome.

It knows what SED-ML says and no more: uniform time courses of SBML models, data generators and reports. Run it in a
process of its own: libSEDML and libSBML cannot be used in one.

    python sedml_for_tests.py FOLDER ARCHIVE...

For each archive it writes `FOLDER/NAME.json`: what the libraries say about it, and every report. The files of the
archive lie in `FOLDER/NAME`.
"""

import json
import re
import sys
from pathlib import Path

import libcombine
import libsedml
import numpy as np
import roadrunner

roadrunner.Config.setValue(roadrunner.Config.LLVM_BACKEND, roadrunner.Config.LLJIT)  # compiles in half the time
roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)

_TIME = "urn:sedml:symbol:time"
_PARAMETER = re.compile(
    r"/sbml:sbml/sbml:model/sbml:listOf(?:Parameters|Species)/sbml:(?:parameter|species)\[@id='([A-Za-z_]\w*)'\]"
)
_SETTINGS = {
    "KISAO:0000209": ("relative_tolerance", float),
    "KISAO:0000211": ("absolute_tolerance", float),
    "KISAO:0000415": ("maximum_num_steps", int),
}


def main(folder, paths):
    for path in paths:
        name = Path(path).stem
        found = read_archive(path, folder / name)
        document = libsedml.readSedMLFromFile(str(folder / name / found["master"]))
        found["complaints"] = [document.getError(i).getMessage() for i in range(document.getNumErrors())]
        found["plots"] = [one.getId() for one in _outputs(document, libsedml.SEDML_OUTPUT_PLOT2D)]
        found["reports"] = reports(document, folder / name)
        (folder / f"{name}.json").write_text(json.dumps(found))


def read_archive(path, folder):
    """Extract an archive; its master file, formats of its files by the names that libCOMBINE has, and its creator."""
    archive = libcombine.CombineArchive()
    assert archive.initializeFromArchive(str(path))
    assert archive.extractTo(str(folder))
    entries = [archive.getEntry(i) for i in range(archive.getNumEntries())]
    kind_of = {libcombine.KnownFormats.lookupFormat(kind): kind for kind in ("sbml", "sedml", "csv")}
    kinds = {one.getLocation(): kind_of.get(one.getFormat()) for one in entries}
    about = archive.getMetadataForLocation(".")
    creators = [about.getCreator(i).getOrganization() for i in range(about.getNumCreators())]
    found = {"master": archive.getMasterFile().getLocation(), "kinds": kinds, "creators": creators}
    archive.cleanUp()
    return found


def reports(document, folder):
    """Every report: name -> label of its data sets -> values."""
    found, simulated, runners = {}, {}, {}
    for report in _outputs(document, libsedml.SEDML_OUTPUT_REPORT):
        columns = found.setdefault(report.getId(), {})
        for i in range(report.getNumDataSets()):
            column = report.getDataSet(i)
            generator = document.getDataGenerator(column.getDataReference())
            columns[column.getLabel()] = _generated(document, generator, simulated, runners, folder).tolist()
    return found


def _outputs(document, kind):
    outputs = [document.getOutput(i) for i in range(document.getNumOutputs())]
    return [one for one in outputs if one.getTypeCode() == kind]


def _generated(document, generator, simulated, runners, folder):
    values = {}
    for i in range(generator.getNumVariables()):
        variable = generator.getVariable(i)
        task = document.getTask(variable.getTaskReference())
        if task.getId() not in simulated:
            simulated[task.getId()] = _simulated(document, task, runners, folder)
        if variable.getSymbol():
            assert variable.getSymbol() == _TIME
            name = "time"
        else:
            name = _PARAMETER.fullmatch(variable.getTarget()).group(1)
        values[variable.getId()] = simulated[task.getId()][name]
    assert generator.getMath().isName()  # what hepasome writes is read off, never computed
    return values[generator.getMath().getName()]


def _simulated(document, task, runners, folder):
    model = document.getModel(task.getModelReference())
    assert model.getLanguage().startswith("urn:sedml:language:sbml")
    assert model.getNumChanges() == 0
    course = document.getSimulation(task.getSimulationReference())
    assert course.getTypeCode() == libsedml.SEDML_SIMULATION_UNIFORMTIMECOURSE
    if model.getSource() not in runners:
        runners[model.getSource()] = roadrunner.RoadRunner(str(folder / model.getSource()))
    runner = runners[model.getSource()]
    runner.resetAll()
    algorithm = course.getAlgorithm()
    assert algorithm.getKisaoID() == "KISAO:0000019"  # CVODE
    for i in range(algorithm.getNumAlgorithmParameters()):
        parameter = algorithm.getAlgorithmParameter(i)
        name, kind = _SETTINGS[parameter.getKisaoID()]
        setattr(runner.integrator, name, kind(parameter.getValue()))
    names = sorted(_targets(document, task))
    assert course.getInitialTime() == course.getOutputStartTime()
    points = course.getNumberOfPoints() + 1
    table = runner.simulate(course.getInitialTime(), course.getOutputEndTime(), points, ["time", *names])
    return dict(zip(["time", *names], np.array(table).T, strict=True))


def _targets(document, task):
    for i in range(document.getNumDataGenerators()):
        generator = document.getDataGenerator(i)
        for j in range(generator.getNumVariables()):
            variable = generator.getVariable(j)
            if variable.getTaskReference() == task.getId() and variable.getTarget():
                yield _PARAMETER.fullmatch(variable.getTarget()).group(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
