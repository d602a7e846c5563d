"""The rules of WARC 1.1 about a record's header: what must be there, what must not, and which form a value has.

The rules stand in the standard (ISO 28500:2017) under each field's name. Types and reasons of truncation may be added
by later standards: unknown ones are warnings. WARC 1.0 files may put a target URI in angle brackets, as its grammar
says and wget does.
"""

import re
from collections import Counter
from collections.abc import Iterator

from archive.audit.finding import Finding, error, warning
from archive.audit.record import SIZES, Record, Stated

TYPES = ("warcinfo", "response", "resource", "request", "metadata", "revisit", "conversion", "continuation")
REVISITS = ("identical-payload-digest", "server-not-modified")
_PROFILE = "http://netpreserve.org/warc/1.1/revisit/"

# name: (types that must have it, types that must not)
_RULES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "warc-record-id": (TYPES, ()),
    "content-length": (TYPES, ()),
    "warc-date": (TYPES, ()),
    "warc-concurrent-to": ((), ("warcinfo", "conversion", "continuation")),
    "warc-payload-digest": ((), ("warcinfo",)),
    "warc-ip-address": ((), ("warcinfo", "conversion", "continuation")),
    "warc-refers-to": ((), ("warcinfo", "response", "resource", "request", "continuation")),
    "warc-target-uri": (("response", "resource", "request", "revisit", "conversion", "continuation"), ("warcinfo",)),
    "warc-warcinfo-id": ((), ("warcinfo",)),
    "warc-filename": ((), tuple(kind for kind in TYPES if kind != "warcinfo")),
    "warc-profile": (("revisit",), ()),
    "warc-refers-to-target-uri": ((), tuple(kind for kind in TYPES if kind != "revisit")),
    "warc-refers-to-date": ((), tuple(kind for kind in TYPES if kind != "revisit")),
    "warc-segment-number": (("continuation",), ()),
    "warc-segment-origin-id": (("continuation",), tuple(kind for kind in TYPES if kind != "continuation")),
}
_ONCE = {
    *_RULES,
    "warc-type",
    "content-type",
    "warc-block-digest",
    "warc-truncated",
    "warc-identified-payload-type",
} - {
    "warc-concurrent-to"  # the only one of the standard's that may be repeated
}
_IN_BRACKETS = ("warc-record-id", "warc-concurrent-to", "warc-refers-to", "warc-warcinfo-id", "warc-segment-origin-id")
_BARE = ("warc-target-uri", "warc-refers-to-target-uri", "warc-profile")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>]+\Z")
_DAY_TIME = r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)"
_DATE = {"WARC/1.1": re.compile(_DAY_TIME + r"(?:\.\d{1,9})?Z\Z"), "WARC/1.0": re.compile(_DAY_TIME + r"Z\Z")}
_TRUNCATED = ("length", "time", "disconnect", "unspecified")
_MEND = (
    "the tool that wrote the record breaks the standard: other readers may refuse it; write new ones with another tool"
)


def check(record: Record) -> Iterator[Finding]:
    """What is wrong with a record's header."""
    for rule, detail in _errors(record):
        yield error(record.file, rule, detail, _MEND, offset=record.offset)
    for rule, detail in _warnings(record):
        yield warning(record.file, rule, detail, _MEND, offset=record.offset)


def _errors(record: Record) -> Iterator[tuple[str, str]]:
    kind = record.type
    names = Counter(name for name, _ in record.headers)
    if not record.type:
        yield "header-missing", "a record needs WARC-Type"
    for name, (needed, forbidden) in _RULES.items():
        if (kind in needed or needed is TYPES) and not names[name]:
            yield "header-missing", f"a {kind or 'WARC'} record needs {_title(name)}"
        if kind in forbidden and names[name]:
            yield "header-forbidden", f"a {kind} record must not have {_title(name)}"
    for name in names:
        if names[name] > 1 and name in _ONCE:
            yield "header-repeated", f"{_title(name)} is there {names[name]} times"
    for name, value in record.headers:
        if name in _IN_BRACKETS and not (value[:1] == "<" and value[-1:] == ">" and _URI.match(value[1:-1])):
            yield "header-brackets", f"{_title(name)} is not a URI in angle brackets: {value[:80]!r}"
        elif name in _BARE and not _URI.match(value.strip("<>") if record.version == "WARC/1.0" else value):
            yield "header-uri", f"{_title(name)} is not a bare URI: {value[:80]!r}"
        elif name in ("warc-date", "warc-refers-to-date") and not _DATE[record.version].match(value):
            yield "header-date", f"{_title(name)} is not a UTC time of {record.version}: {value[:40]!r}"
        elif name in ("warc-block-digest", "warc-payload-digest") and not _readable(Stated(value)):
            yield "header-digest", f"{_title(name)} has not the form of its algorithm: {value[:100]!r}"
    if record.type == "revisit":
        yield from _revisit(record)


def _revisit(record: Record) -> Iterator[tuple[str, str]]:
    kind = (record.header("warc-profile") or "").rpartition("/")[2]
    if kind != "identical-payload-digest":
        return
    if record.header("warc-payload-digest") is None:
        yield "header-missing", "an identical-payload-digest revisit needs WARC-Payload-Digest"
    if not record.has_body and record.block_length and record.header("warc-truncated") != "length":
        yield "header-missing", "a revisit that leaves its body out needs WARC-Truncated: length"


def _warnings(record: Record) -> Iterator[tuple[str, str]]:
    if record.type and record.type not in TYPES:
        yield "header-type", f"WARC-Type is {record.type!r}, none of the standard's: readers skip the record"
    truncated = record.header("warc-truncated")
    if truncated is not None and truncated not in _TRUNCATED:
        yield "header-truncated", f"WARC-Truncated is {truncated!r}, none of {', '.join(_TRUNCATED)}"
    profile = record.header("warc-profile") or ""
    known = not profile or record.version != "WARC/1.1" or profile in [_PROFILE + kind for kind in REVISITS]
    if record.type == "revisit" and not known:
        yield "header-profile", f"WARC-Profile is not one of WARC 1.1's two: {profile[:80]!r}"
    if record.block_length and record.header("content-type") is None and record.type not in ("continuation", ""):
        yield "header-content-type", "a block without Content-Type: readers must guess what it is"
    for name in ("warc-block-digest", "warc-payload-digest"):
        value = record.header(name)
        if value is None:
            continue
        stated = Stated(value)
        if stated.algorithm and stated.algorithm not in SIZES:
            yield "digest-unknown", f"{_title(name)} is by {stated.algorithm!r}, which cannot be checked here"
        elif stated.bytes is not None and not _canonical(stated):
            yield (
                "digest-spelling",
                f"{_title(name)} should be Base16 in lower case, or Base32 for SHA-1: {value[:100]!r}",
            )


def _readable(stated: Stated) -> bool:
    return bool(stated.algorithm) and bool(stated.value) and (stated.algorithm not in SIZES or stated.bytes is not None)


def _canonical(stated: Stated) -> bool:
    """The usual spelling: SHA-1 in upper-case Base32, all others in lower-case Base16 (warc-specifications issues 48
    and 80).
    """
    if stated.algorithm == "sha1" and len(stated.value) == 32:
        return stated.value.isupper()
    return stated.value == stated.value.lower() and len(stated.value) == SIZES[stated.algorithm] * 2


def _title(name: str) -> str:
    """A header's name as the standard writes it."""
    return "-".join(
        {"warc": "WARC", "id": "ID", "ip": "IP", "uri": "URI"}.get(part, part.capitalize()) for part in name.split("-")
    )
