"""The command line."""

from hepasome.cli._commands import main

__all__ = ["main"]
