"""What laboratory files do not say: the questions, and the answers of the user."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from pathlib import Path

from hepasome.files import FindingList, parse_quantity
from hepasome.product._product import PRODUCT_ID
from hepasome.product._reference import CEILINGS

PARTICLES_PER_ML = (1e3, 1e16)  # beyond it no sample can be: 1e16 vesicles of 100 nm have a volume of five mL
PROTEIN = (1e-6, 1e6)  # ug/mL; 1e6 is a gram in a mL
SPECIES = ("human", "mouse", "rat")
NONE = "none"  # as an answer: leave it out
_PAIR = re.compile(r"\s*([^=]+?)\s*=\s*([^=]+?)\s*")


@dataclass(frozen=True)
class LabAnswers:
    """What the files do not say and the user is asked for; each is None or empty until it is answered.

    Attributes:
        id: Short name of the product.
        name: Name for readers.
        source_cell: Cell that made the vesicles.
        species: Species of that cell: human, mouse or rat.
        isolation: How the vesicles were isolated.
        imaging: Which microscope showed them.
        dilution: Dilution of the sample whose particles were counted, where its file does not record it.
        concentration: Particles per mL of the undiluted sample, where no file tells it.
        protein: Protein of the undiluted sample, with its unit.
        columns: Pattern of the count columns to use, by sample or group.
        protein_columns: The same of proteomics tables.
        total_copies: All miRNA copies per vesicle, if measured.
        assume_native: Accept the published native copy number instead.
        mirna: What old names mean: `miR-378=miR-378a-3p`, or `miR-378=none`.
        stains: What the channels of the cytometer show: `FL1=CD63`; or `none`.
        gates: Signals from which an event counts as positive: `FL1=120`.
        control: FCS file of an unstained or buffer control; its 99 % is the gate of channels without one.
    """

    id: str | None = None
    name: str | None = None
    source_cell: str | None = None
    species: str | None = None
    isolation: str = ""
    imaging: str = ""
    dilution: float | None = None
    concentration: float | None = None
    protein: str | None = None
    columns: str | None = None
    protein_columns: str | None = None
    total_copies: float | None = None
    assume_native: bool = False
    mirna: tuple[str, ...] = ()
    stains: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()
    control: Path | str | None = None


@dataclass(frozen=True)
class Question:
    """Something that the files do not say.

    Attributes:
        flag: Option of the command line that answers it.
        text: The question.
        why: What it is needed for.
    """

    flag: str
    text: str
    why: str


@dataclass(frozen=True)
class Checked:
    """Answers that make sense.

    Attributes:
        answers: As given.
        protein: ug/mL, or None.
        mirna: Old name -> name, or `none`.
        stains: Channel -> marker.
        gates: Channel -> signal.
    """

    answers: LabAnswers
    protein: float | None
    mirna: dict[str, str]
    stains: dict[str, str]
    gates: dict[str, float]


@dataclass
class Notes:
    """What is said and asked while a product is put together."""

    questions: list[Question] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    derivations: list[str] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)

    def ask(self, flag: str, text: str, why: str) -> None:
        """Ask something that no file says."""
        self.questions.append(Question(flag, text, why))


def check_answers(answers: LabAnswers) -> Checked:
    """The answers, as numbers.

    Raises:
        InputError: Every answer that cannot be used.
    """
    found = FindingList("your answers")
    protein = None
    if answers.protein is not None:
        try:
            protein = parse_quantity(answers.protein).to("ug/mL")
        except ValueError as error:
            found.add(f"{error}.", "Write for example 0.5 mg/mL.", field="--protein", value=answers.protein)

    def need(fits: bool, flag: str, told: float | None, problem: str, remedy: str) -> None:
        if told is not None and not fits:
            found.add(problem, remedy, field=flag, value=told)

    dilution, copies, most = answers.dilution, answers.total_copies, CEILINGS.physical
    example = "Write for example 0.5 mg/mL."
    need(
        1 <= (dilution or 0) <= 1e9, "--dilution", dilution, "A dilution factor is 1 or more.", "1000 means 1 in 1000."
    )
    need(
        PROTEIN[0] <= (protein or 0) <= PROTEIN[1],
        "--protein",
        protein,
        "No sample has this much protein, in ug/mL.",
        example,
    )
    need(
        PARTICLES_PER_ML[0] <= (answers.concentration or 0) <= PARTICLES_PER_ML[1],
        "--concentration",
        answers.concentration,
        "No sample has this many particles per mL.",
        "Write for example 2e11.",
    )
    fit = f"About {most:g} copies of miRNAs fit into a vesicle; the number must be above zero."
    need(0 < (copies or 0) <= most, "--total-copies", copies, fit, "Give the mean over all vesicles.")
    for flag, word in (("--id", answers.id), ("--source-cell", answers.source_cell)):
        if word is not None and not PRODUCT_ID.fullmatch(word):
            found.add("A name has letters, digits and _ only, and starts with a letter.", field=flag, value=word)
    if answers.species is not None and answers.species not in SPECIES:
        problem = "This species is not known here."
        found.add(problem, f"Known are {', '.join(SPECIES)}.", field="--species", value=answers.species)
    mirna = _pairs(answers.mirna, "--mirna", "miR-378=miR-378a-3p", found)
    stains = _pairs([s for s in answers.stains if s != NONE], "--stain", "FL1=CD63", found)
    gates = {}
    for channel, written in _pairs(answers.gates, "--gate", "FL1=120", found).items():
        try:
            gates[channel] = float(written)
        except ValueError:
            gates[channel] = math.nan
        if not math.isfinite(gates[channel]):
            found.add("A gate is a number.", "Write for example FL1=120.", field="--gate", value=written)
    found.raise_if_any()
    return Checked(answers, protein, mirna, stains, gates)


def _pairs(written: list[str] | tuple[str, ...], flag: str, example: str, found: FindingList) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in written:
        match = _PAIR.fullmatch(text)
        if match is None:
            found.add("This is no pair.", f"Write for example {example}.", field=flag, value=text)
        elif match[1] in pairs:
            found.add("This name stands twice.", "Give it once.", field=flag, value=text)
        else:
            pairs[match[1]] = match[2]
    return pairs
