"""From the pages of a collection to its publications: what needs more than one capture.

One publication at a time: memory follows the largest publication, not the collection.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from archive.dataset.crawls import by_name
from archive.dataset.derived import key_of
from archive.dataset.history import History, Seen, Sight, Version, fold
from archive.dataset.identity import MOST_HOPS, Identity
from archive.dataset.pages import COLUMNS, PageStore, Row
from archive.dataset.parts import Parts, Spread, doubts, joined, whole
from archive.dataset.publication import Document, PartSource, Publication, Source, State
from archive.extract.markdown import markdown, text
from archive.extract.page import Content, DocumentLink, FileContent, Page, Role
from archive.extract.warnings import Warning
from archive.institutes.profile import Profile
from archive.store.withheld import Withheld, Withholding

# Characters of the documents of one publication: a line is held in memory, by us and by whoever reads it.
MOST_TEXT = 20_000_000

# The fields that a publication has as its Content has them.
_OF_CONTENT = tuple(
    name
    for name in Content.model_fields
    if name in Publication.model_fields and name not in ("kind", "published", "modified", "blocks", "documents")
)


_NOTHING = Withheld()


@dataclass(frozen=True, slots=True)
class Assembled:
    """One publication: every version, oldest first."""

    versions: tuple[Publication, ...]
    withheld: Withholding | None = None  # why it is to stay out of the dataset

    @property
    def latest(self) -> Publication:
        return self.versions[-1]


def assemble(
    store: PageStore,
    profile: Profile,
    tools: dict[str, str],
    crawl_of: Callable[[str], str] = by_name,
    withheld: Withheld = _NOTHING,
) -> Iterator[Assembled]:
    """The publications of a store, sorted by id. `tools` is their `derived_by`; `crawl_of` tells a WARC file's crawl.
    Those that are withheld come too, and say so.

    The same rows give the same publications, in whatever order they were put in.
    """
    return _Assembly(store, profile, tools, crawl_of, withheld).publications()


class _Assembly:
    def __init__(
        self,
        store: PageStore,
        profile: Profile,
        tools: dict[str, str],
        crawl_of: Callable[[str], str],
        withheld: Withheld,
    ) -> None:
        self._store = store
        self._profile = profile
        self._tools = tools
        self._crawl_of = crawl_of
        self._withheld = withheld
        self._alone = {one.url for one in withheld if one.id is None}  # addresses, among them documents'
        self._identity = Identity(store, profile)
        self._parts: dict[int, Parts] = {}  # of the publication at hand, by the row of its first page

    def publications(self) -> Iterator[Assembled]:
        for identifier, root in self._identity.publications():
            members = self._identity.members(root)
            rows = self._rows(root)
            spread = Spread.of(rows, members, self._crawl_of)
            rows = [row for row in rows if row.key not in spread.keys]
            seen = [Seen(row, sight) for row in rows if (sight := self._sight(row, members)) is not None]
            self._parts = {one.row.id: spread.of_capture(one.row) for one in seen if one.row.parts}
            seen = [Seen(whole(one.row, self._parts_of(one.row)), one.sight) for one in seen]
            history = fold(seen, self._crawl_of)
            if history is not None:
                assembled = self._assembled(identifier, history, members - spread.keys, rows)
                if self._withheld:
                    why = self._withheld.publication(identifier, self._identity.nodes(root))
                    assembled = replace(assembled, withheld=why)
                yield assembled

    def _parts_of(self, row: Row) -> Parts:
        return self._parts.get(row.id, _ALONE)

    def _rows(self, root: str) -> list[Row]:
        columns = ", ".join(f"page.{name}" for name in COLUMNS.split(", "))
        query = f"""
            SELECT {columns} FROM temp.member CROSS JOIN page ON page.key = member.key
            WHERE member.root = ? AND role IN ('publication', 'restricted', 'missing', 'redirect')
            ORDER BY captured_at, warc, "offset" """
        return [Row._make(row) for row in self._store.connection.execute(query, (root,))]

    # What a capture shows

    def _sight(self, row: Row, members: set[str]) -> Sight | None:
        """None where it says nothing: a change of spelling, or a redirect to what was not captured."""
        match row.role:
            case Role.PUBLICATION:
                return Sight.WHOLE if row.whole else Sight.PARTIAL
            case Role.RESTRICTED:
                return Sight.RESTRICTED
            case Role.MISSING:
                return Sight.MISSING
            case _:
                return self._led_to(row, members)

    def _led_to(self, row: Row, members: set[str]) -> Sight | None:
        if row.redirect_key == row.key:
            return None
        if row.redirect_key in members:
            return Sight.MOVED
        crawl, target = self._crawl_of(row.warc), row.redirect_key
        for _ in range(MOST_HOPS):
            if target is None or target == self._identity.home:
                return Sight.MISSING if target else None
            there = list(self._store.rows("key = ?", (target,)))
            there = [one for one in there if self._crawl_of(one.warc) == crawl] or there
            if not there:
                return None
            last = there[-1]
            match last.role:
                case Role.PUBLICATION | Role.LISTING | Role.MISSING:
                    return Sight.MISSING
                case Role.RESTRICTED:
                    return Sight.RESTRICTED
                case Role.REDIRECT:
                    target = last.redirect_key
                case _:
                    return None
        return None

    # Lines

    def _assembled(self, identifier: str, history: History, members: set[str], rows: list[Row]) -> Assembled:
        latest = history.latest
        named = latest.canonical if latest.canonical and latest.canonical_key in members else None
        url = named or latest.url
        spellings = {row.url for row in rows} | {
            row.canonical for row in rows if row.canonical and row.canonical_key in members
        }
        spellings |= {row.redirect_to for row in rows if row.redirect_to and row.redirect_key in members}
        aliases = tuple(sorted(spellings - {url}))
        lines = []
        for version, following in zip(history.versions, [*history.versions[1:], None], strict=True):
            state = history.state if following is None else State.LIVE
            until = following.row.captured_at if following else None
            lines.append(self._line(identifier, state, url, aliases, history, version, until))
        return Assembled(tuple(lines))

    def _line(
        self,
        identifier: str,
        state: State,
        url: str,
        aliases: tuple[str, ...],
        history: History,
        version: Version,
        until: str | None,
    ) -> Publication:
        row = version.row
        page = Page.model_validate_json(self._store.body(row.id))
        content = page.content
        assert content  # a version's capture has content: `fold` takes no other
        parts = self._parts_of(row)
        content = joined(content, [self._content(part) for _, part in parts.rows])
        words = text(content.blocks) if version.whole else ""
        # Constructed without a second validation: every value was validated as part of its Page.
        return Publication.model_construct(
            id=identifier,
            institute=self._profile.id,
            kind=content.kind,
            state=state,
            url=url,
            aliases=aliases,
            version=moment(row.captured_at),
            first_seen=moment(history.first_seen),
            last_seen=moment(version.last_seen),
            published=content.published.isoformat() if content.published else None,
            modified=content.modified.isoformat() if content.modified else None,
            text=words or None,
            markdown=markdown(content.blocks) if words else None,
            blocks=content.blocks if version.whole else None,
            documents=self._documents(content.documents, row.captured_at, until),
            source=_source(row),
            parts=tuple(
                PartSource.model_construct(number=number, url=part.url, source=_source(part))
                for number, part in parts.rows
            ),
            derived_by=self._tools,
            warnings=_warnings(row, version, parts, len(words)),
            **{name: getattr(content, name) for name in _OF_CONTENT},
        )

    def _content(self, row: Row) -> Content:
        content = Page.model_validate_json(self._store.body(row.id)).content
        assert content  # only captures with content are parts
        return content

    def _documents(self, links: tuple[DocumentLink, ...], since: str, until: str | None) -> tuple[Document, ...]:
        """The files of a version, with their text as long as there is room for it in a line."""
        found = []
        room = MOST_TEXT
        for link in links:
            document = self._document(link, since, until)
            length = sum(map(len, document.text or ()))
            if length > room:
                codes = tuple(sorted({*document.warnings, str(Warning.DOCUMENTS_TOO_LARGE)}))
                document = document.model_copy(update={"text": None, "warnings": codes})
            else:
                room -= length
            found.append(document)
        return tuple(found)

    def _document(self, link: DocumentLink, since: str, until: str | None) -> Document:
        """A link joined with the last capture of its file while the version was shown, else the next one after, else
        the last before.
        """
        key = key_of(link.url, self._profile)
        if key in self._alone:
            return Document(url=link.url, title=link.title, warnings=(Warning.DOCUMENT_WITHHELD.value,))
        found, others = self._files(key)
        if not found:
            return Document(url=link.url, title=link.title, warnings=_no_file(others))
        shown = [one for one in found if since <= one.captured_at and (until is None or one.captured_at < until)]
        after = [one for one in found if one.captured_at >= since]
        row = shown[-1] if shown else after[0] if after else found[-1]
        file = self._file(row)
        return Document.model_construct(
            **(dict(file) if file else {})
            | {
                "url": link.url,
                "title": link.title or row.title,
                "file_title": file.title if file else None,
                "media_type": row.media_type,
                "size": row.size,
                "sha256": row.sha256,
                "captured_at": moment(row.captured_at),
                "warc": row.warc,
                "offset": row.offset,
                "warnings": tuple(json.loads(row.warnings)) if row.role == Role.DOCUMENT else (),
            }
        )

    def _file(self, row: Row) -> FileContent | None:
        """What the captured file says; nothing where it is no document, such as a page that was embedded."""
        return Page.model_validate_json(self._store.body(row.id)).file if row.role == Role.DOCUMENT else None

    def _files(self, key: str) -> tuple[list[Row], list[Row]]:
        """Whole captures of a file in order, through redirects, and the last other ones where there is none; on other
        hosts too, since pages embed such files.
        """
        rows: list[Row] = []
        for _ in range(MOST_HOPS):
            rows = list(self._store.rows("key = ?", (key,)))
            whole = [
                row
                for row in rows
                if row.status == 200 and not row.truncated and row.role in (Role.DOCUMENT, Role.OUTSIDE, Role.RESOURCE)
            ]
            onward = [row.redirect_key for row in rows if row.role == Role.REDIRECT and row.redirect_key]
            if whole or not onward or onward[-1] == key:
                return whole, rows
            key = onward[-1]
        return [], rows


def _no_file(rows: list[Row]) -> tuple[str, ...]:
    """Why an address that was fetched gave no file, told from its last capture."""
    if not rows:
        return ()
    row = rows[-1]
    if row.truncated:
        return (Warning.TRUNCATED_CAPTURE.value,)
    if row.role == Role.RESTRICTED:
        return (Warning.RESTRICTED.value,)
    if row.status == 200:
        return (Warning.NOT_A_DOCUMENT.value,)
    return (Warning.DOCUMENT_MISSING.value,) if row.role == Role.MISSING else ()


_ALONE = Parts()


def _source(row: Row) -> Source:
    return Source.model_construct(
        warc=row.warc,
        offset=row.offset,
        length=row.length,
        record_id=row.record_id,
        captured_at=moment(row.captured_at),
        payload_digest=f"sha256:{row.sha256}",
        http_status=row.status,
    )


def _warnings(row: Row, version: Version, parts: Parts, length: int) -> tuple[str, ...]:
    codes = doubts(row, parts, length)
    if not version.whole:
        codes.add("restricted" if row.role == Role.RESTRICTED else "truncated_capture" if row.truncated else "no_body")
    return tuple(sorted(codes))


def moment(text: str) -> datetime:
    """A time as the store has it."""
    return datetime.fromisoformat(text)
