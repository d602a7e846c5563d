"""Where a frontier's tables lie: what SQLite and PostgreSQL do differently is said here and in postgres.py, and nowhere
else.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from crawler.errors import CrawlError, OutOfReach
from crawler.frontier.table import METADATA, VERSION
from crawler.frontier.turn import Turn

Conflict = Callable[[Any], Any]  # from an INSERT to the same with its ON CONFLICT


class Place(Protocol):
    """The tables of one crawl, and what their database is like."""

    engine: sa.Engine
    turn: Turn  # on the connection of the frontier that is open

    def open(self) -> sa.Connection:
        """A connection with the tables, made where there are none. Raises CrawlError where they cannot be read."""
        ...

    def again(self) -> sa.Connection:
        """Another connection, in the place of one that was lost: of that, nothing goes on in the database."""
        ...

    def clear(self) -> None:
        """Take all tables away. Nobody uses them."""
        ...

    def put(
        self, connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]], all_: Mapping[str, Any],
        conflict: Conflict,
    ) -> int:  # fmt: skip
        """Insert rows that have the same columns, and `all_` in each of them; how many the table took or changed."""
        ...

    def run(self, connection: sa.Connection, statement: sa.Executable, values: Mapping[str, Any]) -> Any:
        """A statement that is always the same object, with its values: what is said of each page."""
        ...

    def mistyped(self) -> list[str]:
        """Conditions, in SQL, of rows whose columns hold values of another type."""
        ...

    def strange(self, problem: str) -> CrawlError:
        """Of tables that no crawl has written so."""
        ...

    def lost(self, error: BaseException) -> OutOfReach | None:
        """The error as a person reads it, where the database is out of reach; None where it is another."""
        ...


class File:
    """A file of SQLite, for the crawls of one machine."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.turn = Turn()
        path.parent.mkdir(parents=True, exist_ok=True)
        # Opened by the thread that starts the crawl, then used by the recorder's alone.
        self.engine = sa.create_engine(
            f"sqlite:///{path}", poolclass=sa.pool.NullPool, connect_args={"check_same_thread": False}
        )
        sa.event.listen(self.engine, "connect", _durable)

    def open(self) -> sa.Connection:
        try:
            connection = self.engine.connect()
            self._make(connection)
        except (sqlite3.DatabaseError, sa.exc.DatabaseError) as error:
            if isinstance(getattr(error, "orig", error), sqlite3.OperationalError):
                raise  # locked, no rights, disk full
            raise CrawlError(
                f"{self._path} is damaged ({getattr(error, 'orig', error)}): delete it to begin the crawl anew; "
                "what is archived stays"
            ) from None
        return connection

    def _make(self, connection: sa.Connection) -> None:
        found = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        if found not in (0, VERSION):
            connection.close()
            raise CrawlError(
                f"{self._path} is of version {found}, and this policy-archive reads version {VERSION}: finish the "
                "crawl with the policy-archive that began it, or delete the file to begin anew; what is archived stays"
            )
        METADATA.create_all(connection)
        connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
        connection.commit()

    def again(self) -> sa.Connection:
        return self.engine.connect()

    def clear(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)

    def put(
        self, connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]], all_: Mapping[str, Any],
        conflict: Conflict,
    ) -> int:  # fmt: skip
        statement = conflict(sqlite.insert(table))
        done = connection.execute(
            statement, [{**row, **all_} for row in rows], execution_options={"preserve_rowcount": True}
        )
        return int(done.rowcount)

    def run(self, connection: sa.Connection, statement: sa.Executable, values: Mapping[str, Any]) -> Any:
        return connection.execute(statement, values)

    def mistyped(self) -> list[str]:
        integers, texts = ("id", "role", "tries", "hops", "depth"), ("url", "source", "state")
        null_or = {
            "text": ("robots", "reason", "detail", "warc", "seen", "said", "modified", "owner"),
            "integer": ("offset", "length", "marks", "fence"),
        }
        return [
            *(f"typeof({name}) != 'integer'" for name in integers),
            *(f"typeof({name}) != 'text'" for name in texts),
            *(f"typeof(\"{name}\") NOT IN ('null', '{kind}')" for kind, names in null_or.items() for name in names),
            "typeof(due) NOT IN ('real', 'integer')",
        ]

    def strange(self, problem: str) -> CrawlError:
        return CrawlError(
            f"{self._path} holds what no crawl has written ({problem}): delete it to begin the crawl anew; "
            "what is archived stays"
        )

    def lost(self, error: BaseException) -> OutOfReach | None:
        return None  # a file does not go away; a full disk is told by errors.space


def _durable(connection: Any, _record: Any) -> None:
    """WAL with a sync a commit: what was committed survives a power loss, and readers do not wait."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()
