"""Everything that is wrong with the evidence, over all its files, in one reading."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from hepasome.evidence._load import STUDIES, TABLES, ReferenceList, endpoints
from hepasome.evidence._rows import Claim, Observation, StudyRecord
from hepasome.files import Finding, InputError, Strict, read_table, read_yaml, validate

Row = TypeVar("Row", bound=Strict)


def check_evidence(tables: Path = TABLES, studies: Path = STUDIES) -> list[Finding]:
    """All findings about the evidence in two folders, file by file; empty if it holds.

    Args:
        tables: Folder with references.yaml and tables of untreated animals.
        studies: Folder with one folder per study: record.yaml, observations.csv, claims.csv.
    """
    return _Check(tables, studies).found


class _Check:
    def __init__(self, tables: Path, studies: Path) -> None:
        self.found: list[Finding] = []
        self._units = {endpoint.id: endpoint.unit for endpoint in endpoints()}
        listed = self._document(tables / "references.yaml", ReferenceList)
        names = [reference.id for reference in listed.references] if listed is not None else []
        self._references = set(names)
        self._unique(tables / "references.yaml", names)
        for path in sorted(tables.glob("untreated*.csv")):
            self._observations(path)
        for folder in sorted(path.parent for path in studies.glob("*/record.yaml")):
            record = self._document(folder / "record.yaml", StudyRecord)
            if record is not None:
                self._record(folder, record)
            self._observations(folder / "observations.csv", folder.name)
            self._claims(folder / "claims.csv", folder.name)

    def _add(self, path: Path, row: int | None, problem: str, remedy: str, field: str, value: object) -> None:
        line = None if row is None else row + 2  # below the header, counted from 1
        self.found.append(Finding(str(path), problem, remedy, line, field, value))

    def _table(self, path: Path, model: type[Row]) -> list[Row]:
        try:
            return read_table(path, model)
        except InputError as error:
            self.found += error.findings
            return []

    def _document(self, path: Path, model: type[Row]) -> Row | None:
        try:
            return validate(model, read_yaml(path))
        except InputError as error:
            self.found += error.findings
            return None

    def _unique(self, path: Path, names: list[str]) -> None:
        for i, name in enumerate(names):
            if name in names[:i]:
                self._add(path, i, "This id stands twice.", "Give each row its own id.", "id", name)

    def _reference(self, path: Path, row: int | None, name: str) -> None:
        if name not in self._references:
            remedy = "Add it to references.yaml or correct its spelling."
            self._add(path, row, "There is no such reference.", remedy, "reference", name)

    def _study(self, path: Path, row: int | None, name: str, folder: str) -> None:
        if name != folder:
            self._add(
                path, row, f"The study is not that of the folder, {folder}.", "Correct one of them.", "study", name
            )

    def _endpoint(self, path: Path, row: int, name: str) -> bool:
        if name in self._units:
            return True
        self._add(path, row, "There is no such endpoint.", f"Use one of: {', '.join(self._units)}.", "endpoint", name)
        return False

    def _record(self, folder: Path, record: StudyRecord) -> None:
        path = folder / "record.yaml"
        self._study(path, None, record.id, folder.name)
        for name in (record.reference, *(fact.reference for fact in record.protocol)):
            self._reference(path, None, name)

    def _observations(self, path: Path, folder: str | None = None) -> None:
        rows = self._table(path, Observation)
        self._unique(path, [row.id for row in rows])
        for i, row in enumerate(rows):
            self._reference(path, i, row.reference)
            if folder is not None:
                self._study(path, i, row.study, folder)
            if self._endpoint(path, i, row.endpoint) and row.unit != self._units[row.endpoint]:
                wanted = self._units[row.endpoint]
                self._add(path, i, f"{row.endpoint} is read in {wanted}.", "Convert the value.", "unit", row.unit)

    def _claims(self, path: Path, folder: str) -> None:
        rows = self._table(path, Claim)
        self._unique(path, [row.id for row in rows])
        for i, row in enumerate(rows):
            self._reference(path, i, row.reference)
            self._study(path, i, row.study, folder)
            self._endpoint(path, i, row.endpoint)
