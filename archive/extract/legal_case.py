"""A legal case file: its parties, court, number, status and timeline, from the title and from the facts on the page."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from lxml import html
from lxml.html import HtmlElement

from archive.extract import case_facts, case_lines, dates, parties, timeline
from archive.extract.body import rules
from archive.extract.boilerplate import of_element
from archive.extract.case_labels import labelled
from archive.extract.case_lines import Line
from archive.extract.html import Document
from archive.extract.page import Block, Case, DocumentLink, TimelineEvent
from archive.institutes.profile import FieldRule, Profile

BESIDE_LEAST = 3  # different facts that a box beside the body must show
_BESIDE = ("nav", "footer", "form", "script", "style", "template", "noscript")
_UNNUMBERED = ("no.", "no ", "nr.", "nr ", "n°", "№", "#", "رقم ")


@dataclass(frozen=True, slots=True)
class Pointed:
    """What stands outside of the body: what a profile's `case_facts` and `timeline` rules point at, and what lies
    around the body in its article."""

    facts: tuple[HtmlElement, ...] = ()
    timeline: tuple[HtmlElement, ...] = ()
    around: tuple[HtmlElement, ...] = ()


def pointed(document: Document, roots: Sequence[HtmlElement], profile: Profile, captured_on: date) -> Pointed:
    """The first rule of each field that finds elements with words decides."""

    def found(field: str) -> tuple[HtmlElement, ...]:
        return next(filter(None, (_found(document, rule) for rule in rules(profile, field, captured_on))), ())

    return Pointed(found("case_facts"), found("timeline"), tuple(_around(roots)))


def read(
    title: str | None,
    blocks: Sequence[Block],
    body: Sequence[HtmlElement],
    profile: Profile,
    outside: Pointed | None = None,
) -> Case | None:
    """The case that a page tells of; null where neither its title nor its text names any fact of one. `body` are the
    page's own elements, in order."""
    outside = outside or Pointed()
    labels = labelled(tuple(sorted(profile.labels.items())))
    beside, _ = _facts(outside.facts, labels)
    facts, lines = _facts(body, labels)
    lines = lines or list(case_lines.of_blocks(blocks))
    facts = {**_around_facts(outside.around, labels), **facts, **beside}
    order = _order(profile, lines)
    events = _timeline(outside, lines, order)
    name = _one(facts, "name")[0] or parties.named(title or "")
    claimants, defendants = parties.of_name(name)
    if not facts and not claimants.parties and not events:
        return None
    claiming = parties.of_values(facts.get("claimants", ()))
    defending = parties.of_values(facts.get("defendants", ()))
    filed = _one(facts, "filed")[1]
    day = dates.find(filed, order.latin, order.arabic, years=True) if filed else None
    court, court_raw = _one(facts, "court")
    jurisdiction, jurisdiction_raw = _one(facts, "jurisdiction")
    number, number_raw = _one(facts, "number")
    status, status_raw = _one(facts, "status")
    return Case(
        name=name,
        claimants=claiming.parties or claimants.parties,
        claimants_others=claiming.others or claimants.others,
        defendants=defending.parties or defendants.parties,
        defendants_others=defending.others or defendants.others,
        court=court, court_raw=court_raw, jurisdiction=jurisdiction, jurisdiction_raw=jurisdiction_raw,
        number=_unnumbered(number), number_raw=number_raw,
        filed=day.iso if day else None, filed_raw=filed, status=status, status_raw=status_raw,
        timeline=events, documents=tuple(_documents(blocks)),
    )  # fmt: skip


def _facts(elements: Sequence[HtmlElement], labels: dict[str, str]) -> tuple[dict[str, list[str]], list[Line]]:
    """The facts of these elements, and all their lines."""
    of_columns, tables = case_facts.columns(elements, labels)
    lines = case_lines.of_elements(elements, labels)
    outside = case_lines.of_elements(elements, labels, tables) if tables else lines
    return {**case_facts.read(outside, labels), **of_columns}, lines


def _one(facts: dict[str, list[str]], name: str) -> tuple[str | None, str | None]:
    """A fact as read and as the page has it: lines joined, and no full stop at its end."""
    raw = "\n".join(facts.get(name, ()))
    if not raw:
        return None, None
    read = ", ".join(line.rstrip(" ,،;؛") for line in raw.split("\n"))
    return read.rstrip(" .") or None, raw


def _unnumbered(number: str | None) -> str | None:
    """ "No. 455/2017" is 455/2017."""
    if number is None:
        return None
    prefix = next((one for one in _UNNUMBERED if number.casefold().startswith(one)), "")
    return number[len(prefix) :].strip(" .:") or number


def _order(profile: Profile, lines: Sequence[Line]) -> timeline.Order:
    """By the page's own evidence, else the profile's."""
    told = dates.evidence([line.text for line in lines])
    return timeline.Order(told or profile.date_order, told or profile.date_order_arabic)


def _timeline(outside: Pointed, lines: Sequence[Line], order: timeline.Order) -> tuple[TimelineEvent, ...]:
    if outside.timeline:
        found = timeline.entries(case_lines.of_elements(outside.timeline), order)
        if found:
            return tuple(found)
    return timeline.read(lines, order) or timeline.headed(case_lines.of_elements(outside.around), order)


# ---- outside of the body


def _found(document: Document, rule: FieldRule) -> tuple[HtmlElement, ...]:
    elements = document.select(rule.select)
    if rule.attribute:
        elements = [_paragraph(element.get(rule.attribute) or "") for element in elements]
    return tuple(element for element in elements if "".join(element.itertext()).strip())


def _paragraph(text: str) -> HtmlElement:
    element: HtmlElement = html.Element("p")
    element.text = text
    return element


def _around(roots: Sequence[HtmlElement]) -> Iterator[HtmlElement]:
    """What stands in the body's article beside the body: case files show their facts in a box or a head of its own."""
    holder = next((root.iterancestors("article", "main") for root in roots), iter(()))
    article = next(holder, None)
    if article is None:
        return
    inner = set(roots)
    holders = {ancestor for root in roots for ancestor in root.iterancestors()}
    waiting = [article]
    while waiting:
        for child in reversed(waiting.pop()):
            if child in inner or not isinstance(child.tag, str) or child.tag in _BESIDE:
                continue
            if child in holders:
                waiting.append(child)
            elif of_element(child) is None:
                yield child


def _around_facts(around: Sequence[HtmlElement], labels: dict[str, str]) -> dict[str, list[str]]:
    """Facts of the first box that shows enough of them. Cards of other cases show the same labels again and again."""
    read = [_facts([element], labels) for element in around]
    shown = Counter(name for _, lines in read for name in case_facts.shown(lines, labels))
    return next(
        (facts for facts, _ in read if len(facts) >= BESIDE_LEAST and all(shown[name] <= 1 for name in facts)), {}
    )


def _documents(blocks: Sequence[Block]) -> Iterator[DocumentLink]:
    seen = set()
    for block in blocks:
        for link in block.links:
            if link.url.split("?")[0].split("#")[0].lower().endswith(".pdf") and link.url not in seen:
                seen.add(link.url)
                yield DocumentLink(url=link.url, title=link.text.strip() or None)
