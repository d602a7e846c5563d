"""The rules of a robots.txt as RFC 9309 says: which line allows or forbids a URL.

Not protego: a decision is kept with the line that made it, groups are found by the whole product token (2.2.1), and
octets are compared as 2.2.2 says. The misspellings that Google's own parser forgives are forgiven.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import quote_from_bytes

MAX_BYTES = 500 * 1024  # 2.5: at least so much must be parsed
_MOST_SITEMAPS = 1000
_LONGEST_TEXT = 300  # characters of a rule that are told

_LINE_END = re.compile(r"\r\n|\r|\n")
_TOKEN = re.compile(r"[A-Za-z_-]+")
_AGENT, _ALLOW, _DISALLOW, _DELAY, _SITEMAP = range(5)
_FIELDS = {
    **dict.fromkeys(("user-agent", "useragent", "user agent"), _AGENT),
    "allow": _ALLOW,
    **dict.fromkeys(("disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"), _DISALLOW),
    **dict.fromkeys(("crawl-delay", "crawl delay", "crawldelay"), _DELAY),
    **dict.fromkeys(("sitemap", "site-map"), _SITEMAP),
}

# 2.2.2: an encoded unreserved character is decoded, all that is not unreserved is encoded, so that both spellings of a
# reserved one are the same; but for the path's slashes and the query's mark, which are no data.
_ODD = re.compile(r"%[0-9A-Fa-f]{2}|[^A-Za-z0-9._~/?*$-]")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


class Rule(NamedTuple):
    """One line that allows or forbids."""

    line: int  # from 1
    allow: bool
    text: str  # as the file has it
    octets: int  # of its pattern: the most specific one decides, and of two an Allow


class _Wild(NamedTuple):
    rule: Rule
    parts: tuple[str, ...]  # what stands between the stars
    ends: bool  # with $


@dataclass(slots=True)
class _Group:
    named: bool = False
    lines: list[tuple[int, bool, str]] = field(default_factory=list)
    delay: float = 0.0


class Rules:
    """What one file says to one crawler."""

    def __init__(self, group: _Group, sitemaps: tuple[str, ...] = ()) -> None:
        self.delay = group.delay  # seconds of Crawl-delay, which is no part of the RFC; 0 where none is asked for
        self.sitemaps = sitemaps
        self._starts: dict[str, Rule] = {}
        self._wholes: dict[str, Rule] = {}
        self._wild: list[_Wild] = []
        for line, allow, value in group.lines:
            self._add(line, allow, value)
        self._lengths = sorted({len(start) for start in self._starts}, reverse=True)
        self._wild.sort(key=lambda one: (one.rule.octets, one.rule.allow), reverse=True)

    def _add(self, line: int, allow: bool, value: str) -> None:
        ends = value.endswith("$")
        pattern = _spelled(value[:-1] if ends else value).replace("$", "%24")
        rule = Rule(line, allow, f"{'Allow' if allow else 'Disallow'}: {value}"[:_LONGEST_TEXT], len(pattern) + ends)
        if "*" in pattern:
            self._wild.append(_Wild(rule, tuple(re.split(r"\*+", pattern)), ends))
            return
        known = self._wholes if ends else self._starts
        before = known.get(pattern)
        if before is None or (allow and not before.allow):
            known[pattern] = rule

    def find(self, url: str) -> Rule | None:
        """The rule that decides about an absolute URL; None when there is none, which allows."""
        path = _spelled(url[url.find("/", url.find("//") + 2) :]).replace("*", "%2A").replace("$", "%24")
        best = self._wholes.get(path)
        if best is None:
            found = (self._starts.get(path[:length]) for length in self._lengths if length <= len(path))
            best = next((rule for rule in found if rule), None)
        for rule, parts, ends in self._wild:
            if best is not None and (rule.octets, rule.allow) <= (best.octets, best.allow):
                break
            if _matches(path, parts, ends):
                return rule
        return best


def parse(text: str, token: str) -> Rules:
    """The rules for a product token; those of `*` where no group names it. `text` is at most MAX_BYTES long."""
    ours, everyones = _Group(), _Group()
    current: list[_Group] = []
    naming = False  # the last line of a group's own was a User-agent
    sitemaps: list[str] = []
    for number, line in enumerate(_LINE_END.split(text), 1):
        which, value = _directive(line)
        if which == _AGENT:
            current, naming = current if naming else [], True
            group = everyones if value.startswith("*") else ours if _is(value, token) else None
            if group is not None and group not in current:
                group.named = True
                current.append(group)
        elif which in (_ALLOW, _DISALLOW):
            naming = False
            for group in current if value else ():
                group.lines.append((number, which == _ALLOW, value))
        elif which == _DELAY:
            for group in current:
                group.delay = max(group.delay, _seconds(value))
        elif which == _SITEMAP and value and len(sitemaps) < _MOST_SITEMAPS:
            sitemaps.append(value)
    return Rules(ours if ours.named else everyones, tuple(sitemaps))


def decoded(body: bytes) -> str:
    """A file's text: its first MAX_BYTES, without a line that is cut there. The RFC asks for UTF-8; UTF-16 is read
    where its marks or its zero bytes tell it, and a byte that is no UTF-8 stands for itself.
    """
    if len(body) > MAX_BYTES:
        body = body[:MAX_BYTES]
        body = body[: max(body.rfind(b"\n"), body.rfind(b"\r")) + 1]
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body.decode("utf-16", "replace")
    if 0 in body[:2] and body[:2] != b"\0\0":
        return body.decode("utf-16-be" if body[0] == 0 else "utf-16-le", "replace")
    return body.decode("utf-8", "surrogateescape").removeprefix("\ufeff")


def _directive(line: str) -> tuple[int, str]:
    line = line.partition("#")[0].strip()
    name, colon, value = line.partition(":")
    which = _FIELDS.get(name.strip().lower()) if colon else None
    if which is None:  # "Disallow /private": Google's parser takes it
        name, _, value = line.partition(" ")
        which = _FIELDS.get(name.lower(), -1)
    return which, value.strip()


def _is(value: str, token: str) -> bool:
    """Whether a User-agent line names a crawler: the whole token, without case, whatever version stands behind it."""
    named = _TOKEN.match(value)
    return named is not None and named[0].lower() == token.lower()


def _seconds(value: str) -> float:
    try:
        seconds = float(value.replace(",", "."))
    except ValueError:
        return 0.0
    return seconds if 0 < seconds < float("inf") else 0.0


def _spelled(text: str) -> str:
    """A path with its query, in the one spelling in which it is compared; `*` and `$` are left to the caller."""
    spelled = _ODD.sub(_encoded, text)
    path, mark, query = spelled.partition("?")
    return f"{path}?{query.replace('/', '%2F')}" if mark else path


def _encoded(match: re.Match[str]) -> str:
    odd = match[0]
    if len(odd) == 3:
        octet = int(odd[1:], 16)
        return chr(octet) if octet in _UNRESERVED else odd.upper()
    return quote_from_bytes(odd.encode("utf-8", "surrogateescape"), safe="")


def _matches(path: str, parts: tuple[str, ...], ends: bool) -> bool:
    """Whether the parts stand in the path in their order, the first at its start. Linear: nothing is tried twice."""
    if not path.startswith(parts[0]):
        return False
    place = len(parts[0])
    for part in parts[1:-1]:
        found = path.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    if ends:
        return len(path) - len(parts[-1]) >= place and path.endswith(parts[-1])
    return path.find(parts[-1], place) >= 0
