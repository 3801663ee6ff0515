"""Disease files: which parts a model of a disease needs, and how the disease is induced."""

from __future__ import annotations

from functools import cache
from typing import Literal

from pydantic import Field, model_validator

from hepasome.biology._tables import FOLDER, SPECIES, parameters, variables
from hepasome.biology._wiring import instances_of, part_exists
from hepasome.files import Document, FindingList, Strict, input_error, read_yaml, validate


class Induction(Strict):
    """One field of a study's `disease` block: a quantity that injures.

    Attributes:
        meaning: What it is, for readers.
        unit: Unit in which the model takes it; the study may write any unit of that dimension.
        factor: Times this number, it is what is added or set.
        adds_to: State to which it is added at the start and at every repeat: `BODY.module.state`, or with `ZONE`; or
            several, each of which gets the whole.
        sets: Parameter that has this value from the start on.
        lasts: Parameter that is one for as long as this (a time) from the start on, and zero else.
        exact: Whether it has no error of injection.
        default: What is taken where a study does not write it; without one it must be written.
    """

    meaning: str
    unit: str
    factor: float = 1.0
    adds_to: str | tuple[str, ...] = ""
    sets: str = ""
    lasts: str = ""
    exact: bool = False
    default: str = ""

    @model_validator(mode="after")
    def _acts(self) -> Induction:
        if not (self.adds_to or self.sets or self.lasts):
            raise ValueError("write what it does: adds_to, sets or lasts")
        return self

    @property
    def states(self) -> tuple[str, ...]:
        """The states to which it is added."""
        return (self.adds_to,) if isinstance(self.adds_to, str) and self.adds_to else tuple(self.adds_to)


class DiseaseModel(Strict):
    """How a disease is modelled.

    Attributes:
        id: Short name, also of the file.
        title: For readers.
        setting: `animal`, or `culture` of one cell type.
        species: Whose.
        parts: Parts of the model, by their files in `wiring`.
        induction: What a study may write about it.
        repeats: Whether a study says how often (`every`, `for`).
        natural_recovery: Whether a study needs an arm in which the injury is stopped and nothing is given.
        notes: Cautions that reports show.
    """

    id: str
    title: str
    setting: Literal["animal", "culture"]
    species: tuple[str, ...] = Field(min_length=1)
    parts: tuple[str, ...] = Field(min_length=1)
    induction: dict[str, Induction] = Field(default_factory=dict)
    repeats: bool = False
    natural_recovery: bool = False
    notes: tuple[str, ...] = ()


@cache
def disease_ids() -> tuple[str, ...]:
    """Ids of all diseases."""
    return tuple(sorted(path.stem for path in (FOLDER / "diseases").glob("*.yaml")))


@cache
def disease_model(name: str) -> DiseaseModel:
    """How a disease is modelled.

    Raises:
        InputError: If there is no such disease, or its file does not hold.
    """
    if name not in disease_ids():
        raise input_error(
            "disease", "There is no such disease.", f"Use one of: {', '.join(disease_ids())}.", value=name
        )
    document = read_yaml(FOLDER / "diseases" / f"{name}.yaml")
    disease = validate(DiseaseModel, document)
    _check(name, disease, document)
    return disease


def _check(name: str, disease: DiseaseModel, document: Document) -> None:
    """Refuse a disease file that names what there is not."""
    found = FindingList(document.file)
    if disease.id != name:
        found.add("The id is not the name of the file.", "Correct it.", line=document.line(("id",)), value=disease.id)
    for i, species in enumerate(disease.species):
        if species not in SPECIES:
            line, remedy = document.line(("species", i)), f"Use one of: {', '.join(SPECIES)}."
            found.add("There is no such species.", remedy, line=line, field="species", value=species)
    for i, part in enumerate(disease.parts):
        if not part_exists(part):
            line, remedy = document.line(("parts", i)), f"Write the file biology/wiring/{part}.ant."
            found.add("There is no such part.", remedy, line=line, field="parts", value=part)
    found.raise_if_any()
    for field, given in disease.induction.items():
        line = document.line(("induction", field))
        place = f"induction.{field}"
        for state in given.states:
            if not _state(disease, state):
                remedy = (
                    "Write `BODY.instance.state` or `ZONE.instance.state`, with names of the parts of this disease."
                )
                found.add("The parts have no such state.", remedy, line=line, field=place, value=state)
        for symbol in (given.sets, given.lasts):
            if symbol and symbol not in parameters(disease.species[0], disease.id):
                remedy = "Use the symbol of a parameter."
                found.add("There is no such parameter.", remedy, line=line, field=place, value=symbol)
    found.raise_if_any()


def _state(disease: DiseaseModel, target: str) -> bool:
    present = instances_of(disease.parts)
    scope, _, rest = target.partition(".")
    instance, _, symbol = rest.partition(".")
    module = (present.body if scope == "BODY" else present.zone if scope == "ZONE" else {}).get(instance)
    return any((row.module, row.symbol, row.kind) == (module, symbol, "state") for row in variables())
