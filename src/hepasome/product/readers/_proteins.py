"""Proteomics tables of MaxQuant, Perseus, PEAKS, Proteome Discoverer and DIA-NN: which proteins, how much of each."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hepasome.files import FindingList
from hepasome.product.readers._accessions import groups_of
from hepasome.product.readers._file import LabFile
from hepasome.product.readers._kinds import ProteinGroup, ProteinTable
from hepasome.product.readers._table import (
    CUT,
    Rows,
    decimal_sign,
    delimiter_of,
    is_missing,
    places,
    split_rows,
    to_number,
)

_ANNOTATION = "#!{"
_AGAIN = "The file was cut off or edited; export it again."
_LOG_BELOW = 64.0  # intensities are thousands and more; their log2 lies below 64
_PIECE = re.compile(r";?\d+(?:;\d*)+")
_YES = {"+", "true", "yes", "1"}
_RUN = re.compile(r"(?i)\.(raw|d|mzml|wiff2?|dia|htrms)$|[\\/]")


@dataclass(frozen=True)
class _Program:
    """How a program names its columns.

    Attributes:
        name: Of the program.
        needs: Columns by which its tables are known.
        accessions: Columns of accessions, the first that is there counts.
        genes: Columns of gene symbols.
        entries: Columns of UniProt entry names.
        quantities: Columns of amounts: a pattern with the sample as its only group, and what they are; the first
            pattern with any column counts.
        dropped: Columns that mark rows which are no proteins.
        contaminant: Columns that mark known contaminants.
    """

    name: str
    needs: tuple[str, ...]
    accessions: tuple[str, ...]
    genes: tuple[str, ...]
    quantities: tuple[tuple[str, str], ...]
    entries: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    contaminant: tuple[str, ...] = ()


_MAXQUANT = _Program(
    "MaxQuant",
    ("Protein IDs",),
    ("Majority protein IDs", "Protein IDs"),
    ("Gene names",),
    (
        (r"LFQ intensity (.+)", "LFQ intensity"),
        (r"iBAQ (?!peptides)(.+)", "iBAQ"),
        (r"Intensity (.+)", "intensity"),
        (r"MS/MS count (.+)", "spectra"),
        (r"(iBAQ)", "iBAQ"),  # of a single sample
        (r"(Intensity)", "intensity"),
    ),
    dropped=("Reverse", "Only identified by site"),
    contaminant=("Potential contaminant", "Contaminant"),
)
_DISCOVERER = _Program(
    "Proteome Discoverer",
    ("Accession", "Description"),
    ("Accession",),
    ("Gene Symbol", "Gene Name"),
    (
        (r"Abundances?: (.+)", "abundance"),
        (r"Abundances? \(Normalized\): (.+)", "normalised abundance"),
        (r"Abundances? \(Grouped\): (.+)", "mean abundance of a group"),
        (r"(# PSMs)", "spectra"),
    ),
    contaminant=("Contaminant",),
)
_DIANN = _Program(
    "DIA-NN",
    ("Protein.Group", "Genes"),
    ("Protein.Group", "Protein.Ids"),
    ("Genes",),
    ((r"(.+(?:[\\/].*|\.(?:raw|d|mzML|mzml|wiff2?|dia|htrms)))", "MaxLFQ"),),
    entries=("Protein.Names",),
)
_PEAKS = _Program(
    "PEAKS",
    ("Accession", "-10lgP"),
    ("Accession",),
    ("Gene",),
    (
        (r"Area (.+)", "area"),
        (r"Intensity (.+)", "intensity"),
        (r"#Spec(?:tra)? (.+)", "spectra"),
    ),
)
PROGRAMS = (_MAXQUANT, _DISCOVERER, _DIANN, _PEAKS)


def _header(file: LabFile) -> tuple[str, ...]:
    first = file.lines[0] if file.text.strip() else ""
    return tuple(cell.strip().strip('"') for cell in first.split(delimiter_of(first)))


def _program(header: tuple[str, ...]) -> _Program | None:
    return next((program for program in PROGRAMS if set(program.needs) <= set(header)), None)


def is_protein_table(file: LabFile) -> bool:
    """Whether the columns are those of a protein table of a known program, one row per protein."""
    return _program(_header(file)) is not None


def protein_table(file: LabFile) -> ProteinTable:
    """Read a table with one row per protein (group).

    Rows of decoys are dropped; proteins known as contaminants are kept, because a preparation is asked for them.

    Raises:
        InputError: Every finding: torn rows, cells that are no numbers, no column of amounts.
    """
    found = FindingList(file.path)
    program = _program(_header(file)) or _MAXQUANT
    table = split_rows(file.text, found, ragged=_AGAIN, pad=True)
    places(table, program.needs, found)
    kinds = [cells for _, cells in table.rows if cells[0].startswith(_ANNOTATION)]
    rows = [row for row in table.rows if not row[1][0].startswith(_ANNOTATION)]
    torn = {line for line, cells in rows if _is_piece(cells)}
    table = Rows(table.header, table.line, tuple(row for row in rows if row[0] not in torn), table.delimiter)
    columns, quantity = _quantity(program, table.header, kinds)
    if not columns:
        looked = ", ".join(f"`{name}`" for _, name in program.quantities)
        found.add(f"No column holds amounts; {program.name} names them {looked}.", "Export one of them.", line=1)
    _refuse_short(table, columns, found)
    found.raise_if_any()
    amounts = _amounts(table, columns, quantity, found)
    if kinds:
        program = _Program("Perseus", (), program.accessions, program.genes, program.quantities, program.entries)
    keep = ~_marked(table, program.dropped)
    contaminants = _marked(table, program.contaminant)
    groups = tuple(_group(table, int(i), program) for i in np.flatnonzero(keep))
    found.raise_if_any()
    whole = np.isfinite(amounts).all() and len(amounts) > 0
    linear, logs = _linear(amounts[keep], quantity, found)
    found.raise_if_any()
    complete = (
        program.name not in ("MaxQuant", "Perseus") or bool(contaminants.any()) or _names_contaminants(table, program)
    )
    imputed = bool(logs and whole)
    return ProteinTable(
        file=file.path,
        program=program.name,
        quantity=quantity,
        samples=tuple(columns.values()),
        groups=groups,
        amounts=linear,
        complete=complete,
        imputed=imputed,
        warnings=tuple(_warnings(program.name, logs, imputed, complete, int((~keep).sum()), len(torn), groups)),
    )


def _is_piece(cells: tuple[str, ...]) -> bool:
    """Whether a row is a piece of a cell: a spreadsheet breaks cells of more than 32,767 signs into lines.

    Such cells hold numbers of spectra; a piece has a number of its row and such numbers, and nothing else.
    """
    return len(cells) > 1 and not any(cell.strip(CUT) for cell in cells[2:]) and _PIECE.fullmatch(cells[1]) is not None


def _refuse_short(table: Rows, columns: Iterable[int], found: FindingList) -> None:
    """Refuse rows that end before the last amount: only marks behind it may be left away."""
    for line, cells in table.rows:
        cut = next((i for i in columns if cells[i] == CUT), None)
        if cut is not None:
            found.add(f"The row ends before the amounts of `{table.header[cut]}`.", _AGAIN, line=line)


def _quantity(program: _Program, header: tuple[str, ...], kinds: list[tuple[str, ...]]) -> tuple[dict[int, str], str]:
    """Columns of amounts with their samples, and what the amounts are."""
    if kinds:  # Perseus marks the columns of expression with E; its first cell is `#!{Type}E`
        types = [kinds[0][0].split("}", 1)[-1], *kinds[0][1:]]
        return {i: header[i] for i, kind in enumerate(types) if kind == "E"}, "intensity"
    for pattern, name in program.quantities:
        fits = {i: match[1] for i, column in enumerate(header) if (match := re.fullmatch(pattern, column))}
        if fits:
            return fits, name
    return {}, ""


def _amounts(table: Rows, columns: dict[int, str], quantity: str, found: FindingList) -> NDArray[np.float64]:
    """Amounts, shape (rows, samples); NaN where there is none."""
    cells = (row[i] for _, row in table.rows for i in columns)
    sign = decimal_sign(cells, found, delimiter=table.delimiter) if table.delimiter != "," else "."
    amounts = np.full((len(table.rows), len(columns)), np.nan)
    for i, (line, row) in enumerate(table.rows):
        for j, position in enumerate(columns):
            if is_missing(row[position]):
                continue
            amounts[i, j] = to_number(row[position], sign)
            if math.isnan(amounts[i, j]):
                field, value = table.header[position], row[position]
                found.add(
                    f"This is not a number ({quantity}).", "Export it again.", line=line, field=field, value=value
                )
    return amounts


def _marked(table: Rows, names: tuple[str, ...]) -> NDArray[np.bool_]:
    places = [table.header.index(name) for name in names if name in table.header]
    return np.array([any(cells[i].casefold() in _YES for i in places) for _, cells in table.rows], bool)


def _names_contaminants(table: Rows, program: _Program) -> bool:
    """Whether a row is led by an entry of MaxQuant's list of contaminants."""
    places = [table.header.index(name) for name in program.accessions if name in table.header][:1]
    return any(cells[i].startswith("CON__") for _, cells in table.rows for i in places)


