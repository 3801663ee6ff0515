"""Small-RNA tables: one row per miRNA, one column per sample; reads, or reads per million (CPM)."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hepasome.files import FindingList
from hepasome.product.readers._file import LabFile, open_lab_file
from hepasome.product.readers._mirna import MirnaName, parse_mirna_name
from hepasome.product.readers._table import Rows, decimal_sign, split_rows, to_number

_MOST_READS = 1e12  # of one cell; sums of a whole table then fit into 64 bits
_MILLION = 1e6
_COMPLETE = 0.5  # of a million: tables without their rare or uninteresting rows are still CPM
_OVER = 1.02
_DECIMALS = 0.1  # of the cells that are not zero; fewer are single damaged cells


@dataclass(frozen=True)
class SmallRnaCounts:
    """Reads per miRNA and sample.

    Attributes:
        file: Path of the table.
        names: miRNAs as written, taken apart; n of them.
        samples: Columns; m of them.
        counts: Reads, shape (n, m). From CPM they are estimates: the least value of a sample is taken for one read.
        warnings: What is doubtful about the table.
        scale: `reads` or `CPM`, as the table has it.
    """

    file: str
    names: tuple[MirnaName, ...]
    samples: tuple[str, ...]
    counts: NDArray[np.int64] | NDArray[np.float64]
    warnings: tuple[str, ...] = ()
    scale: str = "reads"

    def chosen(self, pattern: str) -> list[int]:
        """Positions of the samples whose name fits a pattern such as `control*`."""
        return [i for i, sample in enumerate(self.samples) if fnmatchcase(sample, pattern)]

    def artefact_share(self, columns: list[int]) -> float:
        """Share of the reads that are probably fragments of ribosomal RNA."""
        reads = self.counts[:, columns].sum(axis=1)
        artefacts = np.array([name.artefact for name in self.names])
        return float(reads[artefacts].sum() / reads.sum())


def is_small_rna(file: LabFile) -> bool:
    """Whether a name in the first column is that of a miRNA."""
    table = split_rows(file.text, FindingList(file.path))
    return len(table.header) > 1 and any(cells and parse_mirna_name(cells[0]).family for _, cells in table.rows)


def read_small_rna_counts(path: Path | str) -> SmallRnaCounts:
    """Read a table of reads or CPM, separated by commas, semicolons or tabulators, names in the first column.

    Raises:
        InputError: Every finding: cells that are no counts, names that stand twice, ragged rows, no samples.
    """
    return small_rna(open_lab_file(path))


def small_rna(file: LabFile) -> SmallRnaCounts:
    """As `read_small_rna_counts`, of a file that is already in memory."""
    found = FindingList(file.path)
    table = split_rows(file.text, found)
    if len(table.header) < 2:
        found.add("There is no column of counts.", "The first column holds names, each other one a sample.", line=1)
        found.raise_if_any()
    for sample, times in Counter(table.header[1:]).items():
        if times > 1:
            found.add("This column stands twice.", "Name each sample once.", line=1, field=sample)
    names: dict[str, int] = {}
    for line, cells in table.rows:
        if cells[0] in names:
            found.add("This name stands twice.", "Merge the two rows.", line=line, value=cells[0])
        names[cells[0]] = line
    counts, scale, warnings = _numbers(table, found)
    parsed = tuple(parse_mirna_name(name) for name in names)
    if not found.findings and not any(name.family for name in parsed):
        found.add("No name in the first column is that of a miRNA.", "Names look like `hsa-miR-122-5p`.", line=2)
    found.raise_if_any()
    return SmallRnaCounts(file.path, parsed, table.header[1:], counts, warnings, scale)


def _numbers(table: Rows, found: FindingList) -> tuple[NDArray[np.int64] | NDArray[np.float64], str, tuple[str, ...]]:
    sign = "."
    if table.delimiter != ",":  # a quoted comma in a table of commas is no decimal sign
        sign = decimal_sign((c for _, cells in table.rows for c in cells[1:]), found, delimiter=table.delimiter)
    width = len(table.header) - 1
    values = np.array([[to_number(cell, sign) for cell in cells[1:]] for _, cells in table.rows]).reshape(-1, width)
    if _is_cpm(values):
        _refuse(table, found, ~np.isfinite(values) | (values < 0))
        return _from_cpm(values, table.header[1:])
    bad = ~np.isfinite(values) | (values < 0) | (values > _MOST_READS) | (values != np.floor(values))
    _refuse(table, found, bad)
    if found.findings:
        return np.zeros((0, width)), "reads", ()
    sums = values.sum(axis=0)
    warnings: tuple[str, ...] = ()
    if width > 1 and len(values) > 1 and (np.abs(sums / _MILLION - 1) < 0.001).all():
        warnings = ("Every column adds up to a million: these are probably CPM, so the interval of counting is wrong.",)
    return values.astype(np.int64), "reads", warnings


def _refuse(table: Rows, found: FindingList, bad: NDArray[np.bool_]) -> None:
    for i, j in np.argwhere(bad):
        line, cells = table.rows[i]
        found.add(
            "This is not a count of reads.",
            "Counts are whole numbers, zero or above; or CPM, whose columns add up to a million.",
            line=line,
            field=table.header[j + 1],
            value=cells[j + 1],
        )


def _is_cpm(values: NDArray[np.float64]) -> bool:
    """Whether a table holds reads per million: decimals, no negative number, columns that add up to a million."""
    known = values[np.isfinite(values)]
    seen = known[known > 0]
    if len(seen) == 0 or (known < 0).any() or (seen != np.floor(seen)).mean() < _DECIMALS:
        return False
    sums = np.nansum(values, axis=0)
    return bool(((sums == 0) | ((sums > _COMPLETE * _MILLION) & (sums < _OVER * _MILLION))).all())


def _from_cpm(
    values: NDArray[np.float64], samples: tuple[str, ...]
) -> tuple[NDArray[np.float64], str, tuple[str, ...]]:
    values = np.nan_to_num(values)
    least = np.array([column[column > 0].min() if (column > 0).any() else math.nan for column in values.T])
    reads = values / np.where(np.isnan(least), 1.0, least)
    sums = values.sum(axis=0)
    filled = sums[sums > 0] / _MILLION
    totals = (reads.sum(axis=0)[sums > 0]).round().astype(int)
    said = [
        f"The table holds CPM; the least value of each sample is taken for one read ({totals.min():,} to "
        f"{totals.max():,} reads per sample)."
    ]
    if filled.min() < 0.98:
        said.append(f"Columns add up to {filled.min():.0%} of a million and more: rows are missing from the table.")
    return reads, "CPM", tuple(said)
