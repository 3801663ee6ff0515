"""Wiring files: which instances of modules a part brings, and how they are joined (README.md there)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from hepasome.biology._tables import FOLDER
from hepasome.files import read_text

_INSTANCE = re.compile(r"(BODY|ZONE)\.(\w+)\s*:\s*(\w+)\(\)\s*;")
_PLACE = re.compile(r"\b(BODY|ZONE|NEXT|FIRST|LAST)\.(\w+)")
_SYMBOL = re.compile(r"\b(BODY|ZONE|NEXT|FIRST|LAST)\.(\w+)\.(\w+)")
_MEAN = re.compile(r"MEAN\((\w+)\.(\w+)\)")
_DRIFT = re.compile(r"DRIFT\((\w+)\.(\w+),\s*(\w+)\)")
_GRADIENT = re.compile(r"GRADIENT\((\w+)\)")
_SUM = re.compile(r"(\S+)\s*\+=\s*(.*?);")


@dataclass(frozen=True)
class Instances:
    """The instances of a model: name -> module, of the body and of every zone."""

    body: Mapping[str, str]
    zone: Mapping[str, str]

    def has(self, name: str) -> bool:
        """Whether the model has an instance of this name, in the body or in its zones."""
        return name in self.body or name in self.zone


def part_exists(part: str) -> bool:
    """Whether there is a wiring file of this name."""
    return (FOLDER / "wiring" / f"{part}.ant").is_file()


def instances_of(parts: Iterable[str]) -> Instances:
    """All instances that some parts bring."""
    body: dict[str, str] = {}
    zone: dict[str, str] = {}
    for part in parts:
        for line in _lines(part):
            declared = _INSTANCE.fullmatch(line)
            if declared:
                (body if declared[1] == "BODY" else zone)[declared[2]] = declared[3]
    return Instances(body, zone)


def joined(parts: Iterable[str], present: Instances, zones: Sequence[str]) -> tuple[list[str], dict[str, list[str]]]:
    """The lines that join the instances of some parts.

    Args:
        parts: The parts.
        present: Every instance of the model.
        zones: Names of the zones.

    Returns:
        Lines of Antimony, and the terms of everything that is written as a sum, by its name.
    """
    lines: list[str] = []
    sums: dict[str, list[str]] = {}
    for part in parts:
        for line in _lines(part):
            if _INSTANCE.fullmatch(line) or not _complete(line, present):
                continue
            for text in _written(line, zones):
                term = _SUM.fullmatch(text)
                if term:
                    sums.setdefault(term[1], []).append(term[2])
                else:
                    lines.append(text)
    return lines, sums


def places_of(part: str) -> Iterator[tuple[int, str, str, str]]:
    """What the lines of a part name: line, BODY or ZONE, instance, symbol (empty where the line declares it)."""
    for number, line in enumerate(read_text(FOLDER / "wiring" / f"{part}.ant").splitlines(), 1):
        text = line.partition("//")[0]
        declared = _INSTANCE.fullmatch(text.strip())
        for scope, name, symbol in _SYMBOL.findall(text) if declared is None else ():
            yield number, "BODY" if scope == "BODY" else "ZONE", name, symbol
        for name, symbol in (match[:2] for found in (_MEAN, _DRIFT) for match in found.findall(text)):
            yield number, "ZONE", name, symbol


@cache
def declared_anywhere() -> Mapping[tuple[str, str], frozenset[str]]:
    """Every instance that any part brings: BODY or ZONE and its name -> modules."""
    found: dict[tuple[str, str], set[str]] = {}
    for path in sorted((FOLDER / "wiring").glob("*.ant")):
        present = instances_of([path.stem])
        for scope, instances in (("BODY", present.body), ("ZONE", present.zone)):
            for name, module in instances.items():
                found.setdefault((scope, name), set()).add(module)
    return {place: frozenset(modules) for place, modules in found.items()}


@cache
def _lines(part: str) -> tuple[str, ...]:
    text = re.sub(r"//.*", "", read_text(FOLDER / "wiring" / f"{part}.ant"))
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _complete(line: str, present: Instances) -> bool:
    """Whether the model has every instance that a line names."""
    named = _PLACE.findall(line) + [("ZONE", match[0]) for match in (*_MEAN.findall(line), *_DRIFT.findall(line))]
    return all(name in (present.body if scope == "BODY" else present.zone) for scope, name in named)


def _written(line: str, zones: Sequence[str]) -> Iterator[str]:
    """A line once, or once per zone."""
    line = _MEAN.sub(lambda m: _mean(zones, m[1], m[2]), line)
    line = line.replace("BODY.", "body_").replace("FIRST.", f"{zones[0]}_").replace("LAST.", f"{zones[-1]}_")
    if not re.search(r"\b(ZONE|DRIFT|GRADIENT|NEXT)\b|ZONE_", line):
        yield line
        return
    for i, zone in enumerate(zones):
        if "NEXT" in line and i + 1 == len(zones):
            continue
        text = _DRIFT.sub(lambda m, i=i: _drift(zones, i, *m.groups()), line)  # type: ignore[misc] # a default holds i
        text = _GRADIENT.sub(lambda m, i=i: _gradient(i, len(zones), m[1]), text)  # type: ignore[misc] # the same
        if "NEXT" in line:
            text = text.replace("NEXT.", f"{zones[i + 1]}_").replace("NEXT", zones[i + 1])
        yield text.replace("ZONE.", f"{zone}_").replace("ZONE", zone)


def _mean(zones: Sequence[str], instance: str, symbol: str) -> str:
    return f"({' + '.join(f'{zone}_{instance}.{symbol}' for zone in zones)})/{len(zones)}"


def _drift(zones: Sequence[str], i: int, instance: str, symbol: str, rate: str) -> str:
    neighbours = [zones[j] for j in (i - 1, i + 1) if 0 <= j < len(zones)]
    own = f"{zones[i]}_{instance}.{symbol}"
    differences = [f"({other}_{instance}.{symbol} - {own})" for other in neighbours]
    # the exchange rate is given for three zones; finer zones lie closer together
    return f"{rate}*({' + '.join(differences) or '0'})*{(len(zones) / 3) ** 2:.17g}"


def _gradient(i: int, zones: int, symbol: str) -> str:
    if zones == 1:
        return f"{symbol}_mean"
    # straight lines between the portal end, the middle and the central end, scaled to a mean of one
    ends = tuple(f"{symbol}_{place}" for place in ("periportal", "middle", "pericentral"))

    def at(j: int) -> str:
        x = 2 * j / (zones - 1)
        k = min(int(x), 1)
        return f"({1 - (x - k):.17g}*{ends[k]} + {x - k:.17g}*{ends[k + 1]})"

    return f"{zones}*{at(i)}/({' + '.join(at(j) for j in range(zones))})"
