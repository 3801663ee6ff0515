"""Numbers for the flow diagram of PRISMA 2020, from a list of what was found in a search."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import model_validator

from hepasome.files import FindingList, Strict, read_table

Decision = Literal["included", "excluded", ""]


class SearchRecord(Strict):
    """One record of a search; what has not been decided yet stays empty.

    Attributes:
        id: Unique.
        title: Of the publication.
        source: Where it was found.
        duplicate_of: Id of the record that it repeats.
        screening: Decision on title and abstract.
        retrieved: Whether the report could be had.
        eligibility: Decision on the report.
        reason: Why the report was excluded.
        study: Id of the study that it reports; a study may have several reports.
    """

    id: str
    title: str = ""
    source: Literal["database", "register", "other"]
    duplicate_of: str = ""
    screening: Decision = ""
    retrieved: Literal["yes", "no", ""] = ""
    eligibility: Decision = ""
    reason: str = ""
    study: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> SearchRecord:
        if self.duplicate_of and (self.screening or self.retrieved or self.eligibility):
            raise ValueError("a duplicate is not screened; decide on the record that it repeats")
        if self.screening != "included" and (self.retrieved or self.eligibility):
            raise ValueError("a report is sought only after its record was included in screening")
        if self.retrieved != "yes" and self.eligibility:
            raise ValueError("a report is judged only if it was retrieved")
        if self.eligibility == "excluded" and not self.reason:
            raise ValueError("an excluded report needs its reason")
        if self.eligibility == "included" and not self.study:
            raise ValueError("an included report needs the id of its study")
        return self

    @property
    def open(self) -> bool:
        """Whether a decision is still to come."""
        if self.screening != "included":
            return not self.screening
        return not self.retrieved or (self.retrieved == "yes" and not self.eligibility)


@dataclass(frozen=True)
class Prisma:
    """The numbers of the flow diagram (Page 2021 BMJ 372:n71).

    Attributes:
        identified: Records by source.
        duplicates: Removed before screening.
        screened: Records with a decision.
        excluded: Of these, excluded.
        sought: Reports to be retrieved.
        not_retrieved: Of these, not to be had.
        assessed: Reports with a decision.
        excluded_reports: Of these, excluded, by reason.
        reports: Included reports.
        studies: Included studies.
        open: Records on which a decision is still to come.
    """

    identified: dict[str, int]
    duplicates: int
    screened: int
    excluded: int
    sought: int
    not_retrieved: int
    assessed: int
    excluded_reports: dict[str, int]
    reports: int
    studies: int
    open: int


def read_prisma(path: Path) -> Prisma:
    """The numbers of a list of records.

    Raises:
        InputError: Every row that contradicts itself, repeats an id, or points to no record.
    """
    rows = read_table(path, SearchRecord)
    found = FindingList(str(path))
    times = Counter(row.id for row in rows)
    for name, count in times.items():
        if count > 1:
            found.add(f"This id stands {count} times.", "Give each record its own id.", field="id", value=name)
    originals = {row.id for row in rows if not row.duplicate_of}
    for row in rows:
        if row.duplicate_of and row.duplicate_of not in originals - {row.id}:
            problem = f"`{row.id}` repeats no record that is kept."
            found.add(problem, "Write the id of another record.", field="duplicate_of", value=row.duplicate_of)
    found.raise_if_any()
    kept = [row for row in rows if not row.duplicate_of]
    sought = [row for row in kept if row.screening == "included"]
    judged = [row for row in sought if row.eligibility]
    included = [row for row in judged if row.eligibility == "included"]
    undecided = [
        r for r in kept if not r.screening or (r.screening == "included" and not (r.retrieved or r.eligibility))
    ]
    undecided += [row for row in sought if row.retrieved == "yes" and not row.eligibility]
    return Prisma(
        identified={s: n for s in ("database", "register", "other") if (n := sum(r.source == s for r in rows))},
        duplicates=len(rows) - len(kept),
        screened=sum(bool(row.screening) for row in kept),
        excluded=sum(row.screening == "excluded" for row in kept),
        sought=len(sought),
        not_retrieved=sum(row.retrieved == "no" for row in sought),
        assessed=len(judged),
        excluded_reports=dict(Counter(row.reason for row in judged if row.eligibility == "excluded").most_common()),
        reports=len(included),
        studies=len({row.study for row in included}),
        open=sum(row.open for row in kept),
    )
