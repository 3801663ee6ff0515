"""The page about translation shows what the command prints."""

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from hepasome.report import driver_table, translation_table
from hepasome.translation import translate
from hepasome.trial import load_study

PAGE = Path(__file__).parents[2] / "docs" / "translate.md"
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:e\d+)?")


def test_the_table_on_the_page_is_the_one_that_is_printed():
    found = translate(load_study("li2013"))
    console = Console(file=io.StringIO(), width=80)
    console.print(translation_table(found))
    console.print("")
    console.print(driver_table(found))
    printed = [line.rstrip() for line in console.file.getvalue().strip().splitlines()]
    (shown,) = re.findall(r"^```text\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    shown = shown.strip().splitlines()
    until = printed.index("What makes the interval of the intravenous dose wide")
    assert [NUMBER.sub("", line).split() for line in shown[:until]] == [
        NUMBER.sub("", line).split() for line in printed[:until]
    ]
    for ours, theirs in zip(shown[:until], printed[:until], strict=True):
        # the last digit may differ between processors
        assert [float(n) for n in NUMBER.findall(ours)] == pytest.approx(
            [float(n) for n in NUMBER.findall(theirs)], rel=0.1
        )
    causes = {" ".join(NUMBER.sub("", line).split()) for line in printed[until:]}
    assert {" ".join(NUMBER.sub("", line).split()) for line in shown[until:]} == causes
