"""Serves the demo institute on loopback, in a process of its own: `python -m crawler.demo.server --pages 60` prints
its address when it is ready."""

import argparse
import asyncio
import gzip
import json
import os
import select
import socket
import subprocess
import sys
import time
import zlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO, cast, get_args

from aiohttp import web

from crawler.demo.editing import Editing
from crawler.demo.institute import Institute, Theme
from crawler.demo.outline import revised_at
from crawler.demo.site import Answer, Fault, Site

CACHE_BYTES = 256 * 1024 * 1024
START_SECONDS = 30


@dataclass(slots=True)
class Cached:
    """An answer as it is sent: compressed where that helps."""

    status: int
    body: bytes
    packed: bool
    headers: dict[str, str]
    etag: str | None
    modified_at: float | None
    chunked: bool


class Cache:
    """The answers of late, the least recently used thrown out once they are more than `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self.limit, self.size = limit, 0
        self.entries: OrderedDict[str, Cached] = OrderedDict()

    def get(self, target: str) -> Cached | None:
        found = self.entries.get(target)
        if found is not None:
            self.entries.move_to_end(target)
        return found

    def put(self, target: str, entry: Cached) -> None:
        self.entries[target] = entry
        self.size += len(entry.body) + 1_000
        while self.size > self.limit and len(self.entries) > 1:
            _, old = self.entries.popitem(last=False)
            self.size -= len(old.body) + 1_000


class Server:
    """With `nonces`, each answer with a publication has bytes of its own, and no validator."""

    def __init__(
        self, site: Site, log: TextIO | None = None, cache_bytes: int = CACHE_BYTES, nonces: bool = False
    ) -> None:
        self.site, self.log, self.cache, self.nonces = site, log, Cache(cache_bytes), nonces
        self.answered = 0

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        response = self._respond(request)
        if self.log is not None:
            peer = request.transport.get_extra_info("peername") if request.transport else None
            line = {
                "time": time.time(), "method": request.method, "path": request.raw_path, "status": response.status,
                "port": peer[1] if peer else None,
                "agent": request.headers.get("User-Agent"),
                "conditional": "If-None-Match" in request.headers or "If-Modified-Since" in request.headers,
            }  # fmt: skip
            self.log.write(json.dumps(line) + "\n")
        return response

    def _respond(self, request: web.BaseRequest) -> web.Response:
        if request.method not in ("GET", "HEAD"):
            return web.Response(status=405, headers={"Allow": "GET, HEAD"})
        target = request.raw_path
        self.answered += 1
        if self.nonces and self.site.etag_of(target) is not None:
            return self._send(request, prepare(with_nonce(self.site.answer(target), self.answered), target))
        entry = self.cache.get(target)
        if entry is None:
            wanted = request.headers.get("If-None-Match")
            if wanted is not None and (etag := self.site.etag_of(target)) is not None and etag in wanted:
                return web.Response(status=304, headers={"ETag": etag})
            entry = prepare(self.site.answer(target), target)
            self.cache.put(target, entry)
        if entry.status == 200 and unchanged(entry, request.headers):
            known = {name: value for name, value in entry.headers.items() if name in ("ETag", "Last-Modified")}
            return web.Response(status=304, headers=known)
        return self._send(request, entry)

    def _send(self, request: web.BaseRequest, entry: Cached) -> web.Response:
        response = web.Response(status=entry.status, headers=entry.headers)
        if entry.packed and "gzip" in request.headers.get("Accept-Encoding", ""):
            response.headers["Content-Encoding"] = "gzip"
            response.body = entry.body
        else:
            response.body = gzip.decompress(entry.body) if entry.packed else entry.body
        if entry.chunked and request.version >= (1, 1):
            response.enable_chunked_encoding()
        return response


def with_nonce(answer: Answer, number: int) -> Answer:
    """As a site sends it whose pages are made anew for each request."""
    nonce = f"{zlib.crc32(str((number, time.time())).encode()):08x}"
    head = f'<script nonce="{nonce}">window.token="{nonce}"</script></head>'
    body = answer.body.replace(b"</head>", head.encode(), 1) + f"<!-- {nonce} -->\n".encode()
    return Answer(body, answer.media_type, answer.status, answer.headers)


def prepare(answer: Answer, target: str) -> Cached:
    packed = answer.compressible and len(answer.body) > 500
    etag = answer.etag or (f'"{zlib.crc32(answer.body):08x}-{len(answer.body):x}"' if answer.modified else None)
    headers = {"Content-Type": answer.media_type, "Server": "demo", **answer.headers}
    if packed:
        headers["Vary"] = "Accept-Encoding"
    if etag:
        headers["ETag"] = etag
    if answer.modified:
        headers["Last-Modified"] = format_datetime(answer.modified.astimezone(UTC), usegmt=True)
    body = gzip.compress(answer.body, 3, mtime=0) if packed else answer.body
    stamp = answer.modified.timestamp() if answer.modified else None
    return Cached(answer.status, body, packed, headers, etag, stamp, packed and zlib.crc32(target.encode()) % 4 == 0)


def unchanged(entry: Cached, headers: Mapping[str, str]) -> bool:
    """Whether the client has it already: If-None-Match decides where it is given (RFC 9110, 13.2.2)."""
    wanted = headers.get("If-None-Match")
    if wanted is not None:
        return entry.etag is not None and (entry.etag in wanted or wanted.strip() == "*")
    since = headers.get("If-Modified-Since")
    if since is None or entry.modified_at is None:
        return False
    try:
        return entry.modified_at <= parsedate_to_datetime(since).timestamp()
    except ValueError:
        return False


async def serve(listener: socket.socket, server: Server, until_eof: bool) -> None:
    """Serve on a bound socket until the process ends, or standard input does: the parent is gone then."""
    runner = web.ServerRunner(web.Server(server.handle, access_log=None))
    await runner.setup()
    await web.SockSite(runner, listener, backlog=512).start()
    print(server.site.institute.home, flush=True)
    over = asyncio.Event()
    if until_eof:
        asyncio.get_running_loop().add_reader(
            sys.stdin.fileno(), lambda: over.set() if not os.read(sys.stdin.fileno(), 4096) else None
        )
    await over.wait()
    await runner.cleanup()


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m crawler.demo.server",
        description="Serve the demo institute; the first line printed is its address.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8765, help="0 for any free one")
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--revision", type=int, default=0)
    parser.add_argument("--theme", choices=get_args(Theme), default="current", help="older: as before the redesign")
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="ROUTE=FAULT",
        help="robots, sitemap, feed, wordpress, listing or dates = off, 403 or html",
    )
    parser.add_argument("--nonces", action="store_true", help="each answer with a publication has bytes of its own")
    parser.add_argument(
        "--edited-at", type=datetime.fromisoformat, help="when what follows was done, ISO 8601 with an offset"
    )
    for what in ("edited", "added", "moved", "removed"):
        parser.add_argument(f"--{what}", type=int, default=0, help=f"how many publications were {what}")
    parser.add_argument("--log", type=Path, help="append a JSON line for every request")
    parser.add_argument("--until-eof", action="store_true", help="stop when standard input ends")
    options = parser.parse_args()
    listener = socket.create_server((options.host, options.port), backlog=512)
    home = f"http://{options.host}:{listener.getsockname()[1]}/"
    faults = cast(dict[str, Fault], dict(fault.partition("=")[::2] for fault in options.fault))
    try:
        at = options.edited_at or revised_at(options.revision)
        counts = {what: getattr(options, what) for what in ("edited", "added", "moved", "removed")}
        editing = Editing.of(options.seed, options.pages, at, **counts)
        site = Site(Institute(home, options.pages, options.seed, options.revision, options.theme, editing), faults)
    except ValueError as error:
        parser.error(str(error))
    log = options.log.open("a", encoding="utf-8", buffering=1) if options.log else None
    try:
        asyncio.run(serve(listener, Server(site, log, nonces=options.nonces), options.until_eof))
    except KeyboardInterrupt:
        pass
    finally:
        if log:
            log.close()


class DemoServer:
    """The demo institute in a subprocess, as a context manager: `.url` is its home. The process ends with `stop()`,
    or when this one does, however it does.

    Raises OSError, with what the process said, when it does not come up (a port that is taken)."""

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        pages: int = 60,
        seed: int = 1,
        revision: int = 0,
        faults: Mapping[str, Fault] | None = None,
        log: Path | None = None,
        theme: Theme = "current",
        editing: Editing | None = None,
        nonces: bool = False,
    ) -> None:
        """`editing` is made with `Editing.of` for the same seed and pages."""
        self.editing = editing
        self.pages, self.seed, self.revision, self.log = pages, seed, revision, log
        self.theme = theme
        command = [
            sys.executable,
            "-m",
            "crawler.demo.server",
            "--until-eof",
            "--host",
            host,
            "--port",
            str(port),
            "--pages",
            str(pages),
        ]
        command += ["--seed", str(seed), "--revision", str(revision), "--theme", theme]
        command += [part for route, fault in (faults or {}).items() for part in ("--fault", f"{route}={fault}")]
        command += ["--log", str(log)] if log else []
        command += ["--nonces"] if nonces else []
        if editing is not None:
            command += ["--edited-at", editing.at.isoformat(), "--added", str(editing.added)]
            for what in ("edited", "moved", "removed"):
                command += [f"--{what}", str(len(getattr(editing, what)))]
        # The checkout need not be installed: the package's folder goes on the path of the subprocess.
        root = str(Path(__file__).parents[2])
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))}
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
            process_group=0,  # Ctrl-C is for the crawl, which drains: the site stays until it has
        )
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], START_SECONDS)
        self.url = self.process.stdout.readline().strip() if ready else ""
        if not self.url:
            self.process.kill()
            _, said = self.process.communicate()
            reason = said.strip().rpartition("\n")[2] or f"nothing said in {START_SECONDS} s"
            raise OSError(f"the demo institute did not come up on {host}:{port}: {reason}")

    def institute(self) -> Institute:
        """What the server serves, for truths: `truth(server.institute(), 7)`."""
        return Institute(self.url, self.pages, self.seed, self.revision, self.theme, self.editing)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate()

    def __enter__(self) -> "DemoServer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


if __name__ == "__main__":
    main()
