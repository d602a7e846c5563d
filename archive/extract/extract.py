"""`extract(capture, profile)`: from one stored response to a Page. Pure and deterministic: no clock, no network, the
same on every machine."""

import re
from functools import lru_cache
from zoneinfo import ZoneInfo

from archive.errors import DamagedRecord
from archive.extract import (
    attached,
    blocks,
    body,
    byline,
    fields,
    interview,
    kind,
    language,
    legal_case,
    links,
    markdown,
    parts,
    pdf,
    roles,
)
from archive.extract.html import MAX_BYTES, Document, plain
from archive.extract.page import AuthorNote, Content, Page, Role
from archive.extract.warnings import Warning
from archive.institutes.profile import Kind, Profile
from archive.institutes.urls import absolute, post_id
from archive.store import http
from archive.store.capture import Capture

__all__ = ["extract", "links_only"]

_SHORT_BODY = 250
_SHORTLINK = re.compile(r"[?&]p=(\d+)(?:&|$)")
_POST_CLASS = re.compile(r"^(?:postid|page-id)-(\d+)$")
_REFRESH = re.compile(r"^\s*[0-5](?:\.\d+)?\s*;\s*url\s*=\s*[\"']?([^\"'>]+)", re.IGNORECASE)
_BY_SCRIPT = re.compile(
    r"enable javascript|javascript is (?:required|disabled)|requires javascript|تفعيل (?:ال)?جافا ?سكريبت",
    re.IGNORECASE,
)
# Bytes of a page that was cut off: it has no text, and an endless one is as long as a page may be.
MAX_OF_TRUNCATED = 256 * 1024
# Of these nothing but their links is wanted.
_READ = frozenset((Role.PUBLICATION, Role.RESTRICTED))
_OF_POSTS = _READ | {Role.REDIRECT, Role.MISSING}


def extract(capture: Capture, profile: Profile, role: Role | None = None) -> Page:
    """All that one capture says. Never raises on what a site sent: what could not be read is a warning code.

    `role` overrules what the profile's URL rules and the page say of an HTML page that answered 200.
    """
    return _numbered(_page(capture, profile, role, whole=True), profile)


def links_only(capture: Capture, profile: Profile) -> Page:
    """Role, links and requisites alone, for a crawl that captures and derives later. `content` stays empty."""
    return _numbered(_page(capture, profile, None, whole=False), profile)


def _numbered(page: Page, profile: Profile) -> Page:
    """With the number of the post that its address holds, where the page names none."""
    number = post_id(page.url, profile) if page.post_id is None and page.role in _OF_POSTS else None
    return page if number is None else page.model_copy(update={"post_id": number})


def _page(capture: Capture, profile: Profile, given: Role | None, whole: bool) -> Page:
    warnings: list[str] = [Warning.TRUNCATED_CAPTURE] if capture.truncated else []
    stated = roles.media_type(capture)
    try:
        bytes_ = (
            http.decode(capture.entity, capture.headers, MAX_BYTES) if _is_text(stated, capture) else capture.entity
        )
    except DamagedRecord:
        if not _is_lost_publication(capture, profile, given):
            return _bare(capture, Role.ERROR, stated, [*warnings, Warning.UNDECODABLE])
        bytes_ = b""
        warnings.append(Warning.UNDECODABLE)
    role = roles.before_reading(capture, profile, bytes_)
    if role is not None and role is not Role.OUTSIDE:
        kind = roles.sniffed(stated, bytes_)
        if role is Role.DOCUMENT and whole:
            return _file(capture, kind, bytes_, warnings)
        return _unread(capture, role, kind, bytes_, warnings)
    if capture.truncated:
        bytes_ = bytes_[:MAX_OF_TRUNCATED]
    document = Document.from_bytes(bytes_, capture.url, capture.header("Content-Type"), capture.headers)
    document.warnings.extend(warnings)
    if role is None:
        role = given or roles.of_page(capture, profile, document, bytes_)
    redirect = _refresh(document) if role is Role.PUBLICATION else None
    if redirect:
        role = Role.REDIRECT
    found = links.links(document, texts=whole) if role is not Role.OUTSIDE else ()
    needed = links.requisites(document)
    part = parts.read(document, profile) if role is Role.PUBLICATION else None
    content = _content(document, capture, profile, role) if whole and role in _READ else None
    return Page(
        url=capture.url,
        captured_at=capture.captured_at,
        status=capture.status,
        media_type=stated,
        role=role,
        canonical=_canonical(document),
        post_id=_post_id(document, capture),
        redirect_to=redirect,
        part=part,
        title=plain(document.tree.findtext(".//title")) or None if content is None else None,
        content=content,
        links=found,
        requisites=needed,
        warnings=tuple(sorted(set(map(str, document.warnings)))),
    )


