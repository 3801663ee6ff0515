"""The sections of the application."""

from __future__ import annotations

from typing import NamedTuple


class Section(NamedTuple):
    """One entry of the navigation: its address, and what it is called."""

    address: str
    title: str


SECTIONS = (
    Section("/studies", "Studies"),
    Section("/products", "Product"),
    Section("/evidence", "Evidence"),
    Section("/design", "Design"),
    Section("/runs", "Runs"),
    Section("/api", "API"),
)
