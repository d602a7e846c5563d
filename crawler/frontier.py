"""What is still to fetch, and what became of everything that was found: a table that survives `kill -9`.

States (contracts.md): `queued → in-flight → captured → done`. `captured` is committed after the records are synced;
`done` in one transaction with every link found. One thread owns a Frontier (crawler/recorder.py); SQLAlchemy Core, so
that the same code runs on SQLite and on PostgreSQL.
"""

import hashlib
import math
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from enum import IntEnum, StrEnum
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from archive.institutes.traps import LONGEST
from archive.store.exchange import Location, Stored
from crawler import soundness
from crawler.errors import CrawlError


class Role(IntEnum):
    """Why a URL is fetched; smaller numbers come first. Requisites come after pages (contracts.md)."""

    SOURCE = 0  # sitemap, feed, REST
    LISTING = 1
    PAGE = 2
    DOCUMENT = 3
    REQUISITE = 4


class State(StrEnum):
    QUEUED = "queued"
    IN_FLIGHT = "in-flight"
    CAPTURED = "captured"
    DONE = "done"


class End(StrEnum):
    """What became of a URL, one word each (contracts.md). The sum over a crawl is what was found."""

    ARCHIVED = "archived"
    UNCHANGED = "unchanged"
    REDIRECTED = "redirected"
    DUPLICATE = "duplicate"
    OUT_OF_SCOPE = "out-of-scope"
    ROBOTS = "robots"
    PRIVATE = "private"
    TRAP = "trap"
    LIMIT = "limit"
    BOTWALL = "botwall"
    GONE = "gone"
    FAILED = "failed"
    QUEUED = "queued"


TOO_DEEP = "too deep: "  # how the reason of a URL begins that is too many links away
_AT_ONCE = 2_000  # URLs that are put in by one statement


@dataclass(frozen=True, slots=True)
class Found:
    """A URL that was found: as it is to be fetched, its identity, and what is to be done with it."""

    url: str
    canonical: str  # the same for all spellings of one address
    role: Role
    source: str  # which source or kind of page found it
    end: End | None = None  # set when it will not be fetched
    reason: str | None = None
    exact: bool = False  # a redirect's target: fetched even if another spelling of it was, or it was left out
    deeper: bool = False  # a hop further along a chain (redirects, pages of a source), which is counted
    modified: str | None = None  # when it changed last, as a source says: `2026-11-23T10:00:00Z`


@dataclass(frozen=True, slots=True)
class Added:
    """How many URLs were new: those that wait to be fetched, and those that will not be."""

    waiting: int = 0
    ended: int = 0
    woken: int = 0  # known ones that were not due, and are to be fetched after all


@dataclass(frozen=True, slots=True)
class Row:
    """A URL that is to be fetched now."""

    id: int
    url: str
    role: Role
    source: str
    tries: int
    hops: int
    depth: int = 0  # links from page to page that led here from where the crawl began
    robots: str | None = None  # what robots.txt says of it: see etiquette/robots.py
    seen: str | None = None  # when it was captured last before this crawl, as `2026-11-23T10:00:00Z`
    said: str | None = None  # the hash of what it said then


@dataclass(frozen=True, slots=True)
class Captured:
    """A URL whose bytes are safe and whose links are not in yet: found after a crash."""

    row: Row
    location: Location


