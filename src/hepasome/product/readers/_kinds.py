"""What the readers of laboratory files return: one kind of result for each kind of measurement."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class ParticleSizes:
    """Particles counted and sized in one sample, in one or several runs.

    Attributes:
        file: Path of the export.
        instrument: What wrote it, for example `NanoSight`.
        software: Version of the program that wrote it.
        runs: Names of the runs (videos, replicates), n of them.
        concentration: Particles per mL of each run, shape (n,); empty if the file tells none.
        dilution: Dilution factor of the sample, or None if it was not recorded.
        dilution_applied: Whether the program has already multiplied the concentrations by it.
        bin_centres: nm, shape (m,).
        size_distribution: Particles per bin (per mL, or in any other unit), shape (m, n).
        reported: Summaries (nm) that the program prints.
        warnings: What is doubtful about the measurement.
        day: Date of the measurement as it is written; empty if it is not.
        tracked: How many particles were seen; None if it is not known.
    """

    file: str
    instrument: str
    software: str
    runs: tuple[str, ...]
    concentration: NDArray[np.float64]
    dilution: float | None
    dilution_applied: bool
    bin_centres: NDArray[np.float64]
    size_distribution: NDArray[np.float64]
    reported: dict[str, float] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    day: str = ""
    tracked: int | None = None

    @property
    def mean_distribution(self) -> NDArray[np.float64]:
        """Mean over the runs, shape (m,)."""
        return np.asarray(self.size_distribution.mean(axis=1), float)

    @property
    def bin_edges(self) -> NDArray[np.float64]:
        """Edges of the bins (nm), shape (m + 1,): midway between the centres, never below zero."""
        return edges_of(self.bin_centres)

    def same_numbers(self, other: ParticleSizes) -> bool:
        """Whether both hold the same particles in the same bins: one run under two names."""
        mine, others = self.size_distribution, other.size_distribution
        return (
            mine.shape == others.shape
            and np.array_equal(mine, others)
            and np.array_equal(self.bin_centres, other.bin_centres)
        )

    def percentile(self, share: float) -> float:
        """Diameter (nm) below which a share of the particles lies, by number, from the mean distribution."""
        # a bin is filled from its lower edge to its upper one
        cumulative = np.concatenate(([0.0], np.cumsum(self.mean_distribution)))
        return float(np.interp(share * cumulative[-1], cumulative, self.bin_edges))

    @property
    def concentration_interval(self) -> tuple[float, float, float]:
        """Geometric mean of the runs and the 5 % and 95 % ends of their spread."""
        logs = np.log(self.concentration)
        middle, spread = float(logs.mean()), float(logs.std(ddof=1)) if len(logs) > 1 else 0.0
        return math.exp(middle), math.exp(middle - 1.645 * spread), math.exp(middle + 1.645 * spread)


def edges_of(centres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Edges of bins (nm) from their centres, shape (m + 1,) from (m,): midway, the outer ones as far as the inner."""
    if len(centres) == 1:
        return np.array([centres[0] / 2, centres[0] * 1.5])
    between = (centres[1:] + centres[:-1]) / 2
    return np.concatenate(
        ([max(0.0, 2 * centres[0] - between[0])], between, [2 * centres[-1] - between[-1]]),
    )


@dataclass(frozen=True)
class ProteinGroup:
    """Proteins that one row of a proteomics table stands for.

    Attributes:
        line: Line of the file.
        genes: Gene symbols in upper case.
        accessions: UniProt accessions without their isoform.
        entries: UniProt entry names without the species, for example `CD9`, `ALBU`.
        species: UniProt species of the entries, for example `HUMAN`.
    """

    line: int
    genes: frozenset[str]
    accessions: frozenset[str]
    entries: frozenset[str] = frozenset()
    species: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ProteinTable:
    """Proteins that were found by mass spectrometry.

    Attributes:
        file: Path of the table.
        program: What wrote it.
        quantity: What its numbers are, for example `LFQ intensity`.
        samples: Columns, m of them.
        groups: Rows, n of them.
        amounts: Shape (n, m), on a linear scale; zero where a protein was not found.
        complete: Whether proteins that are known as contaminants were left in the table.
        imputed: Whether missing numbers were probably filled in, so that absence is not seen.
        warnings: What is doubtful about it.
    """

    file: str
    program: str
    quantity: str
    samples: tuple[str, ...]
    groups: tuple[ProteinGroup, ...]
    amounts: NDArray[np.float64]
    complete: bool
    imputed: bool = False
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cytometry:
    """Events of a flow cytometer.

    Attributes:
        file: Path of the FCS file.
        instrument: As the file says.
        channels: Names of the channels ($PnN), m of them.
        stains: What each channel shows ($PnS); its name again where the file does not say.
        events: Shape (n, m).
        warnings: What is doubtful about it.
    """

    file: str
    instrument: str
    channels: tuple[str, ...]
    stains: tuple[str, ...]
    events: NDArray[np.float64]
    warnings: tuple[str, ...] = ()

    def column(self, channel: str) -> NDArray[np.float64]:
        """Events of one channel by its name or stain, in any case.

        Raises:
            KeyError: If there is no such channel.
        """
        for names in (self.channels, self.stains):
            folded = [name.casefold() for name in names]
            if channel.casefold() in folded:
                return self.events[:, folded.index(channel.casefold())]
        raise KeyError(channel)


@dataclass(frozen=True)
class ProteinAssay:
    """Protein of samples (BCA, Bradford), with or without the particles of the same samples.

    Attributes:
        file: Path of the table.
        samples: Names of the samples, n of them.
        protein: ug per mL of the undiluted sample, shape (n,).
        particles: Particles per mL of the same undiluted sample, shape (n,); empty if the table has none.
        warnings: What is doubtful about it.
    """

    file: str
    samples: tuple[str, ...]
    protein: NDArray[np.float64]
    particles: NDArray[np.float64]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class SampleGroups:
    """Which sample belongs to which group, for example to which treatment.

    Attributes:
        file: Path of the table.
        groups: Sample -> group.
        warnings: What is doubtful about it.
    """

    file: str
    groups: dict[str, str]
    warnings: tuple[str, ...] = ()

    def group(self, sample: str) -> str:
        """Group of a sample; names may differ in case, spaces and signs: `IL-10 Evs_1` is `IL10_Evs_1`."""
        return {plain(name): group for name, group in self.groups.items()}.get(plain(sample), "")


@dataclass(frozen=True)
class LeftOut:
    """A file that is what it should be, but holds nothing that a product needs.

    Attributes:
        file: Path of the file.
        reason: Why nothing of it is used, as a sentence.
    """

    file: str
    reason: str

    @property
    def warnings(self) -> tuple[str, ...]:
        """The reason."""
        return (self.reason,)


def plain(name: str) -> str:
    """A name without case, spaces and signs, as far as programs change them."""
    return "".join(sign for sign in name.casefold() if sign.isalnum())
