"""The command line: parse, call, print."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from hepasome import LoadedStudy, SimulatedStudy, load_study
from hepasome.bench import RESULTS, Progress, report_table, run_benchmark
from hepasome.cli._calibrate import calibrate_command
from hepasome.cli._console import errors, out
from hepasome.cli._console import print_plain as _print
from hepasome.cli._design import design_command
from hepasome.cli._evidence import evidence_app
from hepasome.cli._explain import explain_command
from hepasome.cli._model import model_app
from hepasome.cli._product import product_app
from hepasome.cli._progress import progress_bar
from hepasome.cli._serve import serve_command
from hepasome.cli._targets import targets_command
from hepasome.cli._translate import translate_command
from hepasome.engine import SIMULATORS, EngineError
from hepasome.evidence import load_evidence
from hepasome.files import FindingList, InputError, input_error, write_atomically
from hepasome.inference import judge_checks
from hepasome.report import (
    directions,
    endpoint_table,
    score,
    scoreboard,
    scoreboard_page,
    translation_score,
    verdict_table,
)
from hepasome.translation import claims as translation_claims
from hepasome.translation import translations
from hepasome.trial import Computing, Run, study_ids

FAILURE = 1
USAGE_ERROR = 2
INTERRUPTED = 130
_CONTINUE = "Interrupted. What is finished is kept; the same command continues."
_MOST_NAMED = 10

app = typer.Typer(
    help="In-silico trials of stem-cell-derived exosome therapy for the liver.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
product_app.command("targets")(targets_command)
app.add_typer(product_app, name="product")
app.add_typer(evidence_app, name="evidence")
app.add_typer(model_app, name="model")
app.command("calibrate")(calibrate_command)
app.command("design")(design_command)
app.command("explain")(explain_command)
app.command("serve")(serve_command)
app.command("translate")(translate_command)

StudyName = Annotated[str, typer.Argument(help="Id of a shipped study, or path of a study file.")]
Subjects = Annotated[int | None, typer.Option(help="Animals per arm; default: the study's own number.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed; the same seed gives the same bytes.")]
Workers = Annotated[int, typer.Option(min=1, help="Threads, or processes of a local cluster.")]
Scheduler = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Dask scheduler whose workers simulate; `local` starts processes here."),
]
SimulatorOption = Annotated[str, typer.Option(help=f"One of: {', '.join(SIMULATORS)} (the reference, slow).")]


@app.callback()
def _options(debug: Annotated[bool, typer.Option(help="Show the traceback of an error.")] = False) -> None:
    """In-silico trials of stem-cell-derived exosome therapy for the liver."""


@app.command()
def studies(study: Annotated[str | None, typer.Argument(help="Show one study.")] = None) -> None:
    """List the shipped studies, or show one."""
    if study is not None:
        _show(load_study(study))
        return
    table = Table("id", "system", "species", "arms", "title", box=None, pad_edge=False)
    for name in study_ids():
        loaded = load_study(name).study
        table.add_row(name, loaded.system, loaded.subject.species, ", ".join(loaded.arms), loaded.title)
    out.print(table)


@app.command()
def run(
    study: StudyName,
    subjects: Subjects = None,
    seed: Seed = 1,
    draws: Annotated[int, typer.Option(min=0, help="Draws of what is not known, for intervals and verdicts.")] = 40,
    out_dir: Annotated[Path | None, typer.Option("--out", help="Folder of the run; default: below runs/.")] = None,
    override: Annotated[list[str] | None, typer.Option("--set", metavar="PARAM=VALUE", help="Replace a value.")] = None,
    workers: Workers = 2,
    scheduler: Scheduler = None,
    simulator: SimulatorOption = "compiled",
) -> None:
    """Simulate a study and write its report. The same command continues an interrupted run.

    The exit code is 1 where subjects could not be simulated; the report says which.
    """
    loaded = load_study(study)
    computing = _computing(workers, scheduler, simulator)
    simulated = _run(loaded, subjects, seed, draws, _overrides(override), out_dir, computing)
    failed = _failures(simulated.run)
    out.print(endpoint_table(simulated.run))
    if simulated.verdicts:
        out.print(verdict_table(simulated.verdicts))
    with errors.status("Writing the report"):
        path = simulated.report()
    _print(f"Report: {path}")
    if failed:
        raise typer.Exit(FAILURE)


@app.command()
def reproduce(
    study: Annotated[list[str] | None, typer.Argument(help="Studies; default: all shipped ones.")] = None,
    seed: Seed = 1,
    draws: Annotated[int, typer.Option(min=1, help="Draws of what is not known.")] = 100,
    page: Annotated[Path | None, typer.Option(help="Write the scoreboard with every claim as a Markdown page.")] = None,
    workers: Workers = 2,
    scheduler: Scheduler = None,
    simulator: SimulatorOption = "compiled",
) -> None:
    """Hold studies against their published claims: the scoreboard. Named studies are shown claim by claim."""
    computing = _computing(workers, scheduler, simulator)
    checked = [record for record in load_evidence().records if record.id in load_evidence().checked]
    names = {record.id for record in checked}
    loaded = [load_study(name) for name in study or study_ids() if name not in names]
    failed = 0
    shown = [(record.system, record.id, record.title, judge_checks(record.id)) for record in checked]
    shown = [one for one in shown if study is None or one[1] in study]
    for one in loaded:
        simulated = _run(one, None, seed, draws, {}, None, computing)
        failed += _failures(simulated.run)
        shown.append((one.study.system, one.study.id, one.study.title, simulated.verdicts))
    for system, _, title, verdicts in shown if study else ():
        _print(f"\n{system} {title} (seed {seed}, {draws} draws)")
        out.print(verdict_table(verdicts))
    scores = [score(*one) for one in shown]
    if not study:
        with progress_bar("human-equivalent doses", errors, "studies") as on_progress:
            found = translations(draws=draws, seed=seed, workers=workers, on_study=on_progress)
        scores.append(translation_score(translation_claims(found)))
    out.print(scoreboard(scores))
    _print(f"\n{directions(scores)}")
    if page is not None:
        command = (
            f"hepasome reproduce {' '.join(study or ())}".strip() + f" --seed {seed} --draws {draws} --page {page}"
        )
        _print(f"Page: {write_atomically(page, scoreboard_page(scores, command))}")
    if failed:
        raise typer.Exit(FAILURE)


@app.command()
def bench(
    out_dir: Annotated[Path, typer.Option("--out", help="Folder of the results.")] = RESULTS,
    quick: Annotated[bool, typer.Option(help="Measure little, in about a minute.")] = False,
    only: Annotated[
        list[str] | None, typer.Option(help="Keep to these measurements, workloads or contenders; see the docs.")
    ] = None,
    subjects: Annotated[int | None, typer.Option(help="Subjects of the runs for memory and resuming.")] = None,
) -> None:
    """Measure the engine against other solvers on this machine, and write what was found."""
    with errors.status("Starting") as status:
        report = run_benchmark(
            out_dir, quick=quick, only=only or (), subjects=subjects, on_progress=lambda p: status.update(_line(p))
        )
    out.print(report_table(report))
    _print(f"Results: {out_dir}")


def _line(progress: Progress) -> str:
    left = "" if progress.remaining is None else f", about {max(1, round(progress.remaining / 60))} min left"
    return escape(f"{progress.note} ({progress.done} of {progress.steps} measurements{left})")


def main() -> None:
    """Run the command line; the exit code is 0, 1 (failure), 2 (bad input) or 130 (interrupted)."""
    debug = "--debug" in sys.argv
    try:
        app(standalone_mode=True)
    except SystemExit as end:
        if end.code == INTERRUPTED:  # what typer makes of Ctrl-C
            _print(_CONTINUE, errors)
        raise
    except KeyboardInterrupt:
        _print(_CONTINUE, errors)
        sys.exit(INTERRUPTED)
    except InputError as error:
        _print(str(error), errors)
        sys.exit(USAGE_ERROR)
    except Exception as error:
        if debug:
            raise
        _print(_sentence(error), errors)
        sys.exit(FAILURE)


def _sentence(error: Exception) -> str:
    if isinstance(error, EngineError):
        return str(error)
    if isinstance(error, OSError):
        place = f" ({error.filename})" if error.filename else ""
        return f"Cannot read or write{place}: {error.strerror or error}."
    return f"This is a fault of hepasome ({type(error).__name__}: {error}). Run again with --debug and report it."


def _failures(run: Run) -> int:
    """Say which subjects could not be simulated; the value is how many.

    Raises:
        EngineError: If the control arm has no value of an endpoint left, so that nothing can be compared.
    """
    failed = run.subjects[run.subjects["status"] != "COMPLETED"]
    if failed.empty:
        return 0
    _print(f"{len(failed)} of {len(run.subjects)} subjects could not be simulated to the end:", errors)
    for key, reason in list(zip(failed["key"], failed["reason"], strict=True))[:_MOST_NAMED]:
        _print(f"  {key}: {reason}", errors)
    if len(failed) > _MOST_NAMED:
        _print(f"  ... and {len(failed) - _MOST_NAMED} more", errors)
    control = run.study.control
    there = set(run.endpoints.loc[run.endpoints["arm"] == control, "endpoint"])
    if any(str(endpoint) not in there for endpoint in run.study.endpoints):
        raise EngineError(f"Nothing to compare with: no animal of {control} reached every endpoint. No report.")
    return len(failed)


def _run(
    loaded: LoadedStudy,
    subjects: int | None,
    seed: int,
    draws: int,
    overrides: dict[str, float],
    out_dir: Path | None,
    computing: Computing,
) -> SimulatedStudy:
    with progress_bar(f"{loaded.study.id}: simulating", errors) as on_progress:
        return loaded.run(
            subjects,
            seed,
            draws,
            overrides=overrides,
            out=out_dir,
            keep=True,
            workers=computing.workers,
            simulator=computing.simulator,
            scheduler=computing.scheduler,
            on_progress=on_progress,
        )


def _computing(workers: int, scheduler: str | None, simulator: str) -> Computing:
    if simulator not in SIMULATORS:
        raise input_error(
            "--simulator", "There is no such simulator.", f"Use {' or '.join(SIMULATORS)}.", value=simulator
        )
    return Computing(workers, simulator, scheduler)


def _overrides(written: list[str] | None) -> dict[str, float]:
    values: dict[str, float] = {}
    found = FindingList("--set")
    for item in written or []:
        name, _, value = (part.strip() for part in item.partition("="))
        if name in values:
            found.add("This parameter is set twice.", "Remove one of the two.", value=item)
        try:
            values[name] = float(value)
        except ValueError:
            found.add("This is not PARAM=VALUE.", "Write for example k=0.1.", value=item)
    found.raise_if_any()
    return values


def _show(loaded: LoadedStudy) -> None:
    study = loaded.study
    _print(f"{study.id}: {study.title}")
    _print(f"Disease: {study.disease.modelled.title}")
    table = Table("arm", "injury", "treatment", "beside it", box=None, pad_edge=False)
    for name, arm in study.arms.items():
        injury = "none" if arm.disease == "none" else "stopped" if arm.disease is not None else "whole protocol"
        given = arm.treatment
        text = "" if given is None else f"{given.product.base}, {given.dose}, {given.route}"
        table.add_row(name, injury, escape(text), ", ".join(agent.agent for agent in arm.agents))
    out.print(table)
    endpoints = ", ".join(str(endpoint) for endpoint in study.endpoints)
    out.print(f"Endpoints: {endpoints}", markup=False, highlight=False)
    for note in study.notes:
        out.print(f"Note: {note}", markup=False, highlight=False)
