"""NanoSight NTA ExperimentSummary exports (NTA 3.x): concentration, dilution, size distribution with its spread."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hepasome.files import FindingList, input_error
from hepasome.product.readers._file import LabFile, open_lab_file
from hepasome.product.readers._kinds import ParticleSizes
from hepasome.product.readers._particles import refuse_giants

MAGIC = "NTA Experiment Summary File"
_CONCENTRATION = "Concentration (Particles / ml)"
_DILUTION = "Dilution factor"
_BINS = "Bin centre (nm)"
_SECTIONS = ("[Experiment Details]", "[Settings]", "[Results]", "[Size Data]")
_SUMMARIES = ("Mean", "Mode", "SD", "D10", "D50", "D90")
_NOT_RECORDED = "not recorded"
_DECIMAL_COMMA = re.compile(r"(\d*),(\d{1,2}|\d{4,})")  # three digits behind it may be thousands: those are refused
_LARGEST = 1e30
_SUM_DIFFERS = 0.05  # the program rounds concentrations to three digits
_SAME = ("Camera Level", "Detection Threshold", "Slider Shutter", "Slider Gain", "Laser Type")


def is_nanosight(file: LabFile) -> bool:
    """Whether a file is a NanoSight ExperimentSummary."""
    return file.text.startswith(MAGIC)


def read_nanosight(path: Path | str) -> ParticleSizes:
    """Read a NanoSight ExperimentSummary export.

    Raises:
        InputError: Every finding: no such export, missing sections, cells that are no numbers, truncation.
    """
    return nanosight(open_lab_file(path))


def nanosight(given: LabFile) -> ParticleSizes:
    """As `read_nanosight`, of a file that is already in memory."""
    file = given.path
    reader = csv.reader(io.StringIO(given.text))
    try:
        rows = list(reader)
    except csv.Error as error:
        remedy = "Close every quote that is opened."
        raise input_error(file, f"This is not valid CSV: {error}.", remedy, line=reader.line_num) from None
    found = FindingList(file)
    if not rows or not rows[0] or rows[0][0].strip() != MAGIC:
        remedy = f"Its first line must be `{MAGIC}`, its columns separated by commas."
        found.add("This is not a NanoSight ExperimentSummary.", remedy, line=1)
        found.raise_if_any()
    table = _Table(rows, found)
    for section in _SECTIONS:
        if section not in table.line:
            found.add(f"The section {section} is missing.", "The export is truncated; export it again.")
    found.raise_if_any()
    videos = table.videos()
    concentration = table.numbers(_CONCENTRATION, len(videos), least=0.0, zero=False)
    reported = {name: table.average(name, len(videos)) for name in _SUMMARIES}
    centres, distribution = table.size_data(len(videos))
    dilution = table.dilution(len(videos))
    refuse_giants(centres, found)
    found.raise_if_any()
    return ParticleSizes(
        file=file,
        instrument="NanoSight",
        software=rows[1][0].removeprefix("Created with ").strip() if len(rows) > 1 and rows[1] else "unknown",
        runs=videos,
        concentration=concentration,
        dilution=dilution,
        dilution_applied=True,  # the program has multiplied the concentrations by what was entered
        bin_centres=centres,
        size_distribution=distribution,
        reported=reported,
        warnings=(*table.warnings(len(videos)), *_sums(videos, concentration, distribution)),
        day=table.day(len(videos)),
    )


def _sums(
    videos: tuple[str, ...], concentration: NDArray[np.float64], distribution: NDArray[np.float64]
) -> Iterator[str]:
    for video, told, summed in zip(videos, concentration, distribution.sum(axis=0), strict=True):
        if abs(summed / told - 1) > _SUM_DIFFERS:
            yield f"{video}: the size bins add up to {summed:.3g} particles/mL, the concentration is {told:.3g}."


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
        line, cells = self.line.get(name, -1) + 1, self.cells(name)[:count]
        if line and len(cells) < count:
            self.found.add(
                f"There are {len(cells)} numbers for {count} videos.", "Export it again.", line=line, field=name
            )
        return np.array([self._number(cell, line, name, least, zero) for cell in cells])

    def videos(self) -> tuple[str, ...]:
        names = self.cells("Filename:")
        while names and not names[-1]:
            names.pop()
        line, header = self.line.get("Filename:", -1) + 1, self.cells("[Results]")
        counted = header.index("Average") if "Average" in header else len(names)
        if line and (not names or not all(names) or counted != len(names)):
            self.found.add("Not every video has a name.", "Export it again.", line=line, field="Filename:")
        return tuple(names)

    def day(self, videos: int) -> str:
        """Day of the measurement as it is written; empty if the videos have none or several."""
        row = self.line.get("Time Captured")
        days = (
            {cell.split()[0] for cell in self.rows[row][1 : videos + 1] if cell.strip()} if row is not None else set()
        )
        return days.pop() if len(days) == 1 else ""

    def average(self, name: str, videos: int) -> float:
        cells = self.cells(name)
        if len(cells) <= videos:
            return math.nan
        return self._number(cells[videos], self.line[name] + 1, name, 0.0, zero=True)

    def dilution(self, videos: int) -> float | None:
        i = next((i for name, i in self.line.items() if name.startswith(_DILUTION)), None)
        cells = [cell.strip() for cell in self.rows[i][1 : videos + 1]] if i is not None else []
        written = [cell for cell in cells if cell and cell.lower() != _NOT_RECORDED]
        if i is None or not written:
            return None
        values = {self._number(cell, i + 1, _DILUTION, 0.0, zero=False) for cell in sorted(set(written))}
        if len(values) > 1 or len(written) < videos:
            remedy = "Export videos of one dilution."
            self.found.add("The videos do not have one dilution factor.", remedy, line=i + 1, field=_DILUTION)
        return values.pop()

    def size_data(self, videos: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        start = self.line.get(_BINS)
        if start is None:
            self.found.add("The size distribution is missing.", "Export it with the size data included.")
            return np.empty(0), np.empty((0, videos))
        width, remedy = max(len(self.rows[start]), videos + 1), "The export is truncated; export it again."
        centres: list[float] = []
        before = len(self.found.findings)
        values: list[list[float]] = []
        for i in range(start + 1, len(self.rows)):
            cells = [cell.strip() for cell in self.rows[i]]
            if not any(cells) or cells[0] == "Percentile":
                break
            if len(cells) != width:
                self.found.add(f"The row has {len(cells)} cells, not {width}.", remedy, line=i + 1)
                continue
            centre = self._number(cells[0], i + 1, _BINS, 0.0, zero=False)
            if centres and 0 < centre <= centres[-1]:
                self.found.add(
                    "The diameters do not rise.", "Export it again.", line=i + 1, field=_BINS, value=cells[0]
                )
            centres.append(centre)
            values.append([self._number(c, i + 1, "size distribution", 0.0, zero=True) for c in cells[1 : videos + 1]])
        else:  # the program always writes something behind the bins
            self.found.add("The file ends within the size distribution.", remedy, line=len(self.rows))
        counts = np.array(values).reshape(len(centres), videos)
        if len(self.found.findings) == before and (len(centres) < 10 or counts.sum() == 0):
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
        comma = _DECIMAL_COMMA.fullmatch(cell)
        try:
            value = math.nan if "_" in cell else float(".".join(comma.groups()) if comma else cell)
        except ValueError:
            value = math.nan
        if not least <= value <= _LARGEST or (value == 0 and not zero):
            remedy = "It must be a number, zero or above." if zero else "It must be a number above zero."
            self.found.add("This is not a usable number.", remedy, line=line, field=field, value=cell)
            return 0.0
        return value
