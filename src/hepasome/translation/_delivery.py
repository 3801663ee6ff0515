"""What a dose brings to each cell type of a healthy body, and the human dose that brings the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hepasome import engine
from hepasome.biology import Structure, model_sbml, routes_into
from hepasome.translation._bodies import DISEASE
from hepasome.trial import doses_of, permeability_for, solver_settings

SOLUBLE = "soluble"
_PER_CELL = {
    "kupffer": "vesicles_per_kupffer_cell",
    "endothelial": "vesicles_per_endothelial_cell",
    "stellate": "vesicles_per_stellate_cell",
    "hepatocyte": "vesicles_per_hepatocyte",
}
_SOLUBLE_OUTPUT = "body_soluble_present_cells"
_COURSE = 48  # readings over which the exposure to soluble factors is summed
_TOLERANCE = 1e-3  # of the exposure that a dose must bring
_MOST_ROUNDS = 8
_SLOPES = (0.2, 5.0)  # of log exposure against log dose, that a next guess may assume

Array = NDArray[np.float64]
OnStep = Callable[[int, int], None]


@dataclass(frozen=True)
class Giving:
    """What is given to one body.

    Attributes:
        kind: vesicles, cells or conditioned_medium.
        diameters: Diameters of the vesicles (nm) and the share of each.
        amount: Particles or cells of one dose.
        route: Where it enters.
        times: When, h from the first dose.
        end: When the cells are read, h from the first dose.
        equivalents: Cell equivalents of conditioned medium per particle; zero for any other product.
    """

    kind: str
    diameters: tuple[Array, Array]
    amount: float
    route: str
    times: tuple[float, ...]
    end: float
    equivalents: float = 0.0

    def scaled(self, factor: float) -> Giving:
        """The same with another dose."""
        return replace(self, amount=self.amount * factor)


class Delivery:
    """The body of one species without injury, as a model: from doses to exposure of cells.

    Attributes:
        routes: Routes that this body has for the product.
        targets: Cell types that take up vesicles, and `soluble` where the product has soluble factors. The exposure of
            a cell type is the vesicles that one cell took up; that of `soluble` is donor cells per hepatocyte x h.
    """

    def __init__(self, species: str, kind: str) -> None:
        self.species = species
        self.structure = Structure(species, 1, kind == "cells", DISEASE, kind == "conditioned_medium")
        self.model = engine.Model(model_sbml(self.structure))
        self._known = set(self.model.parameters)
        self.routes = tuple(routes_into(self.structure, "cells" if kind == "cells" else "vesicles"))
        self.targets: tuple[str, ...] = tuple(_PER_CELL) if kind == "vesicles" else (*_PER_CELL, SOLUBLE)

    def exposures(
        self,
        bodies: Sequence[Mapping[str, float]],
        given: Sequence[Giving],
        workers: int = 1,
        on_done: OnStep | None = None,
    ) -> Array:
        """Exposure of each target in each body, shape (bodies, targets); nan where it could not be simulated."""
        subjects = [self._subject(str(i), *pair) for i, pair in enumerate(zip(bodies, given, strict=True))]
        ends = [one.end for one in given]
        times = {0.0, *ends}
        outputs = [_PER_CELL[name] for name in self.targets if name != SOLUBLE]
        if SOLUBLE in self.targets:
            times |= set(np.geomspace(0.1, max(ends), _COURSE).tolist())
            outputs.append(_SOLUBLE_OUTPUT)
        grid = np.array(sorted(times))
        found = np.full((len(subjects), len(self.targets)), np.nan)
        solver = solver_settings(self.model)
        course = engine.simulate_ensemble(
            self.model, subjects, grid.tolist(), outputs, solver=solver, workers=workers, on_done=on_done
        )
        for i, trajectory in enumerate(course):
            if trajectory.status is not engine.Status.COMPLETED:
                continue
            last = int(np.searchsorted(grid, ends[i]))
            found[i] = trajectory.values[last]
            if SOLUBLE in self.targets:
                found[i, -1] = np.trapezoid(trajectory.values[: last + 1, -1], grid[: last + 1])
        return found

    def _subject(self, key: str, values: Mapping[str, float], given: Giving) -> engine.Subject:
        wall = permeability_for(given.diameters, values, self.species, DISEASE)
        own = {**values, "fenestral_permeability": wall}
        amounts = [given.amount] * len(given.times)
        doses, switches = doses_of(self.structure, given.kind, given.route, given.times, amounts, given.equivalents)
        kept = {name: value for name, value in own.items() if name in self._known}
        return engine.Subject(key, kept, {}, tuple(sorted(doses, key=lambda dose: dose.time)), tuple(switches))


def matching_factors(
    human: Delivery,
    bodies: Sequence[Mapping[str, float]],
    given: Sequence[Giving],
    wanted: Array,
    start: Array,
    workers: int = 1,
    on_round: Callable[[int], OnStep] | None = None,
) -> Array:
    """By how much the dose must be larger in each human to bring each target the exposure wanted.

    Args:
        human: The body that is dosed.
        bodies: Parameters of each human.
        given: What each would get at a factor of one.
        wanted: Exposure of each target, shape (humans, targets).
        start: First guess of the factor of each human.
        workers: Threads.
        on_round: Called with the number of simulations of each round; what it returns is called as they are done.

    Returns:
        Factors, shape (humans, targets); nan where no dose was found.
    """
    count, targets = wanted.shape

    def exposed(who: NDArray[np.intp], factors: Array) -> Array:
        on_done = on_round(len(who)) if on_round is not None else None
        doses = [given[i].scaled(f) for i, f in zip(who, factors, strict=True)]
        return human.exposures([bodies[i] for i in who], doses, workers, on_done)

    with np.errstate(all="ignore"):
        previous = np.repeat(np.log(start)[:, None], targets, axis=1)
        seen = np.log(exposed(np.arange(count), start) / wanted)
        factors = previous - seen
        open_ones = np.isfinite(factors)
        result = np.full(wanted.shape, np.nan)
        for _ in range(_MOST_ROUNDS):
            who, which = np.nonzero(open_ones)
            if not len(who):
                break
            asked = factors[who, which]
            off = np.log(exposed(who, np.exp(asked))[np.arange(len(who)), which] / wanted[who, which])
            done = np.abs(off) < _TOLERANCE
            result[who[done], which[done]] = np.exp(asked[done])
            step = asked - previous[who, which]
            slope = np.where(np.abs(step) > 1e-9, (off - seen[who, which]) / step, 1.0)
            previous[who, which], seen[who, which] = asked, off
            factors[who, which] = asked - off / np.clip(slope, *_SLOPES)
            open_ones[who[done], which[done]] = False
            open_ones &= np.isfinite(factors)
    return result
