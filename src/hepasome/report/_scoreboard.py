"""The scoreboard: every published claim of every system with its verdict, for the terminal and the docs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rich.markup import escape
from rich.table import Table

from hepasome.evidence import Label
from hepasome.inference import Verdict
from hepasome.report._tables import change_text, number
from hepasome.translation import SYSTEM, TranslationClaim

_LABELS: tuple[Label, ...] = ("reproduced", "conditional", "not reproduced", "not judged")


@dataclass(frozen=True)
class Line:
    """One claim on the scoreboard: what it says, what became of it and why.

    Attributes:
        statement: The claim.
        label: The verdict.
        reason: One sentence.
        change: Simulated change with its interval, where there is one.
        required: Copies per vesicle that a mechanism would take, and how many times what is carried.
        directional: Whether it says that an outcome moves in a direction, whatever moves it.
    """

    statement: str
    label: Label
    reason: str
    change: str = ""
    required: str = ""
    directional: bool = False


@dataclass(frozen=True)
class Score:
    """The lines of one study.

    Attributes:
        system: Row of the review that the study belongs to.
        study: Id of the study.
        title: For readers.
        lines: One per claim.
    """

    system: str
    study: str
    title: str
    lines: Sequence[Line]


@dataclass(frozen=True)
class Directions:
    """How many claims that an outcome moves in a direction are reproduced."""

    reproduced: int
    claims: int

    def __str__(self) -> str:
        share = f" ({100 * self.reproduced / self.claims:.0f} %)" if self.claims else ""
        return f"{self.reproduced} of {self.claims} claims that an outcome moves in a direction are reproduced{share}."


def score(system: str, study: str, title: str, verdicts: Sequence[Verdict]) -> Score:
    """The verdicts of one study as lines."""
    lines = [
        Line(v.claim.statement, v.label, v.reason, change_text(v), _required(v), v.claim.kind == "direction")
        for v in verdicts
    ]
    return Score(system, study, title, lines)


def translation_score(claims: Sequence[TranslationClaim]) -> Score:
    """The claim that an animal's dose can be translated to man, study by study, as a score of its own."""
    lines = [Line(claim.statement, claim.label, claim.reason) for claim in claims]
    return Score(SYSTEM, "human_equivalent_dose", "from animal to human", lines)


def directions(scores: Sequence[Score]) -> Directions:
    """Claims of kind `direction`, over all studies: those about what an outcome does, whatever does it."""
    asked = [line for one in scores for line in one.lines if line.directional]
    return Directions(sum(line.label == "reproduced" for line in asked), len(asked))


def scoreboard(scores: Sequence[Score]) -> Table:
    """One line per study: its claims and how many are reproduced, conditional, not reproduced, not judged."""
    table = Table(box=None, pad_edge=False)
    table.add_column("system")
    table.add_column("study", no_wrap=True)
    for heading in ("claims", *_LABELS):
        table.add_column(heading, justify="right")
    for one in _in_order(scores):
        counts = Counter(line.label for line in one.lines)
        cells = [str(counts[label] or "") for label in _LABELS]
        table.add_row(one.system, escape(one.study), str(len(one.lines)), *cells)
    total = Counter(line.label for one in scores for line in one.lines)
    table.add_section()
    table.add_row("", "all", str(sum(total.values())), *(str(total[label]) for label in _LABELS))
    return table


def scoreboard_page(scores: Sequence[Score], command: str) -> str:
    """The scoreboard as Markdown, every claim with its reason.

    Args:
        scores: All studies.
        command: What makes this page.
    """
    lines = [
        "# Scoreboard",
        "",
        f"Made by `{command}`. A claim is *reproduced* if its direction holds in 95 % of the draws of what is not "
        "known, a number if it lies in the 90 % predictive interval, no difference if most simulated trials of that "
        "size find none. What the model could not but show is *not judged*, and an effect that is not there is not "
        "abolished. A claim that one cargo did it and that fails at the copies carried is *conditional* on the "
        "copies per vesicle that it would take. Everything else is *not reproduced*, and stays here.",
        "",
        str(directions(scores)),
        "",
        "| system | study | claims | " + " | ".join(_LABELS) + " |",
        "|---|---|---:|" + "---:|" * len(_LABELS),
    ]
    for one in _in_order(scores):
        counts = Counter(line.label for line in one.lines)
        cells = " | ".join(str(counts[label] or "") for label in _LABELS)
        lines.append(f"| {one.system} | [{one.study}](#{one.study}) | {len(one.lines)} | {cells} |")
    for one in _in_order(scores):
        lines += ["", f"## {one.study}", "", f"{one.system}: {one.title}.", ""]
        lines += [
            "| claim | verdict | simulated change, 90 % | copies required (times carried) | why |",
            "|---|---|---|---|---|",
        ]
        lines += [_line(line) for line in one.lines]
    return "\n".join(lines) + "\n"


def read_scoreboard(page: str) -> list[Score]:
    """The scores that stand in a page which `scoreboard_page` made; whether a claim is directional it does not tell."""
    found: list[Score] = []
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("## "):
            found.append(Score("", line.removeprefix("## ").strip(), "", []))
        elif found and not found[-1].title and ": " in line:
            system, _, title = line.partition(": ")
            found[-1] = Score(system, found[-1].study, title.removesuffix("."), [])
        elif found and len(cells) == 5 and cells[1] in _LABELS:
            statement, label, change, required, reason = cells
            known = next(one for one in _LABELS if one == label)
            lines = [*found[-1].lines, Line(statement, known, reason, change, required)]
            found[-1] = Score(found[-1].system, found[-1].study, found[-1].title, lines)
    return found


def _in_order(scores: Sequence[Score]) -> list[Score]:
    return sorted(scores, key=lambda one: (one.system, one.study))


def _line(line: Line) -> str:
    cells = (line.statement, line.label, line.change, line.required, line.reason)
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


def _required(verdict: Verdict) -> str:
    required, carried = verdict.required_copies, verdict.carried_copies
    if required is None:
        return ""
    if math.isinf(required):
        return "no number suffices"
    return f"{number(required)} ({number(required / carried)})" if carried else number(required)
