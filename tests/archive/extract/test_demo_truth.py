"""The demo institute's pages against their truth, field by field: both languages, all kinds, every shape of case."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest

from archive.dataset.parts import joined
from archive.extract.extract import extract
from archive.extract.page import Block, Content, Page
from archive.institutes import registry
from archive.institutes.profile import Profile
from archive.institutes.urls import absolute
from archive.store.capture import Capture
from archive.store.exchange import Location
from crawler.demo.case_layouts import FACTS, TIMELINES
from crawler.demo.institute import Institute, Theme
from crawler.demo.outline import case_layouts
from crawler.demo.site import Site
from crawler.demo.truth import Truth, truth

HOME = "http://127.0.0.1:8765/"
COUNT = 120  # three times every kind in every shape
# Seed 1 as it is first published; another seed after two revisions, with silent edits and UPDATE blocks.
# And the first as it was shown before the site's redesign: the same profile reads both, by its `until` rules.
NOW, BEFORE = datetime(2026, 5, 1, tzinfo=UTC), datetime(2024, 12, 31, 20, 0, tzinfo=UTC)
INSTITUTES: dict[str, tuple[int, int, Theme, datetime]] = {
    "first": (1, 0, "current", NOW),
    "revised": (5, 2, "current", NOW),
    "older": (1, 0, "older", BEFORE),
}


@dataclass(frozen=True)
class Held:
    """What was read of a publication, and what is true of it."""

    page: Page
    content: Content
    true: Truth

    def blocks(self, *types: str) -> list[Block]:
        return [block for block in self.content.blocks if block.type in types]


def _page(site: Site, profile: Profile, url: str, captured_at: datetime) -> Page:
    answer = site.answer(urlsplit(url).path)
    assert isinstance(answer.body, bytes)
    capture = Capture(
        url,
        captured_at,
        200,
        (("Content-Type", "text/html; charset=UTF-8"), *answer.headers.items()),
        answer.body,
        Location("w", 0, 1),
        "<urn:uuid:1>",
    )
    return extract(capture, profile)


@cache
def held(name: str) -> tuple[Held, ...]:
    seed, revision, theme, captured_at = INSTITUTES[name]
    institute = Institute(HOME, COUNT, seed, revision, theme)
    site = Site(institute)
    profile = registry.load("demo").model_copy(update={"home": HOME})
    found = []
    for number in range(COUNT):
        if not institute.is_live(number):
            continue
        true = truth(institute, number)
        page, *parts = [_page(site, profile, url, captured_at) for url in (true["url"], *true["parts"])]
        assert page.content is not None, true["url"]
        content = joined(page.content, [part.content for part in parts if part.content])
        found.append(Held(page, content, true))
    return tuple(found)


def url(address: str) -> str:
    """An address as the archive spells it."""
    return absolute(address, HOME) or address


def spaced(text: str) -> str:
    """Cloudflare's placeholder has a no-break space, which the archive keeps and the truth writes as a space."""
    return text.replace("\u00a0", " ")


def instant(stamp: str | None) -> datetime | None:
    return datetime.fromisoformat(stamp).astimezone(UTC) if stamp else None


def paragraphs(one: Held) -> list[str]:
    """The prose. A case's facts may be set in paragraphs too; those are held against the truth by `case`."""
    found = [block.text for block in one.blocks("paragraph", "answer")]
    if one.true["case"]:
        return [text for text in found if text in set(one.true["paragraphs"])]
    others = {document["title"] for document in one.true["documents"]} | set(one.true["details"])
    return [text for text in found if text not in others]


def items(one: Held) -> list[str]:
    titles = {document["title"] for document in one.true["documents"]}
    return [item.text for block in one.blocks("list") for item in block.items or () if item.text not in titles]


def pieces(one: Held) -> list[str]:
    """All words of the body, in order: a piece for each paragraph, heading, list item and table cell."""
    texts = (
        [item.text for item in block.items] if block.items else re.split(r"[\n\t]", block.text)
        for block in one.content.blocks
        if block.type != "image"
    )
    return [text for each in texts for text in each]


def links(one: Held) -> list[dict[str, str]]:
    files = {url(document["url"]) for document in one.true["documents"]}
    return [
        {"text": link.text, "url": link.url}
        for block in one.content.blocks
        for link in block.links
        if link.url not in files
    ]


def case(one: Held) -> dict[str, Any] | None:
    found = one.content.case
    if found is None:
        return None
    return {
        "claimants": [party.name for party in found.claimants], "claimants_others": found.claimants_others,
        "defendants": [party.name for party in found.defendants], "court": found.court,
        "number": found.number, "filed": found.filed, "filed_raw": found.filed_raw, "status": found.status,
        "timeline": [event.model_dump() for event in found.timeline],
    }  # fmt: skip


def same(name: str) -> Callable[[Held], tuple[Any, Any]]:
    """A field that has the same name and form on both sides."""

    def pair(one: Held) -> tuple[Any, Any]:
        value = getattr(one.content, name)
        return (list(value) if isinstance(value, tuple) else value), one.true[name]

    return pair


def turns(kind: str) -> Callable[[Held], tuple[Any, Any]]:
    return lambda one: (
        [{"speaker": block.speaker, "text": block.text} for block in one.blocks(kind)],
        one.true[f"{kind}s"],
    )


