"""`hepasome calibrate`: posteriors of parts of the model from observations of subjects that got no vesicles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from hepasome.biology import POSTERIORS
from hepasome.cli._console import errors, out, print_plain
from hepasome.cli._progress import progress_bar
from hepasome.files import input_error
from hepasome.inference import (
    Calibration,
    Effort,
    Posterior,
    calibrate,
    calibration_ids,
    coverage,
    difference_from,
    is_there,
    load_calibration,
    usual_steps,
    write_netcdf,
    write_petab,
    write_posterior,
)
from hepasome.report import calibration_table, coverage_table, write_calibration_figure

FAILURE = 1


def calibrate_command(
    name: Annotated[list[str] | None, typer.Argument(help="Calibrations; default: all.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed; the same seed gives the same draws.")] = 1,
    steps: Annotated[
        int | None,
        typer.Option(min=20, help="Steps of each ensemble; half are warm-up. Default: 1400, fewer for long courses."),
    ] = None,
    ensembles: Annotated[int, typer.Option(min=2, help="Independent ensembles.")] = Effort.ensembles,
    out_dir: Annotated[Path, typer.Option("--out", help="Folder of draws, diagnostics and figures.")] = Path(
        "posteriors"
    ),
    left_out: Annotated[
        bool, typer.Option("--coverage", help="Also leave out one study at a time and see whether it is predicted.")
    ] = False,
    netcdf: Annotated[bool, typer.Option("--netcdf", help="Also write every draw of every chain, for ArviZ.")] = False,
    petab: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Sample nothing, but write the calibrations as PEtab problems there."),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Threads.")] = 2,
    listing: Annotated[bool, typer.Option("--list", help="Only list the calibrations.")] = False,
) -> None:
    """Calibrate parts of the model on untreated subjects, and say what the observations inform.

    The same command goes on where it was interrupted: what the folder holds already is kept. Draws that did not
    converge replace nothing, and the exit code is then 1.
    """
    chosen = [load_calibration(one) for one in name or calibration_ids()]
    if listing:
        for one in chosen:
            print_plain(f"{one.id}: {one.title} ({len(one.parameters)} parameters)")
        return
    if petab is not None:
        if left_out:
            raise input_error("--petab", "With it nothing is sampled and nothing left out.", "Leave out --coverage.")
        _write_petab(chosen, petab)
        return
    failed = False
    for calibration in chosen:
        effort = Effort(ensembles=ensembles, steps=steps or usual_steps(calibration))
        with errors.status(f"{calibration.id}: compiling the models"):
            kept = is_there(calibration, seed, effort, out_dir)
        kept &= not netcdf or (out_dir / f"{calibration.id}.nc").is_file()
        if kept:
            print_plain(f"{calibration.id}: {out_dir} holds these draws already.")
            continue
        with progress_bar(calibration.id, errors, "steps") as on_step:
            found = calibrate(calibration, seed=seed, effort=effort, workers=workers, on_step=on_step)
        failed |= not found.converged
        _tell(found, out_dir, netcdf)
    if left_out:
        tables = []
        for calibration in chosen:
            with progress_bar(f"{calibration.id}: leaving out", errors, "steps") as on_step:
                tables.append(coverage(calibration, seed=seed, workers=workers, on_step=on_step))
        out.print(coverage_table(tables))
    if failed:
        raise typer.Exit(FAILURE)


def _write_petab(chosen: Sequence[Calibration], folder: Path) -> None:
    for calibration in chosen:
        with errors.status(f"{calibration.id}: writing its models"):
            written = write_petab(calibration, folder)
        models = "1 model" if len(written.parts) == 1 else f"{len(written.parts)} models"
        print_plain(f"{written.problem}: {written.measurements} measurements, {models}")
    print_plain("Each folder has a README.md: what is the same in PEtab, and what is not.")


def _tell(found: Posterior, folder: Path, netcdf: bool) -> None:
    print_plain(f"\n{found.calibration.id}: {found.calibration.title}")
    out.print(calibration_table(found))
    worst, fewest = (
        max(one.rhat for one in found.marginals.values()),
        min(o.effective for o in found.marginals.values()),
    )
    print_plain(f"R-hat at most {worst:.3f}; at least {fewest:,.0f} effective draws.")
    for note in found.calibration.notes:
        print_plain(f"Note: {note}")
    weak = [datum.observation.id for datum in found.target.data if datum.down_weighted]
    if weak:
        print_plain(f"Counted with twice the error, for want of a spread or a number of animals: {', '.join(weak)}.")
    for complaint in found.complaints:
        print_plain(f"Not converged: {complaint}", errors)
    written = write_posterior(found, folder)
    if found.converged:
        written.append(write_calibration_figure(found, folder / f"{found.calibration.id}.png"))
        away = difference_from(found, POSTERIORS)
        if away is not None:
            same = "the same as" if away == 0 else f"up to {away:.2g} (relative) away from"
            print_plain(f"The draws are {same} those that ship.")
        if netcdf:
            written.append(write_netcdf(found, folder))
    else:
        print_plain("No draws were written; take more --steps.", errors)
    print_plain(f"Written: {', '.join(str(path) for path in written)}")
