"""The evidence of a user: study files in a folder of their own, checked before one is added."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hepasome.evidence._load import load_evidence
from hepasome.evidence._published import PublishedStudy
from hepasome.evidence._published_check import look_at_answers, look_at_outcomes
from hepasome.files import (
    Document,
    Finding,
    FindingList,
    InputError,
    input_error,
    read_text,
    read_yaml,
    validate,
    write_atomically,
)

_VARIABLE = "HEPASOME_EVIDENCE"


def evidence_folder() -> Path:
    """Where a user's own evidence is kept: the variable HEPASOME_EVIDENCE, or the user's folder for data."""
    given = os.environ.get(_VARIABLE)
    if given:
        return Path(given)
    import platformdirs  # only where nothing was chosen

    return Path(platformdirs.user_data_path("hepasome")) / "evidence"


def read_published(path: Path) -> PublishedStudy:
    """A study from its file; fields left blank count as missing.

    Raises:
        InputError: Everything that is wrong with it.
    """
    document = read_yaml(path)
    told = Document(document.file, _told(document.value), document.lines)
    found = FindingList(str(path))
    study = None
    try:
        study = validate(PublishedStudy, told)
    except InputError as error:
        found.findings += error.findings
    look_at_outcomes(told, found)
    look_at_answers(told, found)
    found.raise_if_any()
    return study if study is not None else validate(PublishedStudy, told)


def check_published(paths: Sequence[Path], folder: Path | None = None) -> list[Finding]:
    """All findings about study files, file by file; also that no two, nor a shipped or added one, share an id.

    Args:
        paths: The files.
        folder: The user's evidence; None if added studies do not count.
    """
    found: list[Finding] = []
    taken = {record.id: "ships with hepasome" for record in load_evidence().records}
    taken |= {} if folder is None else {path.stem: f"is in {folder}" for path in _files(folder)}
    for path in paths:
        try:
            study = read_published(path)
        except InputError as error:
            found += error.findings
            continue
        if study.id in taken:
            problem = f"A study with this id {taken[study.id]}."
            line = read_yaml(path).line(("id",))
            found.append(Finding(str(path), problem, "Give it another id.", line, "id", study.id))
        taken[study.id] = f"is in {path}"
    return found


def add_published(path: Path, folder: Path, *, replace: bool = False) -> Path:
    """Add a study to the user's evidence. Nothing changes if anything is wrong.

    Args:
        path: Its file.
        folder: The user's evidence.
        replace: Whether it may take the place of one with its id.

    Returns:
        The file in the folder.

    Raises:
        InputError: Everything that is wrong.
    """
    findings = check_published([path], None if replace else folder)
    if findings:
        if any(str(folder) in finding.problem for finding in findings):
            findings = [*findings[:-1], _or_replace(findings[-1])]
        raise InputError(findings)
    return write_atomically(folder / f"{read_published(path).id}.yaml", read_text(path))


def own_studies(folder: Path) -> tuple[PublishedStudy, ...]:
    """The studies that a user added, by id; none if there is no such folder.

    Raises:
        InputError: Everything that is wrong with any of them.
    """
    studies: list[PublishedStudy] = []
    findings: list[Finding] = []
    for path in _files(folder):
        try:
            study = read_published(path)
        except InputError as error:
            findings += error.findings
            continue
        if study.id != path.stem:
            findings += input_error(str(path), f"The file is not named after its study, {study.id}.").findings
        studies.append(study)
    if findings:
        raise InputError(findings)
    return tuple(studies)


def _or_replace(finding: Finding) -> Finding:
    remedy = "Give it another id, or replace the one that is there with --replace."
    return Finding(finding.file, finding.problem, remedy, finding.line, finding.field, finding.value)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("[!.]*.yaml"))


def _told(value: Any) -> Any:
    """Without what was left blank."""
    if isinstance(value, dict):
        return {key: _told(inner) for key, inner in value.items() if inner is not None}
    return [_told(inner) for inner in value if inner is not None] if isinstance(value, list) else value
