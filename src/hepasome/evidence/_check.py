"""Everything that is wrong with the evidence, over all its files, in one reading."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from hepasome.evidence._facts import Fact
from hepasome.evidence._load import STUDIES, TABLES, ReferenceList, endpoints, observation_tables
from hepasome.evidence._rows import Claim, Observation, StudyRecord
from hepasome.evidence._trial_doses import TrialDose
from hepasome.files import Document, Finding, InputError, Strict, read_table, read_text, read_yaml, validate

Row = TypeVar("Row", bound=Strict)
_OF_A_STUDY = ("record.yaml", "observations.csv", "claims.csv")


def check_evidence(tables: Path = TABLES, studies: Path = STUDIES) -> list[Finding]:
    """All findings about the evidence in two folders, file by file; empty if it holds.

    Args:
        tables: Folder with references.yaml, facts.csv, trial_doses.csv and tables of untreated animals and of kinetics.
        studies: Folder with one folder per study: record.yaml, observations.csv, claims.csv.
    """
    return _Check(tables, studies).found


class _Check:
    def __init__(self, tables: Path, studies: Path) -> None:
        self.found: list[Finding] = []
        self._there: set[str] = set()  # rows that a fact may point to
        self._units = {endpoint.id: endpoint.unit for endpoint in endpoints()}
        self._references = self._listed(tables / "references.yaml")
        for path in observation_tables(tables):
            self._observations(path)
        for folder in sorted({path.parent for name in _OF_A_STUDY for path in studies.glob(f"*/{name}")}):
            self._record(folder / "record.yaml", folder.name)
            self._observations(folder / "observations.csv", folder.name)
            self._claims(folder / "claims.csv", folder.name)
        self._there |= {f"trial_dose:{row.id}" for _, row in self._table(tables / "trial_doses.csv", TrialDose)}
        self._facts(tables / "facts.csv")

    def _add(self, path: Path, line: int | None, problem: str, remedy: str, field: str, value: object) -> None:
        self.found.append(Finding(str(path), problem, remedy, line, field, value))

    def _table(self, path: Path, model: type[Row]) -> list[tuple[int, Row]]:
        """Every row with the line on which it begins."""
        try:
            rows = read_table(path, model)
            return list(zip(_lines(path), rows, strict=True))
        except InputError as error:
            self.found += error.findings
            return []

    def _document(self, path: Path, model: type[Row]) -> tuple[Document, Row] | None:
        try:
            document = read_yaml(path)
            return document, validate(model, document)
        except InputError as error:
            self.found += error.findings
            return None

    def _unique(self, path: Path, rows: Sequence[tuple[int | None, str]]) -> None:
        seen: set[str] = set()
        for line, name in rows:
            if name in seen:
                self._add(path, line, "This id stands twice.", "Give each row its own id.", "id", name)
            seen.add(name)

    def _reference(self, path: Path, line: int | None, name: str) -> None:
        if self._references is not None and name not in self._references:
            remedy = "Add it to references.yaml or correct its spelling."
            self._add(path, line, "There is no such reference.", remedy, "reference", name)

    def _study(self, path: Path, line: int | None, field: str, name: str, folder: str) -> None:
        if name != folder:
            problem = f"The study is not that of the folder, {folder}."
            self._add(path, line, problem, "Correct one of them.", field, name)

    def _endpoint(self, path: Path, line: int, name: str) -> bool:
        if name in self._units:
            return True
        self._add(path, line, "There is no such endpoint.", f"Use one of: {', '.join(self._units)}.", "endpoint", name)
        return False

    def _listed(self, path: Path) -> set[str] | None:
        """Ids of the references; None if their file does not hold, which is then the only finding about them."""
        read = self._document(path, ReferenceList)
        if read is None:
            return None
        document, listed = read
        self._unique(path, [(document.line(("references", i, "id")), r.id) for i, r in enumerate(listed.references)])
        return {reference.id for reference in listed.references}

    def _record(self, path: Path, folder: str) -> None:
        read = self._document(path, StudyRecord)
        if read is None:
            return
        document, record = read
        self._study(path, document.line(("id",)), "id", record.id, folder)
        self._reference(path, document.line(("reference",)), record.reference)
        self._there |= {f"record:{record.id}/{fact.detail}" for fact in record.protocol}
        for i, fact in enumerate(record.protocol):
            self._reference(path, document.line(("protocol", i, "reference")), fact.reference)

    def _observations(self, path: Path, folder: str | None = None) -> None:
        rows = self._table(path, Observation)
        self._there |= {f"observation:{row.id}" for _, row in rows}
        self._unique(path, [(line, row.id) for line, row in rows])
        for line, row in rows:
            self._reference(path, line, row.reference)
            if folder is not None:
                self._study(path, line, "study", row.study, folder)
            if self._endpoint(path, line, row.endpoint) and row.unit != self._units[row.endpoint]:
                wanted = self._units[row.endpoint]
                self._add(path, line, f"{row.endpoint} is read in {wanted}.", "Convert the value.", "unit", row.unit)

    def _claims(self, path: Path, folder: str) -> None:
        rows = self._table(path, Claim)
        self._there |= {f"claim:{row.id}" for _, row in rows}
        self._unique(path, [(line, row.id) for line, row in rows])
        for line, row in rows:
            self._reference(path, line, row.reference)
            self._study(path, line, "study", row.study, folder)
            if row.kind != "check":
                self._endpoint(path, line, row.endpoint)
            if row.presupposes and row.presupposes not in {other.id for _, other in rows} - {row.id}:
                remedy = "Write the id of another claim of this study."
                self._add(path, line, "There is no such claim.", remedy, "presupposes", row.presupposes)

    def _facts(self, path: Path) -> None:
        broken = bool(self.found)  # what cannot be read cannot be pointed to either
        rows = self._table(path, Fact)
        self._unique(path, [(line, row.id) for line, row in rows])
        for line, row in rows:
            for name in row.references:
                self._reference(path, line, name)
            for name in row.held if not broken else ():
                if name not in self._there:
                    remedy = "Correct it, or leave it empty and give the numbers here."
                    self._add(path, line, "No table has this row.", remedy, "held_in", name)


def _lines(path: Path) -> list[int]:
    """The line on which each row of a valid table begins: cells may hold line ends, and empty lines are no rows."""
    reader, line, lines = csv.reader(io.StringIO(read_text(path))), 1, []
    for cells in reader:
        if any(cells):
            lines.append(line)
        line = reader.line_num + 1
    return lines[1:]
