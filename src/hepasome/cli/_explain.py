"""The command that says which part of a treatment explains an effect, and what the effect depends on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hepasome import load_run
from hepasome.cli._console import errors, out, print_plain
from hepasome.cli._progress import progress_bar
from hepasome.inference import SAMPLES, check_samples
from hepasome.report import part_tables, sensitivity_notes, sensitivity_table


def explain_command(
    run: Annotated[Path, typer.Argument(help="Folder of a finished run.", metavar="RUN")],
    arm: Annotated[str | None, typer.Option(help="One treated arm; default: all of them.")] = None,
    endpoint: Annotated[
        str | None, typer.Option(help="One endpoint as the study writes it, e.g. 'ALT at 1 d'; default: all of them.")
    ] = None,
    draws: Annotated[int | None, typer.Option(help="Draws of what is not known; default: those of the run.")] = None,
    sensitivity: Annotated[bool, typer.Option("--sensitivity", help="Also say what the effect depends on.")] = False,
    samples: Annotated[int, typer.Option(help="Base samples of the sensitivity, a power of two.")] = SAMPLES,
    workers: Annotated[int, typer.Option(min=1, help="Threads.")] = 2,
    out_dir: Annotated[Path | None, typer.Option("--out", help="Folder of the results; default: RUN/explain.")] = None,
) -> None:
    """Split effects into named cargo, unattributed activity and the rest, by in-silico knock-out.

    With --sensitivity also Sobol' indices: what the effect depends on. Without --arm they are of the arm that most
    claims are about.
    """
    if sensitivity:
        check_samples(samples)  # before anything is simulated
    simulated = load_run(run)
    name = simulated.run.study.id
    with progress_bar(f"{name}: taking parts away", errors) as on_progress:
        explained = simulated.explain(arm=arm, endpoint=endpoint, draws=draws, workers=workers, on_progress=on_progress)
    if sensitivity:
        with progress_bar(f"{name}: varying what is not known", errors) as on_progress:
            explained = explained.with_sensitivity(samples=samples, workers=workers, on_progress=on_progress)
    for table in part_tables(explained.explanation):
        out.print(table)
        out.print("")
    if explained.sensitivity is not None:
        table = sensitivity_table(explained.sensitivity)
        if table.row_count:
            out.print(table)
        for note in sensitivity_notes(explained.sensitivity):
            print_plain(note)
    with errors.status("Writing"):
        written = explained.report(out_dir)
    for path in written:
        print_plain(f"Written: {path}")
