"""NanoSight NTA ExperimentSummary exports (NTA 3.x): concentration, dilution, size distribution with its spread."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hepasome.files import FindingList, read_text

MAGIC = "NTA Experiment Summary File"
_CONCENTRATION = "Concentration (Particles / ml)"
_DILUTION = "Dilution factor"
_BINS = "Bin centre (nm)"
_SECTIONS = ("[Experiment Details]", "[Settings]", "[Results]", "[Size Data]")
_SUMMARIES = ("Mean", "Mode", "SD", "D10", "D50", "D90")
_SAME = ("Camera Level", "Detection Threshold", "Slider Shutter", "Slider Gain", "Laser Type")


@dataclass(frozen=True)
class NanoparticleTracking:
    """One NTA experiment of several videos.

    Attributes:
        file: Path of the export.
        software: Version of the program that wrote it.
        videos: Names of the videos, n of them.
        concentration: Particles per mL of each video, shape (n,), as the program gives it.
        dilution: Dilution factor that the program has applied to the concentrations, or None if it was not recorded.
        bin_centres: nm, shape (m,).
        size_distribution: Particles per mL and bin, shape (m, n).
        reported: Mean, mode, SD, D10, D50, D90 (nm) as the program averages them over videos.
        warnings: What is doubtful about the measurement.
    """

    file: str
    software: str
    videos: tuple[str, ...]
    concentration: NDArray[np.float64]
    dilution: float | None
    bin_centres: NDArray[np.float64]
    size_distribution: NDArray[np.float64]
    reported: dict[str, float]
    warnings: tuple[str, ...]

    @property
    def mean_distribution(self) -> NDArray[np.float64]:
        """Mean over the videos, shape (m,)."""
        return np.asarray(self.size_distribution.mean(axis=1), float)

    def percentile(self, share: float) -> float:
        """Diameter (nm) below which a share of the particles lies, by number, from the mean distribution."""
        cumulative = np.cumsum(self.mean_distribution)
        return float(np.interp(share * cumulative[-1], cumulative, self.bin_centres))

    @property
    def concentration_interval(self) -> tuple[float, float, float]:
        """Geometric mean of the videos and the 5 % and 95 % ends of their spread."""
        logs = np.log(self.concentration)
        middle, spread = float(logs.mean()), float(logs.std(ddof=1)) if len(logs) > 1 else 0.0
        return math.exp(middle), math.exp(middle - 1.645 * spread), math.exp(middle + 1.645 * spread)


def read_nanosight(path: Path | str) -> NanoparticleTracking:
    """Read a NanoSight ExperimentSummary export.

    Raises:
        InputError: Every finding: no such export, missing sections, cells that are no numbers, truncation.
    """
    file = str(path)
    rows = list(csv.reader(io.StringIO(read_text(path, encodings=("utf-8-sig", "latin-1")))))
    found = FindingList(file)
    if not rows or not rows[0] or rows[0][0].strip() != MAGIC:
        found.add("This is not a NanoSight ExperimentSummary.", f"Its first line must be `{MAGIC}`.", line=1)
        found.raise_if_any()
    table = _Table(rows, found)
    for section in _SECTIONS:
        if section not in table.line:
            found.add(f"The section {section} is missing.", "The export is truncated; export it again.")
    found.raise_if_any()
    videos = tuple(cell for cell in table.cells("Filename:") if cell)
    concentration = table.numbers(_CONCENTRATION, len(videos), least=0.0, zero=False)
    reported = {name: table.average(name, len(videos)) for name in _SUMMARIES}
    centres, distribution = table.size_data(len(videos))
    found.raise_if_any()
    return NanoparticleTracking(
        file,
        rows[1][0].removeprefix("Created with ").strip() if len(rows) > 1 and rows[1] else "unknown",
        videos,
        concentration,
        table.dilution(),
        centres,
        distribution,
        reported,
        tuple(table.warnings(len(videos))),
    )


class _Table:
    """Rows of the export, found by their first cell."""

    def __init__(self, rows: list[list[str]], found: FindingList) -> None:
        self.rows, self.found = rows, found
        self.line: dict[str, int] = {}
        for i, row in enumerate(rows):
            if row and row[0].strip():
                self.line.setdefault(row[0].strip(), i)

    def cells(self, name: str) -> list[str]:
        i = self.line.get(name)
        if i is None:
            self.found.add(f"The row `{name}` is missing.", "The export is truncated; export it again.")
            return []
        return [cell.strip() for cell in self.rows[i][1:]]

    def numbers(self, name: str, count: int, *, least: float, zero: bool) -> NDArray[np.float64]:
        line = self.line.get(name, -1) + 1
        return np.array([self._number(cell, line, name, least, zero) for cell in self.cells(name)[:count]])

    def average(self, name: str, videos: int) -> float:
        cells = self.cells(name)
        if len(cells) <= videos:
            return math.nan
        return self._number(cells[videos], self.line[name] + 1, name, 0.0, zero=True)

    def dilution(self) -> float | None:
        row = next((cells for cells in self.rows if cells and cells[0].startswith(_DILUTION)), [])
        known = {cell.strip() for cell in row[1:] if cell.strip()}
        try:
            values = {float(cell.replace(",", ".")) for cell in known}
        except ValueError:
            return None
        return values.pop() if len(values) == 1 else None

    def size_data(self, videos: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        start = self.line.get(_BINS)
        if start is None:
            self.found.add("The size distribution is missing.", "Export it with the size data included.")
            return np.empty(0), np.empty((0, videos))
        centres, values = [], []
        for i in range(start + 1, len(self.rows)):
            cells = [cell.strip() for cell in self.rows[i]]
            if not cells or not cells[0].replace(".", "", 1).replace(",", "", 1).isdigit():
                break
            if len(cells) < videos + 1:
                remedy = "The export is truncated; export it again."
                self.found.add(f"The row has {len(cells)} cells, not {videos + 1}.", remedy, line=i + 1)
                break
            centres.append(self._number(cells[0], i + 1, _BINS, 0.0, zero=False))
            values.append([self._number(c, i + 1, "size distribution", 0.0, zero=True) for c in cells[1 : videos + 1]])
        counts = np.array(values).reshape(len(centres), videos)
        if len(centres) < 10 or counts.sum() == 0:
            self.found.add("The size distribution holds no particles.", "Export it again; no track may be valid.")
        return np.array(centres), counts

    def warnings(self, videos: int) -> list[str]:
        lines = []
        for name in _SAME:
            if name in self.line:
                values = sorted({cell for cell in self.cells(name)[:videos] if cell})
                if len(values) > 1:
                    lines.append(f"{name} differs between videos ({', '.join(values)}): they are not one measurement.")
        for name, line in self.line.items():
            marks = {cell.strip() for cell in self.rows[line][1 : videos + 1] if cell.strip()}
            if name in ("Validity of concentration measurement", "Brightness") and marks - {"OK"}:
                lines.append(f"{name}: {', '.join(sorted(marks - {'OK'}))}.")
        return lines

    def _number(self, cell: str, line: int, field: str, least: float, zero: bool) -> float:
        try:
            value = float(cell.replace(",", ".") if cell.count(",") == 1 and "." not in cell else cell)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or value < least or (value == 0 and not zero):
            remedy = "It must be a number, zero or above." if zero else "It must be a number above zero."
            self.found.add("This is not a usable number.", remedy, line=line, field=field, value=cell)
            return 0.0
        return value