def _is_lost_publication(capture: Capture, profile: Profile, given: Role | None) -> bool:
    """Whether what cannot be decoded answered, as a page, where a publication is: it has its line, without a text."""
    if roles.before_reading(capture, profile, b"") is not None:
        return False
    page = Document.from_bytes(b"", capture.url, None, capture.headers)
    return (given or roles.of_page(capture, profile, page, b"")) is Role.PUBLICATION


def _is_text(stated: str | None, capture: Capture) -> bool:
    """Whether the entity is to be decoded here: documents, images and the like are handed on as they lie."""
    return (
        stated is None
        or stated.startswith("text/")
        or any(word in stated for word in ("html", "xml", "json", "javascript", "octet-stream"))
    )


def _bare(
    capture: Capture, role: Role, media_type: str | None, warnings: list[str], requisites: tuple[str, ...] = ()
) -> Page:
    location = capture.header("Location") if 300 <= capture.status < 400 else None
    return Page(
        url=capture.url,
        captured_at=capture.captured_at,
        status=capture.status,
        media_type=media_type,
        role=role,
        post_id=_post_id(None, capture),
        redirect_to=absolute(http.text(location), capture.url) if location else None,
        requisites=requisites,
        warnings=tuple(sorted(set(map(str, warnings)))),
    )


def _unread(capture: Capture, role: Role, media_type: str | None, bytes_: bytes, warnings: list[str]) -> Page:
    needed = links.of_stylesheet(bytes_, capture.url) if media_type == "text/css" and capture.status == 200 else ()
    return _bare(capture, role, media_type, warnings, needed)


def _file(capture: Capture, media_type: str | None, entity: bytes, warnings: list[str]) -> Page:
    """A document. One that was cut off is not read: its end is where a PDF says what it holds."""
    page = _bare(capture, Role.DOCUMENT, media_type, warnings)
    if capture.truncated:
        return page
    found, doubts = None, [str(Warning.DOCUMENT_UNREAD)]
    if media_type in roles.PDF:
        try:
            found, doubts = pdf.read(http.decode(entity, capture.headers, pdf.MAX_BYTES))
        except DamagedRecord:
            doubts = [Warning.UNDECODABLE if len(entity) <= pdf.MAX_BYTES else Warning.TOO_LARGE]
    codes = tuple(sorted({*page.warnings, *map(str, doubts)}))
    return page.model_copy(update={"file": found, "title": found.title if found else None, "warnings": codes})


def _refresh(document: Document) -> str | None:
    """Where an immediate <meta http-equiv=refresh> leads: to another page, not to itself."""
    found = _REFRESH.match(document.meta("refresh") or "")
    target = absolute(found[1].strip(), document.base) if found else None
    return target if target and target != document.url else None


def _canonical(document: Document) -> str | None:
    for element in document.tree.iter("link"):
        if "canonical" in (element.get("rel") or "").lower().split() and element.get("href"):
            return absolute(element.get("href"), document.base)
    return None


