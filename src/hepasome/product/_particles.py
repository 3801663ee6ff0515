"""Particles per ug of protein and diameters, from one size file or several, with or without protein assays."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from hepasome.files import Finding, InputError
from hepasome.product._answers import PARTICLES_PER_ML, PROTEIN, Checked, Notes
from hepasome.product._estimate import Estimate
from hepasome.product._product import Diameter
from hepasome.product.readers import ParticleSizes, ProteinAssay

_DAY_TO_DAY = 0.15  # log SD of NTA counts of one sample on several days: middle of 10 to 25 %
_NINETY_PERCENT = 1.645
_BIN = 5.0  # nm; a product keeps its diameters in bins of this width
_APART = 3.0  # replicates that differ by more are hardly of one preparation


@dataclass(frozen=True)
class Spread:
    """Numbers of one thing that was measured several times.

    Attributes:
        values: The numbers, above zero.
        middle: Geometric mean.
        cv: Coefficient of variation between them; None for a single one.
        half_width: Half of the 90 % interval of the mean, of logarithms: Student's t; 0 for a single one.
    """

    values: tuple[float, ...]
    middle: float
    cv: float | None
    half_width: float

    @classmethod
    def of(cls, values: Sequence[float] | NDArray[np.float64]) -> Spread:
        """The spread of at least one number."""
        logs = np.log(np.asarray(values, float))
        n = len(logs)
        sd = float(logs.std(ddof=1)) if n > 1 else 0.0
        wide = float(stats.t(n - 1).ppf(0.95)) * sd / math.sqrt(n) if n > 1 else 0.0
        cv = math.sqrt(math.expm1(sd**2)) if n > 1 else None
        return cls(tuple(float(v) for v in values), math.exp(float(logs.mean())), cv, wide)


def particles_per_ug(
    sizes: Sequence[ParticleSizes], assays: Sequence[ProteinAssay], told: Checked, notes: Notes
) -> Estimate | None:
    """Particles per ug of protein, or None if something must be asked first."""
    _plausible(sizes, assays)
    pairs = [ratio for assay in assays if len(assay.particles) for ratio in assay.particles / assay.protein]
    for assay in assays:
        notes.findings += [f"{Path(assay.file).name}: {line}" for line in assay.warnings]
    factors = [_factor(one, told, notes) for one in sizes if len(one.concentration)]
    if pairs and not any(len(one.concentration) for one in sizes):
        return _from_pairs(pairs, assays, notes)
    protein = _protein(assays, told, notes)
    counted = [one for one in sizes if len(one.concentration)]
    if not counted and told.answers.concentration is None:
        if sizes:
            notes.ask(
                "--concentration",
                "How many particles per mL has the undiluted sample?",
                "The files tell diameters, but no concentration; e.g. 2e11.",
            )
        return None
    if protein is None or any(factor is None for factor in factors):
        return None
    known = [factor for factor in factors if factor is not None]
    found = _from_files(counted, known, protein, told, notes)
    if pairs and found is not None and not 0.5 <= Spread.of(pairs).middle / found.value <= 2:
        notes.findings.append(
            f"The pairs of particles and protein say {Spread.of(pairs).middle:.2g} particles per ug, the size files "
            f"{found.value:.2g}; those of the size files are used."
        )
    return found


def _plausible(sizes: Sequence[ParticleSizes], assays: Sequence[ProteinAssay]) -> None:
    """Refuse numbers that no sample has.

    Raises:
        InputError: With the file and the number.
    """
    found = []
    for one in sizes:
        found += _beyond(one.file, "particles per mL", one.concentration, PARTICLES_PER_ML)
    for assay in assays:
        found += _beyond(assay.file, "particles per mL", assay.particles, PARTICLES_PER_ML)
        found += _beyond(assay.file, "ug of protein per mL", assay.protein, PROTEIN)
    if found:
        raise InputError(found)


def _beyond(file: str, what: str, values: NDArray[np.float64], bounds: tuple[float, float]) -> list[Finding]:
    problem, remedy = f"No sample has this many {what}.", "Check the number and its unit."
    return [Finding(file, problem, remedy, value=float(v)) for v in values if not bounds[0] <= v <= bounds[1]]


def _from_pairs(pairs: list[float], assays: Sequence[ProteinAssay], notes: Notes) -> Estimate:
    spread = Spread.of(pairs)
    source = ", ".join(Path(assay.file).name for assay in assays if len(assay.particles))
    _say_spread(spread, "Pairs of particles and protein", notes)
    how = f"geometric mean of {len(pairs)} pairs of particles and protein" if len(pairs) > 1 else "one pair"
    notes.derivations.append(f"Particles per ug: {how} = {spread.middle:.3g}.")
    return _estimate(spread.middle, [spread.half_width, _NINETY_PERCENT * _DAY_TO_DAY], source, how)


def _protein(assays: Sequence[ProteinAssay], told: Checked, notes: Notes) -> Spread | None:
    values = [value for assay in assays for value in assay.protein]
    if not values:
        if told.protein is None:
            notes.ask(
                "--protein",
                "How much protein has the undiluted sample?",
                "Doses are given in ug of protein; e.g. 0.5 mg/mL.",
            )
            return None
        return Spread.of([told.protein])
    spread = Spread.of(values)
    if told.protein is not None and not math.isclose(told.protein, spread.middle, rel_tol=0.01):
        notes.findings.append(
            f"The assay says {spread.middle:.3g} ug/mL of protein, you say {told.protein:g}; the assay's is used."
        )
    _say_spread(spread, "Protein assay", notes)
    return spread


def _factor(one: ParticleSizes, told: Checked, notes: Notes) -> float | None:
    """What the concentrations of a file are multiplied by, or None if that must be asked."""
    said = told.answers.dilution
    if one.dilution is None:
        line = f"The NTA sample was diluted 1 in {said or 0:g}: told by the user, not in the file."
        if said is None:
            if not any(question.flag == "--dilution" for question in notes.questions):
                notes.ask("--dilution", "How far was the sample diluted for NTA?", "The file says: not recorded.")
        elif line not in notes.assumptions:
            notes.assumptions.append(line)
        return said
    if said is not None and said != one.dilution:
        line = f"The file says dilution {one.dilution:g}, you say {said:g}; the file's is used."
        if line not in notes.findings:
            notes.findings.append(line)
    return 1.0 if one.dilution_applied else one.dilution


def _from_files(
    counted: Sequence[ParticleSizes], factors: list[float], protein: Spread, told: Checked, notes: Notes
) -> Estimate | None:
    day = _NINETY_PERCENT * _DAY_TO_DAY
    if not counted:
        concentration = told.answers.concentration or math.nan
        notes.assumptions.append(f"The undiluted sample has {concentration:.3g} particles/mL: told by the user.")
        value = concentration / protein.middle
        how = f"{concentration:.3g} particles/mL / {protein.middle:.4g} ug protein per mL"
        notes.derivations.append(f"Particles per ug: {how} = {value:.3g}.")
        return _estimate(value, [day, protein.half_width], "told by the user", how)
    if told.answers.concentration is not None:
        notes.findings.append("The files tell how many particles there are; --concentration is not used.")
    if len(counted) == 1 and len(counted[0].concentration) > 0:
        return _from_one(counted[0], factors[0], protein, notes)
    values = [one.concentration_interval[0] * factor for one, factor in zip(counted, factors, strict=True)]
    spread = Spread.of(values)
    days = len({one.day for one in counted if one.day}) or 1
    _say_spread(spread, "Size files", notes)
    value = spread.middle / protein.middle
    how = f"geometric mean of {len(values)} files, {spread.middle:.3g} particles/mL undiluted / {protein.middle:.4g} ug"
    how += " protein per mL"
    notes.derivations.append(f"Particles per ug: {how} = {value:.3g}.")
    source = ", ".join(Path(one.file).name for one in counted)
    between = f"between {len(values)} files (Student's t) and {_DAY_TO_DAY:.0%} from day to day on {days} day"
    how += f"; interval: spread {between}{'s' if days > 1 else ''}"
    return _estimate(value, [spread.half_width, day / math.sqrt(days), protein.half_width], source, how)


def _from_one(one: ParticleSizes, factor: float, protein: Spread, notes: Notes) -> Estimate:
    """One file: the spread of its runs, and what is known to differ from day to day."""
    middle, low, _ = one.concentration_interval
    scale = factor / protein.middle
    how = f"{middle:.3g} particles/mL x dilution {factor:g} / {protein.middle:.6g} ug protein per mL"
    notes.derivations.append(f"Particles per ug: {how} = {middle * scale:.3g}.")
    runs = "1 run" if len(one.runs) == 1 else f"{len(one.runs)} {_runs(one)}"
    how += f"; interval: spread of {runs} and {_DAY_TO_DAY:.0%} from day to day"
    day = _NINETY_PERCENT * _DAY_TO_DAY
    return _estimate(middle * scale, [math.log(middle / low), day, protein.half_width], Path(one.file).name, how)


def _runs(one: ParticleSizes) -> str:
    return "videos" if one.instrument == "NanoSight" else "runs"


def _estimate(value: float, widths: list[float], source: str, how: str) -> Estimate:
    wide = math.hypot(*widths)
    return Estimate(
        value=value,
        low=value * math.exp(-wide),
        high=value * math.exp(wide),
        unit="particles/ug",
        status="derived",
        source=source,
        derivation=how,
    )


def _say_spread(spread: Spread, what: str, notes: Notes) -> None:
    if spread.cv is None:
        return
    notes.derivations.append(f"{what}: {len(spread.values)} replicates, {spread.cv:.0%} CV between them.")
    apart = max(spread.values) / min(spread.values)
    if apart > _APART:
        notes.findings.append(f"{what}: replicates differ {apart:.1f}-fold; are they of one preparation?")


def diameters(sizes: Sequence[ParticleSizes], notes: Notes) -> Diameter | None:
    """The mean histogram of all size files in bins of 5 nm, each file with the same weight; None without files."""
    if not sizes:
        return None
    joined = joined_sizes(sizes)
    weights = joined.mean_distribution
    kept = [(float(c), float(w)) for c, w in zip(joined.bin_centres, weights, strict=True) if w > 0]
    exact = sizes[0] if len(sizes) == 1 else joined
    d10, d50, d90 = (exact.percentile(share) for share in (0.1, 0.5, 0.9))
    of = f"mean of the {_runs(sizes[0])}" if len(sizes) == 1 else f"mean of {len(sizes)} files"
    notes.derivations.append(f"Diameters: D10 {d10:.0f}, D50 {d50:.0f}, D90 {d90:.0f} nm, {of}.")
    notes.assumptions.append(
        "Every particle that NTA saw is taken for a vesicle: it does not tell them from protein or beads."
    )
    return Diameter(
        bin_centres=tuple(centre for centre, _ in kept),
        counts=tuple(float(f"{weight:.6g}") for _, weight in kept),
        source=", ".join(Path(one.file).name for one in sizes),
    )


def joined_sizes(sizes: Sequence[ParticleSizes]) -> ParticleSizes:
    """All files as one in bins of 5 nm: one column of shares per file, each adding up to one."""
    edges = np.arange(0.0, max(one.bin_edges[-1] for one in sizes) + 2 * _BIN, _BIN)
    columns = []
    for one in sizes:
        cumulative = np.concatenate(([0.0], np.cumsum(one.mean_distribution)))
        columns.append(np.diff(np.interp(edges, one.bin_edges, cumulative / cumulative[-1])))
    return ParticleSizes(
        file=", ".join(one.file for one in sizes),
        instrument=", ".join(sorted({one.instrument for one in sizes})),
        software="",
        runs=tuple(Path(one.file).name for one in sizes),
        concentration=np.empty(0),
        dilution=None,
        dilution_applied=False,
        bin_centres=(edges[1:] + edges[:-1]) / 2,
        size_distribution=np.array(columns).T,
    )
