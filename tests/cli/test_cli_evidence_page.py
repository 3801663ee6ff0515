"""The page on evidence: its files are valid, and its commands print what stands there."""

import re
import shlex
from pathlib import Path

import pytest

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


@pytest.mark.parametrize(("term", "published"), [("0.47", 0.4746), ("0.32", 0.316), ("0.71", 0.713)])
def test_the_pooled_odds_ratio_of_bcg_is_that_of_metafor(term, published):
    # validation/metafor/numbers.csv: exp(-0.74518), exp(-1.15202), exp(-0.33834)
    assert f"{published:.2f}" == term
    assert "pooled  0.47 [0.32, 0.71]  12  0.002" in PAGE
