"""What a preparation is: held against what an exosome is, and against what laboratories agreed to tell about one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal

from hepasome.files import Strict, read_table
from hepasome.product._known import Group, Known, known_markers, plain_name
from hepasome.product._product import Marker, Product

SMALLEST, LARGEST = 40.0, 150.0  # nm, of an exosome: Van Pham 2017 Minerva Biotecnol 29:174
MOST = 0.5  # "most vesicles"
# particles per ug of protein: Webber & Clayton 2013 J Extracell Vesicles 2:19861, recalled, unconfirmed
PURE, LOW_PURITY, IMPURE = 3e10, 2e9, 1.5e9
_THIS = "this preparation"
_IN = {
    _THIS: _THIS,
    "same kind of cell": "vesicles of the same kind of cell",
    "exosomes in general": "exosomes in general",
}
_SEEN = ("measured", "derived")

Answer = Literal["yes", "no", "not measured here", "not stated", "cannot be told"]


class Criterion(Strict):
    """One question about a preparation.

    Attributes:
        criterion: Id.
        part: `identity`: what an exosome is; `report`: what MISEV asks to tell.
        question: In words.
        remedy: What to do where it has no answer; empty where nothing helps.
        source: Who asks.
    """

    criterion: str
    part: Literal["identity", "report"]
    question: str
    remedy: str = ""
    source: str


@dataclass(frozen=True)
class IdentityItem:
    """The answer to one question about a preparation.

    Attributes:
        criterion: The question.
        answer: yes, no, not measured here (told of other preparations only), not stated, or cannot be told.
        found: What the product says.
    """

    criterion: Criterion
    answer: Answer
    found: str


@dataclass(frozen=True)
class ProductCheck:
    """A preparation held against all questions.

    Attributes:
        product: The vesicles.
        items: One answer per question, in the order of the table.
    """

    product: Product
    items: tuple[IdentityItem, ...]

    def __getitem__(self, criterion: str) -> IdentityItem:
        return {item.criterion.criterion: item for item in self.items}[criterion]

    def part(self, part: Literal["identity", "report"]) -> tuple[IdentityItem, ...]:
        """The answers about identity, or about what is told."""
        return tuple(item for item in self.items if item.criterion.part == part)

    @property
    def missing(self) -> tuple[IdentityItem, ...]:
        """What MISEV asks to tell and the product does not, with its source in the criterion."""
        return tuple(item for item in self.part("report") if item.answer != "yes")

    @property
    def completeness(self) -> float:
        """Share of what MISEV asks to tell that the product tells."""
        asked = self.part("report")
        return 1 - len(self.missing) / len(asked)


def check_product(product: Product) -> ProductCheck:
    """Hold a preparation, or the vesicles that its cells secrete, against every question."""
    vesicles = product.vesicles
    items = []
    for criterion in criteria():
        answer, found = _QUESTIONS[criterion.criterion](vesicles)
        items.append(IdentityItem(criterion, answer, found))
    return ProductCheck(vesicles, tuple(items))


def share_of_exosome_size(product: Product) -> float:
    """Share of the vesicles, by number, whose diameter is that of an exosome."""
    centres, shares = product.diameters()
    return float(shares[(centres >= SMALLEST) & (centres <= LARGEST)].sum())


def exosome_size() -> tuple[float, float]:
    """Least and largest diameter (nm) of an exosome: Van Pham 2017."""
    return SMALLEST, LARGEST


def purity_limits() -> tuple[float, float, float]:
    """Particles per ug of protein: impure below the first, of low purity from the second, pure from the third.

    Webber & Clayton 2013 J Extracell Vesicles 2:19861, recalled, unconfirmed.
    """
    return IMPURE, LOW_PURITY, PURE


@cache
def criteria() -> tuple[Criterion, ...]:
    """Every question, with who asks it."""
    return tuple(read_table(_file("criteria.csv"), Criterion))


def _file(name: str) -> Path:
    return Path(str(resources.files("hepasome.product") / name))


def _looked_for(product: Product, known: Known) -> list[Marker]:
    return [m for m in product.markers if plain_name(m.name) in known.plain_names and m.found != "unknown"]


def _group(product: Product, *groups: Group) -> list[tuple[Known, Marker]]:
    """What was looked for of some groups."""
    return [(k, m) for k in known_markers() if k.group in groups for m in _looked_for(product, k)]


def _told(markers: Iterable[Marker]) -> tuple[Answer, str]:
    """Whether something was found; what was looked at here counts before what is told of others."""
    every = list(markers)
    here = [marker for marker in every if marker.basis == _THIS]
    if here:
        found = all(marker.found == "positive" for marker in here)
        return ("yes" if found else "no"), "; ".join(f"{m.found} ({m.source})" for m in here)
    if every:
        return "not measured here", "; ".join(f"{m.found} in {_IN[m.basis]} ({m.source})" for m in every)
    return "not stated", ""


def _marker(name: str) -> Callable[[Product], tuple[Answer, str]]:
    return lambda product: _told(_looked_for(product, next(k for k in known_markers() if k.marker == name)))


def _carries(kind: str) -> Callable[[Product], tuple[Answer, str]]:
    def answer(product: Product) -> tuple[Answer, str]:
        copies = [cargo.copies_per_vesicle for cargo in product.cargo if cargo.kind == kind]
        seen = [number for number in copies if number.status in _SEEN and number.value > 0]
        if seen:
            return "yes", f"{len(seen)} named ({seen[0].source})"
        return _told(marker for marker in product.carries if marker.name == kind)

    return answer


def _size(product: Product) -> tuple[Answer, str]:
    share = share_of_exosome_size(product)
    found = f"{share:.0%} of the vesicles between {SMALLEST:g} and {LARGEST:g} nm"
    if not _measured_size(product):
        return "not measured here", f"{found}, from an assumed distribution"
    return ("yes" if share > MOST else "no"), found


def _measured_size(product: Product) -> bool:
    diameter = product.diameter
    return diameter is not None and (diameter.median is None or diameter.median.status == "measured")


def _contaminants(product: Product) -> tuple[Answer, str]:
    looked = _group(product, "contaminant", "other_compartment")
    here = [(known, marker) for known, marker in looked if marker.basis == _THIS]
    told = ", ".join(f"{known.marker} {marker.found} in {_IN[marker.basis]}" for known, marker in here or looked)
    if not here:
        return ("not measured here" if looked else "not stated"), told
    return ("yes" if all(marker.found == "negative" for _, marker in here) else "no"), told


def _purity(product: Product) -> tuple[Answer, str]:
    ratio = product.particles_per_ug
    if ratio is None:
        return "not stated", ""
    word = "pure" if ratio.value >= PURE else "low purity" if ratio.value >= LOW_PURITY else "impure"
    if IMPURE <= ratio.value < LOW_PURITY:
        word = "between impure and low purity"
    found = f"{ratio.value:.2g} particles per ug: {word}"
    if ratio.status not in _SEEN:
        return "not measured here", f"{found}, but the ratio is {ratio.status}"
    return ("yes" if word == "pure" else "no"), found


def _group_found(*groups: Group, least: int = 1) -> Callable[[Product], tuple[Answer, str]]:
    def answer(product: Product) -> tuple[Answer, str]:
        looked = [(known, marker) for known, marker in _group(product, *groups) if marker.found == "positive"]
        here = {known.marker for known, marker in looked if marker.basis == _THIS}
        if len(here) >= least:
            return "yes", ", ".join(sorted(here))
        return ("not measured here" if looked else "not stated"), ", ".join(sorted({k.marker for k, _ in looked}))

    return answer


def _group_tested(group: Group) -> Callable[[Product], tuple[Answer, str]]:
    def answer(product: Product) -> tuple[Answer, str]:
        looked = _group(product, group)
        here = sorted({f"{known.marker} {marker.found}" for known, marker in looked if marker.basis == _THIS})
        if here:
            return "yes", ", ".join(here)
        others = sorted({f"{known.marker} {marker.found} in {_IN[marker.basis]}" for known, marker in looked})
        return ("not measured here" if looked else "not stated"), ", ".join(others)

    return answer


def _text(value: str) -> tuple[Answer, str]:
    return ("not stated", "") if value in ("", "not stated") else ("yes", value)


def _yield(product: Product) -> tuple[Answer, str]:
    each = product.particles_per_cell_equivalent
    return ("not stated", "") if each is None else ("yes", f"{each.value:.2g} particles per cell")


def _ratio(product: Product) -> tuple[Answer, str]:
    ratio = product.particles_per_ug
    if ratio is None:
        return "not stated", ""
    here = ratio.status in _SEEN
    return ("yes" if here else "not measured here"), f"{ratio.value:.2g} particles per ug, {ratio.status}"


def _single(product: Product) -> tuple[Answer, str]:
    here = _measured_size(product)
    return ("yes" if here else "not measured here"), "measured" if here else "an assumed distribution"


def _cannot(why: str) -> Callable[[Product], tuple[Answer, str]]:
    return lambda product: ("cannot be told", why)


_QUESTIONS: dict[str, Callable[[Product], tuple[Answer, str]]] = {
    "size": _size,
    "CD63": _marker("CD63"),
    "CD81": _marker("CD81"),
    "CD9": _marker("CD9"),
    "contaminants": _contaminants,
    "purity": _purity,
    **{kind: _carries(kind) for kind in ("protein", "mRNA", "miRNA", "lipid")},
    "origin": _cannot("where in the cell a vesicle was made is not seen in a finished preparation"),
    "mirna_length": _cannot("a statement about miRNA in general, not about a preparation"),
    "source_cell": lambda product: _text(product.source_cell),
    "source_species": lambda product: _text(product.source_species),
    "isolation": lambda product: _text(product.isolation),
    "yield": _yield,
    "two_quantities": _ratio,
    "single_vesicles": _single,
    "imaging": lambda product: _text(product.imaging),
    "three_markers": _group_found("membrane", "cytosolic", least=3),
    "membrane_marker": _group_found("membrane"),
    "cytosolic_marker": _group_found("cytosolic"),
    "contaminant_tested": _group_tested("contaminant"),
    "compartment_tested": _group_tested("other_compartment"),
    "storage": lambda product: _text(str(product.storage)),
}
