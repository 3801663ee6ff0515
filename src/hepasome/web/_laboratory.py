"""The index of a laboratory: this server tells it of its runs, and sees those of the others.

The files of the jobs in the folder are the truth. What the database does not hear now, it hears when it is back.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from typing import NamedTuple

from hepasome.files import input_error
from hepasome.web._job import Job
from hepasome.web._postgres import PostgresAddress, StoreError
from hepasome.web._run_table import Placed, RunTable

_AGAIN = 2.0  # s until a lost database is tried again
_ANYWAY = 30.0  # s after which it is told even if nothing changed: it may have been lost, or set back
_SILENT = 120.0  # s after which a server that says nothing is taken to be away
_HEARD = "INSERT INTO hepasome_places VALUES ($1, now()) ON CONFLICT (place) DO UPDATE SET heard = now()"
_SINCE = "SELECT place, heard FROM hepasome_places WHERE heard < now() - make_interval(secs => $1)"
_log = logging.getLogger(__name__)


class SharedTable(RunTable):
    """The table of runs, and when each server was last heard of, by the clock of the database."""

    def agree(self, jobs: Iterable[Job]) -> None:
        """Make these the rows of the place, and say that its server is there."""
        super().agree(jobs)
        self._database.execute(_HEARD, [self._place])

    def silent(self) -> dict[str, str]:
        """Places whose server is silent, and since when (ISO 8601)."""
        return {place: heard.isoformat() for place, heard in self._database.execute(_SINCE, [_SILENT])}


class Others(NamedTuple):
    """What the other servers told.

    Attributes:
        runs: Their runs, the latest first.
        silent: Places whose server is silent, and since when (ISO 8601).
        problem: Why nothing is known now; empty if it is.
    """

    runs: list[Placed]
    silent: dict[str, str]
    problem: str


class Laboratory:
    """A table that servers share.

    Args:
        store: Address of the database.
        place: Name of this server and its folder; its rows are written by no other.
        own: Gives the runs of this server.

    Raises:
        InputError: If the database cannot be used now.
    """

    def __init__(self, store: str, place: str, own: Callable[[], list[Job]]) -> None:
        self._address, self._place, self._own = PostgresAddress(store), place, own
        self._lock, self._wake, self._ending = threading.Lock(), threading.Event(), False
        self._thread: threading.Thread | None = None
        self._table: SharedTable | None = None
        self.problem = ""  # why the database is not used now; empty if it is
        try:
            self._table = self._opened()
        except StoreError as error:
            raise input_error("--store", error.sentence, error.remedy) from None

    def start(self) -> None:
        """Begin to tell of the runs."""
        self._thread = threading.Thread(target=self._work, daemon=True, name="laboratory")
        self._thread.start()

    def tell(self) -> None:
        """Something changed. It is told in the background: nobody waits for the database."""
        self._wake.set()

    def stop(self) -> None:
        """Tell what is left to tell, and let go of the database."""
        self._ending = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        if self._table is not None:
            self._table.close()

    def elsewhere(
        self,
        study: str | None = None,
        state: str | None = None,
        name: str | None = None,
        limit: int = 200,
        offset: int = 0,
    ) -> Others:
        """Runs of the other servers, the latest first; none while the database is lost, and `problem` says so."""
        table = self._table
        if table is None:
            return Others([], {}, self.problem)
        try:
            return Others(table.elsewhere(study, state, name, limit, offset), table.silent(), self.problem)
        except StoreError as error:
            self._lost(table, error)
            self._wake.set()
            return Others([], {}, self.problem)

    def _work(self) -> None:
        while True:
            self._wake.clear()
            last = self._ending  # looked at before the runs are read: what changes later wakes it again
            self._agree()
            if last:
                return
            self._wake.wait(_AGAIN if self.problem else _ANYWAY)

    def _agree(self) -> None:
        table = self._table
        try:
            if table is None:
                table = self._opened()
                self._table = table
            table.agree(self._own())
        except StoreError as error:
            self._lost(table, error)
            return
        with self._lock:
            was, self.problem = self.problem, ""
        if was:
            _log.warning("The index of the laboratory is back and knows the runs of this server.")

    def _opened(self) -> SharedTable:
        return SharedTable(self._address.connect(), self._place)

    def _lost(self, table: SharedTable | None, error: StoreError) -> None:
        with self._lock:
            if self._table is not table:
                return  # another one has found it, and perhaps mended it
            self._table = None
            new, self.problem = not self.problem, f"{error.sentence} {error.remedy}"
        if table is not None:
            table.close()
        if new:
            _log.warning("%s Runs go on; the index of the laboratory hears of them when it is back.", error.sentence)
