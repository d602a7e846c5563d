"""Headers as nearly all records have them: the fields of a record before, in its order, each value in its usual form.

One pattern reads such a header whole, and it breaks no rule: what is usual is a part of what the rules allow. All other
headers are read line by line and held against the rules, which is several times slower; of those that break none, the
pattern is learnt.
"""

import re

_MOST = (
    32  # patterns: a crawler writes fewer sets of fields; those of a folder of many crawlers beyond these take longer
)

# a URI, and digits, as the rules have them, in ASCII alone; lengths and dates of the standard's grammar
_URI = r"[A-Za-z][A-Za-z0-9+.-]*:[!-;=?-~]+"
_DAY_TIME = r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)"
_BYTE = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_NUMBER = r"\d{1,18}"
_DIGEST = r"sha256:[0-9a-f]{64}|sha1:[A-Z2-7]{32}|md5:[0-9a-f]{32}|sha512:[0-9a-f]{128}"
_FORMS = {
    "warc-record-id": f"<{_URI}>",
    "warc-concurrent-to": f"<{_URI}>",
    "warc-refers-to": f"<{_URI}>",
    "warc-warcinfo-id": f"<{_URI}>",
    "warc-target-uri": _URI,
    "warc-refers-to-target-uri": _URI,
    "warc-ip-address": rf"{_BYTE}(?:\.{_BYTE}){{3}}",
    "warc-truncated": "length|time|disconnect|unspecified",
    "warc-block-digest": _DIGEST,
    "warc-payload-digest": _DIGEST,
    "content-length": _NUMBER,
}
_LITERAL = ("warc-type", "warc-profile")  # few values, which other fields hang on
_UNUSUAL = ("warc-segment-number", "warc-segment-origin-id", "warc-segment-total-length")
_ANY = r"[!-~](?:[ -~]*[!-~])?"
_DATES = {"WARC/1.1": _DAY_TIME + r"(?:\.\d{1,9})?Z", "WARC/1.0": _DAY_TIME + "Z"}

_known: list["Shape"] = []


class Shape:
    """The fields of a header, in order, and the pattern that reads it."""

    def __init__(self, version: str, fields: list[tuple[str, str]]) -> None:
        """`fields` as they are spelled, with an example's values."""
        self.version = version
        self.names = tuple([name.lower() for name, _ in fields])
        dates = dict.fromkeys(("warc-date", "warc-refers-to-date"), _DATES[version])
        values = [
            re.escape(value) if name in _LITERAL else (_FORMS | dates).get(name, _ANY)
            for name, (_, value) in zip(self.names, fields, strict=True)
        ]
        lines = [f"{re.escape(name)}: ({form})\r\n" for (name, _), form in zip(fields, values, strict=True)]
        self.values = re.compile(f"{version}\r\n{''.join(lines)}\r\n", re.ASCII).fullmatch


def usual(head: bytes) -> tuple[Shape, tuple[str, ...]] | None:
    """The values of a header, with its blank line, that is like one that was learnt: it breaks no rule of a header."""
    text = head.decode("latin-1")
    for shape in _known:
        found = shape.values(text)
        if found is not None:
            return shape, found.groups()
    return None


def learn(head: bytes, version: str, headers: list[tuple[str, str]]) -> None:
    """Takes a header that breaks no rule as an example; `headers` is what was read from it, names in lower case."""
    if len(_known) >= _MOST or any(name in _UNUSUAL for name, _ in headers):
        return
    text = head.decode("latin-1")
    fields = [(name, value) for name, _, value in (line.partition(": ") for line in text[10:-4].split("\r\n"))]
    if [(name.lower(), value) for name, value in fields] == headers:
        shape = Shape(version, fields)
        if shape.values(text):
            _known.append(shape)
