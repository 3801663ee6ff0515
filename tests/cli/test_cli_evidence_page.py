"""The page on evidence: its files are valid, and its commands print what stands there."""

import re
import shlex
from pathlib import Path

import numpy as np
import pandas as pd

PAGE = (Path(__file__).parents[2] / "docs" / "evidence.md").read_text(encoding="utf-8")
FILES = re.findall(r'^```\w+ title="([\w.]+)"\n(.*?)^```', PAGE, re.DOTALL | re.MULTILINE)
SESSIONS = re.findall(r"^```console\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
COMMANDS = [part.split("\n", 1) for session in SESSIONS for part in re.split(r"^\$ hepasome ", session, flags=re.M)[1:]]


def pattern(expected):
    """The expected lines as a pattern, in which a line of three dots stands for any lines."""
    lines = [line.rstrip() for line in expected.strip().split("\n")]
    return "\n".join(".*" if line == "..." else re.escape(line) for line in lines)


def test_the_page_holds_files_and_sessions():
    assert [name for name, _ in FILES] == ["chang2015.yaml", "bcg.csv", "records.csv"]
    assert len(COMMANDS) == 8


def test_the_commands_print_what_stands_there(hepasome, tmp_path, monkeypatch):
    monkeypatch.setenv("HEPASOME_EVIDENCE", str(tmp_path / "none"))
    for name, text in FILES:
        (tmp_path / name).write_text(text)
    for command, expected in COMMANDS:
        code, out, error = hepasome(*shlex.split(command))
        assert code == 0, error
        printed = "\n".join(line.rstrip() for line in (out + error).strip().split("\n"))
        assert re.fullmatch(pattern(expected), printed, re.DOTALL), f"{command}\n{printed}"


def test_a_wrong_page_would_be_seen():
    assert not re.fullmatch(pattern("a\n...\nb"), "a\nc", re.DOTALL)


def test_the_pooled_odds_ratio_of_bcg_is_that_of_metafor():
    rows = pd.read_csv(Path(__file__).parents[2] / "validation" / "metafor" / "numbers.csv")
    rows = rows[(rows["dataset"] == "bcg") & (rows["model"] == "REML knha")].set_index("quantity")["value"]
    middle, low, high = np.exp(rows[["pooled", "pooled_low", "pooled_high"]])
    assert f"pooled  {middle:.2f} [{low:.2f}, {high:.2f}]  12  {rows['pooled_p']:.3f}" in PAGE
    low, high = np.exp(rows[["prediction_low", "prediction_high"]])
    assert f"between {low:.2f} and {high:.2f}" in PAGE
