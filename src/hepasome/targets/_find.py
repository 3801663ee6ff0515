"""Which delivered miRNA could repress what, in which cell, and by how much."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hepasome.biology import actions, parameters
from hepasome.files import input_error
from hepasome.product import Product
from hepasome.targets._draws import DRAWS, Array, Draws, Interval, ninety
from hepasome.targets._exposure import Exposure
from hepasome.targets._families import MirnaFamily, families, members_of
from hepasome.targets._lanes import Lanes
from hepasome.targets._occupancy import (
    copies_needed,
    gain_ceiling,
    kinds_of,
    occupancy,
    occupancy_gain,
    relative_level,
    repression,
)
from hepasome.targets._tables import (
    KINDS,
    PredictedTarget,
    background_reads,
    constants,
    expression,
    proxies,
    seeds,
    total_expression,
    transfections,
)
from hepasome.targets._words import NEGLIGIBLE_WORDS, SEEN, ceiling_words, dose_words

_SHARED = ("site_effect", "ago_reference_level", "ago_reference_copies")  # rows of the module rna_action
EXPRESSED = 1.0  # of the proxy's normalised expression; below it the Human Protein Atlas calls a gene not detected
_NOT_EXPRESSED = "not expressed in the proxy cell"


@dataclass(frozen=True)
class Targets:
    """What the miRNAs of a product could repress.

    Attributes:
        product: The product.
        exposures: Vesicles per cell, by cell.
        doses: One row per cell and family of miRNAs: copies, occupancy, what the strongest site would do.
        targets: One row per cell, family and gene, with both lanes of evidence.
        notes: What is left out or to be kept in mind, in sentences.
        lanes: The tables that were used.
    """

    product: Product
    exposures: tuple[Exposure, ...]
    doses: pd.DataFrame
    targets: pd.DataFrame
    notes: tuple[str, ...]
    lanes: Lanes


@dataclass(frozen=True)
class _Family:
    """One family in one cell, drawn: arrays of shape (1 + draws,), by kind of site (1 + draws, kinds)."""

    family: MirnaFamily
    delivered: Array
    own: Array
    effect: Array
    before: Array  # occupancy by kind
    gain: Array  # by kind
    needed: float

    def lost(self, sites: tuple[int, int, int]) -> Interval:
        """Share of the mRNA of a target with these sites that is lost."""
        number = kinds_of(sites)
        bound, more = (number * self.before).sum(axis=1), (number * self.gain).sum(axis=1)
        return ninety(repression(self.effect, bound, more))

    def lost_by(self, gene: PredictedTarget) -> Interval:
        return self.lost(gene.sites)


def find_targets(
    product: Product, exposures: list[Exposure], lanes: Lanes | None = None, *, seed: int = 1, draws: int = DRAWS
) -> Targets:
    """Say what the miRNAs of a product could repress in each cell.

    Args:
        product: What is given; its vesicles carry the miRNAs.
        exposures: Vesicles per cell.
        lanes: Tables of both lanes of evidence; None for the shipped panel.
        seed: Seed of the draws.
        draws: Draws of what is not known.

    Raises:
        InputError: If the product names no miRNA whose seed is known.
    """
    used = lanes or Lanes()
    carried, notes = families(product)
    if not carried:
        raise input_error(
            product.id,
            "The product names no miRNA whose seed is known, so there is nothing to look up.",
            "Name its miRNAs under `cargo`, with arm, e.g. miR-122-5p.",
            field="cargo",
        )
    random = Draws(seed, draws)
    doses: list[dict[str, Any]] = []
    targets: list[dict[str, Any]] = []
    for exposure in exposures:
        per_copy = exposure.per_copy(random)
        for family in carried:
            drawn = _drawn(family, exposure.cell, per_copy, used, random)
            doses.append(_dose_row(drawn, exposure, per_copy, used))
            targets += _target_rows(drawn, exposure.cell, used)
    table = pd.DataFrame(targets, columns=list(_TARGET_COLUMNS))
    order = {exposure.cell: place for place, exposure in enumerate(exposures)}
    keys = pd.DataFrame(
        {
            "cell": table["cell"].map(order),
            "hidden": table["verdict"] == _NOT_EXPRESSED,
            "less": -table["repressed_percent"].astype(float),
            "fewer": -table["reports"].astype(float),
            "target": table["target"],
        }
    )
    order_of = ["cell", "hidden", "less", "fewer", "target"]
    table = table.loc[keys.sort_values(order_of, kind="stable").index].reset_index(drop=True)
    return Targets(
        product,
        tuple(exposures),
        pd.DataFrame(doses),
        table,
        (*notes, *_missing(carried, used), *_crowded(exposures)),
        used,
    )


def _drawn(family: MirnaFamily, cell: str, per_copy: Array, lanes: Lanes, draws: Draws) -> _Family:
    rows, own_rows = parameters("mouse"), constants()
    effect, level, reference = (draws.parameter(rows[name]) for name in _SHARED)
    copies = sum((_copies(family, k, draws) for k in range(len(family.cargo))), np.zeros_like(per_copy))
    delivered = copies * per_copy
    reads = background_reads().get((family.seed, cell), 0.0)
    total = draws.parameter(own_rows["mirna_copies_per_cell"])
    own = reads / 1e6 * total * draws.parameter(own_rows["background_fold"], family.seed, cell)
    constant = _constants(family, lanes, draws)
    base = relative_level(own, level, reference)[:, None]
    added = relative_level(delivered, level, reference)[:, None]
    gain = occupancy_gain(base, added, constant)
    pool = lanes.pools.get((family.seed, cell))
    if pool is not None:
        mrna = draws.parameter(own_rows["mrna_copies_per_cell"], cell)
        gain = np.minimum(gain, gain_ceiling(delivered, kinds_of(pool) * mrna[:, None], constant))
    needed = copies_needed(SEEN, float(effect[0]), float(constant[0, 0]), float(own[0]), float(reference[0] / level[0]))
    return _Family(family, delivered, own, effect, occupancy(base, constant), gain, needed)


def _copies(family: MirnaFamily, which: int, draws: Draws) -> Array:
    cargo = family.cargo[which]
    copies = cargo.copies_per_vesicle
    return draws.interval(copies.value, copies.low, copies.high, "copies", cargo.name)


def _constants(family: MirnaFamily, lanes: Lanes, draws: Draws) -> Array:
    """Dissociation constants, shape (1 + draws, kinds): all kinds are off by the same factor."""
    affinity, _ = lanes.affinity(family)
    if affinity is not None:
        fold = draws.parameter(constants()["dissociation_fold"], family.seed)
        return fold[:, None] * kinds_of(affinity.constants())
    generic = [draws.parameter(constants()[f"generic_kd_{kind}"]) for kind in KINDS]
    return np.stack(generic, axis=1)


def _dose_row(drawn: _Family, exposure: Exposure, per_copy: Array, lanes: Lanes) -> dict[str, Any]:
    family, cell = drawn.family, exposure.cell
    delivered, own, most = ninety(drawn.delivered), ninety(drawn.own), drawn.lost((1, 0, 0))
    total = constants()["mirna_copies_per_cell"].value
    per_vesicle = float(per_copy[0])
    required = drawn.needed / per_vesicle if per_vesicle > 0 else np.inf
    pool = lanes.pools.get((family.seed, cell))
    mrna = constants()["mrna_copies_per_cell"].value
    known = (family.seed, cell) in background_reads()
    return {
        "cell": cell,
        "mirna": family.name,
        "seed": family.seed,
        "vesicles_per_cell": exposure.vesicles,
        "copies_per_vesicle": family.copies_per_vesicle,
        **_three("copies_per_cell", delivered),
        "own_copies_per_cell": own.value if known else np.nan,
        "sites_per_cell": sum(pool) * mrna if pool is not None else np.nan,
        "share_of_ago_percent": 100 * delivered.value / (total + delivered.value),
        "occupied_before_percent": 100 * float(drawn.before[0, 0]),
        "occupied_more_percent": 100 * float(drawn.gain[0, 0]),
        **_three("strongest_site_percent", _percent(most)),
        "needed_copies_per_cell": drawn.needed,
        "required_copies_per_vesicle": required,
        "required": ceiling_words(drawn.needed if np.isinf(drawn.needed) else required)
        if exposure.vesicles > 0
        else "no vesicles arrive",
        "transfected": _transfected(family),
        "affinity_of": lanes.affinity(family)[1],
        "verdict": dose_words(most),
    }


_TARGET_COLUMNS = (
    *("cell", "mirna", "target", "expressed", "mrna_per_cell"),
    *("copies_per_cell", "copies_per_cell_low", "copies_per_cell_high"),
    *("sites", "context_score", "repressed_percent", "repressed_percent_low", "repressed_percent_high"),
    *("at_saturation_percent", "at_saturation_percent_low", "at_saturation_percent_high", "predicted_source"),
    *("measured", "reports", "reporter", "protein", "rna", "against", "measured_as", "pmids", "measured_source"),
    *("in_the_model", "lanes", "verdict"),
)


def _target_rows(drawn: _Family, cell: str, lanes: Lanes) -> Iterator[dict[str, Any]]:
    predicted, measured = lanes.predicted_for(drawn.family), lanes.measured_for(drawn.family)
    known = {row.target: row.action for row in actions() if row.cell == cell and _acts(row.cargo, drawn.family)}
    delivered, most = ninety(drawn.delivered), drawn.lost((1, 0, 0))
    covered = lanes.covers(drawn.family)
    levels, total = expression()[cell], total_expression()[cell]
    mrna = constants()["mrna_copies_per_cell"].value
    for gene in sorted({*predicted, *measured}):
        row, said = predicted.get(gene), measured.get(gene)
        level = float(levels[gene]) if gene in levels.index else np.nan
        lost = drawn.lost_by(row) if row is not None else None
        words = dose_words(lost or most)
        if lost is None:
            words += ", even with an 8mer site" if words == NEGLIGIBLE_WORDS else ", with an 8mer site"
        if level < EXPRESSED:
            words = _NOT_EXPRESSED
        empty: dict[str, Any] = dict.fromkeys(_TARGET_COLUMNS, np.nan)
        yield empty | {
            "cell": cell,
            "mirna": drawn.family.name,
            "target": gene,
            "expressed": level,
            "mrna_per_cell": level / total * mrna,
            **_three("copies_per_cell", delivered),
            **(_predicted(row, lost, lanes) if row is not None and lost is not None else {}),
            "sites": _sites(row) if row is not None else "none listed" if covered[0] else "not looked up",
            "measured": ("yes" if said.reports else "no") if said else "no record" if covered[1] else "not known",
            "reports": said.reports if said else 0,
            **({name: getattr(said, name) if said else 0 for name in ("reporter", "protein", "rna", "against")}),
            "measured_as": said.mirna if said else "",
            "pmids": said.pmids if said else "",
            "measured_source": lanes.measured_source if said else "",
            "in_the_model": known.get(gene, ""),
            "lanes": "both" if row and said else "predicted" if row else "measured",
            "verdict": words,
        }


def _predicted(row: PredictedTarget, lost: Interval, lanes: Lanes) -> dict[str, Any]:
    slope = constants()["transfection_slope"]
    ends = [1 - 2 ** (s * min(row.context_score, 0.0)) for s in (slope.value, slope.low or 0, slope.high or 0)]
    return {
        "context_score": row.context_score,
        **_three("repressed_percent", _percent(lost)),
        **_three("at_saturation_percent", _percent(Interval(*ends))),
        "predicted_source": lanes.predicted_source,
    }


def _missing(carried: list[MirnaFamily], lanes: Lanes) -> Iterator[str]:
    """What nobody looked up."""
    for place, option in enumerate(("--targetscan", "--mirtarbase")):
        lane = ("predicted", "measured")[place]
        without = [family.name for family in carried if not lanes.covers(family)[place]]
        if without:
            yield f"Not in the shipped part of the {lane} lane: {', '.join(without)}. Give a whole table with {option}."
    without = [family.name for family in carried if (family.seed, "hepatocyte") not in background_reads()]
    if without:
        yield (
            f"How many copies cells hold themselves is not known, and taken as none, for {', '.join(without)}: "
            "what is said of these is an upper bound."
        )


def _crowded(exposures: list[Exposure]) -> Iterator[str]:
    """What is to be said of more vesicles than a cell has room for."""
    room = constants()["vesicles_that_fit_a_cell"].value
    for one in exposures:
        if max(one.vesicles, one.high or 0) > room:
            yield (
                f"{one.cell}: the high end, {one.high or one.vesicles:.2g} vesicles per cell, is more than a cell has "
                f"room for ({room:.0e}). In such draws hardly a cell is left to share them; do not trust that end."
            )


def _acts(cargo: str, family: MirnaFamily) -> bool:
    members = members_of(cargo)
    return bool(members) and seeds()[members[0]] == family.seed


def _sites(row: PredictedTarget) -> str:
    names = (kind.replace("_", "-").replace("a1", "A1") for kind in KINDS)
    return ", ".join(f"{n} {name}" for n, name in zip(row.sites, names, strict=True) if n)


def _transfected(family: MirnaFamily) -> str:
    found = [row for row in transfections() if row.seed == family.seed]
    lost = ((row, 100 * (1 - 2**row.mean_log2_fold_change)) for row in found)
    return "; ".join(
        f"{row.cell}, {row.mirna}: {share:.0f} % on average of {row.targets} targets" for row, share in lost
    )


def _percent(share: Interval) -> Interval:
    return Interval(100 * share.value, 100 * share.low, 100 * share.high)


def _three(name: str, numbers: Interval) -> dict[str, float]:
    return {name: numbers.value, f"{name}_low": numbers.low, f"{name}_high": numbers.high}


def proxy_notes(cells: list[str]) -> list[str]:
    """Which data stand for each cell, in sentences."""
    return [
        f"{cell}: targets as in {row.target_expression}; own miRNAs as in {row.mirna_background}. "
        f"The true cell: {row.true_cell}; {row.caution}."
        for cell, row in proxies().items()
        if cell in cells
    ]
