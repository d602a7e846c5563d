"""Whether a frontier's tables hold what a crawl writes, and nothing else.

SQLite takes any value in any column: a file that was tampered with may hold bytes for an address, or a state that there
is none of. Nothing of it is ever run, but a crawl that meets it halfway would end in a fault of the program.
"""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from crawler.frontier.words import End, Role, State

_CRAWL = re.compile("[0-9]{14}")  # it names a folder
_SHOWN = 60  # characters of a value


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


_WRONG = [
    f"role NOT IN ({', '.join(str(int(role)) for role in Role)})",
    f"state NOT IN ({_listed(State)})",
    f'"end" IS NOT NULL AND "end" NOT IN ({_listed(End)})',
    "url NOT LIKE 'http://_%' AND url NOT LIKE 'https://_%'",
    "url LIKE :blank OR url LIKE :newline OR url LIKE :return",
    "state = 'captured' AND (warc IS NULL OR \"offset\" IS NULL OR length IS NULL)",
    "warc LIKE '%/%'",
]
_SIGNS = {"blank": "% %", "newline": "%\n%", "return": "%\r%"}


def problem(connection: sa.Connection, mistyped: Sequence[str]) -> str | None:
    """What is wrong, in a few words; None where nothing is. One pass over the table, a second for a million rows.
    `mistyped` are conditions of rows that hold values of another type than their columns'.
    """
    wrong = " OR ".join(f"({one})" for one in (*mistyped, *_WRONG))
    row = connection.execute(
        sa.text(f"SELECT id, substr(url, 1, {_SHOWN}) FROM urls WHERE {wrong} LIMIT 1"), _SIGNS
    ).first()
    if row is not None:
        return f"row {ascii(row[0])[:_SHOWN]}: {row[1]!a}"
    facts = connection.execute(sa.text("SELECT name, value FROM facts"))
    return next(filter(None, (_of_fact(*fact) for fact in facts)), None)


def _of_fact(name: Any, value: Any) -> str | None:
    shown = f"fact {ascii(name)[:_SHOWN]}: {ascii(value)[:_SHOWN]}"
    if not isinstance(name, str) or not isinstance(value, str):
        return shown
    if name == "crawl" and not _CRAWL.fullmatch(value):
        return shown
    if name in ("sources", "settings"):
        try:
            whole = isinstance(json.loads(value), dict)
        except (ValueError, RecursionError):
            whole = False
        return None if whole else shown
    return None
