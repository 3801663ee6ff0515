"""The worked examples of docs/design-a-trial.md are what the commands print."""

import re
import shlex
from pathlib import Path

import pytest

from hepasome.cli._console import out

PAGE = (Path(__file__).parents[2] / "docs" / "design-a-trial.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    hepasome (design .*)$", PAGE, re.MULTILINE)
SHOWN = re.findall(r"^```text\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?")
NEAR = 3.0  # percent points or subjects: draws of another processor differ in their last digits, and trials at an edge


def words_and_numbers(text):
    flat = " ".join(text.split())
    return NUMBER.sub("#", flat), [float(number.replace(",", "")) for number in NUMBER.findall(flat)]


@pytest.mark.parametrize(("command", "shown"), list(zip(COMMANDS, SHOWN, strict=True)))
def test_an_example_prints_what_the_page_shows(hepasome, monkeypatch, command, shown):
    monkeypatch.setattr(out, "_width", 110)  # made when the first command of the process ran
    code, printed, _ = hepasome(*shlex.split(command))
    assert code == 0
    words, numbers = words_and_numbers(printed)
    shown_words, shown_numbers = words_and_numbers(shown)
    assert words.endswith(shown_words)
    assert numbers[-len(shown_numbers) :] == pytest.approx(shown_numbers, abs=NEAR)


def test_the_page_shows_its_assumed_inputs_as_they_are():
    from hepasome.design import assumptions

    for name, row in assumptions().items():
        (line,) = [line for line in PAGE.splitlines() if line.startswith(f"| `--{name.replace('_', '-')}`")]
        assert f"| {row.value:g} | {row.low:g} to {row.high:g} | {row.status}" in line
