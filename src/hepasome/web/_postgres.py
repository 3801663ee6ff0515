"""The database of a laboratory: PostgreSQL, and its faults as sentences that hold no password."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from hepasome.files import input_error
from hepasome.web._run_table import CREATE

VERSION = 1  # of the tables; another one is another form
SCHEMES = ("postgresql://", "postgres://")
_PATIENCE = 5.0  # s for any answer: a page waits for it
_DEFAULTS = {
    "connect_timeout": 3,  # s
    "tcp_user_timeout": int(1000 * _PATIENCE),  # ms
    "keepalives_idle": 15,  # s
    "application_name": "hepasome",
    "client_encoding": "UTF8",
}
_ALONE = 0x68657061736F6D65  # "hepasome": servers that begin at the same time make the tables one after the other
_TABLES = (
    CREATE,
    "CREATE TABLE hepasome_places (place TEXT PRIMARY KEY, heard TIMESTAMPTZ NOT NULL)",
    "CREATE TABLE hepasome_index (version INTEGER NOT NULL)",
)
_RIGHTS = "SELECT, INSERT, UPDATE, DELETE"
_MAY = """
SELECT bool_and(has_table_privilege(which, may))
FROM unnest(ARRAY['hepasome_runs', 'hepasome_places']) AS which, unnest(string_to_array($1, ', ')) AS may
"""
_NO_RIGHT = "42501"


class StoreError(Exception):
    """The database does not do what is asked of it.

    Attributes:
        sentence: What is wrong.
        remedy: What to do.
    """

    def __init__(self, sentence: str, remedy: str) -> None:
        self.sentence, self.remedy = sentence, remedy
        super().__init__(sentence)


class PostgresAddress:
    """An address as `postgresql://user@host:5432/database`; what it leaves out, libpq finds as usual.

    Args:
        url: The address.

    Raises:
        InputError: If it is none.
    """

    def __init__(self, url: str) -> None:
        if not url.startswith(SCHEMES):
            problem = "This is no address of a PostgreSQL database."
            raise input_error("--store", problem, "Write it as postgresql://user@host:5432/database.")
        try:
            self._parameters: dict[str, Any] = _DEFAULTS | conninfo_to_dict(url)
        except psycopg.ProgrammingError:  # its reason would show parts of the address, perhaps of the password
            problem = "This address of a PostgreSQL database does not hold."
            remedy = (
                "Write it as postgresql://user@host:5432/database; in a name or password, @ is %40, / is %2F, % is %25."
            )
            raise input_error("--store", problem, remedy) from None

    @property
    def shown(self) -> str:
        """The database, for readers."""
        name, host = self._parameters.get("dbname", ""), self._parameters.get("host", "")
        return f"{name or 'database'} at {host or 'this machine'}"

    def connect(self) -> PostgresDatabase:
        """A connection, on which the tables are there.

        Raises:
            StoreError: If there is none, or they cannot be.
        """
        with self._sentences():
            connection = psycopg.connect(
                **self._parameters, autocommit=True, prepare_threshold=None, cursor_factory=psycopg.RawCursor
            )
        database = PostgresDatabase(connection, self._sentences)
        try:
            database.prepare()
        except StoreError:
            database.close()
            raise
        return database

    @contextlib.contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            raise self._fault(error) from None

    def _fault(self, error: psycopg.Error) -> StoreError:
        said = (str(error) or type(error).__name__).splitlines()[0]
        reason = self._without_password(said.removeprefix("connection failed: ").rstrip("."))
        if error.sqlstate == _NO_RIGHT:
            return StoreError(
                f"The user may not do what the index needs in {self.shown}: {reason}.",
                "Ask who keeps the database for the right to create tables there, or to use those of hepasome.",
            )
        if error.sqlstate is None:  # it was no answer to a statement
            return StoreError(
                f"There is no connection to the database ({self.shown}): {reason}.",
                "Check that it runs and can be reached, and the address, user and password (PGPASSWORD or ~/.pgpass).",
            )
        return StoreError(f"The database refuses ({self.shown}): {reason}.", "Ask who keeps the database.")

    def _without_password(self, text: str) -> str:
        password = self._parameters.get("password")
        return text.replace(password, "…") if password else text


class PostgresDatabase:
    """A connection that several threads may use; psycopg lets one statement run at a time."""

    def __init__(
        self, connection: psycopg.Connection[Any], sentences: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._connection, self._sentences = connection, sentences

    def execute(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement.

        Raises:
            StoreError: If the database does not.
        """
        late = threading.Timer(_PATIENCE, self._hang_up)
        late.daemon = True
        late.start()
        try:
            with self._sentences():
                cursor = self._connection.execute(sql.encode(), values)
                return cursor.fetchall() if cursor.description is not None else []
        finally:
            late.cancel()

    def prepare(self) -> None:
        """Make the tables if they are not there.

        Raises:
            StoreError: If they cannot be, are those of another version, or may not be used.
        """
        self.execute("SELECT set_config('statement_timeout', $1, false)", [f"{_PATIENCE:g}s"])
        with self._sentences(), self._connection.transaction():
            self.execute("SELECT pg_advisory_xact_lock($1)", [_ALONE])
            ((there,),) = self.execute("SELECT to_regclass('hepasome_index') IS NOT NULL")
            if not there:
                for table in _TABLES:
                    self.execute(table)
                self.execute("INSERT INTO hepasome_index VALUES ($1)", [VERSION])
            versions = self.execute("SELECT version FROM hepasome_index")
        if versions != [(VERSION,)]:
            raise StoreError(
                "The tables in the database are of another version of hepasome.",
                "Use the same version on every server, or another database.",
            )
        if self.execute(_MAY, [_RIGHTS]) != [(True,)]:
            remedy = f"Ask who keeps it: GRANT {_RIGHTS} ON hepasome_runs, hepasome_places TO the user."
            raise StoreError("The user may not read and write the tables of hepasome in the database.", remedy)

    def close(self) -> None:
        """Let go of it."""
        self._connection.close()

    def _hang_up(self) -> None:
        """End a connection on which nothing comes, so that who waits for it goes on.

        A machine that hangs keeps its connections open, and libpq waits for an answer as long as they are.
        """
        with (
            contextlib.suppress(OSError, psycopg.Error),  # it may have ended meanwhile
            socket.fromfd(self._connection.fileno(), socket.AF_INET, socket.SOCK_STREAM) as line,
        ):
            line.shutdown(socket.SHUT_RDWR)
