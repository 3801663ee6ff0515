"""Laboratory files -> a product, with what was found, what was derived, what was assumed and what must be asked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hepasome.files import FindingList, InputError, parse_quantity, read_text
from hepasome.product._counts import SmallRnaCounts, cargo_from_counts, quality_findings, read_small_rna_counts
from hepasome.product._estimate import Estimate
from hepasome.product._nanosight import MAGIC, NanoparticleTracking, read_nanosight
from hepasome.product._product import PRODUCT_ID, Cargo, Diameter, Product
from hepasome.product._reference import CEILINGS

_DAY_TO_DAY = 0.15  # log SD of NTA counts of one sample on several days: middle of 10 to 25 %
_NINETY_PERCENT = 1.645
_BIN = 5  # nm; 1 nm bins of the instrument are joined


@dataclass(frozen=True)
class LabAnswers:
    """What the files do not say and the user is asked for; each is None until it is answered."""

    id: str | None = None
    name: str | None = None
    source_cell: str | None = None
    dilution: float | None = None
    protein: str | None = None
    columns: str | None = None
    total_copies: float | None = None
    assume_native: bool = False


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
class LabReading:
    """What was read. There is a product only if no question is open.

    Attributes:
        product: The product, or None.
        questions: What must be answered first.
        findings: What is doubtful about the measurements.
        derivations: How derived numbers were computed.
        assumptions: What was assumed.
    """

    product: Product | None
    questions: tuple[Question, ...]
    findings: tuple[str, ...]
    derivations: tuple[str, ...]
    assumptions: tuple[str, ...]


def read_lab_files(paths: Sequence[Path | str], answers: LabAnswers) -> LabReading:
    """Read laboratory files; what kind each is, is seen from its content.

    Args:
        paths: A NanoSight ExperimentSummary and, if there is one, a small-RNA count table.
        answers: What the user has told.

    Raises:
        InputError: Every finding about every file, or an answer that cannot be used.
    """
    tracking: list[NanoparticleTracking] = []
    counts: list[SmallRnaCounts] = []
    errors = FindingList("")
    for path in paths:
        try:
            if read_text(path, encodings=("utf-8-sig", "latin-1")).startswith(MAGIC):
                tracking.append(read_nanosight(path))
            else:
                counts.append(read_small_rna_counts(path))
        except InputError as error:
            errors.findings += error.findings
    if errors.findings:
        raise InputError(errors.findings)
    protein = _checked(answers)
    return _Reading(answers, protein, tracking, counts).result()


def _checked(answers: LabAnswers) -> float | None:
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
    need(1e-6 <= (protein or 0) <= 1e6, "--protein", protein, "No sample has this much protein, in ug/mL.", example)
    fit = f"About {most:g} copies of miRNAs fit into a vesicle; the number must be above zero."
    need(0 < (copies or 0) <= most, "--total-copies", copies, fit, "Give the mean over all vesicles.")
    for flag, word in (("--id", answers.id), ("--source-cell", answers.source_cell)):
        if word is not None and not PRODUCT_ID.fullmatch(word):
            found.add("A name has letters, digits and _ only, and starts with a letter.", field=flag, value=word)
    found.raise_if_any()
    return protein


class _Reading:
    def __init__(
        self,
        answers: LabAnswers,
        protein: float | None,
        tracking: list[NanoparticleTracking],
        counts: list[SmallRnaCounts],
    ) -> None:
        self.answers, self.protein = answers, protein
        self.questions: list[Question] = []
        self.findings: list[str] = []
        self.derivations: list[str] = []
        self.assumptions: list[str] = []
        self._several(len(tracking), len(counts))
        self.tracking = tracking[0] if tracking else None
        self.counts = counts[0] if counts else None

    def result(self) -> LabReading:
        particles, diameter, cargo = self._particles(), self._diameter(), self._cargo()
        answers = self.answers
        if answers.id is None:
            self._ask("--id", "What is the short name of the product?", "A study names the product by it.")
        if answers.source_cell is None:
            self._ask(
                "--source-cell", "Which cell made the vesicles?", "Unattributed activity belongs to the source cell."
            )
        product = None
        if not self.questions and answers.id and answers.source_cell and particles and diameter:
            product = Product(
                id=answers.id,
                name=answers.name or answers.id,
                kind="vesicles",
                source_cell=answers.source_cell,
                particles_per_ug=particles,
                diameter=diameter,
                cargo=cargo,
                notes=tuple(self.findings),
                assumptions=tuple(self.assumptions),
            )
        return LabReading(
            product,
            tuple(self.questions),
            tuple(self.findings),
            tuple(self.derivations),
            tuple(self.assumptions),
        )

    def _ask(self, flag: str, text: str, why: str) -> None:
        self.questions.append(Question(flag, text, why))

    def _several(self, tracking: int, counts: int) -> None:
        if tracking > 1 or counts > 1:
            found = FindingList("your files")
            found.add("Two files are of the same kind.", "Give one NanoSight summary and one count table.")
            found.raise_if_any()

    def _particles(self) -> Estimate | None:
        if self.tracking is None:
            self._ask(
                "FILE", "Where is the NanoSight summary?", "Without it there is no particle count and no diameter."
            )
            return None
        self.findings += self.tracking.warnings
        dilution = self._dilution(self.tracking)
        if self.protein is None:
            self._ask(
                "--protein",
                "How much protein has the undiluted sample?",
                "Doses are given in ug of protein; e.g. 0.5 mg/mL.",
            )
        if dilution is None or self.protein is None:
            return None
        middle, low, high = self.tracking.concentration_interval
        day = _NINETY_PERCENT * _DAY_TO_DAY
        scale = dilution / self.protein
        how = f"{middle:.3g} particles/mL x dilution {dilution:g} / {self.protein:g} ug protein per mL"
        self.derivations.append(f"Particles per ug: {how} = {middle * scale:.3g}.")
        spread = f"spread of {len(self.tracking.videos)} videos and {_DAY_TO_DAY:.0%} from day to day"
        return Estimate(
            value=middle * scale,
            low=middle * scale * math.exp(-math.hypot(math.log(middle / low), day)),
            high=middle * scale * math.exp(math.hypot(math.log(high / middle), day)),
            unit="particles/ug",
            status="derived",
            source=Path(self.tracking.file).name,
            derivation=f"{how}; interval: {spread}",
        )

    def _dilution(self, tracking: NanoparticleTracking) -> float | None:
        told = self.answers.dilution
        if tracking.dilution is None:
            if told is None:
                self._ask("--dilution", "How far was the sample diluted for NTA?", "The file says: not recorded.")
            else:
                self.assumptions.append(f"The NTA sample was diluted 1 in {told:g}: told by the user, not in the file.")
            return told
        if told is not None and told != tracking.dilution:
            self.findings.append(f"The file says dilution {tracking.dilution:g}, you say {told:g}; the file's is used.")
        return 1.0  # the program has multiplied the concentrations by it

    def _diameter(self) -> Diameter | None:
        if self.tracking is None:
            return None
        centres, weights = self.tracking.bin_centres, self.tracking.mean_distribution
        bins = np.floor(centres / _BIN)
        kept = [(float((b + 0.5) * _BIN), float(weights[bins == b].sum())) for b in np.unique(bins)]
        kept = [(centre, weight) for centre, weight in kept if weight > 0]
        total = sum(weight for _, weight in kept)
        d10, d50, d90 = (self.tracking.percentile(share) for share in (0.1, 0.5, 0.9))
        self.derivations.append(f"Diameters: D10 {d10:.0f}, D50 {d50:.0f}, D90 {d90:.0f} nm, mean of the videos.")
        self.assumptions.append(
            "Every particle that NTA saw is taken for a vesicle: it does not tell them from protein or beads."
        )
        return Diameter(
            bin_centres=tuple(centre for centre, _ in kept),
            counts=tuple(float(f"{weight / total:.6g}") for _, weight in kept),
            source=Path(self.tracking.file).name,
        )

    def _cargo(self) -> tuple[Cargo, ...]:
        table, answers = self.counts, self.answers
        if table is None:
            self.findings.append("No count table was given: the product carries no named cargo.")
            return ()
        columns = self._columns(table)
        if answers.total_copies is None and not answers.assume_native:
            self._ask(
                "--total-copies or --assume-native",
                "How many miRNA copies has a vesicle in all?",
                "Reads give shares; --assume-native anchors the most abundant miRNA to the published native number.",
            )
            return ()
        if not columns:
            return ()
        self.findings += quality_findings(table, columns)
        cargo, assumptions = cargo_from_counts(table, columns, answers.total_copies)
        self.assumptions += assumptions
        self.derivations += [f"{c.name}: {c.copies_per_vesicle.derivation}." for c in cargo]
        return cargo

    def _columns(self, table: SmallRnaCounts) -> list[int]:
        pattern, there = self.answers.columns, f"There are: {', '.join(table.samples)}."
        if pattern is None and len(table.samples) > 1:
            self._ask("--columns", "Which samples are this preparation?", f"Give a pattern, e.g. 'control*'. {there}")
            return []
        columns = table.chosen(pattern or "*")
        if not columns:
            self._ask("--columns", f"No sample fits `{pattern}`.", there)
        elif table.counts[:, columns].sum() == 0:
            self._ask("--columns", "The chosen samples have no reads.", there)
            return []
        return columns
