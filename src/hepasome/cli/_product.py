"""Commands about vesicle preparations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hepasome.cli._console import out, print_plain
from hepasome.files import InputError, input_error
from hepasome.product import LabAnswers, ProductCheck, check_product, load_product, read_lab_files, write_product
from hepasome.report import identity_table, write_product_sheet

product_app = typer.Typer(help="Vesicle preparations.", no_args_is_help=True)


_FILES = "Laboratory files of one preparation: sizes, small RNA, proteins, cytometry, protein assay; replicates too."


@product_app.command("read")
def product_read(
    files: Annotated[list[Path], typer.Argument(help=_FILES)],
    product_id: Annotated[str | None, typer.Option("--id", help="Short name of the product.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the product.")] = None,
    source_cell: Annotated[str | None, typer.Option(help="Cell that made the vesicles, e.g. adipose_msc.")] = None,
    species: Annotated[str | None, typer.Option(help="Species of that cell: human, mouse or rat.")] = None,
    isolation: Annotated[str, typer.Option(help="How the vesicles were isolated.")] = "",
    imaging: Annotated[str, typer.Option(help="Which microscope showed them.")] = "",
    dilution: Annotated[float | None, typer.Option(help="Dilution of the counted sample, where not recorded.")] = None,
    concentration: Annotated[float | None, typer.Option(help="Particles per mL undiluted, where no file says.")] = None,
    protein: Annotated[str | None, typer.Option(help="Protein of the undiluted sample, e.g. '0.5 mg/mL'.")] = None,
    columns: Annotated[str | None, typer.Option(help="Pattern of the count columns to use, or of a group.")] = None,
    protein_columns: Annotated[str | None, typer.Option(help="Pattern of the samples of protein tables.")] = None,
    total_copies: Annotated[float | None, typer.Option(help="All miRNA copies per vesicle, if measured.")] = None,
    assume_native: Annotated[bool, typer.Option(help="Accept the published native copy number instead.")] = False,
    mirna: Annotated[list[str] | None, typer.Option(help="What an old name means: miR-378=miR-378a-3p.")] = None,
    stain: Annotated[list[str] | None, typer.Option(help="What a channel shows: FL1=CD63; or none.")] = None,
    gate: Annotated[list[str] | None, typer.Option(help="Signal from which an event is positive: FL1=120.")] = None,
    control: Annotated[Path | None, typer.Option(help="FCS file of an unstained or buffer control.")] = None,
    out_file: Annotated[Path | None, typer.Option("--out", help="Product file to write.")] = None,
) -> None:
    """Laboratory files -> a product file that a study can use and its sheet, with findings and open questions."""
    if out_file is not None and out_file.suffix == ".html":
        problem, remedy = "The sheet would be written over the product.", "Give the name of a YAML file."
        raise input_error("your answers", problem, remedy, field="--out", value=str(out_file))
    answers = LabAnswers(
        id=product_id,
        name=name,
        source_cell=source_cell,
        species=species,
        isolation=isolation,
        imaging=imaging,
        dilution=dilution,
        concentration=concentration,
        protein=protein,
        columns=columns,
        protein_columns=protein_columns,
        total_copies=total_copies,
        assume_native=assume_native,
        mirna=tuple(mirna or ()),
        stains=tuple(stain or ()),
        gates=tuple(gate or ()),
        control=control,
    )
    reading = read_lab_files(files, answers)
    for title, lines in (
        ("Findings", reading.findings),
        ("Derived", reading.derivations),
        ("Assumed", reading.assumptions),
    ):
        if lines:
            print_plain(f"{title}:")
            for line in lines:
                print_plain(f"  {line}")
    if reading.product is None:
        raise InputError(
            finding
            for question in reading.questions
            for finding in input_error("your answers", question.text, question.why, field=question.flag).findings
        )
    path = out_file or Path(f"{reading.product.id}.yaml")
    write_product(reading.product, path)
    _print_missing(check_product(reading.product))
    print_plain(f"Product: {path}")
    print_plain(f"Sheet: {write_product_sheet(reading.product, path.with_suffix('.html'), reading)}")


@product_app.command("sheet")
def product_sheet(
    product: Annotated[str, typer.Argument(help="Id of a shipped product, or path of a product file.")],
    out_file: Annotated[Path | None, typer.Option("--out", help="HTML file to write.")] = None,
) -> None:
    """One page about a preparation: sizes, markers, cargo, purity and what is missing; opens from the disk."""
    given = load_product(product)
    path = out_file or Path(f"{given.id}.html")
    print_plain(f"Sheet: {write_product_sheet(given, path)}")


@product_app.command("check")
def product_check(
    product: Annotated[str, typer.Argument(help="Id of a shipped product, or path of a product file.")],
) -> None:
    """Hold a preparation against what an exosome is, and list what MISEV asks to tell and the file does not."""
    given = load_product(product)
    check = check_product(given)
    print_plain(f"{check.product.name} ({check.product.id})")
    print_plain("\nWhat an exosome is:")
    out.print(identity_table(check.part("identity")))
    print_plain("")
    _print_missing(check)
    kept = given.storage.kept()
    interval = "" if kept.low is None else f" ({kept.low:.0%} to {kept.high:.0%})"
    print_plain(f"\nLeft after storage: {kept.value:.0%}{interval}: {kept.source}.")


def _print_missing(check: ProductCheck) -> None:
    """How much of what MISEV asks to tell is told, and what is not."""
    told = len(check.part("report")) - len(check.missing)
    print_plain(f"Told of what MISEV asks for: {told} of {len(check.part('report'))} ({check.completeness:.0%}).")
    if check.missing:
        print_plain("Missing:")
    for item in check.missing:
        found = f" ({item.answer}: {item.found})" if item.found else ""
        print_plain(f"  {item.criterion.question}{found}. {item.criterion.remedy}. [{item.criterion.source}]")
