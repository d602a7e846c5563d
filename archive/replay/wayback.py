"""pywb over one collection, in a process of its own: `python -m archive.replay.wayback`, started by `server.py`.

It must not be imported by anything else: pywb patches the standard library when it is imported. Its settings come as
one line of JSON on standard input: `name`, `archive`, `indexes` (files), `access` (a file of access rules, or null),
`port`. It answers with one: `{"port": …}` when it listens, `{"error": …}` when it cannot. It ends when its standard
input does, so that it never outlives the process that started it. Nothing is written to the collection, and nothing is
fetched from the live web.
"""

import json
import os
import re
import sys
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import gevent  # type: ignore[import-untyped]
from gevent.pywsgi import WSGIServer  # type: ignore[import-untyped]
from pywb.apps.frontendapp import FrontEndApp
from pywb.utils.geventserver import RequestURIWSGIHandler

HOST = "127.0.0.1"
_OWN = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; form-action 'self'"
FRAME_POLICY = f"{_OWN}; frame-src 'self'; object-src 'none'"
# What a page may do: run its scripts, but as nobody, so that it reaches neither pywb's own pages nor the live web.
PAGE_POLICY = f"{_OWN}; sandbox allow-scripts allow-forms"
# pywb's script in each page, and many pages' own, read what throws in a sandbox; they would stop halfway, and what a
# page's scripts load would not be led to the archive. So there is no service worker, and storage forgets.
WOMBAT = "/static/wombat.js"
SHIM = b"""try { navigator.serviceWorker } catch (error) {
  Object.defineProperty(Navigator.prototype, "serviceWorker", { value: undefined });
}
for (const name of ["localStorage", "sessionStorage"]) {
  try { window[name] } catch (error) {
    const kept = new Map();
    Object.defineProperty(window, name, { configurable: true, value: {
      getItem: key => kept.get(String(key)) ?? null,
      setItem: (key, value) => { kept.set(String(key), String(value)) },
      removeItem: key => { kept.delete(String(key)) },
      clear: () => kept.clear(),
      key: number => [...kept.keys()][number] ?? null,
      get length() { return kept.size },
    } });
  }
}
"""
_NOT_ON = {  # headers of archived responses that would change the browser beyond the page
    "set-cookie",
    "set-cookie2",
    "strict-transport-security",
    "public-key-pins",
    "clear-site-data",
    "service-worker-allowed",
    "report-to",
    "nel",
    "content-security-policy",
    "content-security-policy-report-only",
    "alt-svc",
}
_ARCHIVED = re.compile(r"/[^/]+/\d*[a-z]+_/")  # what was archived; pywb's own pages have no such modifier in their path
_SHARED = re.compile(
    r"font|css|javascript|\.(?:woff2?|ttf|otf)\Z", re.IGNORECASE
)  # fonts and modules are fetched with CORS
Start = Callable[..., Any]


def application(name: str, archive: Path, indexes: list[str], access: str | None = None) -> FrontEndApp:
    """pywb with one fixed collection, and without its loader for the live web."""

    def resolve(warc: str, _: Any) -> list[str]:
        plain = Path(warc).name  # an index is derived data: it may not lead out of the folder
        return [str(archive / plain), str(archive / f"{plain}.open")]

    group = {f"index{number}": path for number, path in enumerate(indexes)}
    pywb = FrontEndApp(  # type: ignore[no-untyped-call]
        config_file=os.devnull,
        custom_config={
            "collections_root": os.devnull,  # no folder: what is there would be served too
            "static_dir": os.devnull,
            "enable_auto_colls": False,
            "collections": {name: {"index_group": group, "archive_paths": [resolve], "acl_paths": access}},
            "framed_replay": True,
            "csp-header": "",
            "redirect_to_exact": False,
        },
    )
    handler = pywb.warcserver.fixed_routes[name]
    handler.resource_loaders = handler.resource_loaders[:1]  # WARCs; the others are the live web and video sites
    return pywb


class Guarded:
    """A WSGI application around pywb: policies on every answer, and no archived header that outlives a page."""

    def __init__(self, app: FrontEndApp) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        shimmed = path == WOMBAT and environ.get("REQUEST_METHOD") == "GET"

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            kept = [(key, value) for key, value in headers if key.lower() not in _NOT_ON]
            if shimmed:
                kept = [(key, value) for key, value in kept if key.lower() != "content-length"]
            kept.append(("Content-Security-Policy", PAGE_POLICY if _ARCHIVED.match(path) else FRAME_POLICY))
            kept.append(("Referrer-Policy", "same-origin"))
            kept.append(("X-DNS-Prefetch-Control", "off"))
            kind = next((value for key, value in headers if key.lower() == "content-type"), "")
            if _ARCHIVED.match(path) and _SHARED.search(kind + path):
                kept.append(("Access-Control-Allow-Origin", "null"))  # the origin of a sandboxed page
            return start_response(status, kept, *rest)

        answer: Iterable[bytes] = self._app(environ, start)
        return chain([SHIM], answer) if shimmed else answer


class _Quiet(RequestURIWSGIHandler):
    def log_request(self) -> None:
        """Nobody reads pywb's access log here."""


def main() -> None:
    settings = json.loads(sys.stdin.buffer.readline())
    with TemporaryDirectory(prefix="policy-archive-replay-") as empty:
        os.chdir(empty)  # pywb looks for templates and settings where it stands
        app = application(settings["name"], Path(settings["archive"]), settings["indexes"], settings["access"])
        inner: Any = app.warcserver_server.server
        inner.handler_class = _Quiet
        server = WSGIServer((HOST, settings["port"]), Guarded(app), handler_class=_Quiet)
        try:
            server.start()
        except OSError as problem:
            print(json.dumps({"error": os.strerror(problem.errno) if problem.errno else str(problem)}), flush=True)
            return
        print(json.dumps({"port": server.address[1]}), flush=True)
        gevent.get_hub().threadpool.spawn(sys.stdin.buffer.read).get()  # until whoever started us is gone
        server.stop()


if __name__ == "__main__":
    main()
