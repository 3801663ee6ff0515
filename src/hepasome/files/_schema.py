"""From a typed row or document model to findings: what pydantic says, in a biologist's words."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from hepasome.files._findings import FindingList
from hepasome.files._text import read_text
from hepasome.files._yaml import Document, Place

Model = TypeVar("Model", bound=BaseModel)


class Strict(BaseModel):
    """Base of every typed row and document: unknown fields, NaN and infinities are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, arbitrary_types_allowed=True)


def validate(model: type[Model], document: Document) -> Model:
    """The document as a typed model.

    Raises:
        InputError: Every field that is wrong, with its line and what to do.
    """
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        found = FindingList(document.file)
        _explain(error, found, document.line, model)
        found.raise_if_any()
        raise


def read_table(path: Path | str, model: type[Model]) -> list[Model]:
    """The rows of a CSV file as typed models; empty cells are left to the model's defaults.

    Raises:
        InputError: Every unknown or missing column and every bad cell, with its line.
    """
    text, file = read_text(path), str(path)
    found = FindingList(file)
    reader = csv.reader(io.StringIO(text))
    header = next(reader)
    known = list(model.model_fields)
    for name in header:
        if name not in known:
            found.add("There is no such column.", _did_you_mean(name, known), line=1, field=name)
    for name, field in model.model_fields.items():
        if field.is_required() and name not in header:
            found.add("This column is missing.", "Add it.", line=1, field=name)
    found.raise_if_any()
    rows: list[Model] = []
    for cells in reader:
        line = reader.line_num
        if not any(cells):
            continue
        if len(cells) != len(header):
            remedy = "Quote cells that hold a comma."
            found.add(f"The row has {len(cells)} cells, the header {len(header)}.", remedy, line=line)
            continue
        try:
            rows.append(model.model_validate({k: v for k, v in zip(header, cells, strict=True) if v != ""}))
        except ValidationError as error:
            _explain(error, found, Document(file, None, {(): line}).line, model)
    found.raise_if_any()
    return rows


def _explain(
    error: ValidationError, found: FindingList, line: Callable[[Place], int | None], model: type[BaseModel]
) -> None:
    for item in error.errors():
        # pydantic adds the names of union branches to the place; they mean nothing to a user
        place: Place = tuple(
            part for part in item["loc"] if isinstance(part, int) or part.isidentifier() or "-" in part
        )
        field = ".".join(str(part) for part in place)
        value = None if item["type"] in ("missing", "extra_forbidden") else item["input"]
        problem, remedy = _sentence(item, model, place)
        shown = value if not isinstance(value, (dict, list)) else None
        found.add(problem, remedy, line=line(place), field=field, value=shown)


def _sentence(item: Any, model: type[BaseModel], place: Place) -> tuple[str, str]:
    kind, context = item["type"], item.get("ctx", {})
    if kind == "missing":
        return "This field is missing.", "Add it."
    if kind == "extra_forbidden":
        return "There is no such field.", _did_you_mean(str(place[-1]), _fields_at(model, place[:-1]))
    if kind in ("literal_error", "enum"):
        return "This is not one of the allowed words.", f"Use {context['expected']}."
    if kind == "value_error":
        sentence = str(context["error"])
        return sentence[:1].upper() + sentence[1:].rstrip(".") + ".", ""
    message = item["msg"].replace("Input should be", "It should be")
    return message.rstrip(".") + ".", "Correct it."


def _fields_at(model: type[BaseModel], place: Place) -> list[str]:
    current: Any = model
    for part in place:
        field = getattr(current, "model_fields", {}).get(part)
        current = field.annotation if field is not None else None
    return list(getattr(current, "model_fields", {}))


def _did_you_mean(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f"Did you mean `{near[0]}`?"
    return f"Known here: {', '.join(known)}." if known else "Remove it."
