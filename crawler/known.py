"""What earlier crawls knew of URLs, in the frontier's table: those that are not due are there too, as ended, and can be
woken. Every method is a part of its caller's transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntFlag

import sqlalchemy as sa

from crawler.frontier import End, Found, Frontier, Role, State, fingerprint, spelling
from crawler.frontier.statements import BY, nothing
from crawler.frontier.table import NAMED
from crawler.frontier.table import URLS as urls


class Mark(IntFlag):
    """What is to be remembered of a URL that earlier crawls knew."""

    NAMED_BEFORE = 1  # by a sitemap, at the crawl before
    ABSENT = 2  # it was not there when it was last asked for


@dataclass(frozen=True, slots=True)
class Known:
    """A URL of earlier crawls as a new one begins with it: waiting, or `reason` why it is not due."""

    url: str
    canonical: str
    role: Role
    source: str
    seen: str | None
    said: str | None = None
    modified: str | None = None
    marks: int = 0  # Mark
    end: End | None = None
    reason: str | None = None
    detail: str | None = None


def _shifted(moment: str | None, by: timedelta) -> str:
    """A time such as `2026-11-23T10:00:00Z`, later."""
    if not moment:
        return ""
    return (datetime.fromisoformat(moment) + by).strftime("%Y-%m-%dT%H:%M:%SZ")


class KnownUrls:
    """The known URLs of a frontier."""

    def __init__(self, frontier: Frontier) -> None:
        self._frontier = frontier

    def know(self, known: Iterable[Known]) -> None:
        """Put in URLs of earlier crawls. One whose identity another spelling has taken goes by its own spelling. The
        caller commits.
        """
        some = list(known)
        prints = [fingerprint(one.canonical) for one in some]
        spelled = sa.select(urls.c.fingerprint, urls.c.url).where(urls.c.fingerprint.in_(prints))
        taken = {row[0]: row[1] for row in self._frontier.run(spelled)}
        rows = []
        for one, print_ in zip(some, prints, strict=True):
            own = taken.setdefault(print_, one.url) == one.url
            rows.append({
                "fingerprint": print_ if own else fingerprint(spelling(one.url)), "url": one.url, "role": int(one.role),
                "source": one.source, "end": one.end, "reason": one.reason,
                "state": State.DONE if one.end else State.QUEUED, "seen": one.seen, "said": one.said,
                "modified": one.modified, "marks": one.marks, "detail": one.detail,
            })  # fmt: skip
        self._frontier.put(rows, nothing)

    def url_of(self, identity: str) -> str | None:
        """The spelling under which an identity is in the table."""
        found = sa.select(urls.c.url).where(urls.c.fingerprint == fingerprint(identity))
        spelled: str | None = self._frontier.run(found).scalar_one_or_none()
        return spelled

    def wake(self, identities: Iterable[str], why: str, absent: bool = False) -> int:
        """Known URLs that are not due are to be fetched after all; with `absent`, those alone that were not there when
        they were last asked for. Returns how many.
        """
        rows = [{"print": fingerprint(identity), "why": why} for identity in identities]
        return self._frontier.changes(
            _WAKE.where(urls.c.marks.op("&")(int(Mark.ABSENT)) != 0) if absent else _WAKE, rows
        )

    def changed(self, found: Iterable[Found], slack: timedelta, latest: str) -> int:
        """Notes when sources say that URLs changed, and wakes those that did after they were seen, or after they are
        said to have changed before: a clock may be wrong by `slack`, and a time after `latest` says nothing of when.
        Returns how many woke.
        """
        told = [one for one in found if one.modified]
        woken = self._frontier.changes(
            _WAKE_CHANGED,
            [
                {
                    "print": fingerprint(one.canonical),
                    "at": one.modified,
                    "late": _shifted(one.modified, slack) if str(one.modified) <= latest else "",
                }
                for one in told
            ],
        )
        if told:
            self._frontier.changes(_NOTE, [{"print": fingerprint(one.canonical), "at": one.modified} for one in told])
        return woken

    def wake_unnamed(self, why: str) -> int:
        """Wakes what a sitemap named at the crawl before, and none names now; nothing where none names anything."""
        sitemap = NAMED.c.source.startswith("sitemap:", autoescape=True)
        now = sa.select(NAMED.c.source).where(NAMED.c.fingerprint == urls.c.fingerprint, sitemap).exists()
        before = urls.c.marks.op("&")(int(Mark.NAMED_BEFORE)) != 0
        unnamed = sa.update(urls).where(*_IDLE, before, ~now, sa.select(NAMED.c.source).where(sitemap).exists())
        return self._frontier.changes(
            unnamed.values(state=State.QUEUED, end=None, reason=sa.bindparam("why"), **BY), [{"why": why}]
        )

    def says_new(self, identities: Iterable[str]) -> bool:
        """Whether one of these was not known before this crawl, and is one to be fetched."""
        new = sa.select(urls.c.id).where(
            urls.c.fingerprint == sa.bindparam("print"),
            urls.c.seen.is_(None),
            sa.or_(urls.c.end.is_(None), urls.c.end == End.ARCHIVED),
        )
        return any(
            self._frontier.run(new, {"print": fingerprint(identity)}).first() is not None for identity in identities
        )

    def waits(self, role: Role) -> bool:
        """Whether a URL of this role is not done."""
        waiting = sa.select(urls.c.id).where(urls.c.role == int(role), urls.c.state != State.DONE).limit(1)
        return self._frontier.run(waiting).first() is not None

    def idle(self) -> dict[Role, int]:
        """How many known URLs were not asked for, by role."""
        rows = self._frontier.run(sa.select(urls.c.role, sa.func.count()).where(*_IDLE).group_by(urls.c.role))
        return {Role(row[0]): int(row[1]) for row in rows}


_IDLE = (urls.c.state == State.DONE, urls.c.end == End.UNCHANGED, urls.c.tries == 0)
_WAKE = (
    sa.update(urls)
    .where(urls.c.fingerprint == sa.bindparam("print"), *_IDLE)
    .values(state=State.QUEUED, end=None, reason=sa.bindparam("why"), **BY)
)
_WAKE_CHANGED = (
    sa.update(urls)
    .where(
        urls.c.fingerprint == sa.bindparam("print"),
        *_IDLE,
        sa.or_(sa.bindparam("at") > urls.c.modified, sa.bindparam("late") > urls.c.seen),
    )
    .values(state=State.QUEUED, end=None, reason=sa.literal("a source says that it changed"), **BY)
)
_NOTE = (
    sa.update(urls)
    .where(
        urls.c.fingerprint == sa.bindparam("print"),
        sa.or_(urls.c.modified.is_(None), urls.c.modified < sa.bindparam("at")),
    )
    .values(modified=sa.bindparam("at"), **BY)
)
