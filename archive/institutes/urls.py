"""Addresses: one spelling for every URL, and what an institute's profile says about it.

Three spellings, from the loosest to the tightest: `absolute` is what a link means on the page where it stands; `normal`
is what is fetched, after the profile's alias rules and without parameters that change nothing; `canonical` is what all
spellings of one page have in common, and is never fetched. Arabic letters are percent-encoded as UTF-8 and otherwise
left as they are: no folding, no NFC, marks kept.

These functions run for each link of each page, some hundred a page. Clean ASCII addresses take a short way; rules are
compiled once a profile.
"""

import functools
import ipaddress
import re
import urllib.parse

import idna

from archive.institutes.profile import Profile
from archive.institutes.rules import UrlRule, UrlRules, Verdict

__all__ = [
    "UrlRule",
    "Verdict",
    "absolute",
    "canonical",
    "classify",
    "decoded",
    "inside",
    "judge",
    "normal",
    "post_id",
    "trap_reason",
]

_EDGES = "".join(map(chr, range(0x21)))  # what the URL standard strips: controls and the space
_ALLOWED = (
    r"A-Za-z0-9\-._~!$&()*+,;=:@/"  # RFC 3986: pchar and the slash; the apostrophe in paths alone, as browsers do
)
# No possessive repeat of a group: before Python 3.11.5 it matches what it should not.
_CLEAN = re.compile(
    r"https?://[a-z0-9_-]+(?:\.[a-z0-9_-]+)*(?::(?!80/|443/)(?:[1-5][0-9]{4}|[1-9][0-9]{0,3}))?"
    rf"/(?:[{_ALLOWED}']++|%[89A-F][0-9A-F])*(?:\?(?:[{_ALLOWED}?]++|%[89A-F][0-9A-F])+)?"
)
_SPLIT = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.\-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?", re.DOTALL)
_ORIGIN = re.compile(r"https?://[^/?#]+")
# Whoever wrote the link let a key slip: it is no part of a page's address, and stands in no record and no list.
_CREDENTIAL = re.compile(
    r"(?i)(?<![^?&;])(?:(?:access|auth|id|refresh|oauth|private|session|user)[_-]?token|token|jwt|api[_-]?key|"
    r"client[_-]?secret|secret|passw(?:or)?d|pwd)=[^&;]*[&;]?"
)
_BREAKS = str.maketrans("", "", "\t\r\n")
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_IN_PATH = re.compile(rf"(?:%[0-9A-Fa-f]{{2}})+|[^{_ALLOWED}'%]+|%")
_IN_QUERY = re.compile(rf"(?:%[0-9A-Fa-f]{{2}})+|[^{_ALLOWED}?%]+|%")
_ENCODED_UNRESERVED = re.compile("%(?:2D|2E|5F|7E|3[0-9]|4[1-9A-F]|5[0-9A]|6[1-9A-F]|7[0-9A])")
_SURROGATES = re.compile("[\ud800-\udfff]")
_PORTS = {"http": 80, "https": 443}


def absolute(url: str, base: str = "") -> str | None:
    """The address that `url` means on the page `base`, in one spelling; None when it is no http or https address.

    Dot segments are resolved; the fragment, user and password, parameters that are credentials by
    their name (`access_token`, `api_key`, …), and a default port are dropped; the host is lower-case
    and IDNA; percent-encoding is upper-case, decoded where RFC 3986 calls the character unreserved, and added where a
    character may not stand. `absolute(absolute(u))` is `absolute(u)`.
    """
    url = url.strip(_EDGES).partition("#")[0]
    joined = url
    if url[:1] == "/" and url[1:2] not in ("/", "\\"):
        origin = _ORIGIN.match(base)
        joined = origin[0] + url if origin else url
    if _CLEAN.fullmatch(joined) and "/." not in joined and not ("?" in joined and _CREDENTIAL.search(joined)):
        return joined
    return _resolved(url, base)


def _resolved(url: str, base: str) -> str | None:
    """The long way: RFC 3986 section 5, with the URL standard's forgiveness for backslashes and line breaks."""
    url = url.translate(_BREAKS)
    before, mark, query_text = url.partition("?")
    match = _SPLIT.match(before.replace("\\", "/") + mark + query_text)
    assert match  # every part is optional
    scheme, authority, path, query = match.groups()
    if scheme is None:
        start = absolute(base) if base else None
        if start is None:
            return None
        inherited = _SPLIT.match(start)
        assert inherited
        scheme, base_authority, base_path, base_query = inherited.groups()
        if authority is None:
            authority = base_authority
            if not path:
                path, query = base_path, base_query if query is None else query
            elif not path.startswith("/"):
                path = base_path.rpartition("/")[0] + "/" + path
    return _spelled(scheme.lower(), authority or "", path, query or "")


