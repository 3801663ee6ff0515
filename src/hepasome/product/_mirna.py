"""Names of miRNAs as laboratories write them, and their traps."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Reads that map to these "miRNAs" are fragments of ribosomal RNA (seen as 60 % and more of badly prepared vesicle
# libraries; the entries were removed or questioned in later miRBase releases).
ARTEFACTS = frozenset({"6236", "6238", "6239", "6240", "3687", "4449", "5102", "5109", "5115"})
# Old names without letter or arm that now stand for several miRNAs (47 in miRBase 6 to 22; those met in liver).
AMBIGUOUS = frozenset({"378", "34b", "34c", "486", "1233", "365", "125b", "181a", "24", "199a", "29b", "16", "7", "9"})

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
    """

    written: str
    family: str
    arm: str = ""
    species: str = ""
    artefact: bool = False
    star: bool = False
    merged: bool = False
    warnings: tuple[str, ...] = ()

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
    if not arm and family.split("-")[1] in AMBIGUOUS and match["kind"] != "mir":
        warnings.append(f"`{text}` is an old name that now stands for several miRNAs.")
    artefact, star = match["number"] in ARTEFACTS, bool(match["star"])
    return MirnaName(written, family, arm, species, artefact, star, bool(others), tuple(warnings))
