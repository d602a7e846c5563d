"""What runs in the process that reads pages, beside archive.dataset.task: from a capture to all that a shard says of
it. Links are left out: nothing is fetched any more.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from archive.dataset.batch import files
from archive.dataset.derived import Derived, Reader
from archive.errors import CollectionError
from archive.extract.markdown import text
from archive.extract.page import Page
from archive.institutes.profile import Profile
from archive.institutes.urls import absolute
from archive.store import foreign
from archive.store.capture import Capture, of_record
from archive.store.exchange import Location

_HOSTS = 64  # whose rules are held at a time: Common Crawl has a host a page

Extract = Callable[[Capture, Profile], Page]


class Read(NamedTuple):
    """One capture as a shard has it."""

    derived: Derived  # without its links
    text: str | None
    authors: tuple[str, ...]


class PageReader:
    """Reads captures with one profile; where it has no home, with one for each page's host, that says nothing but
    where it is.
    """

    def __init__(self, profile: Profile, extract: Extract, links_only: Extract) -> None:
        self._extract, self._links_only = extract, links_only
        self._own = Reader(profile, extract, links_only) if profile.home else None
        self._of_origin = lru_cache(maxsize=_HOSTS)(self._made)

    def read(self, capture: Capture, links_only: bool = False) -> Read:
        """All that a capture says. Whatever `extract` raises comes out."""
        reader = self._own or self._of_origin(_origin(capture.url))
        page = self._extract(capture, reader.profile).model_copy(update={"links": (), "requisites": ()})
        content = page.content
        said = text(content.blocks) if content else None
        if page.file and page.file.text:
            said = "\n\n".join(page.file.text)
        names = tuple(author.name for author in content.authors) if content else ()
        return Read(reader.told(capture, page), said or None, names)

    def _made(self, origin: str) -> Reader:
        return Reader(Profile(name=urlsplit(origin).netloc, home=origin), self._extract, self._links_only)


def _origin(url: str) -> str:
    spelled = absolute(url)
    if spelled is None:
        raise CollectionError(f"{url!r} is no address of the web")
    return spelled[: spelled.index("/", spelled.index("//") + 2) + 1]


def open_files(_: str) -> Callable[[Location], Capture]:
    """The opener of task.Setup for files that are in no collection: a location's `warc` is a path or a URL."""
    return _capture


def _capture(location: Location) -> Capture:
    """Raises DamagedRecord where no response lies there. The file is not kept open: a process may be there longer than
    a file that is mended."""
    with files.opened(location.warc) as file:
        return of_record(foreign.read(file, location.offset, location.length), location, unchunked=True)
