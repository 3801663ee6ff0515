"""From a typed row or document model to findings: what pydantic says, in a biologist's words."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo

from hepasome.files._findings import FindingList
from hepasome.files._text import read_text
from hepasome.files._yaml import Document, Place

Model = TypeVar("Model", bound=BaseModel)

_WRONG_KIND = {
    "model_type": ("This should be a block of `key: value` lines.", "Indent them below the field."),
    "dict_type": ("This should be a block of `key: value` lines.", "Indent them below the field."),
    "list_type": ("This should be a list.", "Write one item a line, each behind a dash."),
    "string_type": ("This should be a word or a text.", "Put it into quotes."),
    "float_parsing": ("This is not a number.", "Write a number without its unit, with a decimal point."),
    "int_parsing": ("This is not a whole number.", "Write a whole number."),
    "int_from_float": ("This is not a whole number.", "Write a whole number."),
    "finite_number": ("This number is missing or infinite.", "Write a finite number, or leave it out."),
}


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
        _explain(error, found, document, model)
        found.raise_if_any()
        raise


def read_table(path: Path | str, model: type[Model]) -> list[Model]:
    """The rows of a CSV file as typed models; empty cells are left to the model's defaults.

    Raises:
        InputError: Every unknown or missing column and every bad cell, with its line.
    """
    return parse_table(read_text(path), model, str(path))


def parse_table(text: str, model: type[Model], file: str) -> list[Model]:
    """The rows of a CSV text as typed models, as `read_table`.

    Args:
        text: With newlines as line ends.
        model: Of a row.
        file: What messages call it.

    Raises:
        InputError: As `read_table`.
    """
    found = FindingList(file)
    records = _records(text, found)
    _, header = next(records, (1, []))
    _check_header(header, model, found)
    found.raise_if_any()
    rows: list[Model] = []
    for line, cells in records:
        if not any(cells):
            continue
        if len(cells) != len(header):
            remedy = "Quote cells that hold a comma."
            found.add(f"The row has {len(cells)} cells, the header {len(header)}.", remedy, line=line)
            continue
        row = {name: cell for name, cell in zip(header, cells, strict=True) if cell != ""}
        try:
            rows.append(model.model_validate(row))
        except ValidationError as error:
            _explain(error, found, Document(file, row, {(): line}), model)
    found.raise_if_any()
    return rows


def _records(text: str, found: FindingList) -> Iterator[tuple[int, list[str]]]:
    """The records of a CSV text with the line on which each begins."""
    reader, line = csv.reader(io.StringIO(text), strict=True), 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        found.add(f"This is not valid CSV: {error}.", "Close every quote that is opened.", line=line)


def _check_header(header: list[str], model: type[BaseModel], found: FindingList) -> None:
    known = _names([model])
    if len(header) == 1 and any(separator in header[0] for separator in ";\t"):
        found.add("The columns are not separated by commas.", "Save the table as CSV with commas.", line=1)
        return
    for position, name in enumerate(header):
        if name not in known:
            found.add("There is no such column.", did_you_mean(name, known), line=1, field=name)
        elif name in header[:position]:
            found.add("This column stands twice.", "Remove one of the two.", line=1, field=name)
    for name, field in known.items():
        if field.is_required() and name not in header:
            found.add("This column is missing.", "Add it.", line=1, field=name)


def _explain(error: ValidationError, found: FindingList, document: Document, model: type[BaseModel]) -> None:
    items = [(_place(item, document.value), item) for item in error.errors()]
    enclosing = {place[:length] for place, _ in items for length in range(len(place))}
    for place, item in items:
        if place in enclosing:  # of a union's alternatives, the one that came furthest is the one that was meant
            continue
        field = ".".join(str(part) for part in place)
        value = None if item["type"] in ("missing", "extra_forbidden") else item["input"]
        problem, remedy = _sentence(item, model, place)
        shown = value if not isinstance(value, (dict, list)) else None
        found.add(problem, remedy, line=document.line(place), field=field, value=shown)


def _place(item: Any, value: Any) -> Place:
    """Pydantic's place in the document, without its names of union branches: they mean nothing to a user."""
    place: Place = ()
    for part in item["loc"]:
        if part in value if isinstance(value, dict) else isinstance(value, list) and isinstance(part, int):
            place, value = (*place, part), value[part]
    return (*place, item["loc"][-1]) if item["type"] == "missing" else place


def _sentence(item: Any, model: type[BaseModel], place: Place) -> tuple[str, str]:
    kind, context = item["type"], item.get("ctx", {})
    if kind == "missing":
        return "This field is missing.", "Add it."
    if kind == "extra_forbidden":
        return "There is no such field.", did_you_mean(str(place[-1]), _fields_at(model, place[:-1]))
    if kind == "union_tag_invalid":
        return "This is not one of the allowed words.", f"Use one of: {context['expected_tags']}."
    if kind == "union_tag_not_found":
        return f"`{str(context['discriminator']).strip(chr(39))}` is missing.", "Add it."
    if kind in ("literal_error", "enum"):
        return "This is not one of the allowed words.", f"Use {context['expected']}."
    if kind == "value_error":
        sentence = str(context["error"])
        return sentence[:1].upper() + sentence[1:] + ("" if sentence.endswith((".", "?")) else "."), ""
    if kind in _WRONG_KIND:
        return _WRONG_KIND[kind]
    message = item["msg"].replace("Input should be", "It should be")
    return message.rstrip(".") + ".", "Correct it."


def _fields_at(model: type[BaseModel], place: Place) -> Iterable[str]:
    models = [model]
    for part in place:  # a list position or a key of a free mapping leads to no other model
        field = _names(models).get(str(part))
        models = _models_in(field.annotation) if field is not None else models
    return _names(models)


def _names(models: list[type[BaseModel]]) -> dict[str, FieldInfo]:
    """The fields by the names that a file uses."""
    return {field.alias or name: field for model in models for name, field in model.model_fields.items()}


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    """The models within a type such as `dict[str, Arm] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in _models_in(inner)]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The nearest known name as a question; all of them if none is near."""
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f"Did you mean `{near[0]}`?"
    return f"Known here: {', '.join(known)}." if known else "Remove it."
