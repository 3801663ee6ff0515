"""What is not known of a study, in groups: parameters of modules, numbers of the product, details of the protocol."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any

from scipy.special import ndtri

from hepasome.biology import parameters, posteriors, symbols_of
from hepasome.product import Estimate, Product
from hepasome.trial._draws import DRAWN_MODULES, stream, values_at
from hepasome.trial._plan import Plan, Planned
from hepasome.trial._protocol import Protocol, settle_protocol

PRODUCT = "the product"
DISEASE = "disease, as calibrated"
PROTOCOL = "protocol details"
GROUPS: Mapping[str, tuple[str, ...]] = {
    "circulation and sinusoid": ("circulation", "sinusoid", "culture", "tumour_site"),
    "uptake and escape": ("delivery",),
    "action of named cargo": ("rna_action", "rna_response", "protein_transfer"),
    "unattributed activity": ("unattributed_activity", "tumour_activity", "sphingosine"),
    "cells and soluble factors": ("cells", "soluble", "immunomodulators"),
    "tumour sensitivity": ("tumour_sensitivity",),
    "immunity": ("immunity",),
}
_OUTSIDE = ("sinusoid",)  # of these modules also rows that are in no equation: they make the wall that a product meets
_END = 1e-6  # of a distribution: nothing is sampled beyond
_SEEDS = 2**32


class Unknowns:
    """Everything that is not known of the effect of one arm against the control, at places that somebody chooses.

    A place is one share between zero and one for every unknown: the quantile of a parameter or of a number of the
    product. A calibration of the disease is one unknown, and so are all details of the protocol: their shares say which
    draw it is.

    Attributes:
        groups: Names of what is not known, by group; groups without any are left out.
    """

    def __init__(self, plan: Plan, arm: str) -> None:
        self._plan, self._arm = plan, arm
        species, disease = plan.study.subject.species, plan.study.disease.model
        table, set_by_user = parameters(species, disease), plan.settings.overrides
        known = set(plan.model.parameters)
        of_modules = {symbol for module in DRAWN_MODULES for symbol in symbols_of(module, species)}
        informed = ((one, set(one.draw(0, disease))) for one in posteriors(species))
        # the modules that runs draw from their priors are varied by them here too
        self._posteriors = [one for one, own in informed if own & known and not own & of_modules]
        groups: dict[str, tuple[str, ...]] = {}
        for group, modules in GROUPS.items():
            symbols = [
                symbol
                for module in modules
                for symbol in symbols_of(module, species)
                if (symbol in known or module in _OUTSIDE) and symbol not in set_by_user
                if _is_open(table[symbol].low, table[symbol].high)
            ]
            groups[group] = tuple(symbols) if known.intersection(symbols) else ()
        treatment = plan.protocol.arms[arm].treatment
        if treatment is None:
            raise ValueError(f"the arm {arm} gets no treatment")
        self._parameters = tuple(symbol for symbols in groups.values() for symbol in symbols)
        groups[PRODUCT] = tuple(what for what, one in _numbers(treatment.product) if _is_open(one.low, one.high))
        groups[DISEASE] = tuple(one.calibration for one in self._posteriors)
        groups[PROTOCOL] = ("draw",) if _has_range(plan.study.as_written()) else ()
        self.groups = {group: names for group, names in groups.items() if names}
        self._ends = dict(zip(groups, accumulate(len(names) for names in groups.values()), strict=True))
        self._product = groups[PRODUCT]
        self._protocol = lru_cache(maxsize=16)(self._settle)

    def subjects(self, key: int, place: Sequence[float]) -> tuple[Planned, Planned]:
        """The typical treated subject and its control at one place.

        Args:
            key: Number of the place.
            place: One share for every unknown, group after group.
        """
        study = self._plan.study
        shares = [min(max(float(share), _END), 1 - _END) for share in place]
        split = len(self._parameters)
        deviates = dict(zip(self._parameters, map(float, ndtri(shares[:split])), strict=True))
        values = values_at(study.subject.species, study.disease.model, deviates)
        for one, share in zip(self._posteriors, shares[self._ends[PRODUCT] :], strict=False):
            values |= one.draw(int(share * len(one.values)), study.disease.model)
        product = dict(zip(self._product, map(float, ndtri(shares[split : self._ends[PRODUCT]])), strict=True))
        protocol = self._protocol(int(shares[-1] * _SEEDS) if PROTOCOL in self.groups else None)
        sampled = self._plan.subjects.sampled
        treated = sampled(key, self._arm, protocol, values, product)
        return treated, sampled(key, study.control, protocol, values, product)

    def _settle(self, draw: int | None) -> Protocol:
        rng = None if draw is None else stream(self._plan.settings.seed, "protocol", "sampled", draw)
        return settle_protocol(self._plan.study, rng)


def _is_open(low: float | None, high: float | None) -> bool:
    return low is not None and high is not None and low < high


def _numbers(product: Product) -> Iterator[tuple[str, Estimate]]:
    """The numbers of a product, by the names under which they are drawn."""
    particles = product.particles_per_ug or product.particles_per_cell_equivalent
    if particles is not None:
        yield "particles", particles
        yield "storage", product.storage.kept()
    yield from ((cargo.name, cargo.copies_per_vesicle) for cargo in product.vesicles.cargo)
    yield from product.traits.estimates().items() if product.traits is not None else ()


def _has_range(written: Any) -> bool:
    """Whether a study leaves anything open that an effect on a typical subject can depend on."""
    if isinstance(written, dict):
        if "reason" in written and written.keys() & {"low", "one_of"}:
            return True
        return any(_has_range(value) for key, value in written.items() if key != "subjects_per_arm")
    return isinstance(written, list) and any(map(_has_range, written))
