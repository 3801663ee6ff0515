"""Named cargo from a small-RNA table: which samples, what old names mean, and then copies per vesicle."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

from hepasome.files import input_error
from hepasome.product._answers import NONE, Checked, Notes
from hepasome.product._cargo import cargo_from_counts, quality_findings
from hepasome.product._product import Cargo
from hepasome.product._seeds import seed_families
from hepasome.product.readers import SampleGroups, SmallRnaCounts, parse_mirna_name

_NAMED = 12  # old names that one question lists


def mirna_cargo(
    table: SmallRnaCounts | None, groups: SampleGroups | None, told: Checked, notes: Notes
) -> tuple[Cargo, ...]:
    """The miRNAs of a preparation; empty if there is no table or something must be asked first."""
    answers = told.answers
    if table is None:
        notes.findings.append("No count table was given: the product carries no named cargo.")
        return ()
    columns = _columns(table, groups, answers.columns, notes)
    if answers.total_copies is None and not answers.assume_native:
        notes.ask(
            "--total-copies or --assume-native",
            "How many miRNA copies has a vesicle in all?",
            "Reads give shares; --assume-native anchors the most abundant miRNA to the published native number.",
        )
    table = _renamed(table, columns, told, notes)
    if not columns or any(
        question.flag in ("--mirna", "--total-copies or --assume-native") for question in notes.questions
    ):
        return ()
    notes.findings += [
        *(f"{Path(table.file).name}: {line}" for line in table.warnings),
        *quality_findings(table, columns),
    ]
    cargo, assumptions = cargo_from_counts(table, columns, answers.total_copies)
    notes.assumptions += assumptions
    notes.derivations += [f"{c.name}: {c.copies_per_vesicle.derivation}." for c in cargo]
    notes.derivations += [str(family) for family in seed_families(table, columns)]
    return cargo


def _columns(table: SmallRnaCounts, groups: SampleGroups | None, pattern: str | None, notes: Notes) -> list[int]:
    group = {sample: groups.group(sample) if groups else "" for sample in table.samples}
    named = sorted({name for name in group.values() if name})
    there = f"There are: {', '.join(table.samples)}."
    if named:
        there += f" Groups: {', '.join(named)}."
    if pattern is None and len(table.samples) > 1:
        notes.ask("--columns", "Which samples are this preparation?", f"Give a pattern, e.g. 'control*'. {there}")
        return []
    columns = table.chosen(pattern or "*")
    if not columns and pattern is not None:
        columns = [i for i, sample in enumerate(table.samples) if group[sample] and fnmatchcase(group[sample], pattern)]
    if not columns:
        notes.ask("--columns", f"No sample fits `{pattern}`.", f"A star stands for the rest: 'control*'. {there}")
    elif table.counts[:, columns].sum() == 0:
        notes.ask("--columns", "The chosen samples have no reads.", there)
        return []
    return columns


def _renamed(table: SmallRnaCounts, columns: list[int], told: Checked, notes: Notes) -> SmallRnaCounts:
    """The table with old names as the user told them; asks for those with reads that stood for several miRNAs.

    Raises:
        InputError: If an answer is no name of a miRNA, or names nothing in the table.
    """
    written = {name.written for name in table.names}
    for old, new in told.mirna.items():
        if old not in written:
            raise input_error("your answers", "The table has no such name.", field="--mirna", value=old)
        if new != NONE and not parse_mirna_name(new).family:
            remedy = "Write for example miR-378=miR-378a-3p, or miR-378=none."
            raise input_error("your answers", "This is not the name of a miRNA.", remedy, field="--mirna", value=new)
    if columns:
        seen = table.counts[:, columns].sum(axis=1) > 0
        doubtful = [
            n for n, has in zip(table.names, seen, strict=True) if has and n.stands_for and n.written not in told.mirna
        ]
        if doubtful:
            each = "; ".join(f"{n.written}: {' or '.join(n.stands_for)}" for n in doubtful[:_NAMED])
            more = f"; and {len(doubtful) - _NAMED} more" if len(doubtful) > _NAMED else ""
            notes.ask(
                "--mirna",
                "Which miRNAs are these old names?",
                f"{each}{more}. Write for example {doubtful[0].written}={doubtful[0].stands_for[0]}, or =none.",
            )
    keep = [i for i, name in enumerate(table.names) if told.mirna.get(name.written) != NONE]
    names = tuple(parse_mirna_name(told.mirna.get(table.names[i].written, table.names[i].written)) for i in keep)
    if told.mirna:
        given = ", ".join(f"{old} is {new}" for old, new in told.mirna.items())
        notes.assumptions.append(f"Old names of miRNAs, told by the user: {given}.")
    return replace(table, names=names, counts=table.counts[keep])
