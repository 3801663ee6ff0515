"""A command, run as its user types it."""

import sys

import pytest

from hepasome.cli import main


@pytest.fixture
def hepasome(monkeypatch, capsys, tmp_path):
    """Runs a command in an empty folder: exit code, standard output, standard error."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["hepasome", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run
