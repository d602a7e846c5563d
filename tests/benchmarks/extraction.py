"""How fast and how well pages are read: `python -m tests.benchmarks.extraction FOLDER --out FILE`.

Reads every *.jsonl in FOLDER (lines with `page` and `url`; the page is an .html.gz below FOLDER), extracts each with no
institute's profile, writes a prediction a line (`page, title, authors, published, text, standfirst`) and prints
documents a second.
"""

import argparse
import gzip
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from archive.extract import markdown
from archive.extract.extract import extract
from archive.extract.page import Role
from archive.institutes.profile import Profile
from archive.store.capture import Capture
from archive.store.exchange import Location

# After the last page of any set was fetched: a date on a page is never later than its capture.
CAPTURED_AT = datetime(2026, 11, 22, tzinfo=UTC)


def pages(folder: Path) -> Iterator[tuple[str, str, bytes]]:
    """Each page's name, address and bytes."""
    for listing in sorted(folder.glob("*.jsonl")):
        with listing.open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                yield row["page"], row["url"], gzip.decompress((folder / row["page"]).read_bytes())


def capture_of(url: str, body: bytes) -> Capture:
    """A page as if it had been captured, with headers that say no more than that it is HTML."""
    headers = (("Content-Type", "text/html"),)
    return Capture(url, CAPTURED_AT, 200, headers, body, Location("none", 0, 0), "")


def profile_of(url: str) -> Profile:
    """No institute's profile: only where the page's site is at home."""
    parts = urlsplit(url)
    return Profile(id="none", home=f"{parts.scheme}://{parts.netloc}/")


def prediction(name: str, url: str, body: bytes) -> dict[str, object]:
    """What score.py takes, of one page."""
    content = extract(capture_of(url, body), profile_of(url), Role.PUBLICATION).content
    if content is None:
        return {"page": name, "title": None, "authors": [], "published": None, "text": "", "standfirst": None}
    return {
        "page": name,
        "title": content.title,
        "authors": [author.name for author in content.authors],
        "published": content.published.isoformat() if content.published else None,
        "text": markdown.text(content.blocks),
        "standfirst": content.standfirst,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    seconds = 0.0
    count = 0
    with options.out.open("w", encoding="utf-8") as out:
        for name, url, body in pages(options.folder):
            began = time.perf_counter()
            found = prediction(name, url, body)
            seconds += time.perf_counter() - began
            count += 1
            out.write(json.dumps(found, ensure_ascii=False) + "\n")
    print(f"{count} documents, {count / seconds if seconds else 0:.1f} a second")


if __name__ == "__main__":
    main()
