"""The parts that a study needs -> one Antimony model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hepasome.biology._diseases import DiseaseModel, disease_model
from hepasome.biology._symbols import check_wiring, module_file, module_words
from hepasome.biology._tables import FOLDER, Action, ReadOut, actions, activities, all_read_outs, parameters
from hepasome.biology._wiring import Instances, instances_of, joined
from hepasome.files import Finding, InputError, read_text

MODEL = "liver_trial"
CELL_TYPES = ("kupffer", "endothelial", "stellate", "hepatocyte", "tumour")
_SOLUBLE = "soluble"
_RNA_MODULES = {"occupancy": "rna_action", "response": "rna_response"}
_FROM_DELIVERY = {"occupancy": ("loaded_copies",), "response": ("processed", "size_factor")}
_OWN_PARAMETERS = {
    "occupancy": ("dissociation_constant", "sites", "background_copies"),
    "response": ("half_maximal_copies", "strength"),
}


@dataclass(frozen=True)
class Structure:
    """Which model to build.

    Attributes:
        species: Whose parameters.
        zones: Zones along the sinusoid, from the portal to the central vein.
        cells: Whether living donor cells are given.
        disease: Id of the disease, which says which parts the model has.
        conditioned_medium: Whether conditioned medium is given.
    """

    species: str
    zones: int = 1
    cells: bool = False
    disease: str = "ccl4_fibrosis"
    conditioned_medium: bool = False

    def __post_init__(self) -> None:
        if self.zones < 1:
            raise ValueError("a liver has at least one zone")

    @property
    def model(self) -> DiseaseModel:
        """How the disease is modelled."""
        return disease_model(self.disease)

    @property
    def parts(self) -> tuple[str, ...]:
        """Parts of the model, by their wiring files."""
        given = ["cells"] if self.cells else []
        if self.cells or self.conditioned_medium:
            given.append(_SOLUBLE)
        return (*self.model.parts, *(part for part in given if part not in self.model.parts))

    @property
    def present(self) -> Instances:
        """Instances of modules that the parts bring."""
        return instances_of(self.parts)

    @property
    def zone_names(self) -> tuple[str, ...]:
        """Names of the zones in the flat model."""
        return tuple(f"zone{i + 1}" for i in range(self.zones))


def cell_types(structure: Structure) -> tuple[str, ...]:
    """Cell types of the model that take up vesicles."""
    return tuple(cell for cell in CELL_TYPES if structure.present.has(cell))


def read_outs(structure: Structure) -> tuple[ReadOut, ...]:
    """Read-outs of the model."""
    return tuple(row for row in all_read_outs() if structure.present.has(row.instance))


def instances(structure: Structure) -> dict[str, str]:
    """All module instances of the flat model: instance name -> module."""
    present = structure.present
    found = {f"body_{name}": module for name, module in present.body.items()}
    for zone in structure.zone_names:
        found |= {f"{zone}_{name}": module for name, module in present.zone.items()}
    for scope, cell in _cells(structure):
        found |= {f"{scope}_{row.action}": _RNA_MODULES[row.form] for row in _actions_in(structure, cell)}
    for scope, name in _unattributed(structure):
        found[f"{scope}_{name}_activity"] = "unattributed_activity"
    return found


def module_texts() -> dict[str, str]:
    """Text of every module file, by the name under which `antimony_text` imports it."""
    return {path.name: read_text(path) for path in sorted((FOLDER / "modules").glob("*.ant"))}


def antimony_text(structure: Structure) -> str:
    """The Antimony text that imports the modules and joins them.

    Raises:
        InputError: If two parts give one input, or a wiring line names what there is not.
    """
    check_wiring(structure.parts)
    modules = instances(structure)
    files = sorted({f"{module_file(module)}.ant" for module in modules.values()})
    lines = [f'import "{name}"' for name in ("smooth.ant", *files)] + [f"model *{MODEL}()", "compartment body = 1;"]
    known = set(parameters(structure.species, structure.disease))
    for instance, module in modules.items():
        lines.append(f"{instance}: {module}();")
        words = module_words(module)
        if "body" in words:
            lines.append(f"{instance}.body is body;")
        # `is` keeps one copy of a shared parameter; without it each instance would get its own
        lines += [f"{instance}.{name} is {name};" for name in sorted(words & known)]
    wiring, sums = joined(structure.parts, structure.present, structure.zone_names)
    effects, factors = _vesicle_effects(structure, modules)
    lines += [*wiring, *effects]
    lines += [f"{name} := {' + '.join(terms)};" for name, terms in sums.items()]
    lines += [f"{name} := {' * '.join(terms)};" for name, terms in factors.items()]
    given = re.findall(r"^(\S+) :=", "\n".join(lines), re.MULTILINE)
    twice = sorted({name for name in given if given.count(name) > 1})
    if twice:
        raise InputError(
            Finding("biology/wiring", "Two lines give this.", "Write `+=` in both where they add up.", None, name)
            for name in twice
        )
    return "\n".join([*lines, "end", ""])


def _cells(structure: Structure) -> Iterator[tuple[str, str]]:
    """Where each cell type is that takes up vesicles: zone or body, and its instance."""
    present = structure.present
    for cell in CELL_TYPES:
        scopes = structure.zone_names if cell in present.zone else ("body",) if cell in present.body else ()
        yield from ((scope, cell) for scope in scopes)


def _actions_in(structure: Structure, cell: str) -> list[Action]:
    """Actions of named cargo in a cell type; a response has a state, so it is left out where it could do nothing."""
    of_cell = (row for row in actions() if row.cell == cell)
    return [row for row in of_cell if row.form == "occupancy" or structure.present.has(row.module)]


def _soluble(structure: Structure) -> Iterator[tuple[str, str]]:
    if _SOLUBLE in structure.present.body:
        scopes = structure.zone_names if structure.present.zone else ("body",)
        yield from ((scope, _SOLUBLE) for scope in scopes)


def _unattributed(structure: Structure) -> Iterator[tuple[str, str]]:
    """Where unattributed activities are: none for a cell type on which the table of activities lists none."""
    listed = {row.activity for row in activities()}
    yield from (place for place in (*_cells(structure), *_soluble(structure)) if place[1] in listed)


def _vesicle_effects(structure: Structure, modules: dict[str, str]) -> tuple[list[str], dict[str, list[str]]]:
    """What named cargo and unattributed activities do: lines, and the terms of every factor that they multiply."""
    factors: dict[str, list[str]] = {}
    lines = []
    known = parameters(structure.species, structure.disease)
    for scope, cell in _cells(structure):
        for row in _actions_in(structure, cell):
            name = f"{scope}_{row.action}"
            if row.form == "occupancy" and row.transfected_parameter in known:
                lines.append(f"{name}.transfected_copies is {row.transfected_parameter};")
            lines += [f"{name}.{copied} := {scope}_{cell}.{copied};" for copied in _FROM_DELIVERY[row.form]]
            lines += [f"{name}.{p} is {row.action}_{p};" for p in _OWN_PARAMETERS[row.form]]
            lines.append(f"{name}.copies_per_vesicle is {row.copies_parameter};")
            _multiply(factors, modules, scope, row.module, row.factor, f"{name}.target_factor")
    for scope, name in _unattributed(structure):
        exposure = f"body_{name}.exposure" if name == _SOLUBLE else f"{scope}_{name}.exposure"
        lines += [
            f"{scope}_{name}_activity.exposure := {exposure};",
            f"{scope}_{name}_activity.strength is {name}_unattributed_strength;",
            f"{scope}_{name}_activity.half_maximal_exposure is {name}_half_maximal_exposure;",
        ]
        for act in activities():
            if act.activity == name:
                term = f"{scope}_{name}_activity.{'slowing' if act.effect == 'slows' else 'speeding'}_factor"
                _multiply(factors, modules, scope, act.module, act.factor, term)
    return lines, factors


def _multiply(
    factors: dict[str, list[str]], modules: dict[str, str], scope: str, module: str, factor: str, term: str
) -> None:
    """Let a term multiply a factor of a module in the same zone or, if it is not there, of the body."""
    for place in (scope, "body"):
        if f"{place}_{module}" in modules:
            factors.setdefault(f"{place}_{module}.{factor}", []).append(term)
            return
