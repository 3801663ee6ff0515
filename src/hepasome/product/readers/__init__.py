"""Readers of laboratory files: one per format, and a registry that sees from the content which one fits."""

from hepasome.product.readers._file import LabFile, open_lab_file
from hepasome.product.readers._kinds import (
    Cytometry,
    LeftOut,
    ParticleSizes,
    ProteinAssay,
    ProteinGroup,
    ProteinTable,
    SampleGroups,
    plain,
)
from hepasome.product.readers._mirna import MirnaName, parse_mirna_name
from hepasome.product.readers._nanosight import read_nanosight
from hepasome.product.readers._registry import READERS, Measurement, Reader, read_lab_file, reader_of
from hepasome.product.readers._small_rna import SmallRnaCounts, read_small_rna_counts

__all__ = [
    "READERS",
    "Cytometry",
    "LabFile",
    "LeftOut",
    "Measurement",
    "MirnaName",
    "ParticleSizes",
    "ProteinAssay",
    "ProteinGroup",
    "ProteinTable",
    "Reader",
    "SampleGroups",
    "SmallRnaCounts",
    "open_lab_file",
    "parse_mirna_name",
    "plain",
    "read_lab_file",
    "read_nanosight",
    "read_small_rna_counts",
    "reader_of",
]
