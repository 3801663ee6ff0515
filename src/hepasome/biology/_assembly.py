"""Modules and wiring files -> one Antimony model of the whole body with Z zones of liver."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from hepasome.biology._tables import FOLDER, Species, actions, activities, parameters
from hepasome.files import read_text

MODEL = "liver_trial"
CELL_TYPES = ("kupffer", "endothelial", "stellate", "hepatocyte")

# instance name in a zone or in the body -> model in the module files
_ZONE = {
    "sinusoid": "sinusoid",
    **dict.fromkeys(CELL_TYPES, "delivery"),
    "toxicant": "toxicant_ccl4_zone",
    "hepatocytes": "hepatocytes",
    "inflammation": "inflammation",
    "fibrosis": "fibrosis",
}
_BODY = {"circulation": "circulation", "toxicant": "toxicant_ccl4", "function": "liver_function"}
_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True)
class Structure:
    """Which model to build.

    Attributes:
        species: Whose parameters.
        zones: Zones along the sinusoid, from the portal to the central vein.
        cells: Whether living donor cells are given.
    """

    species: Species
    zones: int = 1
    cells: bool = False

    def __post_init__(self) -> None:
        if self.zones < 1:
            raise ValueError("a liver has at least one zone")


def instances(structure: Structure) -> dict[str, str]:
    """All module instances of the flat model: instance name -> model name."""
    found = {f"body_{name}": model for name, model in _body(structure).items()}
    for zone in _zones(structure):
        found |= {f"{zone}_{name}": model for name, model in _ZONE.items()}
        found |= {f"{zone}_{row.action}": "rna_action" for row in actions()}
        found |= {f"{zone}_{name}_activity": "unattributed_activity" for name in _activities(structure)}
    return found


def module_texts() -> dict[str, str]:
    """Text of every module file, by the name under which `antimony_text` imports it."""
    return {path.name: read_text(path) for path in sorted((FOLDER / "modules").glob("*.ant"))}


def antimony_text(structure: Structure) -> str:
    """The Antimony text that imports the modules and joins them."""
    files = sorted(path.name for path in (FOLDER / "modules").glob("*.ant"))
    files.sort(key=lambda name: name != "smooth.ant")  # functions before their use
    lines = [f'import "{name}"' for name in files] + [f"model *{MODEL}()", "compartment body = 1;"]
    known = set(parameters(structure.species))
    for instance, model in instances(structure).items():
        lines.append(f"{instance}: {model}();")
        words = _words(model)
        if "body" in words:
            lines.append(f"{instance}.body is body;")
        # `is` keeps one copy of a shared parameter; without it each instance would get its own
        lines += [f"{instance}.{name} is {name};" for name in sorted(words & known)]
    for zone in _zones(structure):
        lines += _wiring("zone", structure, zone) + _vesicle_effects(structure, zone)
    lines += _wiring("body", structure) + (_wiring("cells", structure) if structure.cells else [])
    lines += _flow_between_zones(structure)
    return "\n".join([*lines, "end", ""])


def _body(structure: Structure) -> dict[str, str]:
    return _BODY | ({"cells": "donor_cells"} if structure.cells else {})


def _zones(structure: Structure) -> list[str]:
    return [f"zone{i + 1}" for i in range(structure.zones)]


def _activities(structure: Structure) -> list[str]:
    return [*CELL_TYPES, "soluble"] if structure.cells else list(CELL_TYPES)


@cache
def _words(model: str) -> frozenset[str]:
    for path in (FOLDER / "modules").glob("*.ant"):
        text = re.sub(r"//.*", "", read_text(path))
        body = re.search(rf"^model {model}\(\)(.*?)^end", text, re.DOTALL | re.MULTILINE)
        if body:
            return frozenset(_WORD.findall(body[1]))
    raise KeyError(model)


def _wiring(file: str, structure: Structure, zone: str = "") -> list[str]:
    zones = _zones(structure)
    text = re.sub(r"//.*", "", read_text(FOLDER / "wiring" / f"{file}.ant"))
    text = re.sub(r"MEAN\((\w+)\.(\w+)\)", lambda m: _mean(zones, m[1], m[2]), text)
    text = re.sub(r"DRIFT\((\w+)\)", lambda m: _drift(zones, zone, m[1]), text)
    for mark, prefix in (
        ("ZONE.", f"{zone}_"),
        ("BODY.", "body_"),
        ("FIRST.", f"{zones[0]}_"),
        ("LAST.", f"{zones[-1]}_"),
    ):
        text = text.replace(mark, prefix)
    return [line for line in text.splitlines() if line.strip()]


def _mean(zones: list[str], module: str, symbol: str) -> str:
    return f"({' + '.join(f'{zone}_{module}.{symbol}' for zone in zones)})/{len(zones)}"


def _drift(zones: list[str], zone: str, symbol: str) -> str:
    i = zones.index(zone)
    neighbours = [zones[j] for j in (i - 1, i + 1) if 0 <= j < len(zones)]
    differences = [f"({other}_hepatocytes.{symbol} - {zone}_hepatocytes.{symbol})" for other in neighbours]
    # the exchange rate is given for three zones; finer zones lie closer together
    return f"hepatocyte_exchange_rate*({' + '.join(differences) or '0'})*{(len(zones) / 3) ** 2:.17g}"


def _vesicle_effects(structure: Structure, zone: str) -> list[str]:
    factors: dict[str, list[str]] = {}
    lines = []
    for row in actions():
        name = f"{zone}_{row.action}"
        lines += [
            f"{name}.loaded_copies := {zone}_{row.cell}.loaded_copies;",
            f"{name}.copies_per_vesicle is {row.copies_parameter};",
            *(f"{name}.{p} is {row.action}_{p};" for p in ("dissociation_constant", "sites", "background_copies")),
        ]
        factors.setdefault(f"{zone}_{row.module}.{row.factor}", []).append(f"{name}.target_factor")
    for name in _activities(structure):
        exposure = "body_cells.per_hepatocyte" if name == "soluble" else f"{zone}_{name}.exposure"
        lines += [
            f"{zone}_{name}_activity.exposure := {exposure};",
            f"{zone}_{name}_activity.strength is {name}_unattributed_strength;",
            f"{zone}_{name}_activity.half_maximal_exposure is {name}_half_maximal_exposure;",
        ]
    for act in activities():
        if act.activity in _activities(structure):
            term = f"{zone}_{act.activity}_activity.{'slowing' if act.effect == 'slows' else 'speeding'}_factor"
            factors.setdefault(f"{zone}_{act.module}.{act.factor}", []).append(term)
    return lines + [f"{factor} := {' * '.join(terms)};" for factor, terms in factors.items()]


def _flow_between_zones(structure: Structure) -> list[str]:
    zones = _zones(structure)
    lines = [
        f"{a}_to_{b}: {a}_sinusoid.plasma -> {b}_sinusoid.plasma; "
        f"body_circulation.liver_flow*{a}_sinusoid.plasma/(sinusoid_volume*zone_share);"
        for a, b in pairwise(zones)
    ]
    for i, zone in enumerate(zones):
        lines.append(f"{zone}_toxicant.cyp2e1_content := {_cyp2e1_content(i, len(zones))};")
    return lines


def _cyp2e1_content(i: int, zones: int) -> str:
    if zones == 1:
        return "cyp2e1_content_mean"
    # straight lines between the portal end, the middle and the central end, scaled to a mean of one
    ends = ("cyp2e1_content_periportal", "cyp2e1_content_middle", "cyp2e1_content_pericentral")

    def at(j: int) -> str:
        x = 2 * j / (zones - 1)
        k = min(int(x), 1)
        return f"({1 - (x - k):.17g}*{ends[k]} + {x - k:.17g}*{ends[k + 1]})"

    return f"{zones}*{at(i)}/({' + '.join(at(j) for j in range(zones))})"
