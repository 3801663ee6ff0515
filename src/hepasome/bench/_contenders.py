"""Who takes part, and whether they are installed. Nothing here imports any of them."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hepasome.bench._contender import Contender


@dataclass(frozen=True)
class Entry:
    """A contender before it is loaded.

    Attributes:
        id: Short name, for the command line and files.
        name: For tables.
        place: `module:Class`.
        needs: Module that must be importable -> what pip installs for it.
        largest: States of the largest model that it is asked to simulate; beyond it takes minutes a subject.
    """

    id: str
    name: str
    place: str
    needs: Mapping[str, str] = field(default_factory=dict)
    largest: int | None = None

    def missing(self) -> str:
        """Why it cannot run here, as a sentence; empty if it can."""
        lacking = dict.fromkeys(p for module, p in self.needs.items() if importlib.util.find_spec(module) is None)
        return f"Not installed: pip install {' '.join(lacking)}" if lacking else ""


def load(place: str) -> type[Contender]:
    """The class at `module:Class`."""
    module, name = place.split(":")
    found: type[Contender] = getattr(importlib.import_module(module), name)
    return found


BASELINE = "roadrunner"
COMPILED = "compiled"
CONTENDERS = (
    Entry(COMPILED, "hepasome, compiled", "hepasome.bench._compiled:Compiled"),
    Entry(BASELINE, "libRoadRunner, CVODE", "hepasome.bench._roadrunner:RoadRunner", {"roadrunner": "libroadrunner"}),
    Entry("copasi", "COPASI, LSODA", "hepasome.bench._copasi:Copasi", {"COPASI": "copasi-basico"}),
    Entry("sundae", "scikit-sundae, CVODE", "hepasome.bench._sundae:Sundae", {"sksundae": "scikit-sundae"}),
    Entry("diffrax", "diffrax, Kvaerno5", "hepasome.bench._diffrax:Diffrax", {"diffrax": "diffrax", "jax": "jax"}, 90),
)
