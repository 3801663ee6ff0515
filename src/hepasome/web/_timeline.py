"""The protocol of a study as points in time, for a picture that is drawn in the browser."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hepasome.report import number
from hepasome.trial import Study, settle_protocol

_MOST_MARKS = 400  # of one lane; more would be one grey bar anyway


def timeline(study: Study) -> dict[str, Any]:
    """Who gets what when, every range at its middle.

    Returns:
        end (h), read_outs (h), and per arm: name, injuries (h), treatments (h), given (words), agents (words).
    """
    protocol = settle_protocol(study, None)
    arms: list[dict[str, Any]] = []
    for name, given in protocol.arms.items():
        treatment = given.treatment
        words = ""
        if treatment is not None:
            dose = treatment.dose
            words = f"{treatment.product.name}, {number(dose.value)} {dose.unit}, {treatment.route.replace('_', ' ')}"
        arms.append(
            {
                "name": name,
                "control": name == study.control,
                "injuries": list(given.induction_times)[:_MOST_MARKS],
                "treatments": list(treatment.times)[:_MOST_MARKS] if treatment is not None else [],
                "given": words,
                "agents": [agent.agent.replace("_", " ") for agent in study.arms[name].agents],
            }
        )
    read_outs = sorted({protocol.endpoint_time(endpoint) for endpoint in study.endpoints})
    times = [time for arm in arms for time in (*arm["injuries"], *arm["treatments"])]
    end = max([protocol.read_out, *read_outs, *times])
    return {"end": end, "read_outs": _apart(read_outs, end), "arms": arms}


def _apart(times: list[float], end: float) -> list[float]:
    """Times of which no two fall on one pixel."""
    far = [after for before, after in pairwise(times) if after - before > end / 500]
    return [*times[:1], *far]
