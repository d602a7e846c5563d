"""Addresses of one shape of which there is no end, whatever they are called: a shape goes on as long as it gives.

archive/institutes/traps.py knows traps by their address alone. What it does not know (a calendar at `/agenda/2031/05/`,
pages past the last, a parameter that changes nothing) shows when it is read: nothing there is new. A shape is an
address with its numbers taken out and its parameters' values; once the last pages of one gave nothing new, the rest of
it ends as `trap`. What a sitemap, a feed or REST names is never cut: it is finite, and the site's own word.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from urllib.parse import unquote

from scrapy import Request
from scrapy.exceptions import IgnoreRequest

from archive.dataset.derived import Derived
from archive.extract.page import Role as PageRole
from crawler.frontier import Found, Role, Row
from crawler.middleware import Middleware

_PATIENCE = 30  # pages of one shape in a row that gave nothing new: listings of real sites repeat fewer
_THIN = 1 / 3  # of such a page: one whose text is new, and has neither date nor author, as a day of a calendar
_USELESS = 30  # pages with the same parameters, wherever they stand, of which none ever gave anything
_IDLE = 20  # comparisons of a page with and without parameters, all alike, that tell that they change nothing
_LANGUAGES = ("lang", "language", "locale", "hl")  # pages without a translation tell nothing of those that have one
_STATED = ("sitemap:", "feed:", "wordpress:")
_ORIGIN = re.compile(r"https?://")
_NUMBER = re.compile(r"\d+")
_TOKEN = re.compile(r"\b(?=[a-zA-Z]*[0-9])[0-9a-zA-Z]{16,}\b")
_NOT_PLACED = frozenset({"no_date", "no_author"})


class Endless(IgnoreRequest):
    """One more address of a shape that gives nothing new. The row ends as `trap`, with the reason; `instead` is the
    address that is asked for in its place, where there is one.
    """

    def __init__(self, why: str, instead: str | None = None) -> None:
        super().__init__(why)
        self.instead = instead


def shape(url: str) -> str | None:
    """An address without its numbers and values, `/archive/N/?page`; None when it has neither: it is one of its own."""
    address, mark, query = _ORIGIN.sub("", url).partition("?")
    host, slash, path = unquote(address).partition("/")  # the octets of a letter are no numbers
    folded = host + slash + _NUMBER.sub("N", _TOKEN.sub("N", path))
    if not mark and folded == host + slash + path:
        return None
    return f"{folded}?{_names(query)}" if mark else folded


def _parameters(url: str) -> str:
    return _names(url.partition("?")[2])


def _names(query: str) -> str:
    return "&".join(sorted({part.partition("=")[0] for part in query.split("&")}))


class Shapes:
    """What each shape has given in this process: a crawl that is gone on with is patient anew."""

    def __init__(self) -> None:
        self._barren: dict[str, float] = defaultdict(float)  # pages in a row, thin ones counted in part
        self._empty: dict[str, float] = defaultdict(float)  # pages in a row without a text of their own
        self._useless: dict[str, float] = defaultdict(float)
        self._useful: set[str] = set()
        self._texts: dict[bytes, tuple[str, bytes]] = {}  # by path: parameters and content of its first page
        self._alike: Counter[str] = Counter()
        self._telling = set(_LANGUAGES)  # parameters with which a path had two texts
        self._seen: set[bytes] = set()  # contents

    def idle(self, url: str) -> str | None:
        """Why an address is asked for without its parameters; None while they may mean something."""
        parameters = _parameters(url)
        if not parameters or parameters in self._telling or self._alike[parameters] < _IDLE:
            return None
        return f"endless: ?{parameters} changes nothing, as {self._alike[parameters]} pages show"

    def endless(self, url: str) -> str | None:
        """Why an address is one too many; None while its shape gives."""
        one = shape(url)
        if one is None:
            return None
        if self._barren.get(one, 0.0) >= _PATIENCE:
            return f"endless: the last pages of {one} gave nothing new"
        parameters = one.partition("?")[2]
        if parameters and parameters not in self._useful and self._useless.get(parameters, 0.0) >= _USELESS:
            return f"endless: {self._useless[parameters]:.0f} pages with ?{parameters} gave nothing new"
        return None

    def read(self, derived: Derived, found: Sequence[Found]) -> None:
        """A page was read, and leads to `found`, which no page before it named."""
        new = self._is_new(derived)
        self._compare(derived)
        one = shape(derived.url)
        if one is None:
            return
        parameters = one.partition("?")[2]
        said = new and not self._is_thin(derived)
        self._empty[one] = 0 if said else self._empty[one] + 1
        leads = [lead.url for lead in found if self._gives(lead, one)]
        if said or any(_parameters(url) != parameters for url in leads):
            self._useful.add(parameters)
        else:
            self._useless[parameters] += _THIN if new else 1
        self._barren[one] = 0 if said or leads else self._barren[one] + (_THIN if new else 1)

    def _is_new(self, derived: Derived) -> bool:
        digest = bytes.fromhex(derived.content_sha256 or derived.sha256)[:8]
        known = digest in self._seen
        self._seen.add(digest)
        return derived.role is PageRole.PUBLICATION and not known

    def _compare(self, derived: Derived) -> None:
        """With what the same path said under other parameters, or other values of them."""
        if derived.role is not PageRole.PUBLICATION or derived.truncated:
            return
        path, _, query = derived.url.partition("?")
        parameters, digest = _names(query), bytes.fromhex(derived.content_sha256 or derived.sha256)[:8]
        key = hashlib.blake2b(path.encode(), digest_size=8).digest()
        seen = key in self._texts
        before, text = self._texts.setdefault(key, (parameters, digest))
        for names in {before, parameters} - {""}:
            if text != digest:
                self._telling.add(names)
            elif seen:
                self._alike[names] += 1

    def _is_thin(self, derived: Derived) -> bool:
        return "no_body" in derived.warnings or (set(derived.warnings) >= _NOT_PLACED and derived.kind != "legal_case")

    def _gives(self, lead: Found, own: str) -> bool:
        if lead.end is not None or lead.role is Role.REQUISITE:
            return False
        other = shape(lead.url)  # two shapes without texts that lead to each other give nothing
        return other is None or (other != own and self._empty.get(other, 0.0) < _PATIENCE / 2)


class EndlessMiddleware(Middleware):
    """Holds every page and listing that links led to against what its shape has given."""

    async def process_request(self, request: Request) -> None:
        row: Row | None = request.meta.get("row")
        crawl = self._crawl
        if row is None or row.role not in (Role.LISTING, Role.PAGE) or crawl.options.urls:
            return
        if row.source.startswith(_STATED):
            return
        if why := crawl.shapes.idle(row.url):
            raise Endless(why, row.url.partition("?")[0])
        if why := crawl.shapes.endless(row.url):
            raise Endless(why)
