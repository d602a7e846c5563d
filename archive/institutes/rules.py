"""A profile's URL rules, compiled: hosts, aliases, dropped parameters, deny, listing, allow; and the traps, the same
for all."""

import posixpath
import re
import urllib.parse
from enum import StrEnum
from typing import NamedTuple

from archive.institutes import traps
from archive.institutes.patterns import Patterns, PatternTooSlow, Reading, Rewrite
from archive.institutes.profile import Profile


class UrlRule(StrEnum):
    """What an address is to an institute."""

    PAGE = "page"  # may be a publication
    LISTING = "listing"  # followed for its links, never published
    DOCUMENT = "document"  # a PDF or an office file
    DENIED = "denied"  # never fetched for its own sake
    OUTSIDE = "outside"  # on another host
    TRAP = "trap"  # one of endlessly many


class Verdict(NamedTuple):
    """A rule, and why: the pattern that decided, the trap's name, or an empty string."""

    rule: UrlRule
    why: str = ""


REMEMBERED = 20_000  # verdicts kept a profile: most links of a page are those of the page before

_DOCUMENTS = frozenset({
    ".pdf", ".doc", ".docx", ".odt", ".rtf", ".xls", ".xlsx", ".ods", ".csv", ".ppt", ".pptx", ".odp", ".epub",
})  # fmt: skip
_NOT_PAGES = frozenset({
    ".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".svg", ".ico", ".bmp", ".tif", ".tiff", ".css", ".js", ".mjs",
    ".json", ".xml", ".rss", ".atom", ".woff", ".woff2", ".ttf", ".otf", ".eot", ".mp3", ".m4a", ".ogg", ".wav", ".mp4",
    ".m4v", ".webm", ".mov", ".avi", ".zip", ".gz", ".tgz", ".rar", ".7z", ".tar", ".exe", ".dmg", ".apk",
    ".swf", ".txt",
})  # fmt: skip
_DROPPED = frozenset({
    "fbclid", "gclid", "dclid", "msclkid", "yclid", "twclid", "igshid", "mc_cid", "mc_eid", "_ga", "_gl", "_hsenc",
    "_hsmi",
})  # fmt: skip
_SESSIONS = frozenset({"phpsessid", "jsessionid", "aspsessionid", "sessionid", "session_id", "sid", "cfid", "cftoken"})
_SESSION_VALUE = re.compile(r"[A-Za-z0-9._%-]*[0-9][A-Za-z0-9._%-]*")
_SESSION_IN_PATH = re.compile(r"(?i);(?:jsessionid|phpsessid|sid)=[^/?;]*|/\([SAF]\([a-z0-9]{20,}\)\)(?=/)")


