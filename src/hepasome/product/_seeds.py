"""miRNAs that share a seed, and so their targets: their reads count together."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from hepasome.product._cargo import families
from hepasome.product.readers import SmallRnaCounts

_LISTED = 5


@dataclass(frozen=True)
class SeedFamily:
    """miRNAs of one seed in a table.

    Attributes:
        seed: Nucleotides 2 to 8.
        names: The miRNAs, the most abundant first.
        share: Their share of the miRNA reads.
    """

    seed: str
    names: tuple[str, ...]
    share: float

    def __str__(self) -> str:
        return f"Seed {self.seed}: {self.share:.1%} of the miRNA reads ({', '.join(self.names)})."


@cache
def shared_seeds() -> dict[str, str]:
    """Mature miRNAs of man, mouse and rat whose seed another one has too -> seed, nucleotides 2 to 8.

    miRBase 22.1; names whose seed differs between the three species are left out.
    """
    text = (resources.files("hepasome.product") / "shared_seeds.csv").read_text(encoding="utf-8")
    return {row["name"]: row["seed"] for row in csv.DictReader(text.splitlines())}


def seed_families(table: SmallRnaCounts, columns: list[int]) -> tuple[SeedFamily, ...]:
    """Seeds that several miRNAs of a table share, the most abundant first."""
    reads = {name: float(table.counts[np.ix_(rows, columns)].sum()) for name, (rows, _) in families(table).items()}
    total = sum(reads.values())
    seeds: dict[str, list[str]] = {}
    for name in sorted(reads, key=lambda name: (-reads[name], name)):
        member = "miR-181a-5p" if name == "miR-181-5p" else name  # the four of them are one cargo
        seed = shared_seeds().get(member)
        if seed is not None and reads[name] > 0:
            seeds.setdefault(seed, []).append(name)
    found = [
        SeedFamily(seed, tuple(names), sum(reads[name] for name in names) / total)
        for seed, names in seeds.items()
        if len(names) > 1
    ]
    return tuple(sorted(found, key=lambda family: (-family.share, family.seed))[:_LISTED])
