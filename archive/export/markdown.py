"""Markdown files, one a publication, with YAML front matter that names where it was read."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from archive.export.selection import Record

_KEPT = (
    "id", "institute", "kind", "state", "url", "title", "standfirst", "language", "direction", "published",
    "modified", "sections", "tags", "countries", "version", "first_seen", "last_seen", "warnings",
)  # fmt: skip
# What YAML takes for the end of a line, or for nothing that may stand in a text.
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def write(folder: Path, records: Iterable[Record], versions: bool) -> None:
    """Files in folders by collection and year of publication."""
    for record in records:
        place = folder / _safe(record.collection) / _year(record.line)
        place.mkdir(parents=True, exist_ok=True)
        path = place / f"{name(record.line, versions)}.md"
        if path.exists():  # two ids that differ in odd signs alone
            digest = hashlib.sha256(record.line["id"].encode()).hexdigest()[:12]
            path = path.with_name(f"{name(record.line, versions)}~{digest}.md")
        path.write_text(front(record.line) + body(record.line), encoding="utf-8", newline="\n")


def name(line: Mapping[str, Any], versions: bool) -> str:
    """A file's name that every system takes: the id, never what a page says."""
    stamp = "@" + re.sub(r"\D", "", line["version"]) if versions else ""
    return _safe(line["id"]) + stamp


def front(line: Mapping[str, Any]) -> str:
    """YAML between two lines of dashes. Every value is JSON, which YAML 1.2 holds."""
    told = {key: line[key] for key in _KEPT}
    told["authors"] = [author["name"] for author in line["authors"]]
    told["source"] = line["source"]
    written = "".join(f"{key}: {_yaml(value)}\n" for key, value in told.items())
    return f"---\n{written}---\n"


def body(line: Mapping[str, Any]) -> str:
    text = line["markdown"] or line["text"]
    return f"\n{text.rstrip()}\n" if text else ""


def _yaml(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _year(line: Mapping[str, Any]) -> str:
    return str(line["published"][:4]) if line["published"] else "undated"


def _safe(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]", "_", text).strip(".") or "_"
