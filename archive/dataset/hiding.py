"""What a withheld publication takes with it when pages are shown: its addresses, what it alone uses, copies of it under
other addresses, and the feeds and REST answers that repeat its text.

The result is pywb's access rules, derived from the ledger and the WARCs as the dataset is. A listing that shows a
publication's title or first words stays: it is another page.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urlsplit

from archive.dataset.assemble import Assembled
from archive.dataset.derived import key_of
from archive.dataset.identity import MOST_HOPS, SHOWS
from archive.dataset.pages import PageStore
from archive.errors import DamagedRecord
from archive.institutes.profile import Profile
from archive.store import cdxj, http
from archive.store.access import Rules
from archive.store.cdxj import IndexLine
from archive.store.collection import Collection
from archive.store.warc import target_uri
from archive.store.withheld import Withheld

_SOURCES = (
    "application/json",
    "application/feed+json",
    "application/xml",
    "text/xml",
    "application/rss",
    "application/atom",
)
_SITEMAP = re.compile(r"<(?:urlset|sitemapindex)\b")  # names addresses, and has no text of theirs
_MOST = 32 * 1024 * 1024  # bytes of a source that are looked at, decoded
_EMPTY = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


class Hiding:
    """Sees every publication as it is assembled; `rules` then tells which index keys may not be shown."""

    def __init__(self, withheld: Withheld, profile: Profile) -> None:
        self._withheld = withheld
        self._profile = profile
        self._hidden: dict[str, int] = {}  # id → line of the ledger
        self._documents: dict[str, int] = {}  # key → line, of withheld publications
        self._kept: set[str] = set()  # keys of all other publications' documents

    def see(self, assembled: Assembled) -> None:
        """One publication, withheld or not."""
        keys = {key_of(one.url, self._profile) for version in assembled.versions for one in version.documents}
        if assembled.withheld is None:
            self._kept |= keys
        else:
            self._hidden[assembled.latest.id] = assembled.withheld.line
            self._documents |= dict.fromkeys(keys, assembled.withheld.line)

    def rules(self, store: PageStore, collection: Collection) -> Rules:
        """Every key with its lines. Reads the index twice, and the feeds and REST answers that were captured."""
        pages, digests = self._pages(store)
        files = self._files(store)
        for capture in collection.captures():
            if capture.digest in digests and capture.digest != _EMPTY:
                pages[capture.key].add(digests[capture.digest])
        for key in self._shared(collection, files, pages):
            del files[key]
        named = self._addresses(store)
        for key, line in self._sources(collection, named, pages) if named else ():
            pages[key].add(line)
        for key, line in files.items():
            pages[key].add(line)
        return {key: tuple(sorted(numbers)) for key, numbers in pages.items()}

    def _pages(self, store: PageStore) -> tuple[defaultdict[str, set[int]], dict[str, int]]:
        """The keys of the withheld pages, and the digests of what they say."""
        pages: defaultdict[str, set[int]] = defaultdict(set)
        digests: dict[str, int] = {}
        for line, key in self._keys(store):
            for row in store.rows("key = ?", (key,)):
                pages[cdxj.key(row.url)].add(line)
            shown = f"SELECT sha256 FROM page WHERE key = ? AND status = 200 AND {SHOWS}"
            digests |= {f"sha256:{digest}": line for (digest,) in store.connection.execute(shown, (key,))}
        for one in self._withheld:
            if one.id is None or one.id in self._hidden:
                pages[cdxj.key(one.url)].add(one.line)
        return pages, digests

    def _keys(self, store: PageStore) -> Iterator[tuple[int, str]]:
        """The canonical keys of the withheld addresses; an address that led to other publications too is theirs."""
        query = """SELECT key FROM temp.member WHERE root = (SELECT root FROM temp.publication WHERE id = ?) AND key
            NOT IN (SELECT key FROM temp.member GROUP BY key HAVING count(*) > 1)"""
        for ident, line in self._hidden.items():
            yield from ((line, key) for (key,) in store.connection.execute(query, (ident,)).fetchall())
        yield from ((one.line, one.url) for one in self._withheld if one.id is None)

    def _files(self, store: PageStore) -> dict[str, int]:
        """The index keys of documents and other files that belong to withheld publications alone."""
        files = {cdxj.key(target_uri(url)): one.line for one in self._withheld for url in one.files}
        for first, line in self._documents.items():
            key: str | None = first
            for _ in range(MOST_HOPS):
                if key is None or key in self._kept:
                    break
                rows = list(store.rows("key = ?", (key,)))
                files |= {cdxj.key(row.url): line for row in rows}
                key = next((row.redirect_key for row in reversed(rows) if row.redirect_key != key), None)
        return files

    def _shared(self, collection: Collection, files: dict[str, int], pages: Iterable[str]) -> set[str]:
        """The files whose bytes are shown under another address, too: that one may be kept as a revisit of them."""
        if not files:
            return set()
        held: defaultdict[str, set[str]] = defaultdict(set)
        for line in collection.captures():
            if line.key in files:
                held[line.digest].add(line.key)
        hidden = {*files, *pages}
        return {
            key
            for line in collection.captures()
            if line.digest in held and line.digest != _EMPTY and line.key not in hidden
            for key in held[line.digest]
        }

    def _addresses(self, store: PageStore) -> dict[str, int]:
        """What an address of a withheld page looks like in a feed, decoded, in lower case: path and query."""
        found = {}
        for line, key in self._keys(store):
            for url in {key, *(row.url for row in store.rows("key = ?", (key,)))}:
                parts = urlsplit(url)
                path = unquote(parts.path).rstrip("/") + (f"/?{parts.query}" if parts.query else "")
                if path:
                    found[path.lower()] = line
        return found

    def _sources(
        self, collection: Collection, named: dict[str, int], known: Iterable[str]
    ) -> Iterator[tuple[str, int]]:
        """The keys of feeds and REST answers in which such an address stands."""
        pattern = re.compile("(" + "|".join(map(re.escape, sorted(named, key=len, reverse=True))) + r")(?![\w%-])")
        found: set[str] = set(known)
        for line in list(filter(_is_source, collection.captures())):
            if line.key not in found:
                text = _text(collection, line)
                for hit in set(pattern.findall(text)):
                    found.add(line.key)
                    yield line.key, named[hit]


def _is_source(line: IndexLine) -> bool:
    return line.status == 200 and (line.mime or "").startswith(_SOURCES)


def _text(collection: Collection, line: IndexLine) -> str:
    """A source's text with every escape of an address undone; nothing of a sitemap, or of damaged bytes, which `verify`
    tells about."""
    try:
        capture = collection.read(line.location)
        text = http.decode(capture.entity, capture.headers, _MOST).decode("utf-8", "replace")
    except DamagedRecord:
        return ""
    if _SITEMAP.search(text[:2000]):
        return ""
    if text.lstrip()[:1] in ("{", "["):
        try:
            text = json.dumps(json.loads(text), ensure_ascii=False)
        except (ValueError, RecursionError):
            text = text.replace("\\/", "/")
    return unquote(text).lower().replace("&amp;", "&").replace("&#038;", "&")