class UrlRules:
    """The rules of one profile, compiled once. Ask `UrlRules.of(profile)`."""

    def __init__(self, profile: Profile) -> None:
        scheme, _, rest = profile.home.partition("://")
        self.home, _, folder = rest.partition("/")
        self._front = f"/{folder}"
        twin = self.home.removeprefix("www.") if self.home.startswith("www.") else f"www.{self.home}"
        self._upgraded = {f"http://{host}/" for host in (self.home, twin)} if scheme == "https" else set()
        self._host_aliases = frozenset(profile.urls.host_aliases)
        self._hosts = frozenset({self.home, twin, *profile.hosts, *self._host_aliases} if self.home else profile.hosts)
        self._aliases = [Rewrite(alias.pattern, alias.replace) for alias in profile.urls.alias]
        self._post_ids = [Reading(pattern) for pattern in profile.urls.post_id]
        names = [name.lower() for name in profile.urls.drop_params]
        self._dropped = _DROPPED | {name for name in names if not name.endswith("*")}
        self._dropped_starts = ("utm_", *(name[:-1] for name in names if name.endswith("*")))
        self._deny = Patterns(profile.urls.deny)
        self._listing = Patterns(profile.urls.listing)
        self._allow = Patterns(() if ".*" in profile.urls.allow else profile.urls.allow)
        self._no_trap = Patterns(profile.urls.no_trap)
        self._furthest = profile.etiquette.max_pages_per_listing
        self._verdicts: dict[str, Verdict] = {}

    @classmethod
    def of(cls, profile: Profile) -> "UrlRules":
        """The compiled rules of this very profile object."""
        known = _COMPILED.get(id(profile))
        if known is not None and known[0] is profile:
            return known[1]
        if len(_COMPILED) >= 32:
            _COMPILED.clear()
        rules = cls(profile)
        _COMPILED[id(profile)] = (profile, rules)
        return rules

    def inside(self, url: str) -> bool:
        """Whether the URL's host, with its port, is the institute's."""
        start = url.find("//") + 2
        end = url.find("/", start)
        return url[start : end if end >= 0 else None] in self._hosts

    def rewritten(self, url: str) -> str:
        """The URL on home's host where its own shows the same pages, after all alias rules, in their order."""
        url = self._at_home(url)
        for rewrite in self._aliases:
            url = rewrite(url)
        return self._at_home(url)

    def _at_home(self, url: str) -> str:
        if not self._host_aliases:
            return url
        scheme, _, rest = url.partition("://")
        host, slash, path = rest.partition("/")
        return f"{scheme}://{self.home}{slash}{path}" if host in self._host_aliases else url

    def upgraded(self, url: str) -> str:
        """https for http where home is https: one request less, and one spelling."""
        if self._upgraded and url.startswith("http://") and url[: url.find("/", 7) + 1] in self._upgraded:
            return f"https{url[4:]}"
        return url

    def post_id(self, url: str) -> int | None:
        """The number of the post that an address holds, by the first pattern that finds one."""
        shown = urllib.parse.unquote(url[url.find("/", 8) :]) if self._post_ids else ""
        numbers = (read(shown) for read in self._post_ids)
        return next((int(number) for number in numbers if number and number.isdecimal() and len(number) < 19), None)

    def without_dropped(self, url: str) -> str:
        """The URL without session ids and the parameters that never change what is shown."""
        if ";" in url or "(" in url:
            before, mark, query = url.partition("?")
            url = _SESSION_IN_PATH.sub("", before) + mark + query
        before, mark, query = url.partition("?")
        if not mark:
            return url
        kept = [part for part in query.split("&") if part and not self._drops(part)]
        return f"{before}?{'&'.join(kept)}" if kept else before

    def _drops(self, part: str) -> bool:
        name, _, value = part.partition("=")
        name = urllib.parse.unquote_plus(name).lower().removeprefix("amp;")
        if name in self._dropped or name.startswith(self._dropped_starts):
            return True
        return name in _SESSIONS and len(value) >= 16 and _SESSION_VALUE.fullmatch(value) is not None

    def judge(self, url: str) -> Verdict:
        """The verdict on an address in its `normal` spelling: outside, then traps, then the profile's own rules."""
        known = self._verdicts.get(url)
        if known is None:
            if len(self._verdicts) >= REMEMBERED:
                self._verdicts.clear()
            known = self._verdicts[url] = self._judge(url)
        return known

    def _judge(self, url: str) -> Verdict:
        if not self.inside(url):
            return Verdict(UrlRule.OUTSIDE)
        if len(url) > traps.LONGEST:
            return Verdict(UrlRule.TRAP, "overlong")
        shown = url[url.find("/", 8) :]
        if "%" in shown:
            shown = urllib.parse.unquote(shown)
        path, _, query = shown.partition("?")
        try:
            trap = traps.trap(path, query, self._furthest)
            if trap and not self._no_trap.find(shown):
                return Verdict(UrlRule.TRAP, trap)
            return self._ruled(path, shown)
        except PatternTooSlow:
            return Verdict(UrlRule.TRAP, "slow-pattern")

    def _ruled(self, path: str, shown: str) -> Verdict:
        denied = self._deny.find(shown)
        if denied:
            return Verdict(UrlRule.DENIED, denied.text)
        ending = posixpath.splitext(path)[1].lower() if "." in path else ""
        if ending in _DOCUMENTS:
            return Verdict(UrlRule.DOCUMENT, ending)
        if shown == self._front:
            return Verdict(UrlRule.LISTING, "home")
        listing = self._listing.find(shown)
        if listing:
            return Verdict(UrlRule.LISTING, listing.text)
        if ending in _NOT_PAGES:
            return Verdict(UrlRule.DENIED, f"{ending} is no page")
        if self._allow and not self._allow.find(shown):
            return Verdict(UrlRule.DENIED, "not in urls.allow")
        return Verdict(UrlRule.PAGE)


_COMPILED: dict[int, tuple[Profile, UrlRules]] = {}  # by identity, with the profile so that the identity stays its own
