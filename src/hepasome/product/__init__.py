"""What is given: preparations of vesicles or living cells, and the laboratory files they are described by."""

from importlib import resources
from pathlib import Path

from hepasome.product._counts import SmallRnaCounts, cargo_from_counts, read_small_rna_counts
from hepasome.product._estimate import Estimate
from hepasome.product._identity import (
    Criterion,
    IdentityItem,
    Known,
    ProductCheck,
    check_product,
    known_markers,
    share_of_exosome_size,
)
from hepasome.product._mirna import MirnaName, parse_mirna_name
from hepasome.product._nanosight import NanoparticleTracking, read_nanosight
from hepasome.product._product import (
    Cargo,
    Diameter,
    Marker,
    Product,
    load_product,
    shipped_products,
    write_product,
)
from hepasome.product._reading import LabAnswers, LabReading, Question, read_lab_files
from hepasome.product._reference import CEILINGS, Ceilings, ProductReference, by_name
from hepasome.product._storage import Storage

EXAMPLES = Path(str(resources.files("hepasome") / "product" / "examples"))

__all__ = [
    "CEILINGS",
    "EXAMPLES",
    "Cargo",
    "Ceilings",
    "Criterion",
    "Diameter",
    "Estimate",
    "IdentityItem",
    "Known",
    "LabAnswers",
    "LabReading",
    "Marker",
    "MirnaName",
    "NanoparticleTracking",
    "Product",
    "ProductCheck",
    "ProductReference",
    "Question",
    "SmallRnaCounts",
    "Storage",
    "by_name",
    "cargo_from_counts",
    "check_product",
    "known_markers",
    "load_product",
    "parse_mirna_name",
    "read_lab_files",
    "read_nanosight",
    "read_small_rna_counts",
    "share_of_exosome_size",
    "shipped_products",
    "write_product",
]