def stamps(name: str) -> Callable[[Held], tuple[Any, Any]]:
    """The moment, where the head or the page's <time> tells it; else nothing."""

    def pair(one: Held) -> tuple[Any, Any]:
        number = one.true["number"]
        told = number % 4 != 1 or number % 3 == 0
        return instant(getattr(one.content, name)), instant(one.true[name]) if told else None

    return pair


FIELDS: dict[str, Callable[[Held], tuple[Any, Any]]] = {
    "kind": lambda one: (one.content.kind.value, one.true["kind"]),
    "language": same("language"),
    "direction": same("direction"),
    "title": same("title"),
    "standfirst": same("standfirst"),
    "authors": lambda one: ([author.name for author in one.content.authors], one.true["authors"]),
    "author_notes": lambda one: ([spaced(note.text) for note in one.content.author_notes], one.true["author_notes"]),
    "published": lambda one: (str(one.content.published), one.true["published"]),
    "published_at": stamps("published_at"),
    "published_raw": same("published_raw"),
    "modified_at": stamps("modified_at"),
    "sections": same("sections"),
    "tags": same("tags"),
    "paragraphs": lambda one: (paragraphs(one), one.true["paragraphs"]),
    "headings": lambda one: ([block.text for block in one.blocks("heading")], one.true["headings"]),
    "questions": turns("question"),
    "answers": turns("answer"),
    "list_items": lambda one: (items(one), one.true["list_items"]),
    "rows": lambda one: (
        [list(row) for block in one.blocks("table", "definitions") for row in block.rows or ()],
        one.true["rows"],
    ),
    "pieces": lambda one: (pieces(one) if one.true["pieces"] else None, one.true["pieces"]),
    "quotes": lambda one: (
        [{"text": block.text, "cite": block.cite} for block in one.blocks("quote", "pullquote")],
        one.true["quotes"],
    ),
    "links": lambda one: (links(one), [{**link, "url": url(link["url"])} for link in one.true["links"]]),
    "footnotes": lambda one: (
        [{"mark": block.mark, "text": block.text} for block in one.blocks("footnote")],
        one.true["footnotes"],
    ),
    "case": lambda one: (case(one), one.true["case"]),
    "documents": lambda one: (
        [document.model_dump() for document in one.content.documents],
        [{**document, "url": url(document["url"])} for document in one.true["documents"]],
    ),
    "images": lambda one: ([image.model_dump() for image in one.content.images], one.true["images"]),
    "related": lambda one: (
        [(reference.title, reference.url) for reference in one.content.related],
        [(reference["title"], url(reference["url"])) for reference in one.true["related"]],
    ),
    "translations": lambda one: (
        [reference.url for reference in one.content.translations],
        list(map(url, one.true["translations"])),
    ),
    "parts": lambda one: (
        [part.url for part in one.page.part.others] if one.page.part else [],
        [url(part) for part in one.true["parts"]],
    ),
    "post_id": lambda one: (one.page.post_id, one.true["post_id"] if one.true["post_id_shown"] else None),
    "role": lambda one: (one.page.role.value, "publication"),
}


@pytest.mark.parametrize("name", INSTITUTES)
@pytest.mark.parametrize("field", FIELDS)
def test_field_is_right_on_every_page(field: str, name: str) -> None:
    wrong = {}
    for one in held(name):
        got, wanted = FIELDS[field](one)
        if got != wanted:
            wrong[one.true["number"], one.true["kind"], one.true["shape"]] = {"got": got, "wanted": wanted}
    assert wrong == {}


def test_every_kind_language_and_shape_is_there() -> None:
    pages = held("first")
    assert len({one.true["kind"] for one in pages}) == 10
    assert {one.true["language"] for one in pages} == {"ar", "en"}
    cases = {(one.true["language"], one.true["shape"]) for one in pages if one.true["kind"] == "legal_case"}
    assert cases == {(language, layout) for language in ("ar", "en") for layout in FACTS}
    timelines = {(one.true["language"], case_layouts(one.true["number"])[1]) for one in pages if one.true["case"]}
    assert timelines == {(language, layout) for language in ("ar", "en") for layout in TIMELINES}


@pytest.mark.parametrize("name", INSTITUTES)
def test_nothing_else_is_in_the_body(name: str) -> None:
    """No block but those that the truth knows of."""
    for one in held(name):
        true = one.true
        if true["pieces"]:
            continue  # of which the pieces are compared
        known = {
            *true["paragraphs"], *true["headings"], *(quote["text"] for quote in true["quotes"]), *true["details"],
            *(turn["text"] for kind in ("questions", "answers", "footnotes") for turn in true[kind]),
            *(document["title"] for document in true["documents"]),
        }  # fmt: skip
        strange = [
            block for block in one.content.blocks if block.type not in ("list", "image") and block.text not in known
        ]
        assert strange == [], true["url"]


@pytest.mark.parametrize("name", INSTITUTES)
def test_every_link_points_at_its_own_words(name: str) -> None:
    for one in held(name):
        pieces = [(block.text, block.links) for block in one.content.blocks]
        pieces += [(note.text, note.links) for note in one.content.author_notes]
        for text, places in pieces:
            assert [text[link.start : link.end] for link in places] == [link.text for link in places]
