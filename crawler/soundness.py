"""Whether a frontier's tables hold what a crawl writes, and nothing else.

SQLite takes any value in any column: a file that was tampered with may hold bytes for an address, or a state that there
is none of. Nothing of it is ever run, but a crawl that meets it halfway would end in a fault of the program.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

_INTEGERS = ("id", "role", "tries", "hops", "depth")
_TEXTS = ("url", "source", "state")
_MAY_BE_MISSING = {
    "robots": "text",
    "reason": "text",
    "detail": "text",
    "warc": "text",
    "offset": "integer",
    "length": "integer",
    "seen": "text",
    "said": "text",
    "modified": "text",
    "marks": "integer",
}
_CRAWL = re.compile("[0-9]{14}")  # it names a folder
_SHOWN = 60  # characters of a value


def problem(connection: Any, roles: Sequence[int], states: Sequence[str], ends: Sequence[str]) -> str | None:
    """What is wrong, in a few words; None where nothing is. One pass over the table, a second for a million rows."""
    wrong = [
        *(f"typeof({name}) != 'integer'" for name in _INTEGERS),
        *(f"typeof({name}) != 'text'" for name in _TEXTS),
        *(f"typeof(\"{name}\") NOT IN ('null', '{kind}')" for name, kind in _MAY_BE_MISSING.items()),
        "typeof(due) NOT IN ('real', 'integer')",
        f"role NOT IN ({', '.join(str(int(role)) for role in roles)})",
        f"state NOT IN ({_listed(states)})",
        f'"end" IS NOT NULL AND "end" NOT IN ({_listed(ends)})',
        "url NOT LIKE 'http://_%' AND url NOT LIKE 'https://_%'",
        "instr(url, char(10)) OR instr(url, char(13)) OR instr(url, ' ')",
        "state = 'captured' AND (warc IS NULL OR \"offset\" IS NULL OR length IS NULL)",
    ]
    row = connection.exec_driver_sql(
        f"SELECT id, quote(substr(url, 1, {_SHOWN})) FROM urls WHERE {' OR '.join(f'({one})' for one in wrong)} LIMIT 1"
    ).first()
    if row is not None:
        return f"row {ascii(row[0])[:_SHOWN]}: {row[1]!a}"
    return next(filter(None, (_of_fact(*fact) for fact in connection.exec_driver_sql("SELECT * FROM facts"))), None)


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


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
