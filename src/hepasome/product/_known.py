"""Proteins whose presence or absence says something about a preparation of vesicles."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal

from hepasome.files import Strict, read_table
from hepasome.product.readers import ProteinGroup

Group = Literal["membrane", "cytosolic", "contaminant", "other_compartment"]


class Known(Strict):
    """A protein whose presence or absence says something about a preparation of vesicles.

    Attributes:
        marker: Name in the field.
        other_names: Other names, among them the gene symbol.
        entry: UniProt entry name without the species.
        uniprot: UniProt accessions in man and mouse; of serum proteins also in cattle, whose serum is in media. Seven
            of man and eight of mouse were checked against gene names in real tables, the others are recalled.
            Proteins of other species are known by gene symbol or entry name.
        group: What it stands for (MISEV 2018).
        expected: Whether vesicles should have it.
        source: Who says so.
    """

    marker: str
    other_names: str = ""
    entry: str
    uniprot: str
    group: Group
    expected: Literal["positive", "negative"]
    source: str

    @property
    def plain_names(self) -> frozenset[str]:
        """Every name, without signs and in upper case."""
        return frozenset(plain_name(name) for name in (self.marker, self.entry, *self.other_names.split()))

    def names(self, group: ProteinGroup) -> bool:
        """Whether a row of a proteomics table is this protein."""
        if group.accessions & frozenset(self.uniprot.split()):
            return True
        return any(plain_name(name) in self.plain_names for name in group.genes | group.entries)


def plain_name(name: str) -> str:
    """A protein's name without hyphens and in upper case."""
    return name.upper().replace("-", "").replace("_", "")


@cache
def known_markers() -> tuple[Known, ...]:
    """Proteins that say something about a preparation."""
    return tuple(read_table(Path(str(resources.files("hepasome.product") / "markers.csv")), Known))


def known_name(written: str, otherwise: str | None = None) -> str:
    """The name of a protein as the table of markers has it; as written, or `otherwise`, if it is not there."""
    for known in known_markers():
        if plain_name(written) in known.plain_names:
            return known.marker
    return written if otherwise is None else otherwise
