"""The miRNAs of a product, joined to families: paralogues that share a seed act on the same sites."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hepasome.product import Cargo, Product, parse_mirna_name
from hepasome.targets._tables import seeds

_MOST_NAMED = 5


@dataclass(frozen=True)
class MirnaFamily:
    """Cargo with one seed.

    Attributes:
        seed: Nucleotides 2 to 8.
        cargo: What the product carries of it.
        members: The human miRNAs that the names of the cargo stand for.
    """

    seed: str
    cargo: tuple[Cargo, ...]
    members: tuple[str, ...]

    @property
    def name(self) -> str:
        """The names as the product has them."""
        return ", ".join(cargo.name for cargo in self.cargo)

    @property
    def copies_per_vesicle(self) -> float:
        """Central value of all of them together."""
        return sum(cargo.copies_per_vesicle.value for cargo in self.cargo)


def members_of(written: str) -> tuple[str, ...]:
    """The human miRNAs that a name stands for: one, or paralogues with one seed where the letter is missing.

    Args:
        written: A name as a laboratory writes it, such as `mmu-miR-21a-5p` or `miR-181-5p`.

    Returns:
        Names without species; empty where the name is none, is a fragment of ribosomal RNA, or does not tell the seed.
    """
    name = parse_mirna_name(written)
    if not name.family or name.artefact or name.star:
        return ()
    arm = f"-{name.arm}" if name.arm else ""
    for family in dict.fromkeys((name.family, name.seed_family)):  # mouse writes miR-21a where man writes miR-21
        exact = f"{family}{arm}"
        if exact in seeds():
            return (exact,)
        if family == name.family:
            form = re.compile(rf"{re.escape(family)}[a-z]?(?:-\d+)?{arm or '(?:-[35]p)?'}")
            found = tuple(mirna for mirna in seeds() if form.fullmatch(mirna))
            if found and len({seeds()[mirna] for mirna in found}) == 1:
                return found
    return ()


def families(product: Product) -> tuple[list[MirnaFamily], list[str]]:
    """The families that a product carries, most copies first, and what is left out, in sentences."""
    by_seed: dict[str, list[tuple[Cargo, tuple[str, ...]]]] = {}
    unknown, other = [], []
    for cargo in product.vesicles.cargo:
        if cargo.kind != "miRNA":
            other.append(cargo)
        elif members := members_of(cargo.name):
            by_seed.setdefault(seeds()[members[0]], []).append((cargo, members))
        else:
            unknown.append(cargo.name)
    notes = [f"{cargo.name} ({cargo.kind}) is no miRNA: there is no target model for it." for cargo in other]
    if unknown:
        more = f" and {len(unknown) - _MOST_NAMED} more" if len(unknown) > _MOST_NAMED else ""
        shown = ", ".join(unknown[:_MOST_NAMED])
        notes.append(f"Left out, because the name does not say which seed it has: {shown}{more}.")
    found = [
        MirnaFamily(
            seed,
            tuple(cargo for cargo, _ in carried),
            tuple(dict.fromkeys(mirna for _, members in carried for mirna in members)),
        )
        for seed, carried in by_seed.items()
    ]
    return sorted(found, key=lambda family: -family.copies_per_vesicle), notes
