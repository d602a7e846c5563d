"""The rules of WARC 1.1 about a record's header: what must be there, what must not, and which form a value has.

The rules stand in the standard (ISO 28500:2017) under each field's name. Types and reasons of truncation may be added
by later standards: unknown ones are warnings. WARC 1.0 files may put a target URI in angle brackets, as its grammar
says and wget does.
"""

import ipaddress
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from archive.audit.finding import Finding, Level, error, warning
from archive.audit.record import WRITER, Record
from archive.audit.standard import title
from archive.audit.stated import SIZES, Stated

TYPES = ("warcinfo", "response", "resource", "request", "metadata", "revisit", "conversion", "continuation")
REVISITS = ("identical-payload-digest", "server-not-modified")
_PROFILES = {
    "WARC/1.1": tuple(f"http://netpreserve.org/warc/1.1/revisit/{kind}" for kind in REVISITS),
    "WARC/1.0": (
        *(f"http://netpreserve.org/warc/1.0/revisit/{kind}" for kind in REVISITS),
        *(f"http://netpreserve.org/warc/1.0/{kind}" for kind in REVISITS),  # so in the standard's own example
    ),
}

# name: (types that must have it, types that must not)
_RULES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "warc-type": (TYPES, ()),
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
    "warc-segment-total-length": ((), tuple(kind for kind in TYPES if kind != "continuation")),
    "warc-segment-origin-id": (("continuation",), tuple(kind for kind in TYPES if kind != "continuation")),
}
_ONCE = {
    *_RULES,
    "content-type",
    "warc-block-digest",
    "warc-truncated",
    "warc-identified-payload-type",
} - {
    "warc-concurrent-to"  # the only one of the standard's that may be repeated
}
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>]+\Z")
_DAY_TIME = r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)"
_DATE = {"WARC/1.1": re.compile(_DAY_TIME + r"(?:\.\d{1,9})?Z\Z"), "WARC/1.0": re.compile(_DAY_TIME + r"Z\Z")}
_TRUNCATED = ("length", "time", "disconnect", "unspecified")


class Broken(NamedTuple):
    """A rule that a header breaks."""

    rule: str
    detail: str
    about: str | None  # the field's name in lower case
    level: Level = Level.ERROR


def check(record: Record) -> list[Finding]:
    """What is wrong with a record's header."""
    broken = [] if record.head is None else list(_fields(record))
    if record.block_length and "content-type" not in record.first and record.type not in ("continuation", ""):
        detail = "a block without Content-Type: readers must guess what it is"
        broken.append(Broken("header-content-type", detail, "content-type", Level.WARNING))
    if record.type == "revisit":
        broken += _revisit(record)
    return [_told(record, one) for one in broken] if broken else []


def _told(record: Record, broken: Broken) -> Finding:
    tell = error if broken.level is Level.ERROR else warning
    return tell(record.file, broken.rule, broken.detail, WRITER, offset=record.offset, about=broken.about)


def _fields(record: Record) -> Iterator[Broken]:
    """What is wrong with the header alone."""
    yield from _names(record.type, tuple([name for name, _ in record.headers]))
    version = record.version
    for name, value in record.headers:
        form = _FORMS.get(name)
        if form is not None:
            broken = form(name, value, version)
            if broken is not None:
                yield broken
    for name, stated in record.stated.items():
        broken = _digest(f"warc-{name}-digest", stated)
        if broken is not None:
            yield broken


@lru_cache(maxsize=1024)  # a crawler writes few different sets of fields
def _names(kind: str, names: tuple[str, ...]) -> tuple[Broken, ...]:
    """What is wrong with which fields are there."""
    found: list[Broken] = []
    counts = Counter(names)
    for name, (needed, forbidden) in _RULES.items():
        if (kind in needed or needed is TYPES) and not counts[name]:
            detail = f"a {kind or 'WARC'} record needs {title(name)}"
            found.append(Broken("header-missing", detail, name))
        if kind in forbidden and counts[name]:
            found.append(Broken("header-forbidden", f"a {kind} record must not have {title(name)}", name))
    for name, count in counts.items():
        if count > 1 and name in _ONCE:
            found.append(Broken("header-repeated", f"{title(name)} is there {count} times", None))
    if kind and kind not in TYPES:
        detail = f"WARC-Type is {kind!r}, none of the standard's: readers skip the record"
        found.append(Broken("header-type", detail, "warc-type", Level.WARNING))
    return tuple(found)


