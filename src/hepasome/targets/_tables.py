"""The shipped tables: which miRNAs there are, what they bind, what was measured, and what cells hold.

Where each comes from, and under which terms, stands in `tables/NOTICE.md`.
"""

from __future__ import annotations

import math
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Generic, Literal, TypeVar

import pandas as pd

from hepasome.biology import Parameter
from hepasome.files import Strict, read_table

FOLDER = Path(str(resources.files("hepasome") / "targets"))
TABLES = FOLDER / "tables"
KINDS = ("8mer", "7mer_m8", "7mer_a1")
CELLS = ("hepatocyte", "stellate", "kupffer", "tumour")

_Number = TypeVar("_Number", int, float)
CellName = Literal["hepatocyte", "stellate", "kupffer", "tumour"]


class Affinity(Strict):
    """Natural logarithms of the relative dissociation constants of one miRNA, by kind of site."""

    mirna: str
    log_kd_8mer: float
    log_kd_7mer_m8: float
    log_kd_7mer_a1: float

    def constants(self) -> tuple[float, float, float]:
        """Relative dissociation constants in the order of `KINDS`."""
        return math.exp(self.log_kd_8mer), math.exp(self.log_kd_7mer_m8), math.exp(self.log_kd_7mer_a1)


class _SitesOfSeed(Strict, Generic[_Number]):
    """Conserved sites of one seed, by kind.

    Attributes:
        seed: Nucleotides 2 to 8 of the miRNA.
        sites_8mer: Sites of this kind.
        sites_7mer_m8: Sites of this kind.
        sites_7mer_a1: Sites of this kind.
    """

    seed: str
    sites_8mer: _Number
    sites_7mer_m8: _Number
    sites_7mer_a1: _Number

    @property
    def sites(self) -> tuple[_Number, _Number, _Number]:
        """Sites in the order of `KINDS`."""
        return self.sites_8mer, self.sites_7mer_m8, self.sites_7mer_a1


class PredictedTarget(_SitesOfSeed[int]):
    """One gene with conserved sites of one seed: the predicted lane.

    Attributes:
        gene: Symbol.
        context_score: Cumulative weighted context++ score: a log2 fold change at a saturating dose.
    """

    gene: str
    context_score: float


class MeasuredTarget(Strict):
    """What publications say about one miRNA on one gene: the measured lane.

    Attributes:
        mirna: Name without species.
        gene: Symbol.
        reports: Reports (a publication and a miRNA) that it is a target, with a strong assay.
        reporter: Those of them with a reporter assay.
        protein: Those with a blot of the protein.
        rna: Those with PCR of the mRNA.
        against: Reports that it is none.
        pmids: Up to three of the publications.
    """

    mirna: str
    gene: str
    reports: int
    reporter: int
    protein: int
    rna: int
    against: int
    pmids: str


class SitePool(_SitesOfSeed[float]):
    """Sites of one seed per mRNA molecule of one cell type, over all genes with a conserved one."""

    cell: CellName


class Proxy(Strict):
    """Which data stand for a cell type of the liver.

    Attributes:
        cell: The cell type.
        target_expression: What the expression of targets is from.
        mirna_background: What the miRNAs that the cell holds are from.
        true_cell: Whether the data are of this cell.
        caution: What is wrong with them.
    """

    cell: CellName
    target_expression: str
    mirna_background: str
    true_cell: Literal["nearly", "in part", "no"]
    caution: str


class Transfection(Strict):
    """Mean log2 fold change of the conserved targets of a miRNA that was transfected."""

    cell: str
    mirna: str
    seed: str
    targets: int
    mean_log2_fold_change: float


class _Name(Strict):
    mirna: str
    seed: str


class _Background(Strict):
    seed: str
    hepatocyte: float
    stellate: float
    kupffer: float
    tumour: float


class _Total(Strict):
    cell: CellName
    total_expression: float


class _Panel(Strict):
    kind: Literal["mirna", "gene"]
    name: str


@cache
def constants() -> dict[str, Parameter]:
    """Numbers of the targets that are not of the model, by symbol."""
    return {row.symbol: row for row in read_table(FOLDER / "constants.csv", Parameter)}


@cache
def seeds() -> dict[str, str]:
    """Seed (nucleotides 2 to 8) of every human miRNA of miRBase 22, by name without species."""
    return {row.mirna: row.seed for row in read_table(TABLES / "mirnas.csv", _Name)}


@cache
def affinities() -> dict[str, Affinity]:
    """Dissociation constants, by miRNA."""
    return {row.mirna: row for row in read_table(TABLES / "affinities.csv", Affinity)}


@cache
def predicted_targets() -> tuple[PredictedTarget, ...]:
    """The shipped part of the predicted lane: the panel only."""
    return tuple(read_table(TABLES / "predicted.csv", PredictedTarget))


@cache
def measured_targets() -> tuple[MeasuredTarget, ...]:
    """The shipped part of the measured lane: the panel only."""
    return tuple(read_table(TABLES / "measured.csv", MeasuredTarget))


@cache
def panel() -> tuple[frozenset[str], frozenset[str]]:
    """The miRNAs and the genes that the shipped part of both lanes covers."""
    rows = read_table(TABLES / "panel.csv", _Panel)
    names = {kind: frozenset(row.name for row in rows if row.kind == kind) for kind in ("mirna", "gene")}
    return names["mirna"], names["gene"]


@cache
def proxies() -> dict[str, Proxy]:
    """Which data stand for each cell type."""
    return {row.cell: row for row in read_table(TABLES / "proxies.csv", Proxy)}


@cache
def site_pools() -> dict[tuple[str, str], tuple[float, float, float]]:
    """Sites per mRNA molecule by kind, by seed and cell."""
    return {(row.seed, row.cell): row.sites for row in read_table(TABLES / "site_pools.csv", SitePool)}


@cache
def transfections() -> tuple[Transfection, ...]:
    """What transfected miRNAs did to their conserved targets."""
    return tuple(read_table(TABLES / "transfections.csv", Transfection))


@cache
def background_reads() -> dict[tuple[str, str], float]:
    """Reads per million of all miRNAs with one seed, by seed and cell."""
    rows = read_table(TABLES / "background.csv", _Background)
    return {(row.seed, cell): float(getattr(row, cell)) for row in rows for cell in CELLS}


@cache
def expression() -> pd.DataFrame:
    """Normalised expression of every gene above 1 in any proxy: rows by symbol, one column per cell type."""
    return pd.read_csv(TABLES / "expression.csv.gz", index_col="gene", keep_default_na=False)


@cache
def total_expression() -> dict[str, float]:
    """Sum of the expression of all genes, by cell type."""
    return {row.cell: row.total_expression for row in read_table(TABLES / "totals.csv", _Total)}
