"""A draft of the protocol of a designed trial after ARRIVE 2.0, its numbers filled in and its gaps named."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from hepasome.design import Power, SampleSize
from hepasome.files import Quantity
from hepasome.report._design import (
    analysis_words,
    assumption_lines,
    change_words,
    percent,
    sample_size_sentences,
    subjects_word,
)
from hepasome.report._time import moment
from hepasome.trial import Arm, DiseaseOfArm, Study, assays, settle_protocol

_PAGE = "protocol.md.j2"


def protocol_draft(study: Study, size: SampleSize) -> str:
    """The protocol as Markdown: the items of ARRIVE 2.0 (Percie du Sert 2020 PLoS Biol 18:e3000410).

    What the study file leaves open is written as its range, and every item that no file answers is marked as a gap.
    """
    environment = Environment(
        loader=PackageLoader("hepasome.report"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Markdown for its author, not a page for a browser
    )
    return environment.get_template(_PAGE).render(**_context(study, size))


def planned(size: SampleSize) -> Power:
    """The size to plan with; the largest allowed where none is enough."""
    best = size.best
    return best if best is not None else (size.named or size.assurance).at_cap


def _context(study: Study, size: SampleSize) -> dict[str, Any]:
    settled, asked = size.settled, size.settled.asked
    protocol = settle_protocol(study, None)
    n = planned(size).n
    end = protocol.read_out
    return {
        "study": study,
        "size": size,
        "settled": settled,
        "asked": asked,
        "word": subjects_word(study),
        "n": n,
        "total": n * len(study.arms),
        "enough": size.best is not None,
        "power": percent(planned(size)),
        "arms": [(name, _disease(arm), _treatment(arm), _beside(arm)) for name, arm in study.arms.items()],
        "analysis": analysis_words(size),
        "change": change_words(size),
        "sentences": sample_size_sentences(study, size),
        "assumptions": assumption_lines(size),
        "outcomes": [(str(one), assays()[one.endpoint]) for one in study.endpoints if one.endpoint in assays()],
        "induction": {name: text(value) for name, value in study.disease.amounts.items()},
        "inductions": len(next(iter(protocol.arms.values())).induction_times)
        or max(len(arm.induction_times) for arm in protocol.arms.values()),
        "read": moment(protocol.endpoint_time(settled.at), end),
        "open": _open(study),
        "expected": round(n * (1 - size.lost), 1),
    }


def text(detail: Any) -> str:
    """A detail as the protocol writes it: a range stays one."""
    return str(detail)


def _disease(arm: Arm) -> str:
    if arm.disease == "none":
        return "no injury"
    if isinstance(arm.disease, DiseaseOfArm):
        stop = arm.disease.stop_at
        return "injury stopped when treatment starts" if stop == "treatment" else f"injury stopped at {stop}"
    return "injury, whole protocol"


def _treatment(arm: Arm) -> str:
    given = arm.treatment
    if given is None:
        return "none; the vehicle by the same route and schedule"
    times = "once" if given.schedule.times == 1 else f"{given.schedule.times} times, every {given.schedule.every}"
    return f"{given.product.base}, {given.dose}, {given.route}, {times}, from {given.schedule.start}"


def _beside(arm: Arm) -> str:
    return ", ".join(f"{one.agent}{f' {one.dose}' if one.dose else ''}" for one in arm.agents)


def _open(study: Study) -> list[tuple[str, str, str]]:
    """Details that the study file leaves open: place, range, reason."""
    found: list[tuple[str, str, str]] = []

    def look(place: str, value: Any) -> None:
        if isinstance(value, Quantity) or value is None:
            return
        reason = getattr(value, "reason", None)
        if reason is not None:
            found.append((place, str(value), reason))
        elif isinstance(value, dict):
            for key, item in value.items():
                look(f"{place}.{key}", item)
        elif hasattr(type(value), "model_fields"):
            for key in type(value).model_fields:
                look(f"{place}.{key}", getattr(value, key))

    for place in ("subject", "disease", "arms", "read_out"):
        look(place, getattr(study, place))
    places: dict[tuple[str, str], list[str]] = {}
    for place, value, reason in found:
        places.setdefault((value, reason), []).append(place)
    return [(_first(one), value, reason) for (value, reason), one in places.items()]


def _first(places: list[str]) -> str:
    """A detail that stands in several arms is one."""
    return places[0] if len(places) == 1 else f"{places[0]} and {len(places) - 1} more alike"
