"""The plugin that gives Datasette our pages: routes, what templates may call, and the policy on every answer."""

import sqlite3
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote, urlencode

from datasette import hookimpl
from datasette.utils.asgi import Request, Response

from archive.browse import pages
from archive.browse.blocks import rendered
from archive.browse.home import Home
from archive.institutes.urls import decoded

DATABASE = "catalogue"
# Our pages run no script at all and load nothing from elsewhere; Datasette's own need their scripts.
POLICY = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"  # noqa: E501
TABLES_POLICY = "default-src 'self' 'unsafe-inline' data:; frame-ancestors 'none'; base-uri 'none'"
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
    (r"^/replay$", "replay"),
)


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
                return await _wrong(datasette, request, 404, "The archive has nothing at this address.")
            if isinstance(answer, pages.Elsewhere):
                return Response.redirect(answer.url)
            if isinstance(answer, pages.Raw):
                return Response(answer.body, content_type=answer.media_type)
            body = await datasette.render_template(f"archive/{name}.html", answer | {"asked": asked}, request)
            return Response.html(body)

        return view

    @hookimpl  # type: ignore[untyped-decorator]
    def prepare_jinja2_environment(self, env: Any) -> None:
        env.filters |= {"day": day, "number": number, "megabytes": megabytes, "decoded": decoded}
        env.globals |= {"blocks": rendered, "here": here, "publication_at": publication_at, "replay_at": replay_at}

    @hookimpl  # type: ignore[untyped-decorator]
    def menu_links(self) -> list[dict[str, str]]:
        return [{"href": "/", "label": "The archive"}, {"href": "/search", "label": "Search"}]

    @hookimpl(tryfirst=True)  # type: ignore[untyped-decorator]
    def handle_exception(self, datasette: Any, request: Request, exception: Exception) -> Any:
        """One page that says what is wrong. A program that asked for JSON gets Datasette's own answer."""
        status = getattr(exception, "status", 500)
        told = str(exception) or type(exception).__name__

        async def page() -> Response | None:
            return None if request.path.endswith(".json") else await _wrong(datasette, request, status, told)

        return page

    @hookimpl  # type: ignore[untyped-decorator]
    def asgi_wrapper(self) -> Callable[[Any], Any]:
        return _guarded


async def _wrong(datasette: Any, request: Request, status: int, told: str) -> Response:
    body = await datasette.render_template("archive/wrong.html", {"status": status, "told": told}, request)
    return Response.html(body, status=status)


def _guarded(app: Any) -> Any:
    """Every answer carries a policy, and tells no other site where a reader came from."""

    async def guarded(scope: Any, receive: Any, send: Any) -> None:
        own = scope["type"] == "http" and _is_own(scope["path"])

        async def answered(event: Any) -> None:
            if event["type"] == "http.response.start":
                policy = POLICY if own else TABLES_POLICY
                event["headers"] = [
                    *event["headers"],
                    (b"content-security-policy", policy.encode()),
                    (b"referrer-policy", b"same-origin"),
                    (b"x-content-type-options", b"nosniff"),
                ]
            await send(event)

        await app(scope, receive, answered)

    return guarded


def _is_own(path: str) -> bool:
    return path == "/" or path.split("/")[1] in {pattern.strip("^/$").split("/")[0] for pattern, _ in _ROUTES}


def day(stamp: str | None) -> str:
    """`2026-11-23` of a stamp in any of the two forms that the archive has."""
    if not stamp:
        return "—"
    return stamp[:10] if "-" in stamp else f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}"


def number(count: int | None) -> str:
    return "—" if count is None else f"{count:,}"


def megabytes(size: int | None) -> str:
    return "—" if size is None else f"{size / 1e6:,.1f} MB"


def here(path: str, **given: Any) -> str:
    """An address of ours with its query; what is None or empty is left out."""
    query = urlencode({key: value for key, value in given.items() if value not in (None, "")})
    return f"{path}?{query}" if query else path


def publication_at(row: dict[str, Any], rest: str = "", **given: Any) -> str:
    """The page of a publication, by anything that has its collection and id."""
    return here(f"/publication/{quote(row['collection'], safe='')}/{quote(row['id'], safe='')}{rest}", **given)


def replay_at(collection: str, url: str, stamp: str | None = None) -> str:
    """Leads to the archived page at that moment, on replay's own origin."""
    digits = "".join(one for one in stamp or "" if one.isdigit())[:14]
    return here("/replay", collection=collection, at=digits, url=url)
