"""What the frontier says to its table. Every change names who made it: `by_owner` and `by_fence` (lease.py)."""

from typing import Any

import sqlalchemy as sa

from crawler.frontier.table import URLS
from crawler.frontier.words import TOO_DEEP, End, Role, State

BY: dict[str, Any] = {"owner": sa.bindparam("by_owner"), "fence": sa.bindparam("by_fence")}
# A constant: with a parameter in its place, no index of what waits is used by a plan that is kept.
WAITING = URLS.c.state == sa.literal_column(f"'{State.QUEUED}'")
_THIS = URLS.c.id == sa.bindparam("row")

ROW = [URLS.c[name] for name in ("id", "url", "role", "source", "tries", "hops", "depth", "robots", "seen", "said")]
CLAIM = (
    sa.update(URLS)
    .where(URLS.c.id.in_(sa.bindparam("rows", expanding=True)))
    .values(state=State.IN_FLIGHT, tries=URLS.c.tries + 1, **BY)
)
_KEPT: dict[str, Any] = {
    name: sa.bindparam(name) for name in ("warc", "offset", "length", "status", "media_type", "spared")
}
_ENDED: dict[str, Any] = {"end": sa.bindparam("to"), "reason": sa.bindparam("why"), "detail": sa.bindparam("what")}
_LET: dict[str, Any] = {"robots": sa.bindparam("copy")}
CAPTURED = sa.update(URLS).where(_THIS).values(state=State.CAPTURED, **_KEPT, **_LET, **BY)
DONE = sa.update(URLS).where(_THIS).values(state=State.DONE, **_ENDED, **_LET, **BY)
CAPTURED_AND_DONE = sa.update(URLS).where(_THIS).values(state=State.DONE, **_KEPT, **_ENDED, **_LET, **BY)
RETRY = (
    sa.update(URLS).where(_THIS).values(state=State.QUEUED, due=sa.bindparam("at"), reason=sa.bindparam("why"), **BY)
)
POSTPONE = (
    sa.update(URLS).where(_THIS).values(state=State.QUEUED, due=sa.bindparam("at"), tries=sa.bindparam("tried"), **BY)
)
# Back into the queue, as if it had never been asked for: its bytes are not in the collection.
UNDO = (
    sa.update(URLS)
    .where(URLS.c.warc == sa.bindparam("lost"))
    .values(state=State.QUEUED, due=0.0, end=None, warc=None, offset=None, length=None, detail=None, **BY)
)


CHANGEABLE = (End.LIMIT, End.OUT_OF_SCOPE, End.TRAP)  # ends that what is found later may take back, as below
_CHANGEABLE = sa.or_(*(URLS.c.end == end for end in CHANGEABLE))  # IN has another text for each number of values
SETTLED = sa.or_(URLS.c.end.is_(None), ~_CHANGEABLE)  # none of the conflicts below changes such a row


def nothing(insert: Any) -> Any:
    """What is there stays as it is."""
    return insert.on_conflict_do_nothing()


def add(insert: Any) -> Any:
    """An address that was too deep by one way is fetched where a shorter one leads to it."""
    new = insert.excluded
    names = ("role", "source", "state", "end", "reason", "depth", "via", "owner", "fence")
    too_deep = URLS.c.end == End.LIMIT, URLS.c.reason.startswith(TOO_DEEP, autoescape=True)
    return insert.on_conflict_do_update(
        index_elements=[URLS.c.fingerprint],
        set_={name: new[name] for name in names},
        where=sa.and_(*too_deep, new.end.is_(None)),
    )


def lead(insert: Any) -> Any:
    """What was found and left out is fetched where a redirect leads to it. The rest has its end, or is on its way to
    one.
    """
    names = ("role", "source", "state", "end", "reason", "hops", "depth", "via", "owner", "fence")
    return insert.on_conflict_do_update(
        index_elements=[URLS.c.fingerprint],
        set_={name: insert.excluded[name] for name in names},
        where=sa.and_(_CHANGEABLE, URLS.c.tries == 0),
    )


def need(insert: Any) -> Any:
    """An address on another host is out of scope as a link, and fetched where a page embeds it."""
    mine = {name: insert.excluded[name] for name in ("owner", "fence")}
    return insert.on_conflict_do_update(
        index_elements=[URLS.c.fingerprint],
        set_={"role": int(Role.REQUISITE), "state": State.QUEUED, "end": None, "reason": None, **mine},
        where=URLS.c.end == End.OUT_OF_SCOPE,
    )
