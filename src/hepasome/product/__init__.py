"""What is given: preparations of vesicles or living cells, and the laboratory files they are described by."""

from importlib import resources
from pathlib import Path

from hepasome.product._counts import SmallRnaCounts, cargo_from_counts, read_small_rna_counts
from hepasome.product._mirna import MirnaName, parse_mirna_name
from hepasome.product._nanosight import NanoparticleTracking, read_nanosight
from hepasome.product._product import (
    Cargo,
    Diameter,
    Estimate,
    Marker,
    Product,
    load_product,
    shipped_products,
    write_product,
)
from hepasome.product._reading import LabAnswers, LabReading, Question, read_lab_files
from hepasome.product._reference import CEILINGS, Ceilings, ProductReference, by_name

EXAMPLES = Path(str(resources.files("hepasome") / "product" / "examples"))

__all__ = [
    "CEILINGS",
    "EXAMPLES",
    "Cargo",
    "Ceilings",
    "Diameter",
    "Estimate",
    "LabAnswers",
    "LabReading",
    "Marker",
    "MirnaName",
    "NanoparticleTracking",
    "Product",
    "ProductReference",
    "Question",
    "SmallRnaCounts",
    "by_name",
    "cargo_from_counts",
    "load_product",
    "parse_mirna_name",
    "read_lab_files",
    "read_nanosight",
    "read_small_rna_counts",
    "shipped_products",
    "write_product",
]
