"""Who wrote it: the profile's elements, the page's byline, JSON-LD, meta tags, in this order; the page's own word beats
the head's."""

import re
from collections.abc import Iterable
from dataclasses import replace

from lxml.html import HtmlElement

from archive.extract import credits, names, transliteration
from archive.extract.byline_element import Byline, address, is_shown, read_element
from archive.extract.byline_lines import labelled, labels, linked, pictured
from archive.extract.byline_marks import marked
from archive.extract.html import Document
from archive.extract.page import Author, AuthorNote
from archive.extract.signals import Signals
from archive.extract.title import fold

__all__ = ["Byline", "read", "with_names_of_notes"]

_ARABIC_LABEL = re.compile("بقلم|كاتب|عداد")


def read(
    document: Document, chosen: Iterable[tuple[HtmlElement, str]], signals: Signals, site: frozenset[str]
) -> Byline:
    """`chosen` are the profile's own elements with their text; `site` what the site calls itself, folded."""
    picked = list(chosen)
    found = names.unique(
        author for element, text in picked for author in names.people(text, address(element, document))
    )
    told, source = credits.of_head(document, site)
    if found:
        return _in_both_scripts(Byline(found, "profile", tuple(one for one, _ in picked)), told, document, signals)
    shown = (
        marked(document, signals, told)
        or labelled(document, signals, told)
        or linked(document, signals, told)
        or (None if told else pictured(signals))
    )
    if shown is None:
        result = Byline(told, source if told else None)
    elif _is_login(shown) and told and all(" " in one.name and is_shown(one, document) for one in told):
        result = Byline(told, source, shown.elements)  # the name of whoever logged in so, which the page shows too
    else:
        others = tuple(author for author in shown.authors if fold(author.name) not in site)
        result = replace(shown, authors=others or shown.authors, doubted=_contradicts(shown.authors, told))
    return _in_both_scripts(result, told, document, signals)


def _contradicts(shown: tuple[Author, ...], told: tuple[Author, ...]) -> bool:
    """Whether the head names people, and none of those that the page shows."""
    named = [author.name for author in told if " " in author.name]
    return bool(named) and not any(
        names.fold(one) == names.fold(author.name) or transliteration.same(one, author.name)
        for one in named
        for author in shown
    )


def with_names_of_notes(authors: tuple[Author, ...], notes: Iterable[AuthorNote]) -> tuple[Author, ...]:
    """The authors with their names' other forms, where a note on them begins with one: «محسن المصطفى: زميل …» below a
    byline in Latin letters."""
    beginnings = []
    for note in notes:
        words = note.text.split()[:6]
        for length in range(2, len(words) + 1):
            beginnings.append(" ".join(words[:length]).rstrip(":：،,-–— "))
    return names.with_forms(authors, [Author(name=name, name_raw=name) for name in beginnings])


def _is_login(shown: Byline) -> bool:
    return all(" " not in author.name for author in shown.authors)


def _in_both_scripts(byline: Byline, told: tuple[Author, ...], document: Document, signals: Signals) -> Byline:
    """The authors with their names' other forms, where a second byline of the page or its head has them; the second
    byline is no part of the body either."""
    arabic = any(transliteration.is_arabic(author.name) for author in (*byline.authors, *told))
    if not byline.authors or not (arabic or any(_ARABIC_LABEL.search(text) for text, _ in document.short_texts)):
        return byline
    second = [line for line in labels(document, signals, told) if line.elements not in (byline.elements, ())]
    beside = [author for mark in signals.authors[:40] for author in read_element(mark.element, document)]
    authors = names.with_forms(byline.authors, [*(one for line in second for one in line.authors), *beside, *told])
    forms = {author.name_other for author in authors if author.name_other}
    elements = [one for line in second if any(author.name in forms for author in line.authors) for one in line.elements]
    return replace(byline, authors=authors, elements=tuple(dict.fromkeys((*byline.elements, *elements))))
