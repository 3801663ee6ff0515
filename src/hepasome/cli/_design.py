"""The command that designs a trial."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hepasome import load_study
from hepasome.cli._console import errors, out, print_plain
from hepasome.cli._progress import progress_bar
from hepasome.design import SPENDINGS, TESTS, Choices, Costs, Design
from hepasome.files import input_error
from hepasome.report import (
    assumption_lines,
    sample_size_sentences,
    sample_size_table,
    search_sentences,
    search_table,
    subjects_word,
)

_DEFAULT = Design()


def design_command(
    study: Annotated[str, typer.Argument(help="Id of a shipped study, or path of a study file.")],
    arm: Annotated[str | None, typer.Option(help="Treated arm; default: the one that most claims are about.")] = None,
    versus: Annotated[
        str | None, typer.Option(help="Arm to compare with; default: that of the claim, else the control.")
    ] = None,
    endpoint: Annotated[
        str | None, typer.Option(help="As the study writes it, e.g. 'ALT at 1 d'; default: the first that is claimed.")
    ] = None,
    test: Annotated[
        str | None, typer.Option(help=f"One of: {', '.join(TESTS)}. Default: t; for survival log-rank.")
    ] = None,
    power: Annotated[float, typer.Option(help="Share of trials that are to find the difference.")] = _DEFAULT.power,
    alpha: Annotated[float, typer.Option(help="Two-sided error.")] = _DEFAULT.alpha,
    most: Annotated[int, typer.Option(help="Largest number per arm.")] = _DEFAULT.most,
    effect: Annotated[
        str | None, typer.Option(help="Also the power at this effect: '-30%', or '0.8 SD'; for survival of the hazard.")
    ] = None,
    attrition: Annotated[
        float | None, typer.Option(help="Share lost to causes the model does not know; default: an assumed interval.")
    ] = None,
    humane: Annotated[
        str | None, typer.Option(help="Humane endpoint: a read-out beyond a number, e.g. 'relative_body_weight < 0.8'.")
    ] = None,
    block: Annotated[str, typer.Option(help="What subjects share: cage or litter.")] = _DEFAULT.block,
    block_size: Annotated[int | None, typer.Option(help="Subjects in one; default: they share nothing.")] = None,
    block_share: Annotated[
        float | None, typer.Option(help="Share of the variance between blocks; default: an assumed interval.")
    ] = None,
    within: Annotated[bool, typer.Option("--within/--between", help="Whether a block holds every arm, or one.")] = True,
    labs: Annotated[int, typer.Option(help="Laboratories that share the trial.")] = _DEFAULT.labs,
    between_labs: Annotated[
        float | None,
        typer.Option(help="SD of the effect between laboratories over the effect; default: interval of the evidence."),
    ] = None,
    looks: Annotated[int, typer.Option(help="How often it is analysed, the end included.")] = _DEFAULT.looks,
    spending: Annotated[
        str, typer.Option(help=f"How the error is spent on looks: {' or '.join(SPENDINGS)}.")
    ] = _DEFAULT.spending,
    search: Annotated[bool, typer.Option("--search", help="Also compare doses, routes and schedules.")] = False,
    dose: Annotated[list[str] | None, typer.Option(help="With --search: a dose; may be repeated.")] = None,
    route: Annotated[list[str] | None, typer.Option(help="With --search: a route; may be repeated.")] = None,
    times: Annotated[list[int] | None, typer.Option(help="With --search: how often; may be repeated.")] = None,
    every: Annotated[str | None, typer.Option(help="With --search: the interval, e.g. '3.5 d'.")] = None,
    animal_cost: Annotated[float, typer.Option(help="With --search: cost of one subject; 1 counts them.")] = 1.0,
    product_cost: Annotated[
        float, typer.Option(help="With --search: cost of one unit of the product, in the unit of the study's dose.")
    ] = 0.0,
    budget: Annotated[float | None, typer.Option(help="With --search: cost that no trial may go beyond.")] = None,
    draws: Annotated[int, typer.Option(help="Draws of what is not known.")] = _DEFAULT.draws,
    animals: Annotated[int, typer.Option(help="Individuals of each arm to simulate.")] = _DEFAULT.animals,
    trials: Annotated[int, typer.Option(help="Trials to draw for each size.")] = _DEFAULT.trials,
    seed: Annotated[int, typer.Option(min=0, help="Seed; the same seed gives the same result.")] = _DEFAULT.seed,
    workers: Annotated[int, typer.Option(min=1, help="Threads.")] = 2,
    out_dir: Annotated[
        Path | None, typer.Option("--out", help="Folder for the protocol draft, allocation, tables and pictures.")
    ] = None,
) -> None:
    """How many subjects a trial needs, by simulating it as it would be analysed; with --search which dose and route.

    Assurance is power averaged over what is not known; power at an effect is for an effect that you name.
    """
    asked = Design(
        arm=arm,
        versus=versus,
        endpoint=endpoint,
        test=test,
        alpha=alpha,
        power=power,
        most=most,
        effect=effect,
        attrition=attrition,
        humane=humane,
        block=block,
        block_size=block_size,
        block_share=block_share,
        within=within,
        labs=labs,
        between_labs=between_labs,
        looks=looks,
        spending=spending,
        draws=draws,
        animals=animals,
        trials=trials,
        seed=seed,
    )
    choices = Choices(tuple(dose or ()), tuple(route or ()), tuple(times or ()), every)
    costs = Costs(animal_cost, product_cost, budget)
    if not search and (choices, costs) != (Choices(), Costs()):
        raise input_error("the design", "Doses, routes, times and costs are for a search.", "Add --search.")
    loaded = load_study(study)
    with progress_bar(f"{loaded.study.id}: designing", errors) as on_progress:
        found = loaded.design(
            asked, choices=choices if search else None, costs=costs, workers=workers, on_progress=on_progress
        )
    out.print(sample_size_table(found.study, found.size))
    out.print("")
    for sentence in sample_size_sentences(found.study, found.size):
        print_plain(sentence)
    for line in assumption_lines(found.size):
        print_plain(f"Behind it: {line}")
    if found.search is not None:
        word = subjects_word(found.study)
        out.print("")
        out.print(search_table(found.search, word))
        for sentence in search_sentences(found.search, word):
            print_plain(sentence)
    if out_dir is not None:
        with errors.status("Writing"):
            written = found.report(out_dir)
        for path in written:
            print_plain(f"Written: {path}")
