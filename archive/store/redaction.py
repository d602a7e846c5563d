"""Credentials never enter a record: their values are replaced, visibly, before a request is stored."""

import re

REDACTED = b"[redacted]"
_CREDENTIALS = re.compile(
    rb"(?im)^(authorization|proxy-authorization|cookie)([ \t]*:)(?:[^\n]*\n[ \t])*[^\n]*?(?=\r?\n|\Z)",
)


def redacted(request: bytes) -> bytes:
    """A request with the values of credential headers replaced, and user and password in an absolute-form target."""
    head, blank, body = _partition(request)
    line, end, rest = head.partition(b"\n")
    line = re.sub(rb"(?<=//)[^/?#@ ]*@", REDACTED + b"@", line)
    return line + end + _CREDENTIALS.sub(rb"\1\2 " + REDACTED, rest) + blank + body


def _partition(request: bytes) -> tuple[bytes, bytes, bytes]:
    blank = re.search(rb"\r?\n\r?\n", request)
    if blank is None:
        return request, b"", b""
    return request[: blank.start()], blank[0], request[blank.end() :]
