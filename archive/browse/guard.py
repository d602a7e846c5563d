"""What stands around Datasette: who may ask, and the policies on every answer.

The pages hold what an archivist may not want any web site to read or to set off, and a browser lets every site ask
what listens on its own machine. An archived page that is replayed is such a site, on the same machine.
"""

from typing import Any

from archive.replay.guard import is_here

# Our pages run no script at all and load nothing from elsewhere; Datasette's own need their scripts.
POLICY = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"  # noqa: E501
TABLES_POLICY = "default-src 'self' 'unsafe-inline' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
_ON_ALL = [
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]


def guarded(app: Any, ours: set[str]) -> Any:
    """The application, asked by its own pages and by people alone. `ours` are the first parts of our pages' paths."""

    async def answering(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        policy = POLICY if scope["path"].split("/")[1] in ours else TABLES_POLICY

        async def answered(event: Any) -> None:
            if event["type"] == "http.response.start":
                event["headers"] = [
                    *event["headers"], (b"content-security-policy", policy.encode()), *_ON_ALL,
                ]  # fmt: skip
            await send(event)

        if refused := reason(scope):
            body = f"{refused}\n".encode()
            headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(body))]
            await answered({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": body})
            return
        await app(scope, receive, answered)

    return answering


def reason(scope: Any) -> str | None:
    """Why a request is not answered; None where it is.

    A page of the web whose name leads here (DNS rebinding) sends that name. Browsers say from where a request comes
    (`Sec-Fetch-Site`, else `Origin` where something is to be done); programs say nothing, and no page made them ask.
    """
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    host = headers.get("host", "")
    if not is_here(host):
        return "This archive answers on this machine's own address alone, such as 127.0.0.1."
    site, does = headers.get("sec-fetch-site"), scope["method"] not in ("GET", "HEAD")
    if site in ("cross-site", "same-site") and (does or headers.get("sec-fetch-mode") != "navigate"):
        return "Another site's page asked for this; only the archive's own pages and people may."
    if does and site is None and headers.get("origin", f"http://{host}") != f"http://{host}":
        return "Another site's page asked for this; only the archive's own pages and people may."
    return None
