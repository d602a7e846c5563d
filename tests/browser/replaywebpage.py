"""ReplayWeb.page, as npm has it, and a package beside it: served from loopback, in ranges, as its readers want them."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.browser import npm

VERSION = "2.5.3"
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
PAGE = """<!doctype html><meta charset="utf-8"><script src="/ui.js"></script>
<replay-web-page source="/{package}" url="{url}" replayBase="/replay/" style="display:block;height:1000px">
</replay-web-page>"""
WORKER = 'importScripts("/sw.js");'
# The frame may be asked for before the worker is at work: then this comes, and asks again.
WAITING = "<script>navigator.serviceWorker.ready.then(() => location.reload())</script>"


def scripts(folder: Path) -> Path:
    """The folder with ReplayWeb.page's two scripts."""
    return npm.fetched(folder, "replaywebpage", VERSION, ("ui.js", "sw.js"))


@contextmanager
def served(scripts: Path, package: Path, url: str) -> Iterator[str]:
    """The address of a page that shows `url` from the package."""
    texts = {
        "/": ("text/html; charset=utf-8", PAGE.format(package=package.name, url=url).encode()),
        "/replay/sw.js": ("text/javascript", WORKER.encode()),
    }
    files = {f"/{package.name}": package, "/ui.js": scripts / "ui.js", "/sw.js": scripts / "sw.js"}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path)
            if path in files:
                kind = "text/javascript" if path.endswith(".js") else "application/octet-stream"
                self._send(kind, files[path].read_bytes())
            elif path in texts:
                self._send(*texts[path])
            elif path.startswith("/replay/"):
                self._send("text/html", WAITING.encode())
            else:
                self._send("text/plain", b"", 404)

        def _send(self, kind: str, body: bytes, status: int = 200) -> None:
            wanted = _RANGE.fullmatch(self.headers.get("Range", ""))
            whole = len(body)
            if wanted and status == 200:
                first = int(wanted[1]) if wanted[1] else max(0, whole - int(wanted[2]))
                last = min(int(wanted[2]), whole - 1) if wanted[1] and wanted[2] else whole - 1
                body, status = body[first : last + 1], 206
            self.send_response(status)
            if status == 206:
                self.send_header("Content-Range", f"bytes {first}-{last}/{whole}")
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Service-Worker-Allowed", "/")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()
