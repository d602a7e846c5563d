"""What was planned, begun and done: a table that survives `kill -9`. A run is an entry and its planned time; it is
claimed in one transaction before it begins, so that two schedulers, or one that was restarted, begin it once.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from crawler.errors import CrawlError

_VERSION = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS entries (name TEXT PRIMARY KEY, mark TEXT NOT NULL, seen TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS runs (
  entry TEXT NOT NULL, planned TEXT NOT NULL, state TEXT NOT NULL, begins TEXT NOT NULL, patient INTEGER NOT NULL,
  stands_for INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, began TEXT, ended TEXT, exit_code INTEGER, why TEXT,
  PRIMARY KEY (entry, planned)
);
CREATE INDEX IF NOT EXISTS unfinished ON runs (begins) WHERE state IN ('waiting', 'running');
"""


class State(StrEnum):
    WAITING = "waiting"  # claimed, and not begun
    RUNNING = "running"
    ENDED = "ended"
    SKIPPED = "skipped"  # its collection was still being crawled
    MISSED = "missed"  # planned while nothing ran the schedule, and not made up for


@dataclass(frozen=True, slots=True)
class Run:
    """One run; times are UTC. `patient`: it waits for a crawl of its collection, and is not skipped."""

    entry: str
    planned: datetime
    state: State
    begins: datetime
    patient: bool = False
    stands_for: int = 1  # planned times, those included that were missed before it
    attempts: int = 0
    began: datetime | None = None
    ended: datetime | None = None
    exit_code: int | None = None
    why: str | None = None


class Runs:
    """The table. Each method is a transaction of its own; one thread owns it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = sqlite3.connect(path, timeout=30, isolation_level=None)
            found = self._connection.execute("PRAGMA user_version").fetchone()[0]
            if found not in (0, _VERSION):
                raise CrawlError(
                    f"{path} is of version {found}, and this policy-archive reads version {_VERSION}: run the schedule "
                    "with the policy-archive that wrote it, or delete the file; then nothing counts as missed"
                )
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.executescript(_TABLES)
            self._connection.execute(f"PRAGMA user_version = {_VERSION}")
        except sqlite3.OperationalError:
            raise  # locked, no rights, disk full
        except sqlite3.DatabaseError as error:
            raise CrawlError(f"{path} is damaged ({error}): delete it; then nothing counts as missed") from None

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def seen(self, entry: str, mark: str, now: datetime) -> datetime:
        """Up to when the entry's planned times are accounted for: now, for one that is new or planned anew."""
        found = self.last_seen(entry, mark)
        if found is not None:
            return found
        with self._transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", (entry, mark, _text(now)))
        return now

    def last_seen(self, entry: str, mark: str) -> datetime | None:
        """As `seen`, and notes nothing: None for an entry that is new or planned anew."""
        row = self._connection.execute("SELECT seen FROM entries WHERE name = ? AND mark = ?", (entry, mark)).fetchone()
        return _moment(row[0]) if row else None

    def claim(self, entry: str, runs: Iterable[Run], seen: datetime) -> list[Run]:
        """Takes runs that nobody has taken, and notes up to when all are accounted for. Those that were new."""
        taken = []
        with self._transaction() as connection:
            for run in runs:
                done = connection.execute(
                    "INSERT OR IGNORE INTO runs (entry, planned, state, begins, patient, stands_for, why) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (entry, _text(run.planned), run.state, _text(run.begins), run.patient, run.stands_for, run.why),
                )
                if done.rowcount:
                    taken.append(run)
            connection.execute("UPDATE entries SET seen = ? WHERE name = ?", (_text(seen), entry))
        return taken

    def begin(self, run: Run, now: datetime) -> bool:
        """The run is begun, or gone on with. False where another process has ended it, or has begun it since."""
        with self._transaction() as connection:
            done = connection.execute(
                "UPDATE runs SET state = 'running', began = coalesce(began, ?), attempts = attempts + 1 "
                "WHERE entry = ? AND planned = ? AND state IN ('waiting', 'running') AND attempts = ?",
                (_text(now), run.entry, _text(run.planned), run.attempts),
            )
        return bool(done.rowcount)

    def put_off(self, run: Run, begins: datetime) -> None:
        """The run is unfinished, and is gone on with then."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE runs SET state = 'waiting', begins = ?, patient = 1 WHERE entry = ? AND planned = ?",
                (_text(begins), run.entry, _text(run.planned)),
            )

    def end(self, run: Run, state: State, now: datetime, exit_code: int | None = None, why: str | None = None) -> None:
        with self._transaction() as connection:
            connection.execute(
                "UPDATE runs SET state = ?, ended = ?, exit_code = ?, why = ? WHERE entry = ? AND planned = ?",
                (state, _text(now), exit_code, why, run.entry, _text(run.planned)),
            )

    def unfinished(self) -> list[Run]:
        """Claimed and not ended, in the order in which they are to begin."""
        return self._select("WHERE state IN ('waiting', 'running') ORDER BY begins, planned, entry")

    def of(self, entry: str, count: int = 1_000_000) -> list[Run]:
        """The newest runs of an entry, newest first."""
        return self._select("WHERE entry = ? ORDER BY planned DESC LIMIT ?", (entry, count))

    def found(self, run: Run) -> Run | None:
        """The run as it stands now."""
        runs = self._select("WHERE entry = ? AND planned = ?", (run.entry, _text(run.planned)))
        return runs[0] if runs else None

    def counts(self) -> dict[tuple[str, str, int], int]:
        """How many runs there are by entry, state and exit code (-1000 where there is none)."""
        rows = self._connection.execute(
            "SELECT entry, state, coalesce(exit_code, -1000), sum(CASE state WHEN 'missed' THEN stands_for ELSE 1 END) "
            "FROM runs GROUP BY 1, 2, 3"
        )
        return {(entry, state, code): count for entry, state, code, count in rows}

    def _select(self, where: str, values: Sequence[object] = ()) -> list[Run]:
        columns = "entry, planned, state, begins, patient, stands_for, attempts, began, ended, exit_code, why"
        rows = self._connection.execute(f"SELECT {columns} FROM runs {where}", values)
        return [
            Run(
                row[0], _moment(row[1]), State(row[2]), _moment(row[3]), bool(row[4]), row[5], row[6],
                _moment(row[7]) if row[7] else None, _moment(row[8]) if row[8] else None, row[9], row[10],
            )
            for row in rows
        ]  # fmt: skip


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