def _group(table: Rows, row: int, program: _Program) -> ProteinGroup:
    line, cells = table.rows[row]

    def text(names: tuple[str, ...]) -> str:
        found = (cells[table.header.index(name)] for name in names if name in table.header)
        return next(found, "").strip(CUT)

    return groups_of(line, text(program.accessions), text(program.genes), text(program.entries))


def _linear(amounts: NDArray[np.float64], quantity: str, found: FindingList) -> tuple[NDArray[np.float64], bool]:
    """Amounts on a linear scale with zero for none, and whether they were logarithms."""
    known = amounts[np.isfinite(amounts)]
    if len(known) == 0:
        found.add("The table holds no amounts.", "Export the proteins with their intensities.")
        return amounts, False
    logs = quantity != "spectra" and known.max() < _LOG_BELOW
    if logs:
        return np.nan_to_num(2.0**amounts), True
    if (known < 0).any():
        found.add("Some amounts are below zero.", "Export intensities, not ratios.", value=float(known.min()))
    return np.nan_to_num(amounts), False


def _warnings(
    program: str, logs: bool, imputed: bool, complete: bool, dropped: int, torn: int, groups: tuple[ProteinGroup, ...]
) -> list[str]:
    said = []
    if logs:
        said.append(f"The amounts of the {program} table lie below {_LOG_BELOW:g}: they are taken for log2.")
    if imputed:
        said.append("No amount is missing: missing ones were probably filled in, so absence in one sample is not seen.")
    if torn:
        said.append(f"{torn} rows are pieces of cells that were too long for a spreadsheet; they are left out.")
    if dropped:
        said.append(f"{dropped} rows of decoys or of sites alone are left out.")
    if not complete:
        said.append("No row is marked as a contaminant: they may have been removed, so their absence tells nothing.")
    nameless = sum(1 for group in groups if not group.genes and not group.accessions)
    if nameless:
        said.append(f"{nameless} rows name neither a gene nor an accession.")
    return said
