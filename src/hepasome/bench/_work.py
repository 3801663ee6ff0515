"""A workload: one model and the subjects that every contender simulates, in arrays that any process can read.

Nothing here imports an engine: the process of a peer must not pay for what it does not use.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

OUTPUTS = 100  # times at which every state is read

Array = NDArray[np.float64]


class Bolus(NamedTuple):
    """Adds an amount to a state of every subject at a time."""

    time: float
    state: str
    amount: float


class Segment(NamedTuple):
    """A stretch between two doses.

    Attributes:
        begin: Its first time, at which `boluses` are given.
        end: Its last time.
        boluses: What is given, as place of the state and amount.
        rows: Places of the output times in [begin, end), and of the last output time if that is the end.
    """

    begin: float
    end: float
    boluses: tuple[tuple[int, float], ...]
    rows: NDArray[np.intp]


@dataclass(frozen=True)
class Workload:
    """What is simulated.

    Attributes:
        id: Short name, of lower-case letters, digits and hyphens.
        title: For tables.
        source: Where the model comes from: hepasome, or the publication and the package that ships it.
        sbml: The model; no doses in it.
        parameters: Names of the parameters that vary between subjects, (p,).
        values: Their values, shape (subjects, p).
        boluses: The same for every subject; none of them at an output time.
        times: Output times in the model's unit, ascending from zero, shape (t,).
        states: What is read at every output time: all states, in amounts, (s,).
        sizes: Size of the compartment of every state that is a species, 1 for others, shape (s,): what turns
            concentrations, which some contenders take and give, into amounts.
        relative: Relative tolerance.
        absolute: Absolute tolerance of every state, shape (s,).
    """

    id: str
    title: str
    source: str
    sbml: str
    parameters: tuple[str, ...]
    values: Array
    boluses: tuple[Bolus, ...]
    times: Array
    states: tuple[str, ...]
    sizes: Array
    relative: float
    absolute: Array

    def rows(self, first: int, count: int) -> Array:
        """Parameter values of `count` subjects from number `first` on; after the last comes the first again."""
        return self.values[np.arange(first, first + count) % len(self.values)]

    def segments(self) -> Iterator[Segment]:
        """The stretches between doses, in their order."""
        end = float(self.times[-1])
        stops = sorted({0.0, end, *(bolus.time for bolus in self.boluses)})
        place = {state: i for i, state in enumerate(self.states)}
        for begin, stop in pairwise(stops):
            inside = (self.times >= begin) & ((self.times < stop) | (stop == end))
            given = tuple((place[b.state], b.amount) for b in self.boluses if b.time == begin)
            yield Segment(begin, stop, given, np.flatnonzero(inside))

    def save(self, folder: Path) -> None:
        """Write it into a folder, from which `load_workload` reads it."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.xml").write_text(self.sbml, encoding="utf-8")
        arrays = {"values": self.values, "times": self.times, "sizes": self.sizes, "absolute": self.absolute}
        np.savez(folder / "arrays.npz", **arrays)  # type: ignore[arg-type] # none of them is named allow_pickle
        names = {"id": self.id, "title": self.title, "source": self.source, "relative": self.relative}
        names |= {"parameters": self.parameters, "states": self.states, "boluses": self.boluses}
        (folder / "names.json").write_text(json.dumps(names), encoding="utf-8")


def load_workload(folder: Path) -> Workload:
    """The workload that was saved in a folder."""
    names = json.loads((folder / "names.json").read_text(encoding="utf-8"))
    names["parameters"], names["states"] = tuple(names["parameters"]), tuple(names["states"])
    names["boluses"] = tuple(Bolus(*bolus) for bolus in names["boluses"])
    with np.load(folder / "arrays.npz") as arrays:
        return Workload(sbml=(folder / "model.xml").read_text(encoding="utf-8"), **names, **arrays)
