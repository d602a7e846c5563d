"""The pages of replay that are not archived: the banner with a page below it, the list of an address' captures, the
search for one. They are made here and whole, without a word from the archived page, which is never asked where it is:
a link that it follows comes back as an address of ours (`Frame.onward`), and the banner is made for that.
"""

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote

import jinja2
from markupsafe import Markup

from archive.addresses import readable
from archive.replay.moments import Moment, Moments
from archive.replay.words import WORDS, preferred

_HERE = Path(__file__).parent
_NEAR = 100  # captures that the banner lists; the page of an address lists all
_STYLE = (_HERE / "frame.css").read_text(encoding="utf-8")
# A fragment is never sent to a server: it is handed on to the page in the frame, and out of it again.
_FRAME_SCRIPT = "if (location.hash) document.getElementById('archived').src += location.hash;"
_ONWARD_SCRIPT = "top.location.replace(document.querySelector('noscript').dataset.to + location.hash);"
_URL = re.compile(r"(?:(\d{1,14}|\*)/)?((?:[a-z][a-z0-9+.-]*:)?//?\S+|[a-z][a-z0-9+.-]*:\S+|\S+)", re.IGNORECASE)
_SAFE = "%/:=&?~+!$,;'@()*[]-._"


def _hashed(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


_CLOSED = f"default-src 'none'; style-src {_hashed(_STYLE)}; img-src data:; base-uri 'none'; frame-ancestors 'none'"
POLICY = f"{_CLOSED}; script-src {_hashed(_FRAME_SCRIPT)}; frame-src 'self'; form-action 'self'"
ONWARD_POLICY = (
    f"default-src 'none'; style-src {_hashed(_STYLE)}; script-src {_hashed(_ONWARD_SCRIPT)}; base-uri 'none';"
    " frame-ancestors 'self'"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the browser gets. `location` makes it a redirect."""

    status: str
    body: bytes = b""
    policy: str = POLICY
    location: str | None = None


class Frame:
    """The pages of one collection. `look` gives the captures of an address."""

    def __init__(self, name: str, title: str, look: Callable[[str], Moments]) -> None:
        self._base = f"/{quote(name)}/"
        self._title = title
        self._look = look
        environment = jinja2.Environment(loader=jinja2.FileSystemLoader(_HERE), autoescape=True)
        environment.filters["readable"] = readable
        self._page = environment.get_template("frame.html")
        self._onward = environment.get_template("onward.html")

    def answer(self, rest: str, query: str, languages: str) -> Answer:
        """The page for what follows the collection's name in the address, which still is as the browser sent it."""
        language = preferred(languages)
        if not rest:
            return self._start(query, language)
        found = _URL.fullmatch(rest)
        if found is None:
            return self._told("404 Not Found", "missing", "", language)
        asked, url = found[1] or "", found[2]
        if ":" not in url.split("/")[0] and not url.startswith("/"):
            url = f"http://{url}"
        moments = self._look(url)
        shown = moments.nearest("" if asked == "*" else asked)
        if shown is None:
            return self._told("404 Not Found", "missing", url, language)
        if shown.blocked:
            return self._told("451 Unavailable For Legal Reasons", "blocked", url, language)
        if asked == "*":
            return self._drawn("200 OK", language, url=url, told=WORDS[language]["all"], moments=moments.all)
        if asked and asked != shown.at:
            return Answer("302 Found", location=self._at(shown.at, url))
        before, after = moments.beside(shown)
        return self._drawn(
            "200 OK", language, url=url, shown=shown, before=before, after=after, moments=moments.all,
            near=_near(moments.all, shown), content=self._at(f"{shown.at}mp_", url),
            heading=f"{readable(url)} · {shown.when:%Y-%m-%d} · {self._title}",
        )  # fmt: skip

    def onward(self, at: str, url: str, languages: str) -> Answer:
        """A page for the frame that takes the whole window to that address, banner and all; without scripts, by a link.

        A redirect would change the frame alone, below a banner that tells of another page and moment; and what lets
        archived links open in the whole window (`allow-top-navigation…`) lets them open the live web there.
        """
        language = preferred(languages)
        body = self._onward.render(
            language=language, words=WORDS[language], style=Markup(_STYLE), script=Markup(_ONWARD_SCRIPT),
            to=self._at(at, url), url=url,
        )  # fmt: skip
        return Answer("200 OK", body.encode(), ONWARD_POLICY)

    def place(self, at: str, url: str) -> str:
        """Where an address is to be seen with its banner."""
        return self._at(at, url)

    def _start(self, query: str, language: str) -> Answer:
        typed = parse_qs(query).get("url", [""])[0].strip()
        if typed:
            return Answer("302 Found", location=self._at("", typed))
        return self._drawn("200 OK", language, url="")

    def _told(self, status: str, what: str, url: str, language: str) -> Answer:
        return self._drawn(status, language, url=url, told=WORDS[language][what])

    def _drawn(self, status: str, language: str, **given: object) -> Answer:
        body = self._page.render(
            {"heading": self._title} | given, language=language, words=WORDS[language], base=self._base,
            title=self._title, style=Markup(_STYLE), script=Markup(_FRAME_SCRIPT), here=self._at,
        )  # fmt: skip
        return Answer(status, body.encode())

    def _at(self, at: str, url: str) -> str:
        return f"{self._base}{at}/{_sent(url)}" if at else f"{self._base}{_sent(url)}"


def _near(moments: list[Moment], shown: Moment) -> list[Moment]:
    place = next(number for number, one in enumerate(moments) if one.at == shown.at)
    first = max(0, min(place - _NEAR // 2, len(moments) - _NEAR))
    return moments[first : first + _NEAR]


def _sent(url: str) -> str:
    """As a browser sends it: nothing but ASCII, and no fragment."""
    return quote(url, safe=_SAFE).replace("#", "%23")
