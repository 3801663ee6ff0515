"""Names of miRNAs as laboratories write them, and their traps."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

# Reads that map to these "miRNAs" are fragments of ribosomal RNA (seen as 60 % and more of badly prepared vesicle
# libraries; the entries were removed or questioned in later miRBase releases).
ARTEFACTS = frozenset({"6236", "6238", "6239", "6240", "3687", "4449", "5102", "5109", "5115"})
_NAME = re.compile(
    r"(?:(?P<species>[a-z]{3,4})-)?(?P<kind>miR|mir|MIR|let|Let)-?(?P<number>\d+)(?P<letter>[a-z]*)"
    r"(?P<copy>(?:-\d+)*?)(?:-(?P<arm>[35]p))?(?P<star>\*)?(?:\.(?P<seed>\d))?"
)
_EXCEL_DATE = re.compile(r"\d{1,2}-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)", re.IGNORECASE)


@dataclass(frozen=True)
class MirnaName:
    """A miRNA name, taken apart.

    Attributes:
        written: As it stood in the file.
        family: Number and letter without copy and arm, for example `miR-181a` or `let-7a`; empty if it is no miRNA.
        arm: `5p`, `3p`, or empty where the name does not say.
        species: Prefix such as `mmu`, or empty.
        artefact: Whether reads with this name are probably fragments of ribosomal RNA.
        star: Whether it is the passenger strand in the old notation `miR-122*`.
        merged: Whether several miRNAs are counted under the name.
        warnings: What is doubtful about the name, in sentences.
        stands_for: What an old name stood for, if it stood for several miRNAs.
    """

    written: str
    family: str
    arm: str = ""
    species: str = ""
    artefact: bool = False
    star: bool = False
    merged: bool = False
    warnings: tuple[str, ...] = ()
    stands_for: tuple[str, ...] = ()

    @property
    def seed_family(self) -> str:
        """Family without its letter: paralogues such as miR-181a, b, c and d share one seed."""
        return re.sub(r"(?<=\d)[a-z]+$", "", self.family)


def parse_mirna_name(written: str) -> MirnaName:
    """Take a miRNA name apart; what cannot be known from the name is left empty and said in a warning.

    Args:
        written: A name as a laboratory writes it: `hsa-miR-122-5p`, `mmu-mir-181a-1`, `let-7a-5p/7c-5p`, `1-Mar`.
    """
    text = written.strip()
    if _EXCEL_DATE.fullmatch(text):
        return MirnaName(written, "", warnings=(f"`{text}` is a gene name that a spreadsheet turned into a date.",))
    first, *others = re.split(r"[/,;|]", text)
    match = _NAME.fullmatch(first)
    if match is None:
        return MirnaName(written, "", warnings=(f"`{text}` is not the name of a miRNA.",))
    warnings = []
    prefix = "let" if match["kind"].lower() == "let" else "miR"
    family = f"{prefix}-{match['number']}{match['letter']}"
    arm, species = match["arm"] or "", match["species"] or ""
    if others:
        warnings.append(f"`{text}` counts several miRNAs as one; the first name is used.")
    if match["kind"] == "mir" and not arm:
        warnings.append(f"`{text}` names a precursor: which arm the reads come from is not known.")
    elif not arm and not others:
        warnings.append(f"`{text}` does not say which arm it is.")
    if match["star"]:
        warnings.append(f"`{text}` is the passenger strand in an old notation.")
    if match["seed"]:
        warnings.append(f"`{text}` has a TargetScan suffix, which is dropped.")
    old = family + "*" * bool(match["star"])
    stands = () if arm or match["kind"] == "mir" else stood_for(f"{species}-{old}" if species else old)
    if stands:
        warnings.append(f"`{text}` is an old name that now stands for several miRNAs.")
    artefact, star = match["number"] in ARTEFACTS, bool(match["star"])
    return MirnaName(written, family, arm, species, artefact, star, bool(others), tuple(warnings), stands)


@cache
def _old_names() -> dict[str, tuple[str, ...]]:
    """Names that miRBase 6 to 22 gave to several mature miRNAs of man, mouse or rat -> their names today."""
    text = (resources.files("hepasome.product.readers") / "old_mirna_names.csv").read_text(encoding="utf-8")
    return {row["name"]: tuple(row["stands_for"].split()) for row in csv.DictReader(text.splitlines())}


def stood_for(name: str) -> tuple[str, ...]:
    """Names today of what an old name stood for in miRBase, without species; empty if it stood for one thing.

    Args:
        name: `miR-378` or `hsa-miR-378`; without a species, what it meant in any of man, mouse and rat counts.
    """
    old = _old_names()
    if name in old:
        named = old[name]
    else:
        named = tuple(now for species in ("hsa", "mmu", "rno") for now in old.get(f"{species}-{name}", ()))
    return tuple(sorted({re.sub(r"^[a-z]{3}-", "", now) for now in named}))
