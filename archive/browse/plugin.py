"""The plugin that gives Datasette our pages: routes, what templates may call, and the guard around it."""

import os
import sqlite3
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from datasette import hookimpl
from datasette.utils.asgi import Request, Response

from archive.addresses import readable
from archive.browse import pages, shown
from archive.browse.blocks import linked, rendered
from archive.browse.guard import guarded
from archive.browse.home import Home
from archive.database import DATABASE as DATABASE_ADDRESS
from archive.extract.warnings import sentences
from archive.lines import many

DATABASE = "catalogue"
_ROUTES: tuple[tuple[str, str], ...] = (
    (r"^/$", "home"),
    (r"^/search$", "search"),
    (r"^/publication/(?P<collection>[^/]+)/(?P<id>[^/]+)$", "publication"),
    (r"^/publication/(?P<collection>[^/]+)/(?P<id>[^/]+)/changes$", "changes"),
    (r"^/publication/(?P<collection>[^/]+)/(?P<id>[^/]+)/cite\.(?P<format>[a-z]+)$", "cite"),
    (r"^/publication/(?P<collection>[^/]+)/(?P<id>[^/]+)/verified$", "verified"),
    (r"^/cases$", "cases"),
    (r"^/authors$", "authors"),
    (r"^/author$", "author"),
    (r"^/links$", "links"),
    (r"^/crawls$", "crawls"),
    (r"^/crawl/(?P<collection>[^/]+)/(?P<id>[^/]+)$", "crawl"),
    (r"^/crawl/(?P<collection>[^/]+)/(?P<id>[^/]+)/report$", "report"),
    (r"^/fleet$", "fleet"),
    (r"^/replay$", "replay"),
)


_NOWHERE = "The archive has nothing at this address."
_OURS = {pattern.strip("^/$").split("/")[0] for pattern, _ in _ROUTES}


class Plugin:
    """Registered with Datasette once a process; `home` is where the collections are."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self.__name__ = "policy_archive"  # Datasette lists its plugins by name

    @hookimpl  # type: ignore[untyped-decorator]
    def register_routes(self) -> list[tuple[str, Any]]:
        return [(pattern, self._view(getattr(pages, name), name)) for pattern, name in _ROUTES]

    def _view(self, page: Callable[..., Any], name: str) -> Any:
        async def view(request: Request, datasette: Any) -> Response:
            asked = pages.Asked(
                {name: unquote(value) for name, value in request.url_vars.items()},
                {key: request.args[key] for key in request.args},
                request.method,
                await request.post_vars() if request.method == "POST" else {},
            )

            def run(connection: sqlite3.Connection) -> pages.Answer:
                answer: pages.Answer = page(connection, asked, self._home)
                return answer

            answer = await datasette.get_database(DATABASE).execute_fn(run)
            if answer is None:
                return await _wrong(datasette, request, 404, _NOWHERE)
            if isinstance(answer, pages.Elsewhere):
                return Response.redirect(answer.url)
            if isinstance(answer, pages.Raw):
                return Response(answer.body, content_type=answer.media_type)
            body = await datasette.render_template(f"archive/{name}.html", answer | {"asked": asked}, request)
            return Response.html(body)

        return view

    @hookimpl  # type: ignore[untyped-decorator]
    def prepare_jinja2_environment(self, env: Any) -> None:
        env.filters |= {
            "day": shown.day, "minute": shown.minute, "number": shown.number, "size": shown.size, "words": shown.words,
            "language": shown.language, "named": shown.named, "readable": readable, "many": many,
        }  # fmt: skip
        env.globals |= {
            "blocks": rendered, "linked": linked, "doubts": sentences(),
            "here": shown.here, "publication_at": shown.publication_at,
            "replay_at": shown.replay_at, "has_fleet": lambda: bool(os.environ.get(DATABASE_ADDRESS)),
        }  # fmt: skip

    @hookimpl  # type: ignore[untyped-decorator]
    def menu_links(self) -> list[dict[str, str]]:
        return [{"href": "/", "label": "The archive"}, {"href": "/search", "label": "Search"}]

    @hookimpl(tryfirst=True)  # type: ignore[untyped-decorator]
    def handle_exception(self, datasette: Any, request: Request, exception: Exception) -> Any:
        """One page that says what is wrong. A program that asked for JSON gets Datasette's own answer."""
        status = getattr(exception, "status", 500)
        # Datasette takes what is no page for a database, and says that it has none of that name.
        is_ours = request.path.split("/")[1] != DATABASE
        told = _NOWHERE if status == 404 and is_ours else str(exception) or type(exception).__name__

        async def page() -> Response | None:
            return None if request.path.endswith(".json") else await _wrong(datasette, request, status, told)

        return page

    @hookimpl  # type: ignore[untyped-decorator]
    def asgi_wrapper(self) -> Callable[[Any], Any]:
        return lambda app: guarded(app, _OURS)

    @hookimpl  # type: ignore[untyped-decorator]
    def skip_csrf(self, scope: Any) -> bool:
        """Our forms need no token, and so no cookie: the guard asks the browser who sent them."""
        return scope["path"].split("/")[1] in _OURS


async def _wrong(datasette: Any, request: Request, status: int, told: str) -> Response:
    body = await datasette.render_template("archive/wrong.html", {"status": status, "told": told}, request)
    return Response.html(body, status=status)
