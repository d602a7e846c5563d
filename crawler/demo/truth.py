"""What is true of every publication: what an extractor should find on its page. For tests and benchmarks."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crawler.demo import older
from crawler.demo.case_layouts import Layout
from crawler.demo.institute import Institute
from crawler.demo.markup import events, facts, facts_layout, timeline_layout
from crawler.demo.outline import CYCLE
from crawler.demo.publication import Block, Link, Publication, Text, document_text, plain
from crawler.demo.render import has_email, notes_as_text, shown_date, shows_post_id

Truth = dict[str, Any]
PIECED = ("legal_case", "timeline_item", "table")


def truth(institute: Institute, number: int) -> Truth:
    """The truth of publication `number`. Texts are as a reader sees them. `live` is false once it was taken down;
    `post_id_shown` says whether the page names its post id; `parts` are the addresses of its further pages.
    `paragraphs` is the body's prose in order: answers without their speaker's label, no questions, list items,
    notes, case facts or captions. `pieces` is all that a case file, a table or a timeline's item says, in order:
    paragraphs, headings, list items, table cells; null for other kinds."""
    publication = institute.publication(number)
    about = publication.outline
    home = institute.home.rstrip("/")
    aliases = [f"{home}/?p={about.post_id}"]
    if about.old_path and about.old_answer != 404:
        aliases.append(home + about.old_path)
    blocks = publication.blocks
    arabic = about.language == "ar"
    return {
        "number": number,
        "id": f"demo:p{about.post_id}",
        "post_id": about.post_id,
        "post_id_shown": any(shows_post_id(number)),
        "live": institute.is_live(number),
        "url": home + about.path,
        "aliases": aliases,
        "parts": [f"{home}{about.path}{page}/" for page in range(2, about.pages + 1)],
        "dead_alias": home + about.old_path if about.old_path and about.old_answer == 404 else None,
        "kind": about.kind,
        "shape": about.shape,
        "language": about.language,
        "direction": "rtl" if arabic else "ltr",
        "title": about.title,
        "standfirst": about.standfirst,
        "authors": publication.authors,
        "byline": publication.byline,
        "published": about.published.date().isoformat(),
        "published_at": about.published.isoformat(),
        "published_raw": shown_date(about),
        "modified_at": publication.modified.isoformat(),
        "sections": [
            term.arabic if arabic else term.name
            for term in (older.category(publication) if institute.theme == "older" else about.category, about.area)
        ],
        "tags": [tag.arabic if arabic else tag.name for tag in about.tags],
        "paragraphs": [plain(block.text) for block in blocks if block.type in ("paragraph", "answer")],
        "headings": [text for block in blocks for text in _headings(publication, block)],
        "questions": [
            {"speaker": block.speaker, "text": plain(block.text)} for block in blocks if block.type == "question"
        ],
        "answers": [
            {"speaker": block.speaker, "text": plain(block.text)} for block in blocks if block.type == "answer"
        ],
        "list_items": [text for block in blocks for text in _items(publication, block)],
        "rows": [row for block in blocks for row in _rows(publication, block)],
        "pieces": [text for block in blocks for text in _pieces(publication, block)] if about.kind in PIECED else None,
        "quotes": [
            {"text": plain(block.text), "cite": block.cite} for block in blocks if block.type in ("quote", "pullquote")
        ],
        "details": [plain(item) for block in blocks if block.type == "details" for item in block.items],
        "links": list(_links(publication)),
        "footnotes": [{"mark": mark, "text": plain(text)} for mark, text in publication.footnotes],
        "case": _case(publication),
        "documents": [{"url": home + document.path, "title": document.title} for document in publication.documents],
        "document_text": document_text(publication) if publication.documents else [],
        "images": [
            {
                "url": f"{home}{image.path}-1024x576.png",
                "alt": image.alt or None,
                "caption": image.caption,
                "credit": image.credit,
            }
            for image in publication.images
        ],
        "author_notes": notes_as_text(publication),
        "email_hidden": has_email(publication) or about.kind == "statement",
        "related": [
            {"title": other.title, "url": home + other.path}
            for other in map(institute.outline, institute.cards(number))
        ],
        "translations": [home + institute.outline(n).path for n in publication.translations if institute.is_live(n)],
        "twin_of": number - CYCLE if about.slug.endswith("-2") else None,
        "not_body": [plain(block.text) for block in blocks if block.type == "also"],
    }


def _laid_out(publication: Publication, block: Block) -> tuple[Layout, list[tuple[str, str]]] | None:
    """The layout of a case's facts or timeline, and what it shows."""
    if block.type == "facts":
        return facts_layout(publication), facts(publication)
    return (timeline_layout(publication), events(publication)) if block.type == "timeline" else None


def _headings(publication: Publication, block: Block) -> list[str]:
    laid_out = _laid_out(publication, block)
    if laid_out and laid_out[0].sort == "headings":
        return [first for first, _ in laid_out[1]]
    return [plain(block.text)] if block.type == "heading" else []


def _items(publication: Publication, block: Block) -> list[str]:
    laid_out = _laid_out(publication, block)
    if laid_out and laid_out[0].sort == "items":
        return laid_out[0].pieces(laid_out[1])
    return [plain(item) for item in block.items] if block.type == "list" else []


def _rows(publication: Publication, block: Block) -> list[list[str]]:
    laid_out = _laid_out(publication, block)
    return laid_out[0].rows(laid_out[1]) if laid_out else [list(row) for row in block.rows]


def _pieces(publication: Publication, block: Block) -> list[str]:
    laid_out = _laid_out(publication, block)
    if laid_out:
        return laid_out[0].pieces(laid_out[1])
    if block.type == "documents":
        return [document.title for document in publication.documents]
    return [cell for row in block.rows for cell in row] or [plain(block.text)]


def _links(publication: Publication) -> Iterator[dict[str, str]]:
    """The links of the body's prose, lists, quotes and notes, in order."""
    texts: list[Text] = []
    for block in publication.blocks:
        if block.type != "also":
            texts += [block.text, *block.items]
    texts += [text for _, text in publication.footnotes]
    for text in texts:
        for run in text:
            if isinstance(run, Link):
                yield {"text": run.text, "url": run.url}


def _case(publication: Publication) -> Truth | None:
    case = publication.case
    if case is None:
        return None
    return {
        "claimants": list(case.claimants), "claimants_others": case.claimants_others,
        "defendants": list(case.defendants), "court": case.court,
        "number": case.number, "filed": case.filed, "filed_raw": case.filed_raw, "status": case.status,
        "timeline": [{"date": event.date, "date_raw": event.date_raw, "event": event.event} for event in case.timeline],
    }  # fmt: skip


def write_truth(institute: Institute, path: Path) -> int:
    """Write the truth of every live publication, oldest first, one JSON object a line; returns how many. Holds one at
    a time."""
    everything = institute.everything
    with path.open("w", encoding="utf-8") as file:
        for at in range(len(everything)):
            file.write(json.dumps(truth(institute, everything[at]), ensure_ascii=False) + "\n")
    return len(everything)
