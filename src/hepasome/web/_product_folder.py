"""What lies in the folder of an own product: the product, its sheet, and what it was read from."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ANSWERS = "answers.json"  # of the user, as the options of `hepasome product read`
FILES = "files"  # of the laboratory, under their own names
CONTROL = "control"  # the file of an unstained or buffer control
READING = "reading.json"  # what was found, asked, derived and assumed
FIGURES = "figures"


@dataclass(frozen=True)
class Reading:
    """What laboratory files and answers gave.

    Attributes:
        product: Id of the product; None while a question is open.
        questions: What must be answered first: flag, text, why.
        findings: What is doubtful.
        derivations: How derived numbers were computed.
        assumptions: What was assumed.
        proteins: Known proteins in the proteomics tables.
        problems: What is wrong with files and answers; nothing else is known then.
        hash: Of the product file as it was written.
    """

    product: str | None = None
    questions: list[dict[str, str]] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    derivations: list[str] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)
    proteins: list[dict[str, Any]] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)
    hash: str = ""


def product_in(folder: Path, name: str) -> Path:
    """The product file."""
    return folder / f"{name}.yaml"


def sheet_in(folder: Path, name: str) -> Path:
    """Its sheet."""
    return folder / f"{name}.html"


def hash_of(path: Path) -> str:
    """What tells whether a file is as it was written."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_reading(folder: Path) -> Reading | None:
    """What a product was read from; None if it was not, or the file does not hold."""
    try:
        content: dict[str, Any] = json.loads((folder / READING).read_text(encoding="utf-8"))
        return Reading(**{name: value for name, value in content.items() if name in Reading.__dataclass_fields__})
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def read_answers(folder: Path) -> dict[str, Any]:
    """What the user told; nothing if the file does not hold."""
    try:
        content = json.loads((folder / ANSWERS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
