"""What lies in the archive of a study, for people: its README, and the table of where each endpoint stands."""

from __future__ import annotations

import csv
import importlib.metadata
import io
from collections.abc import Mapping, Sequence

from hepasome.biology import read_outs
from hepasome.trial._archive_model import ArmModels
from hepasome.trial._archive_sedml import Course
from hepasome.trial._protocol import ArmProtocol
from hepasome.trial._study import Study

_FILES = {
    "simulation.sedml": "what to simulate and to report (SED-ML Level 1 Version 3); open this one",
    "models/ARM.xml": "one arm (SBML Level 3 Version 2): its typical subject and everything that it is given",
    "model.xml": "the model alone, nothing is given; where the values of the arms differ it has those of the tables",
    "endpoints.csv": "each endpoint of the study: report, row and column in which it stands",
    "study.yaml": "the study as hepasome reads it",
    "observations.csv": "published numbers of the study",
    "claims.csv": "published statements about the study",
    "record.yaml": "what was published of its protocol, and how surely it is known",
    "metadata.rdf": "what this archive is; its date is fixed, so that the same study gives the same bytes",
}


def readme(study: Study, models: ArmModels, courses: Sequence[Course], beside: Mapping[str, str]) -> str:
    """Markdown.

    Args:
        study: The study.
        models: Its arms.
        courses: What is simulated of each arm.
        beside: The files of the study in the archive.
    """
    there = set(_FILES) - {"observations.csv", "claims.csv", "record.yaml"} | set(beside)
    files = [f"- `{name}`: {text}" for name, text in _FILES.items() if name in there]
    files += [f"- `{name}`: a product of this study" for name in beside if name not in _FILES]
    version = importlib.metadata.version("hepasome")
    parts = [
        f"# {study.id}: {study.title}",
        f"An in-silico trial, written by hepasome {version} (`hepasome model export {study.id} --omex`). Time is in"
        f" hours; the model has {models.states} state variables.",
        "\n".join(["## Files", "", *files]),
        _arms(models),
        _how(),
        _courses(courses),
        "\n".join(["## Notes", "", *(f"- {note}" for note in study.notes)]) if study.notes else "",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def endpoint_table(study: Study, courses: Sequence[Course]) -> str:
    """CSV: endpoint, read_out (column of the report), unit, meaning, time (h), course, row (from 0)."""
    rows = {row.read_out: row for row in read_outs(study.structure)}
    places = {place.endpoint: place for course in courses for place in course.endpoints}
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["endpoint", "read_out", "unit", "meaning", "time", "course", "row"])
    for endpoint in study.endpoints:
        place = places[str(endpoint)]
        row = rows[place.read_out]
        table.writerow(
            [place.endpoint, place.read_out, row.unit, row.meaning, repr(place.time), place.course, place.row]
        )
    return text.getvalue()


def _arms(models: ArmModels) -> str:
    lines = ["## Arms", "", "| arm | injury | treatment | beside it |", "|---|---|---|---|"]
    lines += [f"| `{name}` | {_given(arm)} |" for name, arm in models.protocol.arms.items()]
    return "\n".join(lines)


def _given(arm: ArmProtocol) -> str:
    given = arm.treatment
    treatment = ""
    if given is not None:
        dose = f"{given.dose.value:g} {given.dose.unit}"
        treatment = f"{given.product.name}, {dose}, {given.route}, {_when(given.times)}"
    injury, agents = arm.induction_times, sorted({step.time for step in arm.agents})
    return f"{_when(injury) if injury else 'none'} | {treatment} | {_when(agents) if agents else ''}"


def _when(times: Sequence[float]) -> str:
    if len(times) == 1:
        return f"at {times[0]:g} h"
    return f"{len(times)} times, {times[0]:g} to {times[-1]:g} h"


def _how() -> str:
    return """## What is simulated

Each arm stands for its typical subject: every parameter at its centre, every detail of the protocol that no source
confirms at the middle of its range, no error of dose or assay. `hepasome run` simulates animals that differ, and says
how sure a result is; this archive does neither, and its numbers are no observations.

What is given at time 0 is in the initial assignments of a model, the parameter `dose_STATE_N` being the amount; what is
given later is an event. A program that knows SBML has nothing else to do. Arms differ only in what they are given."""


def _courses(courses: Sequence[Course]) -> str:
    lines = [
        "## Reports",
        "",
        "`report_ARM_N` is course N of an arm; `plot_N_READOUT` shows all arms. The last row of a course is its end.",
        "",
    ]
    lines += [
        f"- course {one.number}: 0 to {one.end:g} h in {one.steps} steps, for {', '.join(one.read_outs)}"
        for one in courses
    ]
    return "\n".join(lines)
