"""The rows of the catalogue that tell of captures and crawls, streamed."""

import json
from collections.abc import Collection as Held
from collections.abc import Iterator

from archive.catalogue.rows import Row
from archive.store import cdxj
from archive.store.collection import Collection
from archive.store.warc import target_uri

# Ends of a URL that an archivist would ask about (contracts.md).
_LOST = frozenset({"failed", "gone", "robots", "private", "botwall", "limit", "queued", "trap"})
_KEPT = ("crawl", "institute", "began", "ended", "reason", "exit_code", "why", "found", "bytes")


def captures(collection: Collection, hidden: Held[str]) -> Iterator[Row]:
    """All of the index, but for the keys that must not be shown."""
    for line in collection.captures():
        if line.key not in hidden:
            yield {
                "collection": collection.name, "urlkey": line.key, "timestamp": line.timestamp, "url": line.url,
                "mime": line.mime, "status": line.status, "digest": line.digest, "warc": line.filename,
                "offset": line.offset, "length": line.length,
            }  # fmt: skip


def crawls(collection: Collection) -> Iterator[Row]:
    """Every crawl that has left a report."""
    for path in sorted(collection.crawls_dir.glob("*/report.json")):
        report = json.loads(path.read_text(encoding="utf-8"))
        told = {name: report.get(name) for name in _KEPT}
        told |= {end: report["urls"].get(end, 0) for end in ("archived", "unchanged", "failed")}
        yield {"collection": collection.name, **told, "report": json.dumps(report, ensure_ascii=False)}


def failures(collection: Collection, hidden: Held[str]) -> Iterator[Row]:
    """What those crawls did not get."""
    for path in sorted(collection.crawls_dir.glob("*/report.json")):
        lists = path.with_name("urls.jsonl")
        if not lists.is_file():
            continue
        crawl = json.loads(path.read_text(encoding="utf-8"))["crawl"]
        with lists.open(encoding="utf-8") as file:
            for told in map(json.loads, file):
                if told["end"] in _LOST and not (hidden and cdxj.key(target_uri(told["url"])) in hidden):
                    kept = {name: told[name] for name in ("url", "end", "reason", "role", "source")}
                    yield {"collection": collection.name, "crawl": crawl, **kept}
