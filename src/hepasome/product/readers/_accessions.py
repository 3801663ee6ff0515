"""Names of proteins as proteomics programs write them: accessions, entry names, gene symbols, several at once."""

from __future__ import annotations

import re

from hepasome.product.readers._kinds import ProteinGroup

# UniProt's own pattern of an accession (https://www.uniprot.org/help/accession_numbers), with its isoform
_ACCESSION = re.compile(r"(?:CON__)?([OPQ][0-9][A-Z0-9]{3}[0-9]|[A-NR-Z][0-9](?:[A-Z][A-Z0-9]{2}[0-9]){1,2})(?:-\d+)?")
_ENTRY = re.compile(r"([A-Z0-9]{1,11})_([A-Z0-9]{3,5})")
_MOST = 100_000  # signs of one cell; groups of antibodies name hundreds of accessions


def groups_of(line: int, accessions: str, genes: str = "", entries: str = "") -> ProteinGroup:
    """Take the names of one row apart.

    Args:
        line: Line of the file.
        accessions: `P02768;P02768-2`, `CON__P02769`, `sp|P02768|ALBU_HUMAN`, `P01834|IGKC_HUMAN:P0DOX7|IGK_HUMAN`.
        genes: `Rab11b;Rab11a`.
        entries: `CD9_HUMAN;CD9_MOUSE`.
    """
    words = re.split(r"[;:,|\s]+", f"{accessions};{entries}"[:_MOST])
    found, names, species = set(), set(), set()
    for word in words:
        if match := _ACCESSION.fullmatch(word):
            found.add(match[1])
        elif match := _ENTRY.fullmatch(word):
            names.add(match[1])
            species.add(match[2])
    symbols = {gene.strip().upper() for gene in re.split(r"[;,|]", genes[:_MOST]) if gene.strip()}
    return ProteinGroup(line, frozenset(symbols), frozenset(found), frozenset(names), frozenset(species))
