"""Laboratory files -> a product, with what was found, what was derived, what was assumed and what must be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TypeVar

from hepasome.files import FindingList, InputError, input_error
from hepasome.product._answers import Checked, LabAnswers, Notes, Question, check_answers
from hepasome.product._markers import Gated, ProteinFound, gates, markers_of_proteins
from hepasome.product._mirna_cargo import mirna_cargo
from hepasome.product._particles import diameters, particles_per_ug
from hepasome.product._product import Marker, Product
from hepasome.product.readers import (
    Cytometry,
    LeftOut,
    Measurement,
    ParticleSizes,
    ProteinAssay,
    ProteinTable,
    SampleGroups,
    SmallRnaCounts,
    read_lab_file,
)

_Kind = TypeVar("_Kind")


@dataclass(frozen=True)
class LabReading:
    """What was read. There is a product only if no question is open.

    Attributes:
        product: The product, or None.
        questions: What must be answered first.
        findings: What is doubtful about the measurements.
        derivations: How derived numbers were computed.
        assumptions: What was assumed.
        sizes: Size files, one per replicate.
        proteins: Known proteins that were found, and how much of each.
        gates: Channels of cytometers with their gates.
    """

    product: Product | None
    questions: tuple[Question, ...]
    findings: tuple[str, ...]
    derivations: tuple[str, ...]
    assumptions: tuple[str, ...]
    sizes: tuple[ParticleSizes, ...] = ()
    proteins: tuple[ProteinFound, ...] = ()
    gates: tuple[Gated, ...] = ()


def read_lab_files(paths: Sequence[Path | str], answers: LabAnswers) -> LabReading:
    """Read laboratory files of one preparation; what kind each is, is seen from its content.

    Several size files, FCS files, proteomics tables and assays are replicates; a small-RNA table stands alone.

    Args:
        paths: The files, in any order.
        answers: What the user has told.

    Raises:
        InputError: Every finding about every file, or an answer that cannot be used.
    """
    measurements = _read_all(paths)
    told = check_answers(answers)
    _no_doubles(measurements)
    control = _control(answers)
    return _assembled(measurements, control, told)


def _read_all(paths: Sequence[Path | str]) -> list[Measurement]:
    """Every file, in the order of their names: their order on the command line means nothing."""
    found: list[Measurement] = []
    errors = FindingList("")
    for path in sorted(paths, key=str):
        try:
            found.append(read_lab_file(path))
        except InputError as error:
            errors.findings += error.findings
    if errors.findings:
        raise InputError(errors.findings)
    return found


def _of(measurements: Sequence[Measurement], kind: type[_Kind]) -> list[_Kind]:
    return [one for one in measurements if isinstance(one, kind)]


def _no_doubles(measurements: Sequence[Measurement]) -> None:
    """Refuse a file that is given twice, and two tables that can only be one."""
    found = FindingList("your files")
    files = [one.file for one in measurements]
    for file in sorted({file for file in files if files.count(file) > 1}):
        found.add("This file is given twice.", "Give each file once; replicates are files of their own.", value=file)
    for one, other in combinations([one for one in measurements if isinstance(one, ParticleSizes)], 2):
        if one.file != other.file and one.same_numbers(other):
            problem, remedy = "Two files hold the same measurement.", "Give each run once."
            found.add(problem, remedy, value=f"{Path(one.file).name}, {Path(other.file).name}")
    kinds: tuple[tuple[type[SmallRnaCounts] | type[SampleGroups], str], ...] = (
        (SmallRnaCounts, "small-RNA tables"),
        (SampleGroups, "tables of groups"),
    )
    for kind, what in kinds:
        several = sorted({one.file for one in measurements if isinstance(one, kind)})
        if len(several) > 1:
            found.add(f"There are several {what}.", "Give one, with all samples.", value=", ".join(several))
    found.raise_if_any()


def _control(answers: LabAnswers) -> Cytometry | None:
    if answers.control is None:
        return None
    control = read_lab_file(answers.control)
    if not isinstance(control, Cytometry):
        raise input_error(str(answers.control), "The control is no FCS file.", "Give the events of the control as FCS.")
    return control


def _assembled(measurements: Sequence[Measurement], control: Cytometry | None, told: Checked) -> LabReading:
    notes, answers = Notes(), told.answers
    sizes, tables = _of(measurements, ParticleSizes), _of(measurements, ProteinTable)
    assays, counts = _of(measurements, ProteinAssay), _of(measurements, SmallRnaCounts)
    notes.findings += [one.reason for one in _of(measurements, LeftOut)]
    notes.findings += [
        f"{Path(one.file).name}: {line}" for one in _of(measurements, SampleGroups) for line in one.warnings
    ]
    for one in sizes:
        of = f"{Path(one.file).name}: " if len(sizes) > 1 else ""
        notes.findings += [of + line for line in one.warnings]
    if not sizes:
        notes.ask(
            "FILE",
            "Where is the file of particle sizes?",
            "Without it there is no particle count and no diameter: NanoSight, ZetaView, Izon, ViewSizer or a table.",
        )
    particles = particles_per_ug(sizes, assays, told, notes) if sizes else None
    diameter = diameters(sizes, notes)
    cargo = mirna_cargo(counts[0] if counts else None, next(iter(_of(measurements, SampleGroups)), None), told, notes)
    seen, proteins = markers_of_proteins(tables, answers.protein_columns, notes)
    shown, gated = gates(_of(measurements, Cytometry), control, told, notes)
    if answers.id is None:
        notes.ask("--id", "What is the short name of the product?", "A study names the product by it.")
    if answers.source_cell is None:
        notes.ask("--source-cell", "Which cell made the vesicles?", "Unattributed activity belongs to the source cell.")
    product = None
    if not notes.questions and answers.id and answers.source_cell and particles and diameter:
        product = Product.model_validate(
            {
                "id": answers.id,
                "name": answers.name or answers.id,
                "kind": "vesicles",
                "source_cell": answers.source_cell,
                "source_species": answers.species or "not stated",
                "isolation": answers.isolation,
                "imaging": answers.imaging,
                "particles_per_ug": particles,
                "diameter": diameter,
                "markers": (*(marker for marker in seen if marker.name != "protein"), *shown),
                "carries": _carried(seen),
                "cargo": cargo,
                "notes": tuple(notes.findings),
                "assumptions": tuple(notes.assumptions),
            }
        )
    return LabReading(
        product,
        tuple(notes.questions),
        tuple(notes.findings),
        tuple(notes.derivations),
        tuple(notes.assumptions),
        tuple(sizes),
        proteins,
        gated,
    )


def _carried(markers: Sequence[Marker]) -> tuple[Marker, ...]:
    return tuple(marker for marker in markers if marker.name == "protein")
