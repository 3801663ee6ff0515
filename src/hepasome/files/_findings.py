"""What is wrong with an input, collected so that one reading shows everything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_LONGEST_VALUE = 60
_MOST_SHOWN = 50


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with an input, in words a biologist can act on.

    Attributes:
        file: Path or name of the input.
        problem: What is wrong, as a sentence.
        remedy: What to do about it, as a sentence.
        line: Line of the file, counted from 1, where there is one.
        field: Dotted name of the field or column.
        value: What was found there.
    """

    file: str
    problem: str
    remedy: str = ""
    line: int | None = None
    field: str = ""
    value: Any = None

    def __str__(self) -> str:
        place = f"line {self.line}" if self.line is not None else ""
        where = ", ".join(part for part in (place, _cut(self.field, 2 * _LONGEST_VALUE)) if part)
        found = f" (found: {shorten(self.value)})" if self.value is not None else ""
        sentence = f"{self.problem}{found} {self.remedy}".strip()
        return _printable(f"{where}: {sentence}" if where else sentence)


class InputError(Exception):
    """An input that cannot be used, with every finding about it.

    Its text shows the first 50 findings of each file and counts the others.

    Attributes:
        findings: All findings, in the order of the file.
    """

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(self.findings)

    def __str__(self) -> str:
        by_file: dict[str, list[Finding]] = {}
        for finding in self.findings:
            by_file.setdefault(finding.file, []).append(finding)
        blocks = []
        for file, group in by_file.items():
            count = "1 problem" if len(group) == 1 else f"{len(group)} problems"
            lines = [f"{count} in {_printable(file)}", *(f"  {finding}" for finding in group[:_MOST_SHOWN])]
            if len(group) > _MOST_SHOWN:
                lines.append(f"  ... and {len(group) - _MOST_SHOWN} more")
            blocks.append("\n".join(lines))
        return "\n".join(blocks)


class FindingList:
    """Collects the findings about one file and raises them together."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []

    def add(
        self, problem: str, remedy: str = "", *, line: int | None = None, field: str = "", value: Any = None
    ) -> None:
        """Note one more thing that is wrong."""
        self.findings.append(Finding(self.file, problem, remedy, line, field, value))

    def raise_if_any(self) -> None:
        """Raise all findings at once.

        Raises:
            InputError: If anything was found.
        """
        if self.findings:
            raise InputError(sorted(self.findings, key=lambda finding: finding.line or 0))


def input_error(file: str, problem: str, remedy: str = "", **place: Any) -> InputError:
    """An error with a single finding; `place` may hold line, field and value."""
    return InputError([Finding(file, problem, remedy, **place)])


def shorten(value: Any) -> str:
    """The value as a user would recognise it, on one line and never longer than a screen is wide."""
    text = repr(value) if isinstance(value, str) else str(value)
    return _cut(" ".join(text.split()), _LONGEST_VALUE)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _printable(text: str) -> str:
    """On one line and without the control characters by which a file could steer the user's terminal."""
    return "".join(
        sign if sign.isprintable() else " " if sign.isspace() else "\N{REPLACEMENT CHARACTER}" for sign in text
    )
