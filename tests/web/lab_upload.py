"""Laboratory files of one preparation, the answers to what they do not say, and how a browser sends them."""

from pathlib import Path

from hepasome.product import EXAMPLES

CYTOMETER = Path(__file__).parents[1] / "product" / "files" / "cyflow_cube_8.fcs"
LAB_FILES = (*sorted(EXAMPLES.glob("*.csv")), CYTOMETER)
ANSWERS = {
    "id": "ours",
    "name": 'Vesicles of "BV2" <microglia>',
    "source_cell": "bv2_microglia",
    "dilution": "1000",
    "protein": "0.5 mg/mL",
    "columns": "Control",
    "assume_native": "true",
    "stain": ["FL1=CD63"],
}


def sent(*files, control=None):
    """Laboratory files as a browser sends them."""
    parts = [("files", (file.name, file.read_bytes())) for file in files]
    return parts if control is None else [*parts, ("control", ("buffer.fcs", control.read_bytes()))]


def left(folder):
    """Files of uploads that are still there."""
    return [path for path in (folder / "products").rglob("*") if path.is_file()]