def _in_brackets(name: str, value: str, version: str) -> Broken | None:
    if value[:1] == "<" and value[-1:] == ">" and _URI.match(value, 1, len(value) - 1):
        return None
    return Broken("header-brackets", f"{title(name)} is not a URI in angle brackets: {value[:80]!r}", name)


def _bare(name: str, value: str, version: str) -> Broken | None:
    if _URI.match(value.strip("<>") if version == "WARC/1.0" else value):
        return None
    return Broken("header-uri", f"{title(name)} is not a bare URI: {value[:80]!r}", name)


def _date(name: str, value: str, version: str) -> Broken | None:
    if _DATE[version].match(value):
        return None
    return Broken("header-date", f"{title(name)} is not a UTC time of {version}: {value[:40]!r}", name)


@lru_cache(maxsize=1024)
def _address(name: str, value: str, version: str) -> Broken | None:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return Broken("header-ip", f"{title(name)} is not an address in digits: {value[:60]!r}", name)
    return None


def _number(name: str, value: str, version: str) -> Broken | None:
    if value.isascii() and value.isdigit() and len(value) <= 18:
        return None
    return Broken("header-number", f"{title(name)} is not a number: {value[:40]!r}", name)


def _truncated(name: str, value: str, version: str) -> Broken | None:
    if value in _TRUNCATED:
        return None
    detail = f"WARC-Truncated is {value!r}, none of {', '.join(_TRUNCATED)}"
    return Broken("header-truncated", detail, name, Level.WARNING)


def _profile(name: str, value: str, version: str) -> Broken | None:
    broken = _bare(name, value, version)
    if broken is not None or value.strip("<>") in _PROFILES[version]:
        return broken
    detail = f"WARC-Profile is not one of {version}'s two: {value[:80]!r}"
    return Broken("header-profile", detail, name, Level.WARNING)


_FORMS: dict[str, Callable[[str, str, str], Broken | None]] = {
    "warc-record-id": _in_brackets,
    "warc-concurrent-to": _in_brackets,
    "warc-refers-to": _in_brackets,
    "warc-warcinfo-id": _in_brackets,
    "warc-segment-origin-id": _in_brackets,
    "warc-target-uri": _bare,
    "warc-refers-to-target-uri": _bare,
    "warc-profile": _profile,
    "warc-date": _date,
    "warc-refers-to-date": _date,
    "warc-ip-address": _address,
    "warc-truncated": _truncated,
    "warc-segment-number": _number,
    "warc-segment-total-length": _number,
}


def _digest(name: str, stated: Stated) -> Broken | None:
    """What is wrong with the form of a digest.

    The usual spelling is SHA-1 in upper-case Base32, all others in lower-case Base16 (warc-specifications issues 48 and
    80).
    """
    if not stated.algorithm or not stated.value or (stated.algorithm in SIZES and stated.bytes is None):
        detail = f"{title(name)} has not the form of its algorithm: {stated.text[:100]!r}"
        return Broken("header-digest", detail, name)
    if stated.algorithm not in SIZES:
        detail = f"{title(name)} is by {stated.algorithm!r}, which cannot be checked here"
        return Broken("digest-unknown", detail, name, Level.WARNING)
    value = stated.value
    if stated.algorithm == "sha1" and len(value) == 32:
        usual = value.isupper()
    else:
        usual = value == value.lower() and len(value) == SIZES[stated.algorithm] * 2
    if usual:
        return None
    detail = f"{title(name)} should be Base16 in lower case, or Base32 for SHA-1: {stated.text[:100]!r}"
    return Broken("digest-spelling", detail, name, Level.WARNING)


def _revisit(record: Record) -> Iterator[Broken]:
    kind = (record.header("warc-profile") or "").strip("<>").rpartition("/")[2]
    if kind != "identical-payload-digest":
        return
    if record.header("warc-payload-digest") is None:
        detail = "an identical-payload-digest revisit needs WARC-Payload-Digest"
        yield Broken("header-missing", detail, "warc-payload-digest")
    if not record.has_body and record.block_length and record.header("warc-truncated") != "length":
        detail = "a revisit that leaves its body out should say WARC-Truncated: length"
        yield Broken("revisit-truncated", detail, None, Level.WARNING)
