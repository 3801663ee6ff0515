"""The two lanes of evidence, side by side and never merged: what sites predict, and what was measured."""

from __future__ import annotations

from dataclasses import dataclass, field

from hepasome.targets._families import MirnaFamily
from hepasome.targets._tables import (
    Affinity,
    MeasuredTarget,
    PredictedTarget,
    affinities,
    measured_targets,
    panel,
    predicted_targets,
    seeds,
    site_pools,
)

PREDICTED_SOURCE = "TargetScan 7.2, conserved sites"
MEASURED_SOURCE = "miRTarBase, strong assays (release not labelled, its numbers fit 7.0)"


@dataclass(frozen=True)
class Lanes:
    """Tables of both lanes: the shipped panel, or whole tables that the user has.

    Attributes:
        predicted: Genes with sites.
        measured: Genes that publications tell of.
        pools: Sites per mRNA molecule by kind, by seed and cell.
        affinities: Dissociation constants by miRNA.
        predicted_source: Where the predicted lane is from.
        measured_source: Where the measured lane is from.
        whole: Which of the lanes are whole tables: `predicted`, `measured`.
    """

    predicted: tuple[PredictedTarget, ...] = field(default_factory=predicted_targets)
    measured: tuple[MeasuredTarget, ...] = field(default_factory=measured_targets)
    pools: dict[tuple[str, str], tuple[float, float, float]] = field(default_factory=site_pools)
    affinities: dict[str, Affinity] = field(default_factory=affinities)
    predicted_source: str = f"{PREDICTED_SOURCE} (panel)"
    measured_source: str = f"{MEASURED_SOURCE} (panel)"
    whole: frozenset[str] = frozenset()

    def predicted_for(self, family: MirnaFamily) -> dict[str, PredictedTarget]:
        """Genes with sites of the family's seed, by symbol."""
        return {row.gene: row for row in self.predicted if row.seed == family.seed}

    def measured_for(self, family: MirnaFamily) -> dict[str, MeasuredTarget]:
        """Genes that were measured with a member of the family, by symbol; the numbers of several members are added."""
        found: dict[str, MeasuredTarget] = {}
        for row in self.measured:
            if row.mirna not in family.members:
                continue
            known = found.get(row.gene)
            found[row.gene] = row if known is None else _added(known, row)
        return found

    def covers(self, family: MirnaFamily) -> tuple[bool, bool]:
        """Whether anybody looked the family up: in the predicted and in the measured lane."""
        mirnas, _ = panel()
        known = {seeds()[mirna] for mirna in mirnas}
        return (
            "predicted" in self.whole or family.seed in known,
            "measured" in self.whole or any(member in mirnas for member in family.members),
        )

    def affinity(self, family: MirnaFamily) -> tuple[Affinity | None, str]:
        """Dissociation constants of a family, and whose they are; None where the table has no miRNA of that seed."""
        most = sorted(family.cargo, key=lambda cargo: -cargo.copies_per_vesicle.value)
        names = [*family.members, *(name for name, seed in seeds().items() if seed == family.seed)]
        for name in names:
            if name in self.affinities:
                own = name in family.members and len(most) == 1
                return self.affinities[name], name if own else f"{name}, which has the same seed"
        return None, "median of 191 miRNAs"


def _added(one: MeasuredTarget, other: MeasuredTarget) -> MeasuredTarget:
    numbers = ("reports", "reporter", "protein", "rna", "against")
    total = {name: getattr(one, name) + getattr(other, name) for name in numbers}
    names = {"mirna": f"{one.mirna}, {other.mirna}", "pmids": _few(f"{one.pmids} {other.pmids}")}
    return one.model_copy(update=total | names)


def _few(pmids: str) -> str:
    return " ".join(list(dict.fromkeys(pmids.split()))[:3])
