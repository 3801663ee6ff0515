"""Tables that say which sample belongs to which group: two columns of words."""

from __future__ import annotations

import math

from hepasome.files import FindingList
from hepasome.product.readers._file import LabFile
from hepasome.product.readers._kinds import SampleGroups, plain
from hepasome.product.readers._table import split_rows, to_number


def is_groups(file: LabFile) -> bool:
    """Whether a file has two columns of words, the second with fewer different words than rows."""
    table = split_rows(file.text, FindingList(file.path))
    if len(table.header) != 2 or len(table.rows) < 2:
        return False
    words = {cells[1] for _, cells in table.rows}
    return len(words) < len(table.rows) and all(word and math.isnan(to_number(word)) for word in words)


def groups(file: LabFile) -> SampleGroups:
    """Read a table of samples and groups.

    Raises:
        InputError: If a sample stands twice.
    """
    found = FindingList(file.path)
    table = split_rows(file.text, found)
    seen: set[str] = set()
    for line, (sample, _) in table.rows:
        if plain(sample) in seen:
            found.add("This sample stands twice.", "Name each sample once.", line=line, value=sample)
        seen.add(plain(sample))
    found.raise_if_any()
    return SampleGroups(file.path, {sample: group for _, (sample, group) in table.rows})
