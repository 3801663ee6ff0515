"""Agents: drugs, inhibitors and antibodies beside a product. Each acts on one named parameter or state."""

from __future__ import annotations

from functools import cache
from typing import Literal

from hepasome.biology._tables import FOLDER, Status
from hepasome.files import Strict, read_table


class Agent(Strict):
    """One agent.

    Attributes:
        agent: Id.
        meaning: What it is.
        acts: `sets`: the parameter has `value` while the agent is there; `adds`: a dose is added to the state.
        target: The parameter, or the state as `BODY.module.state` or `ZONE.module.state`.
        module: Instance without which the agent makes no sense.
        value: What is set, or what one unit of the dose adds.
        unit: Unit of the dose; empty for an agent that sets a parameter.
        status: measured, derived, fitted or assumed.
        source: Where the value comes from.
    """

    agent: str
    meaning: str
    acts: Literal["sets", "adds"]
    target: str
    module: str
    value: float
    unit: str = ""
    status: Status
    source: str


@cache
def agents() -> dict[str, Agent]:
    """All agents, by id."""
    return {row.agent: row for row in read_table(FOLDER / "agents.csv", Agent)}
