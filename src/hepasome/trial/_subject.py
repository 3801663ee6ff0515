"""Who the subjects of a study are and what injures them: two blocks of the study file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from pydantic import Field, create_model, field_validator, model_validator

from hepasome.biology import SPECIES, DiseaseModel, disease_ids, disease_model
from hepasome.files import Quantity, Strict, quantity_check
from hepasome.trial._uncertain import uncertain

AT_TREATMENT = "treatment"


def _stop_check(written: Any) -> Any:
    return written if written == AT_TREATMENT else quantity_check("h")(written)


Time = Annotated[Any, uncertain(quantity_check("h"))]
TimeFromStart = Annotated[Any, uncertain(quantity_check("h", zero=True))]


class Culture(Strict):
    """A dish: how many cells in how much medium."""

    cells: Annotated[Any, uncertain(quantity_check("cells"))]
    medium: Annotated[Any, uncertain(quantity_check("mL"))]


class SubjectTemplate(Strict):
    """Who the subjects are: animals or patients with a body weight, or cultures of one species' cells."""

    species: str
    strain: str = "not stated"
    sex: Literal["male", "female", "not stated"] = "not stated"
    body_weight: Annotated[Any, uncertain(quantity_check("g"))] = None
    culture: Culture | None = None

    @field_validator("species")
    @classmethod
    def _known(cls, written: str) -> str:
        if written not in SPECIES:
            raise ValueError(f"`{written}` is not one of: {', '.join(SPECIES)}")
        return written

    @model_validator(mode="after")
    def _one_form(self) -> SubjectTemplate:
        if (self.body_weight is None) == (self.culture is None):
            raise ValueError("write `body_weight` of an animal or patient, or `culture` with cells and medium")
        return self


class Disease(Strict):
    """An induction protocol. What else it may say, a dose of a toxin for example, the disease file lists.

    Attributes:
        model: Which disease.
        start: When it is induced.
        every: Interval between repeats, for a disease that is induced repeatedly.
        duration: How long it is repeated (written as `for`).
    """

    model: str
    start: TimeFromStart = Quantity(0.0, "h")
    every: Time | None = None
    duration: Time | None = Field(default=None, alias="for")

    @model_validator(mode="after")
    def _repeats(self) -> Disease:
        written = (self.every is not None, self.duration is not None)
        if self.modelled.repeats and not all(written):
            raise ValueError("write `every` and `for`: this disease is induced repeatedly")
        if not self.modelled.repeats and any(written):
            raise ValueError("leave out `every` and `for`: this disease is induced once")
        return self

    @property
    def modelled(self) -> DiseaseModel:
        """How the disease is modelled."""
        return disease_model(self.model)

    @property
    def amounts(self) -> dict[str, Any]:
        """What is given to induce it, by the names of the disease file."""
        return {name: getattr(self, name) for name in self.modelled.induction}


def _disease_form(name: str) -> type[Disease]:
    fields: dict[str, Any] = {"model": (Literal[name], ...)}
    for field, given in disease_model(name).induction.items():
        check = quantity_check(given.unit, zero=True)
        default = check(given.default) if given.default else ...
        fields[field] = (Annotated[Any, uncertain(check)], default)
    return create_model(f"Disease_{name}", __base__=Disease, **fields)


if TYPE_CHECKING:
    AnyDisease = Disease
else:
    _FORMS = tuple(_disease_form(name) for name in disease_ids())
    _any_of = Union[_FORMS]  # noqa: UP007 - of as many as there are
    AnyDisease = Annotated[_any_of, Field(discriminator="model")] if len(_FORMS) > 1 else _FORMS[0]


class DiseaseOfArm(Strict):
    """How the disease of an arm differs: stopped early, at a time or when the first treatment of the study is given."""

    stop_at: Annotated[Any, uncertain(_stop_check)]
