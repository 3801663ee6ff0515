"""The command that opens the web application."""

from __future__ import annotations

import re
import secrets
import sys
import webbrowser
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from hepasome.cli._console import errors, print_plain
from hepasome.web import Limits, Serving, is_loopback, serve

_DEFAULT = Limits()
_PASSWORD = re.compile(r"^\w+://[^/@]*:[^/@]+@|[?&]password=")  # in an address
_READABLE = (
    "Everybody on this machine can read the password of --store in the list of processes. Leave it out and set "
    "PGPASSWORD or ~/.pgpass, or give the whole address as HEPASOME_STORE."
)


def serve_command(
    folder: Annotated[Path, typer.Option(help="Where `studies/` and `runs/` lie; default: here.")] = Path(),
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes any that is free.")] = 8300,
    host: Annotated[
        str, typer.Option(help="Address to listen at. Any but this machine's own needs a token; one is made.")
    ] = "127.0.0.1",
    token: Annotated[str, typer.Option(help="What readers must know; default: none here, a new one elsewhere.")] = "",
    workers: Annotated[int, typer.Option(min=0, help="Threads of a run; 0: all cores but one.")] = 0,
    most_subjects: Annotated[int, typer.Option(min=2, help="Subjects that one run may have.")] = _DEFAULT.subjects,
    memory: Annotated[int, typer.Option(min=0, help="Memory of one run, MB; 0: no limit.")] = _DEFAULT.memory,
    hours: Annotated[float, typer.Option(min=0.01, help="How long one run may take, h.")] = _DEFAULT.hours,
    store: Annotated[
        str,
        typer.Option(
            envvar="HEPASOME_STORE",
            help="Index of a laboratory: postgresql://user@host/database. Leave a password to PGPASSWORD or ~/.pgpass.",
            metavar="URL",
        ),
    ] = "",
    browser: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
) -> None:
    """Open the web application: studies, runs and results in the browser, on this machine alone.

    Runs go on after a stop: the next `hepasome serve` in the same folder continues them.
    """
    if any(store in argument for argument in sys.argv) and _PASSWORD.search(store):
        print_plain(_READABLE, errors)
    if not is_loopback(host) and not token:
        token = secrets.token_urlsafe(24)
    limits = Limits(subjects=most_subjects, memory=memory, hours=hours)
    serving = Serving(folder, host, port, token, limits=limits, store=store)
    if workers:
        serving = replace(serving, workers=workers)

    def ready(address: str) -> None:
        print_plain(f"hepasome is at {address}")
        print_plain("Ctrl-C stops it.")
        if browser:
            webbrowser.open(address)

    serve(serving, ready)
