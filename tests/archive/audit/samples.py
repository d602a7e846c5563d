"""Small collections, written by the archive's own writer, and what a test needs to break one."""

import gzip
import hashlib
import re
import uuid
import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from archive.dataset.derive import derive
from archive.institutes import registry
from archive.store.collection import Collection
from archive.store.exchange import Exchange, Resource
from archive.store.writer import Writer

HOME = "https://institute.example"
ENGLISH = f"{HOME}/2025/03/09/courts-and-decrees/"
ARABIC = f"{HOME}/2025/03/10/{quote('المحاكم-والمراسيم')}/"
MOVED = f"{HOME}/analysis/courts-and-decrees/"
STYLE = f"{HOME}/style.css"
BEGAN = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)

_PAGE = (
    '<!doctype html><html lang="{}" dir="{}"><head><meta charset="utf-8"><title>{}</title>'
    '<link rel="stylesheet" href="/style.css"></head><body><h1>{}</h1><p>{}</p></body></html>'
)
ENGLISH_PAGE = _PAGE.format(
    "en", "ltr", "Courts &amp; decrees", "Courts &amp; decrees", "A decree names the judges. " * 40
)
ARABIC_PAGE = _PAGE.format("ar", "rtl", "المحاكم والمراسيم", "المحاكم والمراسيم", "يسمّي المرسوم القضاة. " * 40)


def chunked(body: bytes) -> bytes:
    """A body in two chunks, with an extension and a trailer."""
    half = len(body) // 2
    parts = b"".join(b"%X;part=1\r\n%b\r\n" % (len(part), part) for part in (body[:half], body[half:]))
    return parts + b"0\r\nX-Trailer: end\r\n\r\n"


def response(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """An HTTP response; without headers it has a Content-Length."""
    lines = headers or (f"Content-Length: {len(body)}",)
    return b"".join([f"HTTP/1.1 {status}\r\n".encode(), *(f"{line}\r\n".encode() for line in lines), b"\r\n", body])


def exchange(url: str, answer: bytes, minute: int = 0) -> Exchange:
    """An exchange that began `minute` minutes after BEGAN."""
    path = url.removeprefix(HOME)
    request = f"GET {path} HTTP/1.1\r\nHost: institute.example\r\n\r\n".encode()
    began = BEGAN + timedelta(minutes=minute)
    return Exchange(url, "GET", began, request, answer, ip="127.0.0.1", protocols=("http/1.1",))


def exchanges() -> list[Exchange]:
    """An English page, chunked and gzipped, behind an interim response; an Arabic one; a redirect, a stylesheet, an
    error, a failure.
    """
    english = response(
        chunked(gzip.compress(ENGLISH_PAGE.encode(), mtime=0)),
        "Content-Type: text/html; charset=utf-8",
        "Content-Encoding: gzip",
        "Transfer-Encoding: chunked",
        "X-Note: تقرير",
    )
    arabic = ARABIC_PAGE.encode()
    failed = Exchange(f"{HOME}/down/", "GET", BEGAN + timedelta(minutes=5), b"", b"", error="connection refused")
    return [
        exchange(ENGLISH, b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n" + english, 0),
        exchange(
            ARABIC, response(arabic, "Content-Type: text/html; charset=utf-8", f"Content-Length: {len(arabic)}"), 1
        ),
        exchange(MOVED, response(b"", f"Location: {ENGLISH}", "Content-Length: 0", status="301 Moved Permanently"), 2),
        exchange(STYLE, response(b"body{color:rgb(1,2,3)}", "Content-Type: text/css", "Content-Length: 22"), 3),
        exchange(f"{HOME}/gone/", response(b"gone", status="404 Not Found"), 4),
        failed,
    ]


def collection(home: Path, crawls: int = 2, more: Sequence[Exchange] = ()) -> Collection:
    """A collection of `crawls` sealed crawls; from the second on, unchanged pages are revisits."""
    made = Collection.open(home / "collections" / "sample", create=True)
    with made.lock():
        for number in range(crawls):
            began = BEGAN + timedelta(days=number)
            writer = Writer(
                made, f"2026110{number + 1}120000", "policy-archive test", {}, clock=lambda began=began: began
            )
            later = timedelta(days=number)
            writer.write([_later(one, later) for one in exchanges()])
            writer.write([_later(one, later) for one in more])
            writer.write([Resource(f"urn:policy-archive:crawl:{number}:note", "text/plain", "ملاحظة".encode(), began)])
            writer.close_crawl({"found": 6})
    return made


def _later(one: Exchange, by: timedelta) -> Exchange:
    return Exchange(
        one.url,
        one.method,
        one.began + by,
        one.request,
        one.response,
        one.truncated,
        one.ip,
        one.protocols,
        error=one.error,
    )


def members(path: Path) -> list[tuple[int, bytes]]:
    """Offset and plain bytes of each member."""
    data, found, at = path.read_bytes(), [], 0
    while at < len(data):
        expander = zlib.decompressobj(zlib.MAX_WBITS | 16)
        found.append((at, expander.decompress(data[at:])))
        at = len(data) - len(expander.unused_data)
    return found


def rewrite(warc: Path, change: Callable[[int, bytes], bytes | None]) -> None:
    """Write a WARC anew: `change` takes a record's number and bytes, and returns its bytes, or None to leave it out."""
    plain = [change(number, one) for number, (_, one) in enumerate(members(warc))]
    warc.write_bytes(b"".join(gzip.compress(one, mtime=0) for one in plain if one is not None))


def record(headers: str, block: bytes = b"", version: str = "WARC/1.1") -> bytes:
    """A record from its header lines.

    Record-ID, Date, Content-Length and Block-Digest are put in unless given; `Name: -` leaves one out.
    """
    lines = [line.strip() for line in headers.strip().splitlines()]
    names = {line.partition(":")[0].lower() for line in lines}
    digest = hashlib.sha256(block).hexdigest()
    defaults = {
        "WARC-Record-ID": f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, headers)}>",
        "WARC-Date": "2026-11-01T12:00:00Z",
        "Content-Length": str(len(block)),
        "WARC-Block-Digest": f"sha256:{digest}",
    }
    lines += [f"{name}: {value}" for name, value in defaults.items() if name.lower() not in names]
    kept = [line for line in lines if not re.fullmatch(r"[\w-]+: -", line)]
    return "\r\n".join([version, *kept, "", ""]).encode() + block + b"\r\n\r\n"


def warc_file(path: Path, *records: bytes) -> Path:
    """A WARC of the given records, one member each."""
    path.write_bytes(b"".join(gzip.compress(one, mtime=0) for one in records))
    return path


PROFILE = 'extends = "wordpress"\nname = "Sample"\nhome = "https://institute.example/"\n'


def with_dataset(home: Path, more: Sequence[Exchange] = ()) -> Collection:
    """The collection with a stored profile, and the dataset that is derived from it."""
    file = home / "sample.toml"
    file.write_text(PROFILE, encoding="utf-8")
    profile = registry.load(file)
    made = collection(home, more=more)
    stored = Resource(
        f"urn:policy-archive:profile:{registry.digest(profile)}", "application/json", registry.dumps(profile), BEGAN
    )
    with made.lock():
        writer = Writer(made, "20261103120000", "policy-archive test", {}, clock=lambda: BEGAN)
        writer.write([stored])
        writer.close_crawl({"found": 6})
    derive(made)
    return made
