"""Markers of a preparation from proteomics and from flow cytometry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from hepasome.files import FindingList, did_you_mean
from hepasome.product._answers import NONE, Checked, Notes
from hepasome.product._known import Known, known_markers, known_name
from hepasome.product._product import Marker
from hepasome.product.readers import Cytometry, ProteinTable

_DEEP = 300  # proteins; a table of fewer says nothing about a protein that is not in it
_HALF = 0.5
_BOVINE_ALBUMIN = "P02769"  # UniProt
_BACKGROUND = 0.99  # of the events of a control lie below the gate
_FEW_EVENTS = 1000


@dataclass(frozen=True)
class ProteinFound:
    """A known protein in a proteomics table.

    Attributes:
        known: The protein.
        file: The table.
        samples: In how many of the chosen samples it was found.
        of: How many were chosen.
        share: Its share of the amounts of all proteins.
    """

    known: Known
    file: str
    samples: int
    of: int
    share: float


@dataclass(frozen=True)
class Gated:
    """Events above a gate in one channel of a cytometer.

    Attributes:
        marker: What the channel shows.
        channel: The channel.
        file: The FCS file.
        gate: Signal from which an event is positive.
        how: Where the gate comes from.
        events: How many there are.
        positive: How many lie above the gate.
        low: 5 % end of their share (Jeffreys).
        high: 95 % end.
        background: 95 % end of the share of the control above the same gate (Jeffreys); None without a control.
        signals: All signals of the channel.
        control: Signals of the control, or empty.
    """

    marker: str
    channel: str
    file: str
    gate: float
    how: str
    events: int
    positive: int
    low: float
    high: float
    background: float | None
    signals: NDArray[np.float64]
    control: NDArray[np.float64]

    @property
    def share(self) -> float:
        """Share of the events above the gate."""
        return self.positive / self.events


def markers_of_proteins(
    tables: Sequence[ProteinTable], pattern: str | None, notes: Notes
) -> tuple[tuple[Marker, ...], tuple[ProteinFound, ...]]:
    """Markers that proteomics tables show, and how much of each.

    A protein counts as found if at least half of the chosen samples have it. One that should not be there counts as
    looked for and not found only where the table is deep and kept its contaminants; the absence of one that should
    be there proves nothing, because a shotgun table misses rare proteins.
    """
    markers: list[Marker] = []
    found: list[ProteinFound] = []
    for table in tables:
        name = Path(table.file).name
        notes.findings += [f"{name}: {line}" for line in table.warnings]
        columns = _columns(table, pattern, notes)
        if not columns:
            continue
        amounts = table.amounts[:, columns]
        present = int((amounts.sum(axis=1) > 0).sum())
        notes.derivations.append(f"{name}: {present} proteins of {table.program} in {len(columns)} samples.")
        markers.append(Marker(name="protein", found="positive", source=f"{present} proteins in {name}"))
        for known in known_markers():
            rows = [i for i, group in enumerate(table.groups) if known.names(group)]
            seen = int((amounts[rows].sum(axis=0) > 0).sum()) if rows else 0
            marker = _judged(known, table, name, seen, len(columns), present)
            markers += [marker] if marker else []
            if seen:
                share = float(amounts[rows].sum() / amounts.sum())
                found.append(ProteinFound(known, name, seen, len(columns), share))
        _unwanted([one for one in found if one.file == name], name, notes)
        _foreign(table, amounts, name, notes)
    return tuple(markers), tuple(found)


def _columns(table: ProteinTable, pattern: str | None, notes: Notes) -> list[int]:
    columns = [i for i, sample in enumerate(table.samples) if fnmatchcase(sample, pattern or "*")]
    there = ", ".join(table.samples[:12]) + (", ..." if len(table.samples) > 12 else "")
    if not columns:
        notes.ask("--protein-columns", f"No sample of the proteins fits `{pattern}`.", f"There are: {there}.")
    elif pattern is None and len(columns) > 1:
        line = f"All {len(columns)} samples of {Path(table.file).name} are taken for this preparation ({there})."
        notes.assumptions.append(line)
    return columns


def _judged(known: Known, table: ProteinTable, name: str, seen: int, of: int, present: int) -> Marker | None:
    if seen >= _HALF * of:
        return Marker(name=known.marker, found="positive", source=f"in {seen} of {of} samples of {name}")
    if seen:
        return Marker(name=known.marker, found="unknown", source=f"in {seen} of {of} samples of {name} only")
    if known.expected == "negative" and table.complete and present >= _DEEP:
        return Marker(name=known.marker, found="negative", source=f"not among {present} proteins of {name}")
    return None


def _unwanted(found: Sequence[ProteinFound], name: str, notes: Notes) -> None:
    told = ", ".join(f"{one.known.marker} {one.share:.2%}" for one in found if one.known.expected == "negative")
    if told:
        notes.findings.append(f"{name}: proteins that should not be there, of all amounts: {told}.")


def _foreign(table: ProteinTable, amounts: NDArray[np.float64], name: str, notes: Notes) -> None:
    total = amounts.sum()
    bovine = [i for i, group in enumerate(table.groups) if _BOVINE_ALBUMIN in group.accessions]
    share = float(amounts[bovine].sum() / total) if total else 0.0
    if share > 0:
        notes.findings.append(
            f"{name}: a row that names bovine albumin holds {share:.1%} of the amounts: serum of the culture medium?"
        )


def gates(
    files: Sequence[Cytometry], control: Cytometry | None, told: Checked, notes: Notes
) -> tuple[tuple[Marker, ...], tuple[Gated, ...]]:
    """Markers that a cytometer shows, with the gate of each; asks for stains and gates that are not known."""
    found: list[Gated] = []
    if NONE in told.answers.stains or not files:
        return (), ()
    for file in files:
        notes.findings += [f"{Path(file.file).name}: {line}" for line in file.warnings]
        if len(file.events) < _FEW_EVENTS:
            notes.findings.append(f"{Path(file.file).name}: only {len(file.events)} events.")
        found += _gated(file, control, told, notes)
    if found:
        notes.assumptions.append("Every event of the cytometer is taken for a vesicle; none is gated out by scatter.")
    markers = []
    for one in found:
        judged = "unknown" if one.background is None else "positive" if one.low > one.background else "negative"
        source = (
            f"{one.share:.1%} of {one.events:,} events above {one.gate:.4g} in {one.channel}, {one.how}; {one.file}"
        )
        notes.derivations.append(f"{one.marker}: {source}.")
        markers.append(Marker.model_validate({"name": one.marker, "found": judged, "source": source}))
    return tuple(markers), tuple(found)


def _gated(file: Cytometry, control: Cytometry | None, told: Checked, notes: Notes) -> list[Gated]:
    stains = _stains(file, told)
    if not stains:
        notes.ask(
            "--stain",
            f"Which channel of {Path(file.file).name} shows which marker?",
            f"Write for example FL1=CD63, or none to leave the file out. Channels: {', '.join(file.channels)}.",
        )
        return []
    found = []
    for channel, marker in stains.items():
        signals = file.column(channel)
        gate = next((told.gates[name] for name in told.gates if name.casefold() == channel.casefold()), None)
        empty = control.column(channel) if control is not None and _has(control, channel) else np.empty(0)
        if gate is not None:
            how = "a gate that the user told"
        elif len(empty):
            gate, how = float(np.quantile(empty, _BACKGROUND)), f"{_BACKGROUND:.0%} of the control"
        else:
            notes.ask(
                "--control or --gate",
                f"From which signal in {channel} on is an event positive for {marker}?",
                f"Give an FCS file of an unstained or buffer control, or a gate such as {channel}=120.",
            )
            continue
        positive = int((signals > gate).sum())
        low, high = stats.beta(positive + 0.5, len(signals) - positive + 0.5).ppf([0.05, 0.95])
        above = int((empty > gate).sum())
        background = float(stats.beta(above + 0.5, len(empty) - above + 0.5).ppf(0.95)) if len(empty) else None
        if not len(empty):
            notes.findings.append(
                f"{channel}: without a control no marker counts as found, whatever lies above the gate."
            )
        name = Path(file.file).name
        n = len(signals)
        found.append(
            Gated(marker, channel, name, gate, how, n, positive, float(low), float(high), background, signals, empty)
        )
    return found


def _has(file: Cytometry, channel: str) -> bool:
    return channel.casefold() in {name.casefold() for name in (*file.channels, *file.stains)}


def _stains(file: Cytometry, told: Checked) -> dict[str, str]:
    """Channel -> marker: as told, else from the names of the stains.

    Raises:
        InputError: If a told channel is not in the file.
    """
    refused = FindingList("your answers")
    for flag, names in (("--stain", told.stains), ("--gate", told.gates)):
        for channel in names:
            if not _has(file, channel):
                refused.add(
                    "There is no such channel.", did_you_mean(channel, file.channels), field=flag, value=channel
                )
    refused.raise_if_any()
    if told.stains:
        return {channel: known_name(marker) for channel, marker in told.stains.items()}
    named = {}
    for channel, stain in zip(file.channels, file.stains, strict=True):
        marker = next((known for word in stain.replace("-", " ").split() if (known := known_name(word, ""))), "")
        if marker:
            named[channel] = marker
    return named
