"""The tables of the biology: parameters, variables, read-outs, actions of named cargo, unattributed activities."""

from __future__ import annotations

import math
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, model_validator

from hepasome.biology._units import check_unit
from hepasome.files import Strict, input_error, read_table

FOLDER = Path(str(resources.files("hepasome.biology")))
SPECIES = tuple(sorted(path.stem for path in (FOLDER / "species").glob("*.csv")))
MODULES = tuple(sorted(path.stem for path in (FOLDER / "parameters").glob("*.csv")))
STAND_IN = {"rabbit": "rat", "guinea_pig": "rat"}  # whose rows a species takes where it has none of its own

Status = Literal["measured", "derived", "fitted", "assumed"]
Unit = Annotated[str, AfterValidator(check_unit)]
TargetCell = Literal["kupffer", "endothelial", "stellate", "hepatocyte", "tumour"]


class Parameter(Strict):
    """One row of a parameter table. The key is (symbol, species).

    Attributes:
        symbol: Name in the model.
        meaning: What it is.
        value: Central value.
        low: Lower end of what is plausible (5 %), or None where there is no uncertainty.
        high: Upper end (95 %).
        scale: Scale on which the uncertainty and the spread are normal; `normal` and `linear` are unscaled,
            the latter without uncertainty.
        between_subject: Standard deviation between animals, on that scale; a separate number from low and high.
        unit: Unit, as in `variables.csv`.
        species: `any`, or the species of the row.
        status: measured, derived, fitted or assumed.
        source: Where the value comes from.
    """

    symbol: str
    meaning: str
    value: float
    low: float | None = None
    high: float | None = None
    scale: Literal["log", "logit", "normal", "linear"]
    between_subject: float = 0.0
    unit: Unit
    species: str
    status: Status
    source: str

    @model_validator(mode="after")
    def _consistent(self) -> Parameter:
        low, high = self.low, self.high
        if (low is None) != (high is None):
            raise ValueError("give both low and high or neither")
        if low is not None and high is not None and not low <= self.value <= high:
            raise ValueError(f"the value {self.value:g} does not lie between low {low:g} and high {high:g}")
        if self.species not in ("any", *SPECIES):
            raise ValueError(f"the species is not one of: any, {', '.join(SPECIES)}")
        if self.between_subject < 0:
            raise ValueError("the spread between subjects is below zero")
        numbers = [number for number in (low, self.value, high) if number is not None]
        if self.scale == "log" and min(numbers) <= 0:
            raise ValueError("numbers on the log scale must be above zero")
        if self.scale == "logit" and not (min(numbers) > 0 and max(numbers) < 1):
            raise ValueError("numbers on the logit scale must be shares between zero and one")
        return self


class Variable(Strict):
    """One state, read-out or input of a module, with its unit and meaning.

    `default` is the value of an input that no part of a model gives; an input without default must be given.
    """

    module: str
    symbol: str
    kind: Literal["state", "read-out", "input"]
    unit: Unit
    meaning: str
    default: float | None = None


class ReadOut(Strict):
    """One read-out of the whole model: a variable of an instance, over the zones of the liver or of the body."""

    read_out: str
    instance: str
    symbol: str
    over_zones: Literal["mean", "sum", "body"]
    unit: Unit
    meaning: str


class Action(Strict):
    """One RNA on one target in one cell type, and the factor of a module that it multiplies.

    `form`: a miRNA occupies sites of a target; an RNA without a target model gives a response that saturates.
    """

    action: str
    cargo: str
    target: str
    cell: TargetCell
    module: str
    factor: str
    evidence: str
    form: Literal["occupancy", "response"] = "occupancy"

    @property
    def copies_parameter(self) -> str:
        """The parameter that holds the copies of this RNA per vesicle."""
        return copies_parameter(self.cargo)

    @property
    def transfected_parameter(self) -> str:
        """The parameter, where there is one, for copies on AGO of a mimic of this miRNA that was transfected."""
        return f"{self.cargo.replace('-', '_')}_transfected_copies"


class Activity(Strict):
    """One factor of a module that an unattributed activity slows or speeds up."""

    activity: Literal["kupffer", "endothelial", "stellate", "hepatocyte", "tumour", "soluble"]
    module: str
    factor: str
    effect: Literal["slows", "speeds"]
    reason: str


