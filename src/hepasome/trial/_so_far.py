"""What the finished part of a run says while the rest is simulated."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pandas as pd

from hepasome.trial._deaths import CUMULATIVE_HAZARD, death_times, without_the_dead
from hepasome.trial._plan import Settings, make_plan
from hepasome.trial._run import CHUNK, chunk_path, endpoints_of, read_chunk
from hepasome.trial._study import Study


class SoFar:
    """Reads the finished chunks of a run, each once.

    Args:
        study: What is run.
        settings: With what.
        folder: Folder of the run.
    """

    def __init__(self, study: Study, settings: Settings, folder: Path) -> None:
        self._plan, self._folder, self._read = make_plan(study, settings), folder, 0
        self._entries = self._plan.subjects.table().set_index("key")
        self._found: list[pd.DataFrame] = []

    def endpoints(self) -> pd.DataFrame:
        """The endpoints of the animals that are finished, as `Run.endpoints` has them; empty before the first."""
        for i in count(self._read):
            keys = self._plan.subjects.keys(i * CHUNK, (i + 1) * CHUNK)
            table = read_chunk(chunk_path(self._folder, i), keys) if keys else None
            if table is None:
                break
            self._read = i + 1
            animals = self._animals(table)
            if len(animals):
                deaths = None
                if CUMULATIVE_HAZARD in self._plan.outputs:
                    deaths = death_times(animals, self._plan.settings.seed)
                    animals = without_the_dead(animals, deaths, self._plan.outputs)
                self._found.append(endpoints_of(self._plan, animals, deaths))
        columns = ["subject", "arm", "endpoint", "time", "true", "measured"]
        return pd.concat(self._found, ignore_index=True) if self._found else pd.DataFrame(columns=columns)

    def _animals(self, table: pd.DataFrame) -> pd.DataFrame:
        rows = table.join(self._entries[["role", "arm", "number"]], on="key")
        rows = rows[rows["role"] == "animal"].drop(columns=["role", "body_weight", "status", "reason"])
        return rows.rename(columns={"key": "subject"})