@functools.lru_cache(maxsize=8192)
def _spelled(scheme: str, authority: str, path: str, query: str) -> str | None:
    if scheme not in _PORTS:
        return None
    host = _host(scheme, authority.rpartition("@")[2])
    if host is None:
        return None
    path = _without_dots(_IN_PATH.sub(_encoded, path or "/"))
    query = _IN_QUERY.sub(_encoded, query)
    if "=" in query and _CREDENTIAL.search(query):
        query = _CREDENTIAL.sub("", query).rstrip("&;")
    return f"{scheme}://{host}{path}?{query}" if query else f"{scheme}://{host}{path}"


def _host(scheme: str, authority: str) -> str | None:
    """`host` or `host:port`, None when it is not one."""
    match = re.fullmatch(r"(\[[^\[\]]*\]|[^:\[\]]*)(?::([0-9]*))?", authority)
    if match is None:
        return None
    name, digits = match[1], (match[2] or "").lstrip("0") or (match[2] or "")[:1]
    if name.startswith("["):
        try:
            name = f"[{ipaddress.IPv6Address(name[1:-1]).compressed}]"
        except ValueError:
            return None
    else:
        name = urllib.parse.unquote(name).lower().removesuffix(".") if "%" in name else name.lower().removesuffix(".")
        if not name.isascii():
            try:
                name = idna.encode(name, uts46=True).decode("ascii").removesuffix(".")
            except (idna.IDNAError, UnicodeError):
                return None
        if not _HOST.fullmatch(name):
            return None
    if not digits:
        return name
    if len(digits) > 5 or int(digits) > 65535:
        return None
    return name if int(digits) == _PORTS[scheme] else f"{name}:{digits}"


def _encoded(match: re.Match[str]) -> str:
    """One run of characters in its one spelling: see `absolute`."""
    run = match[0]
    if run == "%":
        return "%25"
    if run.startswith("%"):
        return _ENCODED_UNRESERVED.sub(lambda code: chr(int(code[0][1:], 16)), run.upper())
    return urllib.parse.quote(_SURROGATES.sub("\ufffd", run), safe="")


def _without_dots(path: str) -> str:
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def normal(url: str, profile: Profile) -> str:
    """What the frontier fetches: the absolute spelling after the profile's alias rules, without what changes nothing.

    Tracking parameters and session ids are dropped for every institute. An http link to an institute whose home is
    https becomes https. What is no http or https address comes back as it was.
    """
    rules = UrlRules.of(profile)
    spelled = absolute(url)
    if spelled is None:
        return url
    rewritten = rules.rewritten(spelled)
    if rewritten != spelled:
        spelled = absolute(rewritten) or spelled
    return rules.upgraded(rules.without_dropped(spelled))


def canonical(url: str) -> str:
    """The identity key of an address: its absolute spelling with https for http and no slash at the end of the path.

    Give it a `normal` spelling where there is a profile. `canonical(canonical(u))` is `canonical(u)`; what is no http
    or https address comes back as it was.
    """
    spelled = absolute(url)
    if spelled is None:
        return url
    before, mark, query = spelled.partition("?")
    if before.startswith("http:"):
        origin, slash, path = before[7:].partition("/")
        before = f"https://{origin.removesuffix(':443')}{slash}{path}"
    before = before.rstrip("/")
    if before.count("/") == 2:
        before += "/"
    return before + mark + query


def host(url: str) -> str:
    """The host of an absolute address, without `www.`: two of them are of one site where it is the same."""
    return url.partition("://")[2].partition("/")[0].removeprefix("www.")


def decoded(url: str) -> str:
    """`/path?query` of an absolute address, percent-decoded: what a profile's patterns see, so they may hold Arabic
    letters."""
    start = url.find("/", url.find("//") + 2)
    rest = url[start:] if start >= 0 else "/"
    return urllib.parse.unquote(rest) if "%" in rest else rest


def inside(url: str, profile: Profile) -> bool:
    """Whether an absolute address is the institute's: on home's host, with or without `www.`, or on one of `hosts`.
    Ports count."""
    return UrlRules.of(profile).inside(url)


def judge(url: str, profile: Profile) -> Verdict:
    """What the profile says about an address in its `normal` spelling, and why. Not for sources: a feed is denied as a
    page."""
    return UrlRules.of(profile).judge(url)


def classify(url: str, profile: Profile) -> UrlRule:
    """The rule that an address falls under: page, listing, document, denied, outside or trap. `judge` has the
    reason."""
    return UrlRules.of(profile).judge(url).rule


def post_id(url: str, profile: Profile) -> int | None:
    """The number of the post that an address holds, where the profile says how: /slug-pub-90854."""
    return UrlRules.of(profile).post_id(url)


def trap_reason(url: str, profile: Profile) -> str | None:
    """The name of the trap that an address would lead into, for counting; None when it is no trap."""
    verdict = UrlRules.of(profile).judge(url)
    return verdict.why if verdict.rule is UrlRule.TRAP else None
