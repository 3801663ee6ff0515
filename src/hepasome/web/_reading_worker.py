"""Reads laboratory files in a process of its own: `python -m hepasome.web._reading_worker FOLDER MEMORY SECONDS`.

Whoever sends files may send hostile ones; what they break or fill is this process, not the server. FOLDER is laid out
as the folder of an own product: answers and files lie there, and what was read is written beside them.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hepasome.files import Finding, InputError, input_error, write_atomically
from hepasome.product import LabAnswers, LabReading, load_product, read_lab_files, write_product
from hepasome.web._bounds import NO_MEMORY, keep_within, more_time, step_back
from hepasome.web._product_folder import (
    ANSWERS,
    CONTROL,
    FIGURES,
    FILES,
    READING,
    Reading,
    hash_of,
    product_in,
    sheet_in,
)

_ANSWERS = "your answers"


def main(folder: Path) -> None:
    """Read what lies in a folder."""
    told = json.loads((folder / ANSWERS).read_text(encoding="utf-8"))
    control = next(iter(sorted((folder / CONTROL).glob("*"))), None)
    try:
        reading = read_lab_files(sorted((folder / FILES).iterdir()), LabAnswers(**told, control=control))
        found = _found(reading, _written(reading, folder))
    except InputError as error:
        found = Reading(problems=[_problem(one, folder) for one in error.findings])
    write_atomically(folder / READING, json.dumps(asdict(found), indent=1))


def _written(reading: LabReading, folder: Path) -> str:
    """Write the product, its sheet and its pictures; the value is the hash of the product, empty if there is none."""
    product = reading.product
    if product is None:
        return ""
    from hepasome.report import product_picture_files, render_product_sheet  # slow, and most readings only ask

    path = write_product(product, product_in(folder, product.id))
    if load_product(path) != product:
        raise input_error(_ANSWERS, "An answer does not survive in a product file.", "Use plain text.")
    files = product_picture_files(product, reading)
    for name, content in files.items():
        write_atomically(folder / FIGURES / name, content)
    pictures = {Path(name).stem: str(content) for name, content in files.items() if name.endswith(".svg")}
    write_atomically(sheet_in(folder, product.id), render_product_sheet(product, reading, pictures))
    return hash_of(path)


def _found(reading: LabReading, product_hash: str) -> Reading:
    return Reading(
        product=reading.product.id if reading.product is not None else None,
        questions=[asdict(one) for one in reading.questions],
        findings=list(reading.findings),
        derivations=list(reading.derivations),
        assumptions=list(reading.assumptions),
        proteins=[
            {
                "protein": one.known.marker,
                "expected": one.known.expected == "positive",
                "samples": one.samples,
                "of": one.of,
                "share": one.share,
                "file": Path(one.file).name,
            }
            for one in reading.proteins
        ],
        hash=product_hash,
    )


def _problem(one: Finding, folder: Path) -> dict[str, Any]:
    """A finding as plain data: the name of a file, not where it lies, stands before the column."""

    def bare(written: str) -> str:
        for part in (FILES, CONTROL):
            written = written.replace(f"{folder / part}/", "")
        return written

    place = one.field if one.file == _ANSWERS else ", ".join(part for part in (bare(one.file), one.field) if part)
    value = one.value if one.value is None or isinstance(one.value, (int, float)) else bare(str(one.value))
    return {
        "problem": bare(one.problem),
        "remedy": bare(one.remedy),
        "field": place,
        "line": one.line,
        "value": value,
    }


if __name__ == "__main__":
    step_back()
    keep_within(int(sys.argv[2]))
    more_time(int(sys.argv[3]))
    try:
        main(Path(sys.argv[1]))
    except MemoryError:
        sys.exit(NO_MEMORY)
