"""Captures of an institute that never was, made by hand: what the tests of this package assemble."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from archive.dataset.assemble import Assembled, assemble
from archive.dataset.derived import Derived, Reader
from archive.dataset.pages import PageStore
from archive.extract.page import Block, Content, DocumentLink, FoundLink, Page, Role
from archive.institutes.profile import Kind, Profile
from archive.store.capture import Capture
from archive.store.exchange import Location, Truncation

PROFILE = Profile(id="nile", name="Nile Institute", home="https://nile.example/", hosts=("eshhad.nile.example",))
START = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)
TOOLS = {"profile": "0" * 64, "python": "3"}
MARK = "tools"


def at(crawl: int, second: int = 0) -> datetime:
    return START + timedelta(days=30 * (crawl - 1), seconds=second)


def content(title: str = "A title", text: str = "A text.", kind: Kind = Kind.ANALYSIS, **more: Any) -> Content:
    blocks = tuple(Block(type="paragraph", text=part) for part in text.split("\n\n") if part)
    return Content(kind=kind, title=title, **{"blocks": blocks, "language": "en", "direction": "ltr", **more})


@dataclass
class Site:
    """Collects captures; each `add` is one second later than the one before, within its crawl."""

    captures: list[Derived] = field(default_factory=list)

    def page(self, url: str, says: Content | None = None, crawl: int = 1, **more: Any) -> Derived:
        """A 200 that shows a publication; `says` is what it shows."""
        return self.add(url, Role.PUBLICATION, crawl, content=says or content(), **more)

    def redirect(self, url: str, target: str, crawl: int = 1) -> Derived:
        return self.add(url, Role.REDIRECT, crawl, status=301, redirect_to=target)

    def missing(self, url: str, crawl: int = 1, status: int = 404) -> Derived:
        return self.add(url, Role.MISSING, crawl, status=status)

    def restricted(self, url: str, crawl: int = 1, **more: Any) -> Derived:
        return self.add(url, Role.RESTRICTED, crawl, content=content(title="Protected", text=""), **more)

    def document(self, url: str, entity: bytes, crawl: int = 1, **more: Any) -> Derived:
        return self.add(url, Role.DOCUMENT, crawl, entity=entity, media_type="application/pdf", **more)

    def add(
        self,
        url: str,
        role: Role,
        crawl: int = 1,
        *,
        status: int = 200,
        entity: bytes | None = None,
        truncated: Truncation | None = None,
        **page: Any,
    ) -> Derived:
        number = len(self.captures)
        captured_at = at(crawl, number)
        location = Location(f"nile-{at(crawl):%Y%m%d%H%M%S}-00000.warc.gz", 1000 * number, 900)
        body = f"{number} {page}".encode() if entity is None else entity
        capture = Capture(url, captured_at, status, (), body, location, f"<urn:uuid:{number}>", truncated)
        told = Page(url=url, captured_at=captured_at, status=status, role=role, **{"media_type": "text/html", **page})
        derived = reader(told).read(capture)
        self.captures.append(derived)
        return derived

    def assembled(self, folder: Path, order: Iterable[int] | None = None) -> list[Assembled]:
        """What assemble makes of the captures, inserted in the order given."""
        captures = self.captures if order is None else [self.captures[place] for place in order]
        path = folder / "pages.sqlite"
        PageStore.delete(path)
        with PageStore(path) as store:
            store.add(captures, MARK)
            return list(assemble(store, PROFILE, TOOLS))


def reader(page: Page) -> Reader:
    """A Reader that finds this page in every capture."""
    return Reader(
        PROFILE, lambda capture, profile: page, lambda capture, profile: page.model_copy(update={"content": None})
    )


def pdf(url: str, title: str | None = None) -> DocumentLink:
    return DocumentLink(url=url, title=title)


def link(url: str, text: str | None = None) -> FoundLink:
    return FoundLink(url=url, text=text)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
