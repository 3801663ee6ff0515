"""YAML as plain data with line numbers: no tags, no anchors, no surprises of YAML 1.1."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from hepasome.files._findings import FindingList, input_error
from hepasome.files._text import MEGABYTE, read_text

_DEEPEST = 20
_TOO_DEEP = f"The file is nested deeper than {_DEEPEST} levels."
_LIMIT = MEGABYTE
_INTEGER = re.compile(r"[-+]?[0-9]+")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.?(nan|inf|infinity)", re.IGNORECASE)
_WORDS = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """A YAML file as plain data.

    Attributes:
        file: Path of the file, for messages.
        value: Dicts, lists, strings, numbers, booleans and None.
        lines: Line (from 1) of each place, a place being a tuple of keys and list positions.
    """

    file: str
    value: Any
    lines: dict[Place, int]

    def line(self, place: Place) -> int | None:
        """Line of a place, or of the nearest enclosing place that the file has."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place)


def read_yaml(path: Path | str) -> Document:
    """Read a YAML file of one mapping.

    Scalars follow YAML 1.2: `1e10` is a number, `no` and `on` are words, dates are words.

    Raises:
        InputError: All findings: syntax, duplicate keys, anchors or aliases (by which a small file can grow
            without limit), tags, NaN or infinite numbers, nesting deeper than 20.
    """
    return parse_yaml(read_text(path, limit=_LIMIT), str(path))


def parse_yaml(text: str, file: str) -> Document:
    """As `read_yaml`, for text that is already in memory; `file` names it in messages."""
    found = FindingList(file)
    try:
        _check_events(text, found)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else None
        what = ", ".join(part for part in (error.context, error.problem) if part)
        if "nesting depth" in what:  # newer parsers count for themselves, before they hand anything over
            raise input_error(file, _TOO_DEEP, "Flatten it.", line=line) from None
        raise input_error(
            file, f"This is not valid YAML: {what}.", "Check indentation and quotes.", line=line
        ) from None
    except yaml.YAMLError as error:
        what = getattr(error, "reason", None) or str(error)
        raise input_error(file, f"This is not valid YAML: {what}.", "Save the file as plain UTF-8 text.") from None
    if not isinstance(node, yaml.MappingNode):
        raise input_error(file, "The file must hold `key: value` lines.", "Start from a shipped example.", line=1)
    lines: dict[Place, int] = {}
    value = _plain(node, (), lines, found)
    found.raise_if_any()
    return Document(file, value, lines)


def _check_events(text: str, found: FindingList) -> None:
    """Refuse what must never become an object, before any is made."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = event.start_mark.line + 1 if event.start_mark is not None else None
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            found.add(_TOO_DEEP, "Flatten it.", line=line)
            break
        if getattr(event, "anchor", None) is not None:
            remedy = "Write the value out where it is needed."
            found.add("Anchors and aliases (& and *) are not allowed.", remedy, line=line)
        tag = getattr(event, "tag", None)
        if tag is not None:
            written = tag.replace("tag:yaml.org,2002:", "!!")
            found.add("Tags (!) are not allowed.", "Remove the tag.", line=line, value=written)
    found.raise_if_any()


def _plain(node: yaml.Node, place: Place, lines: dict[Place, int], found: FindingList) -> Any:
    line = node.start_mark.line + 1
    lines.setdefault(place, line)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*place, i), lines, found) for i, child in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, child in node.value:
            key, at = key_node.value, key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                found.add("A key must be a word.", "Quote it or rename it.", line=at, field=_dotted(place))
                continue
            if key in mapping:
                found.add("This key stands twice.", "Remove one of the two.", line=at, field=_dotted((*place, key)))
            lines[(*place, key)] = at
            mapping[key] = _plain(child, (*place, key), lines, found)
        return mapping
    if getattr(node, "style", None) in ("'", '"', "|", ">"):
        return node.value
    return _scalar(node.value, place, line, found)


def _scalar(text: str, place: Place, line: int, found: FindingList) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if _NOT_FINITE.fullmatch(text):
        found.add(
            "A number is missing or infinite.",
            "Write a finite number.",
            line=line,
            field=_dotted(place),
            value=text,
        )
        return text
    if _INTEGER.fullmatch(text) and len(text) < 300:
        return int(text)
    if _NUMBER.fullmatch(text):
        number = float(text)
        if math.isinf(number):
            found.add(
                "The number is too large.",
                "Write a finite number.",
                line=line,
                field=_dotted(place),
                value=text,
            )
        return number
    return text


def _dotted(place: Place) -> str:
    return ".".join(str(part) for part in place)
