"""Copies per vesicle from the shares of reads, and what is doubtful about a count table."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from hepasome.files import input_error
from hepasome.product._estimate import Estimate
from hepasome.product._product import Cargo
from hepasome.product.readers import SmallRnaCounts

ANCHOR = Estimate(
    value=0.00825,
    low=0.001,
    high=0.03,
    status="measured",
    source="Chevillet 2014 PNAS 111:14888: copies of an abundant miRNA per exosome, six sources, no MSC among them",
)
_FEW_READS = 100_000  # libraries of vesicles usually have a million and more
_NINETY_PERCENT = 1.645
_LISTED = 15  # most abundant miRNAs that a product file lists
# Paralogues that share one seed and are named together in the literature of liver fibrosis (TargetScan 7.2).
_SEED_FAMILIES = {"miR-181": ("miR-181a", "miR-181b", "miR-181c", "miR-181d")}
# miRNAs whose 5p arm is the guide strand in liver (miRBase 22): reads of the precursor are taken for it.
_GUIDE_5P = frozenset({"miR-122", "miR-125b", "miR-181", "miR-21a", "miR-21", "let-7a", "let-7b", "let-7c", "miR-146a"})
_ALWAYS = frozenset({"miR-122", "miR-125b", "miR-181"})


def quality_findings(table: SmallRnaCounts, columns: list[int]) -> list[str]:
    """What is doubtful about the samples that are used, in sentences."""
    reads = table.counts[:, columns].sum(axis=0)
    lines = []
    if reads.min() < _FEW_READS:
        lines.append(f"Few reads: {reads.min():,} to {reads.max():,} per sample; rare miRNAs are not seen.")
    share = table.artefact_share(columns)
    if share > 0.1:
        lines.append(f"{share:.0%} of the reads are probably fragments of ribosomal RNA; they are left out.")
    used = table.counts[:, columns].sum(axis=1) > 0
    unknown = sum(1 for name, seen in zip(table.names, used, strict=True) if seen and not name.family)
    if unknown:
        lines.append(f"{unknown} names with reads are no miRNA names; they are left out.")
    precursors = sum(1 for n, seen in zip(table.names, used, strict=True) if seen and n.family and not n.arm)
    if precursors:
        lines.append(f"{precursors} names do not say which arm they are.")
    merged = sum(1 for name, seen in zip(table.names, used, strict=True) if seen and name.family and name.merged)
    if merged:
        lines.append(f"{merged} names count several miRNAs as one; the first of them is used.")
    return lines


def cargo_from_counts(
    table: SmallRnaCounts, columns: list[int], total_copies: float | None
) -> tuple[tuple[Cargo, ...], list[str]]:
    """Copies per vesicle of the most abundant miRNAs and of those that liver studies name.

    Share of the reads times all miRNA copies per vesicle. The interval joins the counting error of few reads
    (Jeffreys interval of a share), the spread of the replicates, and the interval of the total.

    Args:
        table: Counts.
        columns: Replicates of one preparation.
        total_copies: All miRNA copies per vesicle, if measured; None anchors the most abundant miRNA to the published
            native number.

    Returns:
        The cargo, and the assumptions in sentences.

    Raises:
        InputError: If a replicate has no reads of miRNAs.
    """
    by_name = families(table)
    counts = {name: table.counts[np.ix_(rows, columns)].sum(axis=0) for name, (rows, _) in by_name.items()}
    order = sorted(counts, key=lambda name: (-int(counts[name].sum()), name))
    total = np.sum(list(counts.values()), axis=0) if counts else np.zeros(len(columns), np.int64)
    empty = ", ".join(table.samples[column] for column, reads in zip(columns, total, strict=True) if reads == 0)
    if empty:
        raise input_error(table.file, "Samples without reads of miRNAs.", "Leave them out of --columns.", value=empty)
    top = order[0]
    how, anchor = _anchor(top, float(counts[top].sum() / total.sum()), total_copies)
    listed = [n for i, n in enumerate(order) if i < _LISTED or by_name[n][1] in _ALWAYS]
    cargo: list[Cargo] = []
    guessed: list[str] = []
    unknown: list[str] = []
    for name in listed:
        if counts[name].sum() == 0:
            continue
        cargo.append(
            Cargo(
                name=name,
                kind="miRNA",
                location="cytosolic",
                copies_per_vesicle=_copies(counts[name], total, anchor, table.file),
            )
        )
        rows, _ = by_name[name]
        if any(not table.names[i].arm for i in rows):
            (guessed if name.endswith(("-5p", "-3p")) else unknown).append(name)
    said = "The table does not say the arm of all reads of"
    assumptions = [how]
    assumptions += [f"{said} {', '.join(guessed)}; the usual guide strand is taken."] if guessed else []
    assumptions += [f"{said} {', '.join(unknown)}; listed without one."] if unknown else []
    assumptions.append(
        "The share of reads is taken for the share of copies: no bias of library preparation is corrected."
    )
    return tuple(cargo), assumptions


def families(table: SmallRnaCounts) -> dict[str, tuple[list[int], str]]:
    """Name of each cargo -> its rows and its family; fragments of ribosomal RNA and what is no miRNA are left out."""
    found: dict[str, tuple[list[int], str]] = {}
    for i, name in enumerate(table.names):
        if not name.family or name.artefact:
            continue
        seed = next((seed for seed, members in _SEED_FAMILIES.items() if name.family in members), name.family)
        arm = name.arm or (("3p" if name.star else "5p") if seed in _GUIDE_5P else "")
        family = seed if arm == "5p" else name.family  # the 3p arms of paralogues have seeds of their own
        key = f"{family}-{arm}" if arm else family + "*" * name.star
        found.setdefault(key, ([], family))[0].append(i)
    return found


def _anchor(top: str, share: float, total_copies: float | None) -> tuple[str, Estimate]:
    if total_copies is not None:
        told = Estimate(value=total_copies, status="measured", source="told by the user")
        return f"All miRNA copies per vesicle: {total_copies:g}, as told by the user.", told
    sentence = (
        f"The most abundant miRNA, {top}, is taken to have {ANCHOR.value:g} ({ANCHOR.low:g} to {ANCHOR.high:g}) copies "
        f"per vesicle ({ANCHOR.source}); accepted by the user."
    )
    return sentence, ANCHOR.times(1 / share, unit="1", derivation="anchor over the share of its reads")


def _copies(counts: NDArray[np.int64], total: NDArray[np.int64], anchor: Estimate, file: str) -> Estimate:
    reads, of = int(counts.sum()), int(total.sum())
    share = reads / of
    low, high = stats.beta(reads + 0.5, of - reads + 0.5).ppf([0.05, 0.95])
    counting = math.log(high / low) / (2 * _NINETY_PERCENT)
    replicates = np.log((counts + 0.5) / total)
    spread = float(replicates.std(ddof=1)) if len(replicates) > 1 else 0.0
    below = above = 0.0
    if anchor.low is not None and anchor.high is not None:
        below, above = math.log(anchor.value / anchor.low), math.log(anchor.high / anchor.value)
    own = _NINETY_PERCENT * math.hypot(counting, spread)
    value = share * anchor.value
    return Estimate(
        value=value,
        low=value * math.exp(-math.hypot(own, below)),
        high=value * math.exp(math.hypot(own, above)),
        status="derived",
        source=Path(file).name,
        derivation=f"{reads:,} of {of:,} miRNA reads ({share:.3%}) x {anchor.value:.3g} miRNA copies per vesicle",
    )
