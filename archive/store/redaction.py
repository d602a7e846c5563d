"""Credentials never enter a record: their values are replaced, visibly, before a request is stored."""

import re
from collections.abc import Iterable
from functools import lru_cache

REDACTED = b"[redacted]"
_NAMES = ("authorization", "proxy-authorization", "cookie")


def redacted(request: bytes, more: Iterable[str] = ()) -> bytes:
    """A request with the values of credential headers replaced, those named in `more` too, and user and password in an
    absolute-form target.
    """
    head, blank, body = _partition(request)
    line, end, rest = head.partition(b"\n")
    line = re.sub(rb"(?<=//)[^/?#@ ]*@", REDACTED + b"@", line)
    return line + end + _fields((*_NAMES, *more)).sub(rb"\1\2 " + REDACTED, rest) + blank + body


@lru_cache(maxsize=64)
def _fields(names: tuple[str, ...]) -> re.Pattern[bytes]:
    """The fields of those names, with folded lines."""
    either = b"|".join(re.escape(name.encode("latin-1")) for name in names)
    return re.compile(rb"(?im)^(" + either + rb")([ \t]*:)(?:[^\n]*\n[ \t])*[^\n]*?(?=\r?\n|\Z)")


def _partition(request: bytes) -> tuple[bytes, bytes, bytes]:
    blank = re.search(rb"\r?\n\r?\n", request)
    if blank is None:
        return request, b"", b""
    return request[: blank.start()], blank[0], request[blank.end() :]
