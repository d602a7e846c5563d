"""Loads publications from the archive alone, through pywb, and looks whether they say what they should."""

import html
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import ProxyHandler, build_opener

from archive.replay.server import Wayback
from archive.store.collection import Collection

TIMEOUT = 30.0  # seconds for a page over loopback
LIMIT = 32 * 1024 * 1024  # bytes of a page that are looked at
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset=["']?([A-Za-z0-9_-]+)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How the replay of one page went. `status` is None where pywb gave no answer."""

    url: str
    ok: bool
    status: int | None
    detail: str  # one line: what was found, or what was missing


def replay_check(collection: Collection, samples: Sequence[tuple[str, str]]) -> list[CheckResult]:
    """Loads each URL as its page is replayed, and looks for the text that goes with it (in the page's HTML, entities
    read).
    """
    with Wayback(collection) as wayback:
        return [look(wayback.content(url), url, expected) for url, expected in samples]


def newest(collection: Collection, languages: Iterable[str] = ("en", "ar")) -> list[tuple[str, str]]:
    """URL and title of the newest live publication of each language, from publications.jsonl; of any, where none has
    such a language.
    """
    path = collection.dataset_dir / "publications.jsonl"
    found: dict[str | None, tuple[str, dict[str, Any]]] = {}
    if path.exists():
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                publication = json.loads(line)
                if publication["state"] != "live" or not publication["title"] or publication["text"] is None:
                    continue
                when = publication["published"] or ""
                for language in (publication["language"], None):
                    if language not in found or when > found[language][0]:
                        found[language] = (when, publication)
    chosen = [found[language] for language in languages if language in found] or list(found.values())[:1]
    return [(publication["url"], publication["title"]) for _, publication in chosen]


def look(address: str, url: str, expected: str) -> CheckResult:
    """Loads one replayed page, and looks whether it says `expected`."""
    try:
        ascii_only = quote(address, safe="%/:=&?~#+!$,;'@()*[]")
        with build_opener(ProxyHandler({})).open(ascii_only, timeout=TIMEOUT) as answer:
            status, body, charset = answer.status, answer.read(LIMIT), answer.headers.get_content_charset()
    except HTTPError as refused:
        refused.close()
        return CheckResult(url, False, refused.code, f"replay answers {refused.code}")
    except (OSError, HTTPException) as problem:
        return CheckResult(url, False, None, f"no answer: {problem}")
    if charset is None and (found := _CHARSET.search(body)):
        charset = found[1].decode("ascii")
    try:
        text = body.decode(charset or "utf-8", errors="replace")
    except LookupError:  # a charset that nobody knows
        text = body.decode("utf-8", errors="replace")
    if _plain(expected) in _plain(text):
        return CheckResult(url, True, status, f"says {expected!r}")
    return CheckResult(url, False, status, f"does not say {expected!r}")


def _plain(text: str) -> str:
    """Entities read, NFC, white space as one: the same text for a browser."""
    return " ".join(unicodedata.normalize("NFC", html.unescape(text)).split())
