"""Commands about the model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hepasome import load_study
from hepasome.biology import (
    SPECIES,
    Structure,
    antimony_text,
    disease_ids,
    disease_model,
    equations_page,
    model_findings,
    model_sbml,
    module_texts,
)
from hepasome.cli._console import errors, print_plain
from hepasome.cli._progress import progress_bar
from hepasome.evidence import check_evidence
from hepasome.files import InputError, input_error, write_atomically
from hepasome.trial import study_ids

_OF_A_MODEL = ("species", "zones", "cells", "disease")

model_app = typer.Typer(help="The model.", no_args_is_help=True)


@model_app.command("export")
def model_export(
    context: typer.Context,
    study: Annotated[
        list[str] | None,
        typer.Argument(help="With --omex: ids of studies or paths of study files; default: all shipped."),
    ] = None,
    omex: Annotated[bool, typer.Option("--omex", help="Write studies as OMEX (COMBINE) archives instead.")] = False,
    out_dir: Annotated[Path, typer.Option("--out", help="Folder to write to.")] = Path("model"),
    species: Annotated[str, typer.Option(help=f"One of: {', '.join(SPECIES)}.")] = "mouse",
    zones: Annotated[int, typer.Option(min=1, max=12, help="Zones of the liver.")] = 1,
    cells: Annotated[bool, typer.Option(help="With living donor cells.")] = False,
    disease: Annotated[str, typer.Option(help="Id of the disease.")] = "ccl4_fibrosis",
) -> None:
    """Write the flat SBML, the Antimony files it was made from, and the equations as a page.

    With --omex: studies as archives for other programs: each arm as SBML with everything it is given, and SED-ML that
    simulates all arms.
    """
    if omex:
        _export_archives(context, study, out_dir)
        return
    if study:
        raise input_error(study[0], "A study is exported as an archive.", "Add --omex, or leave the study out.")
    if species not in SPECIES:
        raise input_error("--species", "There is no such species.", f"Use one of: {', '.join(SPECIES)}.", value=species)
    if species not in disease_model(disease).species:
        listed = ", ".join(disease_model(disease).species)
        raise input_error("--species", f"{disease} is not modelled in it.", f"Use one of: {listed}.", value=species)
    structure = Structure(species, zones, cells, disease)
    stem = f"{disease}_{species}_{zones}zone{'_cells' if cells else ''}"
    for file, content in (
        (f"{stem}.xml", model_sbml(structure)),
        (f"{stem}.ant", antimony_text(structure)),
        ("model.md", equations_page()),
        *module_texts().items(),
    ):
        print_plain(str(write_atomically(out_dir / file, content)))


def _export_archives(context: typer.Context, studies: list[str] | None, folder: Path) -> None:
    said = [name for name in _OF_A_MODEL if getattr(context.get_parameter_source(name), "name", "DEFAULT") != "DEFAULT"]
    if said:
        raise input_error(f"--{said[0]}", "A study says this itself.", "Leave it out, or leave out --omex.")
    names = list(dict.fromkeys(studies or study_ids()))
    loaded = [load_study(name) for name in names]  # all of them before the first is written
    paths = []
    with progress_bar("OMEX archives", errors, "studies") as on_progress:
        for done, one in enumerate(loaded):
            on_progress(done, len(loaded))
            paths.append(one.archive(folder))
        on_progress(len(loaded), len(loaded))
    for path in paths:
        print_plain(str(path))


@model_app.command("check")
def model_check(disease: Annotated[str | None, typer.Argument(help="Id of a disease; default: all.")] = None) -> None:
    """Check the files of the model, units included, and those of the evidence; what is wrong is listed."""
    found = check_evidence()
    for name in disease_ids() if disease is None else (disease,):
        found += model_findings(name)
        print_plain(f"{name}: looked at in {', '.join(disease_model(name).species)}")
    if found:
        raise InputError(found)
    print_plain("Nothing is wrong.")