def _post_id(document: Document | None, capture: Capture) -> int | None:
    """WordPress' number of the post: body class, shortlink, or the Link header."""
    if document is not None:
        for name in sorted(document.body_classes):
            if found := _POST_CLASS.match(name):
                return int(found[1])
        for element in document.tree.iter("link"):
            if (element.get("rel") or "").lower() == "shortlink" and (
                found := _SHORTLINK.search(element.get("href") or "")
            ):
                return int(found[1])
    for name, value in capture.headers:
        if (
            name.lower() == "link"
            and "shortlink" in value
            and (found := re.search(r"[?&]p=(\d+)[^>]*>\s*;\s*rel=[\"']?shortlink", value))
        ):
            return int(found[1])
    return None


def _content(document: Document, capture: Capture, profile: Profile, role: Role) -> Content:
    captured_on = capture.captured_at.astimezone(_zone(profile.timezone)).date()
    known = fields.read(document, profile, captured_on)
    document.warnings.extend(known.warnings)
    chosen = body.choose(document, profile, captured_on, known.consumed)
    above = known.standfirst if known.standfirst_source != "paragraph" else None  # else it is the body's own
    sorted_ = blocks.sort(chosen, document.base, known.title, above, [author.name for author in known.authors])
    named = kind.by_rule(
        profile,
        captured_on,
        title=known.title,
        sections=known.sections,
        body_classes=document.body_classes,
        url=capture.url,
    )
    asks = named is Kind.INTERVIEW or (named is None and interview.looks_like_one(sorted_.drafts, profile.interviewers))
    decided = named or (Kind.INTERVIEW if asks else profile.default_kind)
    if asks:
        interview.structure(sorted_.drafts, profile.interviewers, known.title)
    written = blocks.written(sorted_.drafts)
    text = markdown.text(written)
    if role is not Role.RESTRICTED:
        _judge(document, text)
    hint = document.tree.get("lang") or document.meta("og:locale")
    spoken = language.of_text(text or known.title or "", hint)
    document.warnings.extend(language.doubts(spoken, hint))
    case = None
    if decided is Kind.LEGAL_CASE:
        outside = legal_case.pointed(document, chosen.roots, profile, captured_on)
        case = legal_case.read(known.title, written, chosen.roots, profile, outside)
    notes = _once([*sorted_.author_notes, *known.author_notes])
    return Content(
        kind=decided,
        title=known.title,
        title_source=known.title_source,
        standfirst=known.standfirst or sorted_.standfirst,
        standfirst_source=known.standfirst_source or ("body" if sorted_.standfirst else None),
        language=spoken.code,
        direction=spoken.direction,
        blocks=language.of_blocks(written, spoken),
        authors=byline.with_names_of_notes(known.authors, notes),
        authors_source=known.authors_source,
        author_notes=notes,
        published=known.published,
        published_at=known.published_at,
        published_raw=known.published_raw,
        published_source=known.published_source,
        modified=known.modified,
        modified_at=known.modified_at,
        modified_raw=known.modified_raw,
        modified_source=known.modified_source,
        sections=known.sections,
        tags=known.tags,
        countries=known.countries,
        images=attached.images(written, document),
        documents=attached.documents(written, chosen.roots, document, profile, captured_on),
        related=attached.references([*attached.related(document, profile, captured_on), *sorted_.related]),
        translations=attached.references([*known.translations, *sorted_.translations]),
        case=case,
    )


def _once(notes: list[AuthorNote]) -> tuple[AuthorNote, ...]:
    """Each note once, by its words."""
    return tuple({note.text: note for note in reversed(notes)}.values())[::-1]


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _judge(document: Document, text: str) -> None:
    """Doubts about the body as a whole."""
    if not text:
        document.warnings.append(Warning.NO_BODY)
    elif len(text) < _SHORT_BODY:
        document.warnings.append(Warning.SHORT_BODY)
    if len(text) < _SHORT_BODY and any(
        _BY_SCRIPT.search("".join(element.itertext())) for element in document.tree.iter("noscript")
    ):
        document.warnings.append(Warning.TEXT_BY_SCRIPT)
