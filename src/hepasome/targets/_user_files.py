"""Whole tables that a user has: TargetScan, miRTarBase, dissociation constants. Their terms keep them from shipping."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from hepasome.files import MEGABYTE, FindingList, input_error, read_table, read_text
from hepasome.targets._families import MirnaFamily
from hepasome.targets._lanes import MEASURED_SOURCE, Lanes
from hepasome.targets._tables import (
    CELLS,
    Affinity,
    MeasuredTarget,
    PredictedTarget,
    expression,
    total_expression,
)

_LARGEST = 600 * MEGABYTE  # TargetScan's summary counts of all species have about 100
_HUMAN = "9606"
_CONSERVED = ("conserved8mersites", "conserved7merm8sites", "conserved7mer1asites")
_OTHER = tuple(f"non{name}" for name in _CONSERVED)
_MANY_BADLY_READ = 20
_STRONG = "functional mti"


def lanes_from(
    families: list[MirnaFamily],
    targetscan: Path | None = None,
    mirtarbase: Path | None = None,
    affinities: Path | None = None,
) -> Lanes:
    """The lanes of evidence, where the user's whole tables take the place of the shipped panel.

    Args:
        families: The miRNAs that are asked about; other rows are not kept.
        targetscan: `Summary_Counts.default_predictions.txt` of TargetScanHuman.
        mirtarbase: `hsa_MTI.csv` of miRTarBase.
        affinities: CSV with columns mirna, log_kd_8mer, log_kd_7mer_m8, log_kd_7mer_a1 (natural logarithms).

    Raises:
        InputError: If a file is not what it should be.
    """
    lanes = Lanes()
    if targetscan is not None:
        rows, pools = read_targetscan(targetscan, {family.seed for family in families})
        lanes = replace(
            lanes,
            predicted=tuple(rows),
            pools=pools,
            predicted_source=f"TargetScan, conserved sites ({targetscan.name})",
            whole=lanes.whole | {"predicted"},
        )
    if mirtarbase is not None:
        members = {member for family in families for member in family.members}
        lanes = replace(
            lanes,
            measured=tuple(read_mirtarbase(mirtarbase, members)),
            measured_source=f"{MEASURED_SOURCE.split(' (')[0]} ({mirtarbase.name})",
            whole=lanes.whole | {"measured"},
        )
    if affinities is not None:
        own = {row.mirna.removeprefix("hsa-"): row for row in read_table(affinities, Affinity)}
        lanes = replace(lanes, affinities=lanes.affinities | own)
    return lanes


def read_targetscan(
    path: Path, seeds: set[str]
) -> tuple[list[PredictedTarget], dict[tuple[str, str], tuple[float, float, float]]]:
    """Rows of human genes with sites of the seeds, and the sites per mRNA molecule of each cell.

    Args:
        path: TargetScan's summary counts, tab-separated. They list the families conserved among mammals; a seed without
            a row has no conserved site, or is of a family that is not.
        seeds: Seeds to keep.

    Raises:
        InputError: If columns are missing, or many rows cannot be read.
    """
    found: dict[tuple[str, str], PredictedTarget] = {}
    levels: dict[Any, dict[Any, float]] = expression().to_dict("index")
    totals = total_expression()
    pools = {(seed, cell): [0.0, 0.0, 0.0] for seed in seeds for cell in CELLS}
    errors = FindingList(str(path))
    wanted: dict[str, tuple[str, ...]] = {
        "gene": ("genesymbol",),
        "seed": ("mirnafamily", "seedm8"),
        "species": ("speciesid", "taxid"),
        "score": ("cumulativeweightedcontext++score",),
        **{name: (name, f"numberof{name}") for name in (*_CONSERVED, *_OTHER)},
    }
    for line, row in _rows(path, "\t", wanted):
        key = (row["seed"].replace("T", "U"), row["gene"])
        if row["species"] != _HUMAN or key[0] not in seeds or key in found:
            continue
        try:
            own, others = ([int(row[name]) for name in names] for names in (_CONSERVED, _OTHER))
            score = 0.0 if row["score"] in ("NULL", "NA", "") else float(row["score"])
            if min(*own, *others) < 0 or not math.isfinite(score):
                raise ValueError
        except ValueError:
            errors.add("The counts or the score of this row are no numbers.", "Download the file again.", line=line)
            if len(errors.findings) > _MANY_BADLY_READ:
                break
            continue
        for cell in CELLS if key[1] in levels else ():
            per_mrna = levels[key[1]][cell] / totals[cell]
            for kind in range(3):
                pools[key[0], cell][kind] += (own[kind] + others[kind]) * per_mrna
        if not any(own):
            continue
        found[key] = PredictedTarget(
            seed=key[0],
            gene=key[1],
            sites_8mer=own[0],
            sites_7mer_m8=own[1],
            sites_7mer_a1=own[2],
            context_score=score,
        )
    errors.raise_if_any()
    return list(found.values()), {key: (a, b, c) for key, (a, b, c) in pools.items()}


def read_mirtarbase(path: Path, mirnas: set[str]) -> list[MeasuredTarget]:
    """What publications with a strong assay say about the miRNAs; weak records (sequencing alone) are left out.

    Args:
        path: miRTarBase's table of human interactions, as CSV.
        mirnas: Names without species.

    Raises:
        InputError: If columns are missing.
    """
    wanted: dict[str, tuple[str, ...]] = {
        "mirna": ("mirna",),
        "gene": ("targetgene",),
        "experiments": ("experiments",),
        "support": ("supporttype",),
        "pmid": ("referencespmid", "pmid"),
    }
    by_pair: dict[tuple[str, str], dict[tuple[bool, str], str]] = {}
    for _, row in _rows(path, ",", wanted):
        mirna, support = row["mirna"].removeprefix("hsa-"), row["support"].strip().lower()
        strong, against = support == _STRONG, support.startswith("non-functional")
        if mirna in mirnas and (strong or against):
            by_pair.setdefault((mirna, row["gene"]), {})[against, row["pmid"]] = row["experiments"].lower()
    return [_measured(mirna, gene, reports) for (mirna, gene), reports in sorted(by_pair.items())]


def _measured(mirna: str, gene: str, reports: dict[tuple[bool, str], str]) -> MeasuredTarget:
    positive = {pmid: experiments for (against, pmid), experiments in reports.items() if not against}
    negative = sorted(pmid for against, pmid in reports if against)

    def with_any(*words: str) -> int:
        return sum(any(word in experiments for word in words) for experiments in positive.values())

    return MeasuredTarget(
        mirna=mirna,
        gene=gene,
        reports=len(positive),
        reporter=with_any("reporter", "luciferase"),
        protein=with_any("western", "immunoblot"),
        rna=with_any("pcr"),
        against=len(negative),
        pmids=" ".join((sorted(positive) or negative)[:3]),
    )


def _rows(path: Path, separator: str, wanted: dict[str, tuple[str, ...]]) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of a large table with the wanted columns alone, by our names for them, and their lines."""
    reader = csv.reader(io.StringIO(read_text(path, limit=_LARGEST)), delimiter=separator)
    header = [_plain(name) for name in next(reader, [])]
    found = {name: next((header.index(o) for o in options if o in header), -1) for name, options in wanted.items()}
    missing = [name for name, place in found.items() if place < 0]
    if missing:
        kind = "tabs" if separator == "\t" else "commas"
        remedy = f"Give the table as it is downloaded, separated by {kind}."
        raise input_error(str(path), f"Columns are missing: {', '.join(missing)}.", remedy, line=1)
    try:
        for cells in reader:
            if len(cells) > max(found.values()):
                yield reader.line_num, {name: cells[place].strip() for name, place in found.items()}
    except csv.Error as error:
        raise input_error(str(path), f"This is not a valid table: {error}.", line=reader.line_num) from None


def _plain(name: str) -> str:
    """A column's name without what differs between exports: `Number of conserved 7mer-m8 sites`, `..._7mer_m8_...`."""
    lower = name.lower().replace("number of", "").replace("number_of", "")
    return "".join(sign for sign in lower if sign.isalnum() or sign == "+")
