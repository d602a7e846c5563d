"""pywb over one collection, in a process of its own: `python -m archive.replay.wayback`, started by `server.py`.

It must not be imported by anything else: pywb patches the standard library when it is imported. Its settings come as
one line of JSON on standard input: `name`, `title`, `archive`, `store` (the URL that the collection lies at, or null),
`indexes` (files), `access` (a file of access rules, or null), `port`. It answers with one: `{"port": …}` when it
listens, `{"error": …}` when it cannot. It ends when its standard input does, so that it never outlives the process that
started it. Nothing is written to the collection, and nothing is fetched from the live web.
"""

import io
import json
import os
import sys
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

import gevent  # type: ignore[import-untyped]
from gevent.pywsgi import WSGIServer  # type: ignore[import-untyped]
from pywb.apps.frontendapp import FrontEndApp
from pywb.utils.geventserver import RequestURIWSGIHandler
from pywb.utils.loaders import BlockLoader
from warcio.limitreader import LimitReader

from archive.replay.frame import Frame
from archive.replay.guard import Guarded, is_here
from archive.replay.moments import Moment, Moments
from archive.store import foreign
from archive.store.remote.ranges import RemoteFile

HOST = "127.0.0.1"
_HERE = Path(__file__).parent
_STORED = "stored"  # the scheme of WARCs in an object store, for pywb's loaders
_AT_ONCE = 8 * 1024 * 1024  # bytes of a record that are asked for in one request, and checked before they are shown


def application(
    name: str, archive: Path, indexes: list[str], access: str | None = None, store: str | None = None
) -> FrontEndApp:
    """pywb with one fixed collection, and without its loader for the live web."""

    def resolve(warc: str, _: Any) -> list[str]:
        plain = Path(warc).name  # an index is derived data: it may not lead out of the folder
        if store is not None:
            return [f"{_STORED}://{plain}"]
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
            "not_found_html": str(_HERE / "lost.html"),
            "error_html": str(_HERE / "lost.html"),
            "redirect_to_exact": False,
        },
    )
    handler = pywb.warcserver.fixed_routes[name]
    handler.resource_loaders = handler.resource_loaders[:1]  # WARCs; the others are the live web and video sites
    resolver = handler.resource_loaders[0].resolve_loader
    check: Callable[[str, int, int], None] = _check
    if store is not None:
        in_store = _InStore(store, archive)
        check, BlockLoader.loaders[_STORED] = in_store.check, lambda **_: in_store
    resolver.record_loader = _Sound(resolver.record_loader, check)
    return pywb


class _Sound:
    """pywb's loader of records, which gives none that is damaged: by itself it shows as much of one as can be read.
    Whatever `check` raises, pywb tells that the capture cannot be read.
    """

    def __init__(self, loader: Any, check: Callable[[str, int, int], None]) -> None:
        self._loader, self._check = loader, check

    def load(self, path: str, offset: Any, length: Any, **options: Any) -> Any:
        if str(offset).isdecimal() and str(length).isdecimal() and int(length) <= _AT_ONCE:
            self._check(path, int(offset), int(length))
        return self._loader.load(path, offset, length, **options)


def _check(path: str, offset: int, length: int) -> None:
    with Path(path).open("rb", buffering=0) as file:
        foreign.read(file, offset, length).to_the_end()


class _InStore:
    """pywb's loader for a collection's WARCs that lie in an object store: a record is a range."""

    def __init__(self, store: str, archive: Path) -> None:
        self._store, self._archive = store, archive
        self._ranges = lru_cache(maxsize=4)(self._range)  # one is checked, and then read

    def load(self, url: str, offset: int = 0, length: int = -1) -> BinaryIO:
        return gevent.get_hub().threadpool.apply(self._load, (url, offset, length))  # type: ignore[no-any-return]

    def check(self, url: str, offset: int, length: int) -> None:
        foreign.read(self.load(url, offset, length), 0, length).to_the_end()

    def _load(self, url: str, offset: int, length: int) -> Any:
        if 0 <= length <= _AT_ONCE:
            return io.BytesIO(self._ranges(url, offset, length))
        file = self._file(url)
        file.seek(offset)
        limited: Callable[..., Any] = LimitReader
        return limited(file, length) if length > 0 else file

    def _range(self, url: str, offset: int, length: int) -> bytes:
        with self._file(url) as file:
            file.seek(offset)
            return file.read(length)

    def _file(self, url: str) -> BinaryIO:
        return RemoteFile(self._store, self._archive, url.removeprefix(f"{_STORED}://")).open(buffering=0)


def captures(pywb: FrontEndApp, name: str, url: str) -> Moments:
    """What pywb itself would choose from for an address, with its access rules."""
    handler = pywb.warcserver.fixed_routes[name]
    found: tuple[Iterable[Any], Any] = handler.fuzzy(handler.index_source, {"url": url})
    if handler.access_checker:
        found = handler.access_checker(found, None)
    return Moments(Moment.of(line) for line in found[0] or () if line.get("url"))


class _Private:
    """pywb's inner server, which listens on a port of its own, answers pywb alone."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not is_here(environ.get("HTTP_HOST", "")) or environ.get("HTTP_SEC_FETCH_SITE"):
            start_response("403 Forbidden", [("Content-Length", "0")])
            return []
        answer: Iterable[bytes] = self._app(environ, start_response)
        return answer


class _Quiet(RequestURIWSGIHandler):
    def log_request(self) -> None:
        """Nobody reads pywb's access log here."""


def main() -> None:
    settings = json.loads(sys.stdin.buffer.readline())
    with TemporaryDirectory(prefix="policy-archive-replay-") as empty:
        os.chdir(empty)  # pywb looks for templates and settings where it stands
        archive, indexes = Path(settings["archive"]), settings["indexes"]
        app = application(settings["name"], archive, indexes, settings["access"], settings["store"])
        inner: Any = app.warcserver_server.server
        inner.handler_class = _Quiet
        inner.application = _Private(inner.application)
        name = settings["name"]
        frame = Frame(name, settings["title"], lambda url: captures(app, name, url))
        server = WSGIServer((HOST, settings["port"]), Guarded(app, name, frame), handler_class=_Quiet)
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
