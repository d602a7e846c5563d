"""The institute's login, for pages that only its archivist may see: sent to its home's origin alone.

The profile holds names of environment variables and never a value. Each request is looked at by its own address, so
that a redirect, a link or a requisite elsewhere never takes the login along; what is sent is replaced in the archive's
request records (archive/store/redaction.py).
"""

import base64
import os
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from scrapy import Request

from archive.institutes.profile import VARIABLE, Profile
from crawler.errors import CrawlError
from crawler.middleware import Middleware

_FORBIDDEN = re.compile("[\r\n\0]")


def headers(profile: Profile, environment: Mapping[str, str] = os.environ) -> dict[str, bytes]:
    """The fields that a request to the institute's home carries. Raises CrawlError where a variable is not set."""
    login = profile.login
    found = {
        name: VARIABLE.sub(lambda match: _value(match[1], environment), text).encode()
        for name, text in login.headers.items()
    }
    if login.user_env and login.password_env:
        pair = f"{_value(login.user_env, environment)}:{_value(login.password_env, environment)}"
        found["Authorization"] = b"Basic " + base64.b64encode(pair.encode())
    return found


def _value(name: str, environment: Mapping[str, str]) -> str:
    value = environment.get(name, "")
    if not value or _FORBIDDEN.search(value):
        fault = "holds a line end" if value else "is not set"
        raise CrawlError(f"the environment variable {name}, which the profile's [login] names, {fault}: set it")
    return value


class LoginMiddleware(Middleware):
    """Puts the login on requests to the home's origin, and says to the tap which fields are credentials."""

    async def process_request(self, request: Request) -> None:
        crawl = self._crawl
        if crawl.login and origin(request.url) == origin(crawl.profile.home):
            for name, value in crawl.login.items():
                request.headers[name] = value
            request.meta["credentials"] = tuple(crawl.login)


def origin(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
