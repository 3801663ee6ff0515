"""The scoreboard: every published claim of every system with its verdict, for the terminal and the docs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rich.markup import escape
from rich.table import Table

from hepasome.evidence import Claim
from hepasome.inference import Label, Verdict
from hepasome.report._tables import change_text, number
from hepasome.translation import SYSTEM, TranslationClaim

_LABELS: tuple[Label, ...] = ("reproduced", "conditional", "not reproduced", "not judged")


@dataclass(frozen=True)
class Score:
    """The verdicts of one study.

    Attributes:
        system: Row of the review that the study belongs to.
        study: Id of the study.
        title: For readers.
        verdicts: One per claim.
    """

    system: str
    study: str
    title: str
    verdicts: Sequence[Verdict]


@dataclass(frozen=True)
class Directions:
    """How many claims that an outcome moves in a direction are reproduced."""

    reproduced: int
    claims: int

    def __str__(self) -> str:
        share = f" ({100 * self.reproduced / self.claims:.0f} %)" if self.claims else ""
        return f"{self.reproduced} of {self.claims} claims that an outcome moves in a direction are reproduced{share}."


def translation_score(claims: Sequence[TranslationClaim]) -> Score:
    """The claim that an animal's dose can be translated to man, study by study, as a score of its own."""
    return Score(SYSTEM, "human_equivalent_dose", "from animal to human", [_translated(claim) for claim in claims])


def _translated(found: TranslationClaim) -> Verdict:
    claim = Claim(
        id=found.id,
        study=found.study or "human_equivalent_dose",
        statement=found.statement,
        kind="check",
        check="translation",
        setting="in_vivo",
        reference="vanpham2017",
        where="Fig. 2 and conclusion",
        confidence="confirmed",
    )
    return Verdict(claim, found.label, None, None, None, None, None, None, found.reason)


def directions(scores: Sequence[Score]) -> Directions:
    """Claims of kind `direction`, over all studies: those about what an outcome does, whatever does it."""
    judged = [verdict for score in scores for verdict in score.verdicts if verdict.claim.kind == "direction"]
    return Directions(sum(verdict.label == "reproduced" for verdict in judged), len(judged))


def scoreboard(scores: Sequence[Score]) -> Table:
    """One line per study: its claims and how many are reproduced, conditional, not reproduced, not judged."""
    table = Table(box=None, pad_edge=False)
    table.add_column("system")
    table.add_column("study", no_wrap=True)
    for heading in ("claims", *_LABELS):
        table.add_column(heading, justify="right")
    for score in _in_order(scores):
        counts = Counter(verdict.label for verdict in score.verdicts)
        cells = [str(counts[label] or "") for label in _LABELS]
        table.add_row(score.system, escape(score.study), str(len(score.verdicts)), *cells)
    total = Counter(verdict.label for score in scores for verdict in score.verdicts)
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
        "size find none. A claim that one cargo did it and that fails at the copies carried is *conditional* on the "
        "copies per vesicle that it would take. Everything else is *not reproduced*, and stays here.",
        "",
        str(directions(scores)),
        "",
        "| system | study | claims | " + " | ".join(_LABELS) + " |",
        "|---|---|---:|" + "---:|" * len(_LABELS),
    ]
    for score in _in_order(scores):
        counts = Counter(verdict.label for verdict in score.verdicts)
        cells = " | ".join(str(counts[label] or "") for label in _LABELS)
        lines.append(f"| {score.system} | [{score.study}](#{score.study}) | {len(score.verdicts)} | {cells} |")
    for score in _in_order(scores):
        lines += ["", f"## {score.study}", "", f"{score.system}: {score.title}.", ""]
        lines += [
            "| claim | verdict | simulated change, 90 % | copies required (times carried) | why |",
            "|---|---|---|---|---|",
        ]
        lines += [_line(verdict) for verdict in score.verdicts]
    return "\n".join(lines) + "\n"


def _in_order(scores: Sequence[Score]) -> list[Score]:
    return sorted(scores, key=lambda score: (score.system, score.study))


def _line(verdict: Verdict) -> str:
    cells = (verdict.claim.statement, verdict.label, change_text(verdict), _required(verdict), verdict.reason)
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


def _required(verdict: Verdict) -> str:
    required, carried = verdict.required_copies, verdict.carried_copies
    if required is None:
        return ""
    if math.isinf(required):
        return "no number suffices"
    return f"{number(required)} ({number(required / carried)})" if carried else number(required)
