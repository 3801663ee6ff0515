"""Options that are given as NAME=VALUE, several times."""

from __future__ import annotations

from collections.abc import Sequence

from hepasome.files import FindingList


def pairs(written: Sequence[str], option: str) -> dict[str, str]:
    """What was given as NAME=VALUE, several times.

    Raises:
        InputError: Every one that is none, or is given twice.
    """
    values: dict[str, str] = {}
    found = FindingList(option)
    for item in written:
        name, sign, value = (part.strip() for part in item.partition("="))
        if not sign or not name:
            found.add("This is not COLUMN=VALUE.", "Write for example species=mouse.", value=item)
        elif name in values:
            found.add("This column is given twice.", "Remove one of the two.", value=item)
        values[name] = value
    found.raise_if_any()
    return values
