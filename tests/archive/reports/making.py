"""A collection's folder with a report and a dataset, and nothing else: all that a page is made from."""

import json
from pathlib import Path
from typing import Any

from archive.store.folder import Folder

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
TURNED = "\u202eتقرير\u2066"  # marks that turn the direction of what stands behind them
ARABIC = "تقرير الميزانية: ما الذي تغيّر؟"
URL = "https://institute.example/2024/12/05/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7/"
FIRST, SECOND = "20261101030000", "20261108030000"
OLD, NEW = "2026-11-01T03:00:05.000000Z", "2026-11-08T03:00:05.000000Z"


def report(crawl: str = SECOND, **told: Any) -> dict[str, Any]:
    one = {"url": URL, "end": "failed", "reason": HOSTILE, "role": "page", "named": ["sitemap:/sitemap.xml"]}
    change = {"id": "test:p7", "title": ARABIC, "url": URL, "version": NEW, "was": None}
    none: dict[str, Any] = {"count": 0, "publications": []}
    return {
        "crawl": crawl, "institute": "test", "collection": "test", "began": crawl, "ended": crawl, "reason": "finished",
        "exit_code": 1, "why": "1 of 2 sources failed: feed:/feed/", "found": 411,
        "urls": {"archived": 7, "unchanged": 3, "failed": 1, "robots": 400},
        "by_role": {"page": {"archived": 7, "unchanged": 3, "failed": 1, "robots": 400}},
        "sources": [
            {"name": "feed:/feed/", "state": "failed", "stated": None, "pages": 0, "stated_pages": None,
             "problem": HOSTILE, "found": 0, "held": 0, "only": 0, "left_out": 0},
            {"name": "sitemap:/خريطة.xml", "state": "works", "stated": 9, "pages": 2, "stated_pages": None,
             "problem": None, "found": 9, "held": 8, "only": 9, "left_out": 1},
        ],
        "bytes": 1_234_567, "spared": 7_654_321, "completeness": {"named": 9, "held": 8, "share": 8 / 9},
        "publications": {"analysis": 6, "legal_case": 2}, "languages": {"ar": 5, "en": 3}, "underived": [],
        "warnings": {"no_author": 3, "date_from_url": 2, "charset_guessed": 1},
        "dataset": {"publications.jsonl": "ab" * 32},
        "changes": {"before": 7, "new": {"count": 1, "publications": [{**change, "title": HOSTILE}]},
                    "changed": {"count": 1, "publications": [change]},
                    "moved": {"count": 1, "publications": [{**change, "id": "test:p8", "was": "javascript:alert(1)"}]},
                    "missing": none, "gone": none, "restricted": none, "returned": none},
        "missing": {"count": 1, "urls": [one]},
        "lists": {"failed": {"count": 1, "urls": [one]},
                  "robots": {"count": 400, "urls": [{**one, "end": "robots", "url": "javascript:alert(1)"}]}},
        "reasons": {"failed": {HOSTILE: 1}, "robots": {TURNED: 400}},
        "by_host": {"institute.example": {"archived": 7}, HOSTILE: {"failed": 1}},
        "by_type": {"text/html": {"urls": 9, "bytes": 99_000}, HOSTILE: {"urls": 1, "bytes": 2}},
        "by_status": {"200": 7, "304": 3, "500": 1},
        "pace": {"delay": 1.0, "hosts": [
            {"host": "institute.example", "requests": 12, "min": 1.002, "median": 1.01, "p95": 1.2},
            {"host": "one.example", "requests": 1, "min": None, "median": None, "p95": None}]},
        "ledger": "cd" * 32,
        **told,
    }  # fmt: skip


def publication(version: str, *paragraphs: str, **told: Any) -> dict[str, Any]:
    blocks = [{"type": "paragraph", "text": text} for text in paragraphs]
    return {
        "schema_version": "1", "id": "test:p7", "kind": "analysis", "url": URL, "version": version, "title": ARABIC,
        "standfirst": None, "published": "2024-12-05", "modified": None, "language": "ar",
        "authors": [{"name": "ليلى", "name_raw": "ليلى"}], "sections": [], "tags": [], "countries": ["EG"],
        "author_notes": [], "images": [], "documents": [], "translations": [], "case": None,
        "text": "\n\n".join(paragraphs), "blocks": blocks, **told,
    }  # fmt: skip


def made(folder: Path, *reports: dict[str, Any]) -> Folder:
    """With two versions of one publication; the reports are the newest one's unless given."""
    for one in reports or (report(FIRST, exit_code=0), report()):
        path = folder / "crawls" / one["crawl"] / "report.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(one, ensure_ascii=False), encoding="utf-8")
    before = publication(OLD, "بلغت الميزانية مليون دينار.", "لم يعلّق أحد.")
    after = publication(NEW, "بلغت الميزانية مليوني دينار.", "لم يعلّق أحد.", HOSTILE, authors=[], title=TURNED)
    (folder / "dataset").mkdir(parents=True)
    for name, lines in {"history.jsonl": (before, after), "publications.jsonl": (after,)}.items():
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (folder / "dataset" / name).write_text(text, encoding="utf-8")
    return Folder(folder)
