"""From what the library and the queue hold to what the API gives, and so to what the pages show."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hepasome.files import InputError, shorten, yaml_text
from hepasome.trial import Study
from hepasome.web._job import Job
from hepasome.web._library import Entry, Library, scoreboard_scores, without_nothing
from hepasome.web._models import Checked, FindingView, RunView, StudySummary, StudyView
from hepasome.web._queue import RunQueue
from hepasome.web._timeline import timeline


def summary(entry: Entry) -> StudySummary:
    """A study in a list."""
    return StudySummary(**_summary(entry))


def whole(entry: Entry) -> StudyView:
    """A study in whole."""
    study, score = entry.study, scoreboard_scores().get(entry.id)
    return StudyView(
        **_summary(entry),
        study=written(study) if study is not None else None,
        text=entry.text,
        timeline=timeline(study) if study is not None else None,
        verdicts=[
            {
                "statement": line.statement,
                "label": line.label,
                "change": line.change,
                "required": line.required,
                "reason": line.reason,
            }
            for line in (score.lines if score is not None and not entry.own else ())
        ],
    )


def written(study: Study) -> dict[str, Any]:
    """A study as its file would have it, without what says nothing."""
    found: dict[str, Any] = without_nothing(study.as_written())
    return found


def checked(library: Library, content: dict[str, Any] | str, name: str) -> Checked:
    """What is wrong with a version of a study, or how it looks."""
    try:
        study = library.check(content, name)
        text = content if isinstance(content, str) else yaml_text(without_nothing(content))
        return Checked(ok=True, timeline=timeline(study), text=text)
    except InputError as error:
        return Checked(ok=False, findings=findings(error))


def findings(error: InputError) -> list[FindingView]:
    """What is wrong with an input."""
    return [
        FindingView(
            problem=one.problem,
            remedy=one.remedy,
            field=one.field or (one.file if one.file.startswith("--") else ""),  # an option of the command line
            line=one.line,
            value=None if one.value is None else shorten(one.value),
        )
        for one in error.findings
    ]


def run_view(queue: RunQueue, job: Job) -> RunView:
    """A run and how far it is."""
    progress = queue.progress(job)
    return RunView(
        name=job.name,
        study=job.study,
        title=job.title,
        state=job.state,
        message=job.message,
        subjects=job.subjects,
        seed=job.seed,
        draws=job.draws,
        overrides=job.overrides,
        submitted=job.submitted,
        started=job.started,
        finished=job.finished,
        phase=progress.phase,
        done=progress.done,
        total=progress.total or job.total,
        remaining=progress.remaining,
        place=queue.place(job.name) if job.state == "queued" else None,
        has_results=queue.has_results(job.name),
        task=job.task,
    )


def _summary(entry: Entry) -> dict[str, Any]:
    study, score = entry.study, None if entry.own else scoreboard_scores().get(entry.id)
    if study is None:
        return {"id": entry.id, "title": entry.id, "own": entry.own, "problem": str(entry.error)}
    return {
        "id": entry.id,
        "title": study.title,
        "own": entry.own,
        "system": study.system,
        "species": study.subject.species,
        "disease": study.disease.modelled.title,
        "arms": list(study.arms),
        "claims": dict(Counter(line.label for line in score.lines)) if score is not None else {},
    }
