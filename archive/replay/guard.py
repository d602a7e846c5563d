"""What stands around pywb: our pages in the place of its own, and every archived page shut in.

An archived page runs its scripts, but as nobody: in a sandbox without an origin, below a policy that lets it ask this
server alone. It is shown in a frame and nowhere else. What would act beyond the page it came with (cookies, hints to
connect, workers that stay) is left out on the way.
"""

import re
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any
from urllib.parse import quote

from archive.replay.frame import Answer, Frame

App = Callable[[dict[str, Any], Any], Iterable[bytes]]
Start = Callable[..., Any]

_ONLY_HERE = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; form-action 'self'; frame-src 'self'"
# What a page may do: run its scripts, but as nobody, so that it reaches neither our pages nor the live web.
PAGE_POLICY = f"{_ONLY_HERE}; sandbox allow-scripts allow-forms"
# What no policy above forbids: WebRTC, and hints to look up a name or to connect (WICG, Chromium 152 and later).
_CONNECTIONS = ("Connection-Allowlist", "(response-origin)")
OWN_POLICY = "default-src 'none'; style-src 'self' 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'"
# pywb's script in each page, and many pages' own, read what throws in a sandbox; they would stop halfway, and what a
# page's scripts load would not be led to the archive. So there is no service worker, and storage forgets. WebRTC is
# taken away from browsers that do not know the header above.
_WOMBAT = "/static/wombat.js"
_SHIM = b"""try { navigator.serviceWorker } catch (error) {
  Object.defineProperty(Navigator.prototype, "serviceWorker", { value: undefined });
}
for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport"]) delete window[name];
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
# Headers of archived responses that say what the body is. All others are about a browser's dealings with the site:
# cookies, hints to connect to other hosts (`Link`), reports, policies. pywb keeps those it renames `X-Archive-Orig-`.
_KEPT = {
    "accept-ranges", "content-disposition", "content-encoding", "content-language", "content-length",
    "content-location", "content-range", "content-type", "location", "memento-datetime", "x-archive-orig-etag",
}  # fmt: skip
_HOSTS = {"127.0.0.1", "localhost", "[::1]"}
_MODIFIED = re.compile(r"(\d*)([a-z]+_)/(.*)", re.DOTALL)  # what was archived, and how pywb is to hand it out
_MACHINES = ("cdx", "timemap/")
_SHARED = re.compile(
    r"font|css|javascript|\.(?:woff2?|ttf|otf)\Z", re.IGNORECASE
)  # fonts and modules are fetched with CORS


def is_here(host: str) -> bool:
    """Whether a Host header names this machine. A page of the web whose own name leads here (DNS rebinding) says that
    name.
    """
    name, _, port = host.rpartition(":") if not host.endswith("]") and ":" in host else (host, "", "")
    return (name or host).lower() in _HOSTS and (not port or port.isdigit())


class Guarded:
    """A WSGI application around pywb's, for the collection of that name."""

    def __init__(self, app: App, name: str, frame: Frame) -> None:
        self._app = app
        self._base = f"/{quote(name)}/"
        self._frame = frame

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        if not is_here(environ.get("HTTP_HOST", "")):
            return _sent(Answer("421 Misdirected Request", b"This archive answers on this machine's address alone.\n"),
                         start_response, "text/plain")  # fmt: skip
        if environ.get("HTTP_SERVICE_WORKER") or environ.get("HTTP_SEC_FETCH_DEST") == "serviceworker":
            return _sent(Answer("403 Forbidden", b"No worker stays behind an archived page.\n"), start_response,
                         "text/plain")  # fmt: skip
        raw = environ.get("REQUEST_URI") or quote(environ.get("PATH_INFO", ""))
        if raw == "/":
            return _sent(Answer("302 Found", location=self._base), start_response)
        if not raw.startswith(self._base):
            return self._pywb(environ, start_response, raw)
        rest = raw.removeprefix(self._base)
        if archived := _MODIFIED.match(rest):
            return self._archived(environ, start_response, archived)
        if rest.startswith(_MACHINES):
            return self._pywb(environ, start_response, raw)
        query = environ.get("QUERY_STRING", "")
        languages = environ.get("HTTP_ACCEPT_LANGUAGE", "")
        return _sent(self._frame.answer(rest if not rest.startswith("?") else "", query, languages), start_response)

    def _pywb(self, environ: dict[str, Any], start_response: Start, path: str) -> Iterable[bytes]:
        """pywb's scripts, its index for programs, and its errors."""
        shimmed = path == _WOMBAT and environ.get("REQUEST_METHOD") == "GET"

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            kept = _only(headers, _KEPT - {"content-length"} if shimmed else _KEPT)
            return start_response(status, [*kept, *_on_all(OWN_POLICY)], *rest)

        answer = self._app(environ, start)
        return chain([_SHIM], answer) if shimmed else answer

    def _archived(self, environ: dict[str, Any], start_response: Start, asked: re.Match[str]) -> Iterable[bytes]:
        at, modifier, url = asked[1], asked[2], asked[3]
        place, site = environ.get("HTTP_SEC_FETCH_DEST"), environ.get("HTTP_SEC_FETCH_SITE")
        languages = environ.get("HTTP_ACCEPT_LANGUAGE", "")
        if place == "document" and modifier != "id_":
            return _sent(Answer("302 Found", location=self._frame.place(at, url)), start_response)
        framed = place == "iframe" and modifier == "mp_" and environ.get("REQUEST_METHOD") == "GET"
        if framed and site != "same-origin":  # the page went elsewhere by itself; the banner is to go with it
            return _sent(self._frame.onward(at, url, languages), start_response)
        moved: list[Answer] = []

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            kept = _only(headers, _KEPT)
            target = next((value for key, value in kept if key.lower() == "location"), "")
            led = _MODIFIED.match(target.partition(self._base)[2]) if framed and status.startswith("3") else None
            if led:
                moved.append(self._frame.onward(led[1], led[3], languages))
                return lambda _: None
            kind = next((value for key, value in kept if key.lower() == "content-type"), "")
            if _SHARED.search(kind + url):
                kept.append(("Access-Control-Allow-Origin", "null"))  # the origin of a sandboxed page
            policy = "sandbox; default-src 'none'" if modifier == "id_" and place == "document" else PAGE_POLICY
            return start_response(status, [*kept, *_on_all(policy), _CONNECTIONS], *rest)

        answer = self._app(environ, start)
        if not moved:
            return answer
        if close := getattr(answer, "close", None):
            close()
        return _sent(moved[0], start_response)


def _only(headers: list[tuple[str, str]], names: set[str]) -> list[tuple[str, str]]:
    return [(key, value) for key, value in headers if key.lower() in names]


def _on_all(policy: str) -> list[tuple[str, str]]:
    return [
        ("Content-Security-Policy", policy),
        ("Referrer-Policy", "same-origin"),
        ("X-DNS-Prefetch-Control", "off"),
        ("Cross-Origin-Resource-Policy", "cross-origin"),  # a sandboxed page is a stranger to its own server
    ]


def _sent(answer: Answer, start_response: Start, kind: str = "text/html") -> Iterable[bytes]:
    headers = [("Content-Type", f"{kind}; charset=utf-8"), ("Content-Length", str(len(answer.body))),
               ("Content-Security-Policy", answer.policy), ("Referrer-Policy", "same-origin"),
               ("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store"),
               ("Vary", "Accept-Language, Sec-Fetch-Dest, Sec-Fetch-Site")]  # fmt: skip
    if answer.location is not None:
        headers.append(("Location", answer.location))
    start_response(answer.status, headers)
    return [answer.body]
