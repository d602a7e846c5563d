"""A collection to make packages of, in two languages: a page with a stylesheet that imports another, an image and a
PDF, an address that leads to it, and other pages beside them; two crawls, the second of revisits.
"""

import gzip
import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from archive.dataset.derive import derive
from archive.institutes import registry
from archive.pack import zipnum
from archive.store.collection import Collection
from archive.store.exchange import Exchange, Resource
from archive.store.writer import Writer
from tests.archive.audit import samples
from tests.archive.audit.samples import BEGAN, HOME, exchange, response

STORY = f"{HOME}/2025/04/01/{quote('قضية-الميناء')}/"
TITLE = "قضية الميناء: ما قالته المحكمة"
OLD = f"{HOME}/?p=77"
REPORT = f"{HOME}/files/{quote('تقرير')}.pdf"
PICTURE, SHEET, BASE = f"{HOME}/port.png", f"{HOME}/story.css", f"{HOME}/base.css"
PDF = b"%PDF-1.4\n" + b"1 0 obj<</Type/Catalog>>endobj\n" * 30 + b"trailer<</Root 1 0 R>>\n%%EOF\n"
STORY_PAGE = f"""<!doctype html><html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>{TITLE}</title>
<link rel="stylesheet" href="/story.css"><link rel="shortlink" href="{OLD}"></head><body><article><h1>{TITLE}</h1>
<p><img src="/port.png" alt="الميناء"></p><p>{"قالت المحكمة إن القرار باطل. " * 20}
انظر <a href="/files/تقرير.pdf">نص الحكم كاملاً</a>. {"وقال المحامون إن الحكم عادل. " * 20}</p></article></body>"""

RULING = f"{HOME}/2025/04/02/a-ruling-explained/"
RULING_TITLE = "A ruling, explained"
RULING_PAGE = samples.ENGLISH_PAGE.replace("Courts &amp; decrees", RULING_TITLE)


def more() -> list[Exchange]:
    """What the story needs, an address that leads to it, and an English page, coded and in chunks."""
    story = STORY_PAGE.encode()
    html = ("Content-Type: text/html; charset=utf-8", f"Content-Length: {len(story)}")
    css, imported = b'@import "base.css"; body{color:rgb(4,5,6)}', b"h1{color:rgb(7,8,9)}"
    coded = gzip.compress(RULING_PAGE.encode(), mtime=0)
    chunks = b"%x\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n" % (90, coded[:90], len(coded) - 90, coded[90:])
    framed = ("Content-Type: text/html; charset=utf-8", "Content-Encoding: gzip", "Transfer-Encoding: chunked")
    return [
        exchange(RULING, response(chunks, *framed), 9),
        exchange(STORY, response(story, *html), 10),
        exchange(OLD, response(b"", f"Location: {STORY}", "Content-Length: 0", status="301 Moved Permanently"), 11),
        exchange(SHEET, response(css, "Content-Type: text/css", f"Content-Length: {len(css)}"), 12),
        exchange(BASE, response(imported, "Content-Type: text/css", f"Content-Length: {len(imported)}"), 13),
        exchange(PICTURE, response(b"\x89PNG\r\n" + b"\0" * 60, "Content-Type: image/png"), 14),
        exchange(REPORT, response(PDF, "Content-Type: application/pdf", f"Content-Length: {len(PDF)}"), 15),
    ]


def collection(home: Path) -> Collection:
    """The collection with its dataset."""
    file = home / "sample.toml"
    file.write_text(samples.PROFILE, encoding="utf-8")
    profile = registry.load(file)
    made = samples.collection(home, more=more())
    uri = f"urn:policy-archive:profile:{registry.digest(profile)}"
    began = BEGAN + timedelta(days=2)
    with made.lock():
        writer = Writer(made, "20261103120000", "policy-archive test", {}, clock=lambda: began)
        writer.write([Resource(uri, "application/json", registry.dumps(profile), began)])
        writer.close_crawl({"found": 0})
    derive(made, workers=1)
    return made


def ident(made: Collection, title: str) -> str:
    """The id of the publication of that title."""
    return next(str(one["id"]) for one in publications(made) if one["title"] == title)


def publications(made: Collection) -> list[dict[str, Any]]:
    lines = (made.dataset_dir / "publications.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def names(package: Path) -> list[str]:
    with zipfile.ZipFile(package) as opened:
        return opened.namelist()


def read(package: Path, name: str) -> bytes:
    with zipfile.ZipFile(package) as opened:
        return opened.read(name)


def told(package: Path, name: str) -> list[dict[str, Any]]:
    """The lines of a JSONL file in a package."""
    return [json.loads(line) for line in read(package, name).decode("utf-8").splitlines()]


def index(package: Path) -> Iterator[dict[str, Any]]:
    """The index, with key and timestamp."""
    with zipfile.ZipFile(package) as opened, opened.open("indexes/index.cdx.gz") as file:
        for line in zipnum.lines(file):  # type: ignore[arg-type]
            key, timestamp, fields = line.decode().split(" ", 2)
            yield {"key": key, "timestamp": timestamp, **json.loads(fields)}


def urls(package: Path) -> set[str]:
    """What is captured in a package, without our own resources."""
    return {line["url"] for line in index(package) if not line["url"].startswith("urn:")}
