"""The command line."""

import sys

from hepasome.files import InputError

__all__ = ["main"]


def main() -> None:
    """Run the command line; the exit code is 0, 1 (failure), 2 (bad input) or 130 (interrupted)."""
    try:
        from hepasome.cli._commands import main as run
    except InputError as error:  # a table or disease file of the model itself does not hold
        print(error, file=sys.stderr)
        sys.exit(2)
    run()
