"""A home of many publications, in English and Arabic, for benchmarks of what reads a dataset: versions, captures and a
crawl's report beside them, made in little memory.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from archive.store import cdxj
from archive.store.cdxj import IndexLine
from archive.store.collection import Collection
from tests import shelf

_EDITED = 10  # every so many has a second version
_ADDED = {
    "en": "Correction: the committee of inquiry has since published its answer.",
    "ar": "تصحيح: نشرت اللجنة ردّها بعد ذلك، وللجنة أن تعود إلى القاهرة.",
}


def fill(home: Path, count: int) -> Collection:
    """Fills a home; an existing one is taken as it stands."""
    if (home / "collections" / "demo" / "dataset" / "history.jsonl").is_file():
        return Collection.open(home / "collections" / "demo")
    collection = shelf.fill(home, count, edited=_edited)
    with collection.index.path.open("wb") as file:
        file.writelines(sorted(_captures(collection)))
    _report(collection, count)
    return collection


def _edited(told: dict[str, Any]) -> str | None:
    if told["number"] % _EDITED:
        return None
    return "\n\n".join([*told["paragraphs"], _ADDED[told["language"]]])


def _captures(collection: Collection) -> Iterator[bytes]:
    with (collection.dataset_dir / "history.jsonl").open("rb") as file:
        for told in map(json.loads, file):
            source = told["source"]
            stamp = "".join(one for one in source["captured_at"] if one.isdigit())[:14]
            line = IndexLine(
                cdxj.key(told["url"]), stamp, told["url"], "text/html", 200, source["payload_digest"],
                source["length"], source["offset"], source["warc"],
            )  # fmt: skip
            yield f"{line}\n".encode()


def _report(collection: Collection, count: int) -> None:
    """Of a crawl that lost one address in a hundred."""
    folder = collection.crawls_dir / "20261101120000"
    folder.mkdir(parents=True)
    lost = count // 100
    report = {
        "crawl": folder.name, "institute": "demo", "began": "2026-11-01T12:00:00Z", "ended": "2026-11-02T12:00:00Z",
        "reason": "finished", "exit_code": 0, "found": count + lost, "bytes": count * 900,
        "urls": {"archived": count, "failed": lost},
    }  # fmt: skip
    (folder / "report.json").write_text(json.dumps(report), encoding="utf-8")
    with (folder / "urls.jsonl").open("w", encoding="utf-8") as file:
        for number in range(lost):
            told = {
                "url": f"http://127.0.0.1:8765/lost/{number}/", "end": "failed", "reason": "timed out", "role": "page",
                "source": "pages",
            }  # fmt: skip
            file.write(json.dumps(told) + "\n")
