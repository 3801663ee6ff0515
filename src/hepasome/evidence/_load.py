"""The evidence that ships with hepasome, read once and checked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from pydantic import Field

from hepasome.evidence._rows import Claim, Endpoint, Observation, Reference, StudyRecord
from hepasome.files import Strict, read_table, read_yaml, validate

TABLES = Path(str(resources.files("hepasome") / "evidence"))
STUDIES = Path(str(resources.files("hepasome") / "studies"))


class ReferenceList(Strict):
    """The file of references."""

    references: tuple[Reference, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Evidence:
    """What was published: references, studies, observations and claims."""

    references: tuple[Reference, ...]
    records: tuple[StudyRecord, ...]
    observations: tuple[Observation, ...]
    claims: tuple[Claim, ...]

    def reference(self, name: str) -> Reference:
        """The reference with an id.

        Raises:
            KeyError: If there is none.
        """
        return {reference.id: reference for reference in self.references}[name]

    def record(self, study: str) -> StudyRecord | None:
        """The record of a study, or None."""
        return next((record for record in self.records if record.id == study), None)

    @property
    def checked(self) -> tuple[str, ...]:
        """Ids of the records that have no study file: all their claims are checks."""
        simulated = {claim.study for claim in self.claims if claim.kind != "check"}
        stated = {claim.study for claim in self.claims}
        return tuple(record.id for record in self.records if record.id in stated - simulated)

    def claims_of(self, study: str) -> tuple[Claim, ...]:
        """Claims about a study."""
        return tuple(claim for claim in self.claims if claim.study == study)

    def observations_of(self, study: str, condition: str | None = None) -> tuple[Observation, ...]:
        """Observations of a study, of one of its conditions if that is given."""
        rows = (o for o in self.observations if o.study == study)
        return tuple(o for o in rows if condition is None or o.condition == condition)


@cache
def endpoints() -> tuple[Endpoint, ...]:
    """What may be read out: the one list of endpoint names."""
    return tuple(read_table(TABLES / "endpoints.csv", Endpoint))


@cache
def endpoint_names() -> tuple[str, ...]:
    """Ids of all endpoints."""
    return tuple(endpoint.id for endpoint in endpoints())


@cache
def load_evidence() -> Evidence:
    """The evidence that ships with hepasome.

    Raises:
        InputError: If a table does not hold.
    """
    return read_evidence(TABLES, STUDIES)


def observation_tables(tables: Path) -> list[Path]:
    """The files of observations that belong to no shipped study: untreated animals, and kinetics in healthy ones."""
    return sorted([*tables.glob("untreated*.csv"), *tables.glob("kinetics*.csv")])


def read_evidence(tables: Path, studies: Path) -> Evidence:
    """Evidence from a folder of tables and a folder of studies.

    Raises:
        InputError: Every finding of the first file that does not hold; `check_evidence` collects those of all files.
    """
    records, observations, claims = [], [], []
    for path in observation_tables(tables):
        observations += read_table(path, Observation)
    for folder in sorted(path.parent for path in studies.glob("*/record.yaml")):
        records.append(validate(StudyRecord, read_yaml(folder / "record.yaml")))
        observations += read_table(folder / "observations.csv", Observation)
        claims += read_table(folder / "claims.csv", Claim)
    references = validate(ReferenceList, read_yaml(tables / "references.yaml")).references
    return Evidence(references, tuple(records), tuple(observations), tuple(claims))
