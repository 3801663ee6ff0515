"""Claims that are looked up instead of simulated: what the products themselves say about what an exosome is.

A source that says it of exosomes in general is the claim itself and is no evidence for it; what was looked at in a
shipped preparation, or in vesicles of the same kind of cell, is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Literal

from hepasome.evidence import Claim
from hepasome.product import (
    Marker,
    Product,
    Storage,
    check_product,
    load_product,
    share_of_exosome_size,
    shipped_products,
)

Outcome = Literal["reproduced", "not reproduced", "not judged"]
Verdict = tuple[Outcome, str]

_GENERAL = "exosomes in general"
_FROZEN = {"temperature": "-80 C", "for": "3 mo"}
_SIMILAR = 0.8  # of the vesicles that were frozen: a loss of a fifth is within the error of counting them twice


def judge_check(claim: Claim) -> Verdict:
    """The outcome of one claim of kind `check`, with a sentence for the reader.

    Raises:
        ValueError: If the claim is of another kind.
    """
    if claim.check is None:
        raise ValueError(f"{claim.id} is not a check")
    return CHECKS[claim.check](claim)


@cache
def _vesicles() -> tuple[Product, ...]:
    """The shipped preparations of vesicles, each once."""
    found = (load_product(name).vesicles for name in shipped_products())
    return tuple({product.id: product for product in found}.values())


def _size(claim: Claim) -> Verdict:
    measured = [p for p in _vesicles() if check_product(p)["size"].answer in ("yes", "no")]
    if not measured:
        return "not judged", "No shipped preparation has measured diameters; those of the files are assumed."
    shares = {product.id: share_of_exosome_size(product) for product in measured}
    text = ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
    held = all(check_product(product)["size"].answer == "yes" for product in measured)
    return ("reproduced" if held else "not reproduced"), f"Of the vesicles, by number, between 40 and 150 nm: {text}."


def _marker(claim: Claim) -> Verdict:
    return _found(claim, (m for p in _vesicles() for m in p.markers if m.name == claim.cargo))


def _carries(claim: Claim) -> Verdict:
    return _found(claim, (m for p in _vesicles() for m in p.carries if m.name == claim.cargo))


def _found(claim: Claim, markers: Iterable[Marker]) -> Verdict:
    looked = [marker for marker in markers if marker.basis != _GENERAL and marker.found != "unknown"]
    if not looked:
        return "not judged", f"Nobody looked for {claim.cargo} in a shipped preparation or in vesicles of such a cell."
    absent = sorted({marker.source for marker in looked if marker.found == "negative"})
    if absent:
        return "not reproduced", f"{claim.cargo} was looked for and not found ({'; '.join(absent)})."
    return "reproduced", f"{claim.cargo} was found ({'; '.join(sorted({marker.source for marker in looked}))})."


def _storage(claim: Claim) -> Verdict:
    kept = Storage.model_validate(_FROZEN).kept()
    interval = "" if kept.low is None else f" ({kept.low:.0%} to {kept.high:.0%})"
    text = f"{kept.value:.0%}{interval} of the vesicles are left after 3 months at -80 C"
    if kept.status == "assumed":
        return "not judged", f"{text}, but nobody gave a number: the range is assumed."
    held = kept.low is not None and kept.low >= _SIMILAR
    return ("reproduced" if held else "not reproduced"), f"{text}."


def _not_checkable(claim: Claim) -> Verdict:
    return "not judged", claim.note


CHECKS: dict[str, Callable[[Claim], Verdict]] = {
    "size": _size,
    "marker": _marker,
    "carries": _carries,
    "storage": _storage,
    "not_checkable": _not_checkable,
}
