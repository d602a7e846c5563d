"""Collections with a dataset and no WARCs: publications after the demo institute's truth, as many as are wanted, for
tests and benchmarks of what reads a dataset.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from archive.dataset.jsonl import DatasetWriter
from archive.dataset.publication import Document, Publication, Source, State
from archive.extract.page import Author, Block, Case, Party, Reference, TextLink, TimelineEvent
from archive.store.collection import Collection
from crawler.demo.institute import Institute
from crawler.demo.truth import truth

SEEN = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
Edits = Callable[[dict[str, Any]], str | None]


def publication(told: dict[str, Any], at: datetime = SEEN, text: str | None = None) -> Publication:
    """A publication that says what a truth of the demo institute says."""
    blocks = _blocks(told) if text is None else (Block(type="paragraph", text=text),)
    body = "\n\n".join(block.text for block in blocks)
    number = told["number"]
    return Publication(
        id=told["id"], institute="demo", kind=told["kind"], state=State.LIVE, url=told["url"],
        aliases=tuple(sorted(told["aliases"])), version=at, first_seen=SEEN, last_seen=at,
        title=told["title"], title_source="profile", standfirst=told["standfirst"],
        standfirst_source="profile" if told["standfirst"] else None,
        language=told["language"], direction=told["direction"],
        published=told["published"], published_at=told["published_at"], published_raw=told["published_raw"],
        published_source="profile", modified=None, modified_at=None, modified_raw=None, modified_source=None,
        text=body, markdown=body, blocks=blocks,
        authors=tuple(Author(name=name, name_raw=name) for name in told["authors"]),
        authors_source="profile", author_notes=(),
        sections=tuple(told["sections"]), tags=tuple(told["tags"]), countries=(), images=(),
        documents=tuple(Document(url=one["url"], title=one["title"]) for one in told["documents"]),
        related=tuple(Reference(url=one["url"], title=one["title"]) for one in told["related"]),
        translations=tuple(Reference(url=url) for url in told["translations"]),
        case=_case(told),
        source=Source(
            warc="demo-20261101120000-00000.warc.gz", offset=number * 1000, length=900,
            record_id=f"<urn:uuid:00000000-0000-4000-8000-{number:012d}>", captured_at=at,
            payload_digest="sha256:" + hashlib.sha256(body.encode()).hexdigest(), http_status=200,
        ),
        parts=(), derived_by={"policy-archive": "0"}, warnings=() if told["authors"] else ("no_author",),
    )  # fmt: skip


def _blocks(told: dict[str, Any]) -> tuple[Block, ...]:
    links = {one["text"]: one["url"] for one in told["links"]}
    made = [Block(type="heading", level=2, text=text) for text in told["headings"][:1]]
    for text in told["paragraphs"]:
        found = [(words, url, text.find(words)) for words, url in links.items() if words in text]
        inside = tuple(
            TextLink(text=words, url=url, start=at, end=at + len(words))
            for words, url, at in sorted(found, key=lambda one: one[2])
        )
        made.append(Block(type="paragraph", text=text, links=inside))
    return tuple(made)


def _case(told: dict[str, Any]) -> Case | None:
    case = told["case"]
    if case is None:
        return None
    sides = {
        side: tuple(Party(name=name, name_raw=name) for name in case[side]) for side in ("claimants", "defendants")
    }
    return Case(
        name=told["title"], **sides, court=case["court"], court_raw=case["court"], number=case["number"],
        number_raw=case["number"], filed=case["filed"], filed_raw=case["filed_raw"], status=case["status"],
        status_raw=case["status"], timeline=tuple(TimelineEvent(**event) for event in case["timeline"]),
    )  # fmt: skip


def institute(count: int) -> Institute:
    """One with so many publications: what they say of one another does not hang on the count below 1,000."""
    return Institute("http://127.0.0.1:8765/", max(count, 1000))


def publications(count: int) -> Iterator[dict[str, Any]]:
    """The truth of so many publications of the demo institute, in two languages."""
    whole = institute(count)
    return (truth(whole, number) for number in range(count))


def fill(
    home: Path, count: int = 30, name: str = "demo", edited: Mapping[str, str] | Edits = MappingProxyType({})
) -> Collection:
    """A collection whose dataset holds so many publications; one at a time is in memory. `edited` gives some, by id, a
    second version's text, or says of a truth what that is.
    """
    collection = Collection.open(home / "collections" / name, create=True)
    later = SEEN + timedelta(days=1)
    whole = institute(count)
    with DatasetWriter(collection.dataset_dir, name) as writer:
        for number in sorted(range(count), key=lambda one: f"demo:p{whole.outline(one).post_id}"):
            told = truth(whole, number)
            versions = [publication(told)]
            text = edited(told) if callable(edited) else edited.get(told["id"])
            if text:
                versions.append(publication(told, later, text))
            writer.add(versions)
    return collection
