"""How a study names a product: as it is, enriched in a cargo, with a cargo removed, or stored."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, PrivateAttr, field_validator, model_validator

from hepasome.files import Strict, input_error, inside
from hepasome.product._estimate import Estimate
from hepasome.product._product import PRODUCT_ID, Cargo, Product, load_product
from hepasome.product._storage import Storage

_RNA = ("miRNA", "mRNA", "other_RNA")
_AMOUNT = re.compile(r"\d+(?:\.\d*)?(?:[eE][-+]?\d+)?\s*(?:x|copies)")


@dataclass(frozen=True)
class Ceilings:
    """How many copies of one RNA a vesicle can carry.

    Attributes:
        native: Mean of an abundant miRNA, native vesicles: 0.00825 (Chevillet 2014 PNAS 111:14888).
        loaded_low: Lower end of loaded vesicles: 12 studies with oligonucleotides, median 0.37 % of weight, at 3e10
            particles per ug (extracellular-vesicles-atlas Fig. 3, Chaudhari 2026).
        loaded_high: Upper end, at 2e9 particles per ug.
        physical: 10,000 nucleotides of RNA in one vesicle (recalled), in miRNAs of 22 nucleotides.
        physical_mrna: The same 10,000 nucleotides in mRNAs of about 1,700 nucleotides.
        physical_protein: Proteins of all kinds in one vesicle (Sverdlov 2012, recalled).
    """

    native: float = 0.00825
    loaded_low: float = 5.0
    loaded_high: float = 80.0
    physical: float = 450.0
    physical_mrna: float = 6.0
    physical_protein: float = 100.0

    def most(self, kind: str) -> float:
        """Copies of one cargo of a kind that fit into a vesicle."""
        return {"mRNA": self.physical_mrna, "protein": self.physical_protein}.get(kind, self.physical)


CEILINGS = Ceilings()


class ProductReference(Strict):
    """A product as a study names it.

    Attributes:
        base: Id of a shipped product or path of a product file.
        enrich: Cargo -> `1000x` (times what the base carries) or `5 copies` (per vesicle).
        remove: Cargo that is silenced or inhibited.
        treat: What the vesicles are treated with: RNase takes away their RNA, named and not.
        stored: How it was kept before it was given: `{temperature: -80 C, for: 3 mo, freeze_thaws: 1}`.
        folder: Folder of the study file, from which a path is read.
    """

    base: str
    enrich: dict[str, str] = Field(default_factory=dict)
    remove: tuple[str, ...] = ()
    treat: tuple[Literal["RNase"], ...] = ()
    stored: Storage | None = None
    folder: str = Field(default="", exclude=True)
    _known: tuple[dict[str, Any], Product] | None = PrivateAttr(default=None)

    def __eq__(self, other: object) -> bool:
        """Whether the same is asked for; where its file lies says nothing about that."""
        return isinstance(other, ProductReference) and self.model_dump() == other.model_dump()

    def remember(self, product: Product) -> None:
        """Resolve to a product that is known, as in a run that was read back, instead of reading its file again."""
        self._known = (self.model_dump(), product)

    @field_validator("enrich")
    @classmethod
    def _amounts(cls, written: dict[str, str]) -> dict[str, str]:
        for cargo, amount in written.items():
            if not _AMOUNT.fullmatch(amount):
                raise ValueError(f"`{amount}` for {cargo} is not an amount; write `1000x` or `5 copies`")
        return written

    @model_validator(mode="after")
    def _one_or_the_other(self) -> ProductReference:
        both = sorted(set(self.enrich) & set(self.remove))
        if both:
            raise ValueError(f"{', '.join(both)} cannot be enriched and removed")
        return self

    def resolve(self) -> Product:
        """The product that is given.

        Raises:
            InputError: If there is no such product, a cargo is not in it, or more copies are asked than fit.
        """
        if self._known is not None and self._known[0] == self.model_dump():  # a changed copy is another product
            return self._known[1]
        base = self._kept(load_product(self._path()))
        vesicles = base.vesicles
        if not self.enrich and not self.remove and not self.treat:
            return base
        carried = {cargo.name: cargo for cargo in vesicles.cargo}
        for name in (*self.enrich, *self.remove):
            if name not in carried:
                listed = ", ".join(carried) or "none"
                raise input_error(
                    base.id, "The product does not carry this cargo.", f"It carries: {listed}.", value=name
                )
        extra = list(vesicles.assumptions)
        for name, amount in self.enrich.items():
            carried[name] = _enriched(carried[name], amount, base.id, extra)
        for name in self.remove:
            gone = carried[name].copies_per_vesicle.times(0.0, unit="1", derivation="removed in the study file")
            carried[name] = carried[name].model_copy(update={"copies_per_vesicle": gone})
        if "RNase" in self.treat:
            for name, cargo in carried.items():
                if cargo.kind in _RNA:
                    gone = cargo.copies_per_vesicle.times(0.0, unit="1", derivation="digested by RNase")
                    carried[name] = cargo.model_copy(update={"copies_per_vesicle": gone})
        changed = vesicles.model_copy(
            update={"cargo": tuple(carried.values()), "assumptions": tuple(extra), "treated_with": self.treat}
        )
        return changed if base.kind == "vesicles" else base.model_copy(update={"secretes": changed})

    def _kept(self, base: Product) -> Product:
        """The product as it was stored."""
        if self.stored is None:
            return base
        if base.kind == "cells":
            problem, remedy = "What storage does to living cells is not modelled.", "Leave `stored` out."
            raise input_error(base.id, problem, remedy, field="stored")
        return base.model_copy(update={"storage": self.stored})

    def _path(self) -> str | Path:
        if PRODUCT_ID.fullmatch(self.base):
            return self.base
        return inside(Path(self.folder or "."), self.base, file=self.base)


def _enriched(cargo: Cargo, amount: str, product: str, extra: list[str]) -> Cargo:
    native, field = cargo.copies_per_vesicle, f"enrich.{cargo.name}"
    number, relative = float(re.split(r"\s*(?:x|copies)", amount)[0]), amount.endswith("x")
    if relative and native.value == 0:
        problem, remedy = "The product carries no copies of this cargo.", "Ask for a number of copies."
        raise input_error(product, problem, remedy, field=field, value=amount)
    asked = number * native.value if relative else number
    most = CEILINGS.most(cargo.kind)
    if asked > most:
        raise input_error(
            product,
            f"A vesicle cannot hold {asked:,.0f} copies of {_called(cargo)}: about {most:g} fit into it.",
            "Ask for less; the report says how much a claim would require.",
            field=field,
            value=amount,
        )
    if cargo.kind == "miRNA" and asked > CEILINGS.loaded_high:
        extra.append(
            f"{cargo.name}: {asked:.3g} copies per vesicle is more than loaded vesicles were seen to hold "
            f"({CEILINGS.loaded_low:g} to {CEILINGS.loaded_high:g})."
        )
    if relative:
        raised = native.times(
            number, unit="1", derivation=f"{amount} of {native.value:g} copies, as the study file says"
        )
    else:
        raised = Estimate(value=asked, status="assumed", source="the study file", derivation=amount)
    return cargo.model_copy(update={"copies_per_vesicle": raised})


def _called(cargo: Cargo) -> str:
    return {"mRNA": "an mRNA", "protein": "a protein"}.get(cargo.kind, "a miRNA")


def by_name(written: Any) -> Any:
    """A product written as a bare name, as a reference."""
    return {"base": written} if isinstance(written, str) else written
