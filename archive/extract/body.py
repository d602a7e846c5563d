"""Which nodes of a page are the body: the profile's selector, else trafilatura's choice mapped back to the page, else
the densest part."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from lxml.html import HtmlElement

from archive.extract import choice, container
from archive.extract.draft import Aside, Draft
from archive.extract.html import Document
from archive.extract.serializer import Serializer
from archive.extract.warnings import Warning
from archive.extract.weight import Large, elsewhere, running_text
from archive.institutes.profile import FieldRule, Profile
from archive.institutes.urls import host

# What a profile's rule points at is not believed to be the body where so many times as much running text, and at least
# so many characters, stand on the page outside of it and of all boilerplate. Of 150 pages on which a rule of the
# platform held, seven were so, and each of these rules had found a card. A short statement above long cards is
# believed.
BESIDE = 20
BESIDE_LEAST = 5_000
BESIDE_MOST = 30_000  # of more text than a twentieth of this no question is asked
# A choice that leaves out more than this many times its own length of unlinked paragraphs is none.
TOO_LITTLE = 4


@dataclass(frozen=True, slots=True)
class Body:
    """The drafts of the body's blocks in order, what was left out beside them, and the elements that hold them."""

    drafts: list[Draft]
    asides: list[Aside]
    roots: list[HtmlElement]
    source: Literal["profile", "trafilatura", "density"]


def choose(document: Document, profile: Profile, captured_on: date, consumed: Iterable[HtmlElement] = ()) -> Body:
    """The body of a page. `consumed` are elements that fields were read from; they are no part of it."""
    roots = by_profile(document, profile, captured_on)
    walked = roots or [document.body]
    out = [element for element in consumed if element is not document.body]
    for rule in rules(profile, "drop", captured_on):
        for root in roots or [None]:
            out.extend(found for found in document.select(rule.select, root) if found not in walked)
    serializer = Serializer(document, out, Large(document.body))
    for root in walked:
        serializer.walk(root)
    if serializer.overfull:
        document.warnings.append(Warning.TOO_MANY_BLOCKS)
    if roots:
        return Body(serializer.drafts, serializer.asides, roots, "profile")
    out.extend(aside.element for aside in serializer.asides)
    return _without_rule(document, serializer.drafts, serializer.asides, out)


def _without_rule(document: Document, drafts: list[Draft], asides: list[Aside], out: list[HtmlElement]) -> Body:
    """What trafilatura chooses, where that is not too little; else the densest part."""
    chosen = choice.of_trafilatura(document, drafts, out)
    dense = [
        draft.type in ("paragraph", "list", "quote", "table", "definitions")
        and draft.linked < 0.5
        and len(draft.text) > 80
        for draft in drafts
    ]
    if any(chosen) and _weight(drafts, chosen) * TOO_LITTLE >= _weight(drafts, dense):
        holders = container.with_twins(container.of(drafts, chosen, document.body), drafts, chosen)
        site = host(document.base)
        kept = container.lead(drafts, chosen, holders[0], document)
        kept += [draft for holder in holders for draft in container.around(drafts, chosen, holder, site)]
        return Body(kept, asides, holders, "trafilatura")
    if not any(draft.text for draft in drafts):
        return Body([], asides, [document.body], "density")
    document.warnings.append(Warning.BODY_FALLBACK)
    if not any(dense):
        dense = [draft.linked < 0.5 for draft in drafts]
    holder = container.of(drafts, dense, document.body)
    return Body(container.around(drafts, dense, holder, host(document.base)), asides, [holder], "density")


def rules(profile: Profile, field: str, captured_on: date) -> list[FieldRule]:
    """The profile's rules of a field that hold for a capture of that day, in order."""
    return [rule for rule in profile.fields if rule.field == field and rule.holds(captured_on)]


def by_profile(document: Document, profile: Profile, captured_on: date) -> list[HtmlElement]:
    """What the profile's `body` rules point at: the longest match of the first rule that finds words, and those of its
    siblings that match too. An element without words is the body only where no rule finds any."""
    empty: list[HtmlElement] = []
    for rule in rules(profile, "body", captured_on):
        matches = document.select(rule.select)
        found = [element for element in matches if any(text.strip() for text in element.itertext())]
        if len(found) > 1:
            outermost = [
                element for element in found if not any(ancestor in found for ancestor in element.iterancestors())
            ]
            longest = max(outermost, key=lambda element: len("".join(element.itertext())))
            found = [element for element in outermost if element.getparent() is longest.getparent()]
        if found and _is_beside(found, document.body):
            document.warnings.append(Warning.BODY_DOUBTED)
        elif found:
            return found
        else:
            empty = empty or matches[:1]
    if empty and _is_beside(empty, document.body):
        document.warnings.append(Warning.BODY_DOUBTED)
    return [] if Warning.BODY_DOUBTED in document.warnings else empty


def _is_beside(found: list[HtmlElement], body: HtmlElement) -> bool:
    """Whether what a rule points at is the text of cards or of a box, and the publication's own stands elsewhere."""
    enough = BESIDE * sum(map(running_text, found))
    return enough < BESIDE_MOST and max(enough, BESIDE_LEAST) < elsewhere(body, found)


def _weight(drafts: list[Draft], chosen: list[bool]) -> int:
    return sum(len(draft.text) for draft, hit in zip(drafts, chosen, strict=True) if hit)
