"""`hepasome evidence pool`: one answer from many studies."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hepasome.cli._console import errors, out, print_plain
from hepasome.cli._pairs import pairs
from hepasome.evidence import (
    MEASURES,
    Effects,
    Gathered,
    Pooled,
    Robustness,
    evidence_folder,
    gather_outcomes,
    own_studies,
    pool,
    read_effects,
    robustness,
)
from hepasome.files import input_error
from hepasome.report import (
    comparison_table,
    effects_table,
    pooled_lines,
    robustness_lines,
    terms_table,
    write_pooled,
)


def pool_command(
    table: Annotated[
        Path | None, typer.Argument(help="CSV of effects; default: the studies that you added.", metavar="TABLE")
    ] = None,
    endpoint: Annotated[str | None, typer.Option(help="Endpoint to pool, of the studies that you added.")] = None,
    measure: Annotated[str, typer.Option(help=f"One of: {', '.join(MEASURES)}.")] = "hedges_g",
    moderator: Annotated[
        list[str] | None, typer.Option("--moderator", help="What may explain differences; may be repeated.")
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="Only effects with this value; may be repeated.")
    ] = None,
    correlation: Annotated[
        float, typer.Option(help="Assumed between errors of effects of one study, 0 to below 1.")
    ] = 0.5,
    out_dir: Annotated[
        Path | None, typer.Option("--out", help="Folder for forest and funnel plots and the numbers.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Folder of your evidence; default: that of your user account.")
    ] = None,
) -> None:
    """Pool effects: REML with Hartung-Knapp-Sidik-Jonkman intervals and prediction interval.

    Studies with several effects make it three levels with robust intervals. DerSimonian-Laird, Egger's test and
    leaving out one study come along.
    """
    gathered = _gather(table, endpoint, measure, where or [], folder)
    effects = gathered.effects
    moderators = tuple(moderator or ())
    found = pool(effects, moderators=moderators, correlation=correlation)
    out.print(effects_table(effects))
    for sentence in gathered.left_out:
        print_plain(f"Not pooled: {sentence}")
    print_plain("")
    out.print(terms_table(effects, found))
    for line in pooled_lines(effects, found):
        print_plain(line)
    with errors.status("Pooling in other ways and without each study"):
        held = robustness(effects, found, moderators=moderators, correlation=correlation)
    _print_robustness(effects, found, held)
    if out_dir is not None:
        with errors.status("Drawing"):
            written = write_pooled(effects, found, out_dir)
        print_plain(f"Written: {', '.join(str(path) for path in written)}")
        if moderators:
            print_plain("No plots: with moderators there is no one pooled effect to draw.")


def _gather(table: Path | None, endpoint: str | None, measure: str, where: list[str], folder: Path | None) -> Gathered:
    if measure not in MEASURES:
        remedy = f"Use one of: {', '.join(MEASURES)}."
        raise input_error("--measure", "There is no such measure.", remedy, value=measure)
    wanted = pairs(where, "--where")
    if table is not None:
        if endpoint is not None:
            raise input_error("--endpoint", "A table of effects has no endpoints.", "Give one of the two.")
        return read_effects(table, measure, wanted)
    if endpoint is None:
        raise input_error("--endpoint", "It is missing.", "Say what to pool, as --endpoint ALT, or give a table.")
    studies = own_studies(folder or evidence_folder())
    return gather_outcomes(studies, endpoint, measure, wanted)


def _print_robustness(effects: Effects, found: Pooled, held: Robustness) -> None:
    """The same in other ways, without each study, and in small studies."""
    print_plain("")
    if held.others:
        out.print(comparison_table(effects, held.others))
    for line in robustness_lines(effects, found, held):
        print_plain(line)
