"""WARCs as other tools write them, made here: Common Crawl's, plain ones, damaged ones; and what the processes that
read them in tests do in place of `extract`.
"""

import base64
import gzip
import hashlib
import json
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from archive.dataset.batch.job import Engine, Job, Outcome, Step
from archive.extract.page import Block, Content, Page, Role
from archive.institutes.profile import Kind, Profile
from archive.store.capture import Capture
from crawler.demo.institute import Institute
from crawler.demo.site import Site

HERE = "tests.archive.dataset.batch.warcs"
FAULTY = {"extract": f"{HERE}:faulty", "links_only": f"{HERE}:faulty"}
HOME = "http://127.0.0.1:8765/"
ARABIC = "https://xn--mgbh0fb.example/%D9%85%D9%82%D8%A7%D9%84/"  # مقال
_DATE = "2026-02-03T04:05:06Z"


def record(kind: str, url: str | None, block: bytes, *more: str, media: str | None = None, number: int = 0) -> bytes:
    """One record of WARC 1.0 in the order of fields that Common Crawl has."""
    digest = base64.b32encode(hashlib.sha1(block.partition(b"\r\n\r\n")[2]).digest()).decode()
    media = media or ("application/http; msgtype=response" if kind == "response" else "application/warc-fields")
    lines = [
        "WARC/1.0", f"WARC-Type: {kind}", f"WARC-Date: {_DATE}",
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012d}>", f"Content-Length: {len(block)}",
        f"Content-Type: {media}", *([f"WARC-Target-URI: {url}"] if url else []),
        *([f"WARC-Payload-Digest: sha1:{digest}"] if kind == "response" else []), *more,
    ]  # fmt: skip
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def response(body: bytes | str, media: str = "text/html; charset=utf-8", *more: str, status: str = "200 OK") -> bytes:
    """An answer as it stands in a record; Common Crawl has taken its codings off."""
    body = body.encode() if isinstance(body, str) else body
    head = [f"HTTP/1.1 {status}", f"Content-Type: {media}", "X-Crawl-Content-Encoding: br", *more]
    return "\r\n".join(head).encode() + f"\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def article(title: str, words: str, language: str = "en") -> str:
    """A page that says a little."""
    direction = "rtl" if language == "ar" else "ltr"
    text = "".join(f"<p>{words} {number}. {words}</p>" for number in range(6))
    return (
        f'<!doctype html><html lang="{language}" dir="{direction}"><head><title>{title}</title></head>'
        f"<body><main><article><h1>{title}</h1>{text}</article></main></body></html>"
    )


def common_crawl(path: Path) -> Path:
    """A response a member, no request: pages of three hosts in two languages, an image, a redirect, one cut off."""
    arabic = article("المحاكم العسكرية في 2025", "أصدرت المحكمة حكمها بعد جلسات طويلة حضرها المحامون والصحفيون", "ar")
    english = article("What the court said", "The court said a great deal and the institute wrote it all down")
    image = response(b"\x89PNG" + bytes(500), "image/png")
    records = [
        record("warcinfo", None, b"software: Nutch\r\n", "WARC-Filename: CC-MAIN.warc.gz"),
        record("response", ARABIC, response(arabic), number=1),
        record("response", "https://one.example/2025/court/", response(english), number=2),
        record("response", "http://two.example/a.png", image, number=3),
        record("response", "http://two.example/old", response(b"", "text/html", "Location: /new", status="302 Found")),
        record("response", "http://two.example/cut", response(english), "WARC-Truncated: length", number=5),
        record("metadata", "https://one.example/2025/court/", b"languages-cld2: {}\r\n", number=6),
        record("response", "dns:one.example", b"one.example. 60 IN A 192.0.2.1", media="text/dns", number=7),
    ]
    path.write_bytes(b"".join(gzip.compress(one, mtime=0) for one in records))
    return path


def demo(path: Path, numbers: range) -> Path:
    """Publications of the demo institute, one response each."""
    institute = Institute(HOME)
    site = Site(institute)
    members = []
    for number in numbers:
        url = HOME.rstrip("/") + institute.publication(number % institute.total).outline.path
        answer = site.answer(url.removeprefix(HOME.rstrip("/")))
        block = response(answer.body, answer.media_type, status=f"{answer.status} OK")
        members.append(gzip.compress(record("response", url, block, number=number), mtime=0))
    path.write_bytes(b"".join(members))
    return path


def pages(path: Path, *titles: str) -> Path:
    """A page under each title."""
    records = [
        record("response", f"https://nile.example/{number}/", response(article(title, "Words")), number=number)
        for number, title in enumerate(titles)
    ]
    path.write_bytes(b"".join(gzip.compress(one, mtime=0) for one in records))
    return path


def told(path: Path, *pages: dict[str, Any]) -> Path:
    """A WARC of pages that `faulty` reads: what each is to do."""
    records = [
        record("response", f"https://nile.example/{number}/", response(json.dumps(page)), number=number)
        for number, page in enumerate(pages)
    ]
    path.write_bytes(b"".join(gzip.compress(one, mtime=0) for one in records))
    return path


def faulty(capture: Capture, profile: Profile) -> Page:
    """Does what the page says; `once` is a file that says that it was done before."""
    page = json.loads(capture.entity)
    once = Path(page["once"]) if "once" in page else None
    caller = multiprocessing.parent_process()
    assert caller is not None
    if once is None or not once.exists():
        match page.get("does"):
            case "raise":
                raise ValueError("لا يُقرأ\nhere")
            case "end":
                _done(once, caller.pid)
                os._exit(9)
            case "eat":
                eaten = []
                while True:
                    eaten.append(bytearray(16 << 20))
            case "hang":
                _done(once, caller.pid)
                threading.Event().wait()
            case "kill":
                _done(once, caller.pid)
                os.kill(caller.pid or 0, signal.SIGKILL)
                threading.Event().wait()
    says = Content(kind=Kind.ANALYSIS, title=page.get("title"), blocks=(Block(type="paragraph", text="نصّ"),))
    common = {"url": capture.url, "captured_at": capture.captured_at, "status": capture.status}
    return Page(**common, role=Role.PUBLICATION, content=says, media_type="text/html")


def _done(once: Path | None, pid: int | None) -> None:
    if once is not None:
        beside = once.with_suffix(".new")
        beside.write_text(str(pid))
        beside.replace(once)


@dataclass(frozen=True, slots=True)
class Faulty:
    """An engine whose jobs are read by `faulty`, under these limits."""

    engine: Engine
    time_limit: float = 60
    memory_limit: int = 400 << 20

    def run(self, jobs: Iterable[Job], step: Step) -> Iterator[Outcome]:
        limits = {"time_limit": self.time_limit, "memory_limit": self.memory_limit}
        return self.engine.run((replace(job, functions=FAULTY, **limits) for job in jobs), step)
