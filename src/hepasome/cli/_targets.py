"""The command that says what the miRNAs of a product could repress, and by how much."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hepasome import SimulatedStudy, load_run, load_study
from hepasome.cli._console import errors, out, print_plain
from hepasome.cli._progress import progress_bar
from hepasome.files import input_error
from hepasome.inference import vesicles_per_cell
from hepasome.product import Product, load_product
from hepasome.report import dose_table, target_notes, target_table, verdict_counts, write_targets
from hepasome.targets import CELLS, Exposure, chosen, exposures_from, exposures_of, families, find_targets, lanes_from
from hepasome.trial import main_arm, treated_arms


def targets_command(
    product: Annotated[
        str | None,
        typer.Argument(help="Id of a shipped product, or path of a product file; default: that of the arm."),
    ] = None,
    study: Annotated[
        str | None, typer.Option(help="Study whose arm is given it: id, file, or folder of a finished run.")
    ] = None,
    arm: Annotated[str | None, typer.Option(help="Treated arm; default: the one that most claims are about.")] = None,
    vesicles: Annotated[
        list[str] | None,
        typer.Option("--vesicles-per-cell", metavar="NUMBER", help="Instead of a study: 8, or hepatocyte=8."),
    ] = None,
    cell: Annotated[list[str] | None, typer.Option(help=f"One or more of: {', '.join(CELLS)}.")] = None,
    top: Annotated[int, typer.Option(min=1, help="Targets shown of each cell.")] = 10,
    targetscan: Annotated[
        Path | None, typer.Option(help="TargetScan's Summary_Counts.default_predictions.txt, for all genes.")
    ] = None,
    mirtarbase: Annotated[Path | None, typer.Option(help="miRTarBase's hsa_MTI.csv, for all genes.")] = None,
    affinities: Annotated[
        Path | None, typer.Option(help="CSV: mirna, log_kd_8mer, log_kd_7mer_m8, log_kd_7mer_a1.")
    ] = None,
    draws: Annotated[int, typer.Option(min=1, help="Draws of what is not known, of the study.")] = 40,
    seed: Annotated[int, typer.Option(min=0, help="Seed; the same seed gives the same result.")] = 1,
    out_dir: Annotated[Path | None, typer.Option("--out", help="Folder for tables and a picture.")] = None,
) -> None:
    """Which delivered miRNA could repress what in which cell, and by how much, beside what was measured."""
    if (study is None) == (not vesicles):
        problem = "Nobody says how many vesicles a cell takes up." if study is None else "Two sources say it."
        raise input_error(
            "--study or --vesicles-per-cell", problem, "Give --study STUDY, or --vesicles-per-cell hepatocyte=8."
        )
    if arm is not None and study is None:
        raise input_error("--arm", "There is no study that this arm is of.", "Give --study STUDY.", value=arm)
    named = load_product(product) if product is not None else None
    for name in cell or ():
        if name not in CELLS:
            raise input_error("--cell", "There is no such cell.", f"Use one of: {', '.join(CELLS)}.", value=name)
    if named is not None and not families(named)[0]:
        find_targets(named, [])  # says so before anything is simulated
    if study is not None:
        exposures, carried = _delivered(study, arm, draws, seed)
        if named is not None and named.vesicles != carried.vesicles:
            print_plain(_other(named, carried), errors)
        given = named or carried
    elif named is not None:
        exposures, given = exposures_from(list(vesicles or ())), named
    else:
        raise input_error("PRODUCT", "Nobody says what the vesicles carry.", "Give a product.")
    asked = chosen(exposures, list(cell or ()))
    with errors.status("Looking up targets"):
        lanes = lanes_from(families(given)[0], targetscan, mirtarbase, affinities)
        found = find_targets(given, asked, lanes, seed=seed)
    for exposure in found.exposures:
        out.print(dose_table(found, exposure))
        out.print("")
        out.print(target_table(found, exposure, top))
        out.print("")
    for line in (*verdict_counts(found), *(f"Note: {note}" for note in target_notes(found))):
        print_plain(line)
    if out_dir is not None:
        for path in write_targets(found, out_dir):
            print_plain(f"Written: {path}")


def _other(given: Product, carried: Product) -> str:
    if given.id == carried.id:
        return "Note: the arm got these vesicles changed, as its study says; leave PRODUCT out to ask about those."
    return f"Note: the arm got {carried.id}; what cells take up of {given.id} is taken to be the same."


def _delivered(written: str, arm: str | None, draws: int, seed: int) -> tuple[dict[str, Exposure], Product]:
    """What an arm delivers, and its product: of a finished run, or of a study that is simulated for it."""
    simulated = _simulated(written, arm, draws, seed)
    study = simulated.run.study
    name = main_arm(study, arm)
    treatment = simulated.run.plan.protocol.arms[name].treatment
    if treatment is None:
        raise ValueError(f"the arm {name} gets no treatment")
    dose = f"{treatment.dose.value:.3g} {treatment.dose.unit}"
    source = f"{study.id}, arm {name}: {dose}, {treatment.route}; {study.subject.species}"
    return exposures_of(name, vesicles_per_cell(simulated.run), source), treatment.product


def _simulated(written: str, arm: str | None, draws: int, seed: int) -> SimulatedStudy:
    if (Path(written) / "run.json").is_file():
        return load_run(written)
    loaded = load_study(written)
    if not treated_arms(loaded.study):
        raise input_error(written, "No arm of this study gets a product.", "Name a study with a treated arm.")
    main_arm(loaded.study, arm)  # a wrong name is answered before anything is simulated
    with progress_bar(f"{loaded.study.id}: simulating", errors) as on_progress:
        return loaded.run(None, seed, draws, on_progress=on_progress)
