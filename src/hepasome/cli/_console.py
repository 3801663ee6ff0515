"""Where commands print to."""

from __future__ import annotations

from rich.console import Console

out = Console()
errors = Console(stderr=True)


def print_plain(text: str, console: Console = out) -> None:
    """Print a text as it is: not wrapped, and what looks like markup is not taken for it."""
    console.print(text, markup=False, highlight=False, soft_wrap=True)
