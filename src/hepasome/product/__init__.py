"""What is given: preparations of vesicles or living cells, and the laboratory files they are described by."""

from importlib import resources
from pathlib import Path

from hepasome.product._answers import LabAnswers, Question
from hepasome.product._cargo import cargo_from_counts
from hepasome.product._estimate import Estimate
from hepasome.product._identity import (
    Criterion,
    IdentityItem,
    ProductCheck,
    check_product,
    exosome_size,
    purity_limits,
    share_of_exosome_size,
)
from hepasome.product._known import Known, known_markers, known_name
from hepasome.product._markers import Gated, ProteinFound
from hepasome.product._particles import joined_sizes
from hepasome.product._product import (
    Cargo,
    Diameter,
    Marker,
    Product,
    load_product,
    product_path,
    shipped_products,
    write_product,
)
from hepasome.product._reading import LabReading, read_lab_files
from hepasome.product._reference import CEILINGS, Ceilings, ProductReference, by_name
from hepasome.product._storage import Storage
from hepasome.product.readers import (
    READERS,
    Cytometry,
    LeftOut,
    MirnaName,
    ParticleSizes,
    ProteinAssay,
    ProteinTable,
    SampleGroups,
    SmallRnaCounts,
    parse_mirna_name,
    read_lab_file,
    read_nanosight,
    read_small_rna_counts,
)

EXAMPLES = Path(str(resources.files("hepasome") / "product" / "examples"))

__all__ = [
    "CEILINGS",
    "EXAMPLES",
    "READERS",
    "Cargo",
    "Ceilings",
    "Criterion",
    "Cytometry",
    "Diameter",
    "Estimate",
    "Gated",
    "IdentityItem",
    "Known",
    "LabAnswers",
    "LabReading",
    "LeftOut",
    "Marker",
    "MirnaName",
    "ParticleSizes",
    "Product",
    "ProductCheck",
    "ProductReference",
    "ProteinAssay",
    "ProteinFound",
    "ProteinTable",
    "Question",
    "SampleGroups",
    "SmallRnaCounts",
    "Storage",
    "by_name",
    "cargo_from_counts",
    "check_product",
    "exosome_size",
    "joined_sizes",
    "known_markers",
    "known_name",
    "load_product",
    "parse_mirna_name",
    "product_path",
    "purity_limits",
    "read_lab_file",
    "read_lab_files",
    "read_nanosight",
    "read_small_rna_counts",
    "share_of_exosome_size",
    "shipped_products",
    "write_product",
]
