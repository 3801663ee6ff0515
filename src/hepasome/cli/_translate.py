"""The command that translates a dose from animals to humans."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hepasome import load_study, translate
from hepasome.cli._console import errors, out, print_plain
from hepasome.cli._progress import progress_bar
from hepasome.report import against_trials, driver_table, translation_table, trial_table
from hepasome.translation import CELL_WORDS, DRAWS


def translate_command(
    study: Annotated[str, typer.Argument(help="Id of a shipped study, or path of a study file.")],
    arm: Annotated[str | None, typer.Option(help="Treated arm; default: the one that most claims are about.")] = None,
    cell: Annotated[
        str | None, typer.Option(help=f"Where the human must get the same; one of: {', '.join(CELL_WORDS)}.")
    ] = None,
    draws: Annotated[int, typer.Option(help="Draws of what is not known.")] = DRAWS,
    seed: Annotated[int, typer.Option(min=0, help="Seed; the same seed gives the same result.")] = 1,
    workers: Annotated[int, typer.Option(min=1, help="Threads.")] = 2,
    out_dir: Annotated[Path | None, typer.Option("--out", help="Folder for JSON and a picture.")] = None,
) -> None:
    """Human-equivalent dose of a study in animals: by body size, by Km factors, and by delivery to cells."""
    loaded = load_study(study)
    with progress_bar(f"{loaded.study.id}: translating", errors, "simulations") as on_progress:
        found = translate(loaded, arm=arm, cell=cell, draws=draws, seed=seed, workers=workers, on_progress=on_progress)
    result = found.translation
    out.print(translation_table(result))
    if result.drivers:
        out.print("")
        out.print(driver_table(result))
    out.print("")
    out.print(trial_table(result))
    for line in (against_trials(result), result.missing, *(f"Note: {note}" for note in result.notes)):
        if line:
            out.print(line, markup=False, highlight=False)
    if out_dir is not None:
        for path in found.report(out_dir):
            print_plain(f"Written: {path}")
