"""The evidence as the pages and the API give it: what ships, and what the user of this account added."""

from __future__ import annotations

from collections.abc import Mapping

from hepasome.evidence import Answer, EvidenceTables, evidence_folder, load_evidence, own_studies
from hepasome.files import Finding, InputError
from hepasome.web._evidence_models import AnswerView, QueryRequest, StudyEvidence, TableView
from hepasome.web._names import MissingError

ABOUT = {
    "sources": "Every paper, table and registry entry that is named anywhere.",
    "studies": "Shipped studies and yours, yours with the share of each appraisal that is answered by yes.",
    "protocol": "Details of protocols, each with how well it is known.",
    "outcomes": "Outcomes of your studies with their effect sizes.",
    "appraisal": "Your answers to SYRCLE, EV-METRIC and MISEV.",
    "observations": "Published numbers on untreated animals and kinetics.",
    "claims": "Published statements that the scoreboard judges.",
    "facts": "Facts of the literature; held_in says which rows of other tables hold one.",
    "trial_doses": "Doses of registered trials.",
    "endpoints": "What may be read out.",
}
_OF_A_STUDY = ("protocol", "claims", "observations", "outcomes", "facts", "appraisal")
# what a finding of the layers below is about, as a field of a request
_FIELDS = {
    "the query": "sql",
    "the question": "sql",
    "the moderators": "moderators",
    "--moderator": "moderators",
    "--where": "where",
    "--endpoint": "endpoint",
    "--measure": "measure",
    "--table": "table",
    "table": "table",
}


def evidence_tables() -> EvidenceTables:
    """The tables as they are now: a study may have been added since."""
    return EvidenceTables(load_evidence(), own_studies(evidence_folder()))


def table_views() -> list[TableView]:
    """Every table."""
    tables = evidence_tables()
    return [
        TableView(name=name, about=ABOUT[name], columns=list(columns), rows=len(tables.filter(name, {}).rows))
        for name, columns in tables.columns.items()
    ]


def filtered(asked: QueryRequest, tables: EvidenceTables | None = None) -> Answer:
    """Rows of one table.

    Raises:
        MissingError: If there is no such table.
        InputError: If there is no such column.
    """
    tables = tables or evidence_tables()
    if asked.table not in tables.columns:
        raise MissingError("There is no such table of the evidence.")
    return tables.filter(asked.table, asked.where, asked.columns)


def view(answer: Answer, most: int | None = None) -> AnswerView:
    """An answer in the form of the API, with no more than so many rows."""
    rows = answer.plain()
    more = answer.more or (most is not None and len(rows) > most)
    return AnswerView(columns=list(answer.columns), rows=rows[:most], more=more)


def study_evidence(name: str) -> StudyEvidence:
    """All that is known of a study.

    Raises:
        MissingError: If there is no such study in the evidence.
    """
    shipped, own = load_evidence(), {study.id: study for study in own_studies(evidence_folder())}
    record = shipped.record(name)
    tables = EvidenceTables(shipped, tuple(own.values()))
    if record is not None:
        title, notes, reference = record.title, record.notes, record.reference
    elif name in own:
        title, notes, reference = own[name].publication.title, own[name].notes, name
    else:
        raise MissingError("There is no such study in the evidence.")
    found = {"studies": tables.filter("studies", {"id": name}), "sources": tables.filter("sources", {"id": reference})}
    found |= {table: tables.filter(table, {"study": name}) for table in _OF_A_STUDY}
    return StudyEvidence(
        id=name,
        title=title,
        origin="shipped" if record is not None else "own",
        notes=list(notes),
        tables={table: view(answer) for table, answer in found.items() if answer.rows},
    )


def source_line(source: Mapping[str, object]) -> str:
    """A source as one line, from its row."""
    parts = (source[part] for part in ("authors", "year", "title", "journal", "doi"))
    return ". ".join(str(part).rstrip(".") for part in parts if part) + "."


def at_fields(error: InputError) -> InputError:
    """Findings with the field of the request that each is about."""
    return InputError([_at_field(finding) for finding in error.findings])


def _at_field(finding: Finding) -> Finding:
    field = ".".join(part for part in (_FIELDS.get(finding.file, ""), finding.field) if part)
    return Finding(finding.file, finding.problem, finding.remedy, finding.line, field, finding.value)
