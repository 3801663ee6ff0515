"""Long proteomics tables, one row per spectrum or precursor: PEAKS (PSM) and DIA-NN (report.tsv)."""

from __future__ import annotations

import math

import numpy as np

from hepasome.files import FindingList
from hepasome.product.readers._accessions import groups_of
from hepasome.product.readers._file import LabFile
from hepasome.product.readers._kinds import ProteinTable
from hepasome.product.readers._table import Rows, decimal_sign, delimiter_of, is_missing, places, split_rows, to_number

_PEAKS = ("Peptide", "-10lgP", "Accession")
_DIANN = ("Run", "Protein.Group", "Genes")
_AMOUNTS = ("PG.MaxLFQ", "PG.Quantity", "PG.Normalised")
_FDR = 0.01
_AGAIN = "The file was cut off or edited; export it again."


def _header(file: LabFile) -> set[str]:
    first = file.lines[0] if file.text.strip() else ""
    return {cell.strip().strip('"') for cell in first.split(delimiter_of(first))}


def is_peaks(file: LabFile) -> bool:
    """Whether a file is a table of peptide-spectrum matches of PEAKS."""
    return _header(file).issuperset(_PEAKS)


def is_diann_report(file: LabFile) -> bool:
    """Whether a file is the long report of DIA-NN."""
    header = _header(file)
    return header.issuperset(_DIANN) and any(name in header for name in _AMOUNTS)


def peaks(file: LabFile) -> ProteinTable:
    """Read peptide-spectrum matches: the amount of a protein is the number of its spectra in each source file.

    Raises:
        InputError: Every finding: torn rows, scores that are no numbers, no protein.
    """
    found = FindingList(file.path)
    table = split_rows(file.text, found, ragged=_AGAIN)
    at = places(table, _PEAKS, found)
    source = at.get("Source File")
    counts: dict[tuple[str, str], float] = {}
    lines: dict[str, int] = {}
    sign = decimal_sign(table.column(at["-10lgP"]), found, delimiter=table.delimiter)
    nameless = 0
    for line, cells in table.rows:
        accession, score = cells[at["Accession"]], cells[at["-10lgP"]]
        if "#DECOY#" in accession:
            continue
        if math.isnan(to_number(score, sign)):
            found.add("This is not a score.", _AGAIN, line=line, field="-10lgP", value=score)
        if not accession:
            nameless += 1
            continue
        lines.setdefault(accession, line)
        key = accession, cells[source] if source is not None else file.name
        counts[key] = counts.get(key, 0.0) + 1
    said = [f"{nameless} spectra name no protein."] if nameless else []
    said.append("Spectra are counted as they were exported; the file does not say at which false discovery rate.")
    return _table(file, "PEAKS", "spectra", counts, lines, {}, said, found)


def diann_report(file: LabFile) -> ProteinTable:
    """Read the long report of DIA-NN: amounts of protein groups at a false discovery rate of 1 %.

    Raises:
        InputError: Every finding: torn rows, cells that are no numbers, amounts of one group that differ.
    """
    found = FindingList(file.path)
    table = split_rows(file.text, found, ragged=_AGAIN)
    amount = next((name for name in _AMOUNTS if name in table.header), _AMOUNTS[0])
    at = places(table, (*_DIANN, amount), found)
    limits = [name for name in ("Q.Value", "PG.Q.Value") if name in at]
    used = [at[amount], *(at[name] for name in limits)]
    sign = decimal_sign((cells[i] for _, cells in table.rows for i in used), found, delimiter=table.delimiter)
    amounts: dict[tuple[str, str], float] = {}
    lines: dict[str, int] = {}
    genes: dict[str, str] = {}
    for line, cells in table.rows:
        if any(_value(table, line, cells, at[name], sign, found) > _FDR for name in limits):
            continue
        value = _value(table, line, cells, at[amount], sign, found)
        group = cells[at["Protein.Group"]]
        lines.setdefault(group, line)
        genes[group] = cells[at["Genes"]]
        key = group, cells[at["Run"]]
        if abs(amounts.setdefault(key, value) - value) > 0.001 * max(value, amounts[key]):
            problem = "This protein group has another amount in an earlier row of the same run."
            found.add(problem, _AGAIN, line=line, field=amount, value=cells[at[amount]])
    said = [] if limits else ["The report has no Q values: it is taken as filtered."]
    return _table(file, "DIA-NN", amount, amounts, lines, genes, said, found)


def _value(table: Rows, line: int, cells: tuple[str, ...], at: int, sign: str, found: FindingList) -> float:
    value = 0.0 if is_missing(cells[at]) else to_number(cells[at], sign)
    if math.isnan(value) or value < 0:
        field = table.header[at]
        found.add("This is not a usable number.", "It must be zero or above.", line=line, field=field, value=cells[at])
        return 0.0
    return value


def _table(
    file: LabFile,
    program: str,
    quantity: str,
    amounts: dict[tuple[str, str], float],
    lines: dict[str, int],
    genes: dict[str, str],
    said: list[str],
    found: FindingList,
) -> ProteinTable:
    if not amounts and not found.findings:
        found.add("The table holds no protein.", "Export it again.")
    found.raise_if_any()
    samples = sorted({sample for _, sample in amounts})
    groups = tuple(groups_of(line, name, genes.get(name, "")) for name, line in lines.items())
    values = np.array([[amounts.get((name, sample), 0.0) for sample in samples] for name in lines])
    return ProteinTable(
        file.path, program, quantity, tuple(samples), groups, values, complete=True, warnings=tuple(said)
    )