_VERSION = 5  # of the tables; 0 was said of the same ones, before they had a number
_metadata = sa.MetaData()
_urls = sa.Table(
    "urls",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("fingerprint", sa.LargeBinary(16), nullable=False, unique=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("role", sa.SmallInteger, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("end", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("tries", sa.SmallInteger, nullable=False, default=0),
    sa.Column("hops", sa.SmallInteger, nullable=False, default=0),
    sa.Column("depth", sa.Integer, nullable=False, default=0),
    sa.Column("due", sa.Float, nullable=False, default=0.0),
    sa.Column("via", sa.Integer),
    sa.Column("warc", sa.Text),
    sa.Column("offset", sa.BigInteger),
    sa.Column("length", sa.BigInteger),
    sa.Column("status", sa.SmallInteger),
    sa.Column("media_type", sa.Text),
    sa.Column("spared", sa.BigInteger, nullable=False, default=0),  # bytes of a body that is in the archive already
    sa.Column("detail", sa.Text),  # what the page turned out to be: its role and kind
    sa.Column("robots", sa.Text),  # the copy of robots.txt that let it through or did not, and the line that decided
    # What earlier crawls knew, and what sources say now (recrawl.py).
    sa.Column("seen", sa.Text),
    sa.Column("said", sa.Text),
    sa.Column("modified", sa.Text),
    sa.Column("marks", sa.SmallInteger, nullable=False, server_default="0"),
)
_waiting = sa.Index(
    "urls_waiting",
    _urls.c.role,
    _urls.c.id,
    sqlite_where=_urls.c.state == "queued",
    postgresql_where=_urls.c.state == "queued",
)
# Which sources name a URL: one that stands in a sitemap and in a feed counts for both. Rows of listings' pages come by
# the thousand, so memory does not hold them.
_named = sa.Table(
    "named",
    _metadata,
    sa.Column("fingerprint", sa.LargeBinary(16), primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sqlite_with_rowid=False,
)
TABLE, NAMED = _urls, _named  # for known.py
_facts = sa.Table(
    "facts",
    _metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)


def fingerprint(identity: str) -> bytes:
    """16 bytes that stand for a URL's identity."""
    return hashlib.blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def spelling(url: str) -> str:
    """The identity of one spelling of an address, where another has the address's own. No canonical URL is like it."""
    return f"spelled {url}"


class Frontier:
    """The table of one crawl. All methods that change it are one transaction each, or run inside `transaction()`."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Opened by the thread that starts the crawl, then used by the recorder's alone.
        self._engine = sa.create_engine(
            f"sqlite:///{path}", poolclass=sa.pool.NullPool, connect_args={"check_same_thread": False}
        )
        sa.event.listen(self._engine, "connect", _durable)
        try:
            self._connection = self._engine.connect()
            self._make(path)
        except (sqlite3.DatabaseError, sa.exc.DatabaseError) as error:
            if isinstance(getattr(error, "orig", error), sqlite3.OperationalError):
                raise  # locked, no rights, disk full
            raise CrawlError(
                f"{path} is damaged ({getattr(error, 'orig', error)}): delete it to begin the crawl anew; "
                "what is archived stays"
            ) from None

    def _make(self, path: Path) -> None:
        """The tables, where there are none. Raises CrawlError where they are another version's."""
        found = self._connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        if found not in (0, _VERSION):
            self.close()
            raise CrawlError(
                f"{path} is of version {found}, and this policy-archive reads version {_VERSION}: finish the crawl "
                "with the policy-archive that began it, or delete the file to begin anew; what is archived stays"
            )
        _metadata.create_all(self._connection)
        if problem := soundness.problem(self._connection, list(Role), list(State), list(End)):
            self.close()
            raise CrawlError(
                f"{path} holds what no crawl has written ({problem}): delete it to begin the crawl anew; "
                "what is archived stays"
            )
        self._connection.exec_driver_sql(f"PRAGMA user_version = {_VERSION}")
        self._connection.commit()

    def close(self) -> None:
        self._connection.close()
        self._engine.dispose()

    def commit(self) -> None:
        self._connection.commit()

    def rollback(self) -> None:
        self._connection.rollback()

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
        for one in map(_short, found):
            required = one.role is Role.REQUISITE and one.end is None
            print_ = fingerprint(self._identity(one))
            hops = via.hops + 1 if via and one.deeper else 0
            depth = 0 if via is None else via.depth + leads_deeper(via, one)
            (ended if one.end else led if one.exact else needed if required else waiting).append({
                "fingerprint": print_, "url": one.url, "role": int(one.role), "source": one.source,
                "state": State.DONE if one.end else State.QUEUED, "end": one.end, "reason": _whole(one.reason),
                "tries": 0, "hops": hops, "depth": depth, "due": 0.0, "via": via.id if via else None,
            })  # fmt: skip
        new = self._insert(_ADD, waiting) + self._insert(_NEED, needed) + self._insert(_LEAD, led)
        return Added(new, self._insert(_ADD, ended))

    def _identity(self, one: Found) -> str:
        """A redirect's target is another row than its other spellings, and the same as what was found in its own: one
        address is fetched once. A source is read for its own sake, whatever else its address was found as.
        """
        if not one.exact:
            return one.canonical
        known = self.of(one.canonical)
        same = known is None or (known.url == one.url and one.role is not Role.SOURCE)
        return one.canonical if same else spelling(one.url)

    def _insert(self, statement: sa.Executable, rows: list[dict[str, Any]]) -> int:
        if not rows:
            return 0
        before = self._total_changes()
        self._connection.execute(statement, rows)
        return self._total_changes() - before

    def run(self, statement: sa.Executable, values: Any = None) -> Any:
        """A statement of known.py, in the transaction at hand."""
        return self._connection.execute(statement, values)

    def changes(self, statement: sa.Executable, rows: list[dict[str, Any]]) -> int:
        """The same for each of the rows' values; returns how many rows of the table it changed."""
        return self._insert(statement, rows)

    def _total_changes(self) -> int:
        return int(self._connection.connection.driver_connection.total_changes)  # type: ignore[union-attr]

    # fetching

    def claim(self, count: int, now: float, roles: Sequence[Role] = tuple(Role)) -> list[Row]:
        """Take up to `count` waiting URLs that are due, by role and order of finding, and mark them in-flight. The
        caller commits.
        """
        waiting = (
            sa.select(*_ROW)
            .where(_urls.c.state == State.QUEUED, _urls.c.due <= now, _urls.c.role.in_([int(role) for role in roles]))
            .order_by(_urls.c.role, _urls.c.id)
            .limit(count)
        )
        rows = [_row(r) for r in self._connection.execute(waiting)]
        if rows:
            self._connection.execute(_CLAIM, [{"row": row.id} for row in rows])
        return rows

    def captured(self, row_id: int, stored: Stored, robots: str | None = None) -> None:
        """The row's bytes are safe at `stored.location`. The caller commits."""
        told = {"status": stored.status, "media_type": stored.media_type, "spared": stored.spared, "copy": robots}
        self._connection.execute(_CAPTURED, {"row": row_id, **asdict(stored.location), **told})

    def name(self, source: str, identities: Iterable[str]) -> None:
        """The source names these URLs, by their identities. The caller commits."""
        rest = iter(identities)
        while some := list(islice(rest, _AT_ONCE)):
            self._connection.execute(_NAME, [{"fingerprint": fingerprint(one), "source": source} for one in some])

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
        new = self.add(found, row)
        self.name(row.source, named)
        self._connection.execute(
            _DONE, {"row": row.id, "to": end, "why": _whole(reason), "what": detail, "copy": row.robots}
        )
        return new

    def retry(self, row: Row, due: float, reason: str) -> None:
        """Back into the queue, not before `due` (seconds since 1970). The caller commits."""
        self._connection.execute(_RETRY, {"row": row.id, "at": due, "why": _whole(reason)})

    def postpone(self, row: Row, due: float) -> None:
        """Back into the queue, not tried, not before `due` (seconds since 1970). The caller commits."""
        self._connection.execute(_POSTPONE, {"row": row.id, "at": due, "tried": row.tries})

    def release(self, latest: float = math.inf) -> None:
        """On start: what was in flight when the last process ended goes back to the queue. What is due after `latest`
        was put off by a clock that has been set back since, and is due now.
        """
        self._connection.execute(sa.update(_urls).where(_urls.c.due > latest).values(due=0.0))
        self._connection.execute(sa.update(_urls).where(_urls.c.state == State.IN_FLIGHT).values(state=State.QUEUED))
        self._connection.commit()

    def reopen(self, end: End, reason: str) -> None:
        """On start: what ended so, for a reason that begins so, waits again."""
        ended = _urls.c.end == end, _urls.c.reason.startswith(reason, autoescape=True)
        self._connection.execute(sa.update(_urls).where(*ended).values(state=State.QUEUED, end=None, reason=None))
        self._connection.commit()

    def in_flight(self) -> list[Row]:
        """On start: what was being fetched when the last process ended."""
        return [_row(r) for r in self._in_state(State.IN_FLIGHT)]

    def unread(self) -> list[Captured]:
        """On start: rows whose bytes are safe and whose links are not in yet."""
        return [Captured(_row(r), Location(r.warc, r.offset, r.length)) for r in self._in_state(State.CAPTURED)]

    def _in_state(self, state: State) -> Iterator[Any]:
        return iter(self._connection.execute(sa.select(_urls).where(_urls.c.state == state).order_by(_urls.c.id)))

    # counting

    def next_due(self, roles: Sequence[Role] = tuple(Role)) -> float | None:
        """When the next waiting URL of these roles is due; None when none waits."""
        waiting = _urls.c.state == State.QUEUED, _urls.c.role.in_([int(role) for role in roles])
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
        with self._engine.connect() as connection:
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
        with self._engine.connect() as connection:
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


_NAME = sqlite.insert(_named).on_conflict_do_nothing()
_ROW = [_urls.c[name] for name in ("id", "url", "role", "source", "tries", "hops", "depth", "robots", "seen", "said")]
_ADDED = sqlite.insert(_urls)
# An address that was too deep by one way is fetched where a shorter one leads to it.
_ADD = _ADDED.on_conflict_do_update(
    index_elements=[_urls.c.fingerprint],
    set_={name: _ADDED.excluded[name] for name in ("role", "source", "state", "end", "reason", "depth", "via")},
    where=sa.and_(
        _urls.c.end == End.LIMIT, _urls.c.reason.startswith(TOO_DEEP, autoescape=True), _ADDED.excluded.end.is_(None)
    ),
)
# An address on another host is out of scope as a link, and fetched where a page embeds it.
_NEED = sqlite.insert(_urls).on_conflict_do_update(
    index_elements=[_urls.c.fingerprint],
    set_={"role": int(Role.REQUISITE), "state": State.QUEUED, "end": None, "reason": None},
    where=_urls.c.end == End.OUT_OF_SCOPE,
)
# What was found and left out is fetched where a redirect leads to it. The rest has its end, or is on its way to one.
_LEAD = _ADDED.on_conflict_do_update(
    index_elements=[_urls.c.fingerprint],
    set_={name: _ADDED.excluded[name] for name in ("role", "source", "state", "end", "reason", "hops", "depth", "via")},
    where=sa.and_(_urls.c.end.in_([End.OUT_OF_SCOPE, End.LIMIT, End.TRAP]), _urls.c.tries == 0),
)
_CLAIM = (
    sa.update(_urls).where(_urls.c.id == sa.bindparam("row")).values(state=State.IN_FLIGHT, tries=_urls.c.tries + 1)
)
_CAPTURED = (
    sa.update(_urls)
    .where(_urls.c.id == sa.bindparam("row"))
    .values(
        state=State.CAPTURED,
        **{name: sa.bindparam(name) for name in ("warc", "offset", "length", "status", "media_type", "spared")},
        robots=sa.bindparam("copy"),
    )
)
_DONE = (
    sa.update(_urls)
    .where(_urls.c.id == sa.bindparam("row"))
    .values(
        state=State.DONE,
        end=sa.bindparam("to"),
        reason=sa.bindparam("why"),
        detail=sa.bindparam("what"),
        robots=sa.bindparam("copy"),
    )
)
_RETRY = (
    sa.update(_urls)
    .where(_urls.c.id == sa.bindparam("row"))
    .values(state=State.QUEUED, due=sa.bindparam("at"), reason=sa.bindparam("why"))
)


def _whole(reason: str | None) -> str | None:
    """Half of a pair of surrogates is no text, and no table takes it: what a site sent may stand in a reason."""
    return None if reason is None else reason.encode("utf-8", "replace").decode()


def leads_deeper(via: Row, found: Found) -> bool:
    """Whether a link counts: from page to page. A listing's pages and a redirect lead no deeper."""
    return via.role is Role.PAGE and not found.deeper


def _short(found: Found) -> Found:
    """An address that is longer than any server takes is a trap; its beginning is kept."""
    if len(found.url) <= LONGEST:
        return found
    why = f"overlong: {len(found.url):,} characters, and more than {LONGEST:,} are never asked for"
    return replace(found, url=found.url[:LONGEST], end=End.TRAP, reason=why, exact=False)


def _row(found: Any) -> Row:
    return Row(
        found.id, found.url, Role(found.role), found.source, found.tries, found.hops, found.depth, found.robots,
        found.seen, found.said,
    )  # fmt: skip


_POSTPONE = (
    sa.update(_urls)
    .where(_urls.c.id == sa.bindparam("row"))
    .values(state=State.QUEUED, due=sa.bindparam("at"), tries=sa.bindparam("tried"))
)


def _durable(connection: Any, _record: Any) -> None:
    """WAL with a sync a commit: what was committed survives a power loss, and readers do not wait."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()
