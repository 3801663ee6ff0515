"""The sections of the application. One that is not there yet is not listed: no link leads nowhere."""

from __future__ import annotations

from typing import NamedTuple


class Section(NamedTuple):
    """One entry of the navigation: its address, and what it is called."""

    address: str
    title: str


# a section comes in between when its pages come: product, evidence
SECTIONS = (
    Section("/studies", "Studies"),
    Section("/design", "Design"),
    Section("/runs", "Runs"),
    Section("/api", "API"),
)
