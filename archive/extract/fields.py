"""All that a page says about its publication, beside the body: the cascade of the profile's selectors, the page's own
marks, JSON-LD and meta tags.

Each value says where it was read, each doubt is a warning, and what is unknown is null. Pure: the day of the capture
comes in, no clock is read.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from lxml.html import HtmlElement

from archive.extract import byline, published, signals, standfirst, subjects, translations
from archive.extract import title as titles
from archive.extract.html import Document, plain
from archive.extract.page import Author, AuthorNote, Reference
from archive.extract.phrase import Phrases
from archive.extract.run import text_links
from archive.extract.signals import lines
from archive.extract.warnings import Warning
from archive.institutes.patterns import Reading
from archive.institutes.profile import Profile

MAX_TEXT = 2000  # characters of one such element: a field is no body
MAX_CHOSEN = 50  # elements that one rule of a profile may choose
MAX_MATCHED = 2000  # elements among which a rule's `match` is looked for


@dataclass(frozen=True, slots=True)
class Fields:
    """What was read, each beside its source. `consumed` are the elements that showed it: they are no part of the
    body."""

    title: str | None
    title_source: str | None
    standfirst: str | None
    standfirst_source: str | None
    authors: tuple[Author, ...]
    authors_source: str | None
    published: date | None
    published_at: str | None
    published_raw: str | None
    published_source: str | None
    modified: date | None
    modified_at: str | None
    modified_raw: str | None
    modified_source: str | None
    sections: tuple[str, ...]
    tags: tuple[str, ...]
    countries: tuple[str, ...]
    translations: tuple[Reference, ...]
    author_notes: tuple[AuthorNote, ...] = ()
    consumed: list[HtmlElement] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def read(document: Document, profile: Profile, captured_on: date) -> Fields:
    """Read every field but language, kind and what the body holds."""
    chosen = _Chosen(document, profile, captured_on)
    warnings: list[str] = []
    marks = signals.gather(document)
    site = titles.site_names(document, profile)
    title = titles.read(document, site, chosen("title"), marks)
    marks.settle(title.element)
    authors = byline.read(document, chosen("authors"), marks, site)
    shown_on = chosen("published", unless=marks.aside)
    when, changed = published.read(
        document, profile, shown_on, chosen("modified"), marks, authors.elements, captured_on, warnings
    )
    body = next((element for element, _ in chosen("body", texts=False)), None)
    deck = standfirst.read(chosen("standfirst"), body, marks, title.text)
    about = subjects.read(document, chosen.texts("sections"), chosen.texts("tags"), marks, title.text)
    others = translations.read(document, chosen("translations"), marks)
    notes = list(_notes(document, chosen("author_notes")))
    for doubtful, code in (
        (not title.text, Warning.NO_TITLE),
        (title.doubted, Warning.TITLE_CONFLICT),
        (not authors.authors, Warning.NO_AUTHOR),
        (authors.doubted, Warning.AUTHOR_CONFLICT),
        (not when.day, Warning.NO_DATE),
    ):
        if doubtful:
            warnings.append(code)
    shown = [
        title.element,
        deck.element,
        *authors.elements,
        *when.elements,
        *changed.elements,
        *others.elements,
        *(element for element, _ in notes),
    ]
    return Fields(
        title.text, title.source, deck.text, deck.source, authors.authors, authors.source,
        when.day, when.at, when.raw, when.source, changed.day, changed.at, changed.raw, changed.source,
        about.sections, about.tags, about.countries, others.references,
        tuple(note for _, note in notes), _small(shown), list(dict.fromkeys(warnings)),
    )  # fmt: skip


def _notes(document: Document, chosen: Iterable[tuple[HtmlElement, str]]) -> Iterator[tuple[HtmlElement, AuthorNote]]:
    """The elements of the profile's notes on authors with their words and links; an attribute's value has none."""
    phrases = Phrases(document.base, ())
    for element, shown in chosen:
        text, links = phrases(element)
        if text.split() != shown.split():
            text, links = plain(shown), []
        if text:
            yield element, AuthorNote(text=text, links=text_links(text, links))


class _Chosen:
    """What a profile's rules choose for a field, on this page and at its time: the first rule that finds text wins."""

    def __init__(self, document: Document, profile: Profile, captured_on: date) -> None:
        self._document = document
        self._rules = [rule for rule in profile.fields if rule.holds(captured_on)]

    def __call__(
        self, name: str, *, texts: bool = True, unless: Callable[[HtmlElement], bool] | None = None
    ) -> list[tuple[HtmlElement, str]]:
        """Elements with their text, line by line; with the attribute's value where the rule names one. `unless` leaves
        out those that are another publication's."""
        for rule in self._rules:
            if rule.field != name:
                continue
            chosen = self._document.select(rule.select)[: MAX_MATCHED if rule.match else MAX_CHOSEN]
            found = [(element, _text(element, rule.attribute) if texts else "body") for element in chosen]
            if rule.match:
                found = _first_match(found, rule.match)
            found = [(element, text) for element, text in found if text and not (unless and unless(element))]
            if found:
                return found
        return []

    def texts(self, name: str) -> Iterable[str]:
        return [text for _, text in self(name)]


def _first_match(found: list[tuple[HtmlElement, str]], pattern: str) -> list[tuple[HtmlElement, str]]:
    read = _reading(pattern)
    matches = ((element, read(text)) for element, text in found if text)
    return next(([(element, text)] for element, text in matches if text), [])


@lru_cache(maxsize=256)
def _reading(pattern: str) -> Reading:
    return Reading(pattern)


def _text(element: HtmlElement, attribute: str | None) -> str:
    return (element.get(attribute) or "").strip() if attribute else lines(element, MAX_TEXT) or ""


def _small(elements: Iterable[HtmlElement | None]) -> list[HtmlElement]:
    """Each once; never the whole page, nor what the parser keeps out of it (`<meta>`)."""
    found: dict[HtmlElement, None] = {}
    for element in elements:
        if element is not None and element.tag not in ("body", "html", "main", "article", "meta", "link"):
            found[element] = None
    return list(found)
