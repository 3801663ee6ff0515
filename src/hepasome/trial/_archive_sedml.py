"""How the arms of a study are simulated, as SED-ML Level 1 Version 3 (Bergmann 2018 J Integr Bioinform 15:20170086).

Version 3 is the oldest with every element that is used here, so most programs read it. libSEDML would write it, but
where libSBML is imported before it, libSBML hands out objects of libSEDML from then on, and the engine compiles nothing
(https://github.com/sbmlteam/python-libsbml/issues/23). So it is written here, and libSEDML reads it in the tests.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from hepasome.trial._archive_xml import xml_text
from hepasome.trial._protocol import Protocol
from hepasome.trial._study import Study

_SEDML = "http://sed-ml.org/sed-ml/level1/version3"
_MATHML = "http://www.w3.org/1998/Math/MathML"
_SBML = "http://www.sbml.org/sbml/level3/version2/core"
_SBML_LANGUAGE = "urn:sedml:language:sbml.level-3.version-2"
_TIME = "urn:sedml:symbol:time"
_PARAMETER = "/sbml:sbml/sbml:model/sbml:listOfParameters/sbml:parameter[@id='{}']"
# KiSAO: CVODE, its relative and absolute tolerance, and its largest number of steps
_CVODE, _RELATIVE, _ABSOLUTE, _MAXIMUM_STEPS = "KISAO:0000019", "KISAO:0000209", "KISAO:0000211", "KISAO:0000415"
# Tighter than in runs: one absolute tolerance holds for vesicles in billions and for signals near 1.
SETTINGS = {_RELATIVE: "1e-8", _ABSOLUTE: "1e-9", _MAXIMUM_STEPS: "100000"}
_STEPS = range(100, 501)  # of a course
_SAME = 1e-9  # of a step: rounding, far below what any solver resolves


@dataclass(frozen=True)
class EndpointPlace:
    """Where an endpoint stands in the reports.

    Attributes:
        endpoint: As the study writes it.
        read_out: Variable of the model, and label of the column.
        time: h.
        course: Number of the simulation, from 1.
        row: Of its reports, from 0.
    """

    endpoint: str
    read_out: str
    time: float
    course: int
    row: int


@dataclass(frozen=True)
class Course:
    """A uniform time course from time 0 whose output times hit endpoints exactly.

    Attributes:
        number: From 1.
        end: h.
        steps: Equal steps from 0 to the end.
        endpoints: What is read off it.
    """

    number: int
    end: float
    steps: int
    endpoints: tuple[EndpointPlace, ...]

    @property
    def read_outs(self) -> tuple[str, ...]:
        """What is read out, each once, in the order of the study."""
        return tuple(dict.fromkeys(place.read_out for place in self.endpoints))


def courses_of(study: Study, protocol: Protocol) -> tuple[Course, ...]:
    """As few time courses as hit the time of every endpoint.

    SED-ML knows uniform time courses only, and times of endpoints are middles of ranges: a course ends at the last
    time, and another one at the last of those that its steps miss, until none is left.
    """
    times = [(str(one), one.endpoint, protocol.endpoint_time(one)) for one in study.endpoints]
    left = sorted({time for _, _, time in times})
    courses: list[Course] = []
    while left:
        end = left[-1] or protocol.read_out
        steps = max(_STEPS, key=lambda n: (sum(_row(time, end, n) is not None for time in left), -n))
        number = len(courses) + 1
        places = []
        for label, read_out, time in times:
            row = _row(time, end, steps) if time in left else None
            if row is not None:
                places.append(EndpointPlace(label, read_out, time, number, row))
        courses.append(Course(number, end, steps, tuple(places)))
        left = [time for time in left if _row(time, end, steps) is None]
    return tuple(courses)


def _row(time: float, end: float, steps: int) -> int | None:
    place = time * steps / end
    return round(place) if math.isclose(place, round(place), rel_tol=0, abs_tol=_SAME) else None


def sedml_of(study: Study, sources: Mapping[str, str], courses: Sequence[Course]) -> str:
    """Every arm in every course, a report of each, and a plot of each read-out with all arms.

    Args:
        study: The study.
        sources: Arm -> place of its model.
        courses: What is simulated of each arm.
    """
    root = Element("sedML", {"xmlns": _SEDML, "xmlns:sbml": _SBML, "level": "1", "version": "3"})
    models, simulations, tasks = (SubElement(root, f"listOf{name}") for name in ("Models", "Simulations", "Tasks"))
    generators, outputs = SubElement(root, "listOfDataGenerators"), SubElement(root, "listOfOutputs")
    for arm, source in sources.items():
        _add(models, "model", f"model_{arm}", arm, language=_SBML_LANGUAGE, source=source)
    for course in courses:
        _simulate(simulations, course)
        for arm in sources:
            name = f"{arm}, to {course.end:g} h"
            references = {"modelReference": f"model_{arm}", "simulationReference": _simulation(course)}
            _add(tasks, "task", _task(arm, course), name, **references)
            for label in ("time", *course.read_outs):
                _generate(generators, arm, course, label)
            _report(outputs, arm, course, name)
        for read_out in course.read_outs:
            _plot(outputs, list(sources), course, read_out)
    return xml_text(root)


def _simulate(parent: Element, course: Course) -> None:
    end = f"{course.end:.15g}"  # as libSBML writes the times of events, so that both mean the same moment
    times = {"initialTime": "0", "outputStartTime": "0", "outputEndTime": end, "numberOfPoints": str(course.steps)}
    simulation = _add(parent, "uniformTimeCourse", _simulation(course), f"to {course.end:g} h", **times)
    algorithm = SubElement(simulation, "algorithm", kisaoID=_CVODE)
    settings = SubElement(algorithm, "listOfAlgorithmParameters")
    for term, value in SETTINGS.items():
        SubElement(settings, "algorithmParameter", kisaoID=term, value=value)


def _generate(parent: Element, arm: str, course: Course, label: str) -> None:
    name = _generator(arm, course, label)
    generator = _add(parent, "dataGenerator", name, f"{label}, {arm}")
    read = {"symbol": _TIME} if label == "time" else {"target": _PARAMETER.format(label)}
    variables = SubElement(generator, "listOfVariables")
    _add(variables, "variable", f"{name}_read", label, taskReference=_task(arm, course), **read)
    SubElement(SubElement(generator, "math", xmlns=_MATHML), "ci").text = f"{name}_read"


def _report(parent: Element, arm: str, course: Course, name: str) -> None:
    columns = SubElement(_add(parent, "report", f"report_{arm}_{course.number}", name), "listOfDataSets")
    for label in ("time", *course.read_outs):
        column = {"label": label, "dataReference": _generator(arm, course, label)}
        _add(columns, "dataSet", f"column_{arm}_{course.number}_{label}", label, **column)


def _plot(parent: Element, arms: Sequence[str], course: Course, read_out: str) -> None:
    plot = _add(parent, "plot2D", f"plot_{course.number}_{read_out}", f"{read_out}, to {course.end:g} h")
    curves = SubElement(plot, "listOfCurves")
    for arm in arms:
        axes = {"logX": "false", "logY": "false", "xDataReference": _generator(arm, course, "time")}
        axes["yDataReference"] = _generator(arm, course, read_out)
        _add(curves, "curve", f"curve_{arm}_{course.number}_{read_out}", arm, **axes)


def _simulation(course: Course) -> str:
    return f"course_{course.number}"


def _task(arm: str, course: Course) -> str:
    return f"task_{arm}_{course.number}"


def _generator(arm: str, course: Course, label: str) -> str:
    return f"data_{arm}_{course.number}_{label}"


def _add(parent: Element, tag: str, identifier: str, name: str, **attributes: str) -> Element:
    return SubElement(parent, tag, {"id": identifier, "name": name, **attributes})
