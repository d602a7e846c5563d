"""What a publication has with it: its pictures, its files, and the publications that it points at."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from lxml.html import HtmlElement

from archive.extract import embedded, figures
from archive.extract.body import rules
from archive.extract.boilerplate import Sort, of_element
from archive.extract.html import Document, plain
from archive.extract.page import Block, DocumentLink, Image, Reference
from archive.extract.phrase import Phrases
from archive.extract.selector import query
from archive.institutes.profile import Profile
from archive.institutes.urls import absolute

_FEATURED = query(
    "descendant::*[contains(@class, 'wp-block-post-featured-image')"
    " or (self::img and contains(@class, 'wp-post-image'))]"
    "[contains(concat(' ', normalize-space(@class), ' '), ' wp-block-post-featured-image ')"
    " or (self::img and contains(concat(' ', normalize-space(@class), ' '), ' wp-post-image '))]"
)
_LISTED = re.compile(r"(?:^|\s)(?:wp-block-query|wp-block-post-template|wp-block-post|cards?)(?:\s|$)")
_ENDINGS = (".pdf", ".PDF", ".doc", ".xls", ".ppt", ".od", ".rtf", ".epub")  # found in C; `_DOCUMENT` says which are
_LINKS_TO_FILES = query(f"descendant::a[{' or '.join(f'contains(@href, {ending!r})' for ending in _ENDINGS)}]")
_DOWNLOAD = re.compile(
    r"\bdownload\b|\b(?:full|read the|view the)\s+(?:report|paper|brief|study|publication|pdf)\b|^\W*pdf\b|\bpdf\W*$|"
    r"تحميل|تنزيل|\bحمّ?ل\b",
    re.IGNORECASE,
)
MAX_FILES = 200  # links of a page that are looked at
_DOCUMENT = re.compile(r"\.(?:pdf|docx?|odt|rtf|xlsx?|ods|pptx?|odp|epub)(?:[?]|$)", re.IGNORECASE)


def images(written: tuple[Block, ...], document: Document) -> tuple[Image, ...]:
    """The post's own picture first, then those of the body; one of each address, with the most that is said about
    it."""
    found: dict[str, Image] = {}
    if document.body_classes & {"single", "page", "singular"}:
        found = {image.url: image for image in _featured(document)}
    for block in written:
        if block.type == "image" and block.url:
            before = found.get(block.url)
            found[block.url] = Image(
                url=block.url,
                alt=block.alt or (before.alt if before else None),
                caption=block.caption or (before.caption if before else None),
                credit=block.credit or (before.credit if before else None),
            )
    return tuple(found.values())


def _featured(document: Document) -> Iterator[Image]:
    """The picture that the theme shows above the body, with its caption: marked by WordPress or by its block. Those of
    other posts, in lists and cards, are left out."""
    for picture in _FEATURED(document.body):
        if any(_LISTED.search(node.get("class") or "") or of_element(node) for node in picture.iterancestors()):
            continue
        figure = next(picture.iterancestors("figure"), None) if picture.tag == "img" else picture
        phrases = Phrases(document.base, ())
        for draft in figures.of_figure(figure if figure is not None else picture, phrases):
            if draft.url:
                yield Image(url=draft.url, alt=draft.alt, caption=draft.caption, credit=draft.credit)
        return


def documents(
    written: tuple[Block, ...], roots: list[HtmlElement], document: Document, profile: Profile, captured_on: date
) -> tuple[DocumentLink, ...]:
    """Files that the profile points at, that the body's words link to, that stand embedded in it, and that the page
    offers for download beside it."""
    found: dict[str, DocumentLink] = {}
    for rule in rules(profile, "documents", captured_on):
        for element in document.select(rule.select):
            address = (
                element.get(rule.attribute)
                if rule.attribute
                else element.get("href") or element.get("src") or element.get("data")
            )
            if url := absolute(address or "", document.base) if address else None:
                found.setdefault(url, DocumentLink(url=url, title=plain("".join(element.itertext())) or None))
    for block in written:
        for link in block.links:
            if _DOCUMENT.search(link.url):
                found.setdefault(link.url, DocumentLink(url=link.url, title=link.text))
    for root in roots:
        for element in root.iter("object", "embed", "iframe"):
            if url := embedded.file_of(element, document.base):
                found.setdefault(
                    url, DocumentLink(url=url, title=plain(element.get("title") or element.get("aria-label")) or None)
                )
    for link in _offered(document):
        if url := absolute(link.get("href"), document.base):
            found.setdefault(url, DocumentLink(url=url, title=plain("".join(link.itertext())) or None))
    return tuple(found.values())


def _offered(document: Document) -> Iterator[HtmlElement]:
    """Links "Download PDF" and «تحميل التقرير» beside the body: most themes have them in the page's head or side rail.
    Those in cards and menus are of others."""
    for link in _LINKS_TO_FILES(document.body)[:MAX_FILES]:
        text = plain("".join(link.itertext()))
        if not (_DOCUMENT.search(link.get("href")) and len(text) < 120 and _DOWNLOAD.search(text)):
            continue
        around = list(link.iterancestors())
        if not any(
            node.tag in ("nav", "footer")
            or of_element(node) in (Sort.RELATED, Sort.COMMENTS)
            or _LISTED.search(node.get("class") or "")
            for node in around
        ):
            yield link


def related(document: Document, profile: Profile, captured_on: date) -> list[Reference]:
    """What the profile's rules call related: the first rule that finds links."""
    for rule in rules(profile, "related", captured_on):
        found = []
        for element in document.select(rule.select):
            for link in [element] if element.tag == "a" else element.iter("a"):
                url = absolute(link.get("href") or "", document.base) if link.get("href") else None
                if url:
                    found.append(Reference(url=url, title=plain("".join(link.itertext())) or None))
        if found:
            return found
    return []


def references(found: Iterable[Reference]) -> tuple[Reference, ...]:
    unique: dict[str, Reference] = {}
    for reference in found:
        before = unique.get(reference.url)
        if before is None:
            unique[reference.url] = reference
        elif before.title is None or before.language is None:
            unique[reference.url] = Reference(
                url=reference.url, title=before.title or reference.title, language=before.language or reference.language
            )
    return tuple(unique.values())