def copies_parameter(cargo: str) -> str:
    """Name of the parameter for the copies of a cargo per vesicle: `miR-122-5p` -> `miR_122_5p_copies_per_vesicle`."""
    return f"{cargo.replace('-', '_')}_copies_per_vesicle"


@cache
def parameters(species: str, disease: str = "") -> dict[str, Parameter]:
    """All parameter rows for a species, by symbol.

    Args:
        species: Whose.
        disease: Rows of this disease's own table replace those of the modules; empty for none.

    Raises:
        InputError: If the species is unknown, or two rows have the same symbol for it.
    """
    if species not in SPECIES:
        raise input_error("species", "There is no such species.", f"Use one of: {', '.join(SPECIES)}.", value=species)
    rows: dict[str, Parameter] = {}
    for module in [*MODULES, species]:
        rows |= _of_species(module, parameter_rows(module), species, rows)
    return _borrowed(species, set(rows)) | rows | _of_species(disease, disease_rows(disease), species, {})


def symbols_of(module: str, species: str) -> tuple[str, ...]:
    """The symbols of one table that a species has a row for, its own or that of the species which stands in for it."""
    whose = ("any", species, STAND_IN.get(species, species))
    return tuple(dict.fromkeys(row.symbol for row in parameter_rows(module) if row.species in whose))


def _borrowed(species: str, own: set[str]) -> dict[str, Parameter]:
    """Rows of the species that stands in for another: whatever they are there, here they are assumed."""
    other = STAND_IN.get(species)
    return {
        row.symbol: row.model_copy(
            update={"species": species, "status": "assumed", "source": f"value of the {other}: {row.source}"}
        )
        for module in MODULES
        for row in parameter_rows(module)
        if row.species == other and row.symbol not in own
    }


def _of_species(
    table: str, listed: tuple[Parameter, ...], species: str, known: dict[str, Parameter]
) -> dict[str, Parameter]:
    found: dict[str, Parameter] = {}
    for row in listed:
        if row.species not in ("any", species):
            continue
        if row.symbol in known or row.symbol in found:
            raise input_error(table, "Two rows have this symbol for one species.", field=row.symbol)
        found[row.symbol] = row
    return found


@cache
def parameter_rows(module: str) -> tuple[Parameter, ...]:
    """The rows of one table, for all species: a module, or a species for its physiology."""
    folder = "species" if module in SPECIES else "parameters"
    return tuple(read_table(FOLDER / folder / f"{module}.csv", Parameter))


@cache
def disease_rows(disease: str) -> tuple[Parameter, ...]:
    """The rows of a disease's own table, for all species; none if it has none."""
    path = FOLDER / "diseases" / f"{disease}.csv"
    return tuple(read_table(path, Parameter)) if disease and path.is_file() else ()


@cache
def variables() -> tuple[Variable, ...]:
    """States, read-outs and inputs of all modules."""
    return tuple(row for path in _files("variables") for row in read_table(path, Variable))


@cache
def all_read_outs() -> tuple[ReadOut, ...]:
    """Read-outs of all models; a model has those of its instances."""
    return tuple(row for path in _files("read_outs") for row in read_table(path, ReadOut))


def _files(folder: str) -> list[Path]:
    return sorted((FOLDER / folder).glob("*.csv"))


@cache
def actions() -> tuple[Action, ...]:
    """Actions of named cargo."""
    by_response = (row.model_copy(update={"form": "response"}) for row in read_table(FOLDER / "responses.csv", Action))
    return (*read_table(FOLDER / "actions.csv", Action), *by_response)


@cache
def activities() -> tuple[Activity, ...]:
    """Where unattributed activities act."""
    return tuple(read_table(FOLDER / "activities.csv", Activity))


def to_scale(value: float, scale: str) -> float:
    """A value on the scale on which its spread is normal."""
    if scale == "log":
        return math.log(value)
    return math.log(value / (1 - value)) if scale == "logit" else value


def from_scale(value: float, scale: str) -> float:
    """The inverse of `to_scale`."""
    if scale == "log":
        return math.exp(value)
    if scale == "logit":
        return 1 / (1 + math.exp(-value))
    return value
