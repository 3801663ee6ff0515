"""The study file: what is given to whom, when, and what is read out. One YAML file, checked on reading."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_serializer, model_validator

from hepasome.biology import (
    Structure,
    agents,
    read_outs,
    routes,
    routes_into,
)
from hepasome.evidence import Claim, endpoint_names, load_evidence
from hepasome.files import (
    Document,
    FindingList,
    InputError,
    Quantity,
    Strict,
    did_you_mean,
    input_error,
    parse_quantity,
    quantity_check,
    read_yaml,
    validate,
)
from hepasome.product import Product, ProductReference, by_name
from hepasome.trial._subject import AnyDisease, DiseaseOfArm, SubjectTemplate, Time, TimeFromStart
from hepasome.trial._uncertain import count_check, uncertain, word_check

STUDIES = Path(str(resources.files("hepasome") / "studies"))
AT_READ_OUT = "read_out"
AFTER_TREATMENT = " after treatment"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_ARM_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_ROUTES = tuple(sorted({row.route for row in routes()}))
_CULTURE = "culture"
_DOSE_UNITS = {
    "vesicles": ("ug", "particles", "ug/kg", "particles/kg"),
    "cells": ("cells", "cells/kg"),
    "conditioned_medium": ("cell_equivalents",),
}


class Schedule(Strict):
    """When a treatment is given: first at `start`, then `times` - 1 more, `every` apart."""

    start: TimeFromStart
    every: Time | None = None
    times: Annotated[Any, uncertain(count_check(1, 10_000))] = 1

    @model_validator(mode="after")
    def _complete(self) -> Schedule:
        if self.times != 1 and self.every is None:
            raise ValueError("a treatment given more than once needs `every`")
        return self


class Treatment(Strict):
    """A product with dose, route and schedule."""

    product: ProductReference
    dose: Annotated[Any, uncertain(quantity_check(*(unit for units in _DOSE_UNITS.values() for unit in units)))]
    route: Annotated[Any, uncertain(word_check(_ROUTES))]
    schedule: Schedule

    @field_validator("product", mode="before")
    @classmethod
    def _by_id(cls, written: Any) -> Any:
        return by_name(written)


class GivenAgent(Strict):
    """A drug, inhibitor or antibody beside the product.

    Attributes:
        agent: From the list of agents.
        dose: For an agent that is dosed.
        schedule: When it is given.
        duration: How long an inhibitor stays (written as `for`); without it, to the end.
    """

    agent: str
    dose: Annotated[Any, uncertain(parse_quantity)] = None
    schedule: Schedule
    duration: Time | None = Field(default=None, alias="for")

    @model_validator(mode="after")
    def _known(self) -> GivenAgent:
        known = agents().get(self.agent)
        if known is None:
            raise ValueError(f"`{self.agent}` is no agent. {did_you_mean(self.agent, agents())}")
        if (known.acts == "adds") != (self.dose is not None):
            raise ValueError(f"write a `dose` in {known.unit}" if known.acts == "adds" else "this agent has no dose")
        if self.dose is not None and not getattr(self.dose, "low", self.dose).fits(known.unit):
            raise ValueError(f"the dose of {self.agent} is a number in {known.unit}")
        return self


class Arm(Strict):
    """A group of subjects. Arms differ only in what is given."""

    disease: DiseaseOfArm | Literal["none"] | None = None
    treatment: Treatment | None = None
    agents: tuple[GivenAgent, ...] = ()


class EndpointAt(Strict):
    """A read-out at a time.

    Attributes:
        endpoint: From the list of endpoints.
        at: Time; None for the study's `read_out`.
        after_treatment: Whether `at` counts from the last dose that any arm gets, not from time zero.
    """

    endpoint: str
    at: Quantity | None = None
    after_treatment: bool = False

    @model_serializer
    def __str__(self) -> str:
        if self.at is None:
            return self.endpoint
        return f"{self.endpoint} at {self.at}{AFTER_TREATMENT if self.after_treatment else ''}"


class Study(Strict):
    """Arms, endpoints, number per arm and analysis.

    Attributes:
        id: Short name, also of its folder.
        title: What is studied.
        system: Row of the review that it belongs to, or empty.
        reference: Id of the publication in the evidence tables, or empty.
        subject: Who the animals are.
        disease: What injures the liver.
        arms: By name. `control` names the one that the others are compared with.
        control: Name of the control arm.
        subjects_per_arm: Animals in each arm.
        read_out: When the animals are read out.
        endpoints: What is read out.
        zones: Zones of the liver.
        notes: Corrections and cautions that the report shows.
        claims_of: Id of the published study whose claims it is held against, where that is not its own.
    """

    id: str
    title: str
    system: str = ""
    reference: str = ""
    subject: SubjectTemplate
    disease: AnyDisease
    arms: dict[str, Arm] = Field(min_length=2, max_length=20)
    control: str
    subjects_per_arm: Annotated[Any, uncertain(count_check(2, 1_000_000))]
    read_out: Time
    endpoints: tuple[EndpointAt, ...] = Field(min_length=1, max_length=100)
    zones: int = Field(default=1, ge=1, le=12)
    notes: tuple[str, ...] = ()
    claims_of: str | None = None

    @field_validator("claims_of")
    @classmethod
    def _has_claims(cls, written: str | None) -> str | None:
        known = {claim.study for claim in load_evidence().claims}
        if written is not None and written not in known:
            raise ValueError(f"nothing is claimed of `{written}`. {did_you_mean(written, known)}")
        return written

    @field_validator("id")
    @classmethod
    def _plain_name(cls, written: str) -> str:
        if not _NAME.fullmatch(written):
            raise ValueError("a name has small letters, digits and _ only, and starts with a letter")
        return written

    @field_validator("arms")
    @classmethod
    def _arm_names(cls, arms: dict[str, Arm]) -> dict[str, Arm]:
        for name in arms:
            if not _ARM_NAME.fullmatch(name):
                raise ValueError(f"`{name}` is no name for an arm: letters, digits and _ only")
        return arms

    @field_validator("endpoints", mode="before")
    @classmethod
    def _endpoints(cls, written: Any) -> Any:
        if not isinstance(written, (list, tuple)):
            raise ValueError("write a list, for example `[AST, collagen_area at 12 wk]`")
        return [_endpoint(item) for item in written]

    @field_validator("endpoints")
    @classmethod
    def _each_once(cls, endpoints: tuple[EndpointAt, ...]) -> tuple[EndpointAt, ...]:
        labels = [str(endpoint) for endpoint in endpoints]
        twice = [label for i, label in enumerate(labels) if label in labels[:i]]
        if twice:
            raise ValueError(f"`{twice[0]}` stands twice")
        return endpoints

    @model_validator(mode="after")
    def _coherent(self) -> Study:
        if self.control not in self.arms:
            raise ValueError(f"the control arm `{self.control}` is not one of: {', '.join(self.arms)}")
        for endpoint in self.endpoints:
            if endpoint.at is None or endpoint.after_treatment or not isinstance(self.read_out, Quantity):
                continue  # known only when the protocol is settled
            if endpoint.at.to("h") > self.read_out.to("h"):
                raise ValueError(f"`{endpoint}` comes after the read-out at {self.read_out}, when the animals are dead")
        self._makes_sense()
        stopped = any(isinstance(arm.disease, DiseaseOfArm) and arm.treatment is None for arm in self.arms.values())
        if self.disease.modelled.natural_recovery and not stopped:
            raise ValueError(
                "a fibrosis study needs an arm with the toxin stopped and no treatment, or natural recovery would be "
                "taken for therapy; add `recovery: {disease: {stop_at: treatment}}`"
            )
        return self

    def _makes_sense(self) -> None:
        """Refuse what cannot be done to these subjects."""
        model, subject = self.disease.modelled, self.subject
        if (model.setting == _CULTURE) != (subject.culture is not None):
            where = "cells in culture" if model.setting == _CULTURE else "a whole animal"
            raise ValueError(f"{model.title} needs {where}; change the subject or the disease")
        if subject.culture is not None and self.zones > 1:
            raise ValueError("cells in culture have no zones along a sinusoid; leave out `zones`")
        if subject.species not in model.species:
            raise ValueError(f"{model.title} is modelled in: {', '.join(model.species)}; not in {subject.species}")
        structure = Structure(subject.species, cells=True, disease=model.id, conditioned_medium=True)
        present, known = structure.present, [row.read_out for row in read_outs(structure)]
        for endpoint in self.endpoints:
            if endpoint.endpoint not in known:
                listed = ", ".join(name for name in endpoint_names() if name in known)
                raise ValueError(f"`{endpoint.endpoint}` is not read out of {model.title}; it has {listed}")
        for name, arm in self.arms.items():
            for given in arm.agents:
                agent = agents()[given.agent]
                if not present.has(agent.module):
                    raise ValueError(f"arm `{name}`: {given.agent} acts on {agent.module}, which {model.title} has not")

    @property
    def published_as(self) -> str:
        """Id of the published study that it is compared with; its own if it is no changed copy."""
        return self.claims_of or self.id

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Published claims that it is held against. No simulation takes them as an input."""
        return load_evidence().claims_of(self.published_as)

    def as_written(self) -> dict[str, Any]:
        """The study as plain data for JSON, as its file writes it, with every default that is not nothing."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    def products(self) -> dict[str, Product]:
        """The resolved product of each treated arm.

        Raises:
            InputError: If a product does not exist or cannot be enriched as asked.
        """
        return {name: arm.treatment.product.resolve() for name, arm in self.arms.items() if arm.treatment is not None}

    @property
    def gives_cells(self) -> bool:
        """Whether any arm gives living cells."""
        return any(product.kind == "cells" for product in self.products().values())

    @property
    def structure(self) -> Structure:
        """Which model the study needs."""
        kinds = {product.kind for product in self.products().values()}
        return Structure(
            self.subject.species, self.zones, "cells" in kinds, self.disease.model, "conditioned_medium" in kinds
        )


def _endpoint(written: Any) -> Any:
    if isinstance(written, (EndpointAt, dict)):
        return written
    name, _, at = str(written).partition(" at ")
    name, after = name.strip(), at.endswith(AFTER_TREATMENT)
    if name not in endpoint_names():
        raise ValueError(f"`{name}` is no endpoint. {did_you_mean(name, endpoint_names())}")
    if at.strip() in ("", AT_READ_OUT):
        return EndpointAt(endpoint=name)
    time = quantity_check("h", zero=True)(at.removesuffix(AFTER_TREATMENT).strip())
    return EndpointAt(endpoint=name, at=time, after_treatment=after)


def study_ids() -> list[str]:
    """Ids of the shipped studies."""
    return sorted(path.parent.name for path in STUDIES.glob("*/study.yaml"))


def load_study(name: str | Path) -> Study:
    """A shipped study by its id, or a study file by its path.

    Raises:
        InputError: Every finding about the file: unknown keys, wrong units, negative doses, missing arms and so on.
    """
    path = study_path(name)
    return check_study(read_yaml(path), path.parent)


def check_study(document: Document, folder: Path) -> Study:
    """The study that a document describes, whether it is a file or not yet.

    Args:
        document: What is written.
        folder: Where the files lie that it may name, such as products.

    Raises:
        InputError: As `load_study`.
    """
    _tell_folder(document, folder)
    study = validate(Study, document)
    _check_products(study, document)
    return study


def study_path(name: str | Path) -> Path:
    """Where the file of a study lies.

    Raises:
        InputError: If the name is neither the id of a shipped study nor a path.
    """
    text = str(name)
    if _NAME.fullmatch(text) and (STUDIES / text / "study.yaml").is_file():
        return STUDIES / text / "study.yaml"
    path = Path(name)
    if path.is_dir():
        path = path / "study.yaml"
    if not path.exists() and path.suffix not in (".yaml", ".yml"):
        raise input_error(
            text, "There is no such study.", f"Use one of {', '.join(study_ids())}, or the path of a study file."
        )
    return path


def _tell_folder(document: Document, folder: Path) -> None:
    """Tell every product where the study file lies, for paths; whatever the file itself says about it is replaced."""
    arms = document.value.get("arms")
    for arm in arms.values() if isinstance(arms, dict) else ():
        treatment = arm.get("treatment") if isinstance(arm, dict) else None
        if isinstance(treatment, dict) and isinstance(by_name(treatment.get("product")), dict):
            treatment["product"] = {**by_name(treatment["product"]), "folder": str(folder)}


def _check_products(study: Study, document: Document) -> None:
    found = FindingList(document.file)
    for name, arm in study.arms.items():
        if arm.treatment is None:
            continue
        place = ("arms", name, "treatment")
        try:
            product = arm.treatment.product.resolve()
        except InputError as error:
            for finding in error.findings:
                line, field = document.line((*place, "product")), ".".join((*place, "product"))
                found.add(finding.problem, finding.remedy, line=line, field=field, value=finding.value)
            continue
        known = routes_into(study.structure, "cells" if product.kind == "cells" else "vesicles")
        asked = getattr(arm.treatment.route, "options", (arm.treatment.route,))
        for route in asked:
            if route not in known:
                found.add(
                    f"{product.kind.capitalize().replace('_', ' ')} are not given by this route in the model.",
                    f"Use one of: {', '.join(known)}.",
                    line=document.line((*place, "route")),
                    field=".".join((*place, "route")),
                    value=route,
                )
        dose = arm.treatment.dose
        units = _DOSE_UNITS[product.kind]
        written = getattr(dose, "options", (getattr(dose, "low", dose),))
        if not all(any(one.fits(unit) for unit in units) for one in written):
            found.add(
                f"The dose does not fit a product of {product.kind.replace('_', ' ')}.",
                "Give vesicles in ug or particles, cells in cells, conditioned medium in cell_equivalents.",
                line=document.line((*place, "dose")),
                field=".".join((*place, "dose")),
                value=str(dose),
            )
    found.raise_if_any()
