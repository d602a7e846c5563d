"""What is still to fetch, and what became of everything that was found: a table that survives `kill -9`.

States (contracts.md): `queued → in-flight → captured → done`. `captured` is committed after the records are synced;
`done` in one transaction with every link found. One thread owns a Frontier (crawler/recorder.py); SQLAlchemy Core, so
that the same code runs on SQLite and on PostgreSQL (place.py, postgres.py).
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import asdict
from itertools import groupby, islice
from pathlib import Path
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa

from archive.errors import LostLock
from archive.store.exchange import Location, Stored
from crawler.errors import OutOfReach
from crawler.frontier import soundness, statements
from crawler.frontier.outage import AWAY, Outage
from crawler.frontier.place import Conflict, File, Place
from crawler.frontier.table import FACTS as _facts
from crawler.frontier.table import NAMED as _named
from crawler.frontier.table import URLS as _urls
from crawler.frontier.words import Added, Captured, End, Found, Role, Row, State, fingerprint, leads_deeper, spelling

T = TypeVar("T")

_REMEMBERED = 200_000  # URLs, some 30 MB
_AT_ONCE = 2_000  # URLs that are put in by one statement


class Claim(Protocol):
    """Who writes to the table now: a lease (lease.py)."""

    owner: str
    fence: int

    waits: bool

    def confirm(self, connection: sa.Connection) -> None:
        """Holds the claim until the transaction ends. Raises LostLock where another owner has it."""
        ...

    def regain(self) -> None:
        """As outage.py has it."""
        ...

    def why(self) -> LostLock | None:
        """Whether it is lost, asked anew."""
        ...


class Frontier:
    """The table of one crawl. All methods that change it are one transaction each, or run inside `transaction()`."""

    def __init__(self, place: Path | Place, claim: Claim | None = None) -> None:
        self._place = File(place) if isinstance(place, Path) else place
        self._claim = claim
        self._mine = {"owner": claim.owner, "fence": claim.fence} if claim else {"owner": None, "fence": 0}
        self._by = {f"by_{name}": value for name, value in self._mine.items()}
        # Fingerprints of rows that are there, and of those among them that no finding changes any more.
        self._there: set[bytes] = set()
        self._settled: set[bytes] = set()
        self._captured: dict[int, dict[str, Any]] = {}  # rows whose bytes are safe, which the table is to be told yet
        self._opened = self._place.open()
        self._place.turn.open(self._opened)
        if problem := soundness.problem(self._connection, self._place.mistyped()):
            self.close()
            raise self._place.strange(problem)
        self.rollback()

    @property
    def _connection(self) -> sa.Connection:
        """Nobody else's until `commit` or `rollback`."""
        return self._place.turn.begin()

    def anew(self) -> "Frontier":
        """The same without a row: for a new crawl."""
        self.close()
        self._place.clear()
        return Frontier(self._place, self._claim)

    def close(self) -> None:
        self._let_go()
        self._place.engine.dispose()

    def commit(self) -> None:
        """Raises LostLock, with nothing committed, where another owner has taken the crawl over."""
        self._tell()
        if self._claim is not None:
            self._claim.confirm(self._connection)
        self._connection.commit()
        self._place.turn.end()

    def rollback(self) -> None:
        self._there.clear()
        self._settled.clear()
        self._captured.clear()
        self._opened.rollback()
        self._place.turn.end()

    def through(self, change: Callable[[], T]) -> T:
        """What `change` returns, whose last act is a commit, or that only reads. Where the database goes away, it is
        called again from its beginning once that is back: nothing of it is in the table then, or all of it. So it must
        lead to the same when it is done twice. Raises LostLock where nothing is to be waited for.
        """
        kept = dict(self._captured)
        outage: Outage | None = None
        while True:
            try:
                if outage is not None:
                    self._connect_again()
                done = change()
            except (*AWAY, OutOfReach) as error:
                if self._claim is None:
                    raise
                self._let_go()
                outage = outage or Outage(self._claim)
                outage.wait(error)
                self._captured = dict(kept)
            else:
                if outage is not None:
                    outage.over()
                return done

    def _connect_again(self) -> None:
        self._opened = self._place.again()
        self._place.turn.open(self._opened)
        self._place.turn.end()

    def _let_go(self) -> None:
        """Of the connection, and of what was not committed over it."""
        self._there.clear()
        self._settled.clear()
        self._place.turn.close()
        with suppress(sa.exc.DBAPIError):  # the server ended it
            self._opened.close()

    def lost(self, error: BaseException) -> LostLock | None:
        """The error as a person reads it, where it says that the table is out of reach, or another's by now."""
        if (lost := self._place.lost(error)) is None or self._claim is None:
            return lost
        return self._claim.why() or lost

    # what the crawl is called, and when it began

    def fact(self, name: str) -> str | None:
        return self._connection.execute(sa.select(_facts.c.value).where(_facts.c.name == name)).scalar_one_or_none()

    def set_fact(self, name: str, value: str) -> None:
        self._connection.execute(sa.delete(_facts).where(_facts.c.name == name))
        self._connection.execute(sa.insert(_facts).values(name=name, value=value))

    # finding

    def add(self, found: Iterable[Found], via: Row | None = None) -> Added:
        """Put new URLs in; those that are known stay as they are. The caller commits."""
        rest, new = iter(found), Added()
        while some := list(islice(rest, _AT_ONCE)):
            more = self._add(some, via)
            new = Added(new.waiting + more.waiting, new.ended + more.ended)
        return new

    def _add(self, found: Iterable[Found], via: Row | None) -> Added:
        waiting: list[dict[str, Any]] = []
        needed: list[dict[str, Any]] = []
        ended: list[dict[str, Any]] = []
        led: list[dict[str, Any]] = []
        for one in (some.short() for some in found):
            required = one.role is Role.REQUISITE and one.end is None
            print_ = fingerprint(self._identity(one))
            if print_ in (self._there if one.end else self._settled):
                continue
            hops = via.hops + 1 if via and one.deeper else 0
            depth = 0 if via is None else via.depth + leads_deeper(via, one)
            (ended if one.end else led if one.exact else needed if required else waiting).append({
                "fingerprint": print_, "url": one.url, "role": int(one.role), "source": one.source,
                "state": State.DONE if one.end else State.QUEUED, "end": one.end, "reason": one.reason,
                "tries": 0, "hops": hops, "depth": depth, "due": 0.0, "via": via.id if via else None,
            })  # fmt: skip
        added = self.put(waiting, statements.add)
        new = Added(
            added + self.put(needed, statements.need) + self.put(led, statements.lead),
            self.put(ended, statements.add),
        )
        self._remember(waiting, added == len(waiting), (*needed, *led, *ended))
        return new

    def _remember(self, waiting: Sequence[dict[str, Any]], all_new: bool, others: Iterable[dict[str, Any]]) -> None:
        """Most links of a page are on every page: those that change nothing need not be asked about again."""
        if len(self._there) > _REMEMBERED:
            self._there.clear()
            self._settled.clear()
        prints = [row["fingerprint"] for row in waiting]
        self._there.update(prints, (row["fingerprint"] for row in others))
        if prints and not all_new:
            known = sa.select(_urls.c.fingerprint).where(_urls.c.fingerprint.in_(prints), statements.SETTLED)
            prints = list(self._connection.execute(known).scalars())
        self._settled.update(prints)

    def _identity(self, one: Found) -> str:
        """A redirect's target is another row than its other spellings, and the same as what was found in its own: one
        address is fetched once. A source is read for its own sake, whatever else its address was found as.
        """
        if not one.exact:
            return one.canonical
        known = self.of(one.canonical)
        same = known is None or (known.url == one.url and one.role is not Role.SOURCE)
        return one.canonical if same else spelling(one.url)

    def put(self, rows: Sequence[dict[str, Any]], conflict: Conflict) -> int:
        """Insert rows of the table, in the transaction at hand; how many were new, or were changed by `conflict`."""
        return self._place.put(self._connection, _urls, rows, self._mine, conflict) if rows else 0

    def run(self, statement: sa.Executable, values: Any = None) -> Any:
        """A statement of known.py, in the transaction at hand."""
        return self._connection.execute(statement, values)

    def changes(self, statement: sa.Executable, rows: Sequence[Mapping[str, Any]]) -> int:
        """An UPDATE for each of the rows' values; returns how many rows of the table it changed."""
        if not rows:
            return 0
        return int(self._connection.execute(statement, [{**row, **self._by} for row in rows]).rowcount)

    def _tell(self) -> None:
        """The table hears of rows whose bytes are safe."""
        captured, self._captured = self._captured, {}
        for row_id, told in captured.items():
            self._change(statements.CAPTURED, row_id, **told)

    def _change(self, statement: sa.Executable, row_id: int, **values: Any) -> None:
        if told := self._captured.pop(row_id, None):
            self._change(statements.CAPTURED, row_id, **told)
        self._place.run(self._connection, statement, {"row": row_id, **values, **self._by})

    # fetching

    def claim(self, count: int, now: float, roles: Sequence[Role] = tuple(Role)) -> list[Row]:
        """Take up to `count` waiting URLs that are due, by role and order of finding, and mark them in-flight. The
        caller commits.
        """
        waiting = (
            sa.select(*statements.ROW)
            .where(statements.WAITING, _urls.c.due <= now, _urls.c.role.in_([int(role) for role in roles]))
            .order_by(_urls.c.role, _urls.c.id)
            .limit(count)
        )
        rows = [_row(r) for r in self._connection.execute(waiting)]
        if rows:
            self._connection.execute(statements.CLAIM, {"rows": [row.id for row in rows], **self._by})
        return rows

    def captured(self, row_id: int, stored: Stored, robots: str | None = None) -> None:
        """The row's bytes are safe at `stored.location`. The table hears of it when something is committed: with the
        row's end in most cases, in one change. The caller commits.
        """
        told = {"status": stored.status, "media_type": stored.media_type, "spared": stored.spared, "copy": robots}
        self._captured[row_id] = {**asdict(stored.location), **told}

    @property
    def untold(self) -> int:
        """How many rows' bytes are safe of which the table has not heard."""
        return len(self._captured)

    def name(self, source: str, identities: Iterable[str]) -> None:
        """The source names these URLs, by their identities. The caller commits."""
        rest = iter(identities)
        while some := list(islice(rest, _AT_ONCE)):
            rows = [{"fingerprint": fingerprint(one), "source": source} for one in some]
            self._place.put(self._connection, _named, rows, {}, statements.nothing)

    def finish(
        self,
        row: Row,
        end: End,
        reason: str | None,
        detail: str | None,
        found: Iterable[Found],
        named: Iterable[str] = (),
    ) -> Added:
        """The row is done, what it leads to is in, and so is what its source names by it. The caller commits."""
        if end in statements.CHANGEABLE:
            self._settled.clear()
        told = self._captured.pop(row.id, None)
        new = self.add(found, row)
        self.name(row.source, named)
        ended = {"to": end, "why": reason, "what": detail}
        if told is None:
            self._change(statements.DONE, row.id, **ended, copy=row.robots)
        else:
            self._change(statements.CAPTURED_AND_DONE, row.id, **{**told, **ended, "copy": row.robots})
        return new

    def retry(self, row: Row, due: float, reason: str) -> None:
        """Back into the queue, not before `due` (seconds since 1970). The caller commits."""
        self._change(statements.RETRY, row.id, at=due, why=reason)

    def postpone(self, row: Row, due: float) -> None:
        """Back into the queue, not tried, not before `due` (seconds since 1970). The caller commits."""
        self._change(statements.POSTPONE, row.id, at=due, tried=row.tries)

    def unclaim(self, rows: Iterable[Row]) -> None:
        """As if they had not been claimed. The caller commits."""
        for row in rows:
            self.postpone(row, 0.0)

    def release(self, latest: float = math.inf) -> None:
        """On start: what was in flight when the last process ended goes back to the queue. What is due after `latest`
        was put off by a clock that has been set back since, and is due now.
        """
        self._connection.execute(sa.update(_urls).where(_urls.c.due > latest).values(due=0.0))
        self._connection.execute(sa.update(_urls).where(_urls.c.state == State.IN_FLIGHT).values(state=State.QUEUED))
        self.commit()

    def undo(self, durable: Set[str]) -> int:
        """On start: what was captured into a file that the collection does not have is fetched again; what it led to
        stays. Returns how many files are missing.
        """
        named = self._connection.execute(sa.select(_urls.c.warc).where(_urls.c.warc.is_not(None)).distinct())
        lost = [warc for (warc,) in named if warc not in durable]
        self.changes(statements.UNDO, [{"lost": warc} for warc in lost])
        self.commit()
        return len(lost)

    def reopen(self, end: End, reason: str) -> None:
        """On start: what ended so, for a reason that begins so, waits again."""
        ended = _urls.c.end == end, _urls.c.reason.startswith(reason, autoescape=True)
        self._connection.execute(sa.update(_urls).where(*ended).values(state=State.QUEUED, end=None, reason=None))
        self.commit()

    def in_flight(self) -> list[Row]:
        """On start: what was being fetched when the last process ended."""
        return [_row(r) for r in self._in_state(State.IN_FLIGHT)]

    def unread(self) -> list[Captured]:
        """On start: rows whose bytes are safe and whose links are not in yet."""
        return [Captured(_row(r), Location(r.warc, r.offset, r.length)) for r in self._in_state(State.CAPTURED)]

    def _in_state(self, state: State) -> Iterator[Any]:
        self._tell()
        return iter(self._connection.execute(sa.select(_urls).where(_urls.c.state == state).order_by(_urls.c.id)))

    # counting

    def next_due(self, roles: Sequence[Role] = tuple(Role)) -> float | None:
        """When the next waiting URL of these roles is due; None when none waits."""
        waiting = statements.WAITING, _urls.c.role.in_([int(role) for role in roles])
        due: float | None = self._connection.execute(sa.select(sa.func.min(_urls.c.due)).where(*waiting)).scalar_one()
        return due

    def counts(self) -> dict[tuple[Role, str], int]:
        """How many URLs there are by role and end; one without an end counts as `queued`."""
        end = sa.func.coalesce(_urls.c.end, "queued")
        rows = self._connection.execute(sa.select(_urls.c.role, end, sa.func.count()).group_by(_urls.c.role, end))
        return {(Role(role), str(name)): count for role, name, count in rows}

    def tally(self) -> list[tuple[Role, str, str | None, int]]:
        """How many URLs there are by role, end and reason. On a connection of its own: any thread may ask."""
        end = sa.func.coalesce(_urls.c.end, "queued")
        with self._place.engine.connect() as connection:
            rows = connection.execute(
                sa.select(_urls.c.role, end, _urls.c.reason, sa.func.count()).group_by(
                    _urls.c.role, end, _urls.c.reason
                )
            )
            return [(Role(role), str(name), reason, count) for role, name, reason, count in rows]

    def all(self) -> Iterator[tuple[Any, tuple[str, ...]]]:
        """Every row in order of finding, as a SQLAlchemy row, with the sources that name it, sorted; streamed."""
        joined = _urls.outerjoin(_named, _urls.c.fingerprint == _named.c.fingerprint)
        everything = sa.select(_urls, _named.c.source.label("named")).select_from(joined)
        with self._place.engine.connect() as connection:
            result = connection.execution_options(yield_per=1000).execute(everything.order_by(_urls.c.id))
            for _, same in groupby(result, key=lambda row: row.id):
                rows = list(same)
                yield rows[0], tuple(sorted(row.named for row in rows if row.named))

    def of(self, *identities: str) -> Any:
        """The row of the first of these identities that is known, as a SQLAlchemy row, or None."""
        for identity in identities:
            wanted = sa.select(_urls).where(_urls.c.fingerprint == fingerprint(identity))
            if (row := self._connection.execute(wanted).one_or_none()) is not None:
                return row
        return None


def _row(found: Any) -> Row:
    return Row(
        found.id, found.url, Role(found.role), found.source, found.tries, found.hops, found.depth, found.robots,
        found.seen, found.said,
    )  # fmt: skip
